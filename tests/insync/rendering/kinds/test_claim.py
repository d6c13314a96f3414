"""Claims: what must hold, said in a sentence, checked at every build."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from insync.rendering.problems import all_problems

if TYPE_CHECKING:
    from conftest import Site

SOURCE = """
    # %% one
    import torch

    torch.manual_seed(1)
    layer = torch.nn.Conv1d(3, 2, 4)
    x = torch.rand(1, 3, 10)
    y = layer(x)
    by_hand = (layer.weight[0] * x[0, :, 0:4]).sum() + layer.bias[0]
    # %% two
    error = (by_hand - y[0, 0, 0]).abs()
"""


def claim(holds: str, says: str = "They agree.", cell: str = "made\n") -> str:
    return f"```claim\n{cell}says: {says}\nholds: {holds}\n```\n"


def wrong(site: Site, text: str) -> str:
    """The one thing that is wrong with a page, as a build reports it."""
    site.snippet(SOURCE)
    site.page(text)
    site.project.start()
    (problem,) = all_problems(site.project)
    return str(problem)


@pytest.mark.parametrize(
    "holds",
    [
        "error <= 1e-6",
        "torch.allclose(by_hand, y[0, 0, 0])",
        "tuple(y.shape) == (1, 2, 7)",
        "(y < 1).all()",
        "0 < error.numel() <= 1",
        "len(x) == 1 and x.ndim == 3",
        "not torch.equal(x[:, 0], x[:, 1])",
        "layer.kernel_size != (5,)",
    ],
)
def test_what_holds_is_said_and_marked_as_checked(site: Site, holds: str) -> None:
    html = site.html(claim(holds), SOURCE)
    assert '<p class="insync-claim">' in html
    assert "They agree." in html
    assert "✓ checked when this page was built" in html
    assert holds.replace("<", "&lt;").replace("&", "&amp;").replace("&amp;lt;", "&lt;") in html


def test_in_the_pages_language(site: Site) -> None:
    site.snippet(SOURCE)
    site.page(claim("error <= 1e-6", "两者一致。"), language="zh")
    html = str(site.render(language="zh").content)
    assert "两者一致。" in html
    assert "✓ 构建本页时已核对：" in html


def test_the_sentence_may_hold_numbers_and_markup(site: Site) -> None:
    html = site.html(claim("error <= 1e-6", "All **`{python} y.numel()`** agree."), SOURCE)
    assert ">14</" in html
    assert "All <strong><" in html


def test_a_claim_is_about_the_cell_last_embedded_above_it_or_the_one_it_names(site: Site) -> None:
    assert "They agree" in site.html(
        "```snippet\nmade#two\n```\n\n" + claim("error <= 1e-6", cell=""), SOURCE
    )
    found = wrong(site, "```snippet\nmade#one\n```\n\n" + claim("error <= 1e-6", cell=""))
    assert "the claim `error <= 1e-6` fails: NameError: name 'error' is not defined" in found
    assert "They agree" in site.html(
        "```snippet\nmade#one\n```\n\n" + claim("error <= 1e-6", cell="made#two\n")
    )


# --- What fails --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("holds", "says"),
    [
        ("x.ndim == 4", "x.ndim is 3, 4 is 4"),
        ("tuple(y.shape) == (1, 2, 8)", "tuple(y.shape) is (1, 2, 7), (1, 2, 8) is (1, 2, 8)"),
        ("len(x) > x.ndim > 2", "len(x) is 1, x.ndim is 3, 2 is 2"),
        ("torch.tensor(1.5) < torch.tensor(0.5)", "torch.tensor(1.5) is tensor(1.5000)"),
        ("not x.ndim == 3", "it does not hold"),
        ("x.is_complex()", "it does not hold"),
        ("x.ndim in (1, 2)", "x.ndim is 3, (1, 2) is (1, 2)"),
    ],
)
def test_what_does_not_hold_fails_with_both_sides_values(site: Site, holds: str, says: str) -> None:
    found = wrong(site, "text\n\n" + claim(holds))
    assert found.startswith(f"docs/en/page.md:3: the claim `{holds}` fails: it does not hold")
    assert says in found
    assert "in snippets/made.py:10" in found
    assert "What to do: Correct the claim or the code" in found


def test_a_page_with_a_false_claim_is_not_built(site: Site) -> None:
    assert "the claim `x.ndim == 4` fails" in site.error(claim("x.ndim == 4"), SOURCE)


def test_when_the_code_changes_a_claim_can_stop_to_hold(site: Site) -> None:
    text = claim("error <= 1e-6")
    site.html(text, SOURCE)
    assert "fails: it does not hold: error is tensor(" in site.error(
        text, SOURCE.replace("+ layer.bias", "- layer.bias")
    )


@pytest.mark.parametrize(
    ("holds", "says"),
    [
        ("missing > 1", "NameError: name 'missing' is not defined"),
        ("y > 0", "it is Tensor tensor([[["),
        ("x.numel()", "it is int 30, and neither true nor false"),
        ("'yes'", "it is str 'yes', and neither true nor false"),
        ("torch.rand(1) < 2", "it changes torch's random state"),
        ("x.zero_().sum() == 0", "it changes `x`"),
        ("1 / 0 > 1", "ZeroDivisionError: division by zero"),
    ],
)
def test_what_is_no_yes_or_no_or_changes_something_fails(site: Site, holds: str, says: str) -> None:
    found = wrong(site, claim(holds))
    assert f"docs/en/page.md:1: the claim `{holds}` fails: {says}" in found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("```claim\nmade\nholds: x.ndim == 3\n```", "the claim has no `says:`"),
        ("```claim\nmade\nsays: It holds.\n```", "the claim has no `holds:`"),
        ("```claim\nmade\nsays: It holds.\nholds:\n```", "the claim has no `holds:`"),
        ("```claim\nmade\nsays: It holds.\nholds: x.ndim ==\n```", "`x.ndim ==` is no Python expression"),
        ("```claim\nmade\nsays: It holds.\nholds: (n := 3) == 3\n```", "would change what it looks at"),
        ("```claim\nsays: It holds.\nholds: x.ndim == 3\n```", "no cell is embedded above the claim"),
        ("```claim\nmade#onw\nsays: It holds.\nholds: x.ndim == 3\n```", "`made` has no cell `onw`"),
        (
            "```claim\nmade\nsays: It holds.\nholds: x.ndim == 3\nshow: code\n```",
            "`claim` has no option `show`",
        ),
        ("```claim\nmade\nsays: It holds.\nsays: Truly.\nholds: x.ndim == 3\n```", "`says` stands twice"),
        ("```claim\nmade\nsays: It holds.\nholds: x.ndim == 3\n", "the `claim` fence is never closed"),
    ],
)
def test_a_claim_that_is_not_whole_is_refused_with_its_line(site: Site, text: str, says: str) -> None:
    site.snippet(SOURCE)
    site.page(f"text\n\n{text}\n")
    site.project.start()
    found = [str(problem) for problem in all_problems(site.project)]
    assert any(says in each and each.startswith("docs/en/page.md:") for each in found), found


def test_a_claim_takes_no_more_runs(site: Site) -> None:
    site.html("```snippet\nmade\n```\n\n`{python} y.numel()`\n\n" + claim("x.ndim == 3") * 2, SOURCE)
    assert site.runner.names == ["made"]
