"""The state file: how far a search had come, kept so that no crash can damage it, and read with suspicion."""

from __future__ import annotations

import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from recover_seed.problem import BadInput
from recover_seed.stream import Hit

if TYPE_CHECKING:
    from recover_seed.question import Question

PROGRAM = "recover_seed 1"  # a file says who wrote it; the number goes up when its form changes


@dataclass(frozen=True)
class Progress:
    """All seeds below `next_seed` are done, and these are the hits among them."""

    next_seed: int
    hits: tuple[Hit, ...] = ()


def save_state(path: Path, question: Question, progress: Progress) -> None:
    """Write the state file. Even after a power cut it holds the old text or the new, never a part.

    Raises OSError when it cannot be written; what stood there before then still does.
    """
    text = json.dumps({"program": PROGRAM, "question": asdict(question), "progress": asdict(progress)})
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=path.name + ".", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text + "\n")
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def load_state(path: Path, question: Question) -> Progress:
    """How far the search for `question` had come. Raises BadInput for a damaged or another search's file."""
    advice = "Give another --state, or delete the file to start from the beginning."
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["program"] != PROGRAM:
            raise ValueError("written by another program")
        theirs: dict[str, Any] = data["question"]
        next_seed: Any = data["progress"]["next_seed"]
        hits = tuple(Hit(int(hit["seed"]), int(hit["position"])) for hit in data["progress"]["hits"])
        ours = json.loads(json.dumps(asdict(question)))
        differing = sorted(key for key in ours if theirs[key] != ours[key])
        if not isinstance(next_seed, int):
            raise ValueError("next_seed is no integer")
    except OSError as error:
        raise BadInput(f"The state file {path} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BadInput(f"{path} is damaged or no state file of this program. {advice}") from error
    if differing:
        raise BadInput(f"{path} belongs to a search with other {' and '.join(differing)}. {advice}")
    low, high = question.seeds
    if not low <= next_seed <= high or any(not low <= hit.seed < next_seed for hit in hits):
        raise BadInput(f"{path} is damaged: it speaks of seeds outside of its own range. {advice}")
    return Progress(next_seed, hits)
