from farside.products import rows, table
from farside.products.events import event_records
from farside.products.timeline import mission_time, rows_from_events


def test_rows_are_the_events(flight):
    timeline = rows(flight)
    assert [row.event for row in timeline] == [event.name for event in flight.events]
    assert timeline[0].delta_v_m_s == flight.burns[0].delta_v_m_s
    assert timeline[1].delta_v_m_s is None
    assert timeline == rows_from_events(event_records(flight))


def test_the_table_lines_up(flight):
    lines = table(rows(flight)).splitlines()
    assert len(lines) == 1 + len(flight.events)
    assert " ".join(lines[0].split()) == "UTC mission time event craft altitude km speed km/s delta-v m/s mass kg"
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
