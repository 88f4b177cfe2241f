"""Laws of whole flights: a module is in one place at every epoch, and no kilogram and no microgram comes or goes but where it is told."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.craft.container import containers, sample_mass_ug
from farside.craft.module import Gone
from farside.environment.orientation import body_axes, ground_velocity


def arcs_of(flight, module):
    """(leg, number of the arc) of every arc that a module is part of and that lasts, by epoch."""
    found = [
        (leg, k) for leg in flight.legs if module in leg.before[0].module_names for k, arc in enumerate(leg.arcs) if arc.end_s > arc.start_s
    ]
    return sorted(found, key=lambda each: each[0].arcs[each[1]].start_s)


def life(flight, module):
    """From its first epoch to its last."""
    arcs = arcs_of(flight, module)
    return arcs[0][0].arcs[arcs[0][1]].start_s, arcs[-1][0].arcs[arcs[-1][1]].end_s


def test_lives_have_neither_gap_nor_overlap(flight):
    """Arcs of a module follow each other to the bit, from the start of the flight to its end, or to where its craft is gone."""
    starts = [life(flight, module)[0] for module in flight.modules]
    end = max(leg.end_s for leg in flight.legs)
    for module, start in zip(flight.modules, starts, strict=True):
        arcs = [leg.arcs[k] for leg, k in arcs_of(flight, module)]
        for one, other in itertools.pairwise(arcs):
            assert one.end_s == other.start_s, module
        last = next(craft for craft in flight.state.crafts if module in craft.module_names)
        assert start == min(starts)
        assert arcs[-1].end_s == last.epoch_s and (isinstance(last.place, Gone) or last.epoch_s == end)


@settings(max_examples=200, deadline=None)  # the first answer of all loads the compiled interpolation
@given(data=st.data())
def test_a_module_is_in_one_place_at_every_epoch(flight, data):
    """Attached or free, in flight or on the ground: `at` answers with the only arc there is, and joined modules are together."""
    module = data.draw(st.sampled_from(flight.modules))
    first, last = life(flight, module)
    edges = sorted({edge for leg, k in arcs_of(flight, module) for edge in (leg.arcs[k].start_s, leg.arcs[k].end_s)})
    anywhere = st.floats(0.0, 1.0).map(lambda share: min(max(first + share * (last - first), first), last))
    epoch = data.draw(st.one_of(st.sampled_from(edges), anywhere))
    truth = flight.at(epoch, module)
    inside = [(leg, k) for leg, k in arcs_of(flight, module) if leg.arcs[k].start_s <= epoch <= leg.arcs[k].end_s]
    assert 1 <= len(inside) <= (2 if epoch in edges else 1)
    answers = [
        leg for leg, k in inside if leg.before[0].name == truth.craft and (leg.arcs[k].at(epoch)[0, :3] == np.array(truth.r_m)).all()
    ]
    assert answers, "the answer is that of an arc"
    assert truth.mass_kg > 0.0
    if epoch == last:
        return  # the moment of a parting belongs to what comes after it; a module that is gone has only what was before
    for other in answers[-1].before[0].module_names:
        assert flight.at(epoch, other) == truth, f"{module} and {other} are joined"


def test_outside_its_life_a_module_is_nowhere(flight):
    for module in flight.modules:
        first, last = life(flight, module)
        for epoch in (first - 1.0, last + 1.0):
            with pytest.raises(ValueError, match=f"{module} is followed from"):
                flight.at(epoch, module)


def test_the_sample_is_the_same_before_and_after_every_leg(flight):
    """To the microgram: only a stay on the ground adds to it, what the events tell, and only a hand-over moves it, all of it."""
    collected = 0
    for leg in flight.legs:
        left = [craft.module(name) for name in leg.before[0].module_names for craft in leg.after if name in craft.module_names]
        before, after = sample_mass_ug(leg.before[0].modules), sample_mass_ug(left)
        assert len(left) == len(leg.before[0].modules)
        scooped = sum(round(e.data["mass_kg"] * 1e9) for e in leg.events if e.name == "scooping")
        drilled = sum(round(e.data["core_mass_kg"] * 1e9) for e in leg.events if e.name == "drilling")
        assert after - before == scooped + drilled, leg
        collected += scooped + drilled
        moved = [name for name in leg.before[0].module_names if sample_of(leg.before[0].modules, name) != sample_of(left, name)]
        assert not moved or leg.phase in ("surface", "hand_over"), leg
    held = [item for craft in flight.state.crafts for module in craft.modules for item in containers(module)]
    assert sum(item.mass_ug for item in held) == collected
    assert (collected > 0) == ("scooping" in {event.name for event in flight.events})


def sample_of(modules, name):
    return next(sample_mass_ug([module]) for module in modules if module.name == name)


def test_masses_are_dry_mass_propellant_and_cargo_in_every_arc(flight):
    """What the modules weigh when an arc begins is what the arc begins with, to the bit; what it loses is what its burn says."""
    for leg in flight.legs:
        assert len(leg.loads) == len(leg.arcs)
        for arc, load in zip(leg.arcs, leg.loads, strict=True):
            assert sum(module.mass_kg for module in load) == arc.states[0, 6]
            for module in load:
                assert module.mass_kg == module.dry_mass_kg + module.propellant_kg + sum(item.mass_kg for item in module.cargo)
                assert module.dry_mass_kg == flight.mission.modules[module.name].dry_mass_kg
            burned = [burn for burn in leg.burns if arc.mode == "burn" and burn.ignition_s == arc.start_s]
            if leg.phase != "launch":
                assert arc.states[0, 6] - arc.states[-1, 6] == sum(burn.propellant_kg for burn in burned)
                assert len(burned) == (arc.mode == "burn")


def test_a_launch_loses_what_its_stages_burn_side_by_side(flight):
    """Over each leg, for a burn there may go on from arc to arc: to the rounding of hundreds of tons."""
    legs = [leg for leg in flight.legs if leg.phase == "launch"]
    assert len(legs) == (4 if "boosters" in flight.modules else 0)
    for leg in legs:
        lost = leg.arcs[0].states[0, 6] - leg.arcs[-1].states[-1, 6]
        assert lost == pytest.approx(sum(burn.propellant_kg for burn in leg.burns), abs=1e-9)
        assert leg.arcs[-1].states[-1, 6] == pytest.approx(sum(craft.mass_kg for craft in leg.after), abs=1e-9)


def test_parting_and_joining_neither_make_nor_lose_mass(flight):
    """Modules go through separations and dockings as they are: the same values, propellant and cargo included."""
    for leg in flight.legs:
        before = {module.name: module for module in leg.before[0].modules}
        after = {module.name: module for craft in leg.after for module in craft.modules}
        joined, parted = len(after) > len(before), len(leg.after) > 1
        if not (joined or parted):
            continue
        assert before.keys() <= after.keys()
        for name, module in before.items():
            assert after[name].dry_mass_kg == module.dry_mass_kg and after[name].cargo == module.cargo
            burned = sum(burn.propellant_kg for burn in leg.burns if burn.module == name)
            assert after[name].propellant_kg == pytest.approx(module.propellant_kg - burned, abs=1e-9)
        if parted:
            burned = sum(burn.propellant_kg for burn in leg.burns)
            assert sum(craft.mass_kg for craft in leg.after) == pytest.approx(leg.before[0].mass_kg - burned, abs=1e-9)


def test_a_docking_keeps_momentum_and_joins_in_one_place(flight):
    """The joined craft is where the active one was, a few millimetres from the passive one, with the momentum of both."""
    for active, passive in itertools.pairwise(flight.legs):
        (joined,) = active.after[:1]
        if joined is not passive.after[0]:
            continue
        one, other = (leg.arcs[-1].states[-1] for leg in (active, passive))
        assert np.linalg.norm(one[:3] - other[:3]) < 0.1, "metres; the latch takes less"
        assert joined.place.r_m == tuple(one[:3])
        whole = one[6] * one[3:6] + other[6] * other[3:6]
        np.testing.assert_allclose(joined.mass_kg * np.array(joined.place.v_m_s), whole, rtol=1e-12)


def test_what_stands_turns_with_its_body(flight):
    """On the ground a craft stays within a millimetre of its place in the axes that turn, and moves as they do."""
    stays = [(leg, arc) for leg in flight.legs for arc in leg.arcs if arc.mode == "landed"]
    for leg, arc in stays:
        body, place = arc.center, np.array(leg.before[0].place.r_fixed_m)
        for epoch in np.linspace(arc.start_s, arc.end_s, 7):
            y = arc.at(float(epoch))[0]
            assert np.linalg.norm(body_axes(body, float(epoch), flight.sky) @ y[:3] - place) < 1e-3
            still = ground_velocity(body, y[:3], y[3:6], float(epoch), flight.sky)
            assert np.linalg.norm(still) < 1e-6, "metres a second; cubics between hourly nodes"
