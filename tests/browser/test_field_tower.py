"""The receptive-field tower on the real site: every count beside the gradients of a real stack of layers."""

from __future__ import annotations

import contextlib
import io
import json
import math
import random
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it

from figures import FOLDERS, LIMIT, barriers, enter, frame_time, live, open_figure, said, tab_stops

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.filterwarnings("ignore:Using padding='same' with even kernel lengths"),
]

NAME = "field-tower"
PAGE = "guide/receptive-field/"
MODES = ["none", "same", "causal"]
PRESETS = ["three of K=3", "1, 2, 4, 8", "with holes", "a stride first", "causal TCN"]
START = "20-none-311-311-311"
Tower = dict[str, Any]
IN_BROWSER = """async ([module, towers]) => {
  const tower = await import(module)
  // As a text: thousands of lists take the wire to the browser minutes.
  return JSON.stringify(JSON.parse(towers).map(each => {
    const {all, refused} = tower.lengths(each)
    if (refused) return {all, refused}
    const t = Math.floor(each.at * all.at(-1)), i = Math.floor(each.at * each.length)
    return {all, t, i, ...tower.seen(each, all, t), to: tower.reachedBy(each, all, i),
      field: tower.field(each.layers)}
  }))
}"""


def measured(tower: Tower, at: int | None = None) -> tuple[list[torch.Tensor], str, int]:
    """An input, zeros or with a one, and outputs of all layers with weights 1; torch's words, and where."""
    x = torch.zeros(1, 1, tower["length"], dtype=torch.double)
    if at is not None:
        x[0, 0, at] = 1
    levels = [x.requires_grad_()]
    for number, (kernel, dilation, stride) in enumerate(tower["layers"], 1):
        padding: Any = "same" if tower["mode"] == "same" else 0
        try:
            layer = nn.Conv1d(1, 1, kernel, stride, padding, dilation, bias=False, dtype=torch.double)
            nn.init.ones_(layer.weight)
            x = levels[-1]
            y = layer(F.pad(x, (dilation * (kernel - 1), 0)) if tower["mode"] == "causal" else x)
        except (RuntimeError, ValueError) as error:
            return levels, f"{type(error).__name__}: {error}", number
        y.retain_grad()
        levels.append(y)
    return levels, "", 0


def positions(values: torch.Tensor | None) -> list[int]:
    return [] if values is None else values[0, 0].nonzero().flatten().tolist()


def towers(count: int, seed: int) -> list[Tower]:
    draw = random.Random(seed)
    made = []
    for _ in range(count):
        mode = draw.choice(MODES)
        strides = [1] if mode == "same" and draw.random() < 0.9 else [1, 1, 2, 3]
        dilations = range(1, draw.choice([2, 3, 9]))
        layers = [
            [draw.randint(1, 4), draw.choice(dilations), draw.choice(strides)]
            for _ in range(draw.randint(1, 5))
        ]
        made.append({"length": draw.randint(1, 32), "mode": mode, "layers": layers, "at": draw.random()})
    return made


def test_what_reaches_an_output_is_what_gradients_say(site: Site, page: Page) -> None:
    page.goto(site.address + "glossary/")
    made = towers(4000, seed=5)
    module = site.address + "assets/javascripts/figures/tower.js"
    taken = holes = padded = 0
    reasons = set()
    answers = json.loads(page.evaluate(IN_BROWSER, [module, json.dumps(made)]))
    for tower, answer in zip(made, answers, strict=True):
        levels, words, number = measured(tower)
        lengths = [level.shape[2] for level in levels]
        assert answer["all"] == lengths, tower
        assert bool(answer.get("refused")) == bool(words), tower
        if words:
            assert answer["refused"]["layer"] == number, tower
            values = answer["refused"]["values"]
            if values:
                assert f"size per channel: ({values['padded']}). Kernel size: ({values['span']})." in words
            reasons.add(answer["refused"]["reason"])
            continue
        taken += 1
        t, i, jump = answer["t"], answer["i"], answer["field"]["jump"]
        levels[-1][0, 0, t].backward(retain_graph=True)
        for level, found, length in zip(levels, answer["levels"], lengths, strict=True):
            assert [at for at in found if 0 <= at < length] == positions(level.grad), tower
        seen = positions(levels[0].grad)
        assert answer["inputs"] == seen, tower
        between = range(seen[0], seen[-1] + 1) if seen else range(0)
        assert answer["holes"] == [at for at in between if at not in seen], tower
        assert answer["future"] == [at for at in seen if at > t * jump], tower
        assert tower["mode"] != "causal" or answer["future"] == []
        holes += bool(answer["holes"])
        padded += answer["ends"] > 0
        # Forwards, where a one in the input is felt: whole numbers, so that nothing is rounded.
        felt, _, _ = measured(tower, at=i)
        assert answer["to"] == [positions(level) for level in felt], tower
        if answer["ends"] == 0:
            assert not seen or seen[-1] - seen[0] + 1 == answer["field"]["sum"], tower
    assert taken > 2000, taken
    assert min(holes, padded) > 300
    assert reasons == {"same", "long"}


# ---- The figure.


def visit(site: Site, page: Page, state: str = "", folder: str = "") -> Locator:
    return open_figure(site, page, NAME, PAGE, state, folder)


def control(figure: Locator, key: str) -> Locator:
    return figure.locator(f"[data-setting={key}]")


def strip(figure: Locator, which: str) -> Locator:
    return figure.locator(f"[data-strip={which}]")


def shown(figure: Locator) -> Tower:
    """The tower that the settings show, and the chosen output."""
    given = dict(
        figure.locator("[data-setting]:visible").evaluate_all(
            "all => all.map(each => [each.dataset.setting, Number(each.getAttribute('aria-valuenow'))])"
        )
    )
    count = sum(key[0] == "K" for key in given)
    layers = [[given[f"{key}{number}"] for key in "Kds"] for number in range(1, count + 1)]
    return {"length": given["L"], "mode": MODES[given["mode"]], "layers": layers, "t": given["t"]}


def number(figure: Locator, which: str) -> str:
    return figure.locator(f"[data-number={which}] b").text_content() or ""


def drawn(figure: Locator, path: str) -> int:
    return (figure.locator(f"[data-path={path}]").get_attribute("d") or "").count("M")


def check(figure: Locator) -> bool:
    """Everything shown beside torch, and the code run; whether torch took the tower."""
    tower = shown(figure)
    levels, words, layer = measured(tower)
    sentence, code = said(figure), figure.locator("pre code").text_content() or ""
    names: dict[str, Any] = {}
    printed = io.StringIO()
    if words:
        assert f"layer {layer}: {words}." in sentence
        with pytest.raises((RuntimeError, ValueError)) as raised:
            exec(code, names)
        assert str(raised.value) in words
        expect(strip(figure, "y")).to_be_hidden()
        return False
    levels[-1][0, 0, tower["t"]].backward()
    seen = positions(levels[0].grad)
    with contextlib.redirect_stdout(printed):
        exec(code, names)
    assert names["reads"] == seen
    assert printed.getvalue().startswith(code.rsplit("# ", 1)[1])
    assert tuple(names["y"].shape) == (1, 1, levels[-1].shape[2])
    assert f"# {tuple(names['y'].shape)}\n" in code
    assert number(figure, "paths") == str(len(seen))
    if seen:
        assert f"y[{tower['t']}] reads {len(seen)} of {tower['length']} input positions" in sentence
        assert drawn(figure, "holes") == seen[-1] - seen[0] + 1 - len(seen)
    used = sum(len(positions(level.grad)) for level in levels[:-1]) + (levels[-1] is levels[0])
    assert drawn(figure, "used") + drawn(figure, "future") == used
    assert drawn(figure, "chosen") == 1
    return True


def far_from_the_ends(layers: list[list[int]]) -> list[int]:
    """The field from first to last, and how many of it are read, in the middle of a long input."""
    levels, _, _ = measured({"length": 5000, "mode": "none", "layers": layers})
    levels[-1][0, 0, levels[-1].shape[2] // 2].backward()
    seen = positions(levels[0].grad)
    return [seen[-1] - seen[0] + 1, len(seen)]


def test_what_was_measured_at_build_time_is_what_torch_measures_now(site: Site, page: Page) -> None:
    figure = visit(site, page)
    given = figure.get_attribute("data-given") or ""
    assert len(given.encode()) < 25_000
    table = json.loads(given)["data"]["measured"]
    for key in random.Random(1).sample(sorted(table), 200):
        layers = [[int(digit) for digit in key[at : at + 3]] for at in range(0, len(key), 3)]
        assert table[key] == far_from_the_ends(layers), key


def test_presets_and_one_change_of_each_have_a_measured_number(site: Site, page: Page) -> None:
    figure = visit(site, page)
    for preset in PRESETS:
        figure.get_by_role("button", name=preset).click()
        assert figure.locator("button[aria-pressed=true]").text_content() == preset
        assert check(figure)
        span, count = far_from_the_ends(shown(figure)["layers"])
        assert number(figure, "formula") == str(span)
        assert number(figure, "measured") == (str(span) if span == count else f"{count} of {span}")
        control(figure, "d1").locator("[data-by='1']").click()
        check(figure)
        span, count = far_from_the_ends(shown(figure)["layers"])
        assert number(figure, "measured") == (str(span) if span == count else f"{count} of {span}")
    control(figure, "d2").locator("[data-by='1']").click()
    assert number(figure, "measured") == "–"
    assert "were not measured" in (figure.locator("[data-number=measured]").text_content() or "")


def test_every_setting_is_torchs_by_keyboard(site: Site, page: Page) -> None:
    figure = visit(site, page, "12-none-311-311-321")
    draw = random.Random(11)
    control(figure, "L").focus()
    taken = [check(figure)]
    for _ in range(60):
        for _ in range(draw.randint(0, 5)):
            page.keyboard.press(draw.choice(["ArrowRight", "ArrowRight", "ArrowLeft"]))
        if page.evaluate("document.activeElement.role") == "spinbutton":
            page.keyboard.press(draw.choice(["ArrowUp", "ArrowUp", "ArrowDown", "Backspace", "Home"]))
        else:
            page.keyboard.press("Enter")
        taken.append(check(figure))
    assert 20 < sum(taken) < 60, "some are taken, some refused"


def test_keys_choose_outputs_and_inputs(site: Site, page: Page) -> None:
    figure = visit(site, page)
    enter(figure)
    assert tab_stops(figure) == 1
    expect(strip(figure, "y")).to_be_focused()
    page.keyboard.press("ArrowRight")
    assert "y[7] reads 7 of 20 input positions, from x[7] to x[13]." in said(figure)
    assert "Later than its own time, 7: 6 of them." in said(figure)
    page.keyboard.press("End")
    assert strip(figure, "y").get_attribute("aria-valuetext") == "y[13]"
    page.keyboard.press("ArrowDown")
    expect(strip(figure, "x")).to_be_focused()
    page.keyboard.press("Home")
    assert said(figure) == "x[0] reaches 1 of 14 outputs, y[0]."
    page.keyboard.press("ArrowRight")
    assert said(figure) == "x[1] reaches 2 of 14 outputs, from y[0] to y[1]."
    assert tab_stops(figure) == 1
    page.keyboard.press("Escape")
    assert said(figure).startswith("y[13] reads")
    page.keyboard.press("Escape")
    expect(figure.get_by_role("button", name=PRESETS[0])).to_be_focused()
    for _ in PRESETS:
        page.keyboard.press("ArrowRight")
    expect(control(figure, "L")).to_be_focused()
    page.keyboard.press("Enter")
    expect(strip(figure, "y")).to_be_focused()
    for _ in range(2):  # by way of the input
        page.keyboard.press("ArrowDown")
    assert page.evaluate("document.activeElement.textContent") in PRESETS  # the nearest by eye
    page.keyboard.press("ArrowDown")
    expect(figure.locator("[data-setting]:focus")).to_be_attached()
    enter(figure)
    page.keyboard.press("Tab")
    assert not figure.evaluate("figure => figure.contains(document.activeElement)")


def test_keys_pin_and_escape_lets_go_before_it_leads_back(site: Site, page: Page) -> None:
    figure = visit(site, page)
    enter(figure)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    assert said(figure).endswith("Pinned.")
    assert drawn(figure, "pin") == 1
    page.wait_for_url(re.compile(rf"\?{NAME}=y-7_pinned(#.*)?$"))
    page.reload()
    expect(figure.get_by_role("status")).to_have_text(re.compile(r"^y\[7\] reads .* Pinned\.$"))
    enter(figure)
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowRight")
    assert said(figure) == "x[0] reaches 1 of 14 outputs, y[0]. Pinned."  # keys choose, pinned or not
    page.keyboard.press(" ")
    assert said(figure) == "x[0] reaches 1 of 14 outputs, y[0]."
    page.keyboard.press(" ")
    page.keyboard.press("Escape")
    assert said(figure) == "x[0] reaches 1 of 14 outputs, y[0]."
    page.keyboard.press("Escape")
    assert said(figure).startswith("y[7] reads")
    expect(strip(figure, "x")).to_be_focused()
    page.keyboard.press("Escape")
    expect(figure.get_by_role("button", name=PRESETS[0])).to_be_focused()


def point(figure: Locator, act: str, which: str, position: int) -> None:
    """`act` (click, tap, hover) on the position's own place, as the scale below the input has it."""
    ticks = figure.locator("svg text[text-anchor]").evaluate_all(
        "all => all.slice(0, 2).map(each => Number(each.getAttribute('x')))"
    )
    x = ticks[0] + (ticks[1] - ticks[0]) / 5 * position
    getattr(strip(figure, which), act)(position={"x": x, "y": 15})


def test_without_a_pin_a_pointer_previews_and_a_pin_keeps(site: Site, page: Page) -> None:
    figure = visit(site, page)
    before = said(figure)
    point(figure, "hover", "y", 9)
    assert said(figure).startswith("y[9] reads 7 of 20")
    assert check(figure)
    point(figure, "hover", "x", 4)
    assert said(figure) == "x[4] reaches 5 of 14 outputs, from y[0] to y[4]."
    page.mouse.move(1, 1)
    assert said(figure) == before
    point(figure, "click", "x", 4)
    assert said(figure) == "x[4] reaches 5 of 14 outputs, from y[0] to y[4]. Pinned."
    assert (drawn(figure, "chosen"), drawn(figure, "pin")) == (1, 1)
    point(figure, "hover", "y", 9)
    assert said(figure).startswith("x[4] reaches 5")
    control(figure, "d1").locator("[data-by='1']").click()
    assert said(figure).startswith("x[4] reaches")
    assert said(figure).endswith("Pinned.")
    point(figure, "click", "y", 9)  # what is pinned gives way to what is clicked
    assert said(figure).startswith("y[9] reads")
    assert said(figure).endswith("Pinned.")
    point(figure, "click", "y", 9)  # and the same again lets go
    assert "Pinned." not in said(figure)
    page.mouse.move(1, 1)
    assert said(figure).startswith("y[9] reads")


def test_a_pointer_builds_chooses_and_copies(site: Site, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    page = context.new_page()
    figure = visit(site, page)
    for key in ("L", "mode", "t", "K1", "d2", "s3"):
        control(figure, key).locator("[data-by='1']").click()
        check(figure)
        control(figure, key).locator("[data-by='-1']").click()
        assert check(figure)
    for key, to in (("t", 7), ("i", 0)):  # settings choose as well
        control(figure, key).locator("[data-by='1']").click()
        assert control(figure, key).get_attribute("aria-valuenow") == str(to)
    assert said(figure).startswith("x[0] reaches 1 of 14")
    control(figure, "i").locator("[data-by='-1']").click()
    assert said(figure).startswith("y[7] reads 7 of 20")
    point(figure, "click", "y", 9)
    assert said(figure).startswith("y[9] reads 7 of 20")
    point(figure, "click", "x", 4)
    assert said(figure).startswith("x[4] reaches 5 of 14 outputs")
    figure.get_by_role("button", name="Add a layer").click()
    assert shown(figure)["layers"] == [[3, 1, 1]] * 4
    point(figure, "click", "y", 3)
    assert check(figure)
    for _ in range(2):
        figure.get_by_role("button", name="Add a layer").click(force=True)  # the second has nothing to do
    assert len(shown(figure)["layers"]) == 5
    for _ in range(5):
        figure.get_by_role("button", name="Take one off").click(force=True)
    assert shown(figure)["layers"] == [[3, 1, 1]]
    figure.get_by_role("button", name="a stride first").click()
    point(figure, "click", "y", 4)  # output 2, whose own time is 4
    assert shown(figure)["t"] == 2
    figure.get_by_role("button", name="causal TCN").click()
    assert drawn(figure, "future") == 0
    assert "None is later than its own time, 20." in said(figure)
    figure.get_by_role("button", name="Copy the code").click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    assert page.evaluate("() => navigator.clipboard.readText()") == figure.locator("pre code").text_content()
    page.wait_for_url(re.compile(rf"\?{NAME}=24-causal-211-221-241-281_y-20(#.*)?$"))
    figure.get_by_role("button", name="Start over").click()
    page.wait_for_url(re.compile(r"receptive-field/(#.*)?$"))


def test_a_finger_does_it_too(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(has_touch=True, is_mobile=True, viewport={"width": 320, "height": 640})
    page = context.new_page()
    figure = visit(site, page)
    point(figure, "tap", "y", 2)
    assert said(figure).startswith("y[2] reads")
    assert said(figure).endswith("Pinned.")
    point(figure, "tap", "x", 5)
    assert said(figure) == "x[5] reaches 6 of 14 outputs, from y[0] to y[5]. Pinned."
    point(figure, "tap", "x", 5)
    assert said(figure) == "x[5] reaches 6 of 14 outputs, from y[0] to y[5]."
    control(figure, "i").locator("[data-by='1']").tap()
    assert said(figure).startswith("x[6] reaches 7 of 14")
    point(figure, "tap", "y", 2)
    control(figure, "K3").locator("[data-by='1']").tap()
    assert check(figure)
    sizes = figure.locator("button, [data-by], [data-strip]").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect())"
        ".map(box => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= 24
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    expect(figure.locator(".insync-legend")).to_be_visible()
    context.close()


def test_a_finger_slides_along_a_picture_that_does_not_scroll(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(has_touch=True, is_mobile=True, viewport={"width": 320, "height": 640})
    page = context.new_page()
    figure = visit(site, page)
    strip(figure, "y").scroll_into_view_if_needed()
    place = strip(figure, "y").bounding_box()
    assert place
    session = context.new_cdp_session(page)
    x, y, seen = place["x"] + 60, place["y"] + 15, set()
    for step in range(8):
        touch = [{"x": x + 15 * step, "y": y}]
        session.send(
            "Input.dispatchTouchEvent", {"type": "touchMove" if step else "touchStart", "touchPoints": touch}
        )
        seen.add(said(figure).split()[0])
    session.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    assert len(seen) > 4
    cell = figure.locator("[data-path=chosen]").bounding_box()
    assert cell
    assert abs(cell["x"] + cell["width"] / 2 - (x + 15 * 7)) < cell["width"]  # under the finger
    context.close()


def read_padding(tower: Tower) -> list[tuple[int, int]]:
    """Level and place on the input's scale of every padded position on the paths of the tower's output."""
    lengths = [level.shape[2] for level in measured(tower)[0]]
    strides = [stride for _, _, stride in tower["layers"]]
    at, found = {tower["t"]}, set()
    for level in reversed(range(len(strides))):
        kernel, dilation, stride = tower["layers"][level]
        reach = dilation * (kernel - 1)
        left = {"none": 0, "same": reach // 2, "causal": reach}[tower["mode"]]
        read = {t * stride - left + k * dilation for t in at for k in range(kernel)}
        at = {i for i in read if 0 <= i < lengths[level]}
        found |= {(level, i * math.prod(strides[:level])) for i in read - at}
    return sorted(found)


@pytest.mark.parametrize(
    ("state", "far"),
    [
        ("24-causal-211-221-241-281_y-3", 0),
        ("32-same-381-381_y-0", 0),
        ("32-causal-483-483_y-0", 1),  # 24 positions of padding at every third place: 72
        ("32-causal-483-483-483_y-1", 2),
    ],
)
def test_all_padding_that_is_read_is_drawn_and_a_triangle_stands_for_what_is_far_out(
    site: Site, page: Page, state: str, far: int
) -> None:
    figure = visit(site, page, state)
    tower, room = shown(figure), 24
    padding = read_padding(tower)
    near = [place for place in padding if -room <= place[1] < tower["length"] + room]
    beyond = {(level, i < 0) for level, i in padding if (level, i) not in near}
    assert padding
    assert (drawn(figure, "added"), drawn(figure, "far")) == (len(near), len(beyond))
    assert len(beyond) == far
    assert f"at {len(padding)} cells" in said(figure) or "padding alone" in said(figure)


@pytest.mark.parametrize("width", [320, 1280])
@pytest.mark.parametrize("folder", FOLDERS)
def test_cells_can_be_told_apart_and_the_chosen_one_is_in_sight(
    site: Site, page: Page, width: int, folder: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    figure = visit(site, page, "32-same-481-481-481-481-481_y-0", folder)
    cells = figure.locator("[data-path=cells]").evaluate(
        "path => [...path.getAttribute('d').matchAll(/M([\\d.]+) ([\\d.]+)/g)].map(([, x, y]) => [+x, +y])"
    )
    top = sorted(x for x, y in cells if y == min(y for _, y in cells))
    assert min(b - a for a, b in pairwise(top)) >= 11.9  # places are rounded to tenths
    strip(figure, "y").focus()
    for key in ["ArrowRight"] * 31 + ["Home", "End", "ArrowDown", "Home", "End"]:
        page.keyboard.press(key)
        hidden = figure.locator("[data-part=tower]").evaluate(
            """box => {
              const place = part => box.querySelector(part).getBoundingClientRect()
              const cell = place("[data-path=chosen]"), right = box.getBoundingClientRect().right
              return cell.left < place("[data-names]").right - 1 || cell.right > right + 1
            }"""
        )
        assert not hidden, (key, said(figure))
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_address_is_the_same_in_the_other_language(site: Site, page: Page) -> None:
    figure = visit(site, page)
    control(figure, "d2").locator("[data-by='1']").click()
    page.wait_for_url(re.compile(rf"\?{NAME}=20-none-311-321-311_y-6(#.*)?$"))
    page.locator("header a[hreflang]").click()
    page.wait_for_url(f"{site.address}zh/{PAGE}?{NAME}=20-none-311-321-311_y-6")
    figure = page.locator(live(NAME))
    expect(figure.get_by_role("status")).to_contain_text("y[6] 读到 20 个输入位置中的 9 个")
    assert shown(figure)["layers"] == [[3, 1, 1], [3, 2, 1], [3, 1, 1]]


@pytest.mark.parametrize(
    "state", ["33-none-311", "20-none-911", "20-all-311", "20-none", "0-none-311", "y-99", "__", "x-"]
)
def test_a_mistyped_address_is_no_error(site: Site, page: Page, state: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    figure = visit(site, page, state)
    assert shown(figure) == {"length": 20, "mode": "none", "layers": [[3, 1, 1]] * 3, "t": 6}
    assert errors == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, page: Page, folder: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for state in ("", "32-causal-481-481_x-3", "5-none-381"):
            visit(site, page, state, folder)
            assert barriers(page, NAME, scheme) == [], (state, width)
            assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_without_scripts_the_table_is_there(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + PAGE)
    rows = page.locator(f"figure[data-figure={NAME}] tbody tr:visible")
    assert rows.locator("th").all_text_contents() == PRESETS
    for row in rows.all():
        *kinds, mode, formula, span, count, holes, future = row.locator("td").all_text_contents()
        layers = [list(map(int, layer)) for layer in zip(*(kind.split(", ") for kind in kinds), strict=True)]
        levels, _, _ = measured({"length": 200, "mode": mode, "layers": layers})
        t = levels[-1].shape[2] // 2
        levels[-1][0, 0, t].backward()
        seen = positions(levels[0].grad)
        own = t * torch.tensor(layers)[:, 2].prod().item()
        assert [int(span), int(count), int(holes)] == [
            seen[-1] - seen[0] + 1,
            len(seen),
            seen[-1] - seen[0] + 1 - len(seen),
        ]
        assert formula == span
        assert int(future) == seen[-1] - own
    context.close()


@pytest.mark.speed
def test_a_change_is_on_screen_within_a_frame_on_a_slow_phone(
    site: Site, page: Page, record_property: Any
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    figure = visit(site, page, "32-same-311-321-341-381-381_y-10")
    strip(figure, "y").focus()
    time = frame_time(page, NAME, ([*["ArrowRight"] * 5, *["ArrowLeft"] * 5] * 4))
    control(figure, "d2").focus()
    setting = frame_time(page, NAME, ([*["ArrowUp"] * 5, *["ArrowDown"] * 5] * 4))
    record_property("on a CPU four times slower, ms", round(max(time, setting), 2))
    print(f"{time:.1f} ms, {setting:.1f} ms for a setting")
    assert max(time, setting) < LIMIT
