"""What users of other collection systems have reported, each as a test of its own: by the verb, in its words, and past the verb.

The complaints are those that recur in the trackers of collection, inventory and laboratory systems whose counts and loan states live in
application code; each is told in one line, and what must not happen is tried in every way that the library leaves.
"""

from __future__ import annotations

from datetime import date

import pytest
from django.db import DatabaseError, connection, transaction

from farside.curation import verbs as v
from farside.curation.ledger import Mistaken, Refused, batch, head, writing
from farside.curation.models import Allocation, Loan, Person, Proposal, Review, Sample
from farside.curation.samples import child
from farside.curation.verify import verify
from laboratory import on

L = "L2040-1"
NEXT = {"proposal": "SMITH", "sample": "CE6-F", "due": "2041-12-01"}


def plain_sql(statement: str) -> None:
    """A statement on a connection as the application opens it: refused, and nothing is left of it."""
    before = head().hash
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert head().hash == before and verify().sound


def test_returned_twice(lent: str) -> None:
    """Told: 'I pressed return twice, and now there is twice as much in stock.'"""
    v.return_loan(on("2040-06-01", key="return-17"), loan=L, mass="1.5 g")
    with pytest.raises(Refused, match="L2040-1 is closed: 1500000 ug returned, 0 ug consumed, 0 ug lost"):
        v.return_loan(on("2040-06-01"), loan=L, mass="1.5 g")
    with pytest.raises(Refused):
        v.return_loan(on("2040-06-01", key="return-17"), loan=L, mass="1.5 g")
    with pytest.raises(Refused, match="nor returned twice"), writing(on("2040-06-01"), "return") as entry:
        entry.change(entry.get(Loan, L))
    plain_sql("UPDATE curation_loan SET is_open = NOT is_open")
    assert Sample.objects.get(pk="CE6-P.1").mass_ug == 1_500_000


def test_quantity_edited_below_what_is_out(lent: str) -> None:
    """Told: 'Somebody edited the lot to 1 g while 1.5 g of it were reserved and lent, and the count went negative.'"""
    v.decide(on("2040-03-02"), proposal="ITO", decision="approve", samples=[{"sample": "CE6-P", "mass": "4 g"}])
    with pytest.raises(Refused, match="of which 4500000 ug are free"):
        v.analyse(on("2040-03-02"), sample="CE6-P", method="m", laboratory="l", destructive=True, consumed="4.500001 g")
    with pytest.raises(Refused, match="sample reserved is within mass"), writing(on("2040-03-02"), "edit") as entry:
        entry.change(entry.get(Sample, "CE6-P"))
        entry.move("CE6-P", "correction:change6", 4_500_001)
    with pytest.raises(Refused, match="what is lent is what is returned"), writing(on("2040-03-02"), "edit") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"))
        entry.move("CE6-P.1", "correction:change6", 1)
    with pytest.raises(Refused, match=r"CE6-P.1 is on loan"):
        v.weigh(on("2040-03-02"), sample="CE6-P.1", balance="XPR", gross="2.4 g", tare="1 g")
    plain_sql("UPDATE curation_sample SET mass_ug = 1000000 WHERE code = 'CE6-P'")


def test_deleted_while_on_loan(lent: str) -> None:
    """Told: 'The record of a specimen was deleted while it was at another museum; nobody knows any more what we lent.'"""
    for statement in ("DELETE FROM curation_sample WHERE code = 'CE6-P.1'", "DELETE FROM curation_loan"):
        plain_sql(statement)
    with pytest.raises(Refused, match=r"retired is empty|with its borrower"), writing(on("2040-03-02"), "retire") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"), status="retired")


def test_due_date_left_empty(agreed: str) -> None:
    """Told: 'Loans without a due date are never overdue, and never come back.'"""
    told = {"proposal": "SMITH", "sample": "CE6-P"}
    for due in (None, ""):
        with pytest.raises(Mistaken, match="lend: due: "):
            v.lend(on("2040-03-01"), due=due, **told)
    with pytest.raises(Mistaken, match="lend: due: Field required"):
        v.lend(on("2040-03-01"), **told)
    with pytest.raises(Refused, match="due"), writing(on("2040-03-01"), "lend") as entry:
        entry.change(entry.get(Person, "smith"), inventory_due=date(2041, 3, 1))
        entry.change(entry.get(Allocation, "SMITH-1"), status="lent")
        stock = entry.get(Sample, "CE6-P")
        entry.change(stock, reserved_ug=0)
        child(entry, stock, form="powder", mass_ug=1_500_000, code="X", status="on_loan", custodian_id="smith")
        told = {"sample_id": "X", "allocation_id": "SMITH-1", "borrower_id": "smith", "lent": entry.today, "lent_ug": 1_500_000}
        entry.add(Loan(code="L", **told))


def test_allocated_twice(agreed: str) -> None:
    """Told: 'Two orders were promised the same 5 g, and we found out when the second was packed.'"""
    v.call(on("2040-02-20"), call="C2", title="second", opens="2040-02-20", closes="2040-02-20")
    v.offer(on("2040-02-20"), call="C2", samples=[{"sample": "CE6-P", "mass": "5 g"}])
    for by in ("smith", "ito"):
        v.apply(on("2040-02-20", by), call="C2", title="t", abstract="a", samples=[{"sample": "CE6-P"}], proposal=f"C2-{by}")
        v.review(on("2040-02-20", "weber"), proposal=f"C2-{by}", score=5, words="Yes.")
    v.decide(on("2040-02-21"), proposal="C2-smith", decision="approve", samples=[{"sample": "CE6-P"}])
    with pytest.raises(Refused, match="5000000 ug of CE6-P, of which 3500000 ug are free: 6500000 ug are reserved already"):
        v.decide(on("2040-02-21"), proposal="C2-ito", decision="approve", samples=[{"sample": "CE6-P"}])
    for reserved_ug, words in ((11_500_000, "reserved is within mass"), (6_500_000, "what its allocations reserve")):
        with pytest.raises(Refused, match=words), writing(on("2040-02-21"), "decide") as entry:
            entry.change(entry.get(Allocation, "C2-ito-1"), status="reserved", granted_ug=5_000_000)
            entry.change(entry.get(Proposal, "C2-ito"), status="approved", decided_utc=entry.at_utc, sign_by=date(2040, 3, 6))
            entry.change(entry.get(Sample, "CE6-P"), reserved_ug=reserved_ug)
    with pytest.raises(Refused, match="of which 3499999 ug are free"), batch():  # nor both in one transaction
        v.decide(on("2040-02-21"), proposal="ITO", decision="approve", samples=[{"sample": "CE6-P", "mass": "1 ug"}])
        v.decide(on("2040-02-21"), proposal="C2-ito", decision="approve", samples=[{"sample": "CE6-P", "mass": "3.5 g"}])
    assert verify().sound


def test_loan_closed_with_less_than_lent(lent: str) -> None:
    """Told: 'The loan was closed although two of the twelve vials did not come back.'"""
    with pytest.raises(Refused, match=r"1250000 ug came back and 1500000 ug should have.*\+250000 ug are to be accounted for"):
        v.return_loan(on("2040-06-01"), loan=L, mass="1.25 g")
    with pytest.raises(Refused, match="loan closes to the microgram"), writing(on("2040-06-01"), "return") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"), status="held", custodian_id="li", returned=True)
        entry.change(entry.get(Loan, L), is_open=False, returned_ug=1_250_000)
    with pytest.raises(Refused, match="what is lent is what is returned"), writing(on("2040-06-01"), "return") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"), status="held", custodian_id="li", returned=True)
        entry.change(entry.get(Loan, L), is_open=False, returned_ug=1_250_000, lost_ug=250_000)  # told, and not posted
    v.return_loan(on("2040-06-01"), loan=L, mass="1.25 g", lost="250 mg", words="Two vials broke in the mail.")
    assert verify().sound


def test_overdue_borrower_lent_again(lent: str) -> None:
    """Told: 'The system warned about overdue loans on a page that nobody opens, and let us send the next one.'"""
    v.inventory(on("2041-02-20", "smith"), loans=[{"loan": L}])
    with pytest.raises(Refused, match="overdue since 2041-03-01; nothing more until it is back"):
        v.lend(on("2041-03-02"), **NEXT)
    with pytest.raises(Refused, match="the borrower has a loan that is overdue"), writing(on("2041-03-02"), "lend") as entry:
        entry.change(entry.get(Allocation, "SMITH-2"), status="lent")
        entry.change(entry.get(Sample, "CE6-F"), reserved_ug=0, status="on_loan", custodian_id="smith")
        told = {"sample_id": "CE6-F", "allocation_id": "SMITH-2", "borrower_id": "smith", "lent_ug": 1_500_000}
        entry.add(Loan(code="L", lent=entry.today, due=date(2041, 12, 1), **told))
    v.return_loan(on("2041-03-03"), loan=L, mass="1.5 g")
    v.lend(on("2041-03-03"), **NEXT)


def test_borrower_changed_by_edit(lent: str) -> None:
    """Told: 'A typing error put the loan on another person's account, and that person got the reminders.'"""
    with pytest.raises(Refused, match=r"of a loan these never change: .*borrower"), writing(on("2040-06-01"), "edit") as entry:
        entry.change(entry.get(Loan, L), borrower_id="ito")
    with pytest.raises(Refused, match=r"a sample on loan is with its borrower|custody passes"), writing(on("2040-06-01"), "edit") as entry:
        entry.change(entry.get(Sample, "CE6-P.1"), custodian_id="ito")
    plain_sql("UPDATE curation_loan SET borrower = 'ito'")


def test_colleague_of_the_applicant_votes(agreed: str) -> None:
    """Told: 'The reviewer sat in the office next to the applicant's, and nobody noticed.'"""
    v.enrol(on("2040-02-20"), person="zhao", name="Zhao Min", institution="osaka university", roles=["reviewer"])
    with pytest.raises(Refused, match="both of Osaka University; declare the conflict"):
        v.review(on("2040-02-20", "zhao"), proposal="ITO", score=5, words="Excellent.")
    with (
        pytest.raises(Refused, match="has a conflict of interest, which bars the vote"),
        writing(on("2040-02-20", "zhao"), "review") as entry,
    ):
        entry.add(Review(code="X", proposal_id="ITO", reviewer_id="zhao", score=5, words="Excellent."))
    v.review(on("2040-02-20", "zhao"), proposal="ITO", conflict=True)


def test_late_application(agreed: str) -> None:
    """Told: 'The form still took applications after the deadline, and the committee had to argue about them.'"""
    told = {"call": "C1", "title": "t", "abstract": "a", "samples": [{"sample": "CE6-P"}]}
    with pytest.raises(Refused, match="from 2040-01-03 to 2040-02-03, and today is 2040-02-11; no call is open"):
        v.apply(on("2040-02-11", "smith"), **told)
    with pytest.raises(Refused, match="before the last event"):  # nor by a false day
        v.apply(on("2040-02-03", "smith"), **told)
    with pytest.raises(Refused, match="for themself, while the call is open"), writing(on("2040-02-11", "smith"), "apply") as entry:
        entry.add(Proposal(code="X", call_id="C1", applicant_id="smith", title="t", abstract="a"))
    plain_sql("UPDATE curation_call SET closes = '2040-12-31'")
