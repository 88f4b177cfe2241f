"""Transfer, capture, lowering, separation, departure, gate and coast, each flown by itself from a state of the road."""

from __future__ import annotations

import math
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from on_the_road import burn_of, course_at, event_of, pushed

from farside.basis.twobody import unit
from farside.craft.module import Gone
from farside.dynamics.world import apsides, coast
from farside.guidance.lunar import GuidanceError, along_track
from farside.phases.capture import Capture, Lowering
from farside.phases.coast import Coast
from farside.phases.course import LegEnded
from farside.phases.departure import Departure
from farside.phases.gate import Gate
from farside.phases.leg import Outcome
from farside.phases.separation import Joined, Separation
from farside.phases.transfer import Transfer
from farside.phases.trigger import After
from farside.planning.lunar_plane import out_of_plane, site_direction

if TYPE_CHECKING:
    from farside.flight import Flight


def phase_of(flight: Flight, kind: type[Any]) -> Any:
    return next(phase for phase in flight.mission.phases if isinstance(phase, kind))


def test_the_transfer_notes_its_parking_orbit_and_burns_as_planned(change5: Flight) -> None:
    """After a launch it is noted already; a mission that begins there notes it here."""
    course = course_at(change5, change5.plan.launch.insertion_s, "second_stage")
    phase_of(change5, Transfer).fly(course)
    assert [event.name for event in course.events] == ["tli"]
    unlaunched = replace(change5.plan, launch=replace(change5.plan.launch, ascent=None))
    course = course_at(change5, change5.plan.launch.insertion_s, "second_stage")
    course.setting = replace(course.setting, plan=unlaunched)
    phase_of(change5, Transfer).fly(course)
    assert [event.name for event in course.events] == ["parking_orbit", "tli"]
    assert course.events[0].epoch_s == change5.plan.launch.insertion_s
    assert course.burns[0].ignition_s == change5.plan.launch.tli.ignition_s
    assert course.burns[0].delta_v_m_s == pytest.approx(change5.plan.launch.tli.delta_v_m_s, rel=1e-9)


def test_too_heavy_for_the_transfer_says_how_much_less_payload_would_do(change5: Flight) -> None:
    """With that much less the same propellant is enough, to a kilogram: by the rocket equation alone, from here."""
    course = course_at(change5, change5.plan.launch.insertion_s, "second_stage")
    stage = course.craft.module("second_stage")
    course.craft = course.craft.with_module(replace(stage, propellant_kg=stage.propellant_kg - 7000.0))
    with pytest.raises(LegEnded, match=r"ran dry in tli: .* kg more are needed .* or (\d+) kg less payload") as ended:
        phase_of(change5, Transfer).fly(course)
    assert ended.value.outcome is Outcome.PROPELLANT_EXHAUSTED
    less = float(re.findall(r"or (\d+) kg less payload", ended.value.advice)[0])
    course = course_at(change5, change5.plan.launch.insertion_s, "second_stage")
    orbiter = course.craft.module("orbiter")
    course.craft = course.craft.with_module(replace(stage, propellant_kg=stage.propellant_kg - 7000.0))
    course.craft = course.craft.with_module(replace(orbiter, propellant_kg=orbiter.propellant_kg - less))
    phase_of(change5, Transfer).fly(course)
    assert course.craft.module("second_stage").propellant_kg == pytest.approx(0.0, abs=1.0)
    assert course.knowledge is None, "the launcher was commanded before liftoff"


def off_the_perilune(flight: Flight, v_m_s: tuple[float, float, float]) -> Any:
    """Ten hours before capture, pushed."""
    return pushed(course_at(flight, burn_of(flight, "loi_1").ignition_s - 36000.0, "lander"), v_m_s)


@pytest.mark.parametrize("push", [(0.0, 0.0, 0.0), (2.0, -1.0, 0.5), (-3.0, 2.0, 1.0)])
def test_a_disturbed_craft_is_captured_into_the_same_ellipse(change5: Flight, push: tuple[float, float, float]) -> None:
    """The burn is solved from what is known, wherever the perilune then lies."""
    course = off_the_perilune(change5, push)
    phase: Capture = phase_of(change5, Capture)
    phase.fly(course)
    assert change5.plan.lunar is not None
    assert apsides(course.point)[1] == pytest.approx(change5.plan.lunar.apolune_m, abs=15.0)
    names = [event.name for event in course.events]
    assert sorted(names) == ["loi_1", "perilune"]
    lowest = next(event for event in course.events if event.name == "perilune")
    assert abs(float(unit(np.array(lowest.r_m)) @ unit(np.array(lowest.v_m_s)))) < 1e-5


def test_a_craft_that_passes_far_from_the_moon_is_not_captured(change5: Flight) -> None:
    course = off_the_perilune(change5, (0.0, 900.0, 0.0))
    with pytest.raises((GuidanceError, LegEnded)):
        phase_of(change5, Capture).fly(course)


def test_lowering_ends_over_the_site_from_a_disturbed_ellipse(change5: Flight) -> None:
    """2 m/s off after capture: the apsides come minutes late, the craft still comes over the site at its minute."""
    course = pushed(course_at(change5, burn_of(change5, "loi_1").cutoff_s + 600.0, "lander"), (1.0, -1.5, 0.5))
    phase_of(change5, Lowering).fly(course)
    assert [event.name for event in course.events] == ["loi_2", "loi_3"]
    landing = course.setting.landing
    assert landing is not None
    site = site_direction(course.world, landing.site_moon_me, landing.touchdown_s)
    assert abs(along_track(course.world, course.point, landing.touchdown_s, site)) < 1.1e-4
    low, high = apsides(course.point)
    assert high - low < 2e5, "near a circle"


@pytest.mark.parametrize("push_m_s", [-1.2, 1.2])
def test_lowering_waits_for_apsides_that_come_hours_early_or_late(change6: Flight, push_m_s: float) -> None:
    """A metre a second off after capture turns twenty revolutions of the first ellipse by two hours: the same apsides are used."""
    course = course_at(change6, burn_of(change6, "loi_1").cutoff_s, "lander")
    along = course.point.v_m_s / np.linalg.norm(course.point.v_m_s)
    course = pushed(course, tuple(push_m_s * along))
    phase_of(change6, Lowering).fly(course)
    late = [(burn.ignition_s - burn_of(change6, burn.name).ignition_s) / 3600.0 for burn in course.burns]
    assert all(1.5 < hours * math.copysign(1.0, push_m_s) < 3.0 for hours in late[:2]), late
    landing = course.setting.landing
    assert landing is not None
    site = site_direction(course.world, landing.site_moon_me, landing.touchdown_s)
    assert abs(along_track(course.world, course.point, landing.touchdown_s, site)) < 1.1e-4


def test_a_separation_shares_out_the_modules_and_the_place(change5: Flight) -> None:
    course = course_at(change5, burn_of(change5, "loi_3").cutoff_s + 60.0, "lander")
    phase = Separation(
        name="part",
        kind="separation",
        craft="stack",
        event="lander_separation",
        carrier=Joined(name="orbiter", modules=("orbiter", "returner")),
        released=Joined(name="lander", modules=("ascender", "lander")),
        when=After(after_s=10.0),
    )
    phase.fly(course)
    carrier, released = course.leg().after
    assert carrier.module_names == ("orbiter", "returner") and released.module_names == ("ascender", "lander")
    assert carrier.place == released.place == course.craft.place and carrier.epoch_s == released.epoch_s == course.before.epoch_s + 10.0
    assert carrier.mass_kg + released.mass_kg == pytest.approx(course.before.mass_kg, abs=1e-9)
    assert course.events[0].craft == "stack", "told under the carrier's old name, by all"


def test_a_released_craft_that_is_discarded_is_gone_with_its_reason(change5: Flight) -> None:
    launcher = change5.state.craft("launcher")
    assert isinstance(launcher.place, Gone) and "not followed" in launcher.place.why


def test_the_departure_solves_both_burns_from_a_disturbed_orbit(change5: Flight) -> None:
    """Ten minutes out of phase (50 cm/s for six days) and some metres a second out of plane: the gate is met all the same."""
    course = course_at(change5, burn_of(change5, "tei_1").ignition_s - 6.0 * 86400.0)
    assert course.before.epoch_s > event_of(change5, "ascender_separation").epoch_s, "alone again"
    along = course.point.v_m_s / np.linalg.norm(course.point.v_m_s)
    across = unit(np.cross(course.point.r_m, course.point.v_m_s))
    course = pushed(course, tuple(0.5 * along + 2.0 * across))
    phase: Departure = phase_of(change5, Departure)
    phase.fly(course)
    assert [burn.name for burn in course.burns] == ["tei_1", "tei_2"]
    nominal = burn_of(change5, "tei_1")
    assert 30.0 < abs(course.burns[0].ignition_s - nominal.ignition_s) < 3900.0, "timed by the orbit as it is known"
    course.coast(course.craft.epoch_s + 2.0 * 86400.0, center="earth")
    phase_of(change5, Gate).fly(course)
    gate = course.events[-1]
    angle = math.degrees(math.asin(float(unit(np.array(gate.r_m)) @ unit(np.array(gate.v_m_s)))))
    assert angle == pytest.approx(-5.8, abs=0.01)


def gate_with(**changed: float) -> Gate:
    values = {"altitude_m": 1.2e5, "flight_path_angle_rad": -0.1, "range_min_m": 5e6, "range_max_m": 6.5e6, "cross_range_max_m": 1e5}
    return Gate(name="entry", kind="gate", craft="capsule", event="entry_interface", **{**values, **changed})  # type: ignore[arg-type]


def test_the_gate_tells_range_and_cross_range(change5: Flight) -> None:
    course = course_at(change5, event_of(change5, "capsule_separation").epoch_s + 1.0, "returner")
    gate_with().fly(course)
    data = course.events[0].data
    told = event_of(change5, "entry_interface").data
    assert data["range_to_target_km"] == pytest.approx(told["range_to_target_km"], abs=1e-3)
    assert data["cross_range_km"] == pytest.approx(told["cross_range_km"], abs=1e-2) and abs(data["cross_range_km"]) < 100.0


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        ({"range_min_m": 6.4e6}, r"the range to the site is 6\d\d\d km, the capsule flies 6400 to 6500 km; another departure epoch would"),
        ({"cross_range_max_m": 1e-3}, r"the site lies 0 km across, 0 km are allowed; a correction on the way would do"),
    ],
    ids=["range", "across"],
)
def test_a_gate_outside_what_the_capsule_can_do_is_an_outcome(change5: Flight, changed: dict[str, float], words: str) -> None:
    course = course_at(change5, event_of(change5, "capsule_separation").epoch_s + 1.0, "returner")
    with pytest.raises(LegEnded, match=words) as ended:
        gate_with(**changed).fly(course)
    assert ended.value.outcome is Outcome.TARGET_MISSED
    assert course.events, "the gate itself is told"


def test_a_craft_that_never_comes_down_says_so(change5: Flight) -> None:
    course = course_at(change5, burn_of(change5, "tli").cutoff_s + 40000.0, "lander")
    with pytest.raises(LegEnded, match="the craft does not come down to 120 km; an earlier correction would do"):
        gate_with().fly(course)


def test_a_coast_waits_for_its_trigger(change5: Flight) -> None:
    course = course_at(change5, event_of(change5, "lander_separation").epoch_s + 60.0)
    Coast(name="wait", kind="coast", craft="orbiter", until=After(after_s=5000.0)).fly(course)
    assert course.craft.epoch_s == course.before.epoch_s + 5000.0 and not course.events


def test_the_landing_is_still_in_the_plane_after_capture_from_a_disturbed_way(change5: Flight) -> None:
    """The plane's rotation is the plan's; what the disturbance does to it is kilometres, not degrees."""
    course = off_the_perilune(change5, (0.2, -0.1, 0.1))
    phase_of(change5, Capture).fly(course)
    phase_of(change5, Lowering).fly(replace_course(course))
    landing = course.setting.landing
    assert landing is not None
    at = coast(course.world, course.point, landing.touchdown_s).point
    assert abs(math.degrees(out_of_plane(course.world, at, landing.site_moon_me))) < 2.0


def replace_course(course: Any) -> Any:
    """A new leg for the same craft."""
    return replace(course, before=course.craft, arcs=[], events=[], burns=[])
