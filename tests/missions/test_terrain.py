"""Landings on declared ground: an elevation model of the user's, counted craters, slopes; what was stood on is told, and what is too steep.

The landing of Chang'e-5 alone, on an orbit that is declared, flies in a tenth of a second.
"""

from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import farside as fs
from farside.environment import store
from farside.environment.site_terrain import GroundError
from farside.flight import setting_of
from farside.mission import Mission, from_text
from farside.phases.leg import Outcome
from farside.products import write_flight
from farside.products.record import data_used

TEXT = (Path(__file__).parents[2] / "missions" / "change5_landing.toml").read_text(encoding="utf-8")


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FARSIDE_DATA", str(tmp_path / "data"))


def landing(*lines: str) -> Mission:
    """The landing with a table [terrain] of these lines."""
    return from_text("\n".join([TEXT, "", "[terrain]", *lines, ""]))


def flown(mission: Mission, **how: Any) -> fs.Flight:
    return fs.fly(mission, fs.plan(mission), **how)


def touchdown(flight: fs.Flight) -> dict[str, Any]:
    return dict(next(event for event in flight.events if event.name == "touchdown").data)


def tilted(folder: Path, slope_deg: float) -> str:
    """A plane of 200 m that rises to the north-east, added to the store: its name."""
    along = np.arange(-100.0, 100.5, 1.0)
    rise = math.tan(math.radians(slope_deg)) / math.sqrt(2.0)
    lines = [f"{e},{n},{rise * (e + n)}" for e in along for n in along]
    path = folder / f"tilted_{slope_deg:g}.csv"
    path.write_text("east_m,north_m,height_m\n" + "\n".join(lines))
    return store.add(path).name


def test_a_plane_of_three_degrees_is_landed_on_and_told(tmp_path: Path) -> None:
    name = tilted(tmp_path, 3.0)
    flight = flown(landing(f'file = "{name}"'))
    assert flight.outcome is Outcome.DONE, flight.advice
    data = touchdown(flight)
    assert data["tilt_deg"] == pytest.approx(3.0, abs=1e-6)
    assert data["ground"] == "tilted_3.csv"
    assert "slope 3.0 deg of 8.0 allowed, roughness 0.00 m" in data["safe_spot"]
    assert (data["safe_spot_east_m"], data["safe_spot_north_m"]) == (0.0, 0.0)  # all places are alike: the nearest
    assert abs(data["height_above_site_m"]) < 1.0


def test_heights_count_from_the_altitude_of_the_site(tmp_path: Path) -> None:
    """A level model 20 m above it, of which the site is not the middle: the last step of 0.1 s goes at 2 m/s."""
    lines = [f"{e},{n},20" for e in range(-60, 301) for n in range(-150, 61)]
    (tmp_path / "level.csv").write_text("east_m,north_m,height_m\n" + "\n".join(lines))
    store.add(tmp_path / "level.csv")
    mission = landing('file = "level.csv"')
    flight = flown(mission)
    assert flight.outcome is Outcome.DONE, flight.advice
    assert touchdown(flight)["height_above_site_m"] == pytest.approx(20.0, abs=0.25)
    assert math.hypot(*flight.events[-1].r_m) == pytest.approx(1737.4e3 + mission.landing_site.altitude_m + 20.0, abs=0.25)


def test_the_files_are_named_with_their_digests(tmp_path: Path) -> None:
    mission = landing(f'file = "{tilted(tmp_path, 3.0)}"')
    written = write_flight(flown(mission), tmp_path / "out")
    used = json.loads(written["flight.json"].read_text(encoding="utf-8"))["data"]
    assert used["terrain"] == f"tilted_3.csv, sha256 {store.find('terrain', 'tilted_3.csv').sha256}"


def test_without_a_table_the_ground_is_synthetic_and_says_so(tmp_path: Path) -> None:
    flight = flown(from_text(TEXT))
    assert touchdown(flight)["ground"] == "synthetic terrain, seed 0: not a map"
    written = write_flight(flight, tmp_path / "out")
    assert json.loads(written["flight.json"].read_text(encoding="utf-8"))["data"]["terrain"] == "synthetic, seed 0"


def test_twelve_degrees_everywhere_are_no_safe_ground(tmp_path: Path) -> None:
    flight = flown(landing(f'file = "{tilted(tmp_path, 12.0)}"'))
    assert flight.outcome is Outcome.NO_SAFE_GROUND
    assert "tilted_12.csv: too steep everywhere, by 4.0 deg at the gentlest place" in flight.advice
    assert "a larger tilt_max" in flight.advice
    assert not flight.burns


def test_a_regional_slope_is_stood_on() -> None:
    """Mare stands 2 deg from level by itself; the spot is chosen for less of both together."""
    flat, sloping = (touchdown(flown(landing(*lines))) for lines in ([], ['slope_east = { value = "5 deg", source = "assumed: a test" }']))
    assert flat["tilt_deg"] < 1.0 < 2.0 < sloping["tilt_deg"] <= 8.0


def test_a_model_too_small_for_the_descent_is_refused_before_the_flight(tmp_path: Path) -> None:
    (tmp_path / "small.csv").write_text("east_m,north_m,height_m\n" + "\n".join(f"{e},{n},0" for e in range(-9, 10) for n in range(-9, 10)))
    store.add(tmp_path / "small.csv")
    mission = landing('file = "small.csv"')
    with pytest.raises(GroundError, match=r"43\.5 m too small"):
        flown(mission)


def test_all_runs_of_a_seed_share_one_ground_and_one_spot(tmp_path: Path) -> None:
    mission = landing()
    plan = fs.plan(mission)
    grounds = [setting_of(mission, plan, dispersed=run > 0, run=run).terrain for run in range(3)]
    assert grounds[0] is grounds[1] is grounds[2]
    data = [touchdown(flown(mission, dispersed=True, run=run)) for run in (1, 2)]
    assert data[0]["safe_spot"] == data[1]["safe_spot"]
    assert data[0]["horizontal_speed_m_s"] != data[1]["horizontal_speed_m_s"]


def test_change_6_lands_among_the_craters_that_were_counted_there(shared_data: Path, change6: fs.Flight) -> None:
    """The road does not ask for the ground: its plan is that of the mission without the table."""
    stored = store.add(shared_data / "ce6_vicinity_craters.scc")
    mission = from_text(change6.mission.text + '\n[terrain]\ncraters = "ce6_vicinity_craters.scc"\n')
    flight = fs.fly(mission, replace(change6.plan, digest=mission.digest))
    data, before = touchdown(flight), touchdown(change6)
    assert flight.outcome is Outcome.DONE, flight.advice
    assert data["ground"] == "synthetic terrain, seed 0: not a map (larger craters where they were counted)"
    assert data["tilt_deg"] <= 8.0
    assert data["safe_spot"] != before["safe_spot"]
    assert data_used(mission)["terrain"] == f"synthetic, seed 0, ce6_vicinity_craters.scc, sha256 {stored.sha256}"
