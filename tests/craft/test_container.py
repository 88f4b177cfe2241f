"""Sample mass is the same before and after everything that is done with it, to the microgram."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside.craft.container import (
    Container,
    Portion,
    as_of,
    containers,
    filled,
    loaded,
    renewed,
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
    flag = Container("flag", 0)
    modules = [Module(name, 100.0, 10.0, (engine,), (flag,)) for name in ("ascender", "orbiter", "returner")]
    modules[0] = loaded(modules[0], container)
    before_kg = sum(module.mass_kg for module in modules)
    for giver, taker in moves:
        if giver != taker and container in containers(modules[giver]):
            modules[giver], modules[taker] = transferred(modules[giver], modules[taker], "sample")
    assert sample_mass_ug(modules) == sum(masses)
    assert [c for module in modules for c in containers(module) if c != flag] == [container]
    assert all((m.dry_mass_kg, m.propellant_kg, m.cargo[0]) == (100.0, 10.0, flag) for m in modules)
    assert sum(module.mass_kg for module in modules) == pytest.approx(before_kg, abs=1e-12)  # the order of a sum of floats


@given(st.lists(st.floats(0.0, 100.0), max_size=8), st.none() | st.floats(0.0, 50.0), st.floats(-1.0, 200.0))
def test_a_container_as_it_was(epochs: list[float], closing_s: float | None, epoch_s: float) -> None:
    """What had been collected by then, open until it was closed; at the end it is itself."""
    held = filled(Container("sample", 10**9), [portion(i, 1000 + i, epoch) for i, epoch in enumerate(epochs)])
    if closing_s is not None:
        held = sealed(held, max([closing_s, *epochs]), 1e-9)
    then = as_of(held, epoch_s)
    assert then.portions == tuple(p for p in held.portions if p.collected_s <= epoch_s)
    closed = held.sealed_s is not None and held.sealed_s <= epoch_s
    assert (then.sealed_s, then.leak_rate_pa_m3_s) == ((held.sealed_s, 1e-9) if closed else (None, None))
    assert (then.id, then.capacity_ug) == (held.id, held.capacity_ug)
    assert as_of(held, 1e9) == held
    assert as_of(then, epoch_s) == then


def test_a_container_is_renewed_in_its_place() -> None:
    empty, other = Container("sample", 3_000_000), Container("spare", 5)
    carrier = Module("ascender", 400.0, cargo=(empty, other))
    held = filled(empty, [portion(1)])
    assert renewed(carrier, held).cargo == (held, other)
    assert renewed(carrier, held).mass_kg == 400.001
    assert renewed(Module("ascender", 400.0), held).cargo == (held,), "aboard if it was not"


def test_what_is_not_there_cannot_be_handed_over() -> None:
    carrier = loaded(Module("ascender", 400.0), Container("sample", 1))
    with pytest.raises(KeyError, match="carries no container 'samples'; it carries sample"):
        transferred(carrier, Module("returner", 300.0), "samples")
    with pytest.raises(KeyError, match="it carries none"):
        transferred(Module("returner", 300.0), carrier, "sample")
    with pytest.raises(ValueError, match="carries a container sample already"):
        loaded(carrier, Container("sample", 2))
