"""Faults as phases ask for them: which burns there are, how they add up, and which way a fix is off."""

from __future__ import annotations

import math
import tomllib

import numpy as np
import pytest

import farside as fs
from farside.phases.burn_names import burns_of
from farside.phases.faults import BurnsOn, FixOff, SensorOff, ThrustOff, answer, fix_error, lasting, silent
from landing_text import DOCKING, flown
from mission_text import CHANGE6


def named_burns(text: str, flight: fs.Flight) -> None:
    """Every burn of a flight that was cut off by command is one that a fault may name."""
    phases = {phase["name"]: phase for phase in tomllib.loads(text)["phases"]}
    burned = {name: {burn.name for burn in flight.burns if burn.phase == name and burn.history is None} for name in phases}
    assert sum(len(burns) for burns in burned.values()) > 15
    for name, burns in burned.items():
        assert burns <= set(burns_of(phases[name])), name
        assert len(burns_of(phases[name])) == len(set(burns_of(phases[name])))


def test_the_burns_that_are_flown_can_be_named(change6: fs.Flight) -> None:
    named_burns(CHANGE6, change6)
    named_burns(DOCKING, flown(DOCKING))


@pytest.mark.parametrize("odd", [{}, {"kind": []}, {"kind": "coast"}, {"kind": "ascent"}, {"kind": "rendezvous", "holds": 3}])
def test_where_no_burn_is_cut_off_none_can_be_named(odd: dict[str, object]) -> None:
    assert burns_of(odd) == []


def test_a_fix_is_off_along_the_way_to_its_left_and_up() -> None:
    """Over the +x side, flying along +y: ahead is +y, left is +z, up is +x."""
    r, v = np.array([2.0e6, 0.0, 0.0]), np.array([100.0, 1600.0, 0.0])
    off = (FixOff(kind="fix_off", phase="descent", along_m=1.0, across_m=20.0, up_m=300.0),)
    assert fix_error(off, "descent", r, v) == pytest.approx(np.array([300.0, 1.0, 20.0]))
    assert fix_error((*off, *off), "descent", r, v) == pytest.approx(np.array([600.0, 2.0, 40.0]))
    assert not fix_error(off, "ascent", r, v).any()


def test_faults_of_a_phase_add_up_and_leave_the_others_alone() -> None:
    late = BurnsOn(kind="burns_on", phase="a", event="tei_1", lasting=1.1)
    assert lasting((late, late), "a", "tei_1") == pytest.approx(1.21)
    assert lasting((late,), "a", "tei_2") == lasting((late,), "b", "tei_1") == lasting((), "a", "tei_1") == 1.0
    weak = ThrustOff(kind="thrust_off", phase="a", share=0.9)
    assert answer((weak, weak), "a") == pytest.approx(0.81) and answer((weak,), "b") == 1.0
    deaf = tuple(SensorOff(kind="sensor_off", phase="a", sensor=sensor) for sensor in ("radar", "image"))
    assert silent(deaf, "a") == {"radar", "image"} and not silent(deaf, "b")


def test_a_burn_of_the_road_that_is_too_long_is_corrected_or_said() -> None:
    """The last burn before the rendezvous, a tenth too long: the ascender flies past, and the rendezvous is flown from where it is."""
    table = (
        '\n[[faults]]\nkind = "burns_on"\nphase = "phasing"\nevent = "phasing_1"\nlasting = { value = "110 %", source = "assumed: test" }\n'
    )
    nominal, long = flown(DOCKING), flown(DOCKING + table)
    sizes = [{burn.name: burn.delta_v_m_s for burn in flight.burns} for flight in (nominal, long)]
    assert sizes[1]["phasing_1"] == pytest.approx(1.1 * sizes[0]["phasing_1"], rel=0.01)
    assert long.outcome is fs.Outcome.DONE or long.advice
    if long.outcome is fs.Outcome.DONE:
        assert not math.isclose(sizes[1]["phasing_2"], sizes[0]["phasing_2"], rel_tol=0.05), "the next burn makes up for it"
