"""One command of `farside lab` for each verb of the laboratory's library, made of what the verb says of its arguments.

The first argument that must be given stands by itself, the others are options of their names. A list is an option given several times; a
table is `key=value,key=value`, JSON, or `@FILE` with JSON in it.
"""

from __future__ import annotations

import json
import re
import types
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, Union, get_args, get_origin

import click
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from farside.cli.lab_examples import EXAMPLES
from farside.cli.lab_ledger import opened
from farside.cli.lab_printing import event_json, print_event
from farside.cli.refusal import FLOWN, Refusal
from farside.curation.verbs import VERBS, Verb
from farside.curation.verbs.register import mass_ug

ACTING = ("by", "second", "reason", "at_utc", "key")
PERSON = "FARSIDE_LAB_PERSON"


def names() -> list[str]:
    """The verbs as they are typed."""
    return [name.replace("_", "-") for name in VERBS]


def command(typed: str) -> click.Command | None:
    """The command of a verb; None when there is no such verb."""
    verb = VERBS.get(typed.replace("-", "_"))
    if verb is None:
        return None
    parameters = [*_parameters(verb), *acting(), at_option(), _json_option()]
    return click.Command(typed, params=parameters, callback=_callback(verb), help=_help(verb), short_help=short(verb))


def short(verb: Verb) -> str:
    """What a verb does, in the first sentence of what it says of itself."""
    return re.split(r"[:;.](?:\s|$)", " ".join(verb.about.split()), maxsplit=1)[0].strip() + "."


def acting() -> list[click.Parameter]:
    """Who acts, with whom, why, when: options of every verb."""
    return [
        click.Option(["--by"], envvar=PERSON, metavar="PERSON", help=f"Who acts.  [default: {PERSON} of the environment]"),
        click.Option(["--second"], metavar="PERSON", help="The second person, where the rules ask for two."),
        click.Option(["--reason"], default="", metavar="TEXT", help="Why."),
        click.Option(["--at-utc"], metavar="EPOCH", help="When it was done, like 2024-06-28T01:09:06.479Z.  [default: now]"),
        click.Option(["--key"], metavar="MARK", help="Your own mark of this request; sent a second time, it is refused."),
    ]


def at_option() -> click.Option:
    """Which ledger."""
    text = "File or postgresql:// address of the ledger.  [default: FARSIDE_LAB of the environment, else in the user's data folder]"
    return click.Option(["--at", "ledger"], metavar="LEDGER", help=text)


def act_of(given: dict[str, Any]) -> Any:
    """The options of `acting` as an act; they are taken out of `given`."""
    from farside.curation.ledger import CLOCK_SLACK_S, Act
    from farside.curation.text import utc_text

    told = {name: given.pop(name) for name in ACTING}
    if not told["by"]:
        raise click.UsageError(f"say who acts: --by PERSON, or {PERSON} in the environment")
    now = datetime.now(UTC) + timedelta(seconds=CLOCK_SLACK_S)
    if told["at_utc"] and re.match(r"\d{4}-", told["at_utc"]) and told["at_utc"] > utc_text(now):
        raise click.UsageError(f"--at-utc {told['at_utc']} is to come; an event tells what was done, and none may come before it later")
    return Act(**told)


def arguments_of(verb: Verb, given: dict[str, Any]) -> dict[str, Any]:
    """What was typed as the verb takes it; what was left out is left out."""
    fields = verb.arguments.model_fields
    typed = {name: given[name] for name in fields if given[name] is not None and given[name] != ()}
    return {name: converted(fields[name].annotation, value, f"--{_dashed(name)}") for name, value in typed.items()}


def _callback(verb: Verb) -> Any:
    def act(**given: Any) -> int:
        ledger, as_json = given.pop("ledger"), given.pop("as_json")
        who = act_of(given)
        arguments = arguments_of(verb, given)
        with opened(ledger):
            event = verb.call(who, **arguments)
            if as_json:
                click.echo(event_json(event))
            else:
                print_event(event, {name for name, field in verb.arguments.model_fields.items() if is_mass(field)})
        return FLOWN

    return act


def _parameters(verb: Verb) -> list[click.Parameter]:
    made: list[click.Parameter] = []
    for name, field in verb.arguments.model_fields.items():
        kind = plain(field.annotation)
        if not made and field.is_required() and get_origin(kind) is not list:
            made.append(click.Argument([name], metavar="FILE" if metavar(kind) == "FILE" else name.upper()))
        elif kind is bool:
            made.append(click.Option([f"--{_dashed(name)}/--no-{_dashed(name)}", name], default=None, help=_about(field)))
        else:
            several = get_origin(kind) is list
            option, word = [f"--{_dashed(name)}", name], "MASS" if is_mass(field) else metavar(kind)
            made.append(click.Option(option, required=field.is_required(), multiple=several, metavar=word, help=_about(field)))
    return made


def _json_option() -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True, help="Print the event as one JSON object.")


def _help(verb: Verb) -> str:
    lines = "\n".join(f"  {line}" for line in EXAMPLES.get(verb.name, ()))
    return f"{verb.about}\n\nWho may: {who(verb)}.\n\n\b\nExamples:\n{lines}"


def who(verb: Verb) -> str:
    """Who may do it, in words."""
    return "whoever opens a ledger" if "founder" in verb.roles else ", ".join(sorted(role.replace("_", " ") for role in verb.roles))


def _dashed(name: str) -> str:
    return name.replace("_", "-")


def plain(annotation: Any) -> Any:
    """An annotation without what may be None."""
    if get_origin(annotation) in (Union, types.UnionType):
        (annotation,) = (each for each in get_args(annotation) if each is not type(None))
    return getattr(annotation, "__origin__", annotation) if hasattr(annotation, "__metadata__") else annotation


def is_table(kind: Any) -> bool:
    """Whether a kind of argument is a table of its own."""
    return isinstance(kind, type) and issubclass(kind, BaseModel)


def metavar(kind: Any) -> str:
    """How the help writes a value of this kind."""
    if get_origin(kind) is list:
        return metavar(plain(get_args(kind)[0]))
    if is_table(kind):
        return "KEY=VALUE,..."
    if kind in (dict, bytes) or get_origin(kind) is dict:
        return "FILE"
    return {int: "NUMBER", date: "DATE"}.get(kind, "TEXT")


def _about(field: FieldInfo) -> str:
    """What an option takes, for its help."""
    kind = plain(field.annotation)
    several = get_origin(kind) is list
    inner = plain(get_args(kind)[0]) if several else kind
    says = [field.description] if field.description else []
    if is_table(inner):
        keys = (f"{name}{'' if each.is_required() else '?'}" for name, each in inner.model_fields.items())
        says.append(f"Keys: {', '.join(keys)} (? may be left out); or JSON, or @FILE.")
    elif is_mass(field):
        says.append('A mass like "12.5 mg"; a bare number is micrograms.')
    elif inner is bytes:
        says.append("A file.")
    elif inner is bool:
        says.append("Yes, or no.")
    elif inner is date:
        says.append("A day, like 2026-12-31.")
    else:
        says.append({int: "A whole number."}.get(inner, "A text."))
    if several:
        says.append("May be given several times." if is_table(inner) else "May be given several times, or with commas between.")
    if not field.is_required() and field.default not in (None, "", [], False, True, 0):
        says.append(f" [default: {field.default}]")
    return " ".join(says)


def is_mass(field: FieldInfo) -> bool:
    """Whether a number is a mass."""
    inner = get_args(field.annotation) if get_origin(field.annotation) in (Union, types.UnionType) else ()
    metadata = [*field.metadata, *(each for part in inner for each in getattr(part, "__metadata__", ()))]
    return any(getattr(each, "func", None) is mass_ug for each in metadata)


def converted(annotation: Any, value: Any, option: str) -> Any:
    """What was typed, as the verb takes it; what is inside is checked by the verb."""
    kind = plain(annotation)
    if get_origin(kind) is list:
        return _listed(plain(get_args(kind)[0]), value, option)
    if not isinstance(value, str):
        return value
    if kind is dict or get_origin(kind) is dict:
        return _from_file(value, option)
    if kind is bytes:
        return _bytes_of(value)
    return _table(kind, value, option) if is_table(kind) else value


def _listed(kind: Any, values: tuple[str, ...] | str, option: str) -> list[Any]:
    """A list from an option given several times: tables, or texts with commas between; a JSON list is a list."""
    found: list[Any] = []
    for value in [values] if isinstance(values, str) else values:
        if value.startswith(("[", "@")):
            read = _read(value, option)
            found += read if isinstance(read, list) else [read]
        elif is_table(kind):
            found.append(_table(kind, value, option))
        else:
            found += [word.strip() for word in value.split(",")]
    return found


def _table(model: type[BaseModel], value: str, option: str) -> Any:
    """A table from `key=value,key=value`; a list within it has blanks between its words. JSON and @FILE are read as they are."""
    if value.startswith(("{", "@")):
        return _read(value, option)
    table: dict[str, Any] = {}
    for part in re.split(r",(?=\s*\w+\s*=)", value):
        key, equals, text = part.partition("=")
        key = key.strip()
        field = model.model_fields.get(key)
        if not equals or field is None or key in table:
            why = f"{key!r} stands twice" if key in table else f"{part!r} is not KEY=VALUE with one of {', '.join(model.model_fields)}"
            raise click.UsageError(f"{option} {value}: {why}")
        listed = get_origin(plain(field.annotation)) is list and not text.startswith("[")
        table[key] = text.split() if listed else converted(field.annotation, text.strip(), option)
    return table


def _read(value: str, option: str) -> Any:
    if value.startswith("@"):
        return _from_file(value[1:], option)
    try:
        return json.loads(value)
    except RecursionError:
        raise click.UsageError(f"{option}: this JSON is nested too deeply to be read") from None
    except ValueError as error:
        raise click.UsageError(f"{option}: this is no JSON: {error}") from None


def _bytes_of(name: str) -> bytes:
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise Refusal(f"{name}: {error.strerror or error}") from None


def _from_file(name: str, option: str) -> Any:
    try:
        return json.loads(Path(name).read_text(encoding="utf-8"))
    except OSError as error:
        raise Refusal(f"{name}: {error.strerror or error}") from None
    except RecursionError:
        raise Refusal(f"{name}: this JSON is nested too deeply to be read") from None
    except ValueError as error:
        raise Refusal(f"{name}: this is no JSON: {error}") from None
