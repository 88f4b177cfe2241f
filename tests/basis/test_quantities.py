"""Quantities: exact answers for units whose definition is exact, and a message that teaches for everything else."""

from __future__ import annotations

import math
import subprocess
import sys

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from farside.basis.quantities import ANGLE, AREA, DURATION, FRACTION, LENGTH, MASS, SPEED, THRUST, Dimension, QuantityError, parse

ALL = (LENGTH, AREA, MASS, DURATION, SPEED, THRUST, ANGLE, FRACTION)


@pytest.mark.parametrize(
    ("text", "dimension", "si"),
    [
        ("200 km", LENGTH, 200e3),
        ("200km", LENGTH, 200e3),
        ("  -5256 m ", LENGTH, -5256.0),
        ("1 mile", LENGTH, 1609.344),  # exact, international mile
        ("1 au", LENGTH, 149597870700.0),  # exact, IAU 2012 B2
        ("20 m^2", AREA, 20.0),
        ("20 m²", AREA, 20.0),
        ("2 t", MASS, 2000.0),
        ("1 lb", MASS, 0.45359237),  # exact
        ("15 min", DURATION, 900.0),
        ("1.5 h", DURATION, 5400.0),
        ("2 day", DURATION, 172800.0),
        ("3.6 km/h", SPEED, 1.0),
        ("3 kN", THRUST, 3000.0),
        ("1 kg m/s^2", THRUST, 1.0),
        ("180 deg", ANGLE, math.pi),
        ("180°", ANGLE, math.pi),
        ("1 %", FRACTION, 0.01),
        ("3e2 ppm", FRACTION, 3e-4),
        ("0.25 dimensionless", FRACTION, 0.25),
    ],
)
def test_a_number_with_a_unit_becomes_si(text: str, dimension: Dimension, si: float) -> None:
    assert parse(text, dimension) == pytest.approx(si, rel=1e-15)  # one multiplication by a factor, itself rounded once


@pytest.mark.parametrize(
    ("text", "dimension", "why"),
    [
        ("200 kg", LENGTH, "in kilogram, which is not a length"),
        ("5 T", MASS, "in tesla, which is not a mass"),
        ("1 degC", LENGTH, "which is not a length"),
        ("200 kms", LENGTH, "no unit 'kms', did you mean 'km'?"),
        ("3 parsnips", LENGTH, "no unit 'parsnips'"),
        ("200", LENGTH, "has no unit"),
        ("0.25", FRACTION, "has no unit"),
        ("km", LENGTH, "not a number followed by a unit"),
        ("20 degC", Dimension("a temperature", "K", "293 K", "K"), 'counts from a zero of its own; write a temperature like "293 K"'),
        ("", LENGTH, "not a number followed by a unit"),
        ("two km", LENGTH, "not a number followed by a unit"),
        ("nan km", LENGTH, "not a finite number"),
        ("inf km", LENGTH, "not a finite number"),
        ("-Infinity km", LENGTH, "not a finite number"),
        ("1e400 m", LENGTH, "not a finite number"),
        ("1e308 km", LENGTH, "not a finite number"),  # finite until it is in metres
        ("1 m + 2 m", LENGTH, "cannot be read as a unit"),
        ("2 * 3 m", LENGTH, "cannot be read as a unit"),
        ("2 m**99999999", LENGTH, "cannot be read as a unit"),
        ("1 __import__('os')", LENGTH, "cannot be read as a unit"),
        ("5 %", ANGLE, "in percent, which is not an angle"),
        ("5 deg", FRACTION, "in degree, which is not a fraction"),
        ("5 sr", ANGLE, "which is not an angle"),
    ],
)
def test_everything_else_is_refused_with_what_was_asked_and_what_would_work(text: str, dimension: Dimension, why: str) -> None:
    with pytest.raises(QuantityError) as refused:
        parse(text, dimension)
    message = str(refused.value)
    assert repr(text) in message
    assert why in message
    assert dimension.example in message


@given(value=st.floats(allow_nan=False, allow_infinity=False, min_value=-1e300, max_value=1e300), dimension=st.sampled_from(ALL))
def test_si_is_read_as_it_was_written(value: float, dimension: Dimension) -> None:
    assert parse(f"{value!r} {dimension.unit or 'dimensionless'}", dimension) == value


@given(metres=st.floats(min_value=1e-3, max_value=1e12), unit=st.sampled_from(["km", "mile", "cm", "au", "ft", "nautical_mile"]))
def test_to_another_unit_and_back(metres: float, unit: str) -> None:
    written = metres / parse(f"1 {unit}", LENGTH)
    assert parse(f"{written!r} {unit}", LENGTH) == pytest.approx(metres, rel=1e-15)  # two roundings


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=20), st.text(alphabet="0123456789.eE+-kmsNdegt/*^% ()²°", max_size=12)), st.sampled_from(ALL))
def test_any_text_is_a_finite_number_or_an_error_of_ours(text: str, dimension: Dimension) -> None:
    try:
        assert math.isfinite(parse(text, dimension))
    except QuantityError as error:
        assert dimension.example in str(error)


def test_the_units_are_not_loaded_before_the_first_quantity() -> None:
    code = "import sys, farside.basis.quantities; sys.exit('pint' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
