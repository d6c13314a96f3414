"""The shape machine on the real site: every setting beside torch, refusals in torch's own words."""

from __future__ import annotations

import random
import re
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

NAME = "shape-machine"
PAGE = "guide/output-length/"
MODES = ["zeros", "same", "causal"]
START = {"L": 12, "K": 4, "s": 3, "mode": 0, "p": 0, "d": 1, "g": 1}


def visit(site: Site, page: Page, state: str = "", folder: str = "") -> Locator:
    return open_figure(site, page, NAME, PAGE, state, folder)


def control(figure: Locator, key: str) -> Locator:
    return figure.locator(f"[data-setting={key}]")


def settings(figure: Locator) -> dict[str, int]:
    shown = figure.locator("[data-setting]").evaluate_all(
        "all => all.map(each => [each.dataset.setting, Number(each.getAttribute('aria-valuenow'))])"
    )
    return dict(shown)


def torchs(given: dict[str, int]) -> tuple[torch.Tensor | None, str, int]:
    """Which output (rows) reads which input (columns), or torch's words; and the padding at the left."""
    mode = MODES[given["mode"]]
    padding: Any = {"same": "same", "causal": 0}.get(mode, given["p"])
    x = torch.zeros(1, 4, given["L"], requires_grad=True)
    total = given["d"] * (given["K"] - 1)
    try:
        layer = nn.Conv1d(4, 6, given["K"], given["s"], padding, given["d"], given["g"])
        nn.init.ones_(layer.weight)
        y = layer(F.pad(x, (total, 0)) if mode == "causal" else x)
    except (RuntimeError, ValueError) as error:
        return None, f"{type(error).__name__}: {error}", 0
    y_read = torch.stack([torch.autograd.grad(each, x, retain_graph=True)[0][0, 0] for each in y[0, 0]]) > 0
    return y_read, "", {"same": total // 2, "causal": total}.get(mode, given["p"])


def cells(figure: Locator, part: str) -> list[dict[str, str]]:
    return figure.locator(f"[data-part={part}] [role=option]:visible").evaluate_all(
        "all => all.map(each => ({...each.dataset, text: each.firstChild.textContent}))"
    )


def check(figure: Locator) -> bool:
    """Everything shown beside what torch does; whether torch took the settings."""
    given = settings(figure)
    read, words, left = torchs(given)
    if read is None:
        assert words in said(figure), given
        assert cells(figure, "y") == []
        return False
    length = len(read)
    assert f"= {length}" in (figure.locator(".insync-formula").text_content() or "")[-4:]
    assert len(cells(figure, "y")) == length
    inputs = cells(figure, "x")
    own = [each for each in inputs if "kind" not in each]
    assert [each["text"] for each in own] == [str(i) for i in range(given["L"])]
    if "kind" in inputs[0]:
        assert inputs.index(own[0]) == left
    chosen = next(i for i, each in enumerate(cells(figure, "y")) if each.get("mark") == "chosen")
    assert [i for i, each in enumerate(own) if each.get("mark") == "read"] == (
        read[chosen].nonzero().flatten().tolist()
    ), given
    beyond = int(read.any(dim=0).nonzero().max()) if read.any() else -1
    unread = [i for i, each in enumerate(own) if "unread" in each]
    assert all(i > beyond for i in unread)
    code = figure.locator("pre code").text_content() or ""
    names: dict[str, Any] = {}
    exec(code, names)
    assert tuple(names["y"].shape) == (1, 6, length)
    assert code.endswith(f"# {tuple(names['y'].shape)}")
    return True


def test_every_setting_is_torchs_by_keyboard(site: Site, page: Page) -> None:
    figure = visit(site, page)
    assert settings(figure) == START
    draw = random.Random(7)
    enter(figure)
    taken = [check(figure)]
    for _ in range(100):
        for _ in range(draw.randint(0, 6)):
            page.keyboard.press(draw.choice(["ArrowRight", "ArrowLeft"]))
        page.keyboard.press(draw.choice(["ArrowUp", "ArrowDown", "Backspace", "Backspace"]))
        taken.append(check(figure))
    assert 20 < sum(taken) < 95, "some are taken, some refused"


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ("g*0", "ValueError: groups must be a positive integer"),
        ("g*3", "ValueError: in_channels must be divisible by groups"),
        ("g*4", "ValueError: out_channels must be divisible by groups"),
        ("mode*1", "ValueError: padding='same' is not supported for strided convolutions"),
        ("p*-1", "RuntimeError: negative padding is not supported"),
        ("s*0", "RuntimeError: non-positive stride is not supported"),
        ("d*0", "RuntimeError: dilation should be greater than zero, but got [1, 0]"),
        (
            "L*2_p*1_K*6",
            "size per channel: (4). Kernel size: (6). Kernel size can't be greater than actual",
        ),
    ],
)
def test_refusals_are_in_torchs_words(site: Site, page: Page, state: str, words: str) -> None:
    figure = visit(site, page, state)
    assert words in said(figure)
    assert not check(figure)
    expect(figure.locator(".insync-formula")).to_be_hidden()


def test_a_pointer_sets_chooses_pins_and_copies(site: Site, context: BrowserContext) -> None:
    context.grant_permissions(["clipboard-read", "clipboard-write"], origin=site.address)
    page = context.new_page()
    figure = visit(site, page)
    for key in START:
        before = settings(figure)[key]
        control(figure, key).locator("[data-by='1']").click()
        assert settings(figure)[key] == before + 1
        check(figure)
        control(figure, key).locator("[data-by='-1']").click()
        assert settings(figure)[key] == before
    figure.locator("[data-key=y-2]").hover()
    assert "y[2] reads x[6], x[7], x[8], x[9]." in said(figure)
    figure.locator("[data-key=x-3]").click()
    assert "x[3] is read by y[0], y[1]." in said(figure)
    figure.locator("[data-key=y-2]").hover()
    assert "x[3] is read by y[0], y[1]." in said(figure)
    figure.locator("[data-key=x-11]").click()
    assert "No output reads x[11]." in said(figure)
    figure.get_by_role("button", name="Copy the code").click()
    expect(figure.get_by_role("button", name="Copied")).to_be_visible()
    copied = page.evaluate("() => navigator.clipboard.readText()")
    assert copied == figure.locator("pre code").text_content()
    page.wait_for_url(re.compile(r"\?shape-machine=x-11_pinned(#.*)?$"))
    figure.get_by_role("button", name="Start over").click()
    page.wait_for_url(re.compile(r"output-length/(#.*)?$"))


def test_a_finger_does_it_too(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(has_touch=True, is_mobile=True, viewport={"width": 320, "height": 640})
    page = context.new_page()
    figure = visit(site, page)
    control(figure, "d").locator("[data-by='1']").tap()
    assert settings(figure) == START | {"d": 2}
    assert check(figure)
    outputs = figure.locator("[data-part=y] [role=option]:visible")
    outputs.last.tap()
    expect(outputs.last).to_have_attribute("data-mark", "chosen")
    assert check(figure)
    figure.locator("[data-part=x] [role=option]:visible").first.tap()
    assert said(figure).count("x[0]") == 1
    control(figure, "s").locator("[data-by='-1']").tap()
    assert settings(figure) == START | {"d": 2, "s": 2}
    sizes = figure.locator("button, [data-by], [role=option]").evaluate_all(
        "all => all.filter(each => each.checkVisibility()).map(each => each.getBoundingClientRect())"
        ".map(box => Math.min(box.width, box.height))"
    )
    assert min(sizes) >= 24, "a finger needs room"
    expect(figure.locator(".insync-legend")).to_be_visible()
    expect(figure.locator(".insync-keys")).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    context.close()


def test_keys_reach_outputs_and_inputs(site: Site, page: Page) -> None:
    figure = visit(site, page)
    enter(figure)
    page.keyboard.press("Enter")
    page.keyboard.press("End")
    assert "y[2] reads x[6], x[7], x[8], x[9]." in said(figure)
    page.keyboard.press("Enter")
    assert figure.locator("[data-pinned]").count() == 1
    page.keyboard.press("Escape")
    assert figure.locator("[data-pinned]").count() == 0
    page.keyboard.press("Escape")
    expect(control(figure, "L")).to_be_focused()
    page.keyboard.press("Enter")
    page.keyboard.press("ArrowUp")
    assert page.evaluate("document.activeElement.dataset.key") == "x-0"
    assert "x[0] is read by y[0]." in said(figure)
    assert tab_stops(figure) == 1
    page.keyboard.press("Tab")
    assert not figure.evaluate("figure => figure.contains(document.activeElement)")


def test_the_address_is_the_same_in_the_other_language(site: Site, page: Page) -> None:
    figure = visit(site, page)
    control(figure, "p").locator("[data-by='1']").click()
    page.wait_for_url(re.compile(r"\?shape-machine=p\*1(#.*)?$"))
    page.locator("header a[hreflang]").click()
    page.wait_for_url(f"{site.address}zh/{PAGE}?{NAME}=p*1")
    figure = page.locator(live(NAME))
    expect(figure.get_by_role("status")).to_contain_text("输出有 4 个位置")
    assert settings(figure) == START | {"p": 1}


@pytest.mark.parametrize("state", ["L*99", "L*", "x*1", "K*1.5", "y-999", "__"])
def test_a_mistyped_address_is_no_error(site: Site, page: Page, state: str) -> None:
    errors: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    figure = visit(site, page, state)
    assert settings(figure) == START
    assert errors == []


@pytest.mark.parametrize("folder", FOLDERS)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing(site: Site, page: Page, folder: str, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for width in (320, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for state in ("", "p*2_x-3_pinned", "mode*2_d*3", "L*2"):
            visit(site, page, state, folder)
            assert barriers(page, NAME, scheme) == [], (state, width)


def test_without_scripts_the_table_is_there(site: Site, chromium: Browser) -> None:
    context = chromium.new_context(java_script_enabled=False)
    page = context.new_page()
    page.goto(site.address + PAGE)
    rows = page.locator(f"figure[data-figure={NAME}] tbody tr:visible")
    assert rows.count() > 10
    for row in rows.all():
        length, kernel, stride, padding, dilation, groups, word, gives = row.locator("td").all_text_contents()
        given = {
            "L": int(length),
            "K": int(kernel),
            "s": int(stride),
            "mode": {"'same'": 1, "causal": 2}.get(word, 0),
            "p": 0 if padding == "–" else int(padding),
            "d": int(dilation),
            "g": int(groups),
        }
        read, words, _ = torchs(given)
        assert gives == (words if read is None else str(len(read)))
    context.close()


@pytest.mark.speed
def test_a_change_is_on_screen_within_a_frame_on_a_slow_phone(
    site: Site, page: Page, record_property: Any
) -> None:
    page.set_viewport_size({"width": 360, "height": 740})
    figure = visit(site, page, "p*2")
    control(figure, "L").focus()
    time = frame_time(page, NAME, ([*["ArrowDown"] * 5, *["ArrowUp"] * 5] * 4))
    record_property("on a CPU four times slower, ms", round(time, 2))
    print(f"{time:.1f} ms")
    assert time < LIMIT
