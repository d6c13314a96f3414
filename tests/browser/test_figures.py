"""The figures on the real site: by keyboard, by pointer, by touch, for a screen reader, and in good time."""

from __future__ import annotations

import gzip
import itertools
import re
from typing import TYPE_CHECKING, Any

import pytest
import torch
from playwright.sync_api import expect

from figures import (
    FOLDERS,
    FRAME,
    LIMIT,
    barriers,
    enter,
    frame_time,
    heights,
    live,
    open_figure,
    said,
    tab_stops,
)

if TYPE_CHECKING:
    from conftest import Site
    from playwright.sync_api import Browser, BrowserContext, Locator, Page

pytestmark = pytest.mark.browser

NAME = "sliding-window"
LIVE = live(NAME)


@pytest.fixture(scope="module")
def note() -> dict[str, torch.Tensor]:
    """The note's layer, input and output."""
    torch.manual_seed(2478606714)
    torch.rand(129)
    layer = torch.nn.Conv1d(3, 2, kernel_size=4).requires_grad_(False)
    x = torch.rand(1, 3, 10)
    return {"x": x[0], "w": layer.weight, "b": layer.bias, "y": layer(x)[0]}


def conv(note: dict[str, torch.Tensor], **changes: torch.Tensor) -> torch.Tensor:
    all_ = note | changes
    return torch.nn.functional.conv1d(all_["x"][None], all_["w"], all_["b"])[0]


def visit(site: Site, page: Page, state: str = "", folder: str = "") -> Locator:
    return open_figure(site, page, NAME, "", state, folder)


def cell(figure: Locator, key: str) -> Locator:
    return figure.locator(f"td[data-key={key}]")


def digits(figure: Locator, kind: str) -> list[str]:
    return figure.locator(f"td[data-key^={kind}-] .insync-digits").all_text_contents()


def four(values: torch.Tensor) -> list[str]:
    return [f"{value:.4f}" for value in values.flatten().tolist()]


def marks(figure: Locator, mark: str) -> set[str]:
    found = figure.locator(f"td[data-mark={mark}]")
    return set(found.evaluate_all("cells => cells.map(cell => cell.dataset.key)"))


# --- Any output ---------------------------------------------------------------------------------------------


def check_output(figure: Locator, note: dict[str, torch.Tensor], o: int, t: int) -> None:
    """All that is shown of the output: twelve products, three sums, the bias, the number itself."""
    products = note["w"][o] * note["x"][:, t : t + 4]
    assert figure.locator("[data-part=steps] td b").all_text_contents() == [
        f"= {each}" for each in four(products)
    ]
    last = figure.locator("[data-part=steps] table:visible tr td:last-child").all_text_contents()
    total = products.sum()
    sums = [*products.sum(dim=1), total, note["b"][o], note["y"][o, t]]
    assert last[-6:] == [f"{each:.4f}" for each in sums]
    text = said(figure)
    assert text.startswith(f"y[0, {o}, {t}]")
    assert all(f"{each:.4f}" in text for each in sums)
    assert marks(figure, "chosen") == {f"y-{o}-{t}"}
    window = {f"x-{c}-{t + k}" for c in range(3) for k in range(4)}
    weights = {f"w-{o}-{c}-{k}" for c in range(3) for k in range(4)}
    assert marks(figure, "read") == window | weights | {f"b-{o}"}


@pytest.mark.parametrize("folder", FOLDERS)
def test_the_arrow_keys_go_through_all_fourteen(
    site: Site, page: Page, note: dict[str, torch.Tensor], folder: str
) -> None:
    figure = visit(site, page, folder=folder)
    assert digits(figure, "y") == four(note["y"])
    assert digits(figure, "x") == four(note["x"])
    enter(figure)
    for o, t in itertools.product(range(2), range(7)):
        check_output(figure, note, o, t)
        assert page.evaluate("document.activeElement.dataset.key") == f"y-{o}-{t}"
        page.keyboard.press("ArrowRight")
    check_output(figure, note, 1, 6)
    page.keyboard.press("ArrowUp")
    check_output(figure, note, 0, 6)
    page.keyboard.press("Home")
    check_output(figure, note, 0, 0)
    page.keyboard.press("End")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowLeft")
    check_output(figure, note, 1, 5)


def test_a_pointer_over_an_output_shows_it_and_a_click_pins_it(
    site: Site, page: Page, note: dict[str, torch.Tensor]
) -> None:
    figure = visit(site, page)
    for o, t in itertools.product(range(2), range(7)):
        cell(figure, f"y-{o}-{t}").hover()
        check_output(figure, note, o, t)
    page.locator("h1").hover()
    check_output(figure, note, 0, 0)
    cell(figure, "y-1-2").click()
    cell(figure, "y-0-4").hover()
    page.locator("h1").hover()
    check_output(figure, note, 1, 2)
    expect(figure.get_by_role("button", name="Pin")).to_have_attribute("aria-pressed", "true")
    assert said(figure).endswith("Pinned.")
    cell(figure, "y-1-2").click()
    cell(figure, "y-0-4").hover()
    check_output(figure, note, 0, 4)


def test_enter_pins_and_escape_lets_go(site: Site, page: Page, note: dict[str, torch.Tensor]) -> None:
    figure = visit(site, page)
    pin = figure.get_by_role("button", name="Pin")
    enter(figure)
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "true")
    cell(figure, "y-1-3").hover()
    check_output(figure, note, 0, 1)
    page.keyboard.press("Escape")
    expect(pin).to_have_attribute("aria-pressed", "false")
    page.keyboard.press("Enter")
    page.keyboard.press("Enter")
    expect(pin).to_have_attribute("aria-pressed", "false")


@pytest.mark.parametrize("way", ["keyboard", "pointer"])
def test_the_bias_forgotten_gives_the_notes_own_wrong_number(site: Site, page: Page, way: str) -> None:
    figure = visit(site, page)
    forget = figure.get_by_role("button", name="Forget the bias")
    if way == "pointer":
        forget.click()
    else:
        enter(figure)
        page.keyboard.press("ArrowUp")  # to the nearest button by eye
        page.keyboard.press("Home")
        while not forget.evaluate("button => button === document.activeElement"):
            page.keyboard.press("ArrowRight")
        page.keyboard.press("Space")
    expect(forget).to_have_attribute("aria-pressed", "true")
    steps = figure.locator("[data-part=steps]")
    expect(steps).to_contain_text("= output y[0, 0, 0] (right: 0.2545)0.1890")
    expect(steps).to_contain_text("bias b[0] (forgotten)")
    assert "together 0.1890; without the bias 0.0655 it stays at that, where 0.2545 is right." in said(figure)
    assert "14 of 14 outputs (*)" in said(figure)
    forget.click()
    expect(steps).to_contain_text("= output y[0, 0, 0]0.2545")


# --- The way back -------------------------------------------------------------------------------------------


def users_of(key: str, note: dict[str, torch.Tensor]) -> set[str]:
    """The outputs that move when the number does, says torch."""
    kind, *at = key.split("-")
    block = note[kind].clone()
    block[tuple(map(int, at))] += 1
    moved = (conv(note, **{kind: block}) - note["y"]).abs() > 1e-4
    return {f"y-{o}-{t}" for o, t in moved.nonzero().tolist()}


def every_number() -> list[str]:
    inputs = [f"x-{c}-{i}" for c in range(3) for i in range(10)]
    weights = [f"w-{o}-{c}-{k}" for o in range(2) for c in range(3) for k in range(4)]
    return [*inputs, *weights, "b-0", "b-1"]


def test_a_pointer_over_any_number_shows_every_output_that_uses_it(
    site: Site, page: Page, note: dict[str, torch.Tensor]
) -> None:
    figure = visit(site, page)
    for key in every_number():
        cell(figure, key).hover()
        users = users_of(key, note)
        assert marks(figure, "used") == users, key
        rows = figure.locator("[data-part=steps] table:visible tbody tr:visible")
        assert rows.count() == len(users)
        assert f" {len(users)} " in said(figure)


def test_the_keys_reach_every_number_and_what_it_adds_is_shown(
    site: Site, page: Page, note: dict[str, torch.Tensor]
) -> None:
    figure = visit(site, page)
    enter(figure)
    reached = set()
    page.keyboard.press("ArrowDown")
    for _ in range(7):
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Home")
        for _ in range(10):
            key = page.evaluate("document.activeElement.dataset.key")
            if key:
                reached.add(key)
                assert marks(figure, "used") == users_of(key, note), key
            page.keyboard.press("ArrowRight")
    # The slider stands between outputs and inputs as soon as there is something to change.
    assert reached == set(every_number())
    cell(figure, "x-1-4").hover()
    shares = figure.locator("[data-part=steps] table:visible td:last-child").all_text_contents()
    expected = [note["x"][1, 4] * note["w"][o, 1, 4 - t] for o in range(2) for t in range(1, 5)]
    assert [share for share in shares if share] == [f"= {each:.4f}" for each in expected]


def test_escape_leads_back_to_the_output(site: Site, page: Page) -> None:
    figure = visit(site, page, "y-1-2")
    enter(figure)
    page.keyboard.press("ArrowDown")
    assert marks(figure, "chosen") != {"y-1-2"}
    page.keyboard.press("Escape")
    assert marks(figure, "chosen") == {"y-1-2"}
    assert page.evaluate("document.activeElement.dataset.key") == "y-1-2"


# --- Play ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("way", ["keyboard", "pointer"])
def test_play_goes_through_the_outputs_and_pause_stays(
    site: Site, fresh_page: Page, note: dict[str, torch.Tensor], way: str
) -> None:
    page = fresh_page
    page.clock.install(time=0)
    figure = visit(site, page)
    page.clock.pause_at(3_600_000)  # from here on, time passes only as the test lets it, on any machine
    play = figure.get_by_role("button", name=re.compile("Play|Pause"))

    def press() -> None:
        if way == "pointer":
            play.click()
        else:
            enter(figure)
            page.keyboard.press("Space")

    press()
    expect(play).to_have_text("Pause")
    expect(figure.get_by_role("status")).to_have_attribute("aria-live", "off")
    for step in range(1, 16):
        page.clock.run_for(1200)
        check_output(figure, note, step % 14 // 7, step % 7)
    press()
    expect(play).to_have_text("Play")
    page.clock.run_for(5000)
    check_output(figure, note, 0, 1)
    expect(figure.get_by_role("status")).to_have_attribute("aria-live", "polite")
    press()
    page.keyboard.press("Escape")
    expect(play).to_have_text("Play")


# --- Changes ------------------------------------------------------------------------------------------------


def test_keys_change_a_number_and_all_that_follows_from_it(
    site: Site, page: Page, note: dict[str, torch.Tensor]
) -> None:
    figure = visit(site, page, "w-1-2-1")
    enter(figure)
    for _ in range(3):
        page.keyboard.press("+")
    page.keyboard.press("-")
    changed = note["w"].clone()
    for by in (0.1, 0.1, 0.1, -0.1):
        changed[1, 2, 1] = round((changed[1, 2, 1].item() + by) * 100) / 100
    expected = conv(note, w=changed)
    assert digits(figure, "y") == four(expected)
    differing = figure.locator("td[data-key^=y-][data-differs]")
    assert differing.count() == 7
    assert "7 of 14 outputs (*)" in said(figure)
    page.keyboard.press("Backspace")
    assert digits(figure, "y") == four(note["y"])
    assert differing.count() == 0


def test_keys_that_change_numbers_leave_outputs_as_they_are(site: Site, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    figure = visit(site, page)
    enter(figure)
    before = said(figure)
    for key in ("+", "-", "Backspace"):
        page.keyboard.press(key)
    assert said(figure) == before
    assert errors == []


def test_the_slider_changes_a_number_by_keyboard_and_by_pointer(
    site: Site, page: Page, note: dict[str, torch.Tensor]
) -> None:
    figure = visit(site, page)
    cell(figure, "x-0-3").click()
    slider = figure.get_by_role("slider", name="Change x[0, 0, 3]")
    expect(slider).to_have_attribute("aria-valuetext", f"{note['x'][0, 3]:.4f}")
    page.keyboard.press("ArrowUp")
    expect(slider).to_be_focused()
    page.keyboard.press("End")
    block = note["x"].clone()
    block[0, 3] = 1
    assert digits(figure, "y") == four(conv(note, x=block))
    box = slider.bounding_box()
    assert box
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    block[0, 3] = float(slider.input_value())
    assert abs(block[0, 3]) < 0.05
    assert digits(figure, "y") == four(conv(note, x=block))
    figure.get_by_role("button", name="Start over").click()
    assert digits(figure, "y") == four(note["y"])
    assert marks(figure, "chosen") == {"y-0-0"}


def test_a_tap_chooses_and_another_lets_go(site: Site, chromium: Browser) -> None:
    phone: Any = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}
    context = chromium.new_context(**phone)
    page = context.new_page()
    figure = visit(site, page)
    cell(figure, "x-2-5").tap()
    assert marks(figure, "used") == {f"y-{o}-{t}" for o in range(2) for t in range(2, 6)}
    expect(figure.get_by_role("button", name="Pin")).to_have_attribute("aria-pressed", "true")
    expect(figure.get_by_role("slider")).to_be_visible()
    cell(figure, "x-2-5").tap()
    expect(figure.get_by_role("button", name="Pin")).to_have_attribute("aria-pressed", "false")
    cell(figure, "y-1-6").tap()
    assert marks(figure, "chosen") == {"y-1-6"}
    sizes = figure.locator("td[data-key], button").evaluate_all(
        "cells => cells.map(cell => cell.getBoundingClientRect()).map(box => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= 24, "a finger needs room"
    context.close()


# --- The address --------------------------------------------------------------------------------------------


def test_the_address_holds_what_is_shown(site: Site, page: Page) -> None:
    figure = visit(site, page)
    figure.get_by_role("button", name="Forget the bias").click()
    cell(figure, "w-0-1-2").click()
    page.keyboard.press("+")
    address = f"{site.address}?{NAME}=w-0-1-2_pinned_nobias_w-0-1-2*0.34"
    page.wait_for_url(address)
    before = (digits(figure, "y"), digits(figure, "w"), said(figure))
    other = page.context.new_page()
    other.goto(address)
    figure = other.locator(LIVE)
    expect(figure).to_be_attached()
    assert (digits(figure, "y"), digits(figure, "w"), said(figure)) == before
    figure.get_by_role("button", name="Start over").click()
    other.wait_for_url(site.address)


def test_the_switch_to_the_other_language_keeps_what_is_shown(site: Site, page: Page) -> None:
    figure = visit(site, page, "guide")
    cell(figure, "x-1-1").click()
    state = f"?{NAME}=x-1-1_pinned"
    page.wait_for_url(site.address + state)
    page.locator("header a[hreflang]").click()
    page.wait_for_url(f"{site.address}zh/{state}")
    figure = page.locator(LIVE)
    expect(figure.get_by_role("status")).to_contain_text("x[0, 1, 1] = 0.7020 用在 14 个输出中的 4 个里")
    page.locator("[data-site=translations] a[hreflang=en]").click()
    page.wait_for_url(site.address + state)
    expect(page.locator(LIVE).get_by_role("status")).to_contain_text("is used by 4 of 14 outputs")


def test_instant_navigation_brings_the_figure_to_life_again(site: Site, page: Page) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    loads: list[str] = []
    page.on("framenavigated", lambda frame: loads.append(frame.url))
    page.on("domcontentloaded", lambda _: loads.append("load"))
    figure = visit(site, page, "y-1-1")
    page.locator("article a", has_text="One output, by hand").click()
    page.wait_for_url(f"{site.address}guide/one-output/")
    expect(page.locator(f"#hold ~ {LIVE}")).to_be_attached()
    assert marks(page.locator(LIVE), "chosen") == {"y-0-0"}
    switch = page.locator("header a[hreflang]")
    assert switch.get_attribute("href")
    assert switch.evaluate("link => link.href") == f"{site.address}zh/guide/one-output/"
    page.go_back()
    page.wait_for_url(f"{site.address}?{NAME}=y-1-1")
    expect(page.locator("#hold")).not_to_be_attached()
    expect(figure).to_be_attached()
    assert marks(figure, "chosen") == {"y-1-1"}
    assert figure.locator("td[data-key=y-1-1]").count() == 1
    assert loads.count("load") == 1, "the whole page was loaded once"
    assert errors == []


@pytest.mark.parametrize(
    "state", ["y-9-9", "w-0-0-0*99", "w-0-0-0*", "__*_", "x-0-0*nan", "%3Cb%3E", "y-0-0*1"]
)
def test_a_mistyped_address_is_no_error(
    site: Site, page: Page, note: dict[str, torch.Tensor], state: str
) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    figure = visit(site, page, state)
    assert digits(figure, "y") == four(note["y"])
    assert errors == []


# --- For everyone -------------------------------------------------------------------------------------------


def test_the_figure_is_one_tab_stop(site: Site, page: Page) -> None:
    figure = visit(site, page)
    assert tab_stops(figure) == 1
    cell(figure, "x-0-3").click()
    assert tab_stops(figure) == 1
    for key in ("ArrowUp", "ArrowUp", "ArrowUp", "ArrowUp", "ArrowRight", "ArrowDown", "ArrowDown"):
        page.keyboard.press(key)
        assert tab_stops(figure) == 1, key
    page.keyboard.press("Tab")
    assert not figure.evaluate("figure => figure.contains(document.activeElement)")
    page.keyboard.press("Shift+Tab")
    assert figure.evaluate("figure => figure.contains(document.activeElement)")


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_nothing(site: Site, page: Page, folder: str, scheme: Any, width: int) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size({"width": width, "height": 900})
    for state in ("", "nobias_y-1-3_pinned", "x-1-4_pinned_x-1-4*0.5", "w-1-0-2", "b-0"):
        visit(site, page, state, folder)
        assert barriers(page, NAME, scheme) == [], state


def test_nothing_moves_by_itself(site: Site, context: BrowserContext) -> None:
    page = context.new_page()
    page.emulate_media(reduced_motion="reduce")
    figure = visit(site, page)
    enter(figure)
    page.keyboard.press("ArrowRight")
    moving = "figure => figure.getAnimations({subtree: true}).length"
    assert figure.evaluate(moving) == 0
    before = said(figure)
    page.wait_for_timeout(1500)
    assert said(figure) == before


def test_what_is_chosen_read_and_used_differs_by_more_than_colour(site: Site, page: Page) -> None:
    figure = visit(site, page)

    def look(key: str) -> tuple[str, str]:
        style = cell(figure, key).evaluate(
            "cell => [getComputedStyle(cell).boxShadow.replace(/(color|rgb)[^)]*\\)/g, ''), "
            "getComputedStyle(cell).fontWeight]"
        )
        return style[0], style[1]

    chosen, read, plain = look("y-0-0"), look("x-0-0"), look("x-0-9")
    cell(figure, "x-0-3").hover()
    used = look("y-0-0")
    assert len({chosen, read, plain, used}) == 4


def test_a_forced_palette_still_shows_the_window(site: Site, page: Page) -> None:
    page.emulate_media(forced_colors="active")
    figure = visit(site, page)
    look = "cell => getComputedStyle(cell).outlineStyle + getComputedStyle(cell).borderStyle"
    styles = {cell(figure, key).evaluate(look) for key in ("y-0-0", "x-0-0", "x-0-9")}
    assert len(styles) == 3


@pytest.mark.parametrize("folder", FOLDERS)
def test_without_scripts_the_tables_are_complete(
    site: Site, chromium: Browser, note: dict[str, torch.Tensor], folder: str
) -> None:
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 320, "height": 640})
    page = context.new_page()
    for path in ("", "guide/one-output/"):
        page.goto(site.address + folder + path)
        figure = page.locator("figure[data-figure=sliding-window]")
        shown = figure.locator("td:visible").all_text_contents()
        for key in ("x", "w", "b", "y"):
            assert set(four(note[key])) <= set(shown), key
        assert figure.locator("td:visible b").count() == 12
        assert figure.locator("button").count() == 0
    context.close()


# --- Weight and speed ---------------------------------------------------------------------------------------


def test_a_page_loads_only_what_it_shows(site: Site, page: Page) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url.removeprefix(site.address)))
    page.goto(f"{site.address}glossary/")
    page.wait_for_load_state("networkidle")
    assert not [url for url in asked if "/figures/" in url or "figures.css" in url]
    asked.clear()
    visit(site, page)
    own = ("sliding-window", *(f"sliding-window/{each}" for each in ("kernel", "numbers", "tables")))
    assert {url for url in asked if "/figures/" in url} == {
        f"assets/javascripts/figures/{name}.js" for name in (*own, "choice", "conv", "kit")
    }


def test_a_figures_own_style_sheet_comes_with_it(site: Site, page: Page) -> None:
    sheets = {
        "": [],
        "guide/output-length/": [],
        "guide/receptive-field/": ["figures/field-tower.css"],
        "guide/same-thing/": ["figures/groups-matrix.css"],
        "guide/wrong-axis/": ["figures/which-axis.css"],
    }
    for path, own in sheets.items():
        page.goto(site.address + path)
        links = page.locator("link[rel=stylesheet][href*=figures]")
        found = links.evaluate_all("links => links.map(link => link.href.split('/stylesheets/')[1])")
        assert found == ["figures.css", *own], path


def test_the_scripts_of_the_five_figures_weigh_at_most_forty_five_kilobytes(site: Site) -> None:
    scripts = site.folder / "assets/javascripts"
    every = [scripts / "figures.js", *sorted((scripts / "figures").rglob("*.js"))]
    # "Your own network" is a page of its own, and nothing else loads its scripts.
    files = [path for path in every if "trace" not in path.relative_to(scripts).as_posix()]
    assert len(files) >= 4
    weight = sum(len(gzip.compress(path.read_bytes(), 6)) for path in files)
    assert weight <= 45_000, weight


@pytest.mark.speed
def test_a_change_is_on_screen_within_a_frame_on_a_slow_phone(
    site: Site, page: Page, record_property: Any
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    figure = visit(site, page, "w-0-1-2_pinned")
    slider = frame_time(page, NAME, [index / 50 - 0.5 for index in range(50)])
    enter(figure)
    keys = frame_time(page, NAME, ["Home", *["ArrowRight", "ArrowDown", "ArrowLeft", "ArrowUp"] * 12])
    for name, time, most in (("slider", slider, FRAME), ("keys", keys, LIMIT)):
        record_property(f"{name}, on a CPU four times slower, ms", round(time, 2))
        print(f"{name}: {time:.1f} ms")
        assert time < most, name


LINE = 24  # pixels: a line of the sentence
AROUND = ["Enter", *["ArrowRight"] * 9, "ArrowDown", *["ArrowLeft"] * 9, *["ArrowDown"] * 3]
CHANGE = ["+", *["ArrowUp"] * 4, "Enter"]  # a weight, and back to an output
GUESS = [*["Enter", "Enter", "ArrowUp", "ArrowRight"] * 4, *["ArrowUp", "Space"] * 6]  # compared, then marked
FIRST = {  # where the keys begin, if not at the figure's tab stop
    NAME: "td[data-key^=y-]",
    "shape-machine": "[role=option]",
    "groups-matrix": "[data-part=m] [role=option]",
    "which-axis": "[data-t]",
}


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("width", [320, 768])
@pytest.mark.parametrize(
    ("name", "path", "state"),
    [
        (NAME, "", ""),
        ("shape-machine", "guide/output-length/", ""),
        ("shape-machine", "guide/output-length/", "L*16_K*6_p*4"),
        ("field-tower", "guide/receptive-field/", ""),
        ("field-tower", "guide/receptive-field/", "32-same-381-381-381_y-0"),
        ("groups-matrix", "guide/groups/", ""),
        ("groups-matrix", "guide/same-thing/", "inputs*6_outputs*6_groups*1_length*7_transposed*1"),
        ("which-axis", "guide/wrong-axis/", "view"),
        ("which-axis", "guide/wrong-axis/", "L*8_E*6_K*3_view"),
    ],
)
def test_choosing_moves_nothing_below_the_sentence(
    site: Site, page: Page, name: str, path: str, state: str, width: int, folder: str
) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    figure = open_figure(site, page, name, path, state, folder)
    if name in FIRST:
        figure.locator(FIRST[name]).first.focus()
    else:
        enter(figure)
    seen = [(said(figure), heights(figure))]
    # Below these two pictures are settings, which the keys would change.
    around = AROUND[:-2] if name in {"shape-machine", "field-tower"} else AROUND
    keys = GUESS if name == "which-axis" else [*around, *(CHANGE if name == NAME else [])]
    for key in keys:
        page.keyboard.press(key)
        seen.append((said(figure), heights(figure)))
    assert len({text for text, _ in seen}) > 8
    tops = {below for _, (below, _) in seen}
    assert max(tops) - min(tops) <= 1, seen  # no more than rounding
    room = figure.locator(".insync-room").evaluate("room => room.getBoundingClientRect().height")
    longest = max(high for _, (_, high) in seen)
    assert longest <= room + 1
    assert room - longest < 2.5 * LINE, "a gap"
