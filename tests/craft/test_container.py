"""Sample mass is the same before and after everything that is done with it, to the microgram."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.craft.container import (
    Container,
    Portion,
    containers,
    filled,
    loaded,
    sample_mass_ug,
    sealed,
    transferred,
    whole_micrograms,
)
from farside.craft.module import Engine, Module

MASSES = st.lists(st.floats(0.0, 3.0), max_size=60)


def portion(i: int, mass_ug: int = 1_000_000, collected_s: float = 0.0) -> Portion:
    return Portion(f"scoop-{i:03d}", "scoop", mass_ug, 0, 30, collected_s, "landing")


@given(MASSES)
def test_rounded_once_the_sum_holds(masses: list[float]) -> None:
    whole = whole_micrograms(masses)
    exact = [Fraction(mass) * 10**9 for mass in masses]
    assert sum(whole) == round(sum(exact))
    assert all(abs(w - e) < 1 for w, e in zip(whole, exact, strict=True))


@given(MASSES)
def test_rounding_never_fills_a_container_over_its_rim(masses: list[float]) -> None:
    most = int(sum(Fraction(mass) * 10**9 for mass in masses))  # rounded down: the true sum is less than a microgram more
    assert sum(whole_micrograms(masses, most)) == most


@given(MASSES)
def test_the_order_is_kept_and_whole_masses_stay_what_they_are(masses: list[float]) -> None:
    whole = [round(mass * 1000) for mass in masses]
    assert whole_micrograms([Fraction(mass, 10**9) for mass in whole]) == tuple(whole)  # type: ignore[misc]


@pytest.mark.parametrize("mass", [-1e-9, float("nan"), float("inf")])
def test_no_mass_is_refused(mass: float) -> None:
    with pytest.raises(ValueError, match="finite and not below zero"):
        whole_micrograms([1.0, mass])


def test_a_container_is_filled_and_sealed_once() -> None:
    held = filled(Container("sample", 3_000_000), [portion(1), portion(2)])
    assert (held.mass_ug, held.mass_kg) == (2_000_000, 0.002)
    closed = sealed(held, 10.0, 1e-9)
    assert (closed.sealed_s, closed.leak_rate_pa_m3_s, closed.portions) == (10.0, 1e-9, held.portions)
    for wrong, why in (
        (lambda: filled(closed, [portion(3)]), "is sealed"),
        (lambda: sealed(closed, 11.0, 1e-9), "sealed already"),
        (lambda: filled(held, [portion(2)]), "have one name"),
        (lambda: filled(held, [portion(3, 1_000_001)]), "holds 3000000 ug"),
        (lambda: sealed(filled(held, [portion(3, collected_s=20.0)]), 10.0, 1e-9), "after it is sealed"),
    ):
        with pytest.raises(ValueError, match=why):
            wrong()


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=20), st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2)), max_size=30))
def test_no_transfer_changes_the_sample(masses: list[int], moves: list[tuple[int, int]]) -> None:
    """From module to module in any order, to oneself as well: the same container, the same microgram."""
    container = filled(Container("sample", sum(masses)), [portion(i, mass) for i, mass in enumerate(masses)])
    engine = Engine("main", 3000.0, 312.0)
    modules = [Module(name, 100.0, 10.0, (engine,), ("flag",)) for name in ("ascender", "orbiter", "returner")]
    modules[0] = loaded(modules[0], container)
    for giver, taker in moves:
        if giver != taker and containers(modules[giver]):
            modules[giver], modules[taker] = transferred(modules[giver], modules[taker], "sample")
    assert sample_mass_ug(modules) == sum(masses)
    assert [c for module in modules for c in containers(module)] == [container]
    assert all((m.dry_mass_kg, m.propellant_kg, m.cargo[0]) == (100.0, 10.0, "flag") for m in modules)


def test_what_is_not_there_cannot_be_handed_over() -> None:
    carrier = loaded(Module("ascender", 400.0), Container("sample", 1))
    with pytest.raises(KeyError, match="carries no container 'samples'; it carries sample"):
        transferred(carrier, Module("returner", 300.0), "samples")
    with pytest.raises(KeyError, match="it carries none"):
        transferred(Module("returner", 300.0), carrier, "sample")
    with pytest.raises(ValueError, match="carries a container sample already"):
        loaded(carrier, Container("sample", 2))
