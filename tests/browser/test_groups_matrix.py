"""Groups and the matrix: the arithmetic beside torch, the figure by keyboard and by pointer."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect
from torch import nn
from torch.nn import functional as F  # noqa: N812 - as everybody calls it
from torch.utils.flop_counter import FlopCounterMode

from figures import FOLDERS, LIMIT, PHONE, barriers, enter, frame_time, live, open_figure, said, tab_stops

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser

NAME = "groups-matrix"
PAGE = "guide/groups/"
LARGEST = "inputs*6_outputs*6_kernel*1_length*7_stride*1_padding*2"  # 66 rows and 42 columns
# The column that the outline in a chosen row is around.
OUTLINED = """row => {
  const cells = row.lastChild, {left, width} = getComputedStyle(cells, "::after")
  return Math.floor((parseFloat(left) + parseFloat(width) / 2) / cells.offsetWidth * cells.textContent.length)
}"""
IN_BROWSER = """async ([folder, sets]) => {
  const m = await import(folder + "matrix.js"), {refusal} = await import(folder + "conv.js")
  return JSON.stringify(sets.map(p => refusal(p) ? {refused: refusal(p).reason} : {
    conv: m.matrix(p), back: m.matrix(p, true, p.extra), refusedExtra: m.refusedExtra(p, p.extra),
    parameters: [m.parameters(p), m.parameters(p, true)], madds: m.multiplyAdds(p), sources: m.sources(p),
  }))
}"""


def visit(site: Site, page: Page, state: str = "", folder: str = "", path: str = PAGE) -> Locator:
    return open_figure(site, page, NAME, path, state, folder)


def point(figure: Locator, act: str, row: int, column: int) -> None:
    """Does something, such as `click`, in the middle of a cell of the matrix."""
    cells = figure.locator(f"[data-key=m-{row}] span").last
    box, count = cells.bounding_box(), len(cells.text_content() or "")
    assert box
    at = {"x": box["width"] * (column + 0.5) / count, "y": box["height"] / 2}
    getattr(cells, act)(position=at)


def drawn(draw: random.Random) -> dict[str, int]:
    ranges = {
        "inputs": 6,
        "outputs": 6,
        "groups": 6,
        "kernel": 3,
        "length": 7,
        "stride": 3,
        "padding": 2,
        "dilation": 2,
        "extra": 3,
    }
    least = {"padding": 0, "extra": 0, "length": 3}
    p = {key: draw.randint(least.get(key, 1), most) for key, most in ranges.items()}
    if draw.random() < 0.7:
        p["groups"] = draw.choice([g for g in (1, 2, 3, 6) if p["inputs"] % g == p["outputs"] % g == 0])
    return p


def layers(p: dict[str, int]) -> tuple[nn.Conv1d, torch.Tensor]:
    sizes = [p["stride"], p["padding"], p["dilation"], p["groups"]]
    layer = nn.Conv1d(p["inputs"], p["outputs"], p["kernel"], *sizes, dtype=torch.double)
    return layer, torch.zeros(1, p["inputs"], p["length"], dtype=torch.double)


def filled(indices: list[list[Any]], weight: torch.Tensor) -> torch.Tensor:
    """The matrix that has the weight at [o, c, k] in each cell that names one, and 0 in the others."""
    numbers = weight.tolist()  # a list gives one of them far sooner than a tensor does

    def number(at: list[int] | None) -> float:
        if not at:
            return 0.0
        o, c, k = at
        return float(numbers[o][c][k])

    return torch.tensor([[number(at) for at in row] for row in indices]).double()


def test_the_matrices_the_counts_and_the_refusals_are_torchs(site: Site, page: Page) -> None:
    page.goto(site.address + "glossary/")
    draw = random.Random(4)
    sets = [drawn(draw) for _ in range(2000)]
    # As one text: millions of cells, each handed over by itself, take longer than all that is computed.
    answers = json.loads(page.evaluate(IN_BROWSER, [site.address + "assets/javascripts/figures/", sets]))
    taken = backs = 0
    for number, (p, answer) in enumerate(zip(sets, answers, strict=True)):
        words = {"inputs": "in_channels must", "outputs": "out_channels must", "long": "greater than actual"}
        try:
            layer, x = layers(p)
            y = layer(x)
        except (RuntimeError, ValueError) as error:
            assert words[answer["refused"]] in str(error), p  # noqa: PT017 - torch takes some and refuses some
            continue
        taken += 1
        weight = torch.randint(1, 100, layer.weight.shape).double()
        sizes: Any = {key: p[key] for key in ("stride", "padding", "dilation", "groups")}
        basis = torch.eye(x.numel(), dtype=torch.double).reshape(-1, *x.shape[1:])
        expected = F.conv1d(basis, weight, **sizes).reshape(x.numel(), -1).T
        assert torch.equal(filled(answer["conv"], weight), expected), p
        assert answer["parameters"][0] == sum(each.numel() for each in layer.parameters()), p
        if number % 20 == 0:
            with FlopCounterMode(display=False) as counter:
                layer(x)
            assert answer["madds"] * 2 == counter.get_total_flops(), p
        short = {key: size for key, size in p.items() if key != "length"}
        for length in range(1, 15) if number % 10 == 0 else ():
            try:
                same = layers(short | {"length": length})[0](torch.zeros(1, p["inputs"], length).double())
            except RuntimeError:
                continue
            assert (length in answer["sources"]) == (same.shape[2] == y.shape[2]), (p, length)
        back = nn.ConvTranspose1d(
            p["outputs"], p["inputs"], p["kernel"], output_padding=p["extra"], **sizes, dtype=torch.double
        )
        assert answer["parameters"][1] == sum(each.numel() for each in back.parameters()), p
        basis = torch.eye(y.numel(), dtype=torch.double).reshape(-1, *y.shape[1:])
        try:
            expected = F.conv_transpose1d(basis, weight, output_padding=p["extra"], **sizes)
        except RuntimeError as error:
            assert answer["refusedExtra"], p
            assert "output padding must be smaller" in str(error)  # noqa: PT017 - torch takes some and refuses some
            continue
        backs += 1
        assert answer["refusedExtra"] is None, p
        assert torch.equal(filled(answer["back"], weight), expected.reshape(y.numel(), -1).T), p
    assert taken > 1000
    assert backs > 400


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("groups*3", "ValueError: in_channels must be divisible by groups"),
        ("inputs*6_groups*3", "ValueError: out_channels must be divisible by groups"),
        ("inputs*6_groups*3_transposed*1", "ValueError: in_channels must be divisible by groups"),
        ("length*3_padding*0_dilation*2", "size per channel: (3). Kernel size: (5)."),
        ("transposed*1_extra*2", "output_padding_width: 2 stride_height: 1 stride_width: 2 "),
    ],
)
def test_refusals_are_in_torchs_words(site: Site, page: Page, state: str, words: str) -> None:
    figure = visit(site, page, state)
    assert words in said(figure)
    expect(figure.locator(".insync-lines")).to_be_hidden()


def test_keys_choose_rows_and_cells_and_the_code_runs(site: Site, page: Page) -> None:
    figure = visit(site, page)
    enter(figure)
    page.keyboard.press("Enter")
    assert "y[0, 0] is made of x[0, 0]" in said(figure)
    page.keyboard.press("ArrowRight")
    assert "Row y[0, 0], column x[0, 0]: the weight w[0, 0, 1] of Conv1d." in said(figure)
    page.keyboard.press("ArrowDown")
    assert "Row y[0, 1], column x[0, 0]: zero." in said(figure)
    assert tab_stops(figure) == 1
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowUp")
    assert "in_channels must be divisible" in said(figure)
    page.keyboard.press("Backspace")
    names: dict[str, Any] = {}
    exec(figure.locator("pre code").text_content() or "", names)
    assert tuple(names["y"].shape) == (1, 4, 3)


def test_a_pointer_chooses_and_transposes_and_the_address_keeps_it(site: Site, page: Page) -> None:
    figure = visit(site, page)
    figure.locator("[data-key=x-2]").click()
    assert "x[2] is read by y[2], y[3]." in said(figure)
    figure.get_by_role("button", name="Transpose").click()
    assert "L = 5 and L = 6 give L_out = 3" in said(figure)
    figure.locator("[data-setting=extra] [data-by='1']").click()
    names: dict[str, Any] = {}
    exec(figure.locator("pre code").text_content() or "", names)
    assert tuple(names["x"].shape) == (1, 4, 6)
    page.wait_for_url(re.compile(r"\?groups-matrix=extra\*1_transposed\*1_x-2_pinned(#.*)?$"))
    page.locator("header a[hreflang]").click()
    page.wait_for_url(f"{site.address}zh/{PAGE}?{NAME}=extra*1_transposed*1_x-2_pinned")
    expect(page.locator(live(NAME)).get_by_role("status")).to_contain_text("L = 5、L = 6 都得到 L_out = 3")


def test_a_pin_keeps_a_connection_and_without_it_a_pointer_previews(site: Site, page: Page) -> None:
    figure = visit(site, page)
    figure.locator("[data-key=x-3]").hover()
    assert "x[3] is read by y[2], y[3]." in said(figure)
    point(figure, "hover", 4, 6)
    assert "Row y[1, 1], column x[1, 1]: the weight w[1, 1, 0] of Conv1d." in said(figure)
    page.mouse.move(2, 2)
    assert said(figure).endswith("y[0] reads x[0], x[1].")
    point(figure, "click", 4, 6)
    figure.locator("[data-key=x-3]").hover()
    assert said(figure).endswith("Row y[1, 1], column x[1, 1]: the weight w[1, 1, 0] of Conv1d. Pinned.")
    expect(figure.locator("[data-pinned]")).to_have_attribute("data-key", "m-4")
    page.wait_for_url(re.compile(r"\?groups-matrix=m-4-6_pinned(#.*)?$"))
    page.reload()
    expect(figure.get_by_role("status")).to_have_text(re.compile(r"of Conv1d\. Pinned\.$"))
    point(figure, "click", 4, 6)
    page.mouse.move(2, 2)
    assert said(figure).endswith("of Conv1d."), "the second click lets go, and it stays chosen"
    expect(figure.locator("[data-pinned]")).to_have_count(0)
    figure.get_by_role("button", name="Pin").click()
    assert said(figure).endswith("Pinned.")
    figure.get_by_role("button", name="Transpose").click()
    assert "Pinned." not in said(figure), "the row that was pinned is in the other matrix"


def test_keys_pin_and_escape_lets_go_before_it_leads_back(site: Site, page: Page) -> None:
    figure = visit(site, page)
    enter(figure)
    for key in ("Enter", "ArrowDown", "ArrowRight", "Enter"):
        page.keyboard.press(key)
    assert said(figure).endswith("Row y[0, 1], column x[0, 0]: zero. Pinned.")
    assert figure.get_by_role("button", name="Pin").get_attribute("aria-pressed") == "true"
    figure.locator("[data-key=x-3]").hover()
    assert said(figure).endswith("Row y[0, 1], column x[0, 0]: zero. Pinned.")
    page.keyboard.press("ArrowDown")
    assert said(figure).endswith("Row y[0, 2], column x[0, 0]: zero. Pinned."), (
        "a pin goes along with the keys"
    )
    page.wait_for_url(re.compile(r"\?groups-matrix=m-2-0_pinned(#.*)?$"))
    page.keyboard.press("Escape")
    assert said(figure).endswith("zero.")
    expect(figure.locator("[data-key=m-2]")).to_be_focused()
    page.keyboard.press("Space")
    assert said(figure).endswith("Pinned.")
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(figure.locator("[data-setting]").first).to_be_focused()
    assert tab_stops(figure) == 1


def test_fingers_choose_pin_and_read_what_they_chose(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(**PHONE)
    page = context.new_page()
    figure = visit(site, page, LARGEST)
    figure.locator("[data-setting=padding] [data-by='-1']").tap()
    expect(figure.locator("[data-setting=padding]")).to_have_attribute("aria-valuenow", "1")
    figure.locator("[data-setting=padding] [data-by='1']").tap()
    figure.locator("[data-key=x-2]").tap()
    assert "x[2] is read by y[0], y[1], y[2]. Pinned." in said(figure)
    figure.locator("[data-key=x-2]").tap()
    assert "Pinned." not in said(figure)
    row = figure.locator("[data-key=m-63]")
    row.locator("span").first.tap()
    assert "y[5, 8] is made of x[3, 6], x[4, 6], x[5, 6]. Pinned." in said(figure)
    expect(figure.get_by_role("status")).to_be_in_viewport(ratio=1)
    expect(row).to_be_in_viewport(ratio=1)
    point(figure, "tap", 63, 41)
    assert "Row y[5, 8], column x[5, 6]: the weight w[5, 2, 0] of Conv1d. Pinned." in said(figure)
    page.wait_for_url(re.compile(r"_m-63-41_pinned(#.*)?$"))
    figure.get_by_role("button", name="Start over").tap()
    assert said(figure).endswith("y[0] reads x[0], x[1].")
    context.close()


@pytest.mark.parametrize(("width", "least"), [(320, 10), (360, 10), (1280, 14)])
def test_the_largest_matrices_fit_and_can_be_read(site: Site, page: Page, width: int, least: float) -> None:
    page.set_viewport_size({"width": width, "height": 740})
    for state, size in ((LARGEST, 66), (LARGEST + "_transposed*1", 42)):
        figure = visit(site, page, state)
        rows = figure.locator("[data-key^=m-]:visible")
        assert rows.count() == size
        assert rows.first.evaluate("each => parseFloat(getComputedStyle(each).fontSize)") >= least
        assert min(rows.evaluate_all("all => all.map(each => each.clientHeight)")) >= 24, "a finger's height"
        part = figure.locator(".insync-part:visible")
        assert part.evaluate("each => each.scrollWidth - each.clientWidth") <= 0
        for column in (0, 17, 41):
            point(figure, "click", 5, column)
            assert figure.locator("[data-cell]").evaluate(OUTLINED) == column


@pytest.mark.parametrize("state", ["kernel*9", "kernel*", "z*1", "y-99", "m-99-99", "__"])
def test_a_mistyped_address_is_no_error(site: Site, page: Page, state: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    visit(site, page, state)
    assert errors == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, page: Page, folder: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for state in ("", "transposed*1_m-1-2", "groups*3", LARGEST + "_transposed*1"):
            visit(site, page, state, folder)
            assert barriers(page, NAME, scheme) == [], (state, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_without_scripts_the_table_is_there(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + PAGE)
    rows = page.locator(f"figure[data-figure={NAME}] tbody tr:visible")
    assert rows.count() > 5
    keys = ("inputs", "outputs", "groups", "kernel", "length", "stride", "padding", "dilation")
    for row in rows.all():
        cells = row.locator("td").all_text_contents()
        try:
            layer, x = layers(dict(zip(keys, map(int, cells[:8]), strict=True)))
        except ValueError as error:
            assert cells[8] == f"ValueError: {error}"  # noqa: PT017 - torch takes some and refuses some
            continue
        assert int(cells[8]) == layer(x).shape[2]
        assert int(cells[9]) == sum(each.numel() for each in layer.parameters())
    context.close()


@pytest.mark.speed
def test_a_change_is_on_screen_within_a_frame_on_a_slow_phone(site: Site, page: Page) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    for state, setting, keys in (
        ("", "stride", ["ArrowDown", *["ArrowUp", "ArrowDown"] * 10]),
        (LARGEST, "groups", ["ArrowUp", "ArrowDown"] * 10),
    ):
        visit(site, page, state).locator(f"[data-setting={setting}]").focus()
        time = frame_time(page, NAME, keys)
        print(f"{setting}: {time:.1f} ms")
        assert time < LIMIT, setting
