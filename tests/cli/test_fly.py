"""`farside fly` and `farside show`: words, exit codes and streams. The flight itself is a stand-in; real ones are flown elsewhere."""

from __future__ import annotations

import json
import pathlib
import re
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

import farside
import farside.products
from farside.cli.main import run
from farside.cli.progress import Progress
from farside.mission import Mission
from farside.phases.leg import Outcome
from farside.planning.lunar_plane import PlanError

MISSIONS = pathlib.Path(__file__).parents[2] / "missions"
CHANGE6 = str(MISSIONS / "change6.toml")

EVENTS = [
    {"event": "tli", "phase": "transfer", "craft": "launcher", "modules": ["second_stage"], "epoch_utc": "2024-05-03T10:02:00.000Z",
     "met_s": 2071.0, "center": "earth", "altitude_km": 200.1, "speed_km_s": 7.7841, "mass_kg": 36210.0, "data": {"delta_v_m_s": 3123.4}},
    {"event": "perilune", "phase": "capture", "craft": "stack", "modules": ["orbiter"], "epoch_utc": "2024-05-08T02:15:00.000Z",
     "met_s": 405451.0, "center": "moon", "altitude_km": 201.2, "speed_km_s": 2.2, "mass_kg": 8000.0, "data": {}},
]  # fmt: skip


@dataclass(frozen=True)
class StandIn:
    """What `fly` hands back, as far as the command line looks at it."""

    mission: Any
    outcome: Outcome = Outcome.DONE
    plan: Any = field(default_factory=lambda: SimpleNamespace(prices=[SimpleNamespace(what="capture", delta_v_m_s=347.9)]))
    advice: str = ""


def write_stand_in(flight: StandIn, folder: pathlib.Path, more: Mapping[str, Callable[[pathlib.Path], None]]) -> dict[str, pathlib.Path]:
    """The files that the command line reads again, and what it gives to lie beside them."""
    folder.mkdir(parents=True, exist_ok=True)
    files = {name: folder / name for name in ("plan.json", "events.json", *more, "flight.json")}
    for name, write in more.items():
        write(files[name])
    prices = [{"what": price.what, "delta_v_m_s": price.delta_v_m_s} for price in flight.plan.prices]
    files["plan.json"].write_text(json.dumps({"prices": prices}), encoding="utf-8")
    files["events.json"].write_text(json.dumps(EVENTS), encoding="utf-8")
    record = {"mission": flight.mission.name, "outcome": flight.outcome.value, "advice": flight.advice, "files": list(files)}
    record |= {"duration_s": 450000.0, "delta_v_m_s": 3471.3, "legs": []}
    files["flight.json"].write_text(json.dumps(record), encoding="utf-8")
    return files


@pytest.fixture
def flown(monkeypatch: pytest.MonkeyPatch, tmp_path: pathlib.Path) -> SimpleNamespace:
    """A stand-in for planning and flying, in an empty working folder; remembers how it was called."""
    stand_in = SimpleNamespace(outcome=Outcome.DONE, advice="", raises=None, calls=[])

    def plan(mission: Mission, progress: Callable[[str, float], None]) -> str:
        progress("plan the transfer", 0.5)
        if stand_in.raises is not None:
            raise stand_in.raises
        return f"plan of {mission.name}"

    def fly(mission: Mission, plan: str, progress: Callable[[str, float], None], dispersed: bool) -> StandIn:
        progress("fly", 1.0)
        stand_in.calls.append((mission.seed, plan, dispersed))
        return StandIn(mission, stand_in.outcome, advice=stand_in.advice)

    module = SimpleNamespace(plan=plan, fly=fly)
    monkeypatch.setitem(sys.modules, "farside.flight", module)
    monkeypatch.setattr(farside, "flight", module, raising=False)
    monkeypatch.setattr(farside.products, "write_flight", write_stand_in)
    monkeypatch.setattr("farside.plots.report.report", lambda _flight: "a page")
    monkeypatch.setattr("farside.cli.printing.rows", lambda _flight: farside.products.timeline.rows_from_events(EVENTS))
    monkeypatch.chdir(tmp_path)
    return stand_in


def test_a_flight_prints_its_timeline_and_where_its_files_are(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", CHANGE6]) == 0
    out, err = capsys.readouterr()
    assert "2024-05-03 10:02:00" in out
    assert "3123.40" in out
    assert "change6: flown to the end of its road" in out
    assert "  5.2 days  flown\n  3,471 m/s  velocity change of all burns\n" in out
    assert "files in flights/change6: plan.json, events.json, report.html, flight.json" in out
    assert "\x1b" not in out + err  # no colours where nobody looks
    assert err.splitlines() == ["read the mission ...", "plan the transfer ...", "fly ...", "draw the report ...", "write the files ..."]
    assert flown.calls == [(0, "plan of change6", False)]


def test_what_was_flown_can_be_shown_again(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", CHANGE6, "--out", "here/there"]) == 0
    printed = capsys.readouterr().out
    assert run(["show", "here/there"]) == 0
    assert capsys.readouterr().out == printed


def test_an_outcome_ends_with_one_and_its_advice(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    flown.outcome, flown.advice = Outcome.PROPELLANT_EXHAUSTED, "ran dry in loi_2; carry 23 kg more"
    assert run(["fly", CHANGE6]) == 1
    assert "change6: ended: propellant exhausted; ran dry in loi_2; carry 23 kg more" in capsys.readouterr().out
    assert run(["show", "flights/change6"]) == 1


def test_goals_that_cannot_be_met_end_with_one(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    flown.raises = PlanError("the plane misses the site by 3.0 deg; a later touchdown would do")
    assert run(["fly", CHANGE6]) == 1
    out, err = capsys.readouterr()
    assert not out
    assert err.splitlines()[-1] == "no plan: the plane misses the site by 3.0 deg; a later touchdown would do"
    assert not pathlib.Path("flights").exists()


def test_an_interruption_is_one_sentence_and_leaves_nothing(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    flown.raises = KeyboardInterrupt()
    assert run(["fly", CHANGE6]) == 130
    assert capsys.readouterr().err.splitlines()[-1] == "farside: interrupted; nothing half-written was left"
    assert not list(pathlib.Path().iterdir())


def test_data_that_are_not_here_are_a_refusal(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    flown.raises = FileNotFoundError('ephemeris "de440" needs the extra `precise`')
    assert run(["fly", CHANGE6]) == 2
    assert "needs the extra `precise`" in capsys.readouterr().err


def test_dispersed_flights_are_drawn_by_the_seed(flown: SimpleNamespace) -> None:
    assert run(["fly", CHANGE6, "--dispersed", "--seed", "17"]) == 0
    assert run(["fly", CHANGE6, "--dispersed"]) == 0
    assert [(seed, dispersed) for seed, _, dispersed in flown.calls] == [(17, True), (0, True)]


def test_a_seed_without_dispersions_is_refused(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", CHANGE6, "--seed", "17"]) == 2
    assert "add --dispersed" in capsys.readouterr().err
    text = pathlib.Path(CHANGE6).read_text(encoding="utf-8")
    begin, end = text.index("[dispersions]"), text.index("[[phases]]")
    pathlib.Path("calm.toml").write_text(text[:begin] + text[end:], encoding="utf-8")
    assert run(["fly", "calm.toml", "--dispersed"]) == 2
    assert "has no [dispersions]" in capsys.readouterr().err
    assert not flown.calls


def test_a_folder_that_cannot_be_written_is_refused_before_the_flight(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    pathlib.Path("taken").write_text("", encoding="utf-8")
    for out in ("taken", "taken/below"):
        assert run(["fly", CHANGE6, "--out", out]) == 2
        assert "taken is a file; name a folder" in capsys.readouterr().err
    assert not flown.calls


def test_json_is_one_object_on_the_output_stream(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", CHANGE6, "--json", "--timing"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["outcome"] == "done"
    assert answer["events"] == EVENTS
    assert pathlib.Path(answer["files"]["flight.json"]).is_file()
    assert list(answer["timing_s"]) == ["read the mission", "plan the transfer", "fly", "draw the report", "write the files"]


def test_timing_says_the_share_of_each_stage(flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", CHANGE6, "--timing"]) == 0
    lines = capsys.readouterr().out.splitlines()[-6:]
    stages = ["read the mission", "plan the transfer", "fly", "draw the report", "write the files", "in all"]
    assert [line[:18].rstrip() for line in lines] == stages
    assert sum(float(line.split()[-2]) for line in lines[:-1]) == pytest.approx(100.0, abs=0.3)  # five shares, each rounded to 0.1


def test_progress_counts_the_seconds_of_each_stage_also_when_live(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = iter([0.0, 0.0, 2.0, 3.0, 7.0])
    monkeypatch.setattr("farside.cli.progress.time", SimpleNamespace(perf_counter=lambda: next(clock)))
    with Progress(live=True) as progress:
        progress("plan", 0.0)
        progress("plan", 0.5)
        progress("fly", 0.0)
    assert progress.seconds == {"plan": 3.0, "fly": 4.0}


def test_a_mission_file_is_shown_with_what_it_declares(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", CHANGE6]) == 0
    out = capsys.readouterr().out
    assert "touchdown       2024-06-01T22:23:00Z   -41.6385 N  206.0148 E, moon" in out
    assert "main 3,000 N 312 s" in out
    assert "lander_separation" in out


def test_a_folder_without_a_flight_is_refused(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["show", str(tmp_path)]) == 2
    assert "no flight here (flight.json is missing)" in capsys.readouterr().err
    (tmp_path / "flight.json").write_text("{", encoding="utf-8")
    assert run(["show", str(tmp_path)]) == 2
    assert "cannot be read" in capsys.readouterr().err
    (tmp_path / "flight.json").write_text("[]", encoding="utf-8")
    (tmp_path / "events.json").write_text("[{}]", encoding="utf-8")
    assert run(["show", str(tmp_path)]) == 2
    assert "written by another version of farside" in capsys.readouterr().err


def test_a_bad_gravity_file_is_refused_and_none_is_listed(
    tmp_path: pathlib.Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FARSIDE_DATA", str(tmp_path / "data"))
    (tmp_path / "x.cof").write_text("not a field\n", encoding="utf-8")
    assert run(["data", "add", str(tmp_path / "x.cof")]) == 2
    assert str(tmp_path / "x.cof") in capsys.readouterr().err
    assert run(["data", "list"]) == 0
    assert "nothing added yet" in capsys.readouterr().out


@pytest.mark.parametrize("columns", [80, 200])
def test_on_a_terminal_the_timeline_is_as_wide_as_that(
    flown: SimpleNamespace, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, columns: int
) -> None:
    monkeypatch.setenv("COLUMNS", str(columns))
    monkeypatch.setattr("farside.cli.printing.sys.stdout.isatty", lambda: True)
    assert run(["fly", CHANGE6]) == 0
    out = capsys.readouterr().out
    assert "\x1b[36m" in out  # a burn stands out
    lines = re.sub(r"\x1b\[[0-9;]*m", "", out).splitlines()[: 2 + len(EVENTS)]
    assert max(map(len, lines)) <= columns
    assert ("mission time" in lines[0]) == (columns == 200)
    assert any("left out in 80 columns: mission time" in line for line in lines) == (columns == 80)


def test_a_mission_without_a_plan_pays_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    from farside.cli.printing import print_prices

    print_prices({})
    assert not capsys.readouterr().out


@pytest.mark.parametrize("words", [["show"], ["report"], ["export"], ["compare", CHANGE6]])
def test_a_flight_that_is_not_there_is_told_with_those_that_are(
    words: list[str], flown: SimpleNamespace, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["fly", CHANGE6]) == 0
    capsys.readouterr()
    assert run([*words, "flights/change7"]) == 2
    said = "flights/change7: no such folder or file; did you mean 'flights/change6'? flights and missions here: flights/change6"
    assert capsys.readouterr().err.strip() == said


def test_a_folder_is_no_mission_but_a_flight_keeps_its_own(tmp_path: pathlib.Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["fly", str(tmp_path)]) == 2
    assert capsys.readouterr().err.splitlines()[-1] == f"{tmp_path} is a folder; name a mission file, a .toml"
    (tmp_path / "mission.toml").touch()
    assert run(["cite", str(tmp_path)]) == 2
    assert capsys.readouterr().err.strip().endswith(f"a .toml, or {tmp_path / 'mission.toml'}")
