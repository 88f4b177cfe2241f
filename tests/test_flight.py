"""Flying: legs that join to the bit, masses that add up, one answer for every module at every epoch, the same flight every time."""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterator
from dataclasses import asdict, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import farside as fs
from farside.basis.draws import Draws
from farside.basis.epochs import tdb_from_utc, utc_from_tdb
from farside.craft.container import containers, sample_mass_ug
from farside.craft.module import Center, Craft, Gone, Landed, Module, State
from farside.dynamics.arcs import Arc
from farside.dynamics.world import Point, World
from farside.flight import Flight, build_world, catch_up, landing_goal, road_goal
from farside.mission import Mission, from_text, load
from farside.phases.coast import Coast
from farside.phases.course import Setting, in_motion, point_of
from farside.phases.leg import Burn, Event, Leg, Outcome
from farside.phases.rendezvous import Phasing, Rendezvous
from farside.phases.separation import Separation
from farside.phases.trigger import After, AtEpoch

MISSIONS = Path(__file__).parents[1] / "missions"
CHANGE5 = (MISSIONS / "change5.toml").read_text(encoding="utf-8")


@pytest.fixture(params=["change6", "change5"])
def flight(request: pytest.FixtureRequest) -> Flight:
    """Each of the missions of this checkout, flown once."""
    return request.getfixturevalue(request.param)  # type: ignore[no-any-return]


def crafts_before(flight: Flight) -> Iterator[tuple[int, Craft, Craft]]:
    """(number of the leg, the craft it was given, the same craft as the legs before left it)."""
    left = {flight.legs[0].before[0].name: flight.legs[0].before[0]}
    for number, leg in enumerate(flight.legs):
        for craft in leg.before:
            yield number, craft, left.pop(craft.name)
        left.update((craft.name, craft) for craft in leg.after)


# --- legs ------------------------------------------------------------------------------------------------------------------------------


def test_every_leg_begins_where_the_one_before_ended_to_the_bit(flight: Flight) -> None:
    """Each craft, with all its modules: frozen values are equal only when every number is."""
    seen = 0
    for _, given_craft, left in crafts_before(flight):
        assert given_craft == left
        seen += 1
    assert seen == sum(len(leg.before) for leg in flight.legs) >= 12


def test_the_arcs_of_a_leg_lead_from_its_craft_to_its_craft(flight: Flight) -> None:
    """First and last recorded states are those of the craft, to the bit, on the ground to the last digit of the axes that turn with it;
    between arcs nothing is lost.

    But for those that stop at once: legs on the ground, a capsule on it, and latches that close.
    """
    moons = build_world(flight.mission)
    for leg in flight.legs:
        if not leg.arcs:
            assert leg.end_s == leg.start_s
            continue
        assert_there(leg.before[0], placed(leg.before[0], moons, leg.arcs[0].center), recorded(leg.arcs[0], 0))
        assert leg.arcs[-1].end_s == leg.end_s
        for craft in leg.after:
            if leg.phase in CONTACT:
                assert_stopped(leg, craft, moons)
            elif not isinstance(craft.place, Gone):
                assert_there(craft, placed(craft, moons, leg.arcs[-1].center)[:2], recorded(leg.arcs[-1], -1)[:2])
        for one, other in itertools.pairwise(leg.arcs):
            assert one.end_s == other.start_s
            end = moons.about(Point(one.center, one.end_s, one.states[-1]), other.center)
            apart = np.abs(end.y[:6] - other.states[0][:6]).max()
            if other.mode == "carried":
                assert apart < 1e-8, "from place to place on the ellipsoid: the last digit of the Earth's radius"
            else:
                assert apart == 0.0, "the same place, told about the other centre by the same sum"


CONTACT = {"descent": "touchdown", "parachute": "landing", "docking": "docking"}
"""The phases that end with a contact, and its event."""


def assert_stopped(leg: Leg, craft: Craft, world: World) -> None:
    """The craft is where its leg ended, and has lost the speed that the last event tells of its contact."""
    contact, end = leg.events[-1] if leg.events else None, leg.arcs[-1].states[-1]
    left = point_of(in_motion(world, craft))
    apart_m, lost_m_s = np.linalg.norm(end[:3] - left.r_m), np.linalg.norm(end[3:6] - left.v_m_s)
    if leg.phase != "docking":
        assert contact is not None and contact.name == CONTACT[leg.phase]
        speeds = (contact.data["vertical_speed_m_s"], contact.data["horizontal_speed_m_s"])
        assert apart_m < 1e-6
        assert lost_m_s == pytest.approx(math.hypot(*speeds), abs=1e-3)  # the frame of the ground against that of the craft's place
    else:
        assert apart_m < 0.01, "the ports touch to half a centimetre"
        assert lost_m_s < 0.25, "at most the whole speed of the approach"


def placed(craft: Craft, world: World, center: Center) -> tuple[object, ...]:
    """Centre, state and mass of a craft in free space or on the ground, told about a centre (the same sum wherever that is done)."""
    point = world.about(point_of(in_motion(world, craft)), center)
    return point.center, tuple(map(float, point.y[:6])), point.mass_kg


def recorded(arc: Arc, row: int) -> tuple[object, ...]:
    """The same of a recorded state."""
    return arc.center, tuple(map(float, arc.states[row][:6])), float(arc.states[row][6])


def assert_there(craft: Craft, one: tuple[Any, ...], other: tuple[Any, ...]) -> None:
    """Two answers about where a craft is: the same to the bit in free space. On the ground each turns the place by axes of its own making,
    one epoch or many at once, which a processor may round otherwise."""
    if isinstance(craft.place, Landed):
        assert np.abs(np.subtract(one[1], other[1])).max() < 1e-8
        assert (one[0], *one[2:]) == (other[0], *other[2:])
    else:
        assert one == other


def bare(module: Module) -> Module:
    """A module without its cargo."""
    return replace(module, cargo=())


def test_no_module_loses_or_gains_anything_but_what_it_burns(flight: Flight) -> None:
    """Over the legs of each phase together, for some move two craft; cargo is told apart below."""
    for _, group in itertools.groupby(flight.legs, key=lambda leg: leg.phase):
        legs = list(group)
        before = {module.name: module for leg in legs for craft in leg.before for module in craft.modules}
        after = {module.name: module for leg in legs for craft in leg.after for module in craft.modules}
        assert before.keys() == after.keys(), "none appears or is lost"
        for name, module in before.items():
            left = bare(module)
            for burn in (burn for leg in legs for burn in leg.burns if burn.module == name):
                left = left.burned(burn.propellant_kg)
            assert bare(after[name]) == left
            assert left.propellant_kg >= 0.0


def test_only_the_stay_on_the_ground_changes_the_cargo(flight: Flight) -> None:
    """There it grows to what is sealed; from then on it is the same container on whichever module, to the microgram."""
    (stay,) = (leg for leg in flight.legs if leg.phase == "surface")
    (container,) = containers(stay.after[0].module("ascender"))
    assert container.mass_ug == sum(portion.mass_ug for portion in container.portions) > 0
    now: dict[str, Module] = {}
    seen: list[str] = []
    for phase, group in itertools.groupby(flight.legs, key=lambda leg: leg.phase):
        now.update((module.name, module) for leg in group for craft in leg.after for module in craft.modules)
        aboard = [(name, item) for name, module in now.items() for item in module.cargo]
        if phase == "surface":
            assert now["ascender"] == stay.after[0].module("ascender")
        assert [item for _, item in aboard] in ([], [container]), phase
        if aboard:
            seen.append(aboard[0][0])
    assert list(dict.fromkeys(seen)) == ["ascender", "returner"]
    assert len(seen) == sum(1 for _ in itertools.groupby(flight.legs[flight.legs.index(stay) :], key=lambda leg: leg.phase)), "from then on"
    (capsule,) = (craft for craft in flight.state.crafts if craft.name == "capsule")
    assert containers(capsule.module("returner")) == (container,)


def test_burns_obey_the_rocket_equation_and_their_engine(flight: Flight) -> None:
    for burn in flight.burns:
        if burn.history is not None:
            continue
        engine = flight.mission.modules[burn.module].engine(burn.engine)
        assert (burn.thrust_n, burn.isp_s) == (engine.thrust_n, engine.isp_s)
        seconds, exhaust = burn.cutoff_s - burn.ignition_s, engine.isp_s * 9.80665
        assert burn.propellant_kg == pytest.approx(seconds * engine.thrust_n / exhaust, rel=1e-12)
        last = burn.ignition_mass_kg - burn.propellant_kg
        assert burn.delta_v_m_s == pytest.approx(exhaust * math.log(burn.ignition_mass_kg / last), rel=1e-9)
        assert np.linalg.norm(burn.attitude.axis) == pytest.approx(1.0, abs=1e-14)
        assert np.dot(burn.attitude.axis, burn.attitude.toward) == pytest.approx(0.0, abs=1e-14)


def test_the_whole_mass_is_what_is_left_and_what_was_burned(flight: Flight) -> None:
    """And the sample: the only mass that comes to it on the way."""
    first = flight.legs[0].before[0].mass_kg
    last = {craft.name: craft for craft in flight.state.crafts}
    sample_kg = 1e-9 * sample_mass_ug(module for craft in last.values() for module in craft.modules)
    assert 0.5 < sample_kg <= 2.0
    left = sum(craft.mass_kg for craft in last.values()) + sum(b.propellant_kg for b in flight.burns)
    assert left == pytest.approx(first + sample_kg, abs=1e-6)


# --- where every module is --------------------------------------------------------------------------------------------------------------


def life(flight: Flight, module: str) -> tuple[float, float]:
    legs = [leg for leg in flight.legs if module in leg.before[0].module_names]
    return legs[0].start_s, max(leg.end_s for leg in legs)


@given(data=st.data())
@settings(max_examples=60, deadline=None)  # the first answer of all loads the compiled interpolation
def test_every_module_is_somewhere_at_every_epoch_of_its_life(change6: Flight, change5: Flight, data: st.DataObject) -> None:
    """Attached or free, without gap; the mass is that of the modules joined then; a moment later it is where its velocity leads."""
    flight = data.draw(st.sampled_from([change6, change5]))
    module = data.draw(st.sampled_from(flight.modules))
    first, last = life(flight, module)
    epoch = min(max(first + data.draw(st.floats(0.0, 1.0)) * (last - first), first), last)
    truth = flight.at(epoch, module)
    leg = [leg for leg in flight.legs if module in leg.before[0].module_names and leg.start_s <= epoch <= leg.end_s][-1]
    assert truth.epoch_s == epoch and truth.craft == leg.before[0].name
    masses = [craft.mass_kg for craft in (*leg.before, *leg.after)]
    assert min(masses) - 1e-6 <= truth.mass_kg <= max(masses) + 1e-6
    later = flight.at(min(epoch + 0.01, last), module)
    if later.center == truth.center and later.epoch_s > epoch:
        seconds = later.epoch_s - epoch
        moved = np.array(later.r_m) - truth.r_m - seconds * np.array(truth.v_m_s)
        hardest_m_s2 = 80.0 if leg.arcs[0].mode == "flying" else 20.0  # a launch pulls 5 g, an entry 7 g
        assert np.linalg.norm(moved) < max(0.5 * hardest_m_s2 * 0.01**2, 0.02 * seconds), "no jump in a hundredth of a second"


def test_no_leg_of_a_module_overlaps_another_of_it(flight: Flight) -> None:
    """At each epoch at most one leg moves a module: legs that hold it follow each other without gap."""
    for module in flight.modules:
        legs = [leg for leg in flight.legs if module in leg.before[0].module_names]
        for one, other in itertools.pairwise(legs):
            assert one.end_s == other.start_s
            where = {craft.name for craft in one.after if module in craft.module_names}
            assert where == {other.before[0].name}


def test_joined_modules_are_in_one_place(flight: Flight) -> None:
    leg = flight.legs[2]
    middle = 0.5 * (leg.start_s + leg.end_s)
    assert len({flight.at(middle, module) for module in leg.before[0].module_names}) == 1


def test_where_legs_meet_the_later_one_answers_with_its_recorded_state(flight: Flight) -> None:
    world = build_world(flight.mission)
    for leg in flight.legs:
        if leg.end_s > leg.start_s:
            truth = flight.at(leg.start_s, leg.before[0].module_names[-1])
            told = (truth.center, tuple(map(float, (*truth.r_m, *truth.v_m_s))), truth.mass_kg)
            assert_there(leg.before[0], told, placed(leg.before[0], world, leg.arcs[0].center))


def test_beyond_its_life_it_says_how_long_that_was(flight: Flight) -> None:
    for module in flight.modules:
        first, last = life(flight, module)
        for epoch in (first - 1.0, last + 1.0):
            with pytest.raises(ValueError, match=rf"{module} is followed from {utc_from_tdb(first)} to {utc_from_tdb(last)}; asked for"):
                flight.at(epoch, module)


def test_a_module_that_is_not_there_is_told_with_those_that_are(flight: Flight) -> None:
    with pytest.raises(KeyError, match=r"no module 'rover' in change[56]; it has boosters, core, second_stage, fairing, orbiter, returner"):
        flight.at(flight.legs[0].start_s, "rover")


# --- events ----------------------------------------------------------------------------------------------------------------------------

ROAD = (
    *("liftoff", "booster_separation", "fairing_separation", "core_separation"),
    *("parking_orbit", "tli", "spacecraft_separation", "tcm_1", "tcm_2", "loi_1", "perilune", "cubesat_release", "loi_2", "loi_3", "loi_4"),
    *("tcm_3", "lander_separation", "doi", "pdi", "high_gate", "hover", "touchdown", "drilling", "scooping", "container_sealed", "flag"),
    *("ascender_release", "ascent_liftoff", "ascent_insertion", "phasing_1", "phasing_2", "phasing_3", "phasing_4", "rendezvous_start"),
    *("transfer_1", "braking_1", "hold_1", "transfer_2", "hold_2", "transfer_3", "hold_3", "approach_1", "docking", "container_step"),
    *("sample_transfer", "ascender_separation", "deorbit", "ascender_impact"),
    *("tei_1", "tei_2", "return_tcm_1", "capsule_separation", "entry_interface"),
)
NOT_ON_CHANGE5 = {"cubesat_release", "loi_4"}


def test_the_events_of_the_road_come_in_order(flight: Flight) -> None:
    names = list(dict.fromkeys(event.name for event in flight.events))
    assert [event.name for event in flight.events if event.name in set(ROAD) - {"scooping"}].count("docking") == 1
    expected = [name for name in ROAD if flight.mission.name == "change6" or name not in NOT_ON_CHANGE5]
    assert [name for name in names if name in ROAD] == expected
    epochs = [event.epoch_s for event in flight.events]
    assert epochs == sorted(epochs)


def test_an_event_tells_the_truth_of_its_epoch(flight: Flight) -> None:
    """Position, velocity and mass are those that the flight answers then, for a module that was there.

    One that ends a leg is told of the craft as it came there: later it is another one, or stands still. A docking is told of both, joined.
    """
    world = build_world(flight.mission)
    for leg, event in [(one, told) for one in flight.legs for told in one.events]:
        modules = [flight.mission.modules[name] for name in event.modules]
        assert sum(m.dry_mass_kg for m in modules) < event.mass_kg <= sum(m.mass_kg for m in modules) + 2.0, "a sample at most"
        if event.epoch_s == leg.end_s and event.name != "docking":
            end = leg.arcs[-1].states[-1] if leg.arcs else point_of(in_motion(world, leg.before[0])).y
            assert (event.r_m, event.v_m_s) == (tuple(end[:3]), tuple(end[3:6]))
            assert event.mass_kg == pytest.approx(end[6], abs=1e-9) or leg.phase == "surface", "collected there and then"
            continue
        truth = flight.at(event.epoch_s, event.modules[-1])
        if truth.center == event.center:
            assert np.abs(np.array(truth.r_m) - event.r_m).max() < 1e-3
            assert truth.mass_kg == pytest.approx(event.mass_kg, abs=1e-6)


def dates_in(mission: Mission) -> set[float]:
    """Every epoch that stands in a mission file [TDB s]."""
    return {tdb_from_utc(found) for found in re.findall(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", mission.text)}


BY_THE_CLOCK = {
    "liftoff": "liftoff",
    "instrument_off": "lift_off",
    "contact_end": "lift_off",
    "ascender_release": "lift_off",
    "ascent_liftoff": "lift_off",
    "rendezvous_start": "meeting",
    "transfer_1": "meeting",
    "approach_1": "leave",
}
"""Events that come at a date of the file, or may: lift-off is commanded, and phasing and the last hold end when they are told to."""


def clocked(flight: Flight, event: Event) -> bool:
    """Whether the phase of an event waits for a clock, or the event is the end of something that does."""
    phase = next((phase for phase in flight.mission.phases if phase.name == event.phase), None)
    phasing, rendezvous = flight.mission.phase("phasing"), flight.mission.phase("rendezvous")
    assert isinstance(phasing, Phasing) and isinstance(rendezvous, Rendezvous)
    goals = flight.mission.goals
    dates = {"liftoff": goals.liftoff_s, "lift_off": goals.lift_off_s, "meeting": phasing.meeting_s, "leave": rendezvous.leave_s}
    date = dates.get(BY_THE_CLOCK.get(event.name, ""))
    return isinstance(getattr(phase, "when", getattr(phase, "until", None)), AtEpoch) or event.epoch_s == date


def test_no_event_comes_at_a_date_of_the_file_unless_a_clock_says_so(flight: Flight) -> None:
    """What is planned and flown is not what was typed: to the millisecond they differ."""
    dates = dates_in(flight.mission)
    assert len(dates) >= 11
    for event in flight.events:
        if not clocked(flight, event):
            assert min(abs(event.epoch_s - date) for date in dates) > 1e-3, f"{event.name} at a date of the file"
    on_time = {event.name for event in flight.events if clocked(flight, event)}
    assert {"liftoff", "ascent_liftoff", "rendezvous_start"} <= on_time <= set(BY_THE_CLOCK)


# --- the same flight every time ---------------------------------------------------------------------------------------------------------


def same_burn(one: Burn, other: Burn) -> bool:
    """Whether two burns are the same to the bit, their histories too."""
    histories = [(h.epochs_s, h.thrusts_n, h.axes) if h else () for h in (one.history, other.history)]
    return replace(one, history=None) == replace(other, history=None) and all(np.array_equal(a, b) for a, b in zip(*histories, strict=True))


def test_a_flight_flown_again_is_the_same_to_the_bit(flight: Flight) -> None:
    again = fs.fly(flight.mission, flight.plan)
    assert again.events == flight.events
    assert len(again.burns) == len(flight.burns)
    assert all(same_burn(one, other) for one, other in zip(again.burns, flight.burns, strict=True))
    assert again.state == flight.state
    for one, other in zip(flight.legs, again.legs, strict=True):
        assert all((a.states == b.states).all() and (a.times_s == b.times_s).all() for a, b in zip(one.arcs, other.arcs, strict=True))


def test_a_plan_from_the_cache_is_the_plan_that_was_solved(change5: Flight, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From an empty cache, then from what that left: the same numbers, and so the same flight."""
    monkeypatch.setattr("farside.flight.cache_root", lambda: tmp_path)
    heard: list[str] = []
    solved = fs.plan(change5.mission, lambda stage, done: heard.append(stage))
    kept = list((tmp_path / "plans").iterdir())
    assert heard and len(kept) == 1 and kept[0].suffix == ".json"
    heard.clear()
    assert fs.plan(change5.mission, lambda stage, done: heard.append(stage)) == solved
    assert not heard, "read, not solved again"
    assert solved == change5.plan
    assert json.loads(kept[0].read_text()) == json.loads(json.dumps(asdict(solved)))


@pytest.mark.parametrize("spoiled", ["", "{", '{"mission": "change5"}', "[1, 2]"])
def test_a_spoiled_cache_is_solved_anew(change5: Flight, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, spoiled: str) -> None:
    monkeypatch.setattr("farside.flight.cache_root", lambda: tmp_path)
    monkeypatch.setattr("farside.flight.plan_road", lambda *args: change5.plan)
    fs.plan(change5.mission)
    kept = next((tmp_path / "plans").iterdir())
    kept.write_text(spoiled)
    assert fs.plan(change5.mission) == change5.plan
    assert json.loads(kept.read_text())["mission"] == "change5", "and mended"


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(change5: Flight, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "plans").write_text("a file where the folder should be")
    monkeypatch.setattr("farside.flight.cache_root", lambda: tmp_path)
    monkeypatch.setattr("farside.flight.plan_road", lambda *args: change5.plan)
    assert fs.plan(change5.mission) == change5.plan


def test_a_plan_of_another_mission_is_refused(change6: Flight, change5: Flight) -> None:
    with pytest.raises(ValueError, match=r"this plan is of change6 \w{8}, the mission is change5 \w{8}: fly\(m, plan\(m\)\)"):
        fs.fly(change5.mission, change6.plan)


# --- nothing found offline ---------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("key", ["r_m", "v_m_s", "position_km", "velocity_km_s", "state", "delta_v", "epoch", "azimuth", "attitude"])
@pytest.mark.parametrize("table", ["[start]", '[[phases]]\nname = "transfer"', "[goals]", "[mission]"])
def test_no_state_vector_or_burn_can_stand_in_a_mission_file(table: str, key: str) -> None:
    """Goals and vehicles only: whatever looks like an answer is an unknown key."""
    text = CHANGE5.replace(table, f"{table}\n{key} = [1.0, 2.0, 3.0]", 1)
    with pytest.raises(fs.MissionError, match=rf"{key}.*(unknown|not a key|no such key)"):
        from_text(text, "change5.toml")


@pytest.mark.parametrize("name", ["change6", "change5"])
def test_the_mission_files_hold_no_long_numbers(name: str) -> None:
    """A tuned constant betrays itself by its digits; no declared value but a site's coordinates has more than five."""
    text = (MISSIONS / f"{name}.toml").read_text(encoding="utf-8")
    body = re.sub(r"\[sites\..*?(?=\n\[goals\])", "", text, flags=re.DOTALL)
    values = re.findall(r'value = "([^"]*)"', re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", "", body))
    assert len(values) > 30
    for value in values:
        digits = re.sub(r"\D", "", value.split()[0]).strip("0") if value else ""
        assert len(digits) <= 5, value


# --- how a flight ends -------------------------------------------------------------------------------------------------------------------


def with_propellant(mission: Mission, module: str, propellant_kg: float) -> Mission:
    """The same mission and masses, with that much of a module's propellant turned into dry mass."""
    old = mission.modules[module]
    moved = old.propellant_kg - propellant_kg
    new = replace(old, dry_mass_kg=old.dry_mass_kg + moved, propellant_kg=propellant_kg)
    return replace(mission, modules={**mission.modules, module: new})


def test_a_tank_that_runs_dry_ends_the_flight_with_how_much_was_missing(change5: Flight) -> None:
    needed = {burn.name: burn.propellant_kg for burn in change5.burns if burn.module == "orbiter"}
    has = needed["loi_1"] - 81.2
    flight = fs.fly(with_propellant(change5.mission, "orbiter", has), change5.plan)
    assert flight.outcome is Outcome.PROPELLANT_EXHAUSTED
    assert flight.advice.startswith("capture: orbiter ran dry in loi_1: 81.2 kg") and "more are needed for its" in flight.advice
    assert flight.advice.endswith("more propellant or less dry mass would do")
    burn = flight.burns[-1]
    assert burn.name == "loi_1" and burn.propellant_kg == pytest.approx(has, abs=1e-3)
    assert flight.state.craft("stack").module("orbiter").propellant_kg == pytest.approx(0.0, abs=1e-3)
    assert flight.legs[-1].phase == "capture"
    assert flight.at(flight.legs[-1].end_s, "lander").mass_kg == pytest.approx(burn.ignition_mass_kg - burn.propellant_kg)


def test_a_flight_cut_short_still_answers_for_all_modules(change5: Flight) -> None:
    flight = fs.fly(with_propellant(change5.mission, "orbiter", 300.0), change5.plan)
    assert flight.outcome is not Outcome.DONE
    for module in flight.modules:
        first, last = life(flight, module)
        for share in (0.0, 0.3, 1.0):
            flight.at(min(first + share * (last - first), last), module)


def test_craft_left_behind_are_flown_to_the_end(flight: Flight) -> None:
    ends = {craft.name: craft.epoch_s for craft in flight.state.crafts if not isinstance(craft.place, Gone)}
    assert ends.keys() == {"orbiter", "lander", "capsule"} and len(set(ends.values())) == 1
    assert isinstance(flight.state.craft("lander").place, Landed), "where it stands"


def lost() -> Craft:
    return Craft("stack", (Module("orbiter", 1000.0),), 0.0, Gone("struck the moon", "at some time"))


def test_when_all_craft_are_gone_there_is_nothing_to_catch_up(change5: Flight) -> None:
    setting = Setting(build_world(change5.mission), change5.plan, landing_goal(change5.mission), None, None, Draws())
    assert catch_up(setting, State((lost(),))) == (State((lost(),)), [])


def test_flown_without_dispersions_declared_is_refused(change5: Flight) -> None:
    bare = replace(change5.mission, dispersions=None)
    with pytest.raises(ValueError, match=r"change5 has no \[dispersions\] to draw from; add that table, or fly without dispersed=True"):
        fs.fly(bare, change5.plan, dispersed=True)


def test_progress_tells_every_phase(change5: Flight) -> None:
    heard: list[tuple[str, float]] = []
    fs.fly(change5.mission, change5.plan, lambda stage, done: heard.append((stage, done)))
    assert [stage for stage, _ in heard[:-1]] == [f"fly: {phase.name}" for phase in change5.mission.phases]
    assert [done for _, done in heard] == sorted(done for _, done in heard) and heard[-1] == ("fly: craft left behind", 1.0)


def test_a_flight_reads_as_one_line_and_prints_as_its_legs(flight: Flight) -> None:
    burned = sum(burn.delta_v_m_s for burn in flight.burns)
    assert re.fullmatch(
        rf"<Flight {flight.mission.name} \S+Z to \S+Z, {len(flight.legs)} legs, {len(flight.burns)} burns of {burned:.0f} m/s, done>",
        repr(flight),
    )
    lines = str(flight).splitlines()
    assert len(lines) == 1 + len(flight.legs) and "<Leg launch of launcher" in lines[1] and "tli 31" in lines[5]


# --- a mission's road as goals -----------------------------------------------------------------------------------------------------------


def test_the_goals_that_planning_gets_are_those_of_the_file(change6: Flight) -> None:
    goal = road_goal(change6.mission)
    assert goal.ship.stack_kg == pytest.approx(8350.0)
    assert goal.ship.capture.thrust_n == 3000.0 and goal.ship.launcher.isp_s == 442.0
    assert goal.retrograde and goal.capture_tolerance_s == 900.0
    assert goal.home is not None and goal.home.left_behind_kg == pytest.approx(3955.0 + 7.0)
    assert goal.lunar is not None and goal.lunar.orbits.periods_s == (14400.0,)
    site = goal.lunar.landing.site_moon_me
    assert math.degrees(math.asin(site[2])) == pytest.approx(-41.6385, abs=1e-9)
    assert math.degrees(math.atan2(site[1], site[0])) % 360.0 == pytest.approx(206.0148, abs=1e-9)


def test_the_world_covers_the_calendar_and_every_wait(change5: Flight) -> None:
    """A last coast of forty days is covered too: no epoch that a file can ask for lies beyond the ephemerides."""
    mission = change5.mission
    extra = Coast(name="wait", kind="coast", craft="orbiter", until=After(after_s=40 * 86400.0))
    longer = replace(mission, phases=(*mission.phases, extra))
    sky = build_world(longer).sky
    end = sky.start_s + sky.step_s * len(sky.table)
    assert mission.goals.return_landing_s is not None
    assert end > mission.goals.return_landing_s + 70.0 * 86400.0
    assert sky.start_s < mission.goals.liftoff_s - 86400.0


def test_separations_part_what_was_joined(flight: Flight) -> None:
    for phase in flight.mission.phases:
        if isinstance(phase, Separation):
            leg = next(leg for leg in flight.legs if leg.phase == phase.name)
            carrier, released = leg.after
            assert (carrier.name, released.name) == (phase.carrier.name, phase.released.name)
            assert carrier.mass_kg + released.mass_kg == pytest.approx(leg.before[0].mass_kg, abs=1e-9)
            assert isinstance(released.place, Gone) == (phase.discard is not None)


def test_utc_in_the_output_is_that_of_the_file() -> None:
    """A sanity check of the chain of time scales on the launch epoch: 37 leap seconds and 32.184 s."""
    text = "2024-05-03T09:27:29Z"
    since = datetime(2024, 5, 3, 9, 27, 29, tzinfo=UTC) - datetime(2000, 1, 1, 12, tzinfo=UTC)
    assert tdb_from_utc(text) == pytest.approx(since.total_seconds() + 69.184, abs=0.002)
    assert load(MISSIONS / "change6.toml").goals.liftoff_s == tdb_from_utc(text)
