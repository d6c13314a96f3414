"""Why the next build would run a snippet, or would not."""

from dataclasses import dataclass

from insync.problem import InsyncError, suggestion
from insync.project.project import Project
from insync.project.store import Store, record_key, record_parts
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
        if now.get(part) != kept.parts.get(part)
    ]
    reasons += [f"the file {path} {how}" for path, how in kept.stale]
    if not reasons:
        reasons = ["the record of it in the cache is not whole"]
    return Explanation(name, runs=True, reasons=tuple(reasons))


def _inputs(record: Record) -> tuple[str, ...]:
    """The files that a run looked at, once each."""
    return tuple(dict.fromkeys(key.partition(":")[2] for key in record.inputs))
