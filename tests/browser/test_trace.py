"""Your own network, held to torch: shapes, refusals and their words, cures, counts, receptive fields; and the page itself."""

from __future__ import annotations

import inspect
import json
import os
import random
import re
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import torch
from conftest import ROOT
from playwright.sync_api import expect
from torch import nn
from torch.nn.utils.parametrizations import weight_norm
from torch.utils.flop_counter import FlopCounterMode
from trace_draws import DRAWS
from trace_networks import Network, draw_network, is_module, run_script
from trace_nonsense import FULL, GROWS, ODD
from trace_pasted import PROGRAMS

from figures import FOLDERS, FRAME, LIMIT, barriers, frame_time, open_figure

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scripts, Site
    from playwright.sync_api import Page

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

NETWORKS = int(os.environ.get("TRACE_NETWORKS", "2000"))  # `make sweep` asks for many more
MESSAGES = json.loads((ROOT / "scripts/conv1d_site/figures/trace_messages.json").read_text(encoding="utf-8"))
Result = dict[str, Any]
ASK = """async ([folder, networks, all]) => {
  const names = ["network", "cures", "script", "silent", "lengths"]
  const [{trace}, {cures}, {script}, {silent}, {shortest}] =
    await Promise.all(names.map(name => import(`${folder}trace/${name}.js`)))
  const texts = {next: "next", instead: "in the place of"}
  return networks.map(([code, given]) => {
    const result = trace(code, given)
    const rows = result.rows.map(row => ({
      shape: row.out ? row.out.shape : null, parameters: row.parameters, field: row.field, empty: !!row.empty,
      refused: row.refused ? row.refused.message : "", line: row.line,
    }))
    const basic = {
      rows, lost: result.lost ? result.lost.stack : "", madds: result.madds, unread: result.unread,
      notes: result.notes.map(({id}) => id), silent: silent(result).map(({id}) => id), script: script(result, texts),
      refused: rows.length ? rows.at(-1).refused : "", empty: rows.some(row => row.empty),
    }
    if (!all) return basic
    const found = cures(result, code, given).map(({shape, result, text, input, say}) =>
      ({shape, script: script(result, texts), text, input, say}))
    return {...basic, cures: found, shortest: shortest(result, {code, input: given})}
  })
}"""


@pytest.fixture(scope="module")
def ask(scripts: Scripts) -> Callable[..., list[Result]]:
    """Gives (code, input) to the scripts of the page, and back what they make of each."""

    def run(networks: list[tuple[str, str]], everything: bool = False) -> list[Result]:
        found: list[Result] = []
        for start in range(0, len(networks), 200):  # some seconds each, also on a slow machine
            part = [list(each) for each in networks[start : start + 200]]
            found += scripts.page.evaluate(ASK, [scripts.address, part, everything])
        return found

    return run


def networks(count: int, seed: int, **options: Any) -> list[Network]:
    draw = random.Random(seed)
    torch.manual_seed(seed)
    return [draw_network(draw, **options) for _ in range(count)]


# Words that differ between processors and versions of oneDNN, or between the kernels of one function, each for one
# thing that is refused: dilation and kernel, whole numbers, a kernel that is a pair.
SAME_THING = [
    r"primitive descriptor|dilation should be|non-positive dilation|memory descriptor|kernel size should be",
    r"Long|datatype|long int",
    r"contain one int|size 1 but got|4-dimensional weight|must be Tensor, not tuple|input to conv1d, but got",
    r"Input and output sizes should be greater than 0",
    r"failed to unpack|must be tuple of ints",
    r"Output size is too small|memory descriptor",
]


def alike(ours: str, torchs: str) -> bool:
    """Whether two refusals are the same; sets of options come in any order."""
    ours, torchs = (re.sub(r"\{'[^}]*'\}", "{}", each) for each in (ours, torchs))
    if torchs.startswith(ours):  # of some messages, lists of what would do follow
        return bool(ours)
    return any(re.search(each, ours) and re.search(each, torchs) for each in SAME_THING)


def differs(network: Network, result: Result) -> str:
    """In what the page and torch differ; an empty text if in nothing."""
    if result["lost"]:
        return str(result["lost"])
    got = [(tuple(row["shape"]), row["parameters"]) for row in result["rows"] if row["shape"] is not None]
    want = [(row.shape, row.parameters) for row in network.rows]
    if network.refusal == "empty":  # torch gives a tensor with nothing in it; the page says so, or refuses
        seen = (got == want and result["empty"]) or (got == want[:-1] and result["refused"])
        return "" if seen else "empty"
    if got != want:
        return f"rows {got}, torch {want}"
    if not network.refusal:
        return result["refused"]
    return "" if alike(result["refused"], network.refusal) else f"refused {result['refused']!r}"


def test_every_shape_parameter_and_refusal_is_torchs(ask: Any) -> None:
    made = networks(NETWORKS, seed=1)
    wrong = []
    for network, result in zip(made, ask([(each.code, each.given) for each in made]), strict=True):
        difference = differs(network, result)
        if difference:
            wrong.append((network.code, network.given, network.refusal, difference))
    assert wrong == []
    refused = sum(bool(each.refusal) for each in made)
    assert NETWORKS // 3 < refused < NETWORKS  # both kinds, and whole networks among them


def test_every_cure_runs_in_torch_and_gives_what_it_promises(ask: Any) -> None:
    made = networks(max(600, NETWORKS // 4), seed=2)
    refused = offered = 0
    for network, result in zip(made, ask([(each.code, each.given) for each in made], True), strict=True):
        if result["refused"]:
            refused += 1
            offered += bool(result["cures"])
        for cure in result["cures"]:
            shapes: list[tuple[int, ...]] = []
            run_script(cure["script"], shapes)
            assert tuple(cure["shape"]) in shapes, (network.code, cure)
    assert refused > 200
    assert offered >= 0.95 * refused, (offered, refused)


def test_every_script_runs_with_the_shapes_that_it_says(ask: Any) -> None:
    made = networks(500, seed=3)
    for network, result in zip(made, ask([(each.code, each.given) for each in made]), strict=True):
        whole = [row for row in result["rows"] if row["shape"] is not None and not row["empty"]]
        if whole and len(whole) == len(result["rows"]):
            assert run_script(result["script"]) == tuple(whole[-1]["shape"]), network.code


def test_multiply_adds_are_half_of_torchs_count_of_flops(ask: Any) -> None:
    made = [each for each in networks(700, seed=4) if not each.refusal and counted(each)]
    assert len(made) > 60
    for network, result in zip(made, ask([(each.code, each.given) for each in made]), strict=True):
        counter = FlopCounterMode(display=False)
        value = network.input()
        with counter, torch.no_grad():
            for module, text in zip(network.modules, network.layers, strict=True):
                value = (
                    module(value) if module else eval(text, {"torch": torch, "F": nn.functional, "x": value})
                )
        assert result["madds"] * 2 == counter.get_total_flops(), network.code


def counted(network: Network) -> bool:
    """Whether all of it is such as FlopCounterMode counts: it knows nothing of recurrent layers."""
    return not any(re.search(r"LSTM|GRU|RNN", each) for each in network.layers)


def test_receptive_fields_and_unread_positions_are_what_gradients_reach(ask: Any) -> None:
    draw = random.Random(5)
    made = [moving(draw) for _ in range(150)]
    fields = 0
    for (modules, length), result in zip(
        made, ask([(as_text(modules), f"(1, 1, {length})") for modules, length in made]), strict=True
    ):
        if result["refused"] or result["empty"]:
            continue
        reads = gradients(modules, length)
        union = reads.any(0)
        assert result["unread"] == (~union).nonzero().flatten().tolist(), modules
        inside = [row.nonzero().flatten() for row in reads if row.any() and not row[0] and not row[-1]]
        if len(inside) >= 24:  # all phases of what is upsampled
            fields += 1
            measured = max(int(each[-1] - each[0]) + 1 for each in inside)
            assert result["rows"][-1]["field"] == measured, modules
    assert fields > 30


def moving(draw: random.Random) -> tuple[list[nn.Module], int]:
    """Some layers that read along L, of one channel."""
    kinds: list[Callable[[], nn.Module]] = [
        lambda: nn.Conv1d(1, 1, draw.randint(1, 5), draw.choice([1, 1, 2, 3]), draw.randint(0, 2), draw.choice([1, 1, 2])),
        lambda: nn.ConvTranspose1d(1, 1, draw.randint(1, 4), draw.choice([1, 2, 2]), 0, dilation=draw.choice([1, 1, 2])),
        lambda: nn.AvgPool1d(draw.randint(1, 3), draw.choice([1, 2, 3])),
        lambda: nn.Upsample(scale_factor=2, mode=draw.choice(["nearest", "linear"])),
        lambda: nn.ReflectionPad1d((draw.randint(0, 2), draw.randint(0, 2))),
        lambda: nn.Conv1d(1, 1, 3, padding="same", padding_mode="replicate"),
    ]  # fmt: skip
    return [draw.choice(kinds)() for _ in range(draw.randint(1, 4))], draw.randint(60, 90)


def as_text(modules: list[nn.Module]) -> str:
    return "nn.Sequential(" + ", ".join(f"nn.{module}" for module in modules) + ")"


def gradients(modules: list[nn.Module], length: int) -> torch.Tensor:
    """Which output (rows) reads which input (columns): all layers are linear, so one unit after the other tells."""
    units = torch.eye(length, dtype=torch.double)[:, None]
    nothing = torch.zeros(1, 1, length, dtype=torch.double)
    for module in modules:
        for parameter in module.double().parameters():
            nn.init.ones_(parameter)
        with torch.no_grad():
            units, nothing = module(units), module(nothing)
    return (units - nothing)[:, 0].T.abs() > 1e-9


def test_the_shortest_input_is_the_shortest_that_torch_takes(ask: Any) -> None:
    made = [
        each for each in networks(900, seed=6) if not each.refusal and each.shape[-1] > 1 and not each.long
    ]
    checked = 0
    for network, result in zip(made, ask([(each.code, each.given) for each in made], True), strict=True):
        least = result["shortest"]
        if least is None or any("Lazy" in each for each in network.layers):
            continue
        checked += 1
        for length in range(1, least[-1] + 1):
            assert passes(network, length) == (length == least[-1]), (network.code, network.given, least)
    assert checked > 50


def passes(network: Network, length: int) -> bool:
    """Whether torch takes an input of this length through all of it."""
    value = torch.rand(*network.shape[:-1], length)
    try:
        with torch.no_grad(), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            for module, text in zip(network.modules, network.layers, strict=True):
                value = (
                    module(value) if module else eval(text, {"torch": torch, "F": nn.functional, "x": value})
                )
                value = value[0] if isinstance(value, tuple) else value
                if value.numel() == 0:
                    return False
    except (RuntimeError, ValueError, TypeError, IndexError, NotImplementedError):
        return False
    return True


def test_the_entries_have_torchs_parameters_and_each_is_drawn(scripts: Scripts) -> None:
    given = scripts.page.evaluate(
        """async folder => {
          const {MODULES} = await import(folder + "trace/modules.js")
          return Object.entries(MODULES).map(([name, {takes, init}]) => [name, takes, init || name])
        }""",
        scripts.address,
    )
    assert sorted(name for name, _, _ in given) == sorted(DRAWS)
    for name, takes, init in given:
        module = getattr(nn, name)
        assert module.__init__.__qualname__.split(".")[0] in {init, "Module", "Identity"}, name
        signature = str(inspect.signature(module))
        if "*args" in takes or "*args" in signature:  # RNNs hand on what RNNBase takes
            continue
        names = [re.split("=", each)[0] for each in takes.split(", ") if each and each != "*"]
        assert names == list(inspect.signature(module).parameters), name
        usual = {
            key: each.default
            for key, each in inspect.signature(module).parameters.items()
            if each.default is not each.empty
        }
        assert (
            takes.split(", ")
            == [
                "*"
                if each == "*"
                else each.partition("=")[0]
                + (f"={usual[each.partition('=')[0]]!r}" if each.partition("=")[0] in usual else "")
                for each in takes.split(", ")
            ]
            or not takes
        ), name


def test_nothing_that_is_pasted_throws_or_is_evaluated(ask: Any) -> None:
    draw = random.Random(7)
    texts = [(each, "(8, 3, 100)") for each in ODD + GROWS + FULL] + [
        ("nn.Conv1d(3, 8, 5)", each) for each in ODD
    ]
    for network in networks(150, seed=8):
        code = list(network.code)
        for _ in range(draw.randint(1, 8)):
            at = draw.randrange(len(code) + 1)
            code[at : at + draw.choice([0, 0, 1, 3])] = draw.choice(
                ["", "(", ")", ",", "\n", "=", "'", ":", "x", "9", " ", "[", "*", ".", "def "]
            )
        texts.append(("".join(code), network.given))
    for (text, given), result in zip(texts, ask(texts, True), strict=True):
        assert result["lost"] == "", (text, given)


READ = """async ([folder, texts, words]) => {
  const [{trace}, {explain}] = await Promise.all(["network", "messages"].map(name => import(`${folder}trace/${name}.js`)))
  const times = texts.map(() => Infinity)
  for (let round = 0; round < 3; round++)
    for (const [n, text] of texts.entries()) {
      const before = performance.now()
      explain(text, words) ?? trace(text, "(8, 3, 100)")
      times[n] = Math.min(times[n], performance.now() - before)
    }
  return times
}"""


@pytest.mark.speed
def test_no_text_takes_the_page_more_than_fifty_milliseconds(scripts: Scripts, record_property: Any) -> None:
    words = {key: each["en"] for key, each in MESSAGES.items()}
    texts = ODD + GROWS + FULL
    times = scripts.page.evaluate(READ, [scripts.address, texts, words])
    slowest = max(range(len(texts)), key=lambda n: times[n])
    record_property("ms", round(times[slowest], 1))
    print(f"{times[slowest]:.1f} ms for {texts[slowest][:60]!r}")
    assert times[slowest] < 50, texts[slowest][:200]


def test_a_list_that_is_built_in_any_way_is_followed(ask: Any) -> None:
    built = (
        "layers = [nn.ReLU()] * 2 + 1 * [nn.Tanh()]\nlayers.insert(0, nn.Conv1d(3, 8, 3))\nlayers.pop()\n"
        "layers.append(nn.Linear(18, 5))\nnn.Sequential(*layers)"
    )
    followed, sorted_, missing = ask(
        [
            (built, "(2, 3, 20)"),
            (built.replace("layers.pop()", "layers.sort()"), "(2, 3, 20)"),
            ("self.layers.append(nn.Conv1d(3, 8, 3))", "(2, 3, 20)"),
        ]
    )
    assert [row["shape"] for row in followed["rows"]] == [[2, 8, 18]] * 3 + [[2, 8, 5]]
    assert sorted_["notes"] == ["list"]
    assert missing["notes"] == ["list"]


SILENT = {
    "square": ("nn.Conv1d(5, 8, 3)", "(8, 5, 5)"),
    "unbatched": ("nn.Conv1d(3, 8, 3)", "(3, 20)"),
    "over-samples": ("nn.LSTM(4, 6)\nx = x.permute(0, 2, 1)\nnn.Conv1d(6, 2, 3)", "(20, 8, 4)"),
    "over-channels": ("nn.Embedding(50, 6)\nnn.Conv1d(9, 4, 3)", "tokens (2, 9)"),
    "time-is-batch": ("nn.Conv1d(3, 6, 3)\nx = x.permute(0, 2, 1)\nnn.LSTM(6, 4)", "(8, 3, 20)"),
    "rnn-over-length": ("nn.Conv1d(3, 6, 3)\nnn.GRU(18, 4, batch_first=True)", "(8, 3, 20)"),
    "norm-over-length": ("nn.Conv1d(3, 6, 3)\nnn.LayerNorm(18)", "(8, 3, 20)"),
    "drops-positions": ("nn.Embedding(50, 6)\nnn.Dropout1d()", "tokens (2, 9)"),
    "norm-positions": ("nn.Embedding(50, 6)\nnn.BatchNorm1d(9)", "tokens (2, 9)"),
    "linear-over-length": ("nn.Conv1d(3, 6, 3)\nnn.Linear(18, 4)", "(8, 3, 20)"),
    "upsample-size": ("nn.Conv1d(3, 6, 3)\nnn.Upsample(2)", "(8, 3, 20)"),
    "softmax-samples": ("nn.Conv1d(3, 6, 3)\nnn.Softmax()", "(8, 3, 20)"),
    "squeeze-batch": ("nn.Conv1d(3, 1, 3)\nx = x.squeeze()", "(8, 3, 20)"),
    "reshape-swaps": ("nn.Conv1d(3, 6, 3)\nx = x.reshape(8, 18, 6)", "(8, 3, 20)"),
    "batch-changed": ("nn.Conv1d(3, 6, 3)\nx = x.view(-1, 18)", "(8, 3, 20)"),
}  # fmt: skip


def test_each_silent_mistake_is_told_and_a_sound_network_is_left_alone(ask: Any) -> None:
    for (name, _), result in zip(SILENT.items(), ask(list(SILENT.values())), strict=True):
        assert name in result["silent"], (name, result)
    sound = [
        ("nn.Conv1d(3, 8, 5, padding=2)\nnn.BatchNorm1d(8)\nnn.ReLU()\nnn.AdaptiveAvgPool1d(1)\nnn.Flatten()\nnn.Linear(8, 2)", "(8, 3, 100)"),
        ("nn.Embedding(50, 6)\nx = x.permute(0, 2, 1)\nnn.Conv1d(6, 4, 3)\nx = x.permute(0, 2, 1)\nnn.LSTM(4, 5, batch_first=True)\nnn.Linear(5, 2)", "tokens (8, 30)"),
    ]  # fmt: skip
    for (code, _), result in zip(sound, ask(sound), strict=True):
        assert result["silent"] == [], code
        assert result["refused"] == "", code


def test_a_network_is_read_in_each_of_its_forms(ask: Any) -> None:
    forms = [
        "nn.Conv1d(3, 8, 5)\nnn.ReLU()",
        "self.conv = nn.Conv1d(3, 8, 5)\nself.act = nn.ReLU()",
        "hidden = 4 * 2  # width\nmodel = torch.nn.Sequential(\r\n    Conv1d(3, hidden, kernel_size=5),\r\n    ReLU(),\r\n)",
        "nn.Sequential(OrderedDict([('conv', nn.Conv1d(3, 8, 5)), ('act', nn.ReLU())]))",
        "Sequential(\n  (0): Conv1d(3, 8, kernel_size=(5,), stride=(1,))\n  (1): ReLU()\n)",
        ">>> conv = nn.Conv1d（3， 8， 5）\n>>> y = conv(x)\n>>> y.relu()",
        "```python\nlayers = []\nfor c in [8]:\n    layers += [nn.Conv1d(3, c, 5), nn.ReLU()]\nnet = nn.Sequential(*layers)\n```",
        "class Net(nn.Module):\n  def __init__(self, width=8):\n    super().__init__()\n    self.a = nn.Conv1d(3, width, 5)\n  def forward(self, x):\n    return F.relu(self.a(x))",
        "def __init__(self):\n    self.a = nn.Conv1d(3, 8, 5)\ndef forward(self, x):\n    x = self.a(x)\n    return torch.relu(x)",
    ]
    for form, result in zip(forms, ask([(form, "(2, 3, 20)") for form in forms]), strict=True):
        assert [row["shape"] for row in result["rows"]] == [[2, 8, 16], [2, 8, 16]], form


def test_whole_programs_have_torchs_shape_and_parameters(ask: Any) -> None:
    given = [
        (code, f"{'tokens ' if name == 'words' else ''}{shape}") for name, (code, shape) in PROGRAMS.items()
    ]
    for (name, (code, shape)), result in zip(PROGRAMS.items(), ask(given, True), strict=True):
        names: dict[str, Any] = {"torch": torch, "nn": nn, "F": nn.functional, "weight_norm": weight_norm}
        exec(code, names)
        x = torch.randint(0, 50, shape) if name == "words" else torch.rand(shape)
        with torch.no_grad():
            y = names["model"](x)
        assert result["lost"] == "", name
        assert result["refused"] == "", name
        assert result["rows"][-1]["shape"] == list(y.shape), name
        parameters = sum(each.numel() for each in names["model"].parameters())
        assert sum(row["parameters"] for row in result["rows"]) == parameters, name


def test_a_name_without_a_value_gets_one_and_that_is_said(ask: Any) -> None:
    code = "class Net(nn.Module):\n  def __init__(self, c, classes):\n    self.a = nn.Conv1d(c, 8, 3)\n    self.b = nn.Linear(18, classes)"
    (result,) = ask([(code, "(2, 3, 20)")])
    assert {"no-value", "no-value-fits"} <= set(result["notes"])
    assert [row["shape"] for row in result["rows"]] == [[2, 8, 18], [2, 8, 10]]


def test_what_is_given_to_a_layer_is_followed_or_said_to_be_unknown(ask: Any) -> None:
    head = "class Net(nn.Module):\n  def __init__(self):\n    self.a = nn.Conv1d(3, 8, 3)\n    self.b = nn.Linear(5, 2)\n"
    named, other, jump = ask(
        [
            (head + "  def forward(self, x):\n    return self.a(input=x)", "(2, 3, 20)"),
            (
                head + "  def forward(self, x, mask):\n    m = self.b(mask)\n    return self.a(x)",
                "(2, 3, 20)",
            ),
            (
                head + "  def forward(self, x):\n    for _ in range(2):\n      break\n    return self.a(x)",
                "(2, 3, 20)",
            ),
        ]
    )
    assert [row["shape"] for row in named["rows"]] == [[2, 8, 18]]
    assert [row["shape"] for row in other["rows"]] == [[2, 8, 18]]
    assert other["notes"] == ["no-shape"]
    assert "not-followed" in jump["notes"]


def test_a_network_in_eval_is_taken_as_torch_takes_it(ask: Any) -> None:
    norms = ["nn.BatchNorm1d(4)", "nn.BatchNorm1d(4, track_running_stats=False)", "nn.InstanceNorm1d(4)",
             "nn.InstanceNorm1d(4, track_running_stats=True)", "nn.GroupNorm(4, 4)"]  # fmt: skip
    texts = [(f"net = {norm}\nnet.eval()\ny = net(x)", "(1, 4, 1)") for norm in norms]
    for (code, _), norm, result in zip(texts, norms, ask(texts), strict=True):
        module = eval(norm, {"nn": nn}).eval()
        try:
            module(torch.rand(1, 4, 1))
            refused = ""
        except ValueError as error:
            refused = f"ValueError: {error}"
        assert result["refused"] == refused, code


def test_a_long_input_is_found_where_only_that_helps(ask: Any) -> None:
    (result,) = ask([("nn.Conv1d(3, 8, 2001)", "(2, 3, 1000)")], True)
    assert result["cures"][0]["input"] == "(2, 3, 2001)"


def test_what_is_not_known_is_named_and_its_shape_can_be_given_by_hand(ask: Any) -> None:
    kept, given = ask(
        [
            ("Magic(3)\nnn.ReLU()", "(8, 3, 20)"),
            ("self.m = Magic(3)  # -> (8, 6, 10)\nself.c = nn.Conv1d(6, 4, 3)", "(8, 3, 20)"),
        ]
    )
    assert kept["notes"] == ["kept"]
    assert [row["shape"] for row in kept["rows"]] == [[8, 3, 20], [8, 3, 20]]
    assert "given-by-hand" in given["notes"]
    assert [row["shape"] for row in given["rows"]] == [[8, 6, 10], [8, 4, 8]]


# What is pasted, and the part of the answer that is there then.
ANSWERS = {
    "nn.Conv1d(3, 8, 5)": ".insync-script",
    "nn.Conv1d(5, 8, 5)": ".insync-refusal",
    "nn.Conv1d(3, 6, 3)\nnn.LayerNorm(98)\nMagic(3)": ".insync-silent",
    "RuntimeError: Given groups=1, weight of size [2, 3, 4], expected input[1, 10, 3] to have 3 channels, but got 10 channels instead": ".insync-cures",
    "ValueError: cannot reindex on an axis with duplicate labels": ".insync-words-of-torch",
}


# ---- The page.


@pytest.mark.parametrize("folder", ["", "zh/"], ids=["en", "zh"])
def test_code_in_shapes_out_and_the_cure_put_in(site: Site, page: Page, folder: str) -> None:
    figure = open_figure(site, page, "trace", "trace/", "", folder)
    expect(figure.locator(".insync-rows tbody tr")).to_have_count(6)
    figure.locator("textarea").fill("nn.Conv1d(3, 16, 5, stride=2, padding='same')")
    expect(figure.locator(".insync-refusal")).to_contain_text(
        "padding='same' is not supported for strided convolutions"
    )
    expect(figure.locator(".insync-gutter [data-refused]")).to_have_text("● 1\n")
    figure.locator(".insync-cures button").first.click()
    expect(figure.locator("textarea")).to_have_value("nn.Conv1d(3, 16, 5, stride=2, padding=2)")
    expect(figure.locator(".insync-refusal")).to_have_count(0)
    expect(figure.locator(".insync-rows tbody tr").nth(1)).to_contain_text("(8, 16, 50)")


def test_a_message_is_explained_and_an_unknown_one_is_said_to_be_unknown(site: Site, page: Page) -> None:
    figure = open_figure(site, page, "trace", "trace/")
    figure.locator("textarea").fill(
        "RuntimeError: Given groups=1, weight of size [2, 3, 4], expected input[1, 10, 3] to have 3 channels, but got 10 channels instead"
    )
    expect(figure.locator(".insync-answer")).to_contain_text("transpose(-2, -1)")
    expect(figure.locator(".insync-answer a").last).to_have_attribute(
        "href", re.compile(r"guide/errors/#channels$")
    )
    figure.locator("textarea").fill("ValueError: cannot reindex on an axis with duplicate labels")
    expect(figure.locator(".insync-answer")).to_contain_text("not among those that this site explains")


def test_the_address_keeps_the_state_where_no_server_sees_it(site: Site, page: Page) -> None:
    requests: list[str] = []
    figure = open_figure(site, page, "trace", "trace/")
    page.on("request", lambda request: requests.append(request.url))
    figure.locator("textarea").fill("nn.Conv1d(3, 7, 5)  # 核 & #=?")
    figure.locator("input").fill("(2, 3, 30)")
    expect(page).to_have_url(re.compile("#code="))
    page.wait_for_function("() => new URLSearchParams(location.hash.slice(1)).get('input') === '(2, 3, 30)'")
    assert [each for each in requests if "favicon" not in each] == []
    again = page.context.new_page()
    again.goto(page.url)
    expect(again.locator("textarea")).to_have_value("nn.Conv1d(3, 7, 5)  # 核 & #=?")
    expect(again.locator(".insync-rows tbody tr").nth(1)).to_contain_text("(2, 7, 26)")


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_page_names_every_script_that_it_loads_and_no_other(site: Site, page: Page, folder: str) -> None:
    loaded: set[str] = set()
    page.on("requestfinished", lambda request: loaded.add(request.url))
    open_figure(site, page, "trace", "trace/", "", folder)
    named = page.locator("link[rel=modulepreload]").evaluate_all("links => links.map(link => link.href)")
    assert len(named) == len(set(named)) > 20
    figures = f"{site.address}{folder}assets/javascripts/figures/"
    assert set(named) == {url for url in loaded if url.startswith(figures)}
    page.goto(site.address + folder)
    expect(page.locator("link[rel=modulepreload]")).to_have_count(0)


def test_without_scripts_the_worked_example_stands_there(site: Site, chromium: Any) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + "trace/")
    expect(page.locator("figure[data-figure=trace] table")).to_contain_text("(8, 10)")
    context.close()


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_in_any_answer(site: Site, page: Page, folder: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        figure = open_figure(site, page, "trace", "trace/", "", folder)
        for text, part in ANSWERS.items():
            figure.locator("textarea").fill(text)
            expect(figure.locator(part).first).to_be_attached()
            page.evaluate(
                "() => document.querySelectorAll('figure details').forEach(each => { each.open = true })"
            )
            assert barriers(page, "trace", scheme) == [], (text, width)


def test_the_keyboard_alone_puts_a_cure_in(site: Site, page: Page) -> None:
    figure = open_figure(site, page, "trace", "trace/")
    figure.locator("textarea").fill("nn.Conv1d(3, 8, 3, stride=2, padding='same')")
    expect(figure.locator(".insync-cures")).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        if page.evaluate("() => !!document.activeElement.closest('.insync-cures')"):
            break
    page.keyboard.press("Enter")
    expect(figure.locator("textarea")).to_have_value("nn.Conv1d(3, 8, 3, stride=2, padding=1)")


THIRTY = [
    line
    for n in range(9)
    for line in (f"nn.Conv1d({16 if n else 3}, 16, 3, padding=1)", "nn.BatchNorm1d(16)", "nn.ReLU()")
] + ["nn.AdaptiveAvgPool1d(1)", "nn.Flatten()", "nn.Linear(16, 10)"]


@pytest.mark.speed
@pytest.mark.parametrize(
    ("what", "change"),
    {
        "a comment": ("nn.Linear(16, 10)", "nn.Linear(16, 10)  # ten"),
        "every length": ("nn.Conv1d(3, 16, 3", "nn.Conv1d(3, 16, 5"),
        "refused at the end": ("nn.Linear(16", "nn.Linear(17"),
        "refused at the start": ("nn.Conv1d(3, ", "nn.Conv1d(4, "),
    }.items(),
    ids=str,
)
def test_a_key_in_thirty_layers_is_soon_answered_on_a_slow_phone(
    site: Site, page: Page, record_property: Any, what: str, change: tuple[str, str]
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    figure = open_figure(site, page, "trace", "trace/")
    code = "nn.Sequential(\n" + "".join(f"    {line},\n" for line in THIRTY) + ")"
    figure.locator("textarea").fill(code)
    expect(figure.locator(".insync-rows tbody tr")).to_have_count(len(THIRTY) + 1)
    time = frame_time(page, "trace", [{"text": code.replace(*change)}, {"text": code}] * 10)
    record_property(f"{what}, on a CPU four times slower, ms", round(time, 2))
    print(f"{what}: {time:.1f} ms")
    # A refusal takes rows away, and the next key brings them back: laying them out costs as much again.
    assert time < (2 * FRAME if what.startswith("refused") else LIMIT)


def test_every_layer_named_in_a_network_is_one_of_torch() -> None:
    assert all(hasattr(nn, name) for name in DRAWS)
    assert is_module("nn.ReLU()")
    assert not is_module("x.flatten(1)")
