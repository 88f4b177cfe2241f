"""A cabinet's air over time as lines: placed by the days of the readings, judged by the limits of their day."""

from __future__ import annotations

from typing import Any

import pytest

pytest.importorskip("django", reason="needs the extra lab (Django)")

from farside.curation.models import Cabinet
from farside.web.curves import EDGE, HEIGHT, WIDTH, air_of, curves

LIMITS = {"oxygen_most_ppb": 10_000, "pressure_least_pa": 100, "pressure_most_pa": 900}


def state(day: int, **read: Any) -> dict[str, Any]:
    nothing = {field.column: None for field in Cabinet._meta.concrete_fields}
    return {**nothing, "code": "N1", **LIMITS, "read_utc": f"2026-01-{day:02d}T00:00:00.000Z", **read}


def cabinet(**read: Any) -> Cabinet:
    return Cabinet(code="N1", **LIMITS, **read)


def placed(points: str) -> list[tuple[float, float]]:
    return [(float(x), float(y)) for x, y in (each.split(",") for each in points.split())]


def test_readings_lie_where_their_days_are() -> None:
    (oxygen,) = curves(cabinet(), [state(1, oxygen_ppb=2_000), state(2, oxygen_ppb=4_000), state(11, oxygen_ppb=6_000)])
    assert [x for x, _ in placed(oxygen.points)] == [0.0, WIDTH / 10, WIDTH]
    assert (oxygen.lowest, oxygen.highest, oxygen.last, oxygen.unit) == (2.0, 6.0, 6.0, "ppm")


def test_the_highest_is_at_the_top_and_the_lowest_at_the_bottom() -> None:
    (oxygen,) = curves(cabinet(), [state(1, oxygen_ppb=2_000), state(2, oxygen_ppb=12_000)])
    assert [y for _, y in placed(oxygen.points)] == [HEIGHT - EDGE, EDGE]
    (line, limit) = oxygen.limits[0]
    assert limit == 10.0
    assert EDGE < line < HEIGHT / 2


def test_what_was_beyond_the_limits_of_its_day_is_marked() -> None:
    """Limits set anew later do not condemn what was within."""
    read = [state(1, oxygen_ppb=11_000, oxygen_most_ppb=12_000), state(2, oxygen_ppb=11_000), state(3, oxygen_ppb=3_000)]
    (oxygen,) = curves(cabinet(), read)
    assert [(value, epoch[:10]) for _, _, value, epoch in oxygen.beyond] == [(11.0, "2026-01-02")]


def test_a_reading_is_drawn_once_though_other_events_tell_it_again() -> None:
    (pressure,) = curves(cabinet(), [state(1, pressure_pa=400), state(1, pressure_pa=400), state(5, pressure_pa=500)])
    assert len(placed(pressure.points)) == 2


@pytest.mark.parametrize("read", [[], [state(1, oxygen_ppb=1)], [state(1), state(2)]])
def test_less_than_two_readings_are_no_curve(read: list[dict[str, Any]]) -> None:
    assert curves(cabinet(), read) == []


def test_a_value_that_stays_the_same_is_a_line_all_the_same() -> None:
    (temperature,) = curves(cabinet(), [state(1, temperature_mk=294_000), state(2, temperature_mk=294_000)])
    assert len({y for _, y in placed(temperature.points)}) == 1


def test_the_last_reading_is_beside_its_limits() -> None:
    told = {each.label: each for each in air_of(cabinet(oxygen_ppb=14_800, temperature_mk=294_150))}
    assert (told["O₂"].value, told["O₂"].most, told["O₂"].within) == (14.8, 10.0, False)
    assert (told["T"].value, told["T"].within) == (294.15, True)
    assert (told["Δp"].value, told["Δp"].least, told["Δp"].within) == (None, 100.0, True)
    assert "H₂O" not in told
