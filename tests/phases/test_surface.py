"""The stay on the ground: the mass of the sample is an answer, and everything fits between touchdown and lift-off."""

from __future__ import annotations

import math
import statistics
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import Any, cast

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from farside import delivery
from farside.basis.axes import from_planetocentric
from farside.basis.constants import MOON_RADIUS_M
from farside.basis.declaration import FROM_FILE
from farside.basis.draws import Draws
from farside.basis.epochs import tdb_from_utc, utc_from_tdb
from farside.basis.twobody import unit
from farside.craft.container import Container, containers, sample_mass_ug
from farside.craft.module import Craft, Landed, Module, State
from farside.dynamics.world import World
from farside.flight import Flight, fly_phase
from farside.phases.course import Setting
from farside.phases.leg import Leg, Outcome
from farside.phases.surface import Operations, Surface, operations
from farside.planning.lunar_plane import LandingGoal
from farside.planning.plan import Plan

HOUR_S = 3600.0
LANDED_S, STAY_S = 7.7e8, 49.25 * HOUR_S  # facts T12


def number(text: str, source: str = "assumed: for this test") -> dict[str, str]:
    return {"value": text, "source": source}


def table() -> dict[str, Any]:
    """The stay of Chang'e-6 as a mission file declares it."""
    return {
        "name": "surface",
        "kind": "surface",
        "craft": "lander",
        "container_module": "ascender",
        "drill": {
            "start": number("2 h"),
            "duration": number("3 h", "facts T12"),
            "depth": number("2 m", "facts V15"),
            "weight_on_bit": number("300 N"),
            "torque": number("15 N*m"),
            "core_interval": number("100 mm"),
        },
        "scoop": {"start": number("6 h"), "passes": 8, "pace": number("90 min")},
        "container": {
            "capacity": number("2 kg", "facts V15"),
            "sealing": number("30 min"),
            "latest": number("40 h"),
            "leak_rate": number("5e-9 Pa*m^3/s"),
        },
        "flag": number("44 h"),
        "rover_picture": number("30 h"),
        "instruments": {
            "dorn": {"start": number("1 h"), "duration": number("30 h", "facts V16")},
            "nils": {"start": number("5 h"), "duration": number("3 h", "facts V17")},
            "inrri": {"start": number("0 h"), "duration": number("60 h", "facts V19: passive, it stays")},
        },
    }


def surface(**changes: Any) -> Surface:
    """The declaration with some of its keys changed: `drill__depth="1 m"`."""
    declared = table()
    for key, value in changes.items():
        *path, last = key.split("__")
        inner = declared
        for part in path:
            inner = inner[part]
        inner[last] = number(value) if isinstance(value, str) and value[0].isdigit() | (value[0] == "-") else value
    return Surface.model_validate(declared, context=FROM_FILE, by_alias=True, by_name=False)


def stay(declared: Surface | None = None, draws: Draws | None = None, hours: float = STAY_S / HOUR_S) -> Operations:
    return operations(declared or surface(), "landing", LANDED_S, LANDED_S + hours * HOUR_S, draws or Draws())


def names(done: Operations) -> list[str]:
    return [event.name for event in done.events]


def test_over_200_seeds_the_mass_varies_and_never_exceeds_2_kg() -> None:
    masses = [stay(draws=Draws(seed, 0, True)).container.mass_ug for seed in range(200)]
    assert len(set(masses)) == 200
    assert max(masses) <= 2_000_000_000
    assert min(masses) > 0
    assert statistics.stdev(masses) > 50_000_000  # soil, rocks, recovery and eight fills: far more than 50 g between flights


def test_a_container_that_would_overflow_closes_at_exactly_what_it_holds() -> None:
    done = [stay(surface(scoop__passes=24), Draws(seed, 0, True)) for seed in range(40)]
    full = [one for one in done if "full" in one.advice]
    assert len(full) > 20
    assert all(one.container.mass_ug == 2_000_000_000 for one in full)
    assert all(one.container.sealed_s == one.portions[-1].collected_s + 30 * 60 for one in full)
    assert all(one.container.mass_ug < 2_000_000_000 for one in done if one not in full)


@given(
    st.integers(0, 10**6),
    st.floats(0.01, 60.0),
    st.integers(0, 30),
    st.sampled_from(["0.1 g", "300 g", "2 kg", "0.9999999994 kg"]),
    st.sampled_from(["3 mm", "37 mm", "100 mm", "5 m"]),
    st.sampled_from(["20 mm", "1.2345 m", "2 m"]),
)
def test_whatever_is_declared_the_books_are_right(seed: int, hours: float, passes: int, capacity: str, interval: str, depth: str) -> None:
    declared = surface(scoop__passes=passes, container__capacity=capacity, drill__core_interval=interval, drill__depth=depth)
    done = stay(declared, Draws(seed, 1, True), hours)
    lift_off_s = LANDED_S + hours * HOUR_S
    assert done.container.portions == done.portions
    assert done.container.mass_ug == sum(portion.mass_ug for portion in done.portions) <= declared.container.capacity_kg * 1e9 + 1e-3
    assert all(LANDED_S <= event.epoch_s <= lift_off_s for event in done.events)
    assert [event.epoch_s for event in done.events] == sorted(event.epoch_s for event in done.events)
    assert len({portion.id for portion in done.portions}) == len(done.portions)
    for portion in done.portions:
        assert portion.mass_ug > 0
        assert 0 <= portion.depth_top_mm < portion.depth_bottom_mm
        assert LANDED_S < portion.collected_s <= (done.container.sealed_s or 0.0) <= lift_off_s
    core = [portion for portion in done.portions if portion.tool == "drill"]
    assert all(above.depth_bottom_mm == below.depth_top_mm for above, below in pairwise(core))
    told = {event.name: event.data for event in done.events}
    scooped = [event.data["mass_kg"] for event in done.events if event.name == "scooping"]
    if "container_sealed" in told:
        core_kg = told["drilling"]["core_mass_kg"] if "drilling" in told else 0.0
        assert told["container_sealed"]["mass_kg"] == pytest.approx(core_kg + sum(scooped), abs=1e-12)  # floats of whole micrograms


def test_the_same_run_digs_the_same_and_another_something_else() -> None:
    one, again, other = (stay(draws=Draws(5, run, True)) for run in (3, 3, 4))
    assert one == again
    assert one.portions != other.portions


def test_the_nominal_flight_meets_the_median_soil() -> None:
    done = stay()
    assert done == stay(draws=Draws(99, 99, False))
    assert done.advice == ""
    assert done.bore is not None
    assert (done.bore.depth_m, done.bore.refusal) == (2.0, None)
    scooped = [portion.mass_ug for portion in done.portions if portion.tool == "scoop"]
    assert max(scooped) - min(scooped) <= 1  # rounded with the others
    masses = sorted(stay(draws=Draws(seed, 0, True)).container.mass_ug for seed in range(60))
    assert masses[5] < done.container.mass_ug < masses[-5]  # above the middle: a rock can take from the core, nothing adds to it


def test_the_events_of_a_stay() -> None:
    done = stay()
    assert names(done).count("scooping") == 8
    assert set(names(done)) == {
        "drilling", "scooping", "container_sealed", "flag", "rover_picture", "instrument_on", "instrument_off"
    }  # fmt: skip
    told = {event.name: event for event in done.events}
    assert told["drilling"].data == {
        "depth_m": 2.0, "core_mass_kg": pytest.approx(0.55, abs=0.01), "refusal": None, "ended_by": "depth", "core_pieces": 20
    }  # fmt: skip
    assert 2.0 * HOUR_S < told["drilling"].epoch_s - LANDED_S <= 5.0 * HOUR_S
    assert told["container_sealed"].epoch_s == LANDED_S + 6 * HOUR_S + 8 * 1.5 * HOUR_S + 0.5 * HOUR_S
    hours = {event.data["instrument"]: event.data["hours"] for event in done.events if event.name == "instrument_off"}
    assert hours == {"dorn": 30.0, "nils": 3.0, "inrri": STAY_S / HOUR_S}  # lift-off ends what is still on


def test_another_site_and_phase_have_other_names_and_draws() -> None:
    renamed = operations(surface(name="dig"), "rim", LANDED_S, LANDED_S + STAY_S, Draws(1, 1, True), container_id="vessel")
    assert {portion.site for portion in renamed.portions} == {"rim"}
    assert renamed.container.id == "vessel"
    assert renamed.container.mass_ug != stay(draws=Draws(1, 1, True)).container.mass_ug


@pytest.mark.parametrize(
    ("changes", "hours", "advice"),
    [
        ({}, 10.0, "time for 2 of 8 scoop passes"),
        ({}, 2.5, "the drill had no time to go down"),
        ({}, 0.2, "too short to seal the container"),
        ({}, 40.0, "flag: would start after lift-off"),
        ({"drill__duration": "1.9 h"}, 49.0, "the drill's time ran out at 0.42 m"),
        ({"drill__torque": "0.5 N*m"}, 49.0, "the drill was stopped by torque"),
        ({"drill__weight_on_bit": "1 N"}, 49.0, "the drill was stopped by soil"),
        ({"container__capacity": "800 g"}, 49.0, "the container was full at 0.800 kg"),
        ({"container__capacity": "300 g"}, 49.0, "the container was full at 0.300 kg"),
    ],
)
def test_what_was_cut_short_is_said_and_the_rest_is_kept(changes: dict[str, Any], hours: float, advice: str) -> None:
    done = stay(surface(**changes), hours=hours)
    assert advice in done.advice
    if "too short to seal" in advice:
        assert (done.container.sealed_s, done.portions) == (None, ())
        assert "container_sealed" not in names(done)


def test_lift_off_before_touchdown_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="must come after touchdown"):
        operations(surface(), "landing", LANDED_S, LANDED_S, Draws())


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"drill__depth": "4 m"}, "the soil is known down to 3.0 m"),
        ({"drill__depth": "2 kg"}, "is not a length"),
        ({"drill__torque": "15 N"}, "is not a torque"),
        ({"drill__torque": "0 N*m"}, "must be above 0 N"),
        ({"drill__core_interval": "1 mm"}, "at least 2 mm"),
        ({"drill__duration": "5 h"}, "scoop.start must not be before the drill is done, 7 h after touchdown"),
        ({"container__latest": "5 h"}, "container.latest must leave time to drill and to seal: 5.5 h after touchdown or more"),
        ({"container__leak_rate": "1 Pa"}, "is not a leak rate"),
        ({"container__leak_rate": "-1 Pa*m^3/s"}, "must be 0 Pa"),
        ({"container__capacity": "0 kg"}, "must be above 0 kg"),
        ({"scoop__passes": -1}, "greater than or equal to 0"),
        ({"scoop__passes": 8.0}, "must be a whole number"),
        ({"scoop__buckets": "3 h"}, "no such key here"),
        ({"instruments__dorn": {"start": number("1 h")}}, "required, and missing"),
        ({"mass": "1.9353 kg"}, "no such key here"),
    ],
)
def test_a_wrong_declaration_says_what_would_work(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(ValidationError) as caught:
        surface(**changes)
    assert message in str(caught.value)


def test_what_was_collected_can_be_handed_over() -> None:
    """The way from portions to the document: same masses, epochs as UTC."""
    done = stay(draws=Draws(6, 0, True))
    vessel = done.container
    assert vessel.sealed_s is not None
    portions = [
        {
            **{key: value for key, value in asdict(portion).items() if key != "collected_s"},
            "collected_utc": utc_from_tdb(portion.collected_s),
        }
        for portion in done.portions
    ]
    container = {
        "id": vessel.id,
        "capacity_ug": vessel.capacity_ug,
        "seal": "sealed",
        "leak_rate_pa_m3_s": vessel.leak_rate_pa_m3_s,
        "sealed_utc": utc_from_tdb(vessel.sealed_s),
        "opened": False,
    }
    handed = delivery.compose("change6", "0" * 64, container, portions, [])
    assert handed.mass_ug == vessel.mass_ug
    assert delivery.from_text(delivery.text_of(handed)) == handed


# Flown


@dataclass(frozen=True)
class Stay:
    """A stay as it was flown: its leg, the container at its end, and the mass of the craft before it."""

    leg: Leg

    @property
    def container(self) -> Container:
        (found,) = containers(self.leg.after[0].module("ascender"))
        return found

    def gained_ug(self, mass_kg: float) -> int:
        """How much more than before the stay, in micrograms, which it must be a whole number of."""
        gained = (mass_kg - self.leg.before[0].mass_kg) * 1e9
        assert gained == pytest.approx(round(gained), abs=0.01)  # of 1800 kg a float resolves 0.0002 micrograms
        return round(gained)

    def collected_ug(self, epoch_s: float) -> int:
        """What had been collected by an epoch, by the portions."""
        return sum(portion.mass_ug for portion in self.container.portions if portion.collected_s <= epoch_s)


def flown(world: World, declared: Surface | None = None, draws: Draws | None = None, hours: float = STAY_S / HOUR_S) -> Stay:
    """A stay where Chang'e-6 stood, by a lander of 1400 kg with an ascender of 800 kg."""
    landed_s = tdb_from_utc("2024-06-01T22:23:00Z")
    fixed = from_planetocentric(math.radians(-41.6385), math.radians(206.0148), -5256.0, MOON_RADIUS_M)
    goal = LandingGoal(unit(np.array(fixed)), landed_s, landed_s + hours * HOUR_S, True, -5256.0, "landing")
    craft = Craft("lander", (Module("lander", 1010.0, 11.3), Module("ascender", 415.0, 380.0)), landed_s, Landed("moon", fixed, "landing"))
    setting = Setting(world, cast(Plan, None), goal, None, None, draws or Draws())
    _, (leg,) = fly_phase(setting, State((craft,)), declared or surface())
    return Stay(leg)


def check_the_books(stay: Stay) -> None:
    """Portions, container, modules, events and arcs tell one mass, to the microgram, at every moment."""
    leg, container = stay.leg, stay.container
    assert leg.outcome is Outcome.DONE
    assert sum(portion.mass_ug for portion in container.portions) == container.mass_ug > 0
    assert stay.gained_ug(leg.after[0].mass_kg) == container.mass_ug
    assert leg.after[0].module("lander") == leg.before[0].module("lander")
    bare = [replace(craft.module("ascender"), cargo=()) for craft in (leg.before[0], leg.after[0])]
    assert bare[0] == bare[1], "nothing but the container has changed"
    for event in leg.events:
        assert stay.gained_ug(event.mass_kg) == stay.collected_ug(event.epoch_s), event.name
    for arc in leg.arcs:
        assert np.ptp(arc.states[:, 6]) == 0.0
        assert stay.gained_ug(float(arc.states[0, 6])) == stay.collected_ug(arc.start_s)
    for one, other in pairwise(leg.arcs):
        assert one.end_s == other.start_s
        assert np.array_equal(one.states[-1, :6], other.states[0, :6])


@pytest.mark.parametrize(
    "draws", [Draws(), *(Draws(seed, 0, True) for seed in range(4))], ids=lambda draws: f"{draws.enabled} {draws.seed}"
)
def test_what_is_collected_weighs_on_the_craft_at_once(world: World, draws: Draws) -> None:
    stay = flown(world, draws=draws)
    check_the_books(stay)
    assert stay.container.sealed_s is not None
    assert stay.leg.end_s - stay.leg.start_s == STAY_S
    assert stay.leg.after[0].place == stay.leg.before[0].place


def test_a_container_that_is_not_sealed_weighs_too(world: World) -> None:
    """Of a stay that ends while the soil is scooped, all that was collected is aboard; of one too short for that nothing is."""
    short = flown(world, hours=8.0)
    check_the_books(short)
    assert "time for 1 of 8 scoop passes" in short.leg.advice
    for declared in (surface(), surface(instruments={})):
        empty = flown(world, declared, hours=0.2).container
        assert (empty.mass_ug, empty.sealed_s, empty.capacity_ug) == (0, None, 2_000_000_000), "aboard, with nothing in it"


def test_the_craft_turns_with_the_ground(world: World) -> None:
    """Where each event is told is the same place of the Moon, which moves at 4.62 m/s times the cosine of its latitude."""
    leg = flown(world).leg
    place = leg.before[0].place
    assert isinstance(place, Landed)
    for event in leg.events:
        assert world.moon_me(event.epoch_s) @ np.array(event.r_m) == pytest.approx(place.r_fixed_m, abs=1e-5)
        cosine = math.hypot(*place.r_fixed_m[:2]) / MOON_RADIUS_M
        assert math.hypot(*event.v_m_s) == pytest.approx(2.6617e-6 * MOON_RADIUS_M * cosine, rel=0.01)  # rad/s; librations add the rest


def test_no_stay_without_ground_or_time(world: World) -> None:
    late = flown(world, hours=-1.0).leg
    assert late.outcome is Outcome.TARGET_MISSED
    assert "lift_off passed 1.0 h before touchdown" in late.advice


def test_the_stay_of_chang_e_6_is_flown_as_declared(change6: Flight) -> None:
    """The leg of the whole mission: its books, its events, and the sample that comes home in the returner."""
    leg = next(leg for leg in change6.legs if leg.phase == "surface")
    stay, declared = Stay(leg), change6.mission.phase("surface")
    assert isinstance(declared, Surface)
    check_the_books(stay)
    assert change6.mission.goals.lift_off_s == leg.end_s
    done = operations(declared, "landing", leg.start_s, leg.end_s, Draws())
    assert done.container == stay.container
    told = [event for event in leg.events if not event.name.startswith("contact_")]
    assert [(event.name, event.epoch_s) for event in told] == [(event.name, event.epoch_s) for event in done.events]
    for portion in stay.container.portions:
        mass_kg = change6.at(portion.collected_s + 1.0, "ascender").mass_kg
        assert stay.gained_ug(mass_kg) == stay.collected_ug(portion.collected_s)
    assert change6.outcome is Outcome.DONE, change6.advice
    assert containers(change6.state.craft("capsule").module("returner")) == (stay.container,)
    assert sample_mass_ug(module for craft in change6.state.crafts for module in craft.modules) == stay.container.mass_ug
