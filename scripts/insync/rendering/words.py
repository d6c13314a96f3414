"""The engine's own words on pages and in notebooks: English here, those of other languages in their files."""

from dataclasses import dataclass, fields

from insync.problem import InsyncError, suggestion
from insync.settings import Language


@dataclass(frozen=True)
class Words:
    """Texts that a reader sees; error messages are for contributors and are English everywhere."""

    language: str = ""
    problem: str = "This page has a problem"
    fact: str = "What"
    value: str = "Here"
    processor: str = "Processor"
    instructions: str = "Vector instructions used by torch"
    threads: str = "Threads"
    seed: str = "Seed before a snippet's first line"
    snippet: str = "Snippet"
    cells: str = "Cells"
    numbers: str = "Numbers"
    run_time: str = "Run time"
    run_at: str = "Run at (UTC)"
    kept: str = " (from an earlier build)"
    total: str = "All"
    colon: str = ": "
    checked: str = "checked when this page was built"
    page: str = "Page"
    place: str = "Where"
    number: str = "Number"
    expression: str = "Expression"
    cell: str = "Cell"
    claim: str = "Claim"
    claims: str = "Claims"
    # What refers to a figure, and stands before its caption; what refers to an equation.
    figure: str = "Figure\u00a0{number}"
    equation: str = "Equation\u00a0({number})"


def words_of(language: Language) -> Words:
    """The words of a language; raises InsyncError when its file has a word too many, or lacks one."""
    known = [each.name for each in fields(Words) if each.name != "language"]
    where = f"[words] of the language `{language.code}`"
    for name in language.words:
        if name not in known:
            raise InsyncError.of(f"{where} has an unknown `{name}`", suggestion(name, known))
    missing = [name for name in known if name not in language.words] if language.words else []
    if missing:
        advice = f"Add to its file: {', '.join(f'`{name}`' for name in missing)}."
        raise InsyncError.of(f"{where} has no `{missing[0]}`", advice)
    return Words(language.code, **language.words)
