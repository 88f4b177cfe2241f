"""The descent from the flown orbit of Chang'e-6 to the ground: limits, biases, honest failures, a spread over seeds."""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from pydantic import ValidationError

import farside.flight as ff
from farside.basis.constants import DAY_S
from farside.basis.draws import Draws
from farside.basis.epochs import tdb_from_utc
from farside.craft.module import Craft, Engine, Landed, Module, Orbit
from farside.dynamics import closed_loop as loop
from farside.dynamics.forces import gravity
from farside.phases.course import Course, LegEnded, Setting
from farside.phases.descent import Descent
from farside.phases.go_ahead import Asked, WayDown, refused
from farside.phases.leg import Leg, Outcome
from farside.planning.lunar_plane import LandingGoal
from farside.planning.network import Network
from farside.planning.relay_orbit import RelayOrbit

DESCENT = Descent(
    name="descent",
    kind="descent",
    craft="lander",
    module="lander",
    engine="main",
    thrust_min_n=1500.0,
    engine_lag_s=0.3,
    turn_rate_rad_s=math.radians(5.0),
    turn_acceleration_rad_s2=math.radians(3.0),
    nominal_throttle=0.94,
    perilune_altitude_m=15e3,
    gate_height_m=2700.0,
    gate_range_m=2000.0,
    gate_speed_along_m_s=50.0,
    gate_speed_down_m_s=45.0,
    adjust_time_s=6.0,
    approach_time_s=90.0,
    hover_height_m=100.0,
    hover_time_s=10.0,
    avoidance_time_s=22.0,
    final_height_m=30.0,
    final_rate_m_s=1.3,
    cut_off_height_m=1.2,
    vertical_speed_max_m_s=2.5,
    horizontal_speed_max_m_s=0.5,
    tilt_max_rad=math.radians(8.0),
    footpad_radius_m=2.5,
    accelerometer_bias_m_s2=5e-4,
    accelerometer_scale=1e-4,
    altimeter_noise_m=1.0,
    radar_noise_m_s=0.1,
    image_noise_m=3.0,
    gauge_noise_m=0.1,
    hills_m=200.0,
)
"""Numbers of a lander like Chang'e-6's: facts V8, L8, T10, the rest assumed (what legs, sensors and thrusters of that size can)."""


def lander(flight: ff.Flight, propellant_kg: float = 2150.0, thrust_n: float = 7500.0) -> Craft:
    """The lander of the flight as it was released, with the engine that a descent needs; 3955 kg in all."""
    released = next(leg for leg in flight.legs if leg.phase == "lander_separation").after[1]
    ascender = released.module("ascender")
    dry = 3955.0 - ascender.mass_kg - propellant_kg
    return replace(released, modules=(Module("lander", dry, propellant_kg, (Engine("main", thrust_n, 310.0),)), ascender))


def setting(flight: ff.Flight, world: ff.World, draws: Draws | None = None, network: Network | None = None) -> Setting:
    mission = flight.mission
    landing, entry = ff.landing_goal(mission), ff.entry_goal(mission)
    return Setting(world, flight.plan, landing, entry, mission.dispersions, draws or Draws(), network or Network())


@pytest.fixture(scope="module")
def here(change6: ff.Flight) -> ff.World:
    return ff.build_world(change6.mission)


def flown(
    flight: ff.Flight,
    world: ff.World,
    descent: Descent = DESCENT,
    craft: Craft | None = None,
    draws: Draws | None = None,
    network: Network | None = None,
) -> Leg:
    course = Course(setting(flight, world, draws, network), "descent", craft or lander(flight))
    try:
        descent.fly(course)
    except LegEnded as ended:
        return course.leg(ended.outcome, ended.advice)
    return course.leg()


@pytest.fixture(scope="module")
def nominal(change6: ff.Flight, here: ff.World) -> Leg:
    return flown(change6, here)


def of_run(flight: ff.Flight, world: ff.World, run: int | None) -> Course:
    """A course of a run, or of the flight without errors."""
    return Course(setting(flight, world, None if run is None else Draws(0, run, True)), "descent", lander(flight))


def test_thrust_errs_by_one_draw_a_run_and_not_at_all_without_errors(change6: ff.Flight, here: ff.World) -> None:
    assert DESCENT.failure(of_run(change6, here, None)) == loop.SOUND
    answers = np.array([DESCENT.failure(of_run(change6, here, run)).answer for run in range(200)])
    errors = change6.mission.dispersions
    assert errors is not None
    assert np.std(answers) == pytest.approx(errors.thrust, rel=0.2)  # 200 draws know their spread to 5 %
    assert np.mean(answers) == pytest.approx(1.0, abs=0.3 * errors.thrust)


def test_half_the_variance_of_heights_and_speeds_is_steady_and_none_of_the_image_fix(change6: ff.Flight, here: ff.World) -> None:
    assert not DESCENT.noise(of_run(change6, here, None), 100).any()
    runs = np.array([DESCENT.noise(of_run(change6, here, run), 400) for run in range(200)])
    assert np.std(runs, axis=(0, 1)) == pytest.approx(1.0, rel=0.1)  # of 80,000 numbers in 200 runs, half of whose variance is 200 numbers
    steady = np.std(runs.mean(axis=1), axis=0)
    assert steady[:4] == pytest.approx(math.sqrt(0.5), rel=0.2)
    assert steady[4:] == pytest.approx(0.05, rel=0.2)  # the mean of 400


def touchdown(leg: Leg) -> dict[str, float]:
    return dict(next(event for event in leg.events if event.name == "touchdown").data)


def test_it_lands_within_its_limits(nominal: Leg) -> None:
    assert nominal.outcome is Outcome.DONE, nominal.advice
    data = touchdown(nominal)
    assert 0.0 < data["vertical_speed_m_s"] <= 2.5
    assert data["horizontal_speed_m_s"] <= 0.5
    assert data["tilt_deg"] < 8.0
    assert data["target_miss_m"] < 100.0  # sideways to the safe spot included: its reach is 50 m
    assert isinstance(nominal.after[0].place, Landed)


def test_its_events_come_in_order_and_the_ground_is_the_sites(nominal: Leg) -> None:
    assert [event.name for event in nominal.events] == ["doi", "pdi", "high_gate", "hover", "touchdown"]
    down = nominal.events[-1]
    assert np.linalg.norm(down.r_m) == pytest.approx(1737.4e3 - 5256.0, abs=20.0)  # the site's level; relief within the reach is metres
    assert 14e3 < np.linalg.norm(nominal.events[1].r_m) - 1737.4e3 < 16e3  # ignition at the perilune of 15 km


def test_touchdown_is_near_the_declared_epoch(change6: ff.Flight, nominal: Leg) -> None:
    """The plane and phase were planned for the pass of the circle; braking takes longer and the ellipse is faster: minutes."""
    assert abs(nominal.end_s - change6.mission.goals.touchdown_s) < 300.0


def test_arcs_join_and_the_masses_add_up(nominal: Leg) -> None:
    for one, other in itertools.pairwise(nominal.arcs):
        assert one.end_s == other.start_s
        assert np.array_equal(one.states[-1, :6], other.states[0, :6])
    spent = sum(burn.propellant_kg for burn in nominal.burns)
    assert nominal.before[0].mass_kg - spent == pytest.approx(nominal.after[0].mass_kg, abs=1e-9)


def test_another_integrator_flies_the_thrust_history_to_the_same_ground(nominal: Leg, here: ff.World) -> None:
    """SciPy's DOP853 over each held interval, from the history alone: the closed loop's RK4 at 0.1 s is good to centimetres."""
    from scipy.integrate import solve_ivp

    burn = nominal.burns[-1]
    arc = nominal.arcs[-1]
    assert burn.history is not None
    forces, flow = here.forces("moon"), 1.0 / (burn.isp_s * 9.80665)
    y = arc.states[0].copy()
    epochs, thrusts, axes = burn.history.epochs_s, burn.history.thrusts_n, burn.history.axes
    start = 0
    for k in range(100, len(epochs), 100):
        states = []
        for j in range(start, k):
            thrust, axis = thrusts[j], axes[j]

            def rate(t: float, s: np.ndarray, thrust: float = thrust, axis: np.ndarray = axis) -> list[float]:
                g = gravity(t, s, forces)
                return [*s[3:6], *(g[i] + thrust / s[6] * axis[i] for i in range(3)), -thrust * flow]

            solved = solve_ivp(rate, (epochs[j], epochs[j + 1]), y, method="DOP853", rtol=1e-12, atol=1e-9)
            y = solved.y[:, -1]
            states.append(y)
        start = k
        if k >= 300:
            break
    assert np.linalg.norm(y[:3] - arc.at(epochs[start])[0, :3]) < 0.05  # metres, after half a minute of braking


def test_a_biased_estimate_flies_its_bias(change6: ff.Flight, here: ff.World, nominal: Leg, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without image fixes, guidance that believes it is 50 m further along lands 50 m short, and never knows."""
    from farside.phases import descent as module

    monkeypatch.setattr(module, "IMAGE_BELOW_M", -1.0)
    straight = flown(change6, here)
    before = Course.fix

    def shifted(course: Course, what: str) -> ff.Orbit:
        point = before(course, what)
        if what == "descent":
            track = point.v_m_s / np.linalg.norm(point.v_m_s)
            point.y[:3] += 50.0 * track
        return point

    monkeypatch.setattr(Course, "fix", shifted)
    biased = flown(change6, here)
    apart = np.array(straight.events[-1].r_m) - np.array(biased.events[-1].r_m)
    assert 25.0 < np.linalg.norm(apart) < 100.0  # the gravity gradient and the velocity radar change 50 m on the way, not its order


def test_the_tank_runs_dry_honestly(change6: ff.Flight, here: ff.World) -> None:
    leg = flown(change6, here, craft=lander(change6, propellant_kg=1900.0))
    assert leg.outcome is Outcome.PROPELLANT_EXHAUSTED
    assert "ran dry" in leg.advice
    assert "m above the ground" in leg.advice
    assert isinstance(leg.after[0].place, Orbit)


def test_thrust_two_percent_low_still_lands_by_its_reserve(change6: ff.Flight, here: ff.World) -> None:
    """The nominal throttle is 94 % of what the engine gives; an engine that gives 2 % less still corrects the range."""
    leg = flown(change6, here, descent=DESCENT.model_copy(update={"nominal_throttle": 0.94 / 0.98}), craft=lander(change6, thrust_n=7350.0))
    assert leg.outcome is Outcome.DONE, leg.advice
    assert touchdown(leg)["target_miss_m"] < 100.0


def test_ground_too_steep_everywhere_is_said(change6: ff.Flight, here: ff.World) -> None:
    leg = flown(change6, here, descent=DESCENT.model_copy(update={"tilt_max_rad": math.radians(0.01)}))
    assert leg.outcome is Outcome.NO_SAFE_GROUND
    assert "too steep everywhere" in leg.advice


def test_a_late_cut_off_is_an_impact(change6: ff.Flight, here: ff.World) -> None:
    leg = flown(change6, here, descent=DESCENT.model_copy(update={"cut_off_height_m": 8.0}))
    assert leg.outcome is Outcome.IMPACT
    assert "a lower cut-off or a slower final descent" in leg.advice


def test_dispersed_descents_spread(change6: ff.Flight, here: ff.World) -> None:
    ends = [flown(change6, here, draws=Draws(seed, 0, True)) for seed in range(6)]
    speeds = [touchdown(leg)["vertical_speed_m_s"] for leg in ends if leg.events[-1].name == "touchdown"]
    assert len(speeds) >= 5
    assert len(set(speeds)) == len(speeds)
    assert all(leg.outcome is Outcome.DONE or leg.advice for leg in ends)


def test_a_craft_turns_no_faster_than_it_can(nominal: Leg) -> None:
    history = nominal.burns[-1].history
    assert history is not None
    cosines = np.clip(np.sum(history.axes[1:] * history.axes[:-1], axis=1), -1.0, 1.0)
    assert np.degrees(np.arccos(cosines)).max() < 5.0 * 0.1 + 1e-3  # 5 deg/s over a step of 0.1 s
    assert loop.LANDED == 1


# Who hears it, and where the Sun stands

QUEQIAO = RelayOrbit(
    tdb_from_utc("2024-06-01T00:00:00Z"), 2e5, 1.6e7, math.radians(62.4), math.radians(300.0), 0.5 * math.pi, math.radians(285.0)
)  # facts Q2; node and phase as design/relay_orbit.md finds them
PERIOD_S = 2.0 * math.pi * math.sqrt((1.7374e6 + 8.1e6) ** 3 / 4.9028e12)
TOUCHDOWN_S = tdb_from_utc("2024-06-01T22:23:00Z")
AWAY = replace(QUEQIAO, mean_anomaly_rad=-2.0 * math.pi * (TOUCHDOWN_S - 600.0 - QUEQIAO.epoch_s) / PERIOD_S)
"""At its perilune, over the north, ten minutes before the touchdown in the south."""
ASKED = DESCENT.model_copy(
    update={"sun_elevation_min_rad": math.radians(10.0), "sun_elevation_max_rad": math.radians(60.0), "heard_before_s": 1200.0}
)


def held(leg: Leg) -> dict[str, Any]:
    """The data of the event of a leg that was held: one event, no burn, still in its orbit at the epoch of the touchdown."""
    assert [event.name for event in leg.events] == ["descent_held"]
    assert not leg.burns
    orbit = leg.after[0].place
    assert isinstance(orbit, Orbit)
    assert 1.9e6 < np.linalg.norm(orbit.r_m) < 2.0e6  # the circle 200 km up
    return dict(leg.events[0].data)


def near_side_pass(world: ff.World, end_s: float, seconds: float) -> tuple[np.ndarray, np.ndarray]:
    """A circle 50 km up that ends over 0.7 rad south on the prime meridian: epochs, and positions about the Moon in ICRF axes."""
    epochs = np.linspace(end_s - seconds, end_s, 361)
    past = 0.7 + 9.2e-4 * (epochs - end_s)  # rad, southwards over the meridian: two hours a revolution, from behind the north
    fixed = 1.7874e6 * np.stack([np.cos(past), 0.0 * past, -np.sin(past)], axis=1)
    return epochs, np.array([world.moon_me(float(t)).T @ r for t, r in zip(epochs, fixed, strict=True)])


def asked_of(change6: ff.Flight, here: ff.World, relay: RelayOrbit | None, descent: Descent = ASKED) -> Leg:
    leg = flown(change6, here, descent=descent, network=Network(relay))
    if leg.outcome is not Outcome.DONE:
        assert leg.end_s == change6.mission.goals.touchdown_s
        assert leg.after[0].mass_kg == leg.before[0].mass_kg
    return leg


def test_heard_and_lit_it_lands_as_if_nobody_asked(change6: ff.Flight, here: ff.World, nominal: Leg) -> None:
    """Asking changes nothing: the Sun stands at 36.7 deg, and the relay hears all of it."""
    leg = asked_of(change6, here, QUEQIAO)
    assert leg.outcome is Outcome.DONE, leg.advice
    assert leg.events[-1] == nominal.events[-1]


@pytest.fixture(scope="module")
def way(change6: ff.Flight, here: ff.World) -> WayDown:
    """The forecast of the descent that is judged before the burn into the ellipse."""
    from farside.phases import descent as module

    ways: list[WayDown] = []
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "refused", lambda *given: ways.append(given[-1]))
        flown(change6, here, descent=ASKED)
    return ways[0]


def test_the_way_that_is_judged_is_the_one_that_is_flown(nominal: Leg, way: WayDown) -> None:
    """Without errors the forecast from 9000 s before touchdown is the flight, but for the ignition, which is solved again on the way."""
    assert way.epochs_s[-1] - way.epochs_s[0] == pytest.approx(1200.0)
    assert way.epochs_s[-1] == pytest.approx(nominal.end_s, abs=1.0)
    for epoch, r_m in zip(way.epochs_s[:-1], way.r_m, strict=False):
        arc = next(arc for arc in nominal.arcs if arc.start_s <= epoch <= arc.end_s)
        assert np.linalg.norm(arc.at(epoch)[0, :3] - r_m) < 200.0  # of 500 km that it covers


def test_a_relay_at_its_perilune_over_the_north_holds_the_descent(change6: ff.Flight, here: ff.World) -> None:
    leg = asked_of(change6, here, AWAY)
    assert leg.outcome is Outcome.NO_CONTACT
    assert "held in orbit: of the last 20 min before touchdown" in leg.advice and "would do" in leg.advice
    data = held(leg)
    assert data["sun_elevation_deg"] == pytest.approx(36.7, abs=0.1)
    assert data["next_touchdown_utc"] in leg.advice


def test_a_relay_half_a_revolution_on_hears_as_well(change6: ff.Flight, here: ff.World, nominal: Leg) -> None:
    """It is high over the south for most of its day: on its way down in the declared orbit, on its way up in this one."""
    leg = asked_of(change6, here, replace(QUEQIAO, mean_anomaly_rad=QUEQIAO.mean_anomaly_rad - math.pi))
    assert leg.outcome is Outcome.DONE, leg.advice
    assert leg.events[-1] == nominal.events[-1]


def test_the_touchdown_that_the_advice_names_is_heard(change6: ff.Flight, here: ff.World, way: WayDown) -> None:
    """The same way down over the ground as it has turned by then: heard a minute after the epoch that is named, not ten minutes before."""
    first = tdb_from_utc(held(asked_of(change6, here, AWAY))["next_touchdown_utc"])
    goal = ff.landing_goal(change6.mission)
    assert goal is not None
    assert first > goal.touchdown_s + 600.0
    for end_s, heard in ((first + 60.0, True), (first - 600.0, False)):
        epochs = way.epochs_s + end_s - way.epochs_s[-1]
        turns = [here.moon_me(float(t)).T @ here.moon_me(float(then)) for t, then in zip(epochs, way.epochs_s, strict=True)]
        later = WayDown(epochs, np.einsum("kij,kj->ki", np.array(turns), way.r_m))
        refusal = refused(here, Network(AWAY), replace(goal, touchdown_s=end_s), Asked(None, None, 1200.0), later)
        assert (refusal is None) == heard


def test_without_a_relay_the_far_side_is_not_heard(change6: ff.Flight, here: ff.World) -> None:
    leg = asked_of(change6, here, None)
    assert leg.outcome is Outcome.NO_CONTACT
    assert "0.0 are heard on Earth" in leg.advice and "a [relay] over the site would do" in leg.advice
    assert held(leg)["next_touchdown_utc"] is None


def test_a_craft_that_is_heard_late_is_told_how_long_it_is(change6: ff.Flight, here: ff.World) -> None:
    """No relay, and a way down over the pole to a site on the near side: behind the Moon at first, then in sight of the stations."""
    way = WayDown(*near_side_pass(here, TOUCHDOWN_S, 3600.0))
    goal = LandingGoal(np.array([math.cos(0.7), 0.0, -math.sin(0.7)]), TOUCHDOWN_S, TOUCHDOWN_S + DAY_S, False)
    refusal = refused(here, Network(), goal, Asked(None, None, 3600.0), way)
    assert refusal is not None and refusal.outcome is Outcome.NO_CONTACT
    said = re.search(r"a heard_before of (\d+) min or a \[relay\]", refusal.advice)
    assert said is not None, refusal.advice
    late = way.epochs_s >= TOUCHDOWN_S - 60.0 * int(said[1])
    assert refused(here, Network(), goal, Asked(None, None, 60.0 * int(said[1])), WayDown(way.epochs_s[late], way.r_m[late])) is None


def test_a_relay_that_was_lost_is_named_as_the_cause(change6: ff.Flight, here: ff.World) -> None:
    leg = asked_of(change6, here, replace(QUEQIAO, perilune_altitude_m=2e4, node_rad=math.pi, epoch_s=QUEQIAO.epoch_s - 10.0 * DAY_S))
    assert leg.outcome is Outcome.NO_CONTACT
    assert "the relay strikes the Moon" in leg.advice and "an orbit of the [relay] that lasts would do" in leg.advice
    held(leg)


@pytest.mark.parametrize(
    ("low_deg", "high_deg", "said"),
    [
        (
            40.0,
            60.0,
            "36.7 deg over the site at touchdown, asked is at least 40 deg and at most 60 deg; a goals.touchdown from 2024-06-02T",
        ),
        (None, 30.0, "asked is at most 30 deg; no touchdown within 5 days would do; the Sun is as asked from 2024-06-08T"),
    ],
)
def test_a_sun_outside_its_limits_holds_the_descent(
    change6: ff.Flight, here: ff.World, low_deg: float | None, high_deg: float | None, said: str
) -> None:
    """The Sun rises to 47 deg over the site three days later, and sinks below 30 deg a week later."""
    limits = [None if deg is None else math.radians(deg) for deg in (low_deg, high_deg)]
    asks = {"sun_elevation_min_rad": limits[0], "sun_elevation_max_rad": limits[1]}
    leg = asked_of(change6, here, QUEQIAO, DESCENT.model_copy(update=asks))
    assert leg.outcome is Outcome.NO_LIGHT
    assert said in leg.advice
    held(leg)


def test_a_sun_that_never_stands_so_high_is_said(change6: ff.Flight, here: ff.World) -> None:
    leg = asked_of(change6, here, QUEQIAO, DESCENT.model_copy(update={"sun_elevation_min_rad": math.radians(50.0)}))
    assert "the Sun is not as asked until" in leg.advice and "wider limits would do" in leg.advice


def test_neither_heard_nor_lit_says_both(change6: ff.Flight, here: ff.World) -> None:
    leg = asked_of(change6, here, AWAY, ASKED.model_copy(update={"sun_elevation_max_rad": math.radians(30.0)}))
    assert leg.outcome is Outcome.NO_CONTACT
    assert "are heard by the relay" in leg.advice and "asked is at least 10 deg and at most 30 deg" in leg.advice
    assert "the Sun is as asked from 2024-06-08T" in leg.advice  # it is the later of the two
    held(leg)


@pytest.mark.parametrize(
    ("asks", "said"),
    [
        ({"sun_elevation_min_rad": 0.5, "sun_elevation_max_rad": 0.5}, "must be less than"),
        ({"heard_before_s": 3601.0}, "at most 60 min"),
        ({"heard_before_s": 0.0}, "above 0 s"),
        ({"sun_elevation_max_rad": 2.0}, "from -90 deg"),
    ],
)
def test_what_cannot_be_asked_is_refused(asks: dict[str, float], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        Descent(**{**dict(DESCENT), **asks})
