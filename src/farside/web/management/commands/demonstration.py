"""`python -m farside.web demonstration`: a laboratory with a history, to look at."""

from __future__ import annotations

import json
import secrets
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.contrib.auth.models import User
from django.core.management.base import BaseCommand, CommandError

from farside.curation import database
from farside.curation.ledger import head
from farside.curation.models import Person
from farside.curation.verify import verify
from farside.web.demonstration import demonstrate


class Command(BaseCommand):
    """Make the ledger (FARSIDE_LAB), receive the delivery of a flight, live through a made-up history, give everybody a password."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("delivery", type=Path, help="delivery.json of a flight")
        parser.add_argument("--password", help="one for everybody, instead of one drawn at random")

    def handle(self, *args: Any, delivery: Path, password: str | None, **options: Any) -> None:
        try:
            papers = json.loads(delivery.read_text("utf-8"))
        except (OSError, ValueError) as error:
            raise CommandError(f"{delivery}: {error}; `make fly` flies a mission and leaves a delivery.json") from None
        database.create(database.default_ledger())
        if head().number:
            raise CommandError(f"{database.default_ledger()} has a history already; name another ledger in FARSIDE_LAB, or serve this one")
        demonstrate(papers)
        word = password or secrets.token_urlsafe(9)
        for person in Person.objects.order_by("code"):
            User.objects.create_user(person.code, password=word)
            self.stdout.write(f"  {person.code:10} {person.name}, {person.institution}: {person.roles}")
        report = verify()
        self.stdout.write(f"{report.events} events, {report.entities} rows, sound: {report.sound}. Everybody's password: {word}")
