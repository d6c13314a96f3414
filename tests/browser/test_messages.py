"""The explainer of error messages in a real browser: on what torch raises here, and on what people pasted."""

from __future__ import annotations

import json
import random
import re
from typing import TYPE_CHECKING, Any

import pytest
from conftest import ROOT
from messages_plain import BEFORE, PROGRAMS
from messages_raised import OLD, Case, cases
from messages_wrapped import WRAPPINGS

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Scripts

pytestmark = [pytest.mark.browser, pytest.mark.filterwarnings("ignore")]

SCRIPTS = ROOT / "docs/theme/assets/javascripts"
Answer = dict[str, Any] | None
TEXTS = json.loads((ROOT / "scripts/conv1d_site/figures/trace_messages.json").read_text(encoding="utf-8"))
PASTED = json.loads((ROOT / "tests/browser/messages.json").read_text(encoding="utf-8"))
LANGUAGES = ["en", "zh"]
EXPLAIN = """async ([module, pasted, texts]) => {
  const { explain } = await import(module)
  return pasted.map(each => explain(each, texts))
}"""


@pytest.fixture(scope="module")
def explain(scripts: Scripts) -> Callable[..., list[Answer]]:
    """Gives pasted texts to messages.js, and back what it makes of each."""

    def ask(pasted: list[str], language: str = "en") -> list[Answer]:
        texts = {key: words[language] for key, words in TEXTS.items()}
        answers: list[Answer] = scripts.page.evaluate(
            EXPLAIN, [scripts.address + "trace/messages.js", pasted, texts]
        )
        return answers

    return ask


def published() -> list[str]:
    """Every message that a snippet raises, as snippets/outputs has it."""
    outputs = [path.read_text(encoding="utf-8") for path in sorted((ROOT / "snippets/outputs").glob("*.txt"))]
    blocks = [
        each for text in outputs for each in re.findall(r"(?m)^exception:\n((?: {4}.*\n|\n)+)", text + "\n")
    ]
    return [re.sub(r"(?m)^ {4}", "", block).strip() for block in blocks]


def known(answer: Answer) -> dict[str, Any]:
    assert answer is not None
    assert answer["known"], answer
    return answer


def unfilled(answer: dict[str, Any]) -> list[str]:
    """Texts of an answer with a place that nothing fills, or with a key in place of a text."""
    texts = [*answer["says"], *(cure["text"] for cure in answer["cures"])]
    texts = [
        text
        for text in texts
        if re.search(r"\{\w+\}|undefined|NaN|Infinity", text) or re.fullmatch(r"\w*", text)
    ]
    return texts + [
        cure["code"] for cure in answer["cures"] if re.search(r"\{(?!key)\w+\}|undefined|NaN", cure["code"])
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_message_that_a_snippet_raises_is_explained(explain: Any, language: str) -> None:
    messages = published()
    assert len(messages) > 150
    for message, answer in zip(messages, explain(messages, language), strict=True):
        given = known(answer)
        assert given["says"], message
        assert unfilled(given) == [], message
        first = given["message"].partition(": ")[2] or given["message"]
        assert first.split("\n")[0][:60] in message, message


def cured_everywhere(case: Case, answer: dict[str, Any]) -> None:
    """Each cure's code runs where the original raised; of a message with several causes, in one of them."""
    codes = [cure["code"] for cure in answer["cures"] if cure["code"]]
    assert codes, answer
    for setup in case.others or [case.setup]:
        assert case.run(case.call, setup), "the other program does not fail"
    for code in codes:
        said = [case.run(code, setup) for setup in case.others or [case.setup]]
        assert "" in said, (case, code, said)
    for setup in case.others:
        assert "" in [case.run(code, setup) for code in codes], (case, setup)


def test_numbers_are_named_rightly_and_each_cure_cures(explain: Any) -> None:
    raised = cases(each=16, seed=1)
    for (case, message), answer in zip(raised, explain([text for _, text in raised]), strict=True):
        given = known(answer)
        assert given["anchor"] == case.anchor, (case, message, given)
        says = " ".join(given["says"])
        assert [fact for fact in case.facts if fact not in says] == [], (case, message, says)
        assert unfilled(given) == [], message
        cured_everywhere(case, given)


def test_cures_without_numbers_cure_too(explain: Any) -> None:
    messages = [case.run(case.call) for case in PROGRAMS]
    for case, message, answer in zip(PROGRAMS, messages, explain(messages), strict=True):
        assert message, case
        given = known(answer)
        assert given["anchor"] == case.anchor, (case, message, given)
        assert [fact for fact in case.facts if fact not in " ".join(given["says"])] == [], (message, given)
        codes = [cure["code"] for cure in given["cures"] if cure["code"]]
        assert codes, given
        codes = [f"{code}\n{case.call}" if code.startswith(BEFORE) else code for code in codes]
        assert [case.run(code) for code in codes] == [""] * len(codes), (case, message, codes)


def test_wordings_of_older_versions_have_cures_that_run_today(explain: Any) -> None:
    for (message, case), answer in zip(OLD, explain([message for message, _ in OLD]), strict=True):
        given = known(answer)
        assert given["anchor"] == case.anchor, message
        assert [fact for fact in case.facts if fact not in " ".join(given["says"])] == [], given
        codes = [cure["code"] for cure in given["cures"] if cure["code"]]
        assert codes, message
        assert [case.run(code) for code in codes] == [""] * len(codes), (message, codes)


def test_what_is_wrapped_around_a_message_changes_nothing(explain: Any) -> None:
    draw = random.Random(2)
    messages = published() + [message for _, message in cases(each=2, seed=3)]
    plain = explain(messages)
    for wrap in WRAPPINGS:
        wrapped = [wrap(message, draw) for message in messages]
        for message, text, answer, bare in zip(messages, wrapped, explain(wrapped), plain, strict=True):
            same = {key: known(answer)[key] for key in ("id", "anchor", "says", "cures")}
            assert same == {key: bare[key] for key in same}, (wrap.__name__, message, text)


def test_pasted_messages_of_public_threads_are_explained(explain: Any) -> None:
    ours = PASTED["known"]
    assert len(ours) >= 60
    for each, answer in zip(ours, explain([each["text"] for each in ours]), strict=True):
        assert each["source"]
        given = known(answer)
        assert given["id"] == each["id"], each
        assert unfilled(given) == [], each
        says = " ".join(given["says"])
        assert [fact for fact in each.get("facts", []) if fact not in says] == [], (each, says)


def test_messages_of_others_are_not_claimed(explain: Any) -> None:
    foreign = PASTED["foreign"]
    assert len(foreign) >= 60
    for text, answer in zip(foreign, explain(foreign), strict=True):
        assert answer is None or not answer["known"], (text, answer)
    # Those that begin with their type are errors, and it is said that they are not known.
    typed = [text for text in foreign if re.match(r"[\w.]*Error: ", text)]
    assert len(typed) > 30
    for text, answer in zip(typed, explain(typed), strict=True):
        assert answer is not None, text
        assert answer["message"].split(": ", 1)[1][:40] in re.sub(r"\s+", " ", text)


def test_code_and_prose_are_no_messages(explain: Any) -> None:
    for text, answer in zip(PASTED["nothing"], explain(PASTED["nothing"]), strict=True):
        assert answer is None, (text, answer)


def test_the_last_of_several_errors_counts(explain: Any) -> None:
    given = "RuntimeError: Given groups=1, weight of size [2, 3, 4], expected input[5, 10, 3]"
    ours = given + " to have 3 channels, but got 10 channels instead"
    theirs = "KeyError: 'labels'"
    head = "\n\nTraceback (most recent call last):\n"
    during = f"\n\nDuring handling of the above exception, another exception occurred:{head}"
    cause = f"\n\nThe above exception was the direct cause of the following exception:{head}"
    later = "ValueError: in_channels must be divisible by groups"
    asked = [ours + during + theirs, theirs + during + ours, ours + cause + theirs, ours + during + later]
    lost, found, caused, both = explain(asked)
    assert lost == {"known": False, "message": theirs}
    assert known(found)["id"] == known(caused)["id"] == "channels"
    assert known(both)["id"] == "groups-in"


def test_any_text_is_answered(explain: Any) -> None:
    draw = random.Random(4)
    messages = published()
    pieces = [
        *"[]()<>{}0123456789,.:x'\"\\`*_>|#\n\r\t \u001b",
        "Error: ",
        "torch.Size([",
        "，",
        "“",
        "\ud83d\ude00",
        "\x00",
    ]
    mixed = []
    for _ in range(1500):
        text = draw.choice(messages)
        for _ in range(draw.randint(1, 12)):
            at = draw.randint(0, len(text))
            drop = draw.choice([0, 0, 1, 5, 40])
            text = text[:at] + draw.choice(pieces) * draw.choice([1, 1, 3, 90]) + text[at + drop :]
        mixed.append(text)
    often = {
        "[": 300_000,
        "1 ": 150_000,
        "Error": 40_000,
        "\n": 200_000,
        " ": 200_000,
        "torch.Size([": 20_000,
    }
    often |= {"> ": 90_000, "E   ": 50_000, "a": 5_000_000, "Given groups=1, weight of size [": 9000, "": 1}
    hostile = [*(piece * count for piece, count in often.items()), "(" * 99_999 + messages[0]]
    for text, answer in zip(mixed + hostile, explain(mixed + hostile), strict=True):
        assert answer is None or {"known", "message"} <= answer.keys(), text[:500]
        if answer and answer["known"]:
            assert unfilled(answer) == [], (text, answer)


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_row_of_the_table_of_messages_is_some_entrys(explain: Any, language: str) -> None:
    page = (ROOT / f"docs/{language}/guide/errors.md").read_text(encoding="utf-8")
    rows = re.findall(r"(?m)^\| \[(.*)\]\(#?([^)]+)\) \|", page)
    assert len(rows) > 60
    for (words, anchor), answer in zip(rows, explain([whole(words) for words, _ in rows]), strict=True):
        if anchor == "silent":
            continue
        assert known(answer)["anchor"] == anchor.removeprefix("../").replace(".md", ""), words


def whole(words: str) -> str:
    """A row's words as they stand in a message."""
    words = words.replace("<wbr>", "").replace(
        "(torch.cuda…) and weight type (torch…)",
        "(torch.cuda.FloatTensor) and weight type (torch.FloatTensor)",
    )
    words = words.replace(
        "(torch.cuda…) and weight type (torch.cuda…)",
        "(torch.cuda.HalfTensor) and weight type (torch.cuda.FloatTensor)",
    )
    return words.replace("…", "[5, 10, 3]" if "expected input" in words else "(position 5)")


def test_every_anchor_is_there_in_both_languages() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (SCRIPTS / "figures/trace/messages").glob("*.js")
    )
    own = set(re.findall(r'\bat: "([\w-]+)"', source)) | set(
        re.findall(r'(?m)^  \["[\w-]+", "([\w/#-]+)", \[', source)
    )
    own |= set(re.findall(r'plain\("[\w-]+", "([\w/#-]+)"', source)) | {
        "dtype",
        "half",
        "device",
        "mps-device",
        "elsewhere",
        "half-cpu",
    }
    own |= set(re.findall(r'"((?:guide|reference|recipes)/[\w/#-]+)"', source))
    assert len(own) > 40
    for language in LANGUAGES:
        for anchor in own:
            path, _, name = (
                anchor.rpartition("#")
                if "#" in anchor
                else (("guide/errors", "", anchor) if "/" not in anchor else (anchor, "", ""))
            )
            page = (ROOT / f"docs/{language}/{path}.md").read_text(encoding="utf-8")
            assert not name or f"#{name} " in page or f'id="{name}"' in page, (language, anchor)


def test_every_text_is_in_both_languages_and_is_said() -> None:
    source = "".join(
        path.read_text(encoding="utf-8") for path in (SCRIPTS / "figures/trace").rglob("messages*/*.js")
    )
    for key, words in TEXTS.items():
        assert key.startswith("msg_")
        assert list(words) == LANGUAGES
        assert all(words.values()), key
        places = {language: set(re.findall(r"\{(\w+)\}", text)) for language, text in words.items()}
        assert places["en"] == places["zh"], key
    said = {key.replace("-", "_") for key in re.findall(r'"([\w-]+)"', source)}
    unsaid = {
        key
        for key in TEXTS
        if (name := key.removeprefix("msg_")) not in said and not name.startswith("arguments_")
    }
    assert unsaid == set()
