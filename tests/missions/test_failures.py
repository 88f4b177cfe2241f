"""What fails in flight fails by physics: its outcome, advice that helps when it is followed, and everything flown until then kept.

The landing of Chang'e-3 and the docking of Chang'e-5 with one edit each; they begin in lunar orbit and fly in a second.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import NamedTuple

import pytest

import farside as fs
from farside.cli.main import run
from farside.craft.module import Gone, Landed, Orbit
from farside.environment import store
from landing_text import CHANGE3, DOCKING, edited, fault, flown, touchdown

BRAKED = ("doi", "pdi", "high_gate", "hover")
PLANE = '\n[terrain]\nfile = "plane.csv"\n'
"""Ground without a place that is gentler than the rest: a plane that rises by 10 deg to the east."""
GAUGES_OFF = fault("sensor_off", sensor="altimeter") + fault("sensor_off", sensor="gauge")


class Failure(NamedTuple):
    """A text that ends in `outcome` after `events`, whose advice holds `said`; and the text that follows the advice, given its number."""

    text: str
    outcome: fs.Outcome
    events: tuple[str, ...]
    said: str
    followed: str  # @ is the number that `said` found


FAILURES = {
    "dry tank": Failure(
        edited(CHANGE3, "propellant", "1640 kg", "1120 kg"),
        fs.Outcome.PROPELLANT_EXHAUSTED,
        BRAKED[:4],
        r"lander ran dry \d+ m above the ground; (\d+) kg more of propellant, or \d+ s less of hover_time, would do",
        edited(CHANGE3, "propellant", "1640 kg", "@ kg"),
    ),
    "hover too long": Failure(
        edited(CHANGE3, "hover_time", "10 s", "420 s"),
        fs.Outcome.PROPELLANT_EXHAUSTED,
        BRAKED,
        r"ran dry \d+ m above the ground; \d+ kg more of propellant, or (\d+) s less of hover_time, would do",
        edited(CHANGE3, "hover_time", "10 s", "@ s"),
    ),
    "too steep everywhere": Failure(
        CHANGE3 + PLANE,
        fs.Outcome.NO_SAFE_GROUND,
        (),
        r"too steep everywhere, by (\d+\.\d) deg at the gentlest place",
        edited(CHANGE3, "tilt_max", "8 deg", "@ deg") + PLANE,
    ),
    "lost altimeter": Failure(
        CHANGE3 + fault("sensor_off", sensor="altimeter") + fault("fix_off", up="-50 m"),
        fs.Outcome.IMPACT,
        (*BRAKED, "touchdown"),
        r"it took itself to be (\d+) m lower than it was: an altimeter and a gauge near the ground that work would do",
        CHANGE3 + fault("fix_off", up="-50 m"),
    ),
    "lost altimeter and gauge": Failure(
        CHANGE3 + GAUGES_OFF + fault("fix_off", up="50 m"),
        fs.Outcome.IMPACT,
        (*BRAKED, "touchdown"),
        r"it took itself to be (\d+) m higher than it was: an altimeter and a gauge near the ground that work would do",
        CHANGE3 + fault("fix_off", up="50 m"),
    ),
    "cut off too high": Failure(
        edited(CHANGE3, "cut_off_height", "1.2 m", "6 m"),
        fs.Outcome.IMPACT,
        (*BRAKED, "touchdown"),
        r"down at (\d\.\d\d) m/s and 0\.00 m/s across, .* a lower cut-off or a slower final descent would do",
        CHANGE3,
    ),
    "no thrust in reserve": Failure(
        edited(CHANGE3, "nominal_throttle", "94 %", "98 %") + fault("thrust_off", share="98 %"),
        fs.Outcome.IMPACT,
        ("doi", "pdi", "high_gate", "touchdown"),
        r"(\d+\.\d\d) m/s across, .* it could not follow its guidance: a lower nominal_throttle, more thrust or faster turns would do",
        CHANGE3 + fault("thrust_off", share="98 %"),
    ),
    "more thrust than weight": Failure(
        edited(CHANGE3, "thrust_min", "1500 N", "2250 N"),
        fs.Outcome.PROPELLANT_EXHAUSTED,
        BRAKED,
        r"its thrust_min of 2250 N is more than the (\d+) N that it weighs: a lower one would do",
        edited(CHANGE3, "thrust_min", "1500 N", "@ N"),
    ),
    "a burn too long": Failure(
        CHANGE3 + fault("burns_on", event="doi", lasting="150 %"),
        fs.Outcome.IMPACT,
        ("doi", "impact"),
        r"doi gave (\d+\.\d) m/s of 19\.4\); lander strikes the Moon at 2013-12-14T.*; the burn as it was commanded would do",
        CHANGE3,
    ),
    "stands too far away": Failure(
        edited(CHANGE3, "tilt_max", "8 deg", '8 deg", source = "assumed: test" }\ntarget_miss_max = { value = "100 m')
        + fault("sensor_off", sensor="image")
        + fault("fix_off", along="400 m"),
        fs.Outcome.TARGET_MISSED,
        (*BRAKED, "touchdown"),
        r"stands (\d+) m from the site, allowed are 100; a better fix, or a sensor of the place that works, would do",
        edited(CHANGE3, "tilt_max", "8 deg", '8 deg", source = "assumed: test" }\ntarget_miss_max = { value = "100 m')
        + fault("fix_off", along="400 m"),
    ),
    "missed latch": Failure(
        edited(DOCKING, "speed", "0.2 m/s", "0.4 m/s"),
        fs.Outcome.TARGET_MISSED,
        ("phasing_1", "phasing_4", "rendezvous_start", "hold_3", "approach_7"),
        r"not captured, closing at 0\.4 m/s, the latch takes (0\.\d+): a slower approach would do",
        edited(DOCKING, "speed", "0.2 m/s", "@ m/s"),
    ),
}
FOLLOWED = {
    "dry tank": lambda more: f"{1120 + float(more):.0f}",
    "hover too long": lambda less: f"{420 - float(less):.0f}",
    "too steep everywhere": lambda by: f"{8.0 + float(by) + 0.1:.1f}",  # the tenth that is told is rounded
    "more thrust than weight": lambda weighs: f"{0.95 * float(weighs):.0f}",
    "missed latch": lambda takes: f"{0.95 * float(takes):.3f}",  # a contact just within it
}
"""The number that is put into the file, of the one that the advice names."""


@pytest.fixture(scope="module", autouse=True)
def plane(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """The plane among the data that were added."""
    folder, along = tmp_path_factory.mktemp("data"), range(-60, 61)
    lines = [f"{east},{north},{math.tan(math.radians(10.0)) * east}" for east in along for north in along]
    (folder / "plane.csv").write_text("\n".join(["east_m,north_m,height_m", *lines]), encoding="utf-8")
    with pytest.MonkeyPatch.context() as patched:
        patched.setenv("FARSIDE_DATA", str(folder / "store"))
        store.add(folder / "plane.csv")
        yield


@pytest.fixture(scope="module", params=FAILURES)
def failed(request: pytest.FixtureRequest) -> tuple[str, fs.Flight]:
    return request.param, flown(FAILURES[request.param].text)


def test_it_ends_in_its_outcome_and_the_advice_says_what_would_do(failed: tuple[str, fs.Flight]) -> None:
    name, flight = failed
    assert flight.outcome is FAILURES[name].outcome, flight.advice
    assert re.search(FAILURES[name].said, flight.advice), flight.advice


def test_everything_flown_until_then_is_kept(failed: tuple[str, fs.Flight]) -> None:
    name, flight = failed
    wanted = FAILURES[name].events
    assert [event.name for event in flight.events if event.name in wanted] == list(wanted)
    assert flight.legs[-1].outcome is flight.outcome or any(leg.outcome is flight.outcome for leg in flight.legs)
    assert flight.legs[0].start_s == flight.mission.begins_s
    for leg in flight.legs:
        assert all(one.end_s == other.start_s for one, other in pairwise(leg.arcs))
        burned = sum(burn.propellant_kg for burn in leg.burns)
        assert leg.before[0].mass_kg - burned == pytest.approx(leg.after[0].mass_kg, abs=1e-6)
    for module in flight.modules:
        lives = [leg for leg in flight.legs if module in leg.before[0].module_names and leg.arcs]
        assert lives or not wanted
        for leg in lives:
            assert flight.at(leg.end_s, module).epoch_s == leg.end_s


def test_following_the_advice_helps(failed: tuple[str, fs.Flight]) -> None:
    name, flight = failed
    said = re.search(FAILURES[name].said, flight.advice)
    assert said is not None, flight.advice
    number = FOLLOWED.get(name, str)(said[1])
    better = flown(FAILURES[name].followed.replace("@", number))
    assert better.outcome is fs.Outcome.DONE, f"{number}: {better.advice}"


def test_a_craft_is_where_its_failure_left_it() -> None:
    places = {name: flown(FAILURES[name].text).state.crafts[0].place for name in ("dry tank", "lost altimeter", "a burn too long")}
    assert [type(place) for place in places.values()] == [Orbit, Landed, Gone]


@pytest.mark.parametrize("name", ["dry tank", "hover too long"])
def test_half_of_what_the_advice_names_would_not_have_done(name: str) -> None:
    case = FAILURES[name]
    said = re.search(case.said, flown(case.text).advice)
    assert said is not None
    half = FOLLOWED[name](f"{0.5 * float(said[1]):.1f}")
    assert flown(case.followed.replace("@", half)).outcome is fs.Outcome.PROPELLANT_EXHAUSTED


def test_a_tank_that_is_far_too_small_is_told_what_it_lacks_at_least() -> None:
    """1130 kg are enough, so that 530 are missing; what is told is what it takes to stop, without the way down from there."""
    flight = flown(edited(CHANGE3, "propellant", "1640 kg", "600 kg"))
    said = re.search(r"ran dry \d+ m above the ground; at least (\d+) kg more of propellant are needed", flight.advice)
    assert said is not None, flight.advice
    assert 250.0 < float(said[1]) < 540.0


def test_the_craft_that_lost_its_altimeter_does_land_without_the_error_that_it_hides() -> None:
    """A craft that knows its height needs no altimeter: what fails is knowledge, not the absence of a part."""
    assert flown(CHANGE3 + GAUGES_OFF).outcome is fs.Outcome.DONE


def test_a_nominal_landing_is_none_of_these() -> None:
    flight = flown(CHANGE3)
    assert flight.outcome is fs.Outcome.DONE and flight.advice == ""
    assert touchdown(flight)["target_miss_m"] < 100.0


# On the command line


@pytest.mark.parametrize("name", ["dry tank", "lost altimeter", "a burn too long", "missed latch", "too steep everywhere"])
def test_the_command_ends_with_one_and_leaves_its_files(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    case = FAILURES[name]
    (tmp_path / "x.toml").write_text(case.text, encoding="utf-8")
    assert run(["fly", str(tmp_path / "x.toml"), "--out", str(tmp_path / "out")]) == 1
    record = json.loads((tmp_path / "out" / "flight.json").read_text(encoding="utf-8"))
    assert record["outcome"] == case.outcome.value
    assert re.search(case.said, record["advice"])
    assert f"ended: {case.outcome.value}" in capsys.readouterr().out
    events = [event["event"] for event in json.loads((tmp_path / "out" / "events.json").read_text(encoding="utf-8"))]
    assert [event for event in events if event in case.events] == list(case.events)
    assert {file.name for file in (tmp_path / "out").iterdir()} >= {"plan.json", "burns.json", "trajectory.nc", *record["files"]}
    assert not case.events or record["legs"][0]["start_tdb_s"] < record["legs"][0]["end_tdb_s"]


def test_an_inverted_throttle_range_is_refused_before_it_flies(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "x.toml"
    file.write_text(edited(CHANGE3, "thrust_min", "1500 N", "8 kN"), encoding="utf-8")
    for command in ("fly", "land", "check"):
        words = [command, str(file)] if command == "check" else [command, str(file), "--out", str(tmp_path / "out")]
        assert run(words) == 2
        said = re.search(r"thrust_min = \"8 kN\": must be less than the (\d+) N of modules\.lander\.engines\.main", capsys.readouterr().err)
        assert said is not None
    assert not (tmp_path / "out").exists()
    assert flown(edited(CHANGE3, "thrust_min", "1500 N", f"{0.2 * float(said[1]):.0f} N")).outcome is fs.Outcome.DONE
