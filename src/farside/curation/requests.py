"""Requests: a verb asked for by somebody who may not see everything, from a page or a program; done once, however often it is sent.

    event, again = perform(viewer, VERBS["split"], Act(by="li", key="k"), arguments)

*Model and limits*: a request is known by its key, and is the same when the same person asks for the same (`register.request_digest`);
without a key each one is new. A row that is named in the arguments and that the viewer may not read is to them as one that is not there,
and what is refused tells them of no others.
"""

from __future__ import annotations

from pydantic import BaseModel

from farside.curation.access import Viewer, hidden, reads_all
from farside.curation.ledger import Act, Missing, Refused
from farside.curation.models import Event
from farside.curation.verbs.register import Verb, request_digest


def perform(viewer: Viewer, verb: Verb, act: Act, arguments: BaseModel) -> tuple[Event, bool]:
    """Do what is asked: the sealed event, and whether it was there already; `Refused` when it may not be done."""
    found = hidden(viewer, arguments.model_dump(mode="json"))
    if found is not None:
        raise Missing(*found)
    if (before := _before(verb, act, arguments)) is not None:
        return before, True
    try:
        return verb.call(act, **{name: getattr(arguments, name) for name in arguments.model_fields_set}), False
    except Refused as error:
        if (before := _before(verb, act, arguments)) is not None:  # written by the same request, a moment ago
            return before, True
        if isinstance(error, Missing) and not reads_all(viewer, error.kind):  # its words tell of others that are there
            raise Missing(error.kind, error.code) from None
        raise


def _before(verb: Verb, act: Act, arguments: BaseModel) -> Event | None:
    """The event that this very request has written already; `Refused` when its key marks another."""
    if act.key is None:
        return None
    event = Event.objects.filter(key=act.key).first()
    if event is not None and event.told["data"].get("request") != request_digest(verb.name, act, arguments):
        raise Refused(f"{verb.name}: the key {act.key!r} marks another request; choose another key")
    return event
