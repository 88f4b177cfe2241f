"""Orbit parameter messages, by a reader written by others; what their manoeuvres are worth, by quadrature."""

import ccsds_ndm
import numpy as np
import pytest
from scipy.integrate import quad_vec

from farside.products.opm import delta_v_m_s, free_flights, opm_files
from farside.products.recorded import recorded

CREATED = "2024-07-01T00:00:00Z"


def read(text):
    return ccsds_ndm.from_str(text)


@pytest.fixture(scope="module")
def flown(flight):
    return recorded(flight)


@pytest.fixture(scope="module")
def on_the_moon(lunar):
    return recorded(lunar)


def test_another_reader_finds_state_mass_and_manoeuvres(flown):
    files = opm_files(flown, flown.modules, CREATED)
    assert list(files) == ["launcher.opm", "stack.opm", "lander.opm", "orbiter.opm"]
    for message, flight in zip((read(text) for text in files.values()), free_flights(flown), strict=True):
        about, data = message.segment.metadata, message.segment.data
        assert (about.object_name, about.center_name) == (flight.craft.upper(), flight.center.upper())
        assert (str(about.ref_frame), str(about.time_system)) == ("ICRF", "TDB")
        state = data.state_vector
        np.testing.assert_array_equal([state.x, state.y, state.z, state.x_dot, state.y_dot, state.z_dot], flight.state[:6] / 1e3)
        assert seconds(state.epoch) == pytest.approx(flight.epoch_s, abs=2e-7)  # nine digits; a float resolves 0.12 microseconds
        assert data.spacecraft_parameters.mass == flight.state[6]
        for told, burn in zip(data.maneuver_parameters or (), flight.burns, strict=True):
            assert seconds(told.man_epoch_ignition) == pytest.approx(burn["ignition_tdb_s"], abs=2e-7)
            assert (told.man_duration, told.man_delta_mass) == (burn["duration_s"], -burn["propellant_kg"])
            assert str(told.man_ref_frame) == "ICRF"
            np.testing.assert_array_equal([told.man_dv_1, told.man_dv_2, told.man_dv_3], delta_v_m_s(burn) / 1e3)


def seconds(text):
    return float((np.datetime64(text[:29], "ns") - np.datetime64("2000-01-01T12:00:00", "ns")).astype(np.int64)) / 1e9


def test_a_swept_burn_is_worth_its_integral(flown):
    """Thrust over mass along the sweep, by adaptive quadrature: 430 s at 1e-4 rad/s, where the mean turns with the mass."""
    for burn in flown.burns:
        law, flow = burn["attitude"], burn["thrust_n"] / (9.80665 * burn["isp_s"])

        def push(t, burn=burn, law=law, flow=flow):
            w = law["rate_rad_s"] * (t + burn["ignition_tdb_s"] - law["reference_tdb_s"])
            size = burn["thrust_n"] / (burn["ignition_mass_kg"] - flow * t)
            return size * (np.cos(w) * np.array(law["axis"]) + np.sin(w) * np.array(law["toward"]))

        wanted, _ = quad_vec(push, 0.0, burn["duration_s"], epsabs=1e-9)
        np.testing.assert_allclose(delta_v_m_s(burn), wanted, atol=1e-3)  # of thousands of m/s: the mean of 200 slices
        assert np.linalg.norm(wanted) <= burn["delta_v_m_s"]


def test_a_closed_loop_is_worth_the_sum_of_its_steps(on_the_moon):
    """Two halves of unlike thrust along one axis: as much as along the path."""
    (burn,) = on_the_moon.burns
    assert np.linalg.norm(delta_v_m_s(burn)) == pytest.approx(burn["delta_v_m_s"], rel=1e-12)


def test_what_stands_or_burns_off_the_ground_has_no_message(on_the_moon):
    """The lander stays, the ascender is joined as soon as it has burned; the orbiter that was joined is another one each time."""
    files = opm_files(on_the_moon, on_the_moon.modules, CREATED)
    assert list(files) == ["orbiter_1.opm", "orbiter_2.opm", "orbiter_3.opm"]
    assert "orbiter of orbiter, returner, ascender, as flown" in files["orbiter_2.opm"]
    assert "MAN_EPOCH" not in "".join(files.values())


def test_only_what_a_module_was_part_of(flown, on_the_moon):
    assert list(opm_files(flown, ("lander",), CREATED)) == ["launcher.opm", "stack.opm", "lander.opm"]
    assert list(opm_files(on_the_moon, ("lander",), CREATED)) == []
    assert list(opm_files(on_the_moon, ("ascender",), CREATED)) == ["orbiter_2.opm"], "numbered as in the whole flight"
