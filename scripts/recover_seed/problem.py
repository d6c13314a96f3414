"""The one error that ends the program with a message instead of a traceback."""

from __future__ import annotations

import click


class BadInput(click.ClickException):
    """Something given to the program is wrong; its message says what, and what to do."""

    exit_code = 2
