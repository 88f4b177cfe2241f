"""Requests that no page was made for: odd characters and numbers, too much at once, a ledger that is gone."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import override_settings

from farside.curation.ledger import head
from laboratory_site import signed_in

NUL = (
    "/catalogue?q=%00", "/catalogue?%00=1", "/catalogue/%00", "/catalogue/jsonld/%00", "/attachments/%00", "/audit?code=%00",
    "/samples?q=a%00b", "/samples/at/%00", "/vaults/%00", "/loans/%00", "/go?code=%00", "/labels?code=%00", "/flights/%00/x",
    "/api/samples/%00", "/api/samples?after=%00", "/api/catalogue/%00",
)  # fmt: skip


@pytest.fixture
def patient(client: Any) -> Any:
    """Li Wei's session, in which a page that fails answers instead of raising."""
    client.raise_request_exception = False
    return signed_in(client, "li.wei")


def test_the_character_nul_is_no_question(on_both: None, patient: Any) -> None:
    for address in NUL:
        answer = patient.get(address)
        assert answer.status_code == 400, address
        kind = "application/problem+json" if address.startswith("/api/") else "text/html"
        assert answer.headers["Content-Type"].startswith(kind), address
        assert "no-store" in answer.headers["Cache-Control"], address
    assert "has the character NUL" in patient.get("/api/samples/%00").json()["detail"]
    assert "This request cannot be read" in patient.get("/catalogue/%00").content.decode()
    assert "无法识别此请求" in patient.get("/catalogue/%00", headers={"Accept-Language": "zh-hans"}).content.decode()
    patient.cookies["sessionid"] = "\0" + "a" * 31
    assert patient.get("/loans").status_code == 400


def test_a_second_person_with_nul_is_nobody(on_both: None, patient: Any) -> None:
    before = head().number
    sent = {"sample": "CE6-S", "parts-0-mass": "1 mg", "key": "n", "second": "chen\0.yu", "second_password": "x"}
    answer = patient.post("/do/split", sent)
    assert answer.status_code == 422
    assert "do not belong together" in answer.content.decode()
    assert head().number == before


def test_a_number_is_written_in_digits(on_both: None, contexts: None, patient: Any) -> None:
    everything = patient.get("/catalogue").context["page"].paginator.count
    for depth in ("²", "٣", "1" * 5000, "-1", "abc"):
        assert patient.get("/catalogue", {"depth": depth}).context["page"].paginator.count == everything, depth[:9]
        assert patient.get("/catalogue.csv", {"depth": depth}).status_code == 200
    assert 0 < patient.get("/catalogue", {"depth": "100"}).context["page"].paginator.count < everything
    assert patient.get("/catalogue", {"depth": "9" * 15}).context["page"].paginator.count == 0
    for year in ("²²²²", "0000", "0", "10000", "1" * 5000, "abc"):
        assert patient.get("/audit/annual", {"year": year}).status_code == 404, year[:9]
    for asked in ({}, {"year": "2024"}, {"year": "0001"}, {"year": "9999"}):
        assert patient.get("/audit/annual", asked).status_code == 200, asked


def test_nothing_is_larger_than_what_is_taken_at_once(patient: Any) -> None:
    before = head().number
    for length in ("99999999999999999999", "40000000", "²"):
        answer = patient.generic("POST", "/do/split", b"x", "application/x-www-form-urlencoded", CONTENT_LENGTH=length)
        assert answer.status_code == 413, length
        assert "at most 36 MB at once" in answer.content.decode()
    answer = patient.post("/do/split", {"sample": "CE6-S", "words": "x" * 37 * 2**20})
    assert answer.status_code == 413
    assert head().number == before


def test_a_failure_is_told_without_the_database(client: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.db import OperationalError
    from django.db.backends.utils import CursorWrapper

    def gone(*_: Any, **__: Any) -> None:
        raise OperationalError("the server closed the connection")

    client.raise_request_exception = False
    signed_in(client, "li.wei")
    monkeypatch.setattr(CursorWrapper, "execute", gone)
    for address in ("/catalogue", "/bench", "/nowhere"):
        answer = client.get(address)
        assert answer.status_code == 500
        assert "The site failed; nothing was written" in answer.content.decode()
    assert client.get("/api/head").json()["detail"] == "the site failed; nothing was written"


def test_words_for_people_are_in_their_language(patient: Any) -> None:
    with override_settings(LARGEST_REQUEST=10):
        answer = patient.post("/do/split", {"sample": "CE6-S"}, headers={"Accept-Language": "zh-hans"})
    assert answer.status_code == 413
    assert "内容过大" in answer.content.decode()
