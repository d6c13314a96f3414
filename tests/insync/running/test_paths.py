"""No folder of this machine is in what a run says, and nothing else of it changes."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from insync.running.expression import Expression
from insync.running.paths import hidden_paths

if TYPE_CHECKING:
    from conftest import Run

ROOT = Path("/srv/né ar/site")  # need not be there
SNIPPETS = ROOT / "snippets"


@pytest.mark.parametrize(
    ("said", "seen"),
    [
        ('File "/srv/né ar/site/snippets/made.py", line 1', 'File "made.py", line 1'),
        ("/srv/né ar/site/snippets", "."),
        ("in /srv/né ar/site/snippets.", "in .."),
        ("/srv/né ar/site/data/x.csv", "../data/x.csv"),
        ("/srv/né ar/site", ".."),
        ("/srv/né ar/site2/x", "/srv/né ar/site2/x"),
        ("/srv/né ar/site-old", "/srv/né ar/site-old"),
        ("/mnt/srv/né ar/site/x", "/mnt/srv/né ar/site/x"),
        ("file:///srv/n%C3%A9%20ar/site/snippets/made.py", "file://made.py"),
        ("'a\\n/srv/né ar/site/snippets/made.py'", "'a\\nmade.py'"),
        ('"/srv/n\\u00e9 ar/site/data"', '"../data"'),
        ("b'/srv/n\\xc3\\xa9 ar/site/data'", "b'../data'"),
        ("/tmp/insync-1/tmp/a.png", "/tmp/a.png"),
        ("4 / 2 and and/or", "4 / 2 and and/or"),
    ],
)
def test_a_folder_has_a_name_that_is_the_same_everywhere(said: str, seen: str) -> None:
    assert hidden_paths(SNIPPETS / "made.py", Path("/tmp/insync-1/tmp"))(said) == seen


def test_a_project_in_the_topmost_folder_hides_no_slash() -> None:
    hide = hidden_paths(Path("/snippets/made.py"), Path("/tmp/insync-1/tmp"))
    assert hide("a / b, /etc/hosts, /snippets/made.py") == "a / b, /etc/hosts, made.py"


def test_pythons_own_folders_and_the_home_have_names() -> None:
    hide = hidden_paths(SNIPPETS / "made.py", Path("/tmp/insync-1/tmp"))
    assert hide(os.__file__) == "lib/python/os.py"
    assert hide(pytest.__file__) == "site-packages/pytest/__init__.py"
    assert hide(sys.executable) == "python"
    assert hide(str(Path.home() / "x")) == "~/x"


SAYS = """
# %% one
import logging, os, sys, tempfile, traceback, warnings
import matplotlib.pyplot as plt
print(os.getcwd(), tempfile.gettempdir())
warnings.warn(f"see {__file__}")
logging.basicConfig(format="%(pathname)s: %(message)s")
logging.warning("logged")
try:
    1 / 0
except ZeroDivisionError:
    traceback.print_exc()
plt.title(os.getcwd() + "/x");
[__file__]
# %% two tags=["raises-exception"]
open(os.path.join(os.getcwd(), "no.csv"))
"""


def test_no_output_and_no_answer_has_a_path(run: Run, tmp_path: Path) -> None:
    asked = [Expression("__file__"), Expression("open(__file__ + 'x')"), Expression("[os.getcwd()]", "data")]
    record = run(SAYS, two=asked).record
    assert record is not None
    assert str(tmp_path) not in str(record.cells)
    texts = [output.text for output in record.cells[0].outputs]
    assert texts[0] == ". /tmp"
    assert texts[1] == "UserWarning: see made.py"
    assert texts[2].startswith(
        'made.py: logged\nTraceback (most recent call last):\n  File "made.py", line 9'
    )
    assert record.cells[1].outputs[0].text.endswith("No such file or directory: 'no.csv'")
    assert record.cells[1].value(asked[2]).text == '["."]'


def test_two_checkouts_give_the_same_record(run: Run, tmp_path: Path) -> None:
    from conftest import make_snippet

    from insync.running.runner import Runner

    (tmp_path / "another place").mkdir()
    first = run(SAYS).record
    second = Runner(fork=False).run(make_snippet(tmp_path / "another place", SAYS), {}).record
    assert first is not None
    assert second is not None
    assert first.cells == second.cells


def test_a_failures_message_and_detail_have_no_path(run: Run, tmp_path: Path) -> None:
    problem = run("# %% one\nimport os\nraise ValueError(os.getcwd() + '/data')\n").problem
    assert problem is not None
    assert "ValueError: data" in problem.message
    assert str(tmp_path) not in problem.detail
    problem = run("# %% one\nimport os\nprint(__file__)\nos._exit(1)\n").problem
    assert problem is not None
    assert problem.detail == "made.py"
