"""The missions flown again by other mathematics, from the files that their flights leave behind; and the momentum of every burn."""

import json
import math

import numpy as np
import pytest
import replay as second

WEEK_S = 7 * 86400.0


@pytest.fixture(scope="module")
def documents(files):
    return {name: json.loads(files[name].read_text()) for name in ("flight.json", "burns.json")}


def allowed_m(row):
    """The contract: a coast's end within a metre, or ten after weeks in a low orbit; a burn's within ten."""
    return 1.0 if row.what == "coast" and row.to_s - row.from_s < WEEK_S else 10.0


def test_every_arc_ends_where_the_second_opinion_says(documents):
    rows = second.replay_arcs(documents["flight.json"], documents["burns.json"])
    assert len(rows) == sum(len(leg["arcs"]) for leg in documents["flight.json"]["legs"])
    for row in rows:
        assert row.error_m < allowed_m(row), row
        assert row.error_kg < 1e-5, row


def test_every_coast_and_burn_follows_from_the_list_of_burns(documents):
    """From `burns.json` alone, each coast from one burn to the next, over changes of phase and of centre."""
    rows = list(second.replay(documents["burns.json"]))
    burned = [row.what for row in rows if row.what != "coast"]
    assert sorted(burned) == sorted(burn["event"] for burn in documents["burns.json"]["burns"])
    for row in rows:
        assert row.error_m < allowed_m(row), row


def test_the_first_state_and_the_burns_alone_lead_around_the_moon(documents):
    """Nothing recorded is read after the first state. A tenth of a millimetre after the trans-lunar burn is centimetres at the Moon and
    metres in the orbits there; on the way home, close by the Moon, it is multiplied by hundreds more, too many for any two programs."""
    rows = list(second.replay(documents["burns.json"], anew=False))
    capture = next(row for row in rows if row.what == "loi_1")
    assert capture.error_m < 10.0
    departure = next(row for row in rows if row.what == "tei_1")
    assert departure.error_m < 2000.0


def test_a_burn_changes_velocity_by_the_integral_of_thrust_over_mass(flight):
    """Velocity change less the integral of gravity along the arc (Gauss, 40 points) is that of thrust over mass, vector and size."""
    points, weights = np.polynomial.legendre.leggauss(40)
    for leg in flight.legs:
        for burn in leg.burns:
            (arc,) = [arc for arc in leg.arcs if arc.mode == "burn" and arc.start_s == burn.ignition_s]
            half = 0.5 * (arc.end_s - arc.start_s)
            epochs = arc.start_s + half * (points + 1.0)
            states = arc.at(epochs)
            pulls = np.array([second.gravity(arc.center, t, y[:3]) for t, y in zip(epochs, states, strict=True)])
            flow = burn.thrust_n / (second.G0_M_S2 * burn.isp_s)
            pushes = burn.thrust_n / (burn.ignition_mass_kg - flow * (epochs - burn.ignition_s)) * weights * half
            law = burn.attitude
            angles = law.rate_rad_s * (epochs - law.reference_s)
            pointing = np.outer(np.cos(angles), law.axis) + np.outer(np.sin(angles), law.toward)
            found = arc.states[-1, 3:6] - arc.states[0, 3:6] - half * weights @ pulls
            assert np.linalg.norm(found - pushes @ pointing) < 1e-6 * burn.delta_v_m_s
            assert math.isclose(pushes.sum(), burn.delta_v_m_s, rel_tol=1e-6)
            assert math.isclose(burn.propellant_kg, flow * 2.0 * half, rel_tol=1e-6)
