"""Every page's links lead somewhere; every decision is in the list; every experiment can be run again."""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[2]
PAGES = sorted([*CHECKOUT.glob("*.md"), *CHECKOUT.glob("docs/*.md"), *CHECKOUT.glob("design/*.md"), *CHECKOUT.glob("benchmarks/*.md")])
EXPERIMENTS = sorted((CHECKOUT / "design" / "experiments").glob("*.py"))
ARGUMENTS = {"corrections": ["2"], "gravity_degree": [str(CHECKOUT.parent / "shared" / "data" / "lp165p.cof")]}


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(CHECKOUT)))
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text(encoding="utf-8")):
        assert target.startswith("https://") or (page.parent / target).exists(), target


def test_every_decision_is_in_the_list() -> None:
    listed = re.findall(r"^\| \[(\w+\.md)\]", (CHECKOUT / "design" / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(listed) == sorted(page.name for page in (CHECKOUT / "design").glob("*.md") if page.name != "README.md")


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.stem)
def test_every_experiment_has_settled_something(experiment: Path) -> None:
    pages = "".join(page.read_text(encoding="utf-8") for page in (CHECKOUT / "design").glob("*.md"))
    assert f"(experiments/{experiment.name})" in pages


@pytest.mark.slow
@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.stem)
def test_every_experiment_runs(experiment: Path) -> None:
    if experiment.stem == "gravity_degree" and not (CHECKOUT.parent / "shared" / "data").is_dir():
        pytest.skip("needs ../shared/data beside the checkout")
    if experiment.stem == "ephemeris" and importlib.util.find_spec("satkit_data") is None:
        pytest.skip("needs satkit-data (the extra `precise`)")
    command = [sys.executable, str(experiment), *ARGUMENTS.get(experiment.stem, [])]
    done = subprocess.run(command, capture_output=True, text=True, timeout=600, check=False, env=os.environ)
    assert done.returncode == 0, done.stderr
    assert len(done.stdout.splitlines()) > 3
