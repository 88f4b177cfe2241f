"""Vectors as three numbers against numpy."""

from __future__ import annotations

import numpy as np

from farside.basis.triples import dot, length, plus, scaled, times

A, B = np.array([1.5, -2.0, 0.25]), np.array([-0.5, 4.0, 3.0])


def test_they_reckon_as_numpy_does() -> None:
    for a, b in ((A, B), (tuple(A), tuple(B)), (A, tuple(B))):
        assert dot(a, b) == A @ B  # dyadic fractions: exact
        assert length(a) == np.linalg.norm(A)
        assert scaled(2.0, a) == tuple(2.0 * A)
        assert plus(a, -0.5, b) == tuple(A - 0.5 * B)
        assert times(a, b) == tuple(np.cross(A, B))
