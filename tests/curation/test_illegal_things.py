"""What nobody may do to samples, places, rounds and loans: whole and honest events in raw SQL that tell something that may not be."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from farside.curation.verify import verify
from forging import Forged, last, row
from illegal import Act, gathered, try_it

ACTS: list[Any] = []
refused = gathered(ACTS)


def change(code: str, kind: str = "sample", event: dict[str, Any] | None = None, **columns: Any) -> None:
    Forged(touched=[(kind, code, columns)], event=event or {}).write()


def make(kind: str, event: dict[str, Any] | None = None, **columns: Any) -> None:
    Forged(made=[(kind, columns)], event=event or {}).write()


def split(parent: str, mass_ug: int = 5, event: dict[str, Any] | None = None, **columns: Any) -> None:
    """A sample CE6-NEW made of another, like it but for these columns."""
    own = row("sample", parent) | {"code": "CE6-NEW", "parent": parent, "slot": None, "offered_to": None, "reserved_ug": 0}
    own = {name: value for name, value in own.items() if name != "mass_ug"} | columns
    Forged([(parent, -mass_ug), ("CE6-NEW", mass_ug)] if mass_ug else [], [("sample", parent, {})], [("sample", own)], event or {}).write()


def today(days: int = 0) -> date:
    return date.fromisoformat(last()[2][:10]) + timedelta(days=days)


TWO = {"second": "wang", "reason": "an inspection"}


# Purpose and pristinity


@refused("purpose once assigned")
def a_purpose_changed() -> None:
    change("CE6-R", purpose="public")


@refused("purpose once assigned")
def a_purpose_taken_back() -> None:
    change("CE6-R", purpose=None)


@refused("sample_purpose_is_known")
def a_purpose_nobody_knows() -> None:
    change("CE6-S", purpose="jewellery")


@refused("a child has its parent's")
def a_child_of_another_purpose() -> None:
    split("CE6-R", purpose="public")


@refused("a child has its parent's")
def a_child_of_another_mission() -> None:
    policy = {"research_least_ppm": 0, "research_most_ppm": 1_000_000, "permanent_least_ppm": 0, "backup_least_ppm": 0}
    other = {"code": "other", "name": "o", "flight_digest": "", "delivery_digest": "", "closed": False, **policy}
    sample = {"code": "CE6-NEW", "mission": "other"}
    Forged(touched=[("sample", "CE6-R", {})], made=[("mission", other), ("sample", sample)]).write()


@refused("stays marked so")
def a_returned_sample_made_pristine() -> None:
    change("CE6-X", returned=False)


@refused("stays marked so")
def air_forgotten() -> None:
    change("CE6-Q", air_exposed=True)
    change("CE6-Q", air_exposed=False)


@refused("a child has its parent's")
def a_pristine_child_of_a_returned_sample() -> None:
    split("CE6-X", returned=False)


@refused("nothing is taken of a sealed sample|two people")
def matter_of_a_sealed_sample() -> None:
    split("CE6-P", sealed=True)


@refused("a child has its parent's")
def matter_of_a_sample_on_loan() -> None:
    split("CE6-L", status="held", custodian="li")


# Places


@refused("permanent is stored at the primary site")
def the_permanent_share_at_the_backup_site() -> None:
    change("CE6-P", slot="SS-V1-2")


@refused("permanent is stored at the primary site")
def the_backup_share_at_the_primary_site() -> None:
    change("CE6-B", slot="BJ-V1-2")


@refused("sample_preserved_is_stored_sealed")
def a_preserved_sample_stored_open() -> None:
    change("CE6-P", sealed=False, event=TWO)


@refused("two people")
def a_preserved_sample_opened_by_one() -> None:
    change("CE6-P", sealed=False, slot=None, event={"reason": "an inspection"})


@refused("two people")
def a_preserved_sample_opened_without_a_reason() -> None:
    change("CE6-B", sealed=False, slot=None, event={"second": "wang"})


@refused("two people")
def a_purpose_that_opens_a_preserved_sample() -> None:
    split("CE6-S", purpose="permanent", sealed=False)


@refused("met no air and no borrower")
def a_returned_sample_in_a_pristine_cabinet() -> None:
    change("CE6-X", slot="BJ-N1-2")


@refused("met no air and no borrower")
def air_in_a_pristine_cabinet() -> None:
    change("CE6-N", air_exposed=True)


@refused("is there already|duplicate key|UNIQUE")
def two_things_in_a_slot() -> None:
    change("CE6-R", slot="BJ-N1-1")


@refused("frozen cabinet")
def out_of_a_frozen_cabinet() -> None:
    change("CE6-F", slot=None)


@refused("frozen cabinet")
def into_a_frozen_cabinet() -> None:
    change("CE6-R", slot="BJ-A1-2")


@refused("frozen cabinet")
def a_new_sample_in_a_frozen_cabinet() -> None:
    split("CE6-R", slot="BJ-A1-2")


@refused("FOREIGN KEY|foreign key")
def a_slot_that_is_not_there() -> None:
    change("CE6-R", slot="BJ-N9-1")


@refused("sample_in_a_slot_is_held")
def a_sample_on_loan_in_a_slot() -> None:
    change("CE6-L", slot="BJ-V1-2")


@refused("never change")
def a_slot_moved_to_another_cabinet() -> None:
    change("BJ-V1-2", "slot", cabinet="SS-V1")


@refused("never change")
def a_cabinet_declared_pristine_later() -> None:
    change("BJ-V1", "cabinet", pristine=True)


# Custody


@refused("custody passes")
def custody_taken_without_an_offer() -> None:
    change("CE6-R", custodian="wang")


@refused("custody passes")
def custody_taken_by_another_than_offered() -> None:
    change("CE6-Q", custodian="zhao", offered_to=None)


@refused("custody passes")
def a_sample_in_nobodys_hands() -> None:
    change("CE6-R", custodian=None)


@refused("not used again")
def a_retired_sample_used_again() -> None:
    change("CE6-Z", status="held")


@refused("sample_retired_is_empty")
def a_sample_retired_with_mass() -> None:
    change("CE6-Q", status="retired", offered_to=None)


# Rounds


@refused("reserved_is_within_mass|reserves")
def more_reserved_than_there_is() -> None:
    change("CE6-R", reserved_ug=50_000_001)


@refused("what its allocations reserve")
def something_reserved_for_nobody() -> None:
    change("CE6-R", reserved_ug=6_000_000)


@refused("what its allocations reserve")
def a_reservation_forgotten() -> None:
    change("CE6-R", reserved_ug=0)


@refused("reserved_is_within_mass")
def a_reserved_sample_used_up() -> None:
    mass_ug = row("sample", "CE6-R")["mass_ug"] - 4_999_999
    Forged([("CE6-R", -mass_ug), ("consumed:change6", mass_ug)], [("sample", "CE6-R", {})]).write()


@refused("approved proposals|approv|decision|granted")
def something_reserved_for_a_proposal_that_is_not_approved() -> None:
    allocation = ("allocation", "P-2:CE6-N", {"status": "reserved", "granted_ug": 5_000_000})
    Forged(touched=[allocation, ("sample", "CE6-N", {"reserved_ug": 5_000_000})]).write()


@refused("allocation_grants_what_was_asked")
def more_granted_than_asked() -> None:
    change("P-2:CE6-N", "allocation", granted_ug=6_000_000)


@refused("is there already|duplicate key|UNIQUE")
def a_sample_allocated_twice_to_a_proposal() -> None:
    asked = {"code": "P-1:again", "proposal": "P-1", "sample": "CE6-R", "asked_ug": 1, "granted_ug": 0, "status": "asked"}
    make("allocation", event={"actor": "smith"}, **asked)


@refused("for research or")
def a_preserved_sample_offered() -> None:
    make("offer", code="CALL-1:CE6-P", call="CALL-1", sample="CE6-P", mass_ug=5)


@refused("asks for samples that its call offers")
def more_asked_than_is_offered() -> None:
    proposal = {"code": "P-9", "call": "CALL-1", "applicant": "smith", "title": "t", "abstract": "a", "status": "submitted"}
    asked = {"code": "P-9:CE6-R", "proposal": "P-9", "sample": "CE6-R", "asked_ug": 20_000_001, "granted_ug": 0, "status": "asked"}
    made = [("proposal", proposal | {"decided_utc": "", "signed_utc": ""}), ("allocation", asked)]
    Forged(made=made, event={"actor": "smith"}).write()


@refused("while the call is open")
def a_proposal_after_the_call() -> None:
    proposal = {"code": "P-9", "call": "CALL-0", "applicant": "smith", "title": "t", "abstract": "a", "status": "submitted"}
    make("proposal", event={"actor": "smith"}, decided_utc="", signed_utc="", **proposal)


@refused("after at least one vote")
def a_proposal_approved_without_a_vote() -> None:
    change("P-2", "proposal", status="approved", decided_utc=last()[2], sign_by=str(today(30)))


@refused("a decision stands")
def a_decision_turned() -> None:
    change("P-1", "proposal", status="rejected", signed_utc="")


@refused("conflict of interest")
def a_vote_for_ones_own_institution() -> None:
    change("zhao", "person", institution="The Open University")
    make("review", event={"actor": "zhao"}, code="P-2:zhao", proposal="P-2", reviewer="zhao", conflict=False, score=5, words="")


@refused("review_conflict_bars_the_vote")
def a_vote_with_a_conflict() -> None:
    make("review", event={"actor": "weber"}, code="P-2:weber", proposal="P-2", reviewer="weber", conflict=True, score=5, words="")


@refused("a vote is a reviewer's")
def a_vote_by_an_applicant() -> None:
    make("review", event={"actor": "ito"}, code="P-2:ito", proposal="P-2", reviewer="ito", conflict=False, score=5, words="")


@refused("a vote is a reviewer's")
def a_vote_after_the_decision() -> None:
    make("review", event={"actor": "weber"}, code="P-1:weber", proposal="P-1", reviewer="weber", conflict=False, score=1, words="")


@refused("never change")
def a_vote_changed() -> None:
    change("P-1:zhao", "review", score=1)


# Loans


def lend(event: dict[str, Any] | None = None, borrower: str = "smith", allocation: str = "P-1:CE6-R", **loan: Any) -> None:
    """CE6-R's reserved 5 g, split off and lent; as `loan` says where it says something."""
    new = row("sample", "CE6-R") | {"code": "CE6-NEW", "parent": "CE6-R", "reserved_ug": 0, "status": "on_loan", "custodian": borrower}
    new.pop("mass_ug")
    lent = {"code": "L-9", "sample": "CE6-NEW", "allocation": allocation, "borrower": borrower, "lent": today(), "due": today(100)}
    lent |= {"lent_ug": 5_000_000, "returned_ug": 0, "consumed_ug": 0, "lost_ug": 0, "is_open": True, **loan}
    inventory = [("person", borrower, {"inventory_due": str(today(100))})] if row("person", borrower)["inventory_due"] is None else []
    touched = [*inventory, ("allocation", allocation, {"status": "lent"}), ("sample", "CE6-R", {"reserved_ug": 0})]
    lent = {name: str(value) if isinstance(value, date) else value for name, value in lent.items()}
    Forged([("CE6-R", -5_000_000), ("CE6-NEW", 5_000_000)], touched, [("loan", lent), ("sample", new)], event or {}).write()


@refused("not.null|NOT NULL|null value")
def a_loan_without_a_due_date() -> None:
    lend(due=None)


@refused("loan_due_after_it_is_lent")
def a_loan_due_before_it_begins() -> None:
    lend(due=today(-1))


@refused("approved proposal of the borrower")
def a_loan_to_another_than_the_applicant() -> None:
    lend(borrower="ito")


@refused("granted and reserved")
def a_loan_of_more_than_was_granted() -> None:
    lend(lent_ug=5_000_001)


@refused("granted and reserved|inventory")
def a_loan_of_another_day() -> None:
    lend(lent=today(-30))


@refused("signed agreement|approved|decision|granted|asked")
def a_loan_without_approval_and_agreement() -> None:
    new = [
        ("person", "smith", {"inventory_due": str(today(100))}),
        ("allocation", "P-2:CE6-N", {"status": "lent", "granted_ug": 5_000_000}),
    ]
    loan = {"code": "L-9", "sample": "CE6-N", "allocation": "P-2:CE6-N", "borrower": "smith", "lent": str(today()), "due": str(today(9))}
    loan |= {"lent_ug": 5_000_000, "returned_ug": 0, "consumed_ug": 0, "lost_ug": 0, "is_open": True}
    lent = ("sample", "CE6-N", {"slot": None, "status": "on_loan", "custodian": "smith"})
    Forged(touched=[*new, lent], made=[("loan", loan)]).write()


@refused("inventory is overdue")
def a_loan_while_the_inventory_is_overdue() -> None:
    change("smith", "person", inventory_due=str(today(-1)))
    lend()


@refused("inventory is overdue|a loan that is overdue")
def a_loan_while_another_is_overdue() -> None:
    day = today(370).isoformat() + "T00:00:00.000Z"
    Forged(event={"at_utc": day}).write()
    change("ito", "person", inventory_due=str(today(100)))
    lend(borrower="ito")


@refused("is there already|duplicate key|UNIQUE")
def a_second_open_loan_of_a_sample() -> None:
    lend(sample="CE6-L")


@refused("loan_closes_to_the_microgram|returned, consumed and lost")
def a_loan_closed_short() -> None:
    touched = [("loan", "L-1", {"returned_ug": 1_999_999, "is_open": False}), ("sample", "CE6-L", {"status": "held", "custodian": "li"})]
    Forged(touched=touched).write()


@refused("returned, consumed and lost")
def a_loan_whose_mass_is_not_told() -> None:
    change("L-1", "loan", lost_ug=5)


@refused("returned, consumed and lost|on loan")
def matter_lost_on_loan_and_not_told() -> None:
    Forged([("CE6-L", -5), ("lost:change6", 5)], [("sample", "CE6-L", {})]).write()


@refused("marked as returned|stays marked")
def a_loan_taken_back_unmarked() -> None:
    back = [("loan", "L-1", {"returned_ug": 2_000_000, "is_open": False})]
    Forged(touched=[*back, ("sample", "CE6-L", {"status": "held", "custodian": "li", "returned": False})]).write()


@refused("with its borrower|on loan")
def a_sample_on_loan_called_back_without_its_loan() -> None:
    change("CE6-L", status="held", returned=True)


@refused("with its borrower|on loan")
def a_sample_on_loan_without_a_loan() -> None:
    change("CE6-Q", status="on_loan")


@refused("closed loan is not opened again")
def a_closed_loan_opened_again() -> None:
    change("L-2", "loan", is_open=True, returned_ug=0)


@refused("closed loan is not opened again")
def a_loan_returned_twice() -> None:
    change("L-2", "loan", returned_ug=2_000_000)


@refused("never change")
def what_was_lent_edited() -> None:
    change("L-1", "loan", lent_ug=1)


@refused("shares are those of the mission")
def allocation_closed_outside_the_policy() -> None:
    change("change6", "mission", closed=True)


@pytest.mark.parametrize(("act", "words"), ACTS)
def test_is_refused(act: Act, words: str, busy: str) -> None:
    try_it(act, words)


def test_the_same_acts_are_taken_when_they_are_lawful(busy: str) -> None:
    """So that what is refused above is refused for what its name says, and for nothing else."""
    split("CE6-R")
    change("CE6-Q", custodian="wang", offered_to=None)
    change("CE6-P", sealed=False, slot=None, event=TWO)
    change("CE6-P", sealed=True, slot="BJ-V1-2", event=TWO)
    change("CE6-B", slot="SS-V1-2")
    back = [("loan", "L-1", {"returned_ug": 2_000_000, "is_open": False})]
    Forged(touched=[*back, ("sample", "CE6-L", {"status": "held", "custodian": "li", "returned": True})]).write()
    assert verify().sound


def test_a_loan_by_hand_is_taken_when_it_is_lawful(busy: str) -> None:
    lend()
    assert verify().sound


def test_after_all_that_the_ledger_is_sound(busy: str) -> None:
    assert verify().sound
