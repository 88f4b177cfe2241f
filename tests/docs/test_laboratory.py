"""The pages of the laboratory say what its verbs say of themselves."""

from __future__ import annotations

import importlib.util
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from pages import CHECKOUT, CONSOLE, PYTHON, dialogue, differences, read

pytest.importorskip("django", reason="needs the extra lab (Django)")

from farside.curation import database

database.set_up()


def test_the_verbs_are_those_of_the_library() -> None:
    spec = importlib.util.spec_from_file_location("make_verbs", CHECKOUT / "builders" / "make_verbs.py")
    assert spec is not None and spec.loader is not None
    builder = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(builder)
    assert read("docs/laboratory_verbs.md") == builder.page(), "`python builders/make_verbs.py` writes docs/laboratory_verbs.md anew"


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

    text, day = read("docs/laboratory.md"), str(datetime.now(UTC).date() + timedelta(days=100))  # a loan is due within a year
    for block in CONSOLE.findall(text):
        for command, written in dialogue(block):
            status = run(shlex.split(command.replace("2027-05-01", day))[1:])
            said = capsys.readouterr()
            assert status == 0, f"{command}\n{said.err}"
            if written.strip():
                assert not differences(written.strip(), said.out.strip()), said.out
    ((code, written),) = PYTHON.findall(text)
    database.use("lab.sqlite3")
    exec(compile(code, "docs/laboratory.md", "exec"), {})
    assert capsys.readouterr().out.strip() == written.strip()
    database.use(page_folder / "nothing.sqlite3")
