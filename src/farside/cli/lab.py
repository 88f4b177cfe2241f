"""`farside lab`: the laboratory's ledger. Commands of the house are here; those of the verbs are made of the library's (`lab_verbs`)."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from farside.cli.lab_ledger import opened, ready, refused
from farside.cli.refusal import ENDED, FLOWN, Refusal

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
      farside lab where change6                                 where every gram went
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


@lab.command("where")
@click.argument("mission")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON list.")
def lab_where(mission: str, ledger: str | None, as_json: bool) -> int:
    """Say where every gram of a MISSION went: in which cabinet, in whose hands, consumed, lost; the masses sum to zero.

    \b
    Examples:
      farside lab where change6
      farside lab where change6 --json | python -m json.tool
    """
    with opened(ledger):
        from farside.curation.whereabouts import whereabouts

        places = whereabouts(mission)
    if not places:
        raise Refusal(f"nothing was received of a mission {mission!r}; `farside lab journal --verb receive` lists what came in")
    if as_json:
        click.echo(json.dumps([asdict(place) for place in places], indent=2, ensure_ascii=False))
        return FLOWN
    from farside.cli.lab_printing import print_places

    print_places(places)
    return FLOWN


@lab.command("import")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", envvar="FARSIDE_LAB_PERSON", metavar="PERSON", help="Who acts.  [default: FARSIDE_LAB_PERSON of the environment]")
@click.option("--reason", default="", metavar="TEXT", help="Why.")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
def lab_import(file: Path, by: str | None, reason: str, ledger: str | None) -> int:
    """Take in samples from another catalogue: a FILE in CSV (ours, or the catalogue of Apollo rocks), or in our JSON-LD (.jsonld).

    All of it comes in, an event a sample, or nothing; everything that is wrong with it is said at once, with line numbers.

    \b
    Examples:
      farside lab import apollo_rock_samples.csv --by li
      farside lab import samples.csv --by li --reason "taken over from the university"
    """
    if not by:
        raise click.UsageError("say who acts: --by PERSON, or FARSIDE_LAB_PERSON in the environment")
    content = _content(file)
    with opened(ledger):
        from farside.curation.exchange.linked import import_linked
        from farside.curation.exchange.tables import import_table
        from farside.curation.ledger import Act
        from farside.curation.text import mass_text

        take = import_linked if file.suffix == ".jsonld" else import_table
        events = take(content, Act(by=by, reason=reason))
        total_ug = sum(mass_ug for event in events for account, mass_ug in json.loads(event.text)["postings"] if ":" not in account)
    numbers = f"events {events[0].number} to {events[-1].number}"
    click.echo(f"{file}: {len(events):,} samples, {mass_text(total_ug)}, {numbers}")
    return FLOWN


@lab.command("export")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--mission", metavar="MISSION", help="Only samples of this mission.")
@click.option("--columns", type=click.Choice(["all", "rocks"]), default="all", show_default=True, help="Every field, or those of rocks.")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
def lab_export(file: Path, mission: str | None, columns: str, ledger: str | None) -> int:
    """Write what samples are and how much of each there is into FILE, a table (CSV), or JSON-LD with the names
    of DataCite when it ends in .jsonld; `import` takes in either as it was.

    Who has them, where, and what happened to them is in no export; `backup` holds everything.

    \b
    Examples:
      farside lab export samples.csv
      farside lab export samples.jsonld
      farside lab export rocks.csv --mission Apollo11 --columns rocks
    """
    with opened(ledger):
        from farside.curation.exchange.linked import write_linked
        from farside.curation.exchange.records import records
        from farside.curation.exchange.tables import OURS, ROCKS, write_table

        told = records(mission)
        text = write_linked(told) if file.suffix == ".jsonld" else write_table(told, ROCKS if columns == "rocks" else OURS)
    part = file.with_name(f".{file.name}.part")
    try:
        part.write_text(text, encoding="utf-8", newline="")
        part.replace(file)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise Refusal(f"{file}: {error.strerror or error}") from None
    click.echo(f"{file}: {len(told):,} samples")
    return FLOWN


@lab.command("backup")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
def lab_backup(file: Path, ledger: str | None) -> int:
    """Write the whole ledger into FILE, with its attachments, while others work on it.

    The file is a zip with the text of every event: it restores to SQLite and to PostgreSQL alike, with the same head. Tokens are not in it.

    \b
    Examples:
      farside lab backup lab-2026-11-28.zip
      farside lab backup /mnt/second-site/lab.zip --at postgresql://lab@127.0.0.1/lab
    """
    with opened(ledger):
        from farside.curation.archive import backup

        try:
            made = backup(file)
        except OSError as error:
            raise Refusal(f"{file}: {error.strerror or error}; nothing half-written was left") from None
    click.echo(f"{file}: {made.events:,} events and {made.contents:,} attachments, head {made.events - 1}:{made.head}")
    return FLOWN


@lab.command("restore")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--at", "ledger", metavar="LEDGER", required=True, help="Where to: a file that is not there yet, or a postgresql:// address.")
@click.option("--owner", metavar="URL", help="Of a PostgreSQL ledger: the address of the user who makes the tables.")
def lab_restore(file: Path, ledger: str, owner: str | None) -> int:
    """Make a ledger from a backup FILE where there is none: every row from the texts of the events, verified before anybody can use it.

    \b
    Examples:
      farside lab restore lab-2026-11-28.zip --at restored.sqlite3
      farside lab restore lab.zip --at postgresql://lab@127.0.0.1/lab --owner postgresql://owner@127.0.0.1/lab
    """
    with refused():
        from farside.curation.archive import restore

        made = restore(file, ledger, owner)
    click.echo(f"{ledger}: {made.events:,} events and {made.contents:,} attachments, verified, head {made.events - 1}:{made.head}")
    return FLOWN


@lab.group("token")
def lab_token() -> None:
    """Give programs a person's way in over HTTP, list and end them. A token says who acts and no more.

    \b
    Examples:
      farside lab token new li --days 30
      farside lab token list
      farside lab token end 3f2a9c0d1b4e
    """


@lab_token.command("new")
@click.argument("person")
@click.option("--days", type=int, default=90, show_default=True, help="For how many days, 366 at most.")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
def token_new(person: str, days: int, ledger: str | None) -> int:
    """Make a token for a PERSON and print it. It is shown once; the ledger keeps its SHA-256.

    \b
    Examples:
      farside lab token new li
      farside lab token new li --days 30
    """
    with opened(ledger):
        from farside.curation.tokens import issue

        click.echo(issue(person, days))
    return FLOWN


@lab_token.command("list")
@click.option("--person", metavar="PERSON", help="Only those of one person.")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
def token_list(person: str | None, ledger: str | None) -> int:
    """List the tokens that are good: name, person, until when.

    \b
    Examples:
      farside lab token list
      farside lab token list --person li
    """
    with opened(ledger):
        from farside.curation.tokens import listed

        for token in listed(person):
            click.echo(f"{token.name}  {token.person}  until {token.until_utc}")
    return FLOWN


@lab_token.command("end")
@click.argument("name")
@click.option("--at", "ledger", metavar="LEDGER", help=PLACE)
def token_end(name: str, ledger: str | None) -> int:
    """End the token that `list` calls NAME.

    \b
    Examples:
      farside lab token end 3f2a9c0d1b4e
    """
    with opened(ledger):
        from farside.curation.tokens import revoke

        revoke(name)
    return FLOWN


def _content(file: Path) -> bytes:
    """What a file holds; a refusal when it cannot be read."""
    try:
        return file.read_bytes()
    except OSError as error:
        raise Refusal(f"{file}: {error.strerror or error}") from None


def _known(text: str | None) -> tuple[int, str] | None:
    """The number and hash of --known."""
    if text is None:
        return None
    from farside.curation.text import whole

    asked, _, digest = text.partition(":")
    number = whole(asked)
    if number is None or len(digest) != 64:
        raise click.UsageError(f"--known {text}: write an event's number and its whole hash, NUMBER:HASH, as `verify` prints its head")
    return number, digest


def _verbs() -> Any:
    """The commands of the verbs."""
    ready()
    from farside.cli import lab_verbs

    return lab_verbs
