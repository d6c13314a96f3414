"""How pages are cut into words where there are no spaces between them."""

from __future__ import annotations

import subprocess
import sys

import jieba
from conftest import ROOT

from conv1d_site.steps.languages import read_languages
from conv1d_site.steps.prepare.search import Dictionary

TERMS = [term for language in read_languages(ROOT) for term in language.terms]


def test_terms_of_the_site_are_words() -> None:
    Dictionary(TERMS).wait()
    assert list(jieba.cut("互相关与感受野")) == ["互相关", "与", "感受野"]
    assert [word for term in TERMS for word in jieba.cut(term)] == TERMS


def test_a_site_without_terms_needs_no_dictionary() -> None:
    code = "import sys, conv1d_site.hooks.search; assert 'jieba' not in sys.modules"
    subprocess.run([sys.executable, "-c", code], check=True, env={"PYTHONPATH": str(ROOT / "scripts")})
