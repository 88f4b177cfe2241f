"""The plan is plain numbers: written and read back it is the same to the last bit; its prices are those of its burns."""

from __future__ import annotations

import json
from dataclasses import asdict, replace

import pytest

from farside.dynamics.world import World
from farside.flight import PLAN, Flight, Plan, first_state, fly_phases, setting_of
from farside.phases.leg import Outcome
from farside.phases.sequence import LUNAR
from farside.planning.lunar_plane import PlanError
from farside.planning.road import RoadGoal, plan_road


def quiet(stage: str, done: float) -> None:
    pass


def numbers(value: object) -> list[float]:
    """Every number in a plan, in order."""
    if isinstance(value, dict):
        return [n for part in value.values() for n in numbers(part)]
    if isinstance(value, (list, tuple)):
        return [n for part in value for n in numbers(part)]
    return [value] if isinstance(value, (int, float)) else []


@pytest.mark.parametrize("name", ["change6", "change5"])
def test_written_is_read(name: str, request: pytest.FixtureRequest) -> None:
    plan: Plan = request.getfixturevalue(name).plan
    again = PLAN.validate_json(json.dumps(asdict(plan)))
    assert again == plan, "to the bit"
    assert json.dumps(asdict(again)) == json.dumps(asdict(plan))
    assert len(numbers(asdict(plan))) > 50


@pytest.fixture(scope="module")
def road_burns(change6: Flight) -> dict[str, float]:
    """The burns of the road alone: nobody lands, so nothing moves the orbiter between the circle and the departure."""
    mission, plan = change6.mission, change6.plan
    setting = setting_of(mission, plan)
    alone = [phase for phase in mission.phases if phase.kind not in LUNAR and not phase.name.startswith("ascender")]
    _, legs, outcome, advice = fly_phases(setting, first_state(mission, plan, setting.world), alone, quiet)
    assert outcome is Outcome.DONE, advice
    return {burn.name: burn.delta_v_m_s for leg in legs for burn in leg.burns}


def test_prices_are_what_the_road_burns(change6: Flight, road_burns: dict[str, float]) -> None:
    """Nominally flown, each burn is the planned one to a centimetre a second."""
    prices, burned = {price.what: price.delta_v_m_s for price in change6.plan.prices}, road_burns
    pairs = {"trans-lunar burn": "tli", "capture": "loi_1", "lowering 1": "loi_3", "circularisation": "loi_4", "first burn home": "tei_1"}
    for price, burn in {**pairs, "second burn home": "tei_2"}.items():
        assert burned[burn] == pytest.approx(prices[price], abs=0.01)
    turn, rise = prices["plane rotation at apolune (part of loi_2)"], prices["height of the next perilune (part of loi_2)"]
    assert burned["loi_2"] == pytest.approx((turn**2 + rise**2) ** 0.5, abs=0.01)
    assert all(price >= 0.0 for price in prices.values())


def test_the_way_home_costs_what_was_planned_wherever_the_docking_left_the_orbiter(change6: Flight, change5: Flight) -> None:
    """It is solved again there: 10 km higher and elsewhere on its orbit. The one burn gives what the other takes, the sum stays."""
    for flight in (change6, change5):
        prices = {price.what: price.delta_v_m_s for price in flight.plan.prices}
        burned = {burn.name: burn.delta_v_m_s for burn in flight.burns}
        planned = prices["first burn home"] + prices["second burn home"]
        # An ellipse's energy 10 km higher up: 4 m/s at most; another revolution turns the plane by a degree or so: some metres a second.
        assert burned["tei_1"] + burned["tei_2"] == pytest.approx(planned, abs=8.0)
        assert abs(burned["tei_1"] - prices["first burn home"]) < 20.0


def test_a_mission_that_ends_on_the_way_is_planned_only_so_far(world6: World, road6: RoadGoal) -> None:
    plan = plan_road(world6, replace(road6, lunar=None, home=None), quiet)
    assert plan.lunar is None and plan.home is None
    assert [price.what for price in plan.prices] == ["tli"]
    assert 0.0 < plan.perilune.epoch_s - road6.capture_s < 900.0, "the capture burn, centred on it, would begin at the declared minute"


def test_progress_names_what_is_being_solved(world6: World, road6: RoadGoal) -> None:
    heard: list[str] = []
    plan_road(world6, replace(road6, lunar=None, home=None), lambda stage, done: heard.append(stage))
    assert heard == ["plan: ascent", "plan: transfer"]


def test_a_calendar_without_room_is_refused(world6: World, road6: RoadGoal) -> None:
    assert road6.lunar is not None
    orbits = replace(road6.lunar.orbits, latest_circle_s=road6.lunar.orbits.earliest_circle_s + 600.0)
    with pytest.raises(PlanError, match=r"no angle of the B-plane and no dwell .* within the 0\.01 days of its calendar; a longer"):
        plan_road(world6, replace(road6, lunar=replace(road6.lunar, orbits=orbits), home=None), quiet)


def test_a_capture_out_of_its_tolerance_is_refused(world5: World, road5: RoadGoal) -> None:
    """The burn is centred on its perilune, which is planned from a rough size of the burn: within seconds, not milliseconds."""
    strict = replace(road5, home=None, capture_tolerance_s=0.01)
    with pytest.raises(PlanError, match=r"capture ignites -?\d+\.\d min after its goal, allowed are 0\.0 min"):
        plan_road(world5, strict, quiet)
