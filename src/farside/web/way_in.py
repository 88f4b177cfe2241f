"""Who is asking: a token in the header `Authorization`, a second person's in `X-Second-Token`."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja.security import HttpBearer

from farside.curation import tokens
from farside.curation.access import NOBODY, Viewer, may_act
from farside.curation.ledger import Denied
from farside.curation.verbs import Verb
from farside.web.problems import Unknown

SECOND = "X-Second-Token"
OPTIONAL: dict[str, Any] = {"security": [{}]}  # beside the token, in the description of an operation that anybody may use


class Token(HttpBearer):
    """A secret issued by the laboratory (`farside lab token new`), sent as `Authorization: Bearer SECRET`."""

    def __init__(self, verb: Verb | None = None, optional: bool = False) -> None:
        super().__init__()
        self.verb, self.optional = verb, optional

    def __call__(self, request: HttpRequest) -> Viewer | None:
        """Who asks; nobody in particular where that is enough. A token that is not good is refused everywhere."""
        if "Authorization" not in request.headers:
            return NOBODY if self.optional else None
        viewer: Viewer | None = super().__call__(request)
        if viewer is None:
            raise Unknown("this token is not good: it was never issued, is over, or its person is not active")
        if self.verb is not None and not may_act(viewer, self.verb):
            raise Denied(f"{self.verb.name}: this is for {' or '.join(sorted(self.verb.roles))}")
        return viewer

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:
        """The person whose token it is."""
        person = tokens.person(token)
        return None if person is None else Viewer.of(person)


def second_person(secret: str | None) -> str | None:
    """The code of the second person, proved by their own token; None when there is none."""
    if secret is None:
        return None
    person = tokens.person(secret)
    if person is None:
        raise Unknown(f"the second person's token ({SECOND}) is not good: it was never issued, is over, or its person is not active")
    code: str = person.code
    return code
