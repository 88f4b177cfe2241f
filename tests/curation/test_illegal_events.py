"""What nobody may do to the record itself: acts in raw SQL, on connections opened as the application opens them, each refused.

Every act is honest but for the one thing that its name says; that an honest one is taken is the first test.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from farside.curation.verify import verify
from forging import SAMPLE, Forged, insert, last, run, spelt, update
from illegal import Act, gathered, try_it

ACTS: list[Any] = []
SQLITE_ACTS: list[Any] = []
refused, refused_by_sqlite = gathered(ACTS), gathered(SQLITE_ACTS)

TAKEN = [("CE6-R", -5), ("lost:change6", 5)]
R: list[tuple[str, str, dict[str, Any]]] = [("sample", "CE6-R", {})]
SITE = ("site", {"code": "KM", "name": "Kunming", "kind": "backup"})


def changed(**columns: Any) -> list[tuple[str, str, dict[str, Any]]]:
    return [("sample", "CE6-R", columns)]


def respelt(old: str, new: str) -> Any:
    """A text in which one thing is spelt otherwise."""

    def spell(text: str) -> str:
        assert old in text, text
        return text.replace(old, new, 1)

    return spell


# Chain


@refused("follows its predecessor|is there already")
def a_second_genesis() -> None:
    insert("event", {"number": 0, "hash": "0" * 64, "verb": "genesis", "at_utc": last()[2], "reason": "", "text": "{}"})


@refused("follows its predecessor|one genesis|null value")
def a_genesis_with_another_number() -> None:
    Forged(event={"prev": None}).write()


@refused("follows its predecessor|null value|NOT NULL")
def a_number_left_out() -> None:
    insert("event", {"prev": last()[1], "hash": "0" * 64, "verb": "v", "at_utc": last()[2], "actor": "li", "reason": "", "text": "{}"})


@refused("follows its predecessor|null value|NOT NULL")
def a_number_of_null() -> None:
    Forged(columns={"number": None}).write()


@refused("follows its predecessor")
def a_gap_in_the_numbers() -> None:
    Forged(event={"number": last()[0] + 2}).write()


@refused("follows its predecessor|is there already")
def a_fork_of_the_chain() -> None:
    digest = run("SELECT hash FROM curation_event ORDER BY number DESC LIMIT 1 OFFSET 1")[0][0]
    Forged(event={"prev": digest}).write()


@refused("follows its predecessor|is there already|duplicate key|whole state")
def a_number_given_twice() -> None:
    number, digest = run("SELECT number, hash FROM curation_event ORDER BY number DESC LIMIT 1 OFFSET 1")[0]
    Forged(event={"prev": digest, "number": number + 1}).write()


@refused("follows its predecessor")
def an_event_back_in_time() -> None:
    Forged(event={"at_utc": "2001-01-01T00:00:00.000Z"}).write()


@refused("UTC with milliseconds")
def an_epoch_of_another_form() -> None:
    Forged(event={"at_utc": "3001-01-01 00:00:00.000Z"}).write()


@refused("SHA-256")
def a_hash_of_another_text() -> None:
    Forged(columns={"hash": "0" * 64}).write()


@refused("whoever acts")
def an_actor_nobody_knows() -> None:
    Forged(event={"actor": "mallory"}).write()


@refused("whoever acts|event_has_an_actor|CHECK")
def an_event_without_an_actor() -> None:
    Forged(event={"actor": None}).write()


@refused("whoever acts")
def an_actor_who_is_not_active() -> None:
    Forged(touched=[("person", "smith", {"active": False})], event={"actor": "smith"}).write()


@refused("event_second_is_another")
def one_person_as_both() -> None:
    Forged(event={"second": "li"}).write()


@refused("is there already|duplicate key")
def a_request_done_twice() -> None:
    Forged(event={"key": "request-1"}).write()
    Forged(event={"key": "request-1"}).write()


# Text


@refused("tells its actor")
def a_text_that_tells_another_verb() -> None:
    Forged(lie=lambda told: told.update(verb="kept"), columns={"verb": "taken"}).write()


@refused("tells its actor")
def a_text_that_tells_another_person() -> None:
    Forged(columns={"actor": "wang"}).write()


@refused("tells its actor")
def a_text_with_a_key_too_many() -> None:
    Forged(lie=lambda told: told.update(extra=1)).write()


@refused("tells its actor")
def a_text_with_a_key_left_out() -> None:
    Forged(lie=lambda told: told.pop("reason")).write()


@refused("tells its actor")
def a_text_whose_data_are_no_object() -> None:
    Forged(lie=lambda told: told.update(data=[])).write()


@refused("canonical")
def a_text_with_a_key_twice() -> None:
    Forged(text=respelt('"data":{}', '"data":{},"data":{"mass":1}')).write()


@refused("canonical")
def a_state_with_a_key_twice() -> None:
    Forged(TAKEN, R, text=respelt('"returned":false', '"returned":true,"returned":false')).write()


@refused("canonical")
def a_number_spelt_as_a_real_one() -> None:
    Forged(event={"data": {"mass": 7}}, text=respelt('"mass":7', '"mass":7.0')).write()


@refused("canonical")
def a_number_with_an_exponent() -> None:
    Forged(event={"data": {"mass": 7}}, text=respelt('"mass":7', '"mass":7e0')).write()


@refused("canonical")
def a_number_beyond_2_to_53() -> None:
    Forged(event={"data": {"mass": 2**53}}).write()


@refused("canonical")
def a_real_number() -> None:
    Forged(event={"data": {"mass": 0.5}}).write()


@refused("canonical")
def a_letter_spelt_as_an_escape() -> None:
    Forged(event={"data": {"words": "K"}}, text=respelt('"K"', '"\\u004b"')).write()


@refused("canonical|is JSON")
def a_character_nul() -> None:
    Forged(event={"data": {"words": "K"}}, text=respelt('"K"', '"\\u0000"')).write()


@refused("canonical|is JSON")
def half_a_character() -> None:
    Forged(event={"data": {"words": "K"}}, text=respelt('"K"', '"\\ud800"')).write()


@refused("canonical")
def a_key_beyond_ascii() -> None:
    Forged(event={"data": {"\u00e9": 1}}).write()


@refused("canonical")
def keys_in_another_order() -> None:
    Forged(event={"data": {"a": 1, "b": 2}}, text=respelt('{"a":1,"b":2}', '{"b":2,"a":1}')).write()


@refused("canonical")
def blanks_in_the_text() -> None:
    Forged(text=respelt('"data":{}', '"data": {}')).write()


@refused("canonical|is JSON")
def a_text_that_is_no_json() -> None:
    Forged(text=lambda text: text + "}").write()


@refused("canonical|is JSON")
def a_text_of_many_brackets() -> None:
    Forged(text=lambda text: text.replace('"data":{}', '"data":' + "[" * 200_000)).write()


# Postings


@refused("sum to zero")
def an_unbalanced_event() -> None:
    Forged([("CE6-R", -5)], R).write()


@refused("FOREIGN KEY|foreign key")
def a_posting_without_its_event() -> None:
    insert("posting", {"event": last()[0] + 1, "line": 0, "account": "CE6-R", "mass_ug": -5})


@refused("before its event is sealed")
def a_posting_after_its_event() -> None:
    insert("posting", {"event": last()[0], "line": 77, "account": "CE6-R", "mass_ug": -5})


@refused("before the sample")
def a_posting_after_its_sample() -> None:
    forged = Forged(TAKEN, R)
    forged.begin()
    insert("posting", {"event": last()[0] + 1, "line": 2, "account": "CE6-R", "mass_ug": -5})


@refused("tells its postings")
def a_text_that_tells_other_postings() -> None:
    Forged(TAKEN, R, lie=lambda told: told["postings"].append(["CE6-R", 1])).write()


@refused("tells its postings")
def a_text_that_tells_a_mass_as_words() -> None:
    Forged(TAKEN, R, lie=lambda told: told.update(postings=[["CE6-R", "-5"], ["lost:change6", 5]])).write()


@refused("counted from zero")
def postings_with_a_gap() -> None:
    forged = Forged(lie=lambda told: told.update(postings=[["lost:change6", 5], ["consumed:change6", -5]]))
    forged.begin()
    for line, (account, mass_ug) in ((1, ("lost:change6", 5)), (3, ("consumed:change6", -5))):
        insert("posting", {"event": last()[0] + 1, "line": line, "account": account, "mass_ug": mass_ug})
    forged.seal()


@refused("posting_moves_something")
def a_posting_of_nothing() -> None:
    Forged([("CE6-R", 0)], R).write()


@refused("to a sample that the event tells of, or to a sink")
def a_posting_to_a_sample_that_is_not_told() -> None:
    Forged(TAKEN).write()


@refused("to a sample that the event tells of, or to a sink")
def a_posting_to_a_sink_nobody_knows() -> None:
    Forged([("CE6-R", -5), ("pocket:change6", 5)], R).write()


@refused("within a mission|sink")
def mass_between_sinks() -> None:
    Forged([("received:change6", -5), ("lost:change6", 5)]).write()


@refused("within a mission")
def mass_from_one_mission_to_another() -> None:
    mission = {"name": "m", "flight_digest": "", "delivery_digest": "", "research_least_ppm": 0, "research_most_ppm": 1_000_000}
    mission |= {"code": "other", "permanent_least_ppm": 0, "backup_least_ppm": 0, "closed": False}
    Forged([("CE6-R", -5), ("lost:other", 5)], R, [("mission", mission)]).write()


@refused("mass_is_never_below_zero|reserved_is_within_mass")
def mass_below_zero() -> None:
    Forged([("CE6-Q", -5_000_001), ("lost:change6", 5_000_001)], [("sample", "CE6-Q", {})]).write()


@refused("sum of its postings")
def a_mass_edited_within_an_event() -> None:
    Forged(touched=changed(mass_ug=49_999_999)).write()


@refused("sum of its postings")
def a_new_sample_with_mass_of_nowhere() -> None:
    Forged(touched=R, made=[("sample", {"code": "CE6-NEW", "mass_ug": 5})]).write()


# Rows


@refused("only within an event|once an event|once in an event|sum of its postings")
def a_mass_edited_outside_an_event() -> None:
    update("sample", "CE6-R", {"mass_ug": 1})


@refused("only within an event|once the event before is sealed")
def a_row_put_under_an_old_event() -> None:
    update("sample", "CE6-R", {"title": "mine", "event": 0})


@refused("FOREIGN KEY|foreign key")
def a_row_changed_without_its_event() -> None:
    update("sample", "CE6-R", {"title": "mine", "event": last()[0] + 1})


@refused("once the event before is sealed")
def a_row_written_for_an_event_to_come() -> None:
    update("sample", "CE6-R", {"title": "mine", "event": last()[0] + 2})


@refused("once in an event")
def a_row_changed_twice_in_an_event() -> None:
    Forged(touched=changed(title="one") + changed(title="two")).write()


@refused("whole state of every sample")
def a_row_touched_and_not_told() -> None:
    Forged(TAKEN, R, lie=lambda told: told.update(states={})).write()


@refused("whole state of every sample")
def a_row_told_and_not_touched() -> None:
    other = Forged(touched=[("sample", "CE6-Q", {})])
    with pytest.raises(ZeroDivisionError), _undone():
        other.begin()
    Forged(TAKEN, R, lie=lambda told: told["states"]["sample"].extend(other.told["states"]["sample"])).write()


@refused("whole state of every sample")
def a_state_that_is_not_the_rows() -> None:
    Forged(TAKEN, R, lie=lambda told: told["states"]["sample"][0].update(title="another")).write()


@refused("whole state of every sample")
def a_state_with_a_key_too_many() -> None:
    Forged(TAKEN, R, lie=lambda told: told["states"]["sample"][0].update(extra=None)).write()


@refused("whole state of every sample")
def a_truth_told_as_a_number() -> None:
    Forged(TAKEN, R, lie=lambda told: told["states"]["sample"][0].update(sealed=0)).write()


@refused("whole state of every sample")
def a_number_told_as_words() -> None:
    Forged(TAKEN, R, lie=lambda told: told["states"]["sample"][0].update(reserved_ug="5000000")).write()


@refused("lists of things that there are")
def states_of_a_kind_nobody_knows() -> None:
    Forged(lie=lambda told: told.update(states={"moon": [{"code": "CE6-R"}]})).write()


@refused("lists of things that there are|every sample")
def an_empty_list_of_states() -> None:
    Forged(lie=lambda told: told.update(states={"sample": []})).write()


@refused("lists of things that there are|every person")
def states_that_are_no_object() -> None:
    Forged(lie=lambda told: told.update(states=[])).write()


@refused("is there already|duplicate key|only within an event")
def a_code_used_again() -> None:
    Forged(made=[("site", {"code": "BJ", "name": "another", "kind": "backup"})]).write()


@refused("only within an event|is there already")
def an_upsert_over_a_row() -> None:
    run(
        "INSERT INTO curation_site (code, name, kind, event) VALUES ('BJ', 'x', 'backup', %s) ON CONFLICT (code) DO UPDATE SET name = 'x'",
        last()[0],
    )


@refused("never change|is there already")
def an_upsert_within_an_event() -> None:
    run(
        "INSERT INTO curation_site (code, name, kind, event) VALUES ('BJ', 'x', 'backup', %s) ON CONFLICT (code)"
        " DO UPDATE SET kind = EXCLUDED.kind, event = EXCLUDED.event",
        last()[0] + 1,
    )


@refused("never change")
def a_site_that_turns_from_primary_to_backup() -> None:
    Forged(touched=[("site", "BJ", {"kind": "backup"})]).write()


@refused("never change")
def a_sample_of_another_mission() -> None:
    Forged(touched=changed(form="section")).write()


@contextmanager
def _undone() -> Iterator[None]:
    """A transaction that is always undone, with `ZeroDivisionError`."""
    with transaction.atomic():
        yield
        raise ZeroDivisionError


# Only SQLite has these ways


@refused_by_sqlite("is there already|nothing is deleted|tells its actor")
def insert_or_replace_of_an_event() -> None:
    columns = run("SELECT number, hash, verb, at_utc, reason, text, actor, prev FROM curation_event ORDER BY number DESC LIMIT 1")[0]
    names = ("number", "hash", "verb", "at_utc", "reason", "text", "actor", "prev")
    insert("event", dict(zip(names, columns, strict=True)) | {"verb": "other"}, how="INSERT OR REPLACE")


@refused_by_sqlite("is there already|nothing is deleted|SHA-256")
def insert_or_replace_by_the_hash_of_an_event() -> None:
    Forged(columns={"hash": last()[1]}).begin()
    columns = {"number": last()[0] + 1, "prev": last()[1], "hash": last()[1], "verb": "v", "at_utc": last()[2], "actor": "li"}
    insert("event", columns | {"reason": "", "text": "{}"}, how="INSERT OR REPLACE")


@refused_by_sqlite("is there already|nothing is deleted|before its event")
def insert_or_replace_of_a_posting() -> None:
    event, line, account = run("SELECT event, line, account FROM curation_posting ORDER BY event DESC, line LIMIT 1")[0]
    insert("posting", {"event": event, "line": line, "account": account, "mass_ug": 1}, how="INSERT OR REPLACE")


@refused_by_sqlite("is there already|nothing is deleted")
def insert_or_replace_of_a_sample() -> None:
    insert("sample", {**SAMPLE, "code": "CE6-R", "mass_ug": 0, "event": last()[0] + 1}, how="INSERT OR REPLACE")


@refused_by_sqlite("is there already|nothing is deleted")
def insert_or_replace_by_the_slot_of_a_sample() -> None:
    insert("sample", {**SAMPLE, "code": "CE6-NEW", "mass_ug": 0, "slot": "BJ-N1-1", "event": last()[0] + 1}, how="INSERT OR REPLACE")


@refused_by_sqlite("is there already|nothing is deleted")
def update_or_replace_by_the_slot_of_a_sample() -> None:
    update("sample", "CE6-R", {"slot": "BJ-N1-1", "event": last()[0] + 1}, how="UPDATE OR REPLACE")


@refused_by_sqlite("never changed|is there already|nothing is deleted")
def update_or_replace_of_an_event() -> None:
    run("UPDATE OR REPLACE curation_event SET number = number - 1 WHERE number = %s", last()[0])


@refused_by_sqlite("nothing is deleted|is there already")
def insert_or_replace_by_the_rowid() -> None:
    rowid = run("SELECT rowid FROM curation_sample WHERE code = 'CE6-R'")[0][0]
    insert("sample", {**SAMPLE, "rowid": rowid, "code": "CE6-NEW", "mass_ug": 0, "event": last()[0] + 1}, how="INSERT OR REPLACE")


@refused_by_sqlite("nothing is deleted|never changed")
def update_or_replace_by_the_rowid() -> None:
    run("UPDATE OR REPLACE curation_event SET rowid = 1 WHERE number = %s", last()[0])


@refused_by_sqlite("column's type")
def half_a_microgram() -> None:
    Forged([("CE6-R", -0.5), ("lost:change6", 0.5)], R).write()  # type: ignore[list-item]


@refused_by_sqlite("column's type")
def a_mass_of_words() -> None:
    insert("posting", {"event": last()[0] + 1, "line": 0, "account": "lost:change6", "mass_ug": "much"})


@refused_by_sqlite("column's type")
def a_truth_of_two() -> None:
    Forged(touched=changed(sealed=2)).write()


@refused_by_sqlite("column's type")
def a_day_of_words() -> None:
    Forged(touched=[("person", "ito", {"inventory_due": "tomorrow"})]).write()


@refused_by_sqlite("column's type")
def a_text_of_bytes() -> None:
    Forged(columns={"text": b"{}"}).write()


@refused_by_sqlite("column's type")
def a_title_too_long() -> None:
    Forged(touched=changed(title="x" * 201)).write()


# What is never done to any table

FILLED = ["event", "posting", "touch", "person", "mission", "site", "cabinet", "slot", "balance", "sample", "call", "offer", "proposal",
          "allocation", "review", "loan"]  # fmt: skip


@pytest.mark.parametrize("kind", FILLED)
def test_nothing_is_deleted_from(kind: str, busy: str) -> None:
    """SQLite has a trigger, PostgreSQL a role that may not."""
    with pytest.raises(DatabaseError, match=r"nothing is deleted|permission denied"), transaction.atomic():
        run(f"DELETE FROM curation_{kind}")
    assert run(f"SELECT COUNT(*) FROM curation_{kind}")[0][0] > 0


@pytest.mark.parametrize("column", ["text", "hash", "verb", "at_utc", "reason", "actor", "key"])
def test_of_an_event_nothing_is_changed(column: str, busy: str) -> None:
    with pytest.raises(DatabaseError, match=r"never changed|permission denied"), transaction.atomic():
        run(f"UPDATE curation_event SET {column} = 'li' WHERE number = 1")


@pytest.mark.parametrize("table", ["posting", "touch"])
def test_nothing_is_changed_in(table: str, busy: str) -> None:
    with pytest.raises(DatabaseError, match=r"never changed|permission denied"), transaction.atomic():
        run(f"UPDATE curation_{table} SET event = 1")


def test_a_touch_is_written_by_the_database_alone(busy: str) -> None:
    with pytest.raises(DatabaseError, match=r"what an event tells|permission denied"), transaction.atomic():
        insert("touch", {"kind": "site", "code": "SS", "event": last()[0]})


def test_an_honest_event_by_hand_is_taken_and_verified(busy: str) -> None:
    words = 'Kun"ming\\ \x7f\x1f\n\u4e2d\U0001f311'
    Forged(TAKEN, R, [("site", {"code": "KM", "name": words, "kind": "backup"})], event={"data": {"words": words}}).write()
    report = verify()
    assert report.sound, report.findings
    assert json.loads(spelt({"a": words}))["a"] == words


@pytest.mark.parametrize(("act", "words"), ACTS)
def test_is_refused(act: Act, words: str, busy: str) -> None:
    try_it(act, words)


@pytest.mark.parametrize("store", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("act", "words"), SQLITE_ACTS)
def test_is_refused_by_sqlite(act: Act, words: str, busy: str) -> None:
    try_it(act, words)


def test_after_all_that_the_ledger_is_sound(busy: str) -> None:
    assert verify().sound
