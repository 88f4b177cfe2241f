"""The papers: what they say, read by another tool, and that they bring their typefaces along."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import override_settings

from farside.curation.ledger import head
from farside.curation.models import Loan
from laboratory_site import signed_in

pypdf = pytest.importorskip("pypdf", reason="needs pypdf")


def read(client: Any, address: str) -> Any:
    answer = signed_in(client, "li.wei").get(address)
    assert answer.headers["Content-Type"] == "application/pdf"
    return pypdf.PdfReader(io.BytesIO(answer.content))


def words(paper: Any) -> str:
    return " ".join(" ".join(page.extract_text() for page in paper.pages).replace("\u202f", " ").split())


def typefaces(paper: Any) -> Iterator[Any]:
    for page in paper.pages:
        yield from (each.get_object() for each in page["/Resources"]["/Font"].values())


def test_a_loan_paper_tells_the_account_and_the_head_of_the_chain(client: Any) -> None:
    told = words(read(client, "/loans/paper/L1"))
    assert "CE6-L1" in told
    assert "Mass lent 400 mg (400 000 µg)" in told
    assert "Returned 280 mg (280 000 µg) Consumed 120 mg (120 000 µg) Lost 0 µg" in told
    assert f"event {head().number}, {head().hash}" in told


def test_it_tells_the_state_in_which_the_sample_was_lent(client: Any) -> None:
    """Returned since, it is pristine no more; on the paper it is."""
    assert Loan.objects.get(pk="L1").sample.returned
    assert "State when lent pristine" in words(read(client, "/loans/paper/L1"))


def test_the_paper_of_an_open_loan_has_room_for_the_return(client: Any) -> None:
    told = words(read(client, "/loans/paper/L3"))
    assert "At the return" in told
    assert "Lost 1 800 µg Sum: the mass lent 200 000 µg" in told


def test_the_annual_report_counts_what_was_lost_on_loans_that_are_open(client: Any) -> None:
    told = words(read(client, "/audit/annual?year=2025"))
    assert "consumed 120 mg (120 000 µg) lost 1.8 mg (1 800 µg) correction 10 µg" in told
    assert "lent in the year 4 938.2 mg (938 200 µg) out today 1 198.2 mg (198 200 µg)" in told
    assert "10.5555/demonstration.1" in told
    assert head().hash in told
    assert "10.5555/demonstration.1" not in words(read(client, "/audit/annual?year=2024"))


def test_a_demonstration_says_so_on_paper(client: Any) -> None:
    assert "Everything here is a demonstration" not in words(read(client, "/loans/paper/L1"))
    with override_settings(DEMONSTRATION=True):
        assert "Everything here is a demonstration" in words(read(client, "/loans/paper/L1"))


def test_the_typefaces_of_latin_text_are_in_the_paper(client: Any) -> None:
    """A reader without typefaces of its own shows the paper all the same."""
    found = [each for each in typefaces(read(client, "/audit/annual?year=2025")) if "DejaVu" in each["/BaseFont"]]
    assert len(found) >= 2
    assert all("/FontFile2" in each["/FontDescriptor"] for each in found)


def test_markup_and_eastern_names_are_set_as_they_are() -> None:
    from farside.web.typefaces import eastern, marked

    assert marked("<b>Ng</b> & 吴") == f'&lt;b&gt;Ng&lt;/b&gt; &amp; <font name="{eastern()}">吴</font>'
    assert marked("Ω µ é") == "Ω µ é"
