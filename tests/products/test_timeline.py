from dataclasses import replace

import pytest

from farside.products import rows, table
from farside.products.events import event_records
from farside.products.timeline import HEAD, Row, grouped, layout, mission_time, remark, rows_from_events


def test_rows_are_the_events(flight):
    timeline = rows(flight)
    assert [row.event for row in timeline] == [event.name for event in flight.events]
    assert timeline[0].delta_v_m_s == flight.burns[0].delta_v_m_s
    assert timeline[1].delta_v_m_s is None
    assert timeline == rows_from_events(event_records(flight))


def test_the_table_lines_up(flight):
    lines = table(rows(flight)).splitlines()
    assert len(lines) == 1 + len(flight.events)
    assert " ".join(lines[0].split()) == "UTC mission time event craft altitude km km/s mass kg what"
    assert lines[1].startswith("2024-05-03 09:46:10  +00 00:00:00  tli ")
    column = lines[0].index("craft")
    assert [line[column:].split()[0] for line in lines[1:]] == [event.craft for event in flight.events]


def test_an_empty_timeline_is_its_heading():
    assert table([]).startswith("UTC")


def test_mission_times():
    assert mission_time(2552135.12) == "+29 12:55:35"
    assert mission_time(0.4) == "+00 00:00:00"
    assert mission_time(-0.4) == "+00 00:00:00"
    assert mission_time(-61.0) == "-00 00:01:01"


def small(event, met_s, delta_v=None, craft="orbiter"):
    return Row(f"2024-06-06T06:{int(met_s) // 60:02d}:00.000Z", met_s, event, craft, 230.0, "moon", 1.57, delta_v, 2383.6, "")


def test_small_events_of_one_kind_share_a_row_that_says_so():
    timeline = [small("hold_3", 0.0), *(small(f"approach_{k}", 60.0 * k, 0.1 * k) for k in range(1, 8)), small("docking", 500.0)]
    shown = grouped(timeline)
    assert [(one.event, one.count) for one in shown] == [("hold_3", 1), ("approach_1..7", 7), ("docking", 1)]
    assert shown[1].delta_v_m_s == pytest.approx(2.8)
    assert (shown[1].met_s, shown[1].remark) == (60.0, "until 06:07:00")
    assert table(timeline).splitlines()[-1] == "several events in one row: approach_1..7; events.json has each"
    assert [one.event for one in grouped([small("scooping", 3600.0 * k) for k in range(8)])] == ["scooping x8"]


@pytest.mark.parametrize(
    "timeline",
    [
        [small(f"loi_{k}", 50000.0 * k, 100.0) for k in range(1, 4)],  # days apart
        [small("loi_1", 0.0, 1.0), small("loi_2", 1.0, 1.0)],  # two
        [small("tcm_1", 0.0, 1.0), small("perilune", 1.0), small("tcm_2", 2.0, 1.0), small("hover", 3.0), small("tcm_3", 4.0, 1.0)],
        [small(f"stay_{k}", 60.0 * k, craft=craft) for k, craft in enumerate(("lander", "orbiter", "lander"))],  # of different craft
    ],
)
def test_others_keep_their_rows(timeline):
    assert grouped(timeline) == timeline


def test_a_narrow_table_says_what_it_leaves_out(lunar):
    timeline = [replace(one, event=f"{one.event}_of_a_long_name") for one in rows(lunar)]
    full = layout(timeline)
    assert full.head == HEAD and not full.notes
    widths = range(full.width, 60, -1)
    seen = set()
    for width in widths:
        found = layout(timeline, width)
        assert len(found.cells) == len(timeline), "no event is ever left out"
        assert [line[-1][:8] for line in found.cells] == [line[-1][:8] for line in full.cells]
        missing = [head for head in HEAD if head not in found.head]
        told = " ".join(found.notes)
        assert all(head in told for head in missing) and (f"left out in {width} columns" in told or found.width <= width == full.width)
        assert ("remarks cut" in told) == any(line[-1].endswith("…") for line in found.cells)
        seen.add(found.head)
    assert len(seen) == 4


@pytest.mark.parametrize("width", [80, 100, 131])
def test_lines_fit_the_terminal(lunar, width):
    assert max(map(len, table(rows(lunar), width).splitlines())) <= width


def test_burns_are_told_once(lunar):
    """The insertion repeats its burn's total in the file, not in the timeline."""
    told = {one.event: one for one in rows(lunar)}
    assert told["ascent_liftoff"].delta_v_m_s == lunar.burns[0].delta_v_m_s
    assert told["ascent_insertion"].delta_v_m_s is None
    assert told["ascent_insertion"].remark.endswith(" km")


@pytest.mark.parametrize(
    ("data", "said"),
    [
        ({"vertical_speed_m_s": 2.069, "target_miss_m": 3.61, "duration_s": 9.0}, "2.07 m/s, 3.6 m aside"),
        ({"depth_m": 2.0, "core_mass_kg": 0.55396, "refusal": None}, "2.00 m, 0.554 kg"),
        ({"mass_kg": 1.535249434, "portions": 28}, "1.535 kg"),
        ({"instrument": "dorn", "hours": 30.0}, "dorn"),
        ({"giver": "orbiter", "taker": "returner"}, "to the returner"),
        ({"height_above_site_m": 2804.3}, "2,804 m up"),
        ({"height_above_site_m": -0.04}, ""),
        ({"periapsis_altitude_km": 15.0, "apoapsis_altitude_km": None}, ""),
        ({}, ""),
    ],
)
def test_remarks_are_a_few_words_about_the_data(data, said):
    assert remark(data) == said
