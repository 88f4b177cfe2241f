"""Verbs over HTTP: one address for each, made from the registry; who acts is who the token says."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import NinjaAPI
from ninja.params.functions import Body, Header, Query
from ninja.responses import Status
from pydantic import BaseModel, StringConstraints

from farside.curation.access import Viewer, may_read, readable
from farside.curation.ledger import Act
from farside.curation.models import KINDS, Event, Touch
from farside.curation.requests import perform
from farside.curation.verbs import VERBS, Verb
from farside.web.answers import Receipt, declared
from farside.web.way_in import SECOND, Token, second_person

Key = Annotated[str, StringConstraints(min_length=1, max_length=80, pattern=r"^[\x21-\x7e]+$")]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000, pattern=r"^[^\x00]*$")]
KEY = "marks this request: sent again with the same key, it is answered with the same event and nothing is written"


def offer_verbs(api: NinjaAPI) -> None:
    """An address for each verb that a person with a role may use; a ledger is founded from the command line."""
    for verb in VERBS.values():
        if "founder" not in verb.roles:
            answers = declared(Receipt, 400, 401, 403, 404, 409, 413, 422) | {201: Receipt}
            roles = f"\n\nFor: {', '.join(sorted(verb.roles))}."
            api.post(
                f"/verbs/{verb.name}", response=answers, auth=Token(verb), operation_id=verb.name, tags=["verbs"],
                summary=verb.name.replace("_", " "), description=verb.about + roles,
            )(_operation(verb))  # fmt: skip


def _operation(verb: Verb) -> Callable[..., Any]:
    """The function that answers for a verb: the body holds its arguments, the address why, headers the key and the second person."""

    def operation(request: HttpRequest, arguments: BaseModel, reason: str, key: str | None, second: str | None) -> Status[Any]:
        viewer: Viewer = request.auth  # type: ignore[attr-defined]
        act = Act(by=viewer.code or "", second=second_person(second), reason=reason, key=key)
        event, again = perform(viewer, verb, act, arguments)
        return Status(200 if again else 201, _receipt(viewer, event))

    parameters = {
        "request": (HttpRequest, inspect.Parameter.empty),
        "arguments": (verb.arguments, Body(...)),
        "reason": (Reason, Query("", description="why it is done; the event tells it")),
        "key": (Key | None, Header(None, alias="Idempotency-Key", description=KEY)),
        "second": (str | None, Header(None, alias=SECOND, description="the token of the second person, where it takes two")),
    }
    operation.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [
            inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, annotation=kind, default=value)
            for name, (kind, value) in parameters.items()
        ]
    )
    operation.__name__ = verb.name
    return operation


def _receipt(viewer: Viewer, event: Event) -> dict[str, Any]:
    """The event, with those of its rows that the viewer may read."""
    touched: list[dict[str, str]] = []
    codes: dict[str, list[str]] = {}
    for kind, code in Touch.objects.filter(event=event.number).order_by("kind", "code").values_list("kind", "code"):
        codes.setdefault(kind, []).append(code)
    for kind in (kind for kind in codes if kind in KINDS and may_read(viewer, kind)):
        seen = readable(viewer, kind).filter(pk__in=codes[kind]).values_list("pk", flat=True)
        touched += ({"kind": kind, "code": code} for code in seen)
    return {
        "number": event.number,
        "verb": event.verb,
        "at_utc": event.at_utc,
        "hash": event.hash,
        "prev": event.prev_id,
        "touched": touched,
    }
