"""The pages of the laboratory say what its verbs say of themselves, and who may."""

from __future__ import annotations

import importlib.util
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from pages import CHECKOUT, CONSOLE, PYTHON, dialogue, read

pytest.importorskip("django", reason="needs the extra lab (Django)")

from farside.curation import database

database.set_up()


def builder(name: str) -> Any:
    """A builder as a module."""
    spec = importlib.util.spec_from_file_location(name, CHECKOUT / "builders" / f"{name}.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(("name", "page"), [("make_verbs", "laboratory_verbs.md"), ("make_access", "laboratory_access.md")])
def test_a_page_is_what_its_builder_writes(name: str, page: str) -> None:
    assert read(f"docs/{page}") == builder(name).page(), f"`python builders/{name}.py` writes docs/{page} anew"


def test_every_address_of_the_interface_is_told() -> None:
    """Those of verbs and of kinds by their pattern, the others by themselves."""
    from farside.web.api import api

    told = set(re.findall(r"`(?:GET|POST) (/api/[^`?]*)", read("docs/laboratory_api.md")))
    told |= {path.replace("KINDS", kind) for path in told for kind in re.findall(r"`(\w+)`", read("docs/laboratory_api.md"))}
    there = {re.sub(r"\{\w+\}", lambda found: found[0][1:-1].upper(), path) for path in api.get_openapi_schema(path_prefix="api/")["paths"]}
    assert {path for path in there if not path.startswith("/api/verbs/")} <= told
    assert "/api/verbs/VERB" in told


@pytest.fixture
def page_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with the papers of a flight, and nothing in the environment that says which ledger or who acts."""
    (tmp_path / "flights" / "change6").mkdir(parents=True)
    (tmp_path / "flights" / "change6" / "delivery.json").symlink_to(CHECKOUT / "tests" / "reference" / "delivery_change6.json")
    monkeypatch.chdir(tmp_path)
    for name in ("FARSIDE_LAB", "FARSIDE_LAB_PERSON"):
        monkeypatch.delenv(name, raising=False)
    return tmp_path


def test_what_the_page_on_the_laboratory_shows_is_what_happens(page_folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every command goes through, in the order of the page; what is shown is what is printed, and so is the Python example's."""
    from farside.cli.main import run

    text, day = read("docs/laboratory.md"), str(datetime.now(UTC).date() + timedelta(days=200))  # a loan is due within a year
    for block in CONSOLE.findall(text):
        for command, written in dialogue(block):
            status = run(shlex.split(command.replace('$(date -d "+200 days" +%F)', day))[1:])
            said = capsys.readouterr()
            assert status == 0, f"{command}\n{said.err}"
            if written.strip():
                assert said.out.strip() == written.strip()  # a ledger's figures are exact
    ((code, written),) = PYTHON.findall(text)
    database.use("lab.sqlite3")
    exec(compile(code, "docs/laboratory.md", "exec"), {})
    assert capsys.readouterr().out.strip() == written.strip()
    database.use(page_folder / "nothing.sqlite3")
