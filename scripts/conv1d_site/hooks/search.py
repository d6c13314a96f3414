"""Which words the search finds: how pages and questions are cut into them, Chinese ones above all.

Material cuts the pages with jieba when the site is built, and a question in the browser, at the words that
its index then has.
"""

from __future__ import annotations

import logging
import re
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import jieba
from mkdocs.structure.files import File

if TYPE_CHECKING:
    from mkdocs.config.defaults import MkDocsConfig
    from mkdocs.structure.files import Files

log = logging.getLogger("mkdocs.plugins.search_words")

# Terms that jieba does not know: it makes 互相|关 and 上|采样 of them, and nobody looks for those.
WORDS = [
    *("互相关", "感受野", "卷积核", "参数量", "特征图", "词嵌入", "词向量", "滤波器组", "移动平均", "变长"),
    *("上采样", "下采样", "单变量", "多变量", "时间步", "半精度", "可分离", "可复现", "反卷积", "核宽"),
    # 卷积 alone stands in too many headings.
    *("一维卷积", "转置卷积", "空洞卷积", "膨胀卷积", "因果卷积", "深度卷积", "逐点卷积", "分组卷积"),
]

_QUESTIONS = Path(__file__).with_suffix(".js")
_WORKER = re.compile(r"assets/javascripts/workers/search\.\w+\.min\.js")
_CUTS = re.compile(
    r'(\w+)\.replace\(new RegExp\("[^"]*Han[^"]*","gu"\),'
    r'\w+=>\[[^\]]*,this\.index\.invertedIndex\)\]\.join\("\* "\)\)'
)


class Dictionary:
    """jieba's, read in the background: it takes a second, in which pages wait for the first snippets."""

    def __init__(self) -> None:
        self._reading = threading.Thread(target=self._read, daemon=True)
        self._reading.start()

    def _read(self) -> None:
        jieba.initialize()
        for word in WORDS:
            jieba.add_word(word)

    def wait(self) -> None:
        """Return when it has been read, and this site's words have been added."""
        self._reading.join()


def clear_questions(files: Files, config: MkDocsConfig) -> None:
    """Have Material's search make of a question what `search_words.js` makes of it.

    By itself it leaves out the last word of most Chinese questions, finds nothing at all if the first
    character is in no page, and weighs "convolution" in a heading more than any rarer word in the text.
    """
    (worker,) = (file for file in files if _WORKER.fullmatch(file.src_uri))
    ours = with_our_questions(worker.content_string)
    if ours is None:
        log.warning("%s does not fit this version of Material's search", Path(__file__).name)
        return
    files.remove(worker)
    files.append(File.generated(config, worker.src_uri, content=ours))


def with_our_questions(worker: str) -> str | None:
    """The code of Material's search with ours in it; None if it is not the code that is known."""
    code, places = _CUTS.subn(r"tellingWords(\1,this.index.invertedIndex)", worker)
    return _QUESTIONS.read_text(encoding="utf-8") + code if places == 1 else None
