"""How farside is cited, checks before a commit, versions that agree, a root folder without litter."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from pre_commit.clientlib import load_config
from ruamel.yaml import YAML

import farside

CHECKOUT = Path(__file__).parents[1]
ENVIRONMENT = Path(sys.prefix)
ROOT = {
    *("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "CITATION.cff"),  # read by people
    *("Makefile", "pyproject.toml"),  # read by tools
    *("requirements.lock", "requirements-lab.lock", "requirements-test.lock", "requirements-bench.lock"),  # read by tools
    *(".ci", ".gitignore", ".pre-commit-config.yaml"),
    *("src", "tests", "docs", "design", "missions", "examples", "builders", "benchmarks", "tools"),
}


def tracked(folder: Path = CHECKOUT) -> list[str]:
    """Every file that git keeps."""
    return subprocess.run(["git", "ls-files"], cwd=folder, capture_output=True, text=True, check=True).stdout.splitlines()


needs_git = pytest.mark.skipif(not (CHECKOUT / ".git").exists(), reason="needs the git repository; an unpacked archive has none")


@needs_git
def test_the_root_folder_holds_what_is_read_there_and_nothing_else() -> None:
    assert {name.partition("/")[0] for name in tracked()} == ROOT


@needs_git
def test_nothing_that_can_be_made_again_is_kept() -> None:
    ignored = ["git", "ls-files", "--cached", "--ignored", "--exclude-standard"]
    assert subprocess.run(ignored, cwd=CHECKOUT, capture_output=True, text=True, check=True).stdout == ""


def project() -> dict[str, object]:
    return dict(tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"])


def test_the_citation_is_valid_and_speaks_of_this_version() -> None:
    file = CHECKOUT / "CITATION.cff"
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.citation-file-format", str(file)]
    checked = subprocess.run(words, capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    told = YAML(typ="safe").load(file.read_text("utf-8"))
    assert (told["version"], told["license"]) == (farside.__version__, project()["license"])
    assert [author["name"] for author in told["authors"]] == [author["name"] for author in project()["authors"]]  # type: ignore[attr-defined]


def test_versions_are_semantic_and_agree() -> None:
    assert re.fullmatch(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)(-[0-9A-Za-z.-]+)?", farside.__version__)
    assert project()["version"] == farside.__version__
    newest = re.search(r"^## (\S+)", (CHECKOUT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1].rstrip(",") == farside.__version__


def test_hooks_are_tools_of_the_environment_and_fetch_nothing() -> None:
    file = CHECKOUT / ".pre-commit-config.yaml"
    load_config(str(file))  # pre-commit's own check of the file
    (repository,) = YAML(typ="safe").load(file.read_text("utf-8"))["repos"]
    assert repository["repo"] == "local"
    for hook in repository["hooks"]:
        assert hook["language"] == "system"
        assert hook["entry"].startswith(".venv/bin/")
        assert (ENVIRONMENT / hook["entry"].split()[0].removeprefix(".venv/")).exists()


@pytest.mark.parametrize(("hook", "source"), [("ruff", "import os\n"), ("mypy", '"""A module."""\n\nSEVEN: int = "7"\n')])
def test_a_hook_stops_a_commit_that_ci_would_refuse(hook: str, source: str, tmp_path: Path) -> None:
    """In a repository of its own, with a file that is in order and then one that is not."""
    (tmp_path / "src" / "farside").mkdir(parents=True)
    (tmp_path / ".venv").symlink_to(ENVIRONMENT)
    for name in (".pre-commit-config.yaml", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, tmp_path / name)
    variables = {**os.environ, "PRE_COMMIT_HOME": str(tmp_path / "home"), "GIT_CONFIG_GLOBAL": os.devnull}
    subprocess.run(["git", "init", "-q", "."], cwd=tmp_path, env=variables, check=True)
    for text, passes in (('"""A module."""\n', True), (source, False)):
        (tmp_path / "src" / "farside" / "__init__.py").write_text(text, "utf-8")
        subprocess.run(["git", "add", "src"], cwd=tmp_path, env=variables, check=True)
        words = [str(ENVIRONMENT / "bin" / "pre-commit"), "run", hook]
        done = subprocess.run(words, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
        assert (done.returncode == 0) is passes, done.stdout + done.stderr


def test_the_package_says_that_it_has_types() -> None:
    assert (CHECKOUT / "src" / "farside" / "py.typed").is_file()
    assert "Typing :: Typed" in project()["classifiers"]  # type: ignore[operator]
