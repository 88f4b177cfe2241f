"""The way to the laboratory: where the capsule is, its temperature by the closed form, shocks against their limit, the hand-over."""

from __future__ import annotations

import itertools
import math
from typing import Any

import numpy as np
import pytest
from down_home import EPOCH_S, SITES, capsule, flown, standing
from pydantic import ValidationError
from scipy.integrate import solve_ivp

from farside.basis.axes import icrf_to_itrf, itrf_from_geodetic
from farside.craft.module import Landed
from farside.dynamics.world import World
from farside.phases.leg import Leg, Outcome
from farside.phases.transport import Stage, Transport

G0 = 9.80665
TRUCK = Stage(by="recovery party", to="airfield", speed_m_s=15.0, around_k=303.0, around_error_k=3.0, shock_m_s2=30.0, shock_spread=0.5)
WAITS = Stage(by="air base", duration_s=7200.0, around_k=298.0, around_error_k=1.0, shock_m_s2=2.0, shock_spread=0.3)
PLANE = Stage(by="Il-76", to="laboratory", duration_s=5400.0, around_k=291.0, around_error_k=2.0, shock_m_s2=15.0, shock_spread=0.4)


def transport(**fields: Any) -> Transport:
    kept: dict[str, Any] = {"name": "transport", "kind": "transport", "craft": "capsule", "temperature_k": 300.0, "time_constant_s": 7200.0}
    kept |= {"temperature_min_k": 273.0, "temperature_max_k": 308.0, "shock_limit_m_s2": 200.0, "stages": (TRUCK, WAITS, PLANE)}
    return Transport(**(kept | fields))


def told(leg: Leg, name: str) -> list[dict[str, Any]]:
    return [dict(event.data) for event in leg.events if event.name == name]


def test_three_stages_and_the_door(world: World) -> None:
    leg = flown(world, transport(), standing(0.1))
    assert leg.outcome is Outcome.DONE
    assert [event.name for event in leg.events] == ["transport"] * 3 + ["delivered"]
    assert [way["by"] for way in told(leg, "transport")] == ["recovery party", "air base", "Il-76"]
    assert [(way["from"], way["to"]) for way in told(leg, "transport")] == [
        ("recovery", "airfield"),
        (None, "airfield"),
        ("airfield", "laboratory"),
    ]
    assert leg.events[-1].epoch_s == leg.end_s
    place = leg.after[0].place
    assert isinstance(place, Landed)
    assert place.site == "laboratory"
    door = SITES["laboratory"]
    assert np.allclose(place.r_fixed_m, itrf_from_geodetic(door.latitude_rad, door.longitude_rad, door.altitude_m))


def test_how_long_follows_from_how_fast(world: World) -> None:
    """The truck makes 15 m/s; the way is that of the sites."""
    truck, waits, plane = told(flown(world, transport(), standing(0.1)), "transport")
    assert truck["duration_s"] == pytest.approx(truck["distance_m"] / 15.0)
    assert truck["distance_m"] == pytest.approx(math.hypot(1.55 * 111.1e3, 0.42 * 83.2e3), rel=5e-3)
    assert (waits["distance_m"], waits["duration_s"], plane["duration_s"]) == (0.0, 7200.0, 5400.0)


def test_arcs_without_a_gap_from_the_landing_to_the_door(world: World) -> None:
    craft = standing(0.1)
    leg = flown(world, transport(), craft)
    assert [arc.mode for arc in leg.arcs] == ["carried"] * 3
    assert (leg.arcs[0].start_s, leg.arcs[-1].end_s) == (EPOCH_S, leg.end_s)
    for one, next_ in itertools.pairwise(leg.arcs):
        assert one.end_s == next_.start_s
        assert np.allclose(one.states[-1], next_.states[0], rtol=0.0, atol=1e-5)
    assert isinstance(craft.place, Landed)
    assert np.allclose(icrf_to_itrf(EPOCH_S) @ leg.arcs[0].states[0, :3], craft.place.r_fixed_m, atol=1e-6)
    assert len(leg.loads) == 3


def test_the_temperature_is_that_of_the_integrated_lag(world: World) -> None:
    """SciPy's integration of T' = (Ts - T) / tau over the three stages."""
    ways = told(flown(world, transport(), standing(0.1)), "transport")
    kelvin = 300.0
    for way in ways:
        found = solve_ivp(
            lambda _t, y, around=way["around_k"]: (around - y) / 7200.0, (0.0, way["duration_s"]), [kelvin], rtol=1e-10, atol=1e-10
        ).y[0, -1]
        assert (way["temperature_least_k"], way["temperature_most_k"]) == pytest.approx(tuple(sorted((kelvin, found))), abs=1e-6)
        kelvin = found


def test_the_door_tells_the_extremes_and_the_limits(world: World) -> None:
    leg = flown(world, transport(), standing(0.1))
    (door,) = told(leg, "delivered")
    ways = told(leg, "transport")
    assert door["temperature_most_k"] == max(way["temperature_most_k"] for way in ways)
    assert door["shock_most_g"] == pytest.approx(30.0 / G0)
    assert (door["temperature_min_k"], door["temperature_max_k"]) == (273.0, 308.0)
    assert door["shock_limit_g"] == pytest.approx(200.0 / G0)
    assert door["hours"] == pytest.approx(sum(way["duration_s"] for way in ways) / 3600.0)
    assert "handed over at laboratory" in leg.advice


def test_a_shock_beyond_the_limit_is_handed_over_and_told(world: World) -> None:
    leg = flown(world, transport(shock_limit_m_s2=20.0), standing(0.1))
    assert leg.outcome is Outcome.DAMAGED
    assert leg.events[-1].name == "delivered"
    assert "recovery party (stage 1) gave it 3.1 g, 2.0 are allowed: a softer way would do" in leg.advice
    assert "Il-76" not in leg.advice


def test_a_stage_too_warm_is_told(world: World) -> None:
    hot = Stage(by="lorry", to="airfield", duration_s=36000.0, around_k=320.0, shock_m_s2=1.0)
    leg = flown(world, transport(stages=(hot, PLANE)), standing(0.1))
    assert leg.outcome is Outcome.DAMAGED
    assert "lorry (stage 1) left it at 319.9 K, 308.0 are allowed: cooler surroundings or a shorter stage would do" in leg.advice
    cold = Stage(by="hold", to="airfield", duration_s=36000.0, around_k=250.0, shock_m_s2=1.0)
    assert "warmer surroundings" in flown(world, transport(stages=(cold, PLANE)), standing(0.1)).advice


def test_runs_draw_by_stage(world: World) -> None:
    runs = [told(flown(world, transport(), standing(0.1), run), "transport") for run in range(1, 41)]
    shocks = np.log([[way["shock_g"] * G0 for way in ways] for ways in runs])
    assert np.allclose(shocks.mean(axis=0), np.log([30.0, 2.0, 15.0]), atol=0.3)
    assert np.allclose(shocks.std(axis=0), [0.5, 0.3, 0.4], rtol=0.4)
    assert abs(np.corrcoef(shocks[:, 0], shocks[:, 2])[0, 1]) < 0.5
    assert told(flown(world, transport(), standing(0.1), 7), "transport") == runs[6]


def test_a_capsule_in_the_air_is_not_carried(world: World) -> None:
    leg = flown(world, transport(), capsule())
    assert leg.outcome is Outcome.TARGET_MISSED
    assert "does not stand on the Earth" in leg.advice


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"stages": (TRUCK, WAITS)}, "the last stage must lead to a site"),
        ({"temperature_min_k": 310.0}, "temperature_min must be less"),
        ({"temperature_k": 310.0}, "must be within temperature_min and temperature_max"),
        ({"stages": (TRUCK, WAITS, TRUCK)}, "at airfield already when recovery party takes it there"),
        ({"stages": ()}, "at least 1"),
    ],
)
def test_what_cannot_be_is_refused(fields: dict[str, Any], why: str) -> None:
    with pytest.raises(ValidationError, match=why):
        transport(**fields)


@pytest.mark.parametrize("fields", [{}, {"duration_s": 60.0, "speed_m_s": 3.0, "to": "airfield"}, {"speed_m_s": 3.0}])
def test_a_stage_has_one_measure(fields: dict[str, Any]) -> None:
    with pytest.raises(ValidationError, match=r"a duration or a speed|needs a site"):
        Stage(by="somebody", around_k=293.0, shock_m_s2=1.0, **fields)
