"""`python -m farside.web password CODE`: let a person of the ledger sign in to the site."""

from __future__ import annotations

import getpass
import sys
from argparse import ArgumentParser
from typing import Any

from django.contrib.auth.models import User
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError

from farside.curation.models import Person


class Command(BaseCommand):
    """Set the password of a person whom a curator has enrolled; asked for on the terminal, or read from a pipe."""

    help = __doc__ or ""

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("code", help="the person's code in the ledger")

    def handle(self, *args: Any, code: str, **options: Any) -> None:
        if not Person.objects.filter(pk=code).exists():
            near = ", ".join(Person.objects.order_by("code").values_list("code", flat=True)[:20])
            raise CommandError(
                f"{code}: nobody of this laboratory; a curator enrols people (`farside lab enrol`). There are {near or 'none yet'}"
            )
        word = getpass.getpass("password: ") if sys.stdin.isatty() else sys.stdin.readline().rstrip("\n")
        user = User.objects.filter(username=code).first() or User(username=code)
        try:
            validate_password(word, user)
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from None
        user.set_password(word)
        user.save()
        self.stdout.write(f"{code} can sign in")
