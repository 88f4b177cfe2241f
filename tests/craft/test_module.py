"""Modules own their mass and their cargo; a craft is what is joined, and weighs what its modules weigh."""

from __future__ import annotations

from dataclasses import dataclass, replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.craft.module import Craft, Engine, Gone, Knowledge, Landed, Module, Orbit, State

PLACE = Orbit("moon", (2e6, 0.0, 0.0), (0.0, 1500.0, 0.0))
MASSES = st.floats(0.0, 1e4)


@dataclass(frozen=True)
class Parcel:
    """Cargo."""

    mass_kg: float


@given(MASSES, MASSES, st.lists(st.floats(0.0, 10.0), max_size=5))
def test_a_module_weighs_what_it_is_made_of_and_what_it_carries(dry_kg: float, propellant_kg: float, parcels: list[float]) -> None:
    module = Module("ascender", dry_kg, propellant_kg, cargo=tuple(Parcel(mass) for mass in parcels))
    assert module.mass_kg == pytest.approx(dry_kg + propellant_kg + sum(parcels), rel=1e-12)
    assert Module("ascender", dry_kg, propellant_kg).mass_kg == dry_kg + propellant_kg


@given(MASSES, st.floats(0.0, 1.0))
def test_burning_takes_propellant_and_nothing_else(propellant_kg: float, share: float) -> None:
    module = Module("ascender", 400.0, propellant_kg, (Engine("main", 3000.0, 312.0),), (Parcel(2.0),))
    left = module.burned(share * propellant_kg)
    assert left == replace(module, propellant_kg=left.propellant_kg)
    assert module.mass_kg - left.mass_kg == pytest.approx(share * propellant_kg, abs=1e-9)
    assert module.burned(propellant_kg * 1.0000001).propellant_kg == 0.0, "never below empty"


def test_a_craft_weighs_what_its_modules_weigh_cargo_included() -> None:
    light, laden = Module("lander", 1010.0, 5.0), Module("ascender", 415.0, 380.0, cargo=(Parcel(1.5),))
    craft = Craft("lander", (light, laden), 0.0, PLACE)
    assert craft.mass_kg == 1010.0 + 5.0 + 415.0 + 380.0 + 1.5
    assert craft.with_module(replace(laden, cargo=())).mass_kg == craft.mass_kg - 1.5
    assert craft.with_module(laden) == craft
    assert craft.module_names == ("lander", "ascender")


def test_exhaust_speed_is_that_of_the_specific_impulse() -> None:
    assert Engine("main", 3000.0, 312.0).exhaust_speed_m_s == pytest.approx(3059.67, abs=0.01)  # 312 s times 9.80665 m/s2, by hand


def test_what_is_not_there_is_told_with_what_is() -> None:
    module = Module("ascender", 415.0, engines=(Engine("main", 3000.0, 312.0),))
    craft = Craft("lander", (Module("lander", 1010.0), module), 0.0, Landed("moon", (1.7e6, 0.0, 0.0), "landing"))
    state = State((craft,))
    for wrong, why in (
        (lambda: module.engine("mains"), "ascender has no engine 'mains'; it has main"),
        (lambda: Module("returner", 300.0).engine("main"), "it has none"),
        (lambda: craft.module("returner"), "lander has no module 'returner'; joined here: lander, ascender"),
        (lambda: state.craft("orbiter"), "no craft 'orbiter' at this point; flying now: lander"),
        (lambda: state.known("lander"), "it has no orbit to know"),
    ):
        with pytest.raises(KeyError, match=why):
            wrong()


def test_without_an_estimate_a_craft_knows_its_state() -> None:
    craft = Craft("orbiter", (Module("orbiter", 1.0),), 7.0, PLACE)
    assert State((craft,)).known("orbiter") == Knowledge(7.0, "moon", PLACE.r_m, PLACE.v_m_s, 0.0, 0.0)
    told = Knowledge(6.0, "moon", PLACE.r_m, PLACE.v_m_s, 300.0, 0.01)
    assert State((craft,), (("orbiter", told),)).known("orbiter") == told
    with pytest.raises(KeyError, match="has no orbit to know"):
        State((replace(craft, place=Gone("moon", "fell")),)).known("orbiter")
