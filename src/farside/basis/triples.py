"""Vectors as three numbers: what compiled functions reckon with where an array each would cost more than the sum."""

from __future__ import annotations

import math

from farside.basis.kernel import kernel


@kernel
def dot(a, b):  # type: ignore[no-untyped-def]
    """The scalar product of two vectors: arrays, or three numbers each."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


@kernel
def length(a):  # type: ignore[no-untyped-def]
    """The length of a vector."""
    return math.sqrt(dot(a, a))


@kernel
def scaled(k, a):  # type: ignore[no-untyped-def]
    """k a, three numbers."""
    return k * a[0], k * a[1], k * a[2]


@kernel
def plus(a, k, b):  # type: ignore[no-untyped-def]
    """a + k b, three numbers."""
    return a[0] + k * b[0], a[1] + k * b[1], a[2] + k * b[2]


@kernel
def times(a, b):  # type: ignore[no-untyped-def]
    """The vector product, three numbers."""
    return a[1] * b[2] - a[2] * b[1], a[2] * b[0] - a[0] * b[2], a[0] * b[1] - a[1] * b[0]
