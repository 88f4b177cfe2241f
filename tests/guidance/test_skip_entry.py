"""Guidance of the skip entry: to the gate in air as expected and not, within its load, from the estimate alone; honest when it cannot."""

from __future__ import annotations

import math
import time
from dataclasses import replace

import numpy as np
import pytest
from entries import CHANGE6, ROLLING, guided, law, miss_km, peak, steeper

from farside.basis.axes import itrf_from_geodetic
from farside.basis.twobody import unit
from farside.craft.aeroshell import CHANGE_RETURNER
from farside.dynamics import flying as fl
from farside.dynamics.flying import Body
from farside.dynamics.world import World
from farside.environment.atmosphere import scaled, standard_profile
from farside.environment.wind import calm, seasonal_wind, stronger
from farside.guidance import skip_entry as se
from farside.guidance.interface import Entry, fly_entry, least_load_g, reach_m
from farside.guidance.onboard import energy, fixed_state, magnitude_at, predict
from farside.guidance.skip_entry import ConstantBank

WIND = seasonal_wind(CHANGE6.epoch_s)


def test_the_nominal_entry_comes_to_the_gate(world: World) -> None:
    """Less than 2 km from the site at 10 km (issue 4), 7 g kept, through all modes in order, out of the air between."""
    status, rows = guided(world, law())
    assert status == fl.DOWN
    assert rows[-1, fl.HEIGHT] == pytest.approx(10e3, abs=0.01)
    assert miss_km(rows) < 2.0
    assert peak(rows)[0] < 7.0
    modes = [int(mode) for k, mode in enumerate(rows[:, fl.MODE]) if k == 0 or mode != rows[k - 1, fl.MODE]]
    assert modes == [se.CAPTURE, se.UP_CONTROL, se.COAST, se.FINAL, se.HOMING]
    assert rows[rows[:, fl.MODE] == se.COAST, fl.HEIGHT].max() > 90e3


def test_guidance_is_frozen_outside_the_air(world: World) -> None:
    _, rows = guided(world, law())
    coast = rows[rows[:, fl.MODE] == se.COAST]
    for column in (fl.WANTED, fl.MODE + se.MAGNITUDE, fl.MODE + se.SIDE, fl.MODE + se.DENSITY, fl.MODE + se.LIFT):
        assert np.ptp(coast[:, column]) == 0.0


@pytest.mark.parametrize(
    ("density", "lift", "drag"), [(1.2, 1.0, 1.0), (0.8, 1.0, 1.0), (1.0, 0.85, 1.0), (1.0, 1.15, 1.0), (1.0, 1.0, 1.1), (1.2, 0.85, 1.0)]
)
def test_air_and_lift_that_are_not_as_expected(world: World, density: float, lift: float, drag: float) -> None:
    """Density a fifth off, lift over drag 15 % less: still within 2 km and 7 g, and what is felt tells how much it is."""
    body = Body(CHANGE_RETURNER.shell(lift, drag), scaled(standard_profile(), density), WIND)
    status, rows = guided(world, law(), body)
    assert status == fl.DOWN
    assert miss_km(rows) < 2.0
    assert peak(rows)[0] < 7.0
    assert rows[-1, fl.MODE + se.DENSITY] == pytest.approx(density * drag, rel=0.02)
    assert rows[-1, fl.MODE + se.LIFT] == pytest.approx(lift / drag, rel=0.02)


@pytest.mark.parametrize(("factor", "across"), [(0.0, 0.0), (2.0, 20.0), (-1.0, -20.0)])
def test_wind_that_is_not_as_forecast(world: World, factor: float, across: float) -> None:
    """No wind, twice the wind with 20 m/s across, the wind turned round: within 3 km, for the last 5 km are fallen in the jet."""
    wind = stronger(WIND, factor, across) if factor else calm()
    status, rows = guided(world, law(), Body(CHANGE_RETURNER.shell(), standard_profile(), wind))
    assert status == fl.DOWN
    assert miss_km(rows) < 3.0


def test_a_wrong_estimate_is_flown_as_it_is(world: World) -> None:
    """An estimate 3 km off to the side at the gate, with nothing on board that could tell, misses by about that: the truth is not seen."""
    aside = np.cross(CHANGE6.v_m_s, CHANGE6.r_m)
    known = CHANGE6.y.copy()
    known[:3] += 3e3 * aside / np.linalg.norm(aside)
    _, rows = guided(world, law(), known=replace(CHANGE6, y=known))
    assert 1.0 < miss_km(rows) < 6.0
    seen = rows[-1].copy()
    seen[1:4] += rows[-1, fl.ERROR : fl.ERROR + 3]
    assert miss_km(seen[None, :]) < 2.0


@pytest.mark.parametrize("limit", [5.0, 6.0])
def test_the_load_is_kept_to_its_limit(world: World, limit: float) -> None:
    """Where the nominal entry has 5.8 g, a limit of 5 is kept and the site still reached; one of 6 changes nothing."""
    _, rows = guided(world, law(load_limit_g=limit))
    assert peak(rows)[0] < limit
    assert miss_km(rows) < 2.0


def test_a_steep_entry_takes_the_least_load_there_is(world: World) -> None:
    """One degree steeper 7 g cannot be kept: guidance has no more than lift straight up has, and half a g of it for turning there."""
    steep = steeper(CHANGE6, 1.0)
    _, rows = guided(world, law(), point=steep)
    _, up = fly_entry(world, steep, steep, Entry(ConstantBank(0.0), law().body, ROLLING, 10e3))
    assert 7.0 < peak(up)[0] <= peak(rows)[0] < peak(up)[0] + 0.5
    assert least_load_g(law(), steep) == pytest.approx(peak(up)[0], rel=0.01)


def test_a_shallow_entry_flies_on(world: World) -> None:
    """Two degrees shallower the air does not hold the capsule, whatever the bank."""
    status, rows = guided(world, law(), point=steeper(CHANGE6, -2.0))
    assert status == fl.LEFT
    assert abs(math.degrees(rows[-1, fl.MODE + se.MAGNITUDE])) == pytest.approx(165.0)


def test_guidance_buys_two_thousand_kilometres(world: World) -> None:
    """The bank that guidance begins with, held, misses by hundreds of kilometres."""
    _, rows = guided(world, law())
    held = ConstantBank(float(rows[20, fl.WANTED]))
    _, plain = fly_entry(world, CHANGE6, CHANGE6, Entry(held, law().body, ROLLING, 10e3, held.bank_rad))
    assert miss_km(plain) > 300.0


@pytest.mark.parametrize(("north_deg", "east_deg"), [(1.0, 0.0), (-1.0, 0.0), (0.0, 1.5), (4.0, 0.0)])
def test_another_site(world: World, north_deg: float, east_deg: float) -> None:
    """Sites 80 to 450 km from where the road aims are reached."""
    site = unit(np.array(itrf_from_geodetic(math.radians(42.3 + north_deg), math.radians(111.4 + east_deg), 1100.0)))
    status, rows = guided(world, law(site=site))
    assert status == fl.DOWN
    assert miss_km(rows, site) < 2.0


def test_sides_are_changed_no_more_than_allowed(world: World) -> None:
    for allowed in (1, 2, 4):
        _, rows = guided(world, law(reversals=allowed))
        sides = rows[rows[:, fl.MODE] < se.HOMING, fl.MODE + se.SIDE]
        assert np.count_nonzero(np.diff(sides)) <= allowed


def test_the_prediction_is_the_flight_of_the_truth(world: World) -> None:
    """From 120 km, with a constant magnitude and side, over the whole skip: 5 km of 5000 beside what the truth flies.

    The steps of 2 s, J3 to J6, Moon and Sun are what the prediction leaves out.
    """
    plain = law(final_bank_rad=math.radians(55.0))
    q = fixed_state(CHANGE6.epoch_s, CHANGE6.r_m, CHANGE6.v_m_s, plain)
    bank = math.radians(55.0)
    along, left, seconds = predict(q, bank, 1.0, bank, math.pi, 1.0, 1.0, plain)
    _, rows = fly_entry(world, CHANGE6, CHANGE6, Entry(ConstantBank(bank), plain.body, ROLLING, 10e3, bank))
    assert seconds == pytest.approx(rows[-1, 0] - CHANGE6.epoch_s, abs=2.0)
    assert math.hypot(along, left) / 1e3 == pytest.approx(miss_km(rows), abs=5.0)


def test_reach_brackets_the_site(world: World) -> None:
    short, long = reach_m(law(), CHANGE6)
    assert short < 5.015e6 < long
    assert reach_m(law(), steeper(CHANGE6, 3.0))[1] < 5.015e6
    assert math.isinf(reach_m(law(), steeper(CHANGE6, -1.0))[1])


def test_energy_falls_and_the_profile_follows_it() -> None:
    plain = law()
    q = fixed_state(CHANGE6.epoch_s, CHANGE6.r_m, CHANGE6.v_m_s, plain)
    begun = energy(q)
    assert magnitude_at(begun, 1.2, begun, plain) == pytest.approx(1.2)
    end = 0.5 * 100.0**2 - 3.98600435507e14 / 6.381e6
    assert magnitude_at(end, 1.2, begun, plain) == pytest.approx(math.radians(60.0))
    assert magnitude_at(0.5 * (begun + end), 1.2, begun, plain) == pytest.approx(0.5 * (1.2 + math.radians(60.0)))


def test_one_entry_takes_less_than_two_seconds(world: World) -> None:
    """Issue 4 asks for 2 s, warm; on an idle core it is 0.1."""
    guided(world, law())
    begun = time.perf_counter()
    guided(world, law())
    assert time.perf_counter() - begun < 2.0
