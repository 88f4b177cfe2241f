"""The goals and the world of Chang'e-6 and Chang'e-5, as planning takes them.

Property tests here call compiled functions: the first call of a test compiles, so no call is held to a deadline.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import settings

from farside.dynamics.world import World
from farside.flight import build_world, road_goal
from farside.mission import load
from farside.planning.road import RoadGoal
from farside.planning.to_orbit import first_ascent

settings.register_profile("compiled", deadline=None)
settings.load_profile("compiled")

MISSIONS = Path(__file__).parents[2] / "missions"


@pytest.fixture(scope="session")
def road6(world6: World) -> RoadGoal:
    return after_ascent(world6, road_goal(load(MISSIONS / "change6.toml")))


@pytest.fixture(scope="session")
def road5(world5: World) -> RoadGoal:
    return after_ascent(world5, road_goal(load(MISSIONS / "change5.toml")))


def after_ascent(world: World, goal: RoadGoal) -> RoadGoal:
    """The goals with an ascent towards about the right azimuth: it begins the road, which otherwise begins on the pad."""
    assert goal.rocket is not None
    return replace(goal, launch=first_ascent(world, goal.rocket, goal.launch, goal.capture_s).launch)


@pytest.fixture(scope="session")
def world6() -> World:
    return build_world(load(MISSIONS / "change6.toml"))


@pytest.fixture(scope="session")
def world5() -> World:
    return build_world(load(MISSIONS / "change5.toml"))
