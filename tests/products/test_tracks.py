"""Nodes from which anyone can interpolate, sampled once for all joined modules."""

from dataclasses import replace

import numpy as np
import pytest
from flights import fly_arc

from farside.products.tracks import DEGREE, interpolated, leg_tracks, middle_errors_m, module_tracks, nodes, tracks_of


def test_interpolation_is_exact_for_polynomials_of_its_degree():
    times = np.array([0.0, 0.3, 1.0, 1.4, 2.0, 2.7, 3.1, 4.0, 4.4])
    epochs = np.linspace(0.0, 4.4, 50)
    values = np.stack([times**DEGREE, 1.0 + times**3], axis=1)
    found = interpolated(times, values, epochs)
    np.testing.assert_allclose(found, np.stack([epochs**DEGREE, 1.0 + epochs**3], axis=1), atol=1e-9)


def test_masses_of_modules_add_up_and_only_the_burning_one_gets_lighter(flight):
    for track in tracks_of(flight.legs):
        masses = {name: track.module_mass_kg(name) for name in track.modules}
        np.testing.assert_allclose(sum(masses.values()), track.states[:, 6], rtol=1e-12)
        for name, mass in masses.items():
            assert (np.ptp(mass) > 0.0) == (name in {burn.module for burn in track.burns})


def test_nodes_begin_and_end_with_the_arc_and_lie_on_the_ticks_between(flight):
    for track in tracks_of(flight.legs):
        assert track.times_s[0] == track.arc.start_s
        assert track.times_s[-1] == track.arc.end_s
        assert (np.diff(track.times_s) > 0.0).all()
        assert (np.mod(track.times_s[1:-1] * 64.0, 1.0) == 0.0).all()


def test_a_module_is_followed_through_all_its_crafts(flight):
    tracks = tracks_of(flight.legs)
    crafts = {module: [t.craft for t in module_tracks(tracks, module)] for module in flight.modules}
    assert crafts["launcher"] == ["launcher"] * 3
    assert crafts["ascender"] == ["launcher"] * 3 + ["stack"] * 3 + ["lander"]
    assert crafts["returner"] == ["launcher"] * 3 + ["stack"] * 3 + ["orbiter"]


@pytest.mark.parametrize("seconds", [0.01, 1.0, 60.0, 7200.0])
def test_short_arcs_have_a_stencil_of_nodes(seconds):
    arc = fly_arc("moon", 768000000.123, np.array([1.9e6, 0.0, 0.0, 0.0, 1600.0, 0.0, 3000.0]), seconds)
    times = nodes(arc)
    assert times.size > DEGREE
    assert middle_errors_m(arc, times).max() < 0.5


def test_a_burn_that_is_not_listed_is_named(flight):
    leg = next(leg for leg in flight.legs if leg.burns)
    with pytest.raises(LookupError, match=r"transfer.*not list"):
        list(leg_tracks(replace(leg, burns=())))


def test_masses_follow_the_cargo(lunar):
    """On the ground the ascender gets heavier scoop by scoop; handed over, the container weighs on the next module, and the sum stays."""
    tracks = tracks_of(lunar.legs)
    for track in tracks:
        masses = [track.module_mass_kg(name) for name in track.modules]
        np.testing.assert_allclose(sum(masses), track.states[:, 6], rtol=1e-14)
    stays = [track for track in tracks if track.phase == "surface"]
    assert [round(track.module_mass_kg("ascender")[0] - 750.0, 9) for track in stays] == [0.0, 0.123456789, 0.246913579, 0.246913579]
    carried = {
        name: [t.module_mass_kg(name)[0] for t in module_tracks(tracks, name) if t.phase in ("hand_over", "home")] for name in lunar.modules
    }
    assert carried["returner"] == [300.0, 300.0, 300.246913579]
    assert carried["orbiter"] == [2100.0, 2100.246913579, 2100.0]
    assert carried["ascender"][0] - carried["ascender"][1] == pytest.approx(0.246913579, abs=1e-12)


def test_thrust_is_that_which_is_held(lunar):
    """A closed-loop burn by its history; on the ground and in a coast there is none."""
    for track in tracks_of(lunar.legs):
        wanted = np.zeros(track.times_s.size)
        if track.arc.mode == "burn":
            wanted = np.where(track.times_s < track.arc.start_s + 150.0, 3000.0, 1500.0)
        np.testing.assert_array_equal(track.thrust_n, wanted)


def test_nodes_on_the_ground_are_hourly(lunar):
    stay = next(track for track in tracks_of(lunar.legs) if track.phase == "lander_stay")
    assert stay.arc.mode == "landed"
    assert 0.9 < np.diff(stay.times_s).max() / 3600.0 <= 1.01 or stay.times_s.size <= DEGREE + 2
    middles = 0.5 * (stay.times_s[1:] + stay.times_s[:-1])
    found = interpolated(stay.times_s, stay.states[:, :3], middles)
    assert np.linalg.norm(found - stay.arc.at(middles)[:, :3], axis=1).max() < 1e-6
