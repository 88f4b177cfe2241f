"""How a verb is declared: a function whose first argument is the entry that it fills, and who may use it.

    @verb("curator")
    def retire(entry: Entry, sample: Code) -> None:
        '''Take an empty sample out of use.'''

`retire` is then called with an act, `retire(Act(by="li.wei"), sample="CE6-D.1")`, and gives the sealed event. Arguments are checked and
converted by their annotations (pydantic); command line and HTTP take theirs from the same place, `VERBS`.

*Model and limits*: nobody may do what no role of theirs allows (default deny); rules that look at things stand in the body of the verb
where they say something helpful, and in the database where they must hold.
"""

from __future__ import annotations

import functools
import inspect
import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Annotated, Any, get_type_hints

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, StringConstraints, ValidationError, WithJsonSchema, create_model

from farside.curation.ledger import Act, Denied, Entry, Mistaken, writing
from farside.curation.models import ROLES, Event, Person
from farside.curation.rows import read
from farside.curation.text import hash_of

UNITS_UG = {"ug": 1, "µg": 1, "μg": 1, "mg": 1_000, "g": 1_000_000, "kg": 1_000_000_000}
LARGEST_UG = 2**53 - 1
_WRITTEN_MASS = re.compile(r"([+-]?[0-9.]{1,40}(?:[eE][+-]?[0-9]{1,2})?)\s*(\S*)")
_LONGEST_MASS = 80  # characters of a mass with its unit and what blanks are about it
_EXACT = Context(prec=60)  # more digits than the longest mass has in micrograms: nothing is rounded


def mass_ug(value: Any) -> Any:
    """Whole micrograms from an integer (micrograms) or a text with its unit, like "12.5 mg"; finer input is refused, not rounded.

    *Limits*: at most 40 digits and an exponent of at most two, since what a number costs to read grows with its exponent.
    """
    if isinstance(value, bool) or not isinstance(value, (int, str)):
        raise ValueError('write whole micrograms, or a text with its unit like "12.5 mg"')
    if isinstance(value, int):
        return value
    found = _WRITTEN_MASS.fullmatch(value.strip()) if len(value) <= _LONGEST_MASS else None
    try:
        micrograms = _EXACT.multiply(Decimal(found[1]), UNITS_UG[found[2] or "ug"]) if found else None
    except (ArithmeticError, KeyError):  # 1.2.3 g, 3 stone
        micrograms = None
    if micrograms is None:
        shown = value if len(value) <= _LONGEST_MASS else f"{value[:20]}..."
        raise ValueError(f'{shown!r} is no mass; write a number of at most 40 digits with one of ug, mg, g, kg, like "12.5 mg"')
    if micrograms != micrograms.to_integral_value():
        raise ValueError(f"{value} is finer than a microgram, and is not rounded; the ledger counts whole micrograms")
    return int(micrograms)


CODE = r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,79}$"
Code = Annotated[str, StringConstraints(pattern=CODE)]
"""A code: letters, digits, `.`, `_`, `/` and `-`, a letter or digit first, at most 80."""
_WRITTEN = {"anyOf": [{"type": "integer", "minimum": 0, "maximum": LARGEST_UG}, {"type": "string", "examples": ["12.5 mg"]}]}
Mass = Annotated[int, BeforeValidator(mass_ug), Field(ge=0, le=LARGEST_UG), WithJsonSchema(_WRITTEN)]
"""A mass in whole micrograms, 0 or more; a text may have a unit."""
Amount = Annotated[int, BeforeValidator(mass_ug), Field(gt=0, le=LARGEST_UG), WithJsonSchema(_WRITTEN)]
"""A mass in whole micrograms, 1 or more."""
Line = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f]+$")]
"""A text in one line, not empty."""
Text = Annotated[str, StringConstraints(strip_whitespace=True, max_length=20_000, pattern=r"^[^\x00]*$")]
"""A text of any number of lines."""


class Argument(BaseModel):
    """A part of a verb's arguments: a table of its own."""

    model_config = ConfigDict(extra="forbid", frozen=True)


@dataclass(frozen=True, slots=True)
class Verb:
    """A verb as command line, HTTP and pages see it: who may use it, what it takes, how it is called; whether there are cases in which it
    needs a reason, or a second person."""

    name: str
    roles: frozenset[str]
    arguments: type[BaseModel]
    call: Callable[..., Event]
    about: str
    reason: bool = False
    second: bool = False


CURATORS = frozenset({"curator", "second_curator"})
VERBS: dict[str, Verb] = {}


def verb(*roles: str, reason: bool = False, second: bool = False) -> Callable[[Callable[..., None]], Callable[..., Event]]:
    """Declare a verb for people with one of these roles; what it gives takes an `Act`, then the arguments by name. `reason`, `second`: what
    of the act it may ask for."""
    assert roles and set(roles) <= {*ROLES, "founder"}, roles

    def declare(body: Callable[..., None]) -> Callable[..., Event]:
        name = body.__name__
        assert name not in VERBS, f"two verbs called {name}, in {VERBS[name].call.__module__} and {body.__module__}; name one apart"
        arguments = _arguments(body)

        @functools.wraps(body)
        def call(act: Act, **named: Any) -> Event:
            values = checked(name, arguments, named)
            told = values.model_dump(mode="json", exclude_defaults=True)
            if act.key is not None:
                told["request"] = request_digest(name, act, values)
            with writing(act, name, told) as entry:
                require_role(entry, VERBS[name])
                body(entry, **{field: getattr(values, field) for field in arguments.model_fields})
            assert entry.event is not None
            return entry.event

        VERBS[name] = Verb(name, frozenset(roles), arguments, call, inspect.getdoc(body) or "", reason, second)
        return call

    return declare


def checked(name: str, arguments: type[BaseModel], values: Any) -> BaseModel:
    """The arguments of a verb, checked and converted; `Mistaken` that names every wrong one and what would work."""
    try:
        if broken := next(_broken(values), None):
            raise Mistaken(f"{name}: {broken!r} holds half a character, or one that no text may hold")
        return arguments.model_validate(values)
    except RecursionError:
        raise Mistaken(f"{name}: the arguments are nested too deeply") from None
    except ValidationError as error:
        problems = []
        for each in error.errors(include_url=False):
            where = ".".join(map(str, each["loc"]))
            problems.append(f"{where}: {each['msg'].removeprefix('Value error, ')}")
        raise Mistaken(f"{name}: {'; '.join(problems)}") from None


_HALF = re.compile("[\ud800-\udfff]")


def _broken(value: Any) -> Iterator[str]:
    """Texts within a value that neither database keeps: with the character zero or half a character."""
    if isinstance(value, str):
        if "\0" in value or (not value.isascii() and _HALF.search(value)):
            yield value
    elif isinstance(value, dict):
        for each in (*value, *value.values()):
            yield from _broken(each)
    elif isinstance(value, (list, tuple)):
        for each in value:
            yield from _broken(each)
    elif isinstance(value, BaseModel):
        yield from _broken(value.__dict__)


def request_digest(name: str, act: Act, values: BaseModel) -> str:
    """What tells one request with a key from another with the same: SHA-256 of who asks for what."""
    asked = [name, act.by, act.second, act.reason, values.model_dump(mode="json")]
    return hash_of(json.dumps(asked, sort_keys=True))


def require_role(entry: Entry, verb: Verb) -> Person | None:
    """The person who acts, if a role of theirs allows the verb; `Denied` otherwise. A founder acts in an empty ledger alone.

    The second person, where the act names one, is another curator.
    """
    if "founder" in verb.roles:
        return None
    person = read(Person, entry.act.by)
    if person is None or not person.active:
        raise Denied(f"{verb.name}: {entry.act.by!r} is nobody who may act here; a curator enrols people")
    if not verb.roles & set(person.roles.split()):
        held = person.roles or "no role"
        raise Denied(f"{verb.name}: this is for {' or '.join(sorted(verb.roles))}; {person.code} has {held}")
    if entry.act.second is not None:
        second = read(Person, entry.act.second)
        if second is None or not second.active or not CURATORS & set(second.roles.split()) or second == person:
            raise Denied(f"{verb.name}: the second person is another curator of this laboratory; {entry.act.second!r} is not")
    return person


def _arguments(body: Callable[..., None]) -> type[BaseModel]:
    """The arguments of a verb as a model: one field for each parameter after the entry."""
    hints = get_type_hints(body, include_extras=True)
    fields: dict[str, Any] = {}
    for parameter in list(inspect.signature(body).parameters.values())[1:]:
        default = ... if parameter.default is inspect.Parameter.empty else parameter.default
        fields[parameter.name] = (hints[parameter.name], default)
    made: type[BaseModel] = create_model(
        f"{body.__name__.title().replace('_', '')}Arguments", __config__=ConfigDict(extra="forbid"), **fields
    )
    return made
