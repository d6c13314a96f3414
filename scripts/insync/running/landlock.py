"""Has Linux itself forbid writing but for a few places, to C code and to child processes too (Landlock)."""

import contextlib
import ctypes
import os
import struct
import sys

_CREATE_RULESET, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446  # the numbers of these calls on every processor
_VERSION = 1  # asks for the version of Landlock, in place of making a ruleset
_BENEATH = 1  # a rule about a folder and all below it
_PR_SET_NO_NEW_PRIVS = 38
# Bits of <linux/landlock.h>: to write to a file, to remove, make and move whatever there is, to truncate.
_WRITE, _CHANGES, _TRUNCATE = 1 << 1, sum(1 << bit for bit in range(4, 14)), 1 << 14
_TCP = 0b11  # to bind and to connect; since version 4
# Before it, files cannot be moved between the folders where one may write, or are truncated all the same.
_OLDEST = 3
_DEVICES = ("/dev/null", "/dev/zero", "/dev/full", "/dev/tty", "/dev/ptmx", "/dev/pts", "/dev/shm")


def confine(folder: str) -> bool:
    """Let this process and its children write only below the folder; whether the kernel grants it."""
    if not sys.platform.startswith("linux") or sys.maxsize < 2**32:
        return False
    libc = ctypes.CDLL(None, use_errno=True)
    version = libc.syscall(_CREATE_RULESET, None, ctypes.c_size_t(0), _VERSION)
    if version < _OLDEST:
        return False
    handled = struct.pack("QQ", _WRITE | _CHANGES | _TRUNCATE, _TCP if version >= 4 else 0)
    ruleset = libc.syscall(_CREATE_RULESET, handled, ctypes.c_size_t(len(handled) if version >= 4 else 8), 0)
    if ruleset < 0:
        return False
    try:
        for path in (folder, *_DEVICES):
            with contextlib.suppress(OSError):
                _allow(libc, ruleset, path)
        if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
            return False
        return bool(libc.syscall(_RESTRICT_SELF, ruleset, 0) == 0)
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: str) -> None:
    """Add a rule: everything below a folder, or writing to a file."""
    allowed = _WRITE | _TRUNCATE | (_CHANGES if os.path.isdir(path) else 0)
    place = os.open(path, os.O_PATH | os.O_CLOEXEC)
    try:
        libc.syscall(_ADD_RULE, ruleset, _BENEATH, struct.pack("=Qi", allowed, place), 0)
    finally:
        os.close(place)
