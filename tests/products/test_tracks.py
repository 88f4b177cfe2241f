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
            assert (np.ptp(mass) > 0.0) == (name == track.burning)


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
