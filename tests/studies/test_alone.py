"""Parts flown alone: the same as in the whole mission, from the same state, to the bit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import farside as fs
from farside.flight import Flight
from farside.phases.leg import Outcome
from farside.studies.alone import Alone, NothingToFly, Part, alone, divided, ending, fly_run, whole

MISSIONS = Path(__file__).parents[2] / "missions"


def burned(flight: Flight) -> list[object]:
    """What every burn was, to the last digit; the arrays of closed loops by their bytes."""
    histories = [burn.history and (burn.history.thrusts_n.tobytes(), burn.history.axes.tobytes()) for burn in flight.burns]
    return [*(replace(burn, history=None) for burn in flight.burns), *histories]


@pytest.fixture(scope="module")
def descent6(change6: Flight) -> Alone:
    """The landing of Chang'e-6, at the end of its road."""
    return alone(change6.mission, Part.LANDING)


def test_a_mission_at_the_moon_is_its_own_part(change3: Alone) -> None:
    """Alone, run by run, it is what `fly` flies of the whole file."""
    assert change3.before == () and [phase.name for phase in change3.phases] == ["descent"]
    mission, plan = change3.mission, change3.setting.plan
    for run in (None, 0, 17):
        flown = fly_run(change3, run)
        as_a_whole = fs.fly(mission, plan, dispersed=run is not None, run=run or 0)
        assert flown.events == as_a_whole.events and burned(flown) == burned(as_a_whole)
        assert flown.outcome is as_a_whole.outcome and flown.state == as_a_whole.state
        assert (flown.seed, flown.run) == (as_a_whole.seed, as_a_whole.run)


def test_on_a_road_it_begins_where_the_road_leads(descent6: Alone, change6: Flight) -> None:
    legs = {leg.phase: leg for leg in change6.legs}
    assert [leg.phase for leg in descent6.before][-1] == "lander_separation"
    assert descent6.state.craft("lander") == legs["descent"].before[0]
    flown = fly_run(descent6)
    assert [leg.phase for leg in flown.legs] == ["descent"]
    assert flown.events == legs["descent"].events
    names = [phase.name for phase in change6.mission.phases]
    after = names[names.index("descent") + 1 :]
    assert whole(descent6, flown).events == tuple(event for event in change6.events if event.phase not in after)


def test_runs_differ_and_leave_the_state_as_it_was(change3: Alone) -> None:
    before = change3.state
    first, second = fly_run(change3, 0), fly_run(change3, 1)
    assert first.events[-1].r_m != second.events[-1].r_m
    assert change3.state == before
    assert fly_run(change3, 0).events == first.events


def test_the_docking_ends_with_both_joined(eagle: Alone) -> None:
    assert [phase.kind for phase in eagle.phases] == ["coast", "rendezvous", "docking"]
    flown = fly_run(eagle)
    assert flown.outcome is Outcome.DONE
    assert [craft.name for craft in flown.state.crafts] == ["eagle"]
    event = ending(eagle, flown.legs)
    assert event is not None and event.name == "docking" and event.data["closing_speed_m_s"] == pytest.approx(0.2, abs=0.02)


def test_where_the_docking_of_a_road_begins(change6: Flight) -> None:
    before, phases = divided(change6.mission, Part.DOCKING)
    assert [phase.kind for phase in phases] == ["phasing", "rendezvous", "docking"]
    assert before[-1].kind == "ascent"


def test_a_mission_without_the_part_says_what_would_work(change3: Alone, eagle: Alone) -> None:
    with pytest.raises(NothingToFly, match=r'has no docking to fly: none of its phases is of kind = "docking"; missions/change6.toml has'):
        alone(change3.mission, Part.DOCKING)
    with pytest.raises(NothingToFly, match="has no landing to fly"):
        alone(eagle.mission, Part.LANDING)


def test_a_road_that_ends_before_the_part_says_so() -> None:
    mission = fs.load(MISSIONS / "apollo11_docking.toml")
    tank = replace(mission.modules["ascent_stage"], propellant_kg=5.0)
    dry = alone(replace(mission, modules={**mission.modules, "ascent_stage": tank}), Part.DOCKING)
    flown = fly_run(dry)  # at the Moon everything belongs to the part
    assert flown.outcome is Outcome.PROPELLANT_EXHAUSTED and ending(dry, flown.legs) is None


def test_errors_need_dispersions(change3: Alone) -> None:
    calm = replace(change3, mission=replace(change3.mission, dispersions=None))
    assert fly_run(calm).outcome is Outcome.DONE
    with pytest.raises(ValueError, match=r"has no \[dispersions\] to draw from"):
        fly_run(calm, 3)
