"""`farside lab`: the laboratory's ledger. Commands of the house are here; those of the verbs are made of the library's (`lab_verbs`)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Any

import click

from farside.cli.refusal import ENDED, FLOWN, Refusal

WITHOUT = "the laboratory needs Django, which is not installed; pip install 'farside[lab]' brings it"
PLACE = "File or postgresql:// address of the ledger.  [default: FARSIDE_LAB of the environment, else in the user's data folder]"


class Laboratory(click.Group):
    """The commands that are written here, and one for each verb; the verbs, and Django with them, are loaded when they are asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        try:
            return [*self.commands, *_verbs().names()]
        except Refusal:
            return list(self.commands)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        return self.commands.get(cmd_name) or _verbs().command(cmd_name)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Two lists: the house, and the verbs."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(90)) for name, command in self.commands.items()])
        try:
            verbs = _verbs()
        except Refusal as refusal:
            formatter.write_paragraph()
            formatter.write_text(refusal.message)
            return
        with formatter.section("Verbs"):
            formatter.write_dl([(name, verbs.command(name).get_short_help_str(90)) for name in verbs.names()])


@click.group(cls=Laboratory, short_help="Keep the laboratory's ledger.")
def lab() -> None:
    """Keep the ledger of a laboratory: every microgram of every sample, who has it and where, in a chain of events that cannot be edited.

    What is done is a verb, and each verb is one event: `farside lab VERB --help` says what it takes and who may do it. Masses are whole
    micrograms; write them with a unit, like "12.5 mg". Needs: pip install 'farside[lab]'.

    \b
    Begin with:
      farside lab init                                          make a ledger
      farside lab found "Li Wei" --institution NAOC --site BJ --site-name Beijing --by li
      farside lab receive flights/change6/delivery.json --prefix CE6 --by li
      farside lab show CE6                                      one thing: state, history, origin
      farside lab verify                                        is the ledger what was written?

    \b
    In the environment:
      FARSIDE_LAB         the ledger, a file or a postgresql:// address
      FARSIDE_LAB_PERSON  who acts, when --by does not say
    """


@lab.command("init")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
@click.option("--owner", metavar="URL", help="Of a PostgreSQL ledger: the address of the user who makes the tables.")
def lab_init(ledger: str | None, owner: str | None) -> int:
    """Make a ledger, or bring one to this version and put its rules back.

    A ledger on PostgreSQL has two users: the application's, whom --at names, and one who owns the tables, whom --owner names.

    \b
    Examples:
      farside lab init
      farside lab init --at lab.sqlite3
      farside lab init --at postgresql://lab@127.0.0.1/lab --owner postgresql://owner@127.0.0.1/lab
    """
    with refused():
        from farside.curation import database
        from farside.curation.ledger import head

        place = ledger or database.default_ledger()
        database.create(place, owner)
        last = head()
    click.echo(f"{place}: a ledger of {last.number + 1} event{'s' if last.number else ''}, head {last.hash}")
    if last.number == 0:
        click.echo("next: farside lab found NAME --institution ... --site ... --site-name ... --by YOU")
    return FLOWN


@lab.command("verify")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
@click.option("--known", metavar="NUMBER:HASH", help="An event's hash as noted elsewhere, which the ledger must hold.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
def lab_verify(ledger: str | None, known: str | None, as_json: bool) -> int:
    """Work out again every hash, balance and row, look at every rule, and say what is not as it was written; 1 when something is.

    A chain written anew to its end is consistent in itself: only a hash that was noted elsewhere tells. Note the head now and then.

    \b
    Examples:
      farside lab verify
      farside lab verify --at lab.sqlite3 --json | python -m json.tool
      farside lab verify --known 412:9f0c2e5d7a1b4c6e8f00112233445566778899aabbccddeeff00112233445566
    """
    noted = _known(known)
    with opened(ledger, whole=False):
        from farside.curation.verify import verify

        report = verify(noted)
    if as_json:
        found = [asdict(finding) for finding in report.findings]
        told = {"sound": report.sound, "events": report.events, "postings": report.postings, "entities": report.entities}
        click.echo(json.dumps({**told, "head": {"number": report.events - 1, "hash": report.head}, "findings": found}, indent=2))
    else:
        for finding in report.findings:
            click.echo(str(finding))
        count = len(report.findings)
        says = "sound" if report.sound else f"NOT SOUND, {count} finding{'s' if count > 1 else ''}"
        click.echo(f"{report.events:,} events, {report.postings:,} postings, {report.entities:,} things: {says}")
        click.echo(f"head {report.events - 1}:{report.head}")
    return FLOWN if report.sound else ENDED


@lab.command("show")
@click.argument("code")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def lab_show(code: str, ledger: str | None, as_json: bool) -> int:
    """Show what has this CODE: a sample, a person, a cabinet, a loan, anything; its state, its history, and of a sample its origin.

    \b
    Examples:
      farside lab show CE6-D
      farside lab show li
      farside lab show CE6-D --json | python -m json.tool
    """
    with opened(ledger):
        from farside.curation.journal import detail, things

        told = [detail(thing) for thing in things(code)]
    if as_json:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False, default=asdict))
        return FLOWN
    from farside.cli.lab_printing import print_detail

    for each in told:
        print_detail(each)
    return FLOWN


@lab.command("journal")
@click.option("--of", metavar="CODE", help="Only events that tell of what has this code.")
@click.option("--by", metavar="PERSON", help="Only events of this person.")
@click.option("--verb", metavar="VERB", help="Only events of this verb.")
@click.option("--since", metavar="EPOCH", help="From this day or epoch on, UTC.")
@click.option("--until", metavar="EPOCH", help="Until before this day or epoch, UTC.")
@click.option("--last", type=click.IntRange(min=1), default=40, show_default=True, help="How many at most, the latest ones.")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def lab_journal(ledger: str | None, as_json: bool, **wanted: Any) -> int:
    """List events: number, epoch, verb, who, what it tells of, why.

    \b
    Examples:
      farside lab journal
      farside lab journal --of CE6-D
      farside lab journal --verb weigh --by li --since 2026-01-01 --last 10
    """
    verb = wanted["verb"] and wanted["verb"].replace("-", "_")
    chosen = {"of": wanted["of"], "by": wanted["by"], "verb": verb, "since_utc": wanted["since"], "until_utc": wanted["until"]}
    with opened(ledger):
        from farside.curation.journal import journal

        lines = journal(**chosen, last=wanted["last"])
    if as_json:
        click.echo(json.dumps([asdict(line) for line in lines], indent=2, ensure_ascii=False))
        return FLOWN
    from farside.cli.lab_printing import print_journal

    print_journal(lines)
    return FLOWN


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


def _known(text: str | None) -> tuple[int, str] | None:
    """The number and hash of --known."""
    if text is None:
        return None
    number, _, digest = text.partition(":")
    if not number.isdigit() or len(digest) != 64:
        raise click.UsageError(f"--known {text}: write an event's number and its whole hash, NUMBER:HASH, as `verify` prints its head")
    return int(number), digest


def _verbs() -> Any:
    """The commands of the verbs."""
    ready()
    from farside.cli import lab_verbs

    return lab_verbs
