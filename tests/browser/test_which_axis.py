"""Which way does it slide, on the real site: what an output reads is what gradients in torch say."""

from __future__ import annotations

import itertools
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect
from torch import nn

from figures import FOLDERS, LIMIT, PHONE, barriers, enter, frame_time, live, open_figure, said, tab_stops

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

NAME = "which-axis"
PAGE = "guide/wrong-axis/"
WAYS = ["permute", "view", "nothing"]
START = {"L": 6, "E": 4, "K": 2, "C_out": 5}
Cells = set[tuple[int, int]]


def visit(site: Site, page: Page, state: str = "", folder: str = "") -> Locator:
    return open_figure(site, page, NAME, PAGE, state, folder)


def handed_over(way: str, vectors: torch.Tensor) -> torch.Tensor:
    if way == "permute":
        return vectors.permute(0, 2, 1)
    return vectors.view(1, vectors.shape[2], vectors.shape[1]) if way == "view" else vectors


def torchs(way: str, p: dict[str, int]) -> tuple[list[Cells], int, list[int]]:
    """What gradients say that each output reads, (word, number); parameters; the input's shape."""
    vectors = torch.ones(1, p["L"], p["E"], requires_grad=True)
    x = handed_over(way, vectors)
    layer = nn.Conv1d(x.shape[1], p["C_out"], p["K"])
    nn.init.ones_(layer.weight)
    y = layer(x)
    read = []
    for t in range(y.shape[2]):
        (gradient,) = torch.autograd.grad(y[0, :, t].sum(), vectors, retain_graph=True)
        read.append({(w, e) for w, e in gradient[0].nonzero().tolist()})
    return read, sum(each.numel() for each in layer.parameters()), list(x.shape[1:])


def refusal(p: dict[str, int]) -> str:
    """What torch says when a layer made for the length of the sentence gets a word more."""
    layer = nn.Conv1d(p["L"], p["C_out"], p["K"])
    with pytest.raises(RuntimeError) as caught:
        layer(torch.ones(1, p["L"] + 1, p["E"]))
    return f"RuntimeError: {caught.value}"


# --- Arithmetic ---------------------------------------------------------------------------------------------


IN_BROWSER = """async ([module, sets]) => {
  const axes = await import(module)
  return sets.map(([way, p]) => ({
    shape: axes.shape(way, p), parameters: axes.parameters(way, p),
    source: Array.from({length: axes.shape(way, p)[0]}, (_, c) =>
      Array.from({length: axes.shape(way, p)[1]}, (_, i) => axes.source(way, p, c, i))),
    reads: Array.from({length: axes.lengthOut(way, p)}, (_, t) => axes.reads(way, p, t)),
  }))
}"""


def test_what_every_output_reads_is_what_gradients_say(site: Site, page: Page) -> None:
    ranges = (range(1, 9), range(1, 7), range(1, 4))
    sets = [
        (way, {"L": length, "E": size, "K": kernel, "C_out": 1 + (length * size + kernel) % 5})
        for way, length, size, kernel in itertools.product(WAYS, *ranges)
        if kernel <= (size if way == "nothing" else length)
    ]
    outputs = 0
    page.goto(site.address + "glossary/")
    module = site.address + "assets/javascripts/figures/axes.js"
    for (way, p), answer in zip(sets, page.evaluate(IN_BROWSER, [module, sets]), strict=True):
        read, parameters, shape = torchs(way, p)
        assert (answer["shape"], answer["parameters"]) == (shape, parameters), (way, p)
        found = [{(w, e) for w, each in enumerate(words) for e in each} for words in answer["reads"]]
        assert found == read, (way, p)
        own = torch.arange(p["L"] * p["E"]).view(1, p["L"], p["E"])
        places = torch.tensor(answer["source"])
        assert torch.equal(places[..., 0] * p["E"] + places[..., 1], handed_over(way, own)[0]), (way, p)
        outputs += len(read)
    assert outputs > 1000


# --- What is shown ------------------------------------------------------------------------------------------


def sizes(figure: Locator) -> dict[str, int]:
    shown = figure.locator("[data-setting]").evaluate_all(
        "all => all.map(each => [each.dataset.setting, Number(each.getAttribute('aria-valuenow'))])"
    )
    return dict(shown)


def marked_cells(figure: Locator, table: int) -> list[str]:
    found = figure.locator(".insync-axes").nth(table).locator("td[data-mark=read]:visible")
    return [text.split("\n")[0] for text in found.all_text_contents()]


def word(figure: Locator, w: int) -> Locator:
    return figure.locator(f"button[data-word='{w}']")


def check(figure: Locator) -> None:
    """Everything shown beside what torch does: a figure that shows what is read."""
    p = sizes(figure)
    way = WAYS[
        figure.get_by_role("radio").evaluate_all("all => all.findIndex(each => each.ariaChecked === 'true')")
    ]
    t = int(figure.locator("[data-t][data-mark=chosen]").text_content() or "")
    read, parameters, (channels, positions) = torchs(way, p)
    assert figure.locator("[data-t]:visible").count() == len(read)
    labels = {f"{w}.{e}" for w, e in read[t]}
    assert set(marked_cells(figure, 0)) == labels, (way, p, t)
    inside = marked_cells(figure, 1)
    assert (set(inside), len(inside)) == (labels, channels * p["K"]), (way, p, t)
    counts = [f"{sum(w == each for each, _ in read[t])}/{p['E']}" for w in range(p["L"])]
    tokens = figure.locator(".insync-axes").nth(0).locator("tbody tr:visible td:last-child")
    assert [text.split("\n")[0] for text in tokens.all_text_contents()] == counts
    for name, small in zip(
        WAYS, figure.get_by_role("radio").locator("small").all_text_contents(), strict=True
    ):
        assert small == f"{torchs(name, p)[1]:,} parameters"
    assert f"= {parameters}" in (figure.locator(".insync-formula").text_content() or "")
    after = figure.locator(".insync-longer p:visible").text_content() or ""
    if way == "nothing":
        assert refusal(p) in after
    else:
        assert (
            f"gives {len(torchs(way, p | {'L': p['L'] + 1})[0])} positions instead of {len(read)}." in after
        )
    assert ("L = E" in after) == (p["L"] == p["E"])
    code = figure.locator("pre code").text_content() or ""
    names: dict[str, Any] = {}
    exec(code, names)
    assert code.endswith(f"# {tuple(names['y'].shape)}")
    assert f"# {tuple(names['x'].shape)}\n" in code
    assert list(names["x"].shape) == [1, channels, positions]


def test_any_setting_is_torchs_by_keyboard(site: Site, page: Page) -> None:
    figure = visit(site, page, "shown")
    draw = random.Random(3)
    check(figure)
    for _ in range(25):
        page.keyboard.press("Escape") if draw.random() < 0.1 else None
        if figure.get_by_role("button", name="Show me").get_attribute("aria-pressed") == "false":
            figure.get_by_role("button", name="Show me").press("Enter")
        line = draw.choice(["[role=radio]", "[data-setting]", "[data-setting]", "[data-t]:not([hidden])"])
        figure.locator(line).nth(draw.randrange(3)).focus()
        for _ in range(draw.randint(1, 2)):
            page.keyboard.press(
                draw.choice(["ArrowUp", "ArrowDown"] if "setting" in line else ["ArrowRight", "ArrowLeft"])
            )
        check(figure)


def test_a_reader_predicts_and_is_told_by_keyboard(site: Site, page: Page) -> None:
    figure = visit(site, page)
    assert tab_stops(figure) == 1
    assert "Which words will y[0, :, 2] read?" in said(figure)
    assert marked_cells(figure, 0) == []
    assert set(marked_cells(figure, 1)) == {"?"}
    enter(figure)
    words_there = figure.locator("button[data-word]:visible").count()
    for _ in range(2 + words_there - 2):  # by way of the buttons and the outputs to the last word, and on
        page.keyboard.press("ArrowUp")
    expect(word(figure, 2)).to_be_focused()
    page.keyboard.press("Space")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Space")
    assert "Marked: 1 film, 2 was." in said(figure)
    for _ in range(6):
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    expect(figure.get_by_role("button", name="Compare")).to_be_focused()
    page.keyboard.press("Enter")
    assert "Missed: 3 not. Too many: 1 film." in said(figure)
    assert "y[0, :, 2] reads all 4 numbers of the words 2 was, 3 not." in said(figure)
    verdicts = figure.locator(".insync-axes").nth(0).locator("tbody tr:visible td:last-child")
    words = [text.split("\n")[1] for text in verdicts.all_text_contents()]
    assert words == ["✓", "too many", "✓", "missed", "✓", "✓"]
    check(figure)
    page.keyboard.press("Escape")
    assert "Marked: 1 film, 2 was." in said(figure), "what was marked can be mended"
    page.keyboard.press("Escape")
    assert "Marked: none." in said(figure)
    page.keyboard.press("Escape")
    expect(figure.get_by_role("radio").first).to_be_focused()
    page.keyboard.press("ArrowRight")
    expect(figure.get_by_role("radio").nth(1)).to_have_attribute("aria-checked", "true")
    page.keyboard.press("Tab")
    assert not figure.evaluate("figure => figure.contains(document.activeElement)")


def test_a_pointer_predicts_compares_and_copies(site: Site, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    page = context.new_page()
    figure = visit(site, page)
    figure.get_by_role("radio", name="view(N, E, L)").click()
    word(figure, 0).click()
    for w in (2, 3, 5):
        figure.locator(".insync-axes").nth(0).locator("tbody tr").nth(w).locator("td").first.click()
    figure.get_by_role("button", name="Compare").click()
    assert said(figure).startswith(
        "Right. y[0, :, 2] reads pieces of several words: 0 the (2, 3), 2 was (0, 1), "
    )
    check(figure)
    page.wait_for_url(re.compile(r"\?which-axis=view_mark\*0235_compared(#.*)?$"))
    figure.locator("[data-setting=C_out] [data-by='1']").click()
    assert said(figure).startswith("Right."), "more output channels are no other question"
    figure.locator("[data-t='1']").click()
    assert "Marked: none." in said(figure), "another output is another question"
    figure.get_by_role("button", name="Show me").click()
    check(figure)
    figure.get_by_role("radio", name="as they are").click()
    assert "y[0, :, 1] reads only these numbers, but of every word: 1, 2." in said(figure)
    check(figure)
    word(figure, 1).click(force=True)
    check(figure)
    figure.locator("[data-setting=E] [data-by='1']").click()
    figure.locator("[data-setting=E] [data-by='1']").click()
    check(figure)
    figure.get_by_role("button", name="Copy the code").click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == figure.locator("pre code").text_content()
    figure.get_by_role("button", name="Start over").click()
    page.wait_for_url(re.compile(r"guide/wrong-axis/(#.*)?$"))
    assert sizes(figure) == START


@pytest.mark.parametrize("folder", FOLDERS)
def test_an_address_shared_when_it_stood_in_the_chapter_on_text_leads_to_it(
    site: Site, page: Page, folder: str
) -> None:
    page.goto(f"{site.address}{folder}guide/text/?{NAME}=L*8_view#which-way")
    page.wait_for_url(f"{site.address}{folder}{PAGE}?{NAME}=L*8_view#which-way")
    expect(page.locator(live(NAME))).to_be_attached()
    assert sizes(page.locator(live(NAME)))["L"] == 8
    page.goto(f"{site.address}{folder}guide/text/")
    expect(page).to_have_url(f"{site.address}{folder}guide/text/")


def test_a_finger_marks_words(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(viewport={"width": 360, "height": 740}, has_touch=True, is_mobile=True)
    page = context.new_page()
    figure = visit(site, page)
    word(figure, 2).tap()
    word(figure, 3).tap()
    figure.get_by_role("button", name="Compare").tap()
    assert said(figure).startswith("Right.")
    for target in figure.locator("button:visible, [role=option]:visible, [data-by]").all():
        box = target.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 24, target
    context.close()


def test_the_published_case_is_two_layers_of_torchs(site: Site, page: Page) -> None:
    figure = visit(site, page)
    figure.get_by_role("button", name="GraphDTA").click()
    protein = torch.zeros(2, 1000, 128)
    written, swapped = nn.Conv1d(1000, 32, 8), nn.Conv1d(128, 32, 8)
    for layer, x in ((written, protein), (swapped, protein.permute(0, 2, 1))):
        shape = f"(N, {', '.join(map(str, layer(x).shape[1:]))})"
        count = f"{sum(each.numel() for each in layer.parameters()):,}"
        assert f"{count} parameters, output {shape}" in said(figure)
        expect(figure.locator("[data-part=graphdta] td", has_text=count).first).to_be_visible()
        expect(figure.locator("[data-part=graphdta] td", has_text=shape).first).to_be_visible()
    assert figure.locator(".insync-axes:visible, [data-setting]:visible").count() == 0
    for index, way in enumerate(WAYS):
        figure.get_by_role("radio").nth(index).click()
        names: dict[str, Any] = {}
        exec(figure.locator("pre code").text_content() or "", names)
        count = sum(each.numel() for each in names["layer"].parameters())
        column = figure.locator("[data-part=graphdta] td[data-mark=read]").all_text_contents()
        assert [column[2], column[3]] == [f"(N, {names['y'].shape[1]}, {names['y'].shape[2]})", f"{count:,}"]
        vectors = torch.zeros(1, 1000, 128, requires_grad=True)
        nn.init.ones_(names["layer"].weight)
        names["layer"](handed_over(way, vectors))[0, 0, 2].backward()
        read = (vectors.grad != 0).sum(dim=2)  # type: ignore[operator, attr-defined, union-attr]
        assert column[4:6] == [str(int((read == 128).sum())), str(int(((read > 0) & (read < 128)).sum()))]
    assert tab_stops(figure) == 1
    page.wait_for_url(re.compile(r"\?which-axis=nothing_graphdta(#.*)?$"))
    figure.get_by_role("button", name="GraphDTA").click()
    expect(word(figure, 0)).to_be_visible()


def test_fingers_predict_and_compare(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(**PHONE)
    page = context.new_page()
    figure = visit(site, page)
    figure.get_by_role("radio", name="as they are").tap()
    word(figure, 0).tap()
    figure.locator(".insync-axes").nth(0).locator("tbody tr").nth(3).locator("td").nth(2).tap()
    assert "Marked: 0 the, 3 not." in said(figure)
    figure.get_by_role("button", name="Compare").tap()
    assert said(figure).startswith("Missed: 1 film, 2 was, 4 very, 5 good. Too many: none.")
    check(figure)
    figure.locator("[data-t='0']").tap()
    assert "Marked: none." in said(figure)
    figure.get_by_role("button", name="Show me").tap()
    figure.locator("[data-setting=E] [data-by='1']").tap()
    check(figure)
    figure.locator("[data-t='3']").tap()
    check(figure)
    page.wait_for_url(re.compile(r"\?which-axis=E\*5_t\*3_nothing_shown(#.*)?$"))
    context.close()


# --- Address, barriers, scripts, time -----------------------------------------------------------------------


def test_the_address_is_the_same_in_the_other_language(site: Site, page: Page) -> None:
    figure = visit(site, page)
    figure.locator("[data-setting=C_out] [data-by='1']").click()
    figure.get_by_role("radio").nth(2).click()
    word(figure, 4).click()
    figure.get_by_role("button", name="Compare").click()
    page.wait_for_url(re.compile(r"\?which-axis=C\*6_nothing_mark\*4_compared(#.*)?$"))
    page.locator("header a[hreflang]").click()
    page.wait_for_url(f"{site.address}zh/{PAGE}?{NAME}=C*6_nothing_mark*4_compared")
    figure = page.locator(live(NAME))
    expect(figure.get_by_role("status")).to_contain_text(
        "漏选：0 the、1 film、2 was、3 not、5 good；多选：无。"
    )
    assert sizes(figure) == START | {"C_out": 6}


@pytest.mark.parametrize("state", ["L*99", "L*", "x*1", "K*1.5", "t*99", "mark*9", "mark*x", "way", "__"])
def test_a_mistyped_address_is_no_error(site: Site, page: Page, state: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    figure = visit(site, page, state)
    assert sizes(figure) == START
    assert "y[0, :, 2] read?" in said(figure)
    assert errors == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_and_nothing_is_too_wide(site: Site, page: Page, folder: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for state in ("L*8_E*6_view_mark*123_compared", "nothing_graphdta" if width == 320 else "mark*1"):
            figure = visit(site, page, state, folder)
            assert barriers(page, NAME, scheme) == [], (state, width)
            for part in figure.locator(".insync-part:visible").all():
                assert part.evaluate("each => each.scrollWidth - each.clientWidth") <= 0, (state, width)


@pytest.mark.parametrize("folder", FOLDERS)
def test_without_scripts_the_tables_have_what_torch_says(site: Site, chromium: Browser, folder: str) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + folder + PAGE)
    for part, p in (("example", START), ("graphdta", {"L": 1000, "E": 128, "K": 8, "C_out": 32})):
        rows = page.locator(f"figure[data-figure={NAME}] [data-part={part}] tbody tr:visible").all()
        lines = [row.locator("td").all_text_contents() for row in rows]
        for index, way in enumerate(WAYS):
            x = handed_over(way, torch.zeros(1, p["L"], p["E"]))
            layer = nn.Conv1d(x.shape[1], p["C_out"], p["K"])
            channels, _, shape, count, whole, pieces, longer = [line[index] for line in lines]
            assert (channels, count) == (
                str(x.shape[1]),
                f"{sum(each.numel() for each in layer.parameters()):,}",
            )
            assert shape == f"(N, {', '.join(map(str, layer(x).shape[1:]))})"
            if way == "nothing":
                assert longer == refusal(p)
            else:
                longest = layer(handed_over(way, torch.zeros(1, p["L"] + 1, p["E"])))
                assert longer == f"(N, {', '.join(map(str, longest.shape[1:]))})"
            if part == "example":
                read = torchs(way, p)[0][2]
                each = [sum(w == own for own, _ in read) for w in range(p["L"])]
                assert whole == str(each.count(p["E"]))
                assert pieces == str(sum(0 < count < p["E"] for count in each))
    context.close()


@pytest.mark.parametrize("folder", FOLDERS)
def test_another_way_moves_nothing_on_the_page(site: Site, page: Page, folder: str) -> None:
    for width in (320, 360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for state in ("", "L*8_E*6_shown", "L*3_E*6", "L*4_shown"):
            figure = visit(site, page, state, folder)
            heights = []
            for radio in figure.get_by_role("radio").all():
                radio.click()
                heights.append(figure.evaluate("figure => figure.getBoundingClientRect().height"))
            assert len(set(heights)) == 1, (width, state, heights)


@pytest.mark.parametrize("state", ["shown", "L*8_E*6_shown", "L*3_E*5"])
def test_what_is_not_in_an_input_cannot_be_seen(site: Site, page: Page, state: str) -> None:
    figure = visit(site, page, state)
    p = sizes(figure)
    right = figure.locator(".insync-axes").nth(1)
    for index, way in [*enumerate(WAYS), (1, "view"), (0, "permute")]:
        figure.get_by_role("radio").nth(index).click()
        channels, positions = handed_over(way, torch.zeros(1, p["L"], p["E"])).shape[1:]
        assert right.locator("td:visible:not(thead td)").count() == channels * positions, way
        heads = [right.locator(f"th[scope={scope}]:visible").count() for scope in ("row", "col")]
        assert heads == [channels, positions], way


@pytest.mark.speed
def test_a_change_is_soon_on_screen_on_a_slow_phone(site: Site, page: Page, record_property: Any) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    figure = visit(site, page, "shown")
    for what, at in (("t", "[data-t='0']"), ("way", "[role=radio]")):
        figure.locator(at).first.focus()
        time = frame_time(page, NAME, [*["ArrowRight"] * 2, *["ArrowLeft"] * 2] * 5)
        record_property(f"{what}, on a CPU four times slower, ms", round(time, 2))
        print(f"{what}: {time:.1f} ms")
        assert time < LIMIT, what
