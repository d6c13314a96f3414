"""What holds of the repository as a whole: its pins, its commands, its workflows."""

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections import Counter
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path
from typing import Any

import pytest
import yaml

from insync.pages.scan import scan_page
from tools import offline

ROOT = Path(__file__).parent.parent
REQUIREMENTS = sorted(ROOT.glob("requirements*.txt"))
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))


def text(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def requirement_lines(path: Path) -> list[str]:
    lines = [line.partition(" #")[0].strip() for line in path.read_text(encoding="utf-8").splitlines()]
    return [line for line in lines if line and not line.startswith("#")]


def pins(path: Path) -> list[str]:
    """The names a file pins; a name that is pinned for two ranges of Python versions comes twice."""
    found = []
    for line in requirement_lines(path):
        if line.startswith("-"):
            continue
        pin = re.fullmatch(r"([A-Za-z0-9._-]+)==[0-9][A-Za-z0-9.]*\s*(;.*)?", line)
        assert pin, f"{path.name}: {line} is not pinned to one version"
        found.append(normal(pin[1]))
    return found


# ----------------------------------------------------------------------------------------------- requirements


@pytest.mark.parametrize("path", [*REQUIREMENTS, ROOT / "constraints.txt"], ids=lambda path: path.name)
def test_every_requirement_is_pinned(path: Path) -> None:
    assert pins(path)


@pytest.mark.parametrize("path", REQUIREMENTS, ids=lambda path: path.name)
def test_every_direct_requirement_has_its_reason(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if "==" in line:
            assert re.search(r"  # \w.{5,}", line), f"{path.name}: {line}"


def test_requirements_end_with_the_project_itself_and_name_no_index() -> None:
    assert requirement_lines(ROOT / "requirements.txt")[-1] == "-e ."
    for path in REQUIREMENTS:
        assert {line for line in requirement_lines(path) if line.startswith("-")} <= {
            "-c constraints.txt",
            "-e .",
        }


def test_a_direct_requirement_is_pinned_in_one_place() -> None:
    direct = {name for path in REQUIREMENTS for name in pins(path)}
    assert not direct & set(pins(ROOT / "constraints.txt"))


def test_the_optional_engine_is_tested_at_the_version_it_is_offered() -> None:
    extras = tomllib.loads(text("pyproject.toml"))["project"]["optional-dependencies"]["recover"]
    assert set(extras) <= set(requirement_lines(ROOT / "requirements-test.txt"))


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]


@pytest.mark.parametrize(
    ("folder", "files"),
    [
        ("scripts", ["requirements.txt"]),
        ("snippets", ["requirements.txt"]),
        ("tests", ["requirements.txt", "requirements-test.txt"]),
    ],
)
def test_what_is_imported_is_required(folder: str, files: list[str]) -> None:
    ours = {path.stem for part in ("scripts", "snippets", "tests") for path in (ROOT / part).rglob("*.py")}
    ours |= {path.name for part in ("scripts", "tests") for path in (ROOT / part).iterdir() if path.is_dir()}
    required = {name for file in files for name in pins(ROOT / file)}
    optional = {"numba"}  # the `recover` extra
    optional |= {"pikepdf", "playwright"} if folder == "scripts" else set()  # for the tests, and for the book
    distributions = packages_distributions()
    for path in sorted((ROOT / folder).rglob("*.py")):
        for module in set(imports(path)) - ours - sys.stdlib_module_names - {"__future__"}:
            given_by = {normal(name) for name in distributions.get(module, [module])}
            assert given_by & (required | optional), f"{path.relative_to(ROOT)} imports {module}"


# --------------------------------------------------------------------------------------------------- commands


def make_targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", text("Makefile"), flags=re.MULTILINE))


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_the_commands_that_are_named_exist(name: str) -> None:
    named = set(re.findall(r"(?:^|`)make ([a-z-]+)", text(name), flags=re.MULTILINE))
    assert named
    assert named <= make_targets()


@pytest.mark.parametrize("name", ["README.md", "README.zh.md", "CONTRIBUTING.md"])
def test_the_files_that_are_named_exist(name: str) -> None:
    linked = re.findall(r"\]\(([^)#:]+)\)", text(name))
    folders = re.findall(r"`((?:scripts|snippets|docs|tests)(?:/insync)?)`", text(name))
    assert [target for target in [*linked, *folders] if not (ROOT / target).exists()] == []


def test_both_readmes_give_the_same_commands_and_code() -> None:
    def code(name: str) -> list[str]:
        return re.findall(r"^ *```(?:sh|python)\n.*?^ *```$", text(name), flags=re.MULTILINE | re.DOTALL)

    assert code("README.md") == code("README.zh.md")
    assert len(code("README.md")) == 4


def test_the_readmes_pages_are_a_pair() -> None:
    def page(name: str) -> str:
        [found] = re.findall(
            r"^    ````markdown\n(.*?)^    ````$", text(name), flags=re.MULTILINE | re.DOTALL
        )
        return str(found)

    for part in (r"\{ #.*? \}", r"`\{python\} .*?`", r"```snippet\n.*?\n"):
        en, zh = re.findall(part, page("README.md")), re.findall(part, page("README.zh.md"))
        assert en == zh
        assert en


def test_make_alone_lists_the_commands() -> None:
    listed = subprocess.run(["make", "-s"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    for command in ("make serve", "make test", "make build", "make bench", "make clean"):
        assert command in listed


# -------------------------------------------------------------------------------------------------- workflows


def load(path: Path) -> dict[Any, Any]:
    loaded = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_actions_are_pinned_by_commit(path: Path) -> None:
    used = re.findall(r"uses: *(.*)", path.read_text(encoding="utf-8"))
    assert used
    for action in used:
        assert re.fullmatch(r"[\w./-]+@[0-9a-f]{40} # v[0-9.]+", action), action


def test_one_action_has_one_version() -> None:
    used = [use for path in WORKFLOWS for use in re.findall(r"uses: *([\w/-]+)@(\w+)", path.read_text())]
    assert len(dict(used)) == len(set(used))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_jobs_have_no_more_than_they_need(path: Path) -> None:
    workflow = load(path)
    triggers = workflow[True]  # YAML 1.1 reads the key `on` so
    assert not {"pull_request_target", "workflow_run"} & set(triggers)
    assert workflow["permissions"] == {}
    assert "secrets." not in path.read_text(encoding="utf-8")
    for job in workflow["jobs"].values():
        assert "timeout-minutes" in job
        steps = job["steps"]
        runs_our_code = any("checkout" in step.get("uses", "") for step in steps)
        if runs_our_code:
            assert job["permissions"] == {"contents": "read"}
            assert not any("GH_TOKEN" in step.get("env", {}) for step in steps)
        for step in steps:
            if "checkout" in step.get("uses", ""):
                assert step["with"]["persist-credentials"] is False
            assert "${{" not in step.get("run", ""), "an expression in a script is a way in: use env"
            assert not step.get("with", {}).get("cache"), "a hit is no proof: nothing starts from a cache"


def test_the_check_runs_what_readme_names() -> None:
    check = load(ROOT / ".github" / "workflows" / "check.yml")
    [job] = check["jobs"].values()
    assert ".ci/run" in [step.get("run") for step in job["steps"]]
    assert re.search(r"^make test$", text(".ci/run"), flags=re.MULTILINE)
    assert os.access(ROOT / ".ci" / "run", os.X_OK) or sys.platform == "win32"


def test_a_pull_request_leaves_its_site_to_be_looked_at() -> None:
    check = load(ROOT / ".github" / "workflows" / "check.yml")
    [job] = check["jobs"].values()
    runs = [step.get("run", "") for step in job["steps"]]
    [artefact] = [step for step in job["steps"] if "upload-artifact" in step.get("uses", "")]
    assert runs.index("make offline ARGS=--no-archive") < job["steps"].index(artefact)
    assert artefact["with"]["path"] == offline.FOLDER.name
    assert f"${{{{ steps.{artefact['id']}.outputs.artifact-url }}}}" in [
        value for step in job["steps"] for value in step.get("env", {}).values()
    ]


def test_dependabot_leaves_alone_what_is_pinned_for_each_python() -> None:
    pip, *_ = load(ROOT / ".github" / "dependabot.yml")["updates"]
    ignored = {entry["dependency-name"] for entry in pip["ignore"]}
    for path in [*REQUIREMENTS, ROOT / "constraints.txt"]:
        twice = {name for name, times in Counter(pins(path)).items() if times > 1}
        assert twice <= ignored


# -------------------------------------------------------------------------------------------- the text itself


def tracked_files() -> list[Path]:
    if not (ROOT / ".git").exists():
        pytest.skip("not a git checkout")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True)
    return [ROOT / name for name in listed.stdout.split("\0") if name and (ROOT / name).is_file()]


def test_no_file_names_a_place_on_somebodys_machine() -> None:
    place = re.compile(rb"(?<![\w.])/(?:home|root|opt|Users|work)/\w|[A-Z]:\\\\?Users\\")
    found = [path.name for path in tracked_files() if place.search(path.read_bytes())]
    assert found == []


# ----------------------------------------------------------------------------------------------------- claims


def claims() -> Iterator[tuple[str, str, ast.expr]]:
    """The page, the snippet and the expression of every claim."""
    for path in sorted((ROOT / "docs").rglob("*.md")):
        for fence in scan_page(path).fences:
            if fence.kind == "claim":
                tree = ast.parse(fence.option("holds"), mode="eval")
                yield str(path.relative_to(ROOT)), fence.refs[0].snippet, tree.body


def loses_nan(tree: ast.AST, most: int = 99) -> bool:
    """Whether it calls Python's own max() or min(): max([0.0, nan]) is 0.0, where torch's .max() is NaN."""
    called = (node for node in ast.walk(tree) if isinstance(node, ast.Call) and len(node.args) <= most)
    return any(isinstance(node.func, ast.Name) and node.func.id in {"max", "min"} for node in called)


def names_in(tree: ast.AST) -> set[str]:
    return {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


def losing_names(snippet: str) -> set[str]:
    """What a snippet calls the max() or min() of a list; max(0, L - K) is of sizes."""
    tree = ast.parse(text(f"snippets/{snippet}.py"))
    made = [node for node in tree.body if isinstance(node, ast.Assign) and loses_nan(node.value, most=1)]
    return {name for node in made for target in node.targets for name in names_in(target)}


def test_a_nan_cannot_hide_behind_max_or_min_in_a_claim() -> None:
    found = list(claims())
    assert len(found) > 400
    assert [(page, ast.unparse(holds)) for page, _, holds in found if loses_nan(holds)] == []
    losing = {snippet: losing_names(snippet) for snippet in {snippet for _, snippet, _ in found}}
    bad = [(page, hidden) for page, name, holds in found if (hidden := names_in(holds) & losing[name])]
    assert bad == []


@pytest.mark.parametrize(
    ("holds", "loses"),
    [
        ("max(gaps) <= 1e-5", True),
        ("all(right) and 1 < min(g for g in gaps)", True),
        ("all(gap <= 1e-5 for gap in gaps)", False),
        ("(a - b).abs().max() <= 1e-5", False),
    ],
)
def test_what_loses_a_nan_is_seen(holds: str, loses: bool) -> None:
    assert loses_nan(ast.parse(holds, mode="eval")) == loses


def test_every_picture_says_what_to_see_in_it() -> None:
    pages = [scan_page(path) for path in sorted((ROOT / "docs").glob("*/**/*.md"))]
    drawn = [
        (page.at(fence.first), fence) for page in pages for fence in page.fences if fence.kind == "snippet"
    ]
    drawn = [(place, fence) for place, fence in drawn if fence.option("alt")]  # without, a build stops
    assert len(drawn) > 100
    assert [str(place) for place, fence in drawn if not fence.option("caption")] == []
