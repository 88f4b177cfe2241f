"""Who may do and see what, in two tables written by hand, against every verb of the registry and every row of a laboratory at work."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

import pytest

from farside.curation import access
from farside.curation.access import NOBODY, OBJECTS, Viewer, hidden, may_act, may_read, readable, view
from farside.curation.ledger import Act, Denied, head
from farside.curation.models import KINDS, ROLES, Event, Person
from farside.curation.verbs import VERBS

PEOPLE = {"li": "curator", "wang": "second_curator", "zhao": "reviewer", "smith": "applicant", "audit": "auditor"}

MAY_ACT = """
curator                    enrol add_site add_cabinet add_balance calibrate receive sample_gas unseal seal weigh extract separate
curator                    assign_purpose close_allocation set_limits correct retire transfer
curator                    call offer decide release lend extend return_loan take_over
curator second_curator     dissect sieve section split consume lose attach read_environment unfreeze
curator second_curator     hand_over accept decline withdraw store take_out back_up
curator applicant          analyse publish consume_on_loan lose_on_loan inventory
applicant                  apply sign
reviewer                   review
curator second_curator auditor take_stock
nobody                     found
"""
"""Roles, then the verbs that they and no other may use. The auditor notes what was found in a cabinet, and changes nothing; a ledger is
founded before there are roles."""

MAY_READ = """
                public  applicant  reviewer  curator  second_curator  auditor
person          -       some       some      all      all             all
mission         some    some       some      all      all             all
site            -       -          -         all      all             all
cabinet         -       -          -         all      all             all
slot            -       -          -         all      all             all
balance         -       -          -         all      all             all
sample          some    some       some      all      all             all
call            all     all        all       all      all             all
offer           all     all        all       all      all             all
proposal        -       some       some      all      all             all
allocation      -       some       some      all      all             all
review          -       -          some      all      all             all
loan            -       some       -         all      all             all
analysis        some    some       some      all      all             all
publication     all     all        all       all      all             all
citation        some    some       some      all      all             all
attachment      some    some       some      all      all             all
event           -       -          -         all      all             all
"""
"""For each kind and role: nothing, some rows or fields, all."""


def acting() -> dict[str, set[str]]:
    """The roles of each verb, from the table."""
    table: dict[str, set[str]] = {}
    for line in MAY_ACT.strip().splitlines():
        words = line.split()
        roles = [word for word in words if word in ROLES or word == "nobody"]
        for verb in words[len(roles) :]:
            assert verb not in table, f"{verb} stands twice in the table"
            table[verb] = set(roles) - {"nobody"}
    return table


def reading() -> dict[tuple[str, str], str]:
    """What each role reads of each kind, from the table."""
    header, *lines = MAY_READ.strip("\n").splitlines()
    roles = header.split()
    return {(role, line.split()[0]): word for line in lines for role, word in zip(roles, line.split()[1:], strict=True)}


def viewer_of(role: str) -> Viewer:
    """Somebody with this role alone."""
    return NOBODY if role == "public" else Viewer(next(code for code, held in PEOPLE.items() if held == role), frozenset({role}))


def test_every_verb_stands_in_the_table() -> None:
    assert acting().keys() == VERBS.keys(), "say in MAY_ACT who may use a new verb"


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_a_role_may_use_the_verbs_of_the_table_and_no_other(role: str) -> None:
    allowed = {name for name, roles in acting().items() if role in roles}
    assert {name for name, verb in VERBS.items() if may_act(viewer_of(role), verb)} == allowed


def test_the_auditor_and_the_public_change_nothing() -> None:
    assert not any(may_act(NOBODY, verb) for verb in VERBS.values())
    assert {name for name, verb in VERBS.items() if may_act(viewer_of("auditor"), verb)} == {"take_stock"}


def test_who_may_not_is_denied_by_the_library_and_over_http(stocked: str, ask: Any) -> None:
    """Each verb by each person, without arguments: 403 from the interface, or else anything but 401 and 403."""
    before = head().number
    for name, roles in acting().items():
        for person, role in PEOPLE.items():
            denied = role not in roles
            if name != "found":
                answer = ask("post", f"verbs/{name}", {}, by=person)
                assert (answer.status == 403) is denied, (name, person, answer)
                assert answer.status != 401
        assert name == "found" or ask("post", f"verbs/{name}", {}).status == 401
    done = Event.objects.filter(number__gt=before).values_list("verb", "actor")
    assert set(done) == {("inventory", "smith"), ("inventory", "li")}  # who has nothing on loan has nothing to say


def test_a_verb_denies_whoever_has_no_role_for_it(stocked: str) -> None:
    for person, role in PEOPLE.items():
        if role != "curator":
            with pytest.raises(Denied, match="this is for curator"):
                VERBS["seal"].call(Act(by=person), sample="CE6-S", vessel="v-1")
    with pytest.raises(Denied, match="nobody who may act here"):
        VERBS["seal"].call(Act(by="stranger"), sample="CE6-S", vessel="v-1")


def test_a_new_verb_and_a_new_kind_are_denied_to_all(monkeypatch: pytest.MonkeyPatch) -> None:
    new = dataclasses.replace(VERBS["seal"], name="melt", roles=frozenset())
    founder = dataclasses.replace(VERBS["seal"], name="melt", roles=frozenset({"founder"}))
    monkeypatch.setitem(KINDS, "meteorite", KINDS["sample"])
    for role in (*ROLES, "public"):
        assert not may_act(viewer_of(role), new)
        assert not may_act(viewer_of(role), founder)
        assert not may_read(viewer_of(role), "meteorite")
        assert readable(viewer_of(role), "meteorite").query.is_empty()


@pytest.mark.parametrize("role", [*ROLES, "public"])
def test_a_role_reads_what_the_table_says(lent: str, role: str) -> None:
    table, viewer = reading(), viewer_of(role)
    assert {kind for _, kind in table} == set(OBJECTS)
    for kind in OBJECTS:
        word = table[role, kind]
        assert may_read(viewer, kind) is (word != "-"), (role, kind)
        if kind in KINDS:
            rows = list(readable(viewer, kind))
            everything = KINDS[kind]._default_manager.count()
            assert word != "-" or not rows
            assert word != "all" or len(rows) == everything
            assert word != "all" or all(len(view(viewer, row)) == len(row._meta.concrete_fields) - 1 for row in rows)


SEES = {
    "public": {
        "mission": "change6", "sample": "CE6-F CE6-P CE6-P.1 CE6-T", "call": "C1", "offer": "C1-1 C1-2 C1-3",
    },
    "zhao": {"person": "zhao", "proposal": "ITO", "allocation": "ITO-1 ITO-2"},
    "weber": {"person": "weber", "proposal": "ITO", "allocation": "ITO-1 ITO-2", "review": "ITO-R1 SMITH-R1"},
    "smith": {"person": "smith", "proposal": "SMITH", "allocation": "SMITH-1 SMITH-2", "loan": "L2040-1"},
    "ito": {"person": "ito", "proposal": "ITO", "allocation": "ITO-1 ITO-2"},
}  # fmt: skip
"""Rows that each person sees, beside what the public sees, by hand."""


@pytest.mark.parametrize("person", SEES)
def test_each_person_sees_these_rows_and_no_other(lent: str, person: str) -> None:
    viewer = NOBODY if person == "public" else Viewer.of(Person.objects.get(pk=person))
    for kind in KINDS:
        expected = {*SEES["public"].get(kind, "").split(), *SEES[person].get(kind, "").split()}
        assert {row.code for row in readable(viewer, kind)} == expected, kind


def fields(person: str, kind: str, code: str) -> set[str]:
    """The fields of a row that a person sees."""
    viewer = NOBODY if person == "public" else Viewer.of(Person.objects.get(pk=person))
    return set(view(viewer, readable(viewer, kind).get(pk=code)))


def test_fields_that_tell_too_much_are_left_out(lent: str) -> None:
    assert not fields("zhao", "proposal", "ITO") & {"applicant", "decided_utc", "sign_by", "signed_utc"}
    assert "granted_ug" not in fields("zhao", "allocation", "ITO-1")
    assert "granted_ug" in fields("smith", "allocation", "SMITH-1")
    inside = {"slot", "custodian", "offered_to", "reserved_ug", "parent", "sealed"}
    assert not fields("public", "sample", "CE6-P") & inside
    assert not fields("ito", "sample", "CE6-P.1") & inside
    assert fields("smith", "sample", "CE6-P.1") & inside == {"custodian", "parent", "sealed"}
    assert not fields("smith", "sample", "CE6-P") & inside
    assert fields("public", "mission", "change6") == {"code", "name"}


def test_who_has_two_roles_sees_what_each_allows(lent: str) -> None:
    both = Viewer("smith", frozenset({"applicant", "reviewer"}))
    assert {row.code for row in readable(both, "proposal")} == {"SMITH", "ITO"}
    seen = {row.code: set(view(both, row)) for row in readable(both, "proposal")}
    assert "applicant" in seen["SMITH"]
    assert "applicant" not in seen["ITO"]
    assert [row.code for row in readable(both, "proposal", using=["applicant"])] == ["SMITH"]  # not found by what is not shown


def test_who_is_not_active_sees_what_the_public_sees(lent: str) -> None:
    gone = Person.objects.get(pk="audit")
    gone.active = False
    assert not readable(Viewer.of(gone), "loan").exists()
    assert readable(Viewer.of(gone), "sample").count() == readable(NOBODY, "sample").count()


def test_rows_that_one_may_not_see_are_found_in_arguments(lent: str) -> None:
    ito = Viewer.of(Person.objects.get(pk="ito"))
    assert hidden(ito, {"proposal": "SMITH"}) == ("proposal", "SMITH")
    assert hidden(ito, {"call": "C1", "samples": [{"sample": "CE6-P"}, {"sample": "CE6-K"}]}) == ("sample", "CE6-K")
    assert hidden(ito, {"borrower": "smith", "samples": ["CE6-P"]}) == ("person", "smith")
    assert hidden(ito, {"samples": ["CE6-P", "CE6-K"]}) == ("sample", "CE6-K")
    assert hidden(ito, {"proposal": "NEW", "samples": [{"sample": "CE6-P"}]}) is None
    assert hidden(Viewer.of(Person.objects.get(pk="li")), {"proposal": "SMITH", "sample": "CE6-K"}) is None


def test_over_http_what_one_may_not_see_is_as_if_it_were_not_there(lent: str, ask: Any) -> None:
    for address, person in (
        ("proposals/{}", "ito"), ("loans/{}", "ito"), ("allocations/{}", "ito"), ("people/{}", "ito"), ("samples/{}", "ito"),
        ("reviews/{}", "zhao"), ("family/{}", "ito"), ("origin/{}", None), ("samples/{}", None), ("catalogue/{}", "li"),
    ):  # fmt: skip
        kind = address.partition("/")[0]
        there = {"proposals": "SMITH", "loans": "L2040-1", "allocations": "SMITH-1", "people": "smith", "reviews": "ITO-R1"}.get(
            kind, "CE6-K"
        )
        answers = [ask("get", address.format(code), by=person) for code in (there, "XX-1")]
        assert [answer.status for answer in answers] == [404, 404], address
        assert answers[0].body["detail"].replace(there, "") == answers[1].body["detail"].replace("XX-1", "")
    for verb, by, arguments in (
        ("sign", "ito", {"proposal": "SMITH"}),
        ("review", "zhao", {"proposal": "SMITH", "score": 1}),
        ("lose_on_loan", "ito", {"loan": "L2040-1", "mass": 1, "words": "spilt"}),
        ("publish", "ito", {"doi": "10.1000/x", "title": "t", "authors": "a", "samples": ["CE6-K"]}),
        ("inventory", "ito", {"borrower": "smith"}),
    ):
        answer = ask("post", f"verbs/{verb}", arguments, by=by)
        assert answer.status == 404, answer
    names = json.dumps([ask("get", f"{kind}?limit=500", by="smith").body for kind in ("proposals", "allocations", "loans", "samples")])
    assert not any(reviewer in names for reviewer in ("weber", "zhao", "ito", "Sound."))


def test_the_table_for_readers_tells_every_reading() -> None:
    told = list(access.reading_table())
    assert len(told) == sum(map(len, access.READS.values()))
    assert ("public", "call", "all", "all") in told
