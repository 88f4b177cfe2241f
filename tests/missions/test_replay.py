"""The missions flown again by other mathematics, from the files that their flights leave behind; and the momentum of every burn."""

import itertools
import json
import math

import numpy as np
import pytest
import replay as second


@pytest.fixture(scope="module")
def documents(files):
    return {name: json.loads(files[name].read_text()) for name in ("flight.json", "burns.json")}


def allowed_m(row):
    """How far two programs may end apart that start at one state.

    A coast: rounding of positions of 400,000 km (60 nm) and the last digits of forces, multiplied by the Moon's pull at the perilune, on
    the way there hundreds of thousands of times: centimetres (22 mm at most in these flights). A burn or a stay: micrometres; a
    millimetre is allowed, by which a craft moves while an epoch of 2024 stays the same float. A docking is a sum of two momenta.
    """
    return {"coast": 0.1, "docking": 1e-6}.get(row.what, 1e-3)


def test_every_arc_ends_where_the_second_opinion_says(documents):
    rows = second.replay_arcs(documents["flight.json"], documents["burns.json"])
    flown = [arc for leg in documents["flight.json"]["legs"] for arc in leg["arcs"] if arc["mode"] not in second.NOT_FLOWN_AGAIN]
    assert len(rows) == len(flown), "all but those in air; tests/dynamics/test_launching.py flies a launch again"
    for row in rows:
        assert row.error_m < allowed_m(row), row
        assert row.error_kg < 1e-5, row


def test_every_motion_follows_from_the_list_of_burns(documents):
    """From `burns.json` alone: each coast from one burn to the next, over changes of phase and of centre, each burn (a closed loop by its
    history), each stay on the ground, each docking. A launch, in air, is taken as it is told; all begins where it ends."""
    burns = documents["burns.json"]
    rows = list(second.replay(burns))
    burned = [row.what for row in rows if row.what not in ("coast", "stay", "docking")]
    lives = burns["crafts"]
    flown = [burn for burn in burns["burns"] if not any(second.burns_on(life, burn) and second.in_air(life, burn) for life in lives)]
    assert sorted(burned) == sorted(burn["event"] for burn in flown)
    assert {burn["phase"] for burn in burns["burns"] if burn not in flown} <= {"launch"}
    assert sum(row.what == "docking" for row in rows) == len(burns["dockings"])
    assert sum(row.what == "stay" for row in rows) == sum(len(life["stays"]) for life in burns["crafts"])
    for row in rows:
        assert row.error_m < allowed_m(row), row
        assert row.error_m_s < 1e-4, row  # 1e-3 m/s of a metre's error in low orbit
        assert row.error_kg < 1e-5, row


def test_stays_are_at_the_place_that_the_file_tells(documents):
    """By the second opinion's axes, within a millimetre: where braking or a fall ended, where an ascent or a way over the ground begins,
    where a life ends."""
    burns = documents["burns.json"]
    states = [burn[key] for burn in burns["burns"] for key in ("ignition_state", "cutoff_state")]
    found = 0
    for life in burns["crafts"]:
        moved = [span[end] for span in life["in_air"] for end in ("start", "end")]
        for stay in life["stays"]:
            ends = (stay["from_tdb_s"], stay["until_tdb_s"])
            for state in (state for state in (*states, *moved, life["end"]) if state["epoch_tdb_s"] in ends):
                at = second.FIXED_AXES[stay["center"]](state["epoch_tdb_s"])[0] @ state["r_m"]
                assert np.linalg.norm(at - stay["r_fixed_m"]) < 1e-3
                found += 1
    assert found >= 2 * sum(len(life["stays"]) for life in burns["crafts"])


def test_the_first_states_and_the_burns_alone_lead_to_the_ground_and_to_the_docking(documents):
    """Nothing recorded is read after the first states, or after the parking orbit's. A tenth of a millimetre after the trans-lunar burn is
    centimetres at the Moon, and metres in the orbits there and at touchdown. An ascender that rises a few metres aside drifts by hundreds
    of metres a day. On the way home, close by the Moon, all is multiplied by hundreds more: too many for any two programs."""
    rows = list(second.replay(documents["burns.json"], anew=False))
    limits = {"loi_1": 10.0, "doi": 100.0, "pdi": 100.0, "ascent_liftoff": 100.0, "braking_1": 100.0, "approach_1": 100.0}
    for row in rows:
        assert row.error_m < limits.get(row.what, math.inf), row
    for name in {burn["event"] for burn in documents["burns.json"]["burns"]} & limits.keys():
        assert any(row.what == name for row in rows)


def test_a_closed_loop_pointed_elsewhere_is_noticed(documents):
    """The check can fail: a history a tenth of a second late ends metres away."""
    burns = json.loads(json.dumps(documents["burns.json"]))
    late = [burn for burn in burns["burns"] if burn["throttle_history"] and burn["phase"] != "launch"]
    for burn in late:
        burn["throttle_history"]["axis"] = burn["throttle_history"]["axis"][:1] + burn["throttle_history"]["axis"][:-1]
    off = [row.error_m for row in second.replay(burns) if row.what in {burn["event"] for burn in late}]
    assert len(off) == len(late) and all(error > 0.01 for error in off)


def test_a_burn_changes_velocity_by_the_integral_of_thrust_over_mass(flight):
    """Velocity change less the integral of gravity along the arc (Gauss, in pieces of 40 points) is that of thrust over mass, vector and
    size; of a closed loop, that of its history."""
    for leg in flight.legs:
        for burn in leg.burns if leg.phase != "launch" else ():  # air and its pressure on the nozzles take part there
            (arc,) = [arc for arc in leg.arcs if arc.mode == "burn" and arc.start_s == burn.ignition_s]
            pull = np.zeros(3)
            for epochs, weights in gauss(arc.start_s, arc.end_s, 1 if burn.history is None else 40):
                pull += weights @ np.array([second.gravity(arc.center, t, y[:3]) for t, y in zip(epochs, arc.at(epochs), strict=True)])
            pushes = law_of(burn) if burn.history is None else history_of(burn)
            found = arc.states[-1, 3:6] - arc.states[0, 3:6] - pull
            assert np.linalg.norm(found - pushes.sum(axis=0)) < 1e-6 * burn.delta_v_m_s + 1e-9
            assert math.isclose(np.linalg.norm(pushes, axis=1).sum(), burn.delta_v_m_s, rel_tol=1e-6)


def gauss(start_s, end_s, pieces):
    """Nodes and weights of 40 points in each of so many pieces."""
    points, weights = np.polynomial.legendre.leggauss(40)
    edges = np.linspace(start_s, end_s, pieces + 1)
    for a, b in itertools.pairwise(edges.tolist()):
        yield a + 0.5 * (b - a) * (points + 1.0), 0.5 * (b - a) * weights


def law_of(burn):
    """Velocity gained at the nodes of a burn of constant thrust."""
    ((epochs, weights),) = gauss(burn.ignition_s, burn.cutoff_s, 1)
    flow, law = burn.thrust_n / (second.G0_M_S2 * burn.isp_s), burn.attitude
    assert math.isclose(burn.propellant_kg, flow * (burn.cutoff_s - burn.ignition_s), rel_tol=1e-6)
    pushes = burn.thrust_n / (burn.ignition_mass_kg - flow * (epochs - burn.ignition_s)) * weights
    angles = law.rate_rad_s * (epochs - law.reference_s)
    return pushes[:, None] * (np.outer(np.cos(angles), law.axis) + np.outer(np.sin(angles), law.toward))


def history_of(burn):
    """Velocity gained in each entry of a closed loop's history, by the rocket equation."""
    held = burn.history
    exhaust, seconds = second.G0_M_S2 * burn.isp_s, np.diff([*held.epochs_s, burn.cutoff_s])
    used = np.cumsum([0.0, *(held.thrusts_n * seconds / exhaust)])
    assert math.isclose(burn.propellant_kg, used[-1], rel_tol=1e-6)
    masses = burn.ignition_mass_kg - used
    return (exhaust * np.log(masses[:-1] / masses[1:]))[:, None] * held.axes
