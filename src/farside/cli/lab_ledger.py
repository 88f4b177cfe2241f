"""The ledger that commands of the laboratory work on, and what it refuses, as refusals of the command."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from farside.cli.refusal import Refusal

WITHOUT = "the laboratory needs Django, which is not installed; pip install 'farside[lab]' brings it"


@contextmanager
def opened(ledger: str | None, whole: bool = True) -> Iterator[None]:
    """A ledger in use; what the library refuses ends the command in a sentence. `whole`: its rules must be those that are declared."""
    with refused():
        from farside.curation import database

        database.require_open(ledger or database.default_ledger(), whole=whole)
        yield


@contextmanager
def refused() -> Iterator[None]:
    """Refusals of the library, and of the database, as refusals of the command; the library may be imported within."""
    ready()
    from django.db.utils import DatabaseError

    from farside.curation.database import LedgerError
    from farside.curation.ledger import Refused
    from farside.curation.rules import RulesError

    try:
        yield
    except (LedgerError, RulesError, Refused) as error:
        raise Refusal(str(error)) from None
    except DatabaseError as error:
        raise Refusal(f"the database says: {str(error).strip()}") from None


def ready() -> None:
    """Make Django know the laboratory's tables; a refusal where it is missing."""
    try:
        from farside.curation import database
    except ImportError as error:
        raise Refusal(WITHOUT) from error
    database.set_up()
