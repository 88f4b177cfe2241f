"""Tokens: shown once, kept as a digest, good for a while, and only for somebody who is active."""

from __future__ import annotations

import hashlib

import pytest

from farside.curation import tokens
from farside.curation import verbs as v
from farside.curation.ledger import Act, Missing, Refused, head
from farside.curation.models import Token
from farside.curation.text import now_utc

LI = Act(by="li")


@pytest.fixture(autouse=True)
def no_tokens(stocked: str) -> None:
    """The copy of the laboratory may have been another test's, which leaves tokens: they are no part of what is undone."""
    Token.objects.all().delete()


def test_a_token_is_known_by_its_digest_alone(stocked: str) -> None:
    secret = tokens.issue("wang", days=2)
    (kept,) = Token.objects.values_list()
    assert kept[0] == hashlib.sha256(secret.encode()).hexdigest()
    assert not any(secret in str(value) for value in kept)
    person = tokens.person(secret)
    assert person is not None
    assert person.code == "wang"
    assert len(secret) > 50
    assert tokens.issue("wang") != secret


def test_what_is_no_token_is_nobodys(stocked: str) -> None:
    secret = tokens.issue("wang")
    for wrong in ("", "wang", secret[:-1], secret + "a", secret.upper(), secret + "\u00e9", hashlib.sha256(secret.encode()).hexdigest()):
        assert tokens.person(wrong) is None


def test_a_token_ends_by_time_by_revoking_and_with_its_person(stocked: str) -> None:
    over, revoked, left = tokens.issue("wang"), tokens.issue("zhao"), tokens.issue("smith")
    Token.objects.filter(person="wang").delete()
    Token.objects.create(digest=hashlib.sha256(over.encode()).hexdigest(), person_id="wang", until_utc="2026-01-01T00:00:00.000Z")
    assert tokens.person(over) is None
    (one,) = tokens.listed("zhao")
    tokens.revoke(one.name)
    assert tokens.person(revoked) is None
    v.enrol(LI, person="smith", name="Jo Smith", institution="The Open University", roles=["applicant"], active=False)
    assert tokens.person(left) is None
    with pytest.raises(Refused, match="smith is not active"):
        tokens.issue("smith")


def test_tokens_that_are_over_are_cleared_away(stocked: str) -> None:
    Token.objects.create(digest="0" * 64, person_id="wang", until_utc="2026-01-01T00:00:00.000Z")
    tokens.issue("zhao")
    assert [token.person for token in tokens.listed()] == ["zhao"]
    assert not Token.objects.filter(until_utc__lt=now_utc()).exists()


def test_tokens_leave_no_trace_in_the_record(stocked: str) -> None:
    before = head().hash
    tokens.revoke(hashlib.sha256(tokens.issue("li").encode()).hexdigest()[:12])
    assert head().hash == before
    assert tokens.listed() == []


def test_who_is_not_there_how_long_and_which_are_said(stocked: str) -> None:
    with pytest.raises(Missing, match="there is no person 'nobody'"):
        tokens.issue("nobody")
    with pytest.raises(Refused, match="a token for 400 days: 1 to 366"):
        tokens.issue("li", days=400)
    for wrong in ("", "0123", "0" * 12):
        with pytest.raises(Refused, match="there is no one token"):
            tokens.revoke(wrong)
