"""The engine's own words on pages and in notebooks, in each language of the site."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Words:
    """Texts that a reader sees; error messages are for contributors and are English everywhere."""

    language: str
    problem: str
    fact: str
    value: str
    processor: str
    instructions: str
    threads: str
    seed: str
    snippet: str
    cells: str
    numbers: str
    run_time: str
    run_at: str
    kept: str
    total: str
    colon: str
    checked: str
    page: str
    place: str
    number: str
    expression: str
    cell: str
    claim: str
    claims: str


ENGLISH = Words(
    language="en",
    problem="This page has a problem",
    fact="What",
    value="Here",
    processor="Processor",
    instructions="Vector instructions used by torch",
    threads="Threads",
    seed="Seed before a snippet's first line",
    snippet="Snippet",
    cells="Cells",
    numbers="Numbers",
    run_time="Run time",
    run_at="Run at (UTC)",
    kept=" (from an earlier build)",
    total="All",
    colon=": ",
    checked="checked when this page was built",
    page="Page",
    place="Where",
    number="Number",
    expression="Expression",
    cell="Cell",
    claim="Claim",
    claims="Claims",
)
CHINESE = Words(
    language="zh",
    problem="本页有一处问题",
    fact="项目",
    value="本次构建",
    processor="处理器",
    instructions="torch 使用的向量指令集",
    threads="线程数",
    seed="代码片段开始前的随机种子",
    snippet="代码片段",
    cells="单元格",
    numbers="数字个数",
    run_time="运行时间",
    run_at="运行时刻（UTC）",
    kept="（沿用先前的构建）",
    total="合计",
    colon="：",
    checked="构建本页时已核对",
    page="页面",
    place="位置",
    number="数字",
    expression="表达式",
    cell="单元格",
    claim="断言",
    claims="断言数",
)


def words_for(language: str) -> Words:
    """The words of a language ("zh", "zh-Hans", …: Chinese; anything else: English)."""
    return CHINESE if language.lower().startswith("zh") else ENGLISH
