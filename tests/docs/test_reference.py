"""docs/api.md is what the package says of itself; every how-to leads to a mission that is in order; the site builds without a warning."""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
import tomllib
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from pages import CHECKOUT, read

from farside.mission import from_raw

BLOCK = re.compile(r"^```toml\n# (into|after): (\S+)\n(.*?)^```", re.DOTALL | re.MULTILINE)


@pytest.fixture(scope="module")
def builder() -> ModuleType:
    """builders/make_reference.py, which wrote the page."""
    spec = importlib.util.spec_from_file_location("make_reference", CHECKOUT / "builders" / "make_reference.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_names_are_those_of_the_package(builder: ModuleType) -> None:
    assert read("docs/api.md") == builder.page(), "`python builders/make_reference.py` writes docs/api.md anew"


def test_a_name_that_says_nothing_is_refused(builder: ModuleType) -> None:
    class Silent:
        """It speaks, its method does not."""

        def work(self) -> None: ...

    with pytest.raises(builder.Undocumented, match=r"Silent\.work has no docstring"):
        list(builder.of_class("Silent", Silent))


def merged(raw: dict[str, Any], where: str, what: str, text: str) -> None:
    """Put a block of the page where its first line says."""
    told = tomllib.loads(text)
    if where == "after":
        for key, tables in told.items():
            names = [phase["name"] for phase in raw["phases"]]
            there = raw.setdefault(key, [])
            at = names.index(what) + 1 if key == "phases" else len(there)
            there[at:at] = tables
        return
    table: Any = raw
    for part in what.split("."):
        table = next(one for one in table if one["name"] == part) if isinstance(table, list) else table.setdefault(part, {})
    for key, value in told.items():
        table[key] = [*table[key], *value[1:]] if isinstance(value, list) and value[:1] == ["+"] else value


@pytest.mark.parametrize("heading", re.findall(r"^## (.*)$", read("docs/howto.md"), re.MULTILINE))
def test_each_recipe_leads_to_a_mission_in_order(heading: str) -> None:
    section = read("docs/howto.md").split(f"## {heading}\n", 1)[1].split("\n## ", 1)[0]
    raw = tomllib.loads((CHECKOUT / "missions" / "change6.toml").read_text(encoding="utf-8"))
    before = from_raw(raw).digest
    blocks = BLOCK.findall(section)
    for where, what, text in blocks:
        merged(raw, where, what, text)
    assert (from_raw(raw).digest != before) is bool(blocks)


def test_there_are_recipes() -> None:
    assert len(BLOCK.findall(read("docs/howto.md"))) >= 6
    assert read("docs/howto.md").count("```toml") == len(BLOCK.findall(read("docs/howto.md")))


@pytest.mark.slow
def test_the_site_builds_without_a_warning(tmp_path: Path) -> None:
    words = ["-W", "--keep-going", "-q", "-b", "html", "-c", "docs", ".", str(tmp_path / "site"), "-d", str(tmp_path / "trees")]
    done = subprocess.run([sys.executable, "-m", "sphinx", *words], cwd=CHECKOUT, capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr
    for page in ("docs/index.html", "docs/mission_file.html", "design/entry.html", "README.html"):
        assert (tmp_path / "site" / page).is_file()
