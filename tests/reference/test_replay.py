"""The second opinion: that it is right by itself, and that the package agrees with it, coast by coast and burn by burn."""

import dataclasses
import json
import math

import heyoka as hy
import numpy as np
import pytest
import replay as second
import spiceypy
from flights import SyntheticFlight, SyntheticMission
from jplephem.spk import SPK

from farside.basis.constants import GM_EARTH_M3_S2, GM_MOON_M3_S2
from farside.craft.module import Craft, Engine, Module, Orbit
from farside.dynamics import world as first
from farside.dynamics.forces import gravity
from farside.environment.ephemeris import load_sky
from farside.environment.gravity import moon_gravity
from farside.phases.leg import Attitude, Burn, Leg
from farside.products import write_flight

START_S = 768000000.0  # 3 May 2024


# --- by itself --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("elapsed_s", [0.0, 86400.0 * 3.97, 86400.0 * 25.4321])
def test_the_moon_is_where_jplephem_says(elapsed_s):
    epoch_s, zero = START_S + elapsed_s, np.zeros(3)
    with SPK.open(str(second.DE421)) as kernel:
        moon, earth = (kernel[3, body].compute_and_differentiate(2451545.0, epoch_s / 86400.0) for body in (301, 399))
    found = second.about(second.Here(epoch_s, "moon", zero, zero, 1.0), "earth")
    np.testing.assert_allclose(found.r_m, 1e3 * (moon[0] - earth[0]), atol=1e-3)  # days past J2000 resolve 0.1 microseconds: 0.1 mm
    np.testing.assert_allclose(found.v_m_s, 1e3 * (moon[1] - earth[1]) / 86400.0, atol=1e-8)


def test_the_moon_is_turned_as_spice_says():
    """NAIF's evaluation of the IAU formula, and its chain of rotations from mean-Earth to principal axes."""
    arguments = [f(k) for k in range(13) for f in (second.E_DEG.__getitem__, lambda k: second.E_RATE[k] * 36525.0)]
    spiceypy.pdpool("BODY3_NUT_PREC_ANGLES", arguments)
    spiceypy.pdpool("BODY301_POLE_RA", [269.9949, 0.0031, 0.0])
    spiceypy.pdpool("BODY301_POLE_DEC", [66.5392, 0.0130, 0.0])
    spiceypy.pdpool("BODY301_PM", [38.3213, 13.17635815, -1.4e-12])
    for name, terms in (("RA", second.POLE_RA), ("DEC", second.POLE_DEC), ("PM", second.PRIME_MERIDIAN)):
        spiceypy.pdpool(f"BODY301_NUT_PREC_{name}", [terms.get(k, 0.0) for k in range(1, 14)])
    p = second.Parameters()
    axes = second.moon_axes(p.take(13), *p.take(2))
    compiled = hy.cfunc([axes[i][j] for i in range(3) for j in range(3)], vars=[])
    start_s = second.record_start_s(START_S)
    for elapsed_s in (0.0, 1e5, 3e5):
        found = compiled(np.empty(0), pars=second.record_parameters(start_s)[-15:], time=elapsed_s).reshape(3, 3)
        tilt = spiceypy.eul2m(*(a * second.ARCSECOND for a in second.ME_TO_PA_ARCSEC), 3, 2, 1)
        np.testing.assert_allclose(found, tilt @ spiceypy.pxform("J2000", "IAU_MOON", start_s + elapsed_s), atol=1e-11)  # 0.02 mm


def test_steps_and_records_leave_no_trace():
    """Flown in one piece or in odd pieces across records of the ephemeris: the same end within a millimetre."""
    here = low_lunar_orbit()
    whole, pieces = second.fly(here, START_S + 9.0 * 86400.0), here
    while pieces.epoch_s < whole.epoch_s:
        pieces = second.fly(pieces, min(whole.epoch_s, pieces.epoch_s + 5000.7))
    assert np.linalg.norm(pieces.r_m - whole.r_m) < 1e-3


# --- against the package ----------------------------------------------------------------------------------------------------------------


def low_lunar_orbit():
    r, v = 1937400.0, math.sqrt(GM_MOON_M3_S2 / 1937400.0)
    return second.Here(START_S, "moon", np.array([r * math.cos(0.7), 0.0, r * math.sin(0.7)]), np.array([0.0, -v, 0.0]), 3000.0)


def lunar_ellipse():
    here = low_lunar_orbit()
    return second.Here(START_S, "moon", here.r_m, here.v_m_s * 1.27, 3000.0)


def parking_orbit():
    r, v = 6578e3, math.sqrt(GM_EARTH_M3_S2 / 6578e3)
    return second.Here(START_S, "earth", np.array([r * math.cos(0.7), 0.0, r * math.sin(0.7)]), np.array([0.0, -v, 0.0]), 8350.0)


def transfer_orbit():
    here = parking_orbit()
    return second.Here(START_S, "earth", here.r_m, here.v_m_s * 1.408, 8350.0)


@pytest.fixture(scope="module")
def world():
    return first.World(load_sky(START_S - 86400.0, START_S + 30 * 86400.0), moon_gravity(6, "me"))


def gap_m(flown, here):
    assert flown.point.center == here.center
    assert flown.point.epoch_s == here.epoch_s
    return float(np.linalg.norm(flown.point.r_m - here.r_m))


def point(here):
    return first.Point(here.center, here.epoch_s, np.array([*here.r_m, *here.v_m_s, here.mass_kg]))


@pytest.mark.parametrize(
    ("start", "days", "allowed_m"),
    [
        (parking_orbit, 0.02, 0.01),
        (parking_orbit, 1.0, 0.05),
        (transfer_orbit, 4.0, 0.5),
        (lunar_ellipse, 5.0, 0.05),
        (low_lunar_orbit, 1.0, 0.05),
        (low_lunar_orbit, 22.0, 0.5),  # measured: 1 mm
    ],
)
def test_coasts_end_where_the_second_opinion_says(world, start, days, allowed_m):
    here = start()
    until_s = here.epoch_s + days * 86400.0
    assert gap_m(first.coast(world, point(here), until_s), second.fly(here, until_s)) < allowed_m


@pytest.mark.parametrize(
    ("start", "thrust_n", "isp_s", "seconds"), [(low_lunar_orbit, 3000.0, 316.0, 800.0), (parking_orbit, 90e3, 440.0, 300.0)]
)
def test_burns_end_where_the_second_opinion_says(world, start, thrust_n, isp_s, seconds):
    here = start()
    axis = here.v_m_s / np.linalg.norm(here.v_m_s)
    toward = np.cross(np.cross(here.r_m, here.v_m_s) / np.linalg.norm(np.cross(here.r_m, here.v_m_s)), axis)
    law = {"axis": axis.tolist(), "toward": toward.tolist(), "rate_rad_s": 8e-4, "reference_tdb_s": START_S + 100.0}
    burn = {
        "ignition_tdb_s": START_S,
        "ignition_mass_kg": here.mass_kg,
        "thrust_n": thrust_n,
        "isp_s": isp_s,
        "attitude": law,
        "throttle_history": None,
    }
    steering = first.Steering(tuple(axis.tolist()), tuple(toward.tolist()), 8e-4, START_S + 100.0)
    flown = first.burn(world, point(here), seconds, thrust_n, isp_s * 9.80665, steering)
    end = second.fly(here, START_S + seconds, burn)
    assert gap_m(flown, end) < 0.01
    assert flown.point.mass_kg == pytest.approx(end.mass_kg, abs=1e-5)  # epochs resolve 0.1 microseconds, the flow is 21 kg/s


def test_a_change_of_centre_changes_nothing(world):
    """Inside the Moon's surroundings, told about the Earth or about the Moon: the same forces, up to rounding of 400,000 km."""
    here = lunar_ellipse()
    until_s = START_S + 0.5 * 86400.0
    about_earth = second.fly(second.about(here, "earth"), until_s)
    assert np.linalg.norm(second.about(about_earth, "moon").r_m - second.fly(here, until_s).r_m) < 0.1


@pytest.mark.parametrize("start", [low_lunar_orbit, transfer_orbit])
def test_between_its_steps_an_arc_is_as_good_as_at_them(world, start):
    """Dense output, from which ephemeris files are cut, halfway between steps, where it is worst."""
    here = start()
    (arc,) = first.coast(world, point(here), START_S + 86400.0, keep=True).arcs
    for k in range(0, len(arc.times_s) - 1, 17):
        middle = 0.5 * (arc.times_s[k] + arc.times_s[k + 1])
        assert np.linalg.norm(arc.at(middle)[0, :3] - second.fly(here, float(middle)).r_m) < 0.1


def test_the_package_and_the_second_opinion_feel_the_same_gravity(world):
    """Accelerations to the last digits, at places where every term counts."""
    for here in (low_lunar_orbit(), parking_orbit(), transfer_orbit()):
        ours = gravity(here.epoch_s, point(here).y, world.forces(here.center))
        theirs = second.gravity(here.center, here.epoch_s, here.r_m)
        np.testing.assert_allclose(ours, theirs, atol=2e-10 * np.linalg.norm(theirs))  # the pole differs by IERS's 0.3 mas


# --- a whole flight from its files ------------------------------------------------------------------------------------------------------


def leg_of(phase, craft, flown, after, burns=()):
    """A leg of one motion, and what became of the craft."""
    return Leg(phase, (craft,), after, flown.arcs, (), burns, loads=tuple(craft.modules for _ in flown.arcs))


def moved(craft, flown, propellant_kg=0.0):
    """The craft where the motion left it, the launcher so much lighter."""
    y = flown.point.y.tolist()
    there = dataclasses.replace(craft, epoch_s=flown.point.epoch_s, place=Orbit(flown.point.center, tuple(y[:3]), tuple(y[3:6])))
    return there.with_module(there.module("launcher").burned(propellant_kg)) if propellant_kg else there


def craft_point(craft):
    return first.Point(craft.place.center, craft.epoch_s, np.array([*craft.place.r_m, *craft.place.v_m_s, craft.mass_kg]))


def small_flight(world):
    """Parking orbit, a burn to the Moon's distance, a separation, and four days of coasting of both parts."""
    here, engine = parking_orbit(), Engine("main", 90e3, 440.0)
    modules = (Module("launcher", 2000.0, 18000.0, (engine,)), Module("orbiter", 8350.0))
    craft = Craft("launcher", modules, START_S, Orbit("earth", tuple(here.r_m.tolist()), tuple(here.v_m_s.tolist())))
    waiting = first.coast(world, craft_point(craft), START_S + 700.123, keep=True)
    legs = [leg_of("parking", craft, waiting, (moved(craft, waiting),))]
    craft = legs[-1].after[0]
    axis = np.array(craft.place.v_m_s) / np.linalg.norm(craft.place.v_m_s)
    normal = np.cross(craft.place.r_m, craft.place.v_m_s)
    law = Attitude(tuple(axis.tolist()), tuple(np.cross(normal / np.linalg.norm(normal), axis).tolist()), 9e-4, craft.epoch_s)
    fired = first.burn(
        world, craft_point(craft), 650.0, 90e3, engine.exhaust_speed_m_s, first.Steering(*dataclasses.astuple(law)), keep=True
    )
    used = craft.mass_kg - fired.point.mass_kg
    burn = Burn(
        "tli", "transfer", "launcher", "launcher", "main", "earth", craft.epoch_s, fired.point.epoch_s, 90e3, 440.0, craft.mass_kg, used,
        engine.exhaust_speed_m_s * math.log(craft.mass_kg / (craft.mass_kg - used)), law,
    )  # fmt: skip
    legs.append(leg_of("transfer", craft, fired, (moved(craft, fired, used),), (burn,)))
    craft = legs[-1].after[0]
    parts = tuple(Craft(m.name, (m,), craft.epoch_s, craft.place) for m in craft.modules)
    legs.append(Leg("separation", (craft,), parts))
    for part in parts:
        flown = first.coast(world, craft_point(part), part.epoch_s + 4.0 * 86400.0, keep=True)
        legs.append(leg_of("coast", part, flown, (moved(part, flown),)))
    return SyntheticFlight(SyntheticMission(), {"mission": "small", "digest": ""}, tuple(legs), world.sky)


@pytest.fixture(scope="module")
def documents(world, tmp_path_factory):
    paths = write_flight(small_flight(world), tmp_path_factory.mktemp("small"))
    return {name: json.loads(paths[name].read_text()) for name in ("flight.json", "burns.json")}


def test_every_arc_of_a_flight_is_flown_again_from_its_files(documents):
    rows = second.replay_arcs(documents["flight.json"], documents["burns.json"])
    assert [(row.craft, row.what) for row in rows] == [*[("launcher", w) for w in ("coast", "burn", "coast")], ("orbiter", "coast")]
    for row in rows:
        assert row.error_m < 0.1
        assert row.error_kg < 1e-5


@pytest.mark.parametrize(("anew", "allowed_m"), [(True, 0.1), (False, 10.0)])
def test_a_whole_flight_is_flown_again_from_its_burns_alone(documents, anew, allowed_m):
    """Without a recorded state but the first, what is a tenth of a millimetre after the burn has grown for four days."""
    rows = list(second.replay(documents["burns.json"], anew))
    expected = [("launcher", "coast"), ("launcher", "tli"), ("launcher", "coast"), ("orbiter", "coast")]  # joined; then each alone
    assert [(row.craft, row.what) for row in rows] == expected
    for row in rows:
        assert row.error_m < allowed_m
        assert row.error_kg < 1e-5


def test_a_burn_pointed_elsewhere_is_noticed(documents):
    """The check can fail: a tenth of a degree of pointing is tens of kilometres a day later."""
    burns = json.loads(json.dumps(documents["burns.json"]))
    burns["burns"][0]["attitude"]["reference_tdb_s"] -= math.radians(0.1) / 9e-4
    rows = second.replay_arcs(documents["flight.json"], burns)
    assert rows[1].error_m > 100.0
