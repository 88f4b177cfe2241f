"""Events are sealed whole: numbers, hashes, postings, rows, or nothing at all."""

from __future__ import annotations

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, batch, head, writing
from farside.curation.models import Event, Posting, Sample
from farside.curation.verify import verify
from laboratory import TOTAL_UG

LI = Act(by="li")


def test_a_stocked_laboratory_is_sound_and_holds_every_microgram(stocked: str) -> None:
    report = verify()
    assert report.sound, report.findings
    assert sum(Sample.objects.values_list("mass_ug", flat=True)) == TOTAL_UG
    assert sum(Posting.objects.values_list("mass_ug", flat=True)) == 0


def test_each_event_holds_the_hash_of_its_predecessor(stocked: str) -> None:
    events = list(Event.objects.order_by("number"))
    assert [e.number for e in events] == list(range(len(events)))
    assert [e.prev_id for e in events] == [None, *(e.hash for e in events[:-1])]


def test_what_is_refused_leaves_nothing(stocked: str) -> None:
    before = head().number
    with pytest.raises(Refused, match="mass is never below zero"), writing(LI, "take") as entry:
        entry.move("CE6-D", "lost:change6", 554_000_001)
    assert head().number == before
    assert verify().sound


def test_a_batch_is_written_whole_or_not_at_all(stocked: str) -> None:
    before = head().number
    with pytest.raises(Refused), batch():
        v.add_site(LI, site="KM", name="Kunming")
        v.add_site(LI, site="KM", name="Kunming once more")
    assert head().number == before


def test_an_event_is_not_before_the_last_one(stocked: str) -> None:
    with pytest.raises(Refused, match="before the last event"):
        v.add_site(Act(by="li", at_utc="2020-01-01T00:00:00.000Z"), site="KM", name="Kunming")
