"""`farside check`: everything wrong with every file, on the error stream, and exit code 2."""

from __future__ import annotations

import pathlib
import subprocess
import sys

import pytest

from farside.cli.main import run

MISSIONS = pathlib.Path(__file__).parents[2] / "missions"
CHANGE6 = (MISSIONS / "change6.toml").read_text(encoding="utf-8")


@pytest.fixture
def bad(tmp_path: pathlib.Path) -> pathlib.Path:
    """Chang'e-6 with a wrong unit, an impossible date, a missing source and an unknown craft."""
    text = CHANGE6.replace('"8600 km"', '"8600 kg"').replace('"2024-06-01T22:23:00Z"', '"2024-06-31T22:23:00Z"')
    text = text.replace(', source = "facts V11"', "").replace('craft = "capsule"', 'craft = "capsul"', 1)
    file = tmp_path / "bad.toml"
    file.write_text(text, encoding="utf-8")
    return file


def test_good_files_are_in_order(capsys: pytest.CaptureFixture[str]) -> None:
    files = sorted(str(file) for file in MISSIONS.glob("*.toml"))
    assert run(["check", *files]) == 0
    out, err = capsys.readouterr()
    assert [line.split(": in order: ")[0] for line in out.splitlines()] == files
    assert not err


def test_every_problem_is_listed_at_once_with_file_key_value_and_what_is_allowed(
    bad: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["check", str(bad)]) == 2
    out, err = capsys.readouterr()
    assert not out
    lines = [line.removeprefix(f"{bad}: ") for line in err.splitlines()]
    assert lines[0].startswith('goals.touchdown = "2024-06-31T22:23:00Z": ')
    assert lines[1].startswith('modules.returner.dry_mass = "300 kg": the source is missing; write { value = ')
    assert lines[2].startswith('phases[5].apolune_altitude = "8600 kg": ')
    assert 'write a length like "200 km"' in lines[2]
    assert (
        lines[3]
        == "phases[24].craft = \"capsul\": no such craft at this point; did you mean 'capsule'? flying now: capsule, lander, orbiter"
    )
    assert len(lines) == 4


def test_one_bad_file_does_not_hide_the_others(bad: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    nowhere = bad.with_name("bid.toml")
    assert run(["check", str(bad), str(MISSIONS / "change5.toml"), str(nowhere)]) == 2
    out, err = capsys.readouterr()
    assert out.count("in order") == 1
    assert f"{nowhere}: no such file; did you mean 'bad.toml'?" in err


@pytest.mark.parametrize("command", [["fly"], ["show"], ["fly", "--json"]])
def test_other_commands_refuse_the_same_files_in_the_same_words(
    command: list[str], bad: pathlib.Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run(["check", str(bad)])
    wrong = capsys.readouterr().err
    assert run([*command, str(bad)]) == 2
    out, err = capsys.readouterr()
    assert not out
    assert err.endswith(wrong)


def test_the_process_ends_with_the_code(bad: pathlib.Path) -> None:
    asked = subprocess.run([sys.executable, "-m", "farside", "check", str(bad)], capture_output=True, text=True, check=False)
    assert asked.returncode == 2
    assert "Traceback" not in asked.stderr


def test_checking_compiles_nothing() -> None:
    """Kernels are compiled when they are first called: a check calls none, so it is done in a second."""
    file = str(MISSIONS / "change6.toml")
    compiled = "from farside.dynamics.propagate import _propagate; sys.exit(len(_propagate.signatures))"
    code = f"import sys; from farside.cli.main import run; run(['check', {file!r}]); {compiled}"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=False).returncode == 0
