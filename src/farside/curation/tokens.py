"""Ways in for programs: a person's token is shown once, and only its SHA-256 is kept.

    secret = tokens.issue("li", days=30)
    tokens.person(secret).code  # "li"

*Model and limits*: a secret has 256 bits of the system's random numbers, so that a plain digest is enough and cannot be searched for; it
is looked up by its digest and compared in constant time. A token says who acts and no more: roles are looked up whenever it is used, and
somebody who is no longer active has no way in. Tokens are credentials and no part of the record: the ledger tells who acted.
"""

from __future__ import annotations

import hmac
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from farside.curation.ledger import Missing, Refused
from farside.curation.models import Person, Token
from farside.curation.text import hash_of, now_utc, utc_text

MARK = "farside_lab_"  # by which a secret that lies about is known for what it is
LONGEST_D = 366
SHOWN = 12  # characters of the digest by which a token is named


@dataclass(frozen=True, slots=True)
class Issued:
    """A token as lists show it: a name, whose, until when; the secret is not known."""

    name: str
    person: str
    until_utc: str


def issue(person: str, days: int = 90) -> str:
    """A new secret for a person, for so many days from now; it is told here and never again."""
    holder = Person.objects.filter(pk=person).first()
    if holder is None:
        raise Missing("person", person)
    if not holder.active:
        raise Refused(f"{person} is not active, and has no way in")
    if not 1 <= days <= LONGEST_D:
        raise Refused(f"a token for {days} days: 1 to {LONGEST_D}")
    Token.objects.filter(until_utc__lt=now_utc()).delete()
    secret = MARK + secrets.token_urlsafe(32)
    until_utc = utc_text(datetime.now(UTC) + timedelta(days=days))
    Token.objects.create(digest=hash_of(secret), person=holder, until_utc=until_utc)
    return secret


def listed(person: str | None = None) -> list[Issued]:
    """The tokens that are good, of one person or of all."""
    good = Token.objects.filter(until_utc__gte=now_utc()).order_by("person", "until_utc")
    if person is not None:
        good = good.filter(person=person)
    return [Issued(token.digest[:SHOWN], token.person_id, token.until_utc) for token in good]


def revoke(name: str) -> None:
    """End a token, named as `listed` names it; `Refused` when there is not exactly one of this name."""
    found = list(Token.objects.filter(digest__startswith=name)[:2]) if len(name) >= SHOWN else []
    if len(found) != 1:
        raise Refused(f"there is no one token {name!r}; they are named by {SHOWN} characters")
    found[0].delete()


def person(secret: str) -> Person | None:
    """Whose secret it is; None for one that is not known, no longer good, or of somebody who is not active."""
    if not secret.startswith(MARK) or not secret.isascii():
        return None
    digest = hash_of(secret)
    token = Token.objects.filter(pk=digest, until_utc__gte=now_utc()).select_related("person").first()
    if token is None or not hmac.compare_digest(token.digest, digest) or not token.person.active:
        return None
    holder: Person = token.person
    return holder
