"""Tables in and out: the catalogue of 2,229 Apollo rocks to the microgram, ours to the letter, and broken ones not at all."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.db import connection

from farside.curation.exchange.records import Broken, records
from farside.curation.exchange.tables import OURS, ROCKS, import_table, write_table
from farside.curation.ledger import Act, Refused, head
from farside.curation.models import Event, Mission, Posting, Sample
from farside.curation.verify import verify

LI = Act(by="li")
HEADING = ",".join(ROCKS.values())


def test_the_whole_catalogue_comes_in_and_goes_out_as_it_was(stocked: str, shared_data: Path) -> None:
    content = (shared_data / "apollo_rock_samples.csv").read_bytes()
    begin = head().number
    count, total = 2229, 375_035_990_000
    if connection.vendor == "postgresql":  # slower by several times: a tenth of it
        head_line, *rows = content.splitlines(keepends=True)
        content, count, total = b"".join([head_line, *rows[::10]]), 223, 36_987_250_000
    events = import_table(content, LI)
    assert len(events) == count
    assert [event.number for event in events] == list(range(begin + 1, begin + 1 + count))
    rocks = Sample.objects.filter(mission__in=(names := [f"Apollo{n}" for n in (11, 12, 14, 15, 16, 17)]))
    assert sum(rocks.values_list("mass_ug", flat=True)) == total
    received = Posting.objects.filter(account__in=[f"received:{name}" for name in names])
    assert sum(received.values_list("mass_ug", flat=True)) == -total
    assert Mission.objects.filter(pk__in=names).count() == 6
    assert verify().sound
    assert write_table([told for name in names for told in records(name)], ROCKS).encode("utf-8") == content


def test_our_own_table_is_the_same_after_a_way_through_another_ledger(stocked: str, store) -> None:
    from farside.curation import database
    from farside.curation.verbs import found

    written = write_table(records())
    database.use(other := store.copy("empty") if store.template("empty", None) else "")
    found(LI, name="Li Wei", institution="NAOC", site="BJ", site_name="Beijing")
    import_table(written.encode("utf-8"), LI)
    assert write_table(records()) == written
    assert verify().sound
    database.use(stocked)
    assert other != stocked


BROKEN = f"""{HEADING}
1,Apollo11,Soil,Unsieved,1.0000001,88.36
2,Apollo11,Soil,Unsieved,-5,88.36
,Apollo11,Soil,Unsieved,5,88.36
4,Apollo11,Soil,Unsieved,,88.36
5,Apollo11,Soil,Unsieved,heavy,88.36
6,Apollo11,Soil,Unsieved,1,much
7,Apollo11,Soil,Unsieved,1,1.234
8,Apollo11,Soil,Unsieved,1,1
8,Apollo11,Soil,Unsieved,1,1
9,Apollo11,Soil,Unsieved,NaN,1
10,Apollo11,Soil,"over
two lines",1,1
11,Apollo11,Soil,1,1
CE6-D,Apollo11,Soil,,1,1
12 b,Apollo11,Soil,,1,1
13,Apollo11,Soil,,1e3,1
14,Apollo11,Soil,,inf,1
"""


def test_everything_that_is_wrong_is_said_at_once_and_nothing_is_imported(stocked: str) -> None:
    before = head().number
    with pytest.raises(Broken) as broken:
        import_table(BROKEN.encode("utf-8"), LI)
    found = {(problem.line, problem.where) for problem in broken.value.problems}
    mass, pristine = "Weight (g)", "Pristine (%)"
    assert found == {
        (2, mass), (3, mass), (4, "ID"), (5, mass), (6, mass), (7, pristine), (8, pristine), (10, "ID"), (11, mass), (12, "Subtype"),
        (14, ""), (15, "ID"), (16, "ID"), (18, mass),
    }  # fmt: skip
    says = str(broken.value)
    assert "line 2, Weight (g): '1.0000001 g': 1.0000001 g is finer than a microgram" in says
    assert "line 10, ID: '8' stands on line 9 already" in says
    assert "line 14: 5 cells, and there are 6 columns" in says
    assert "line 15, ID: 'CE6-D' is in the ledger already" in says
    assert head().number == before
    assert not Mission.objects.filter(pk="Apollo11").exists()


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "line 1, sample: the column is missing"),
        (HEADING.encode(), "there are no samples in it"),
        (f"{HEADING},Colour\n".encode(), "line 1, Colour: no such column; there are ID, Mission"),
        (b"ID,Mission,Type,Subtype,Weight (g)\n", "line 1, Pristine (%): the column is missing"),
        (f"{HEADING},ID\n".encode(), "line 1, ID: the column is there twice"),
        (f"{HEADING}\n1,Apollo11,Soil,\xe9,1,1\n".encode("latin-1"), "line 2: b'1,Apollo11,Soil,\\xe9,1,1' is not UTF-8"),
        (f"{HEADING}\n".encode("utf-16"), "is not UTF-8"),
        (f'{HEADING}\n1,Apollo11,"Soil,x,1,1\n'.encode(), "line 2: this is no CSV"),
        (b"sample,mission,mass_g,sealed\n1,x,1,perhaps\n", "line 2, sealed: 'perhaps': write yes or no"),
        (b"sample,mission,mass_g,parent\n1,x,1,2\n2,x,1,\n", "line 2, parent: no sample '2' is in the ledger or before this one"),
        (b"sample,mission,mass_g,form\n1,x,1,cheese\n", "line 2, form: 'cheese'"),
    ],
)  # fmt: skip
def test_a_file_that_is_no_such_table_is_refused(stocked: str, content: bytes, says: str) -> None:
    before = Event.objects.count()
    with pytest.raises(Broken) as broken:
        import_table(content, LI)
    assert says in str(broken.value)
    assert Event.objects.count() == before


def test_what_only_a_rule_refuses_names_the_line(stocked: str) -> None:
    """A child has the mission of its parent."""
    with pytest.raises(Refused, match=r"line 3: .*a child has its parent's mission"):
        import_table(b"sample,mission,mass_g,parent\nA,x,1,\nB,y,1,A\n", LI)
    assert not Sample.objects.filter(pk="A").exists()


def test_a_mark_of_the_byte_order_is_no_part_of_the_heading(stocked: str) -> None:
    import_table(b"\xef\xbb\xbf" + ",".join(OURS.values()).encode() + b"\n" + b"A,x,1" + b"," * (len(OURS) - 3) + b"\n", LI)
    assert Sample.objects.get(pk="A").mass_ug == 1_000_000
