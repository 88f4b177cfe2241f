"""The phase of the parachutes: its events in order, its arcs without gap, what ends it, the wind of the entry, what its table refuses."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from down_home import ENTRY, GOAL, MASS_KG, RECOVERY, REEFED, capsule, flown, parachute, setting
from pydantic import ValidationError

from farside.basis.axes import geodetic_from_itrf, icrf_to_itrf
from farside.craft.module import Gone, Landed
from farside.craft.parachute import CANOPY_KINDS
from farside.dynamics.world import World
from farside.environment.atmosphere import us1976
from farside.environment.wind import wind_at
from farside.phases.leg import Event, Leg, Outcome

TWO_POLES_M = 0.07  # the propagator's ellipsoid stands on the pole of date, that of ITRF elsewhere: 4 cm and the gate's own centimetre


def named(leg: Leg, name: str) -> Event:
    return next(event for event in leg.events if event.name == name)


def height_m(event: Event) -> float:
    return float(geodetic_from_itrf(*(icrf_to_itrf(event.epoch_s) @ np.array(event.r_m)))[2])


def test_drogue_main_landing(world: World) -> None:
    leg = flown(world, parachute(), capsule(11e3))
    assert (leg.outcome, [event.name for event in leg.events]) == (Outcome.DONE, ["drogue", "main", "landing"])
    assert [height_m(event) for event in leg.events] == pytest.approx([10e3, 6e3, 1100.0], abs=TWO_POLES_M)
    assert 200.0 < leg.end_s - leg.start_s < 900.0
    assert leg.advice.startswith("lands at 1")


def test_the_landing_is_at_the_terminal_speed_of_main_and_shell(world: World) -> None:
    """Down at sqrt(2 m g / (density area)) of the air at 1100 m, across with the wind of the ground."""
    landing = named(flown(world, parachute(), capsule()), "landing")
    area = CANOPY_KINDS["ringsail"].drag_coefficient * math.pi * 16.0 + ENTRY.shell.points[0][2] * ENTRY.shell.area_m2
    steady = math.sqrt(2.0 * MASS_KG * 9.80 / (float(us1976(1100.0).density_kg_m3[0]) * area))
    assert landing.data["vertical_speed_m_s"] == pytest.approx(steady, rel=3e-3)
    blows = wind_at(1100.0, ENTRY.forecast(GOAL))
    assert landing.data["horizontal_speed_m_s"] == pytest.approx(math.hypot(*blows), abs=0.15)


def test_the_history_is_the_fall(world: World) -> None:
    """From the first arc to the ground: a canopy's force is its area times the pressure, its greatest that of the opening; the last speeds
    are those of the landing."""
    leg = flown(world, parachute(), capsule(11e3))
    told = leg.history
    assert told is not None and (np.diff(told.epochs_s) > 0.0).all()
    assert (told.epochs_s[0], told.epochs_s[-1]) == (leg.start_s, leg.end_s)
    columns = told.columns
    assert columns["canopy_force_n"] == pytest.approx(columns["canopy_drag_area_m2"] * columns["dynamic_pressure_pa"])
    assert columns["canopy_force_n"][told.epochs_s < named(leg, "drogue").epoch_s] == pytest.approx(0.0)
    loads = [named(leg, name).data["opening_load_n"] for name in ("drogue", "main")]
    under_main = told.epochs_s >= named(leg, "main").epoch_s
    assert [columns["canopy_force_n"][part].max() for part in (~under_main, under_main)] == pytest.approx(loads)
    landing = named(leg, "landing").data
    assert columns["vertical_speed_m_s"][-1] == pytest.approx(landing["vertical_speed_m_s"], abs=1e-3)
    assert columns["horizontal_speed_m_s"][-1] == pytest.approx(landing["horizontal_speed_m_s"], abs=1e-3)
    assert columns["height_m"][-1] == pytest.approx(RECOVERY.altitude_m, abs=0.01)
    assert columns["load_g"][-1] == pytest.approx(1.0, abs=0.01)  # at its terminal speed the air carries its weight


def test_it_stands_on_the_ground_where_it_came_down(world: World) -> None:
    leg = flown(world, parachute(), capsule())
    place, landing = leg.after[0].place, named(leg, "landing")
    assert isinstance(place, Landed)
    assert (place.center, place.site) == ("earth", "recovery")
    latitude, longitude, altitude = geodetic_from_itrf(*place.r_fixed_m)
    assert altitude == pytest.approx(RECOVERY.altitude_m, abs=TWO_POLES_M)
    east = 6383e3 * math.cos(latitude) * (longitude - RECOVERY.longitude_rad)
    north = 6364e3 * (latitude - RECOVERY.latitude_rad)
    assert landing.data["target_miss_m"] == pytest.approx(math.hypot(east, north), rel=3e-3)
    assert east > 500.0  # it flew east, and so blows the wind of June


def test_arcs_without_a_gap_and_a_load_for_each(world: World) -> None:
    leg = flown(world, parachute(), capsule(11e3))
    assert len(leg.loads) == len(leg.arcs) == 3  # falling, drogue, main
    assert leg.arcs[0].start_s == leg.start_s
    assert leg.arcs[-1].end_s == leg.end_s
    for one, next_ in itertools.pairwise(leg.arcs):
        assert one.end_s == next_.start_s
        assert np.array_equal(one.states[-1], next_.states[0])
    assert {arc.mode for arc in leg.arcs} == {"flying"}


def test_an_arc_between_its_nodes_is_smooth(world: World) -> None:
    """The slope of the place is the velocity, to a centimetre a second, also while the canopies fill."""
    leg = flown(world, parachute(), capsule(11e3))
    for arc in leg.arcs:
        for t in np.linspace(arc.start_s + 0.02, arc.end_s - 0.02, 60):
            before, here, after = arc.at(np.array([t - 0.005, t, t + 0.005]))
            assert np.linalg.norm((after[:3] - before[:3]) / 0.01 - here[3:6]) < 0.02


def test_a_gate_that_is_met_already_opens_at_once(world: World) -> None:
    leg = flown(world, parachute(), capsule(9e3))
    assert named(leg, "drogue").epoch_s == leg.start_s


def test_reefing_spares_the_main(world: World) -> None:
    leg = flown(world, parachute(main=REEFED), capsule())
    assert len(leg.arcs) == 3  # drogue, main reefed, main
    assert leg.arcs[1].end_s - leg.arcs[1].start_s == pytest.approx(8.0, abs=1e-6)
    reefed, whole = named(leg, "main").data, named(flown(world, parachute(), capsule()), "main").data
    assert reefed["opening_load_n"] < 0.8 * whole["opening_load_n"]
    assert whole["drag_area_m2"] == reefed["drag_area_m2"] == pytest.approx(0.8 * math.pi * 16.0)


def test_a_torn_drogue_says_by_how_much(world: World) -> None:
    leg = flown(world, parachute({"load_limit_n": 2e3}), capsule(10e3, 200.0))
    assert leg.outcome is Outcome.IMPACT
    assert [event.name for event in leg.events] == ["drogue", "drogue_torn", "impact"]
    load = named(leg, "drogue_torn").data["load_n"]
    assert f"its opening load is {load / 1e3:.1f} kN, 2.0 are allowed" in leg.advice
    enough = flown(world, parachute({"load_limit_n": 1.01 * load}), capsule(10e3, 200.0))
    assert enough.outcome is Outcome.DONE
    assert named(enough, "drogue").data["opening_load_n"] == pytest.approx(load)
    assert isinstance(leg.after[0].place, Gone)


def test_a_torn_main_falls_to_the_ground(world: World) -> None:
    leg = flown(world, parachute(main={"load_limit_n": 5e3}), capsule())
    assert leg.outcome is Outcome.IMPACT
    assert [event.name for event in leg.events] == ["drogue", "main", "main_torn", "impact"]
    assert named(leg, "impact").data["vertical_speed_m_s"] > 60.0
    assert "strikes the Earth at" in leg.advice
    assert leg.arcs[-1].end_s == leg.end_s == named(leg, "impact").epoch_s


@pytest.mark.parametrize(
    ("drogue", "why"),
    [
        ({"pressure_min_pa": 2e4, "pressure_max_pa": None}, "with 20000 Pa of dynamic pressure or more"),
        ({"mach_max": 0.1}, "at Mach 0.1 or less"),
        ({"altitude_m": 500.0}, "never came to open at or below 0.5 km"),
    ],
)
def test_a_gate_that_is_never_met_ends_on_the_ground(world: World, drogue: dict[str, float], why: str) -> None:
    main = {"altitude_m": 400.0} if "altitude_m" in drogue else {}
    leg = flown(world, parachute(drogue, main), capsule())
    assert leg.outcome is Outcome.IMPACT
    assert why in leg.advice
    assert [event.name for event in leg.events] == ["impact"]


def test_a_main_that_never_opens(world: World) -> None:
    leg = flown(world, parachute(main={"altitude_m": 1000.0}), capsule())
    assert (leg.outcome, [event.name for event in leg.events]) == (Outcome.IMPACT, ["drogue", "impact"])
    assert "a higher main.altitude would do" in leg.advice


def test_too_small_a_main_is_an_impact(world: World) -> None:
    leg = flown(world, parachute(main={"diameter_m": 5.0}), capsule())
    assert leg.outcome is Outcome.IMPACT
    assert "allowed are 14.0 and 15.0; a larger main would do" in leg.advice
    assert isinstance(leg.after[0].place, Landed)


def test_a_canopy_too_large_is_told(world: World) -> None:
    leg = flown(world, parachute(main={"diameter_m": 300.0, "load_limit_n": 1e9}), capsule())
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "a smaller canopy would do" in leg.advice


def test_the_air_and_the_wind_are_those_of_the_entry_in_the_same_run(world: World) -> None:
    """Draws go by the name of the entry: the wind that blows the capsule about is the one that the entry flew in."""
    there = setting(world, 3)
    body = ENTRY.body(there, ENTRY.taken_for(GOAL))
    landing = named(flown(world, parachute(), capsule(), 3), "landing")
    blows = wind_at(1100.0, body.wind)
    assert landing.data["horizontal_speed_m_s"] == pytest.approx(math.hypot(*blows), abs=0.15)
    assert abs(math.hypot(*blows) - math.hypot(*wind_at(1100.0, ENTRY.forecast(GOAL)))) > 0.1
    again = parachute(name="another")
    assert named(flown(world, again, capsule(), 3), "landing").data["horizontal_speed_m_s"] == pytest.approx(
        landing.data["horizontal_speed_m_s"], abs=0.15
    )


def test_runs_differ_and_repeat(world: World) -> None:
    speeds = [named(flown(world, parachute(), capsule(), run), "landing").data["vertical_speed_m_s"] for run in (1, 2, 1)]
    assert speeds[0] == speeds[2] != speeds[1]


@pytest.mark.parametrize(
    ("drogue", "main", "why"),
    [
        ({}, {"altitude_m": 11e3}, "main.altitude must not be more than drogue.altitude"),
        ({"reefed": 0.2}, {}, "reefed and reefed_for go together"),
        ({"pressure_min_pa": 9e3}, {}, "pressure_max must be more than pressure_min"),
        ({"canopy": "square"}, {}, "must be"),
    ],
)
def test_what_cannot_be_is_refused(drogue: dict[str, object], main: dict[str, object], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        parachute(drogue, main)
