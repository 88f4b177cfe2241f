"""How a command ends when there is nothing to show: what was asked is refused, or the goals cannot be met."""

from __future__ import annotations

from typing import Any

import click

FLOWN, ENDED, REFUSED, INTERRUPTED = 0, 1, 2, 130
"""Exit codes: the whole road (or in order), a road that ended in an outcome, a request refused, interrupted."""


class Refusal(click.ClickException):
    """What was asked cannot be done as asked; the message says why and what would work."""

    exit_code = REFUSED

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True)


class NoPlan(click.ClickException):
    """No plan meets the goals; the message says which condition is missed, and by how much."""

    exit_code = ENDED

    def show(self, file: Any = None) -> None:
        click.echo(f"no plan: {self.message}", err=True)
