"""Loans by mass: what goes out comes back, is consumed or lost, and who is late gets no more; by the verbs, and by the database alone."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from farside.curation import loans
from farside.curation import verbs as v
from farside.curation.ledger import Act, Denied, Entry, Missing, Refused, writing
from farside.curation.models import Allocation, Loan, Person, Posting, Sample
from farside.curation.samples import child
from farside.curation.verbs.loans import year_after
from farside.curation.verify import verify
from laboratory import TOTAL_UG, on

L = "L2040-1"


def refused(words: str, verb: Callable[..., Any], act: Act, kind: type[Refused] = Refused, /, **arguments: Any) -> None:
    with pytest.raises(kind, match=words):
        verb(act, **arguments)


def balance_of(sink: str) -> int:
    return sum(Posting.objects.filter(account=f"{sink}:change6").values_list("mass_ug", flat=True))


def test_a_year_after_a_leap_day_is_the_last_of_february() -> None:
    assert year_after(date(2040, 2, 29)) == date(2041, 2, 28)
    assert year_after(date(2040, 3, 1)) == date(2041, 3, 1)


def test_powder_is_lent_by_mass_and_a_fragment_whole(lent: str) -> None:
    powder = Sample.objects.get(pk="CE6-P.1")
    assert (powder.status, powder.custodian_id, powder.mass_ug, powder.purpose) == ("on_loan", "smith", 1_500_000, "research")
    stock = Sample.objects.get(pk="CE6-P")
    assert (stock.mass_ug, stock.reserved_ug, stock.status) == (8_500_000, 0, "held")
    event = v.lend(on("2040-03-01"), proposal="SMITH", sample="CE6-F", due="2040-09-01", loan="F-1")
    assert json.loads(event.text)["data"]["lent"] == "CE6-F"
    assert Sample.objects.get(pk="CE6-F").status == "on_loan"
    assert Person.objects.get(pk="smith").inventory_due == date(2041, 3, 1)
    assert [loan.code for loan in loans.open_loans("smith")] == ["F-1", L]
    assert verify().sound


def test_a_loan_closes_to_the_microgram(lent: str) -> None:
    """1.5 g lent: 12 mg consumed and 1 mg lost meanwhile, 3 mg more at the return; the balance shows 40 ug less than should be left."""
    v.consume_on_loan(on("2040-05-01", "smith"), loan=L, mass="12 mg", words="Dissolved for ICP-MS.")
    v.lose_on_loan(on("2040-05-02", "smith"), loan=L, mass="1 mg", words="Spilt in the glove box.")
    refused("1487001 ug lost of L2040-1, of which 1487000 ug are left", v.lose_on_loan, on("2040-05-02", "smith"), loan=L, mass=1_487_001,
            words="w")  # fmt: skip
    told = {"loan": L, "consumed": "3 mg", "exposed": True}
    short = r"1400000 ug came back and 1484000 ug should have.* \+84000 ug are to be accounted"
    refused(short, v.return_loan, on("2040-06-01"), mass="1.4 g", **told)
    far = {"balance": "XPR", "gross": "2.4 g", "tare": "1 g"}  # 84 mg less, and the tolerance is 50 mg
    refused("1400000 ug came back", v.return_loan, on("2040-06-01"), weighed=far, **told)
    near = {"balance": "XPR", "gross": "2.48396 g", "tare": "1 g"}
    event = v.return_loan(on("2040-06-01"), weighed=near, **told)
    assert json.loads(event.text)["data"]["difference_ug"] == -40
    loan, sample = Loan.objects.get(pk=L), Sample.objects.get(pk="CE6-P.1")
    assert (loan.returned_ug, loan.consumed_ug, loan.lost_ug, loan.is_open) == (1_484_000, 15_000, 1_000, False)
    assert (sample.mass_ug, sample.status, sample.custodian_id) == (1_483_960, "held", "li")
    assert sample.returned and sample.air_exposed
    assert (balance_of("consumed"), balance_of("lost"), balance_of("correction")) == (15_000, 1_000, 40)
    assert sum(Sample.objects.values_list("mass_ug", flat=True)) == TOTAL_UG - 16_040
    assert verify().sound


def test_what_was_out_never_rejoins_pristine_stock(lent: str) -> None:
    v.return_loan(on("2040-06-01"), loan=L, mass="1.5 g")
    with pytest.raises(Refused, match="pristine cabinet takes only"), writing(on("2040-06-01"), "store") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"), slot_id="BJ-N1-1")
    with pytest.raises(Refused, match="is never put to what was not"), writing(on("2040-06-01"), "pour back") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"))
        entry.change(entry.get(Sample, "CE6-P"))
        entry.move("CE6-P.1", "CE6-P", 1_500_000)
    with pytest.raises(Refused, match="stays marked so"), writing(on("2040-06-01"), "clean") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"), returned=False)
    with pytest.raises(Refused, match="exposed or returned where the parent is"), writing(on("2040-06-01"), "split") as entry:
        child(entry, entry.get(Sample, "CE6-P.1"), form="powder", mass_ug=1, returned=False)


def test_nothing_left_is_closed_with_nothing_returned(lent: str) -> None:
    v.lose_on_loan(on("2040-05-02", "smith"), loan=L, mass="1.5 g", words="The parcel did not arrive.")
    v.return_loan(on("2040-06-01"), loan=L, mass=0)
    assert (Sample.objects.get(pk="CE6-P.1").mass_ug, balance_of("lost")) == (0, 1_500_000)
    assert verify().sound


def test_a_return_is_told_once_and_in_one_way(lent: str) -> None:
    day = on("2040-06-01")
    refused("give the mass that came back, or weigh it", v.return_loan, day, loan=L)
    refused("say in words how it was lost", v.return_loan, day, loan=L, mass="1.4 g", lost="100 mg")
    refused("1600000 ug consumed and 0 ug lost of L2040-1", v.return_loan, day, loan=L, mass=0, consumed="1.6 g")
    refused("there is no loan 'L2040-2'; there are L2040-1", v.return_loan, day, loan="L2040-2", mass=0)
    refused("this is for curator", v.return_loan, on("2040-06-01", "smith"), Denied, loan=L, mass="1.5 g")


def test_a_lender_looks_at_grant_day_and_borrower(agreed: str) -> None:
    day = on("2040-03-01")
    told = {"proposal": "SMITH", "sample": "CE6-P"}
    refused("by 2041-03-01, a year from now", v.lend, day, due="2041-03-02", **told)
    refused("a loan is due after today", v.lend, day, due="2040-03-01", **told)
    refused("it was not asked for; reserved are CE6-F, CE6-P|reserved are CE6-P, CE6-F", v.lend, day, due="2040-09-01", proposal="SMITH",
            sample="CE6-T")  # fmt: skip
    refused("CE6-P is reserved for ITO: it is asked; reserved are none", v.lend, day, due="2040-09-01", proposal="ITO", sample="CE6-P")
    with writing(day, "offer custody") as entry:
        entry.change(entry.get(Sample, "CE6-F"), offered_to_id="wang")
        entry.change(entry.get(Sample, "CE6-P"), sealed=True)
    refused("on its way to wang", v.lend, day, due="2040-09-01", proposal="SMITH", sample="CE6-F")
    refused("is sealed; `unseal` it to take 1500000 ug of its 10000000 ug", v.lend, day, due="2040-09-01", **told)
    v.enrol(day, person="smith", name="Jo Smith", institution="The Open University", roles=["applicant"], active=False)
    refused("smith is not active here any more", v.lend, day, due="2040-09-01", **told)


def test_an_overdue_loan_or_inventory_blocks_the_next_loan(lent: str) -> None:
    told = {"proposal": "SMITH", "sample": "CE6-F"}
    assert loans.delinquent(date(2041, 3, 1)) == []
    late = on("2041-03-02")
    refused("has L2040-1 since 2040-03-01, overdue since 2041-03-01", v.lend, late, due="2041-09-01", **told)
    (smith,) = loans.delinquent(date(2041, 3, 2))
    assert (smith.person.code, [loan.code for loan in smith.overdue], smith.inventory_overdue) == ("smith", [L], True)
    refused("the inventory of smith was due on 2041-03-01; it comes first", v.extend, on("2041-03-02", reason="asked for"), loan=L,
            due="2041-12-01")  # fmt: skip
    v.inventory(on("2041-03-02", "smith"), loans=[{"loan": L}])
    refused("say for which reason", v.extend, late, loan=L, due="2041-12-01")
    refused("by 2042-03-02, a year from now", v.extend, late, loan=L, due="2042-03-03")
    v.extend(on("2041-03-02", reason="the beam time was moved"), loan=L, due="2042-03-02")
    refused("due on 2042-03-02 already; a day is moved on, never back", v.extend, on("2041-03-02", reason="r"), loan=L, due="2041-12-01")
    v.lend(late, due="2041-09-01", **told)
    assert list(loans.overdue(date(2041, 9, 1))) == []
    assert [loan.sample_id for loan in loans.overdue(date(2041, 9, 2))] == ["CE6-F"]


def test_an_inventory_tells_of_everything_and_blocks_loans_until_all_is_there(lent: str) -> None:
    smith = on("2040-04-01", "smith")
    refused("L2040-1 not told of; every loan that is out is told of once: L2040-1", v.inventory, smith, loans=[])
    refused("X not out to smith", v.inventory, smith, loans=[{"loan": L}, {"loan": "X"}])
    refused("a loan told of twice", v.inventory, smith, loans=[{"loan": L}, {"loan": L}])
    refused("you say what you have yourself", v.inventory, on("2040-04-01", "ito"), Denied, loans=[{"loan": L}], borrower="smith")
    refused("0 ug are there and the ledger says 1500000 ug; say in words why", v.inventory, smith, loans=[{"loan": L, "there": False}])
    found = {"loan": L, "mass": "1.2 g", "words": "A vial is missing."}
    v.inventory(on("2040-04-01"), loans=[found], borrower="smith")
    (late,) = loans.delinquent(date(2040, 4, 1))
    assert late.missing == ({"loan": L, "sample": "CE6-P.1", "ledger_ug": 1_500_000, "there_ug": 1_200_000, "words": "A vial is missing."},)
    refused("inventory of smith was due on 2040-03-31", v.lend, on("2040-04-01"), proposal="SMITH", sample="CE6-F", due="2040-09-01")
    v.lose_on_loan(smith, loan=L, mass="300 mg", words="The vial was not found.")
    v.inventory(smith, loans=[{"loan": L, "mass": "1.2 g"}])
    assert loans.delinquent(date(2040, 4, 1)) == []
    v.lend(on("2040-04-01"), proposal="SMITH", sample="CE6-F", due="2040-09-01")
    assert verify().sound


def test_borrowers_report_on_their_own_loans_alone(lent: str) -> None:
    ito = on("2040-04-01", "ito")
    refused("no loan 'L2040-1' of yours; you have none", v.lose_on_loan, ito, Missing, loan=L, mass=1, words="w")
    refused("no loan 'L9' of yours; you have L2040-1", v.consume_on_loan, on("2040-04-01", "smith"), Missing, loan="L9", mass=1, words="w")
    refused("say in words how it was lost", v.lose_on_loan, on("2040-04-01", "smith"), loan=L, mass=1, words=" ")
    refused("this is for applicant or curator", v.consume_on_loan, on("2040-04-01", "weber"), Denied, loan=L, mass=1, words="w")


def lend(entry: Entry, mass_ug: int = 1_500_000, inventory_due: date | None = date(2041, 3, 1), **changed: Any) -> None:
    """What `lend` does of CE6-P, with something else in it."""
    entry.change(entry.get(Person, "smith"), inventory_due=inventory_due)
    entry.change(entry.get(Allocation, "SMITH-1"), status="lent")
    stock = entry.get(Sample, "CE6-P")
    entry.change(stock, reserved_ug=0)
    child(entry, stock, form="powder", mass_ug=mass_ug, code="X", status="on_loan", custodian_id=changed.get("borrower_id", "smith"))
    told = {"code": "L", "sample_id": "X", "allocation_id": "SMITH-1", "borrower_id": "smith", "lent_ug": mass_ug}
    entry.add(Loan(**{**told, "lent": date(2040, 3, 1), "due": date(2041, 3, 1), **changed}))


def lend_half_a_fragment(entry: Entry) -> None:
    entry.change(entry.get(Person, "smith"), inventory_due=date(2041, 3, 1))
    entry.change(entry.get(Allocation, "SMITH-2"), status="lent")
    stock = entry.get(Sample, "CE6-F")
    entry.change(stock, reserved_ug=0)
    child(entry, stock, form="fragment", mass_ug=750_000, code="X", status="on_loan", custodian_id="smith")
    told = {"code": "L", "sample_id": "X", "allocation_id": "SMITH-2", "borrower_id": "smith", "lent_ug": 750_000}
    entry.add(Loan(lent=date(2040, 3, 1), due=date(2041, 3, 1), **told))


LENDING: dict[str, tuple[str, Callable[[Entry], Any], str]] = {
    "a_loan_for_more_than_a_year": ("li", lambda e: lend(e, due=date(2041, 3, 2)), "for a year at most"),
    "a_loan_without_a_due_date": ("li", lambda e: lend(e, due=None), "due"),
    "a_loan_due_when_it_is_lent": ("li", lambda e: lend(e, due=date(2040, 3, 1)), "due after it is lent"),
    "a_loan_of_yesterday": ("li", lambda e: lend(e, lent=date(2040, 2, 29)), "granted and reserved, today"),
    "a_loan_to_another": ("li", lambda e: lend(e, borrower_id="ito"), "approved proposal of the borrower|has a day for the inventory"),
    "a_loan_to_oneself": ("smith", lend, "nobody lends to themself"),
    "a_loan_of_more_than_was_granted": ("li", lambda e: lend(e, 1_500_001), "of what was granted"),
    "a_loan_that_says_more_than_went_out": ("li", lambda e: lend(e, lent_ug=1_400_000), "what is lent is what is returned"),
    "a_loan_that_is_closed_from_the_start": ("li", lambda e: lend(e, is_open=False, returned_ug=1_500_000), "a new loan is open"),
    "a_loan_with_a_part_lost_from_the_start": ("li", lambda e: lend(e, lost_ug=10), "a new loan is open"),
    "a_loan_without_a_day_for_the_inventory": ("li", lambda e: lend(e, inventory_due=None), "has a day for the inventory"),
    "an_inventory_due_in_two_years": ("li", lambda e: lend(e, inventory_due=date(2042, 3, 1)), "for the inventory, within a year"),
    "half_a_fragment_is_lent": ("li", lend_half_a_fragment, "fragments are lent whole"),
    "a_sample_is_marked_as_lent_without_a_loan": (
        "li",
        lambda e: e.change(e.get(Sample, "CE6-F"), status="on_loan", custodian_id="li"),
        "a sample on loan is with its borrower",
    ),
    "an_allocation_is_lent_without_being_reserved": (
        "li",
        lambda e: e.change(e.get(Allocation, "ITO-1"), status="lent", granted_ug=1),
        "and what is reserved lent",
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", LENDING)
def test_the_database_does_not_lend(agreed: str, name: str) -> None:
    """Well-formed events, sealed as the library seals them, past the verbs."""
    by, forge, words = LENDING[name]
    with pytest.raises(Refused, match=words), writing(on("2040-03-01", by), "forge") as entry:
        forge(entry)


def test_what_is_forged_is_accepted_when_nothing_is_wrong_with_it(agreed: str) -> None:
    """So that the refusals above are for what each of them says."""
    with writing(on("2040-03-01"), "forge") as entry:
        lend(entry)
    assert verify().sound


def take_back(entry: Entry, returned: bool = True, **changed: Any) -> None:
    """What `return_loan` does, with something else in it."""
    entry.change(entry.get(Sample, "CE6-P.1"), status="held", custodian_id="li", returned=returned)
    entry.change(entry.get(Loan, L), **{"is_open": False, "returned_ug": 1_500_000, **changed})


def consume(entry: Entry, told_ug: int | None) -> None:
    entry.change(entry.get(Sample, "CE6-P.1"))
    entry.move("CE6-P.1", "consumed:change6", 500_000)
    if told_ug is not None:
        entry.change(entry.get(Loan, L), consumed_ug=told_ug)


def lend_the_grant_again(entry: Entry) -> None:
    child(entry, entry.get(Sample, "CE6-P"), form="powder", mass_ug=1_500_000, code="X", status="on_loan", custodian_id="smith")
    entry.change(entry.get(Allocation, "SMITH-1"))
    told = {"code": "L", "sample_id": "X", "allocation_id": "SMITH-1", "borrower_id": "smith", "lent_ug": 1_500_000}
    entry.add(Loan(lent=entry.today, due=date(2041, 3, 1), **told))


ON_LOAN: dict[str, tuple[str, Callable[[Entry], Any], str]] = {
    "a_loan_closes_with_less_than_was_lent": ("li", lambda e: take_back(e, returned_ug=1_400_000), "loan closes to the microgram"),
    "a_loan_closes_with_more_than_was_lent": ("li", lambda e: take_back(e, returned_ug=1_500_001), "loan closes|loan is never exceeded"),
    "a_loan_comes_back_unmarked": ("li", lambda e: take_back(e, returned=False), "one that comes back is marked as returned"),
    "a_loan_is_taken_back_by_its_borrower": ("smith", take_back, "nor takes back what they had"),
    "a_loan_is_returned_and_stays_open": ("li", lambda e: e.change(e.get(Loan, L), returned_ug=1), "loan is returned once"),
    "the_mass_of_a_loan_is_consumed_past_it": ("smith", lambda e: consume(e, None), "what is lent is what is returned"),
    "less_is_told_than_was_consumed": ("smith", lambda e: consume(e, 499_999), "what is lent is what is returned"),
    "what_was_lent_is_edited": ("li", lambda e: e.change(e.get(Loan, L), lent_ug=1_000_000), "of a loan these never change"),
    "the_borrower_is_changed": ("li", lambda e: e.change(e.get(Loan, L), borrower_id="ito"), "of a loan these never change"),
    "the_due_date_is_taken_away": ("li", lambda e: e.change(e.get(Loan, L), due=None), "due"),
    "the_due_date_is_moved_back": ("li", lambda e: e.change(e.get(Loan, L), due=date(2040, 12, 1)), "moved on, never back"),
    "the_due_date_is_moved_beyond_a_year": ("li", lambda e: e.change(e.get(Loan, L), due=date(2042, 1, 1)), "for a year at most"),
    "what_is_out_is_offered_to_another": (
        "smith",
        lambda e: e.change(e.get(Sample, "CE6-P.1"), offered_to_id="ito"),
        "a sample on loan is with its borrower",
    ),
    "what_is_out_is_put_into_a_slot": ("li", lambda e: e.change(e.get(Sample, "CE6-P.1"), slot_id="BJ-V1-1"), "slot is held|its borrower"),
    "what_is_out_is_retired": ("li", lambda e: e.change(e.get(Sample, "CE6-P.1"), status="retired"), "retired is empty|with its borrower"),
    "what_is_out_is_told_as_held": ("li", lambda e: e.change(e.get(Sample, "CE6-P.1"), status="held"), "with its borrower"),
    "something_is_made_of_what_is_out": (
        "smith",
        lambda e: child(e, e.get(Sample, "CE6-P.1"), form="powder", mass_ug=1),
        "nothing is made of a sample on loan",
    ),
    "a_grant_is_lent_twice": ("li", lend_the_grant_again, "then it stays so|allocation is there"),
    "a_grant_is_released_while_it_is_out": ("li", lambda e: e.change(e.get(Allocation, "SMITH-1"), status="released"), "then it stays so"),
    "the_day_for_the_inventory_is_taken_away": ("li", lambda e: e.change(e.get(Person, "smith"), inventory_due=None), "inventory is due"),
}  # fmt: skip


@pytest.mark.parametrize("name", ON_LOAN)
def test_the_database_keeps_a_loan(lent: str, name: str) -> None:
    by, forge, words = ON_LOAN[name]
    with pytest.raises(Refused, match=words), writing(on("2040-06-01", by), "forge") as entry:
        forge(entry)


def test_what_is_forged_of_a_loan_is_accepted_when_nothing_is_wrong_with_it(lent: str) -> None:
    with writing(on("2040-06-01", "smith"), "forge") as entry:
        consume(entry, 500_000)
    with writing(on("2040-06-01"), "forge") as entry:
        take_back(entry, returned_ug=1_000_000)
    assert verify().sound


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE curation_loan SET due = '2045-01-01'",
        "UPDATE curation_loan SET borrower = 'ito'",
        "UPDATE curation_loan SET returned_ug = lent_ug",
        "UPDATE curation_sample SET status = 'held' WHERE code = 'CE6-P.1'",
        "UPDATE curation_person SET inventory_due = '2045-01-01' WHERE code = 'smith'",
        "UPDATE curation_allocation SET status = 'reserved'",
        "UPDATE curation_proposal SET status = 'approved', decided_utc = 'x', sign_by = '2045-01-01' WHERE code = 'ITO'",
        "UPDATE curation_call SET closes = '2045-01-01'",
        "DELETE FROM curation_loan",
        "DELETE FROM curation_review",
    ],
)
def test_nothing_of_a_loan_or_round_is_changed_by_plain_sql(lent: str, statement: str) -> None:
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().sound
