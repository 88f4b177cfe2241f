"""`farside compare`: two folders with their mission files, two missions, refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from farside.cli.main import run

LANDING = Path(__file__).parents[2] / "missions" / "change3_landing.toml"


@pytest.fixture(scope="module")
def flights(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A landing, and one with a weaker engine."""
    root = tmp_path_factory.mktemp("flights")
    text = LANDING.read_text(encoding="utf-8")
    assert text.count('thrust = { value = "7500 N"') == 1
    (root / "weak.toml").write_text(text.replace('thrust = { value = "7500 N"', 'thrust = { value = "7300 N"'), encoding="utf-8")
    for mission, name in ((LANDING, "a"), (root / "weak.toml", "b")):
        assert run(["fly", str(mission), "--out", str(root / name)]) == 0
    return root / "a", root / "b"


def test_a_weaker_engine_is_found_and_what_it_costs(flights: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    a, b = flights
    assert (a / "mission.toml").read_bytes() == LANDING.read_bytes(), "a folder says what was declared"
    assert run(["compare", str(a), str(b)]) == 0
    out = capsys.readouterr().out
    assert "modules.lander.engines.main.thrust  7500 N  ->  7300 N  (-200 N)" in out
    assert any(line.split()[0] == "pdi" for line in out.splitlines() if "m/s" not in line and line.strip())
    assert run(["compare", str(a), str(b), "--json"]) == 0
    answers = json.loads(capsys.readouterr().out)["answers"]
    (pdi,) = (burn for burn in answers["burns"] if burn["burn"] == "pdi")
    assert pdi["b_less_a"]["delta_v_m_s"] > 0.0, "weaker, longer, and more of it against gravity"


def test_a_flight_and_a_mission(flights: tuple[Path, Path], capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(flights[0]), str(LANDING)]) == 0
    out = capsys.readouterr().out
    assert "the same is declared" in out and "B is a mission file" in out


def test_what_is_no_flight_is_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["compare", str(tmp_path), str(LANDING)]) == 2
    assert "no flight here" in capsys.readouterr().err
    (tmp_path / "x.toml").write_text("[missions]\n", encoding="utf-8")
    assert run(["compare", str(LANDING), str(tmp_path / "x.toml")]) == 2
    assert "no such table" in capsys.readouterr().err
