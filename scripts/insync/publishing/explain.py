"""Why the next build would run a snippet, or would not."""

from dataclasses import dataclass

from insync.problem import InsyncError, suggestion
from insync.project.project import Project
from insync.project.store import PACKAGES, Store, record_key, record_parts
from insync.running.inputs import shown
from insync.running.record import Record


@dataclass(frozen=True)
class Explanation:
    """`runs` with the `reasons`; without, when the record was made and the files that it depends on."""

    snippet: str
    runs: bool
    reasons: tuple[str, ...]
    finished: str = ""
    inputs: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.runs:
            return "\n  - ".join([f"The next build runs `{self.snippet}`:", *self.reasons])
        kept = f"The next build takes `{self.snippet}` from the cache; nothing changed since {self.finished}."
        if not self.inputs:
            return kept
        return f"{kept}\n" + "\n  - ".join(["It is run again when one of these changes:", *self.inputs])


def explain(project: Project, name: str) -> Explanation:
    """What would make a snippet run; raises InsyncError for one that no page asks for."""
    work = {snippet.name: (snippet, questions) for snippet, questions in project.scan()}
    if name not in work:
        if name in project.broken:
            raise InsyncError(project.broken[name])
        raise InsyncError.of(f"no page asks for the snippet `{name}`", suggestion(name, work))
    snippet, questions = work[name]
    now = record_parts(snippet, questions)
    store = Store(project.settings.cache)
    if record := store.load(snippet, record_key(now)):  # not always the newest: one may have gone back
        return Explanation(name, runs=False, reasons=(), finished=record.finished, inputs=_inputs(record))
    kept = store.newest(snippet)
    if kept is None:
        return Explanation(name, runs=True, reasons=("the cache holds no record of it",))
    reasons = [
        f"{part} {'is new' if part not in kept.parts else 'is gone' if part not in now else 'has changed'}"
        for part in sorted({*now, *kept.parts})
        if now.get(part) != kept.parts.get(part) and part != PACKAGES
    ]
    reasons += _packages(kept.parts.get(PACKAGES, ""), now[PACKAGES])
    reasons += [f"{what} {how}" for what, how in kept.stale]
    if not reasons:
        reasons = ["the record of it in the cache is not whole"]
    return Explanation(name, runs=True, reasons=tuple(dict.fromkeys(reasons)))


def _inputs(record: Record) -> tuple[str, ...]:
    """What a run looked at, once each."""
    return tuple(dict.fromkeys(shown(key).removeprefix("the file ") for key in record.inputs))


def _packages(before: str, now: str) -> list[str]:
    """What was installed, upgraded or removed since."""
    old, new = set(before.split("\n")), set(now.split("\n"))
    gone = [f"{each} is no longer installed" for each in sorted(old - new)]
    return gone + [f"{each} is installed now" for each in sorted(new - old)]
