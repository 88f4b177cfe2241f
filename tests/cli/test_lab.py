"""`farside lab`: a ledger from the shell; every verb is a command, with examples that can be typed."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import click
import pytest

pytest.importorskip("django", reason="needs the extra lab (Django)")

from farside.cli import lab_verbs
from farside.cli.lab import lab
from farside.cli.lab_examples import EXAMPLES
from farside.cli.main import cli, run
from farside.curation import database
from farside.curation.verbs import VERBS
from farside.curation.verbs.register import checked

PAPERS = Path(__file__).parents[1] / "reference" / "delivery_change6.json"
FOUND = 'found "Li Wei" --institution NAOC --site BJ --site-name Beijing'


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A founded ledger, to be copied."""
    file = tmp_path_factory.mktemp("lab") / "lab.sqlite3"
    assert do(f"init --at {file}") == 0
    assert do(f"{FOUND} --at {file} --by li") == 0
    database.use(file)  # closes the file, and with it its write-ahead log
    return file


@pytest.fixture
def ledger(founded: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A founded ledger, named by the environment, and li who acts."""
    file = tmp_path / "lab.sqlite3"
    shutil.copyfile(founded, file)
    monkeypatch.setenv("FARSIDE_LAB", str(file))
    monkeypatch.setenv("FARSIDE_LAB_PERSON", "li")
    return file


def do(words: str) -> int:
    return run(["lab", *shlex.split(words)])


def told(words: str, capsys: pytest.CaptureFixture[str]) -> Any:
    capsys.readouterr()
    assert do(f"{words} --json") == 0
    return json.loads(capsys.readouterr().out)


def test_from_the_papers_to_the_separated_sample(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do(f"receive {PAPERS} --prefix CE6") == 0
    assert "+1,535.249434 g  CE6" in capsys.readouterr().out
    assert do("unseal CE6") == 0
    assert do('extract CE6 --lost "1.2 mg"') == 0
    assert "+1.2 mg  lost:change6" in capsys.readouterr().out
    assert (
        do('separate CE6.1 --parts \'tool=drill,mass=554 g,code=CE6-D\' --parts \'{"tool": "scoop", "mass": 981248234, "code": "CE6-S"}\'')
        == 0
    )
    (shown,) = told("show CE6-D", capsys)
    assert shown["state"]["mass_ug"] == shown["balance_ug"] == 554_000_000
    assert shown["made_of"] == ["CE6.1", "CE6"]
    assert {portion["tool"] for portion in shown["origin"]} == {"drill"}
    assert [line["verb"] for line in shown["history"]] == ["separate"]
    assert [line["verb"] for line in told("journal --of CE6.1", capsys)] == ["extract", "separate"]
    assert told("journal --verb unseal", capsys)[0]["touched"] == [["sample", "CE6"]]
    assert do("show CE6-D") == 0
    assert "drill-001 to drill-020 (20 portions, drill), 0 to 2000 mm deep" in capsys.readouterr().out


def test_verify_says_its_head_and_finds_what_a_foreign_shell_did(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    report = told("verify", capsys)
    head = f"{report['head']['number']}:{report['head']['hash']}"
    assert report["sound"]
    assert report["events"] == 2
    assert do(f"verify --known {head}") == 0
    assert do(f"verify --known 1:{'0' * 64}") == 1
    assert "not 0000000000000000..., the one noted elsewhere" in capsys.readouterr().out
    assert do("verify --known 1:12") == do(f"verify --known ²:{'0' * 64}") == do(f"verify --known {'1' * 5000}:{'0' * 64}") == 2
    with sqlite3.connect(ledger) as foreign:
        foreign.execute("DROP TRIGGER person_keeps_what_it_is_update")
        foreign.execute("DROP TRIGGER person_changes_once_an_event_update")
        foreign.execute("DROP TRIGGER person_changes_by_event_update")
        foreign.execute("UPDATE curation_person SET name = 'Li W.'")
    foreign.close()
    capsys.readouterr()
    assert do("verify") == 1
    out = capsys.readouterr().out
    assert "the rule person_keeps_what_it_is_update is missing" in out
    assert "person li: name is not as event 1 tells" in out
    assert "NOT SOUND" in out
    assert do("show li") == 2  # and nobody works on such a ledger
    assert "does not open" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("show CE9", "nothing here has the code 'CE9'"),
        ("unseal CE9", "there is no sample 'CE9'"),
        ("unseal CE9 --by nobody", "'nobody' is nobody who may act here"),
        ("calibrate XPR --certificate c --calibration-due soon", "calibration_due"),
        ('extract CE6 --lost "1.00001 mg"', "finer than a microgram"),
        ("extract CE6 --lost 5stone", "is no mass"),
        ("add-cabinet N1 --site BJ --name n --slots a --limits oxygen=3", "'oxygen=3' is not KEY=VALUE with one of oxygen_most_ppb"),
        ("add-cabinet N1 --site BJ --name n --slots a --limits '{bad'", "this is no JSON"),
        ("receive nowhere.json --prefix X", "nowhere.json: No such file"),
        (FOUND, "founded already"),
        ("journal --at nowhere.sqlite3", "no ledger there; `farside lab init` makes one"),
        ("fly", "No such command 'fly'"),
        ("add-site SS --name Shaoshan --at-utc 2999-01-01T00:00:00.000Z", "is to come; an event tells what was done"),
        ("add-site SS --name Shaoshan --at-utc tomorrow", "write UTC with milliseconds"),
        ("init --at postgresql://lab@127.0.0.1/lab", "name the second one as well"),
    ],
)
def test_what_is_refused_says_why(ledger: Path, words: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert do(words) == 2
    assert says in " ".join(capsys.readouterr().err.split())


@pytest.mark.parametrize("depth", [100, 400, 100_000])
def test_papers_nested_without_end_are_refused(ledger: Path, tmp_path: Path, depth: int, capsys: pytest.CaptureFixture[str]) -> None:
    deep = tmp_path / "deep.json"
    deep.write_text('{"a":' * depth + "1" + "}" * depth)
    for words in (f"receive {deep} --prefix X", f"take-stock BJ --scanned @{deep}", f"take-stock BJ --scanned '{'[' * 100_000}'"):
        assert do(words) == 2
    assert "deep" in capsys.readouterr().err


def test_nobody_acts_namelessly(ledger: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.delenv("FARSIDE_LAB_PERSON")
    assert do("add-site SS --name Shaoshan") == 2
    assert "--by PERSON" in capsys.readouterr().err


def test_what_a_stock_taking_did_not_find_is_printed(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do("add-cabinet N1 --site BJ --name n --slots N1-1") == 0
    assert do("take-stock N1 --scanned sample=CE9,slot=N1-1") == 0
    assert "unexpected: sample CE9, slot N1-1, told no sample has this code" in capsys.readouterr().out


def test_a_request_sent_twice_is_one_event(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do("add-site SS --name Shaoshan --key mark-1") == 0
    assert do("add-site ST --name Elsewhere --key mark-1") == 2
    assert len(told("journal --verb add-site", capsys)) == 1


def test_a_table_comes_in_and_goes_out(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rocks = "ID,Mission,Type,Subtype,Weight (g),Pristine (%)\n10001,Apollo11,Soil,Unsieved,125.8,88.36\n"
    rocks += "10003,Apollo11,Basalt,Ilmenite,213,65.56\n"
    (tmp_path / "rocks.csv").write_text(rocks)
    assert do(f"import {tmp_path / 'rocks.csv'}") == 0
    assert "2 samples, 338.8 g, events 2 to 3" in capsys.readouterr().out
    assert do(f"export {tmp_path / 'out.csv'} --columns rocks") == 0
    assert (tmp_path / "out.csv").read_text() == rocks
    assert do(f"import {tmp_path / 'rocks.csv'}") == 2
    assert "line 2, ID: '10001' is in the ledger already" in capsys.readouterr().err
    assert do(f"import {tmp_path / 'nowhere.csv'}") == 2
    assert do(f"export {tmp_path / 'nowhere' / 'out.csv'}") == 2
    assert do("where Apollo11") == 0
    assert re.search(r"^ *-338.8 g  received", capsys.readouterr().out, re.MULTILINE)
    assert do("where Apollo99") == 2


def test_a_backup_restores_to_the_same_head(ledger: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do(f"backup {tmp_path / 'lab.zip'}") == 0
    assert do(f"restore {tmp_path / 'lab.zip'} --at {tmp_path / 'again.sqlite3'}") == 0
    wrote, made = capsys.readouterr().out.splitlines()
    assert wrote.split("head ")[1] == made.split("head ")[1]
    assert do(f"verify --at {tmp_path / 'again.sqlite3'}") == 0
    assert do(f"restore {tmp_path / 'lab.zip'} --at {ledger}") == 2
    assert "a file is there already" in capsys.readouterr().err


def test_a_token_is_shown_once_listed_and_ended(ledger: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert do("token new li --days 3") == 0
    secret = capsys.readouterr().out.strip()
    assert do("token list") == 0
    name, person, *_ = capsys.readouterr().out.split()
    assert person == "li"
    assert name not in secret
    assert do(f"token end {name}") == 0
    assert do("token list") == 0
    assert capsys.readouterr().out == ""
    assert do("token new nobody") == 2


def test_without_django_the_house_still_explains_itself() -> None:
    code = "import sys; sys.modules['django'] = None; from farside.cli.main import run; sys.exit(run(sys.argv[1:]))"
    for words, status in ((["lab", "--help"], 0), (["lab", "init"], 2), (["lab", "unseal", "CE6"], 2)):
        asked = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, check=False)
        assert asked.returncode == status, asked.stderr
        assert "pip install 'farside[lab]'" in asked.stdout + asked.stderr


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_is_a_command_with_examples_that_its_arguments_take(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    assert EXAMPLES.get(name), f"cli/lab_examples.py has no example of {name}"
    read: dict[str, Any] = {"document": json.loads(PAPERS.read_text(encoding="utf-8"))}
    monkeypatch.setattr(lab_verbs, "_from_file", lambda file, option: read["document"])
    monkeypatch.setattr(lab_verbs, "_bytes_of", lambda file: b"%PDF-1.7")
    for example in EXAMPLES[name]:
        line = shlex.split(example)
        assert line[:2] == ["farside", "lab"], example
        assert line[2] == name.replace("_", "-"), example
        command = lab.get_command(click.Context(cli), line[2])
        assert command is not None
        given = command.make_context(line[2], line[3:]).params
        act = lab_verbs.act_of(given)
        assert act.by
        checked(name, VERBS[name].arguments, lab_verbs.arguments_of(VERBS[name], given))


@pytest.mark.parametrize("name", VERBS)
def test_every_verb_explains_itself(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    typed = name.replace("_", "-")
    assert run(["lab", typed, "--help"]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"Usage: farside lab {typed} ")
    assert re.search(r"Who may: \w", text)
    command = lab.get_command(click.Context(cli), typed)
    assert command is not None
    assert all(parameter.help for parameter in command.params if isinstance(parameter, click.Option))


def test_no_verb_has_the_name_of_another_command() -> None:
    assert not set(lab.commands) & set(lab_verbs.names())
    for name, verb in VERBS.items():
        taken = set(verb.arguments.model_fields) & {*lab_verbs.ACTING, "ledger", "as_json", "at", "json"}
        assert not taken, f"{name}: {taken} are options of every verb"
