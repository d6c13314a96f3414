"""Who called: the frames of the callers, from the nearest on."""

import sys
import types
from collections.abc import Iterator


def called_by(module: str) -> bool:
    """Whether a function of that module is among the callers."""
    return any(frame.f_globals.get("__name__") == module for frame in frames(sys._getframe(1)))


def frames(frame: types.FrameType | None) -> Iterator[types.FrameType]:
    """A frame, its caller, and so on."""
    while frame is not None:
        yield frame
        frame = frame.f_back
