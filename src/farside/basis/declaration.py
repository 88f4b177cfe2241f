"""What a table of a mission file may hold: frozen, nothing unknown, every physical number with a unit and a source.

In a file a number is a table `{ value = "200 km", source = "facts V1" }`; in Python the same field is a float in SI whose name ends in its
unit, and may be given as such: `Gate(altitude_m=120e3, ...)`. `FROM_FILE` is the context that tells the two apart.
"""

from __future__ import annotations

import datetime
import difflib
import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Self, get_args

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    GetCoreSchemaHandler,
    ModelWrapValidatorHandler,
    ValidationError,
    ValidationInfo,
    model_validator,
)
from pydantic_core import CoreSchema, ErrorDetails, InitErrorDetails, PydanticCustomError, core_schema

from farside.basis.epochs import tdb_from_utc
from farside.basis.quantities import (
    ACCELERATION,
    ANGLE,
    AREA,
    DURATION,
    FRACTION,
    LENGTH,
    MASS,
    SPEED,
    THRUST,
    Dimension,
    QuantityError,
    parse,
)

FROM_FILE = {"from_file": True}
"""The validation context of a mission file: bare numbers are refused, since they have neither unit nor source."""


class Declaration(BaseModel):
    """The base of every declared table: frozen, an unknown key is an error, TOML keys are aliases of the names with units."""

    model_config = ConfigDict(frozen=True, extra="forbid", validate_by_name=True, validate_by_alias=True, allow_inf_nan=False)

    @model_validator(mode="wrap")
    @classmethod
    def _say_what_is_allowed(cls, declared: Any, handler: ModelWrapValidatorHandler[Self]) -> Self:
        """The table as declared, or every error in it with a message that says what would work."""
        try:
            return handler(declared)
        except ValidationError as error:
            details = [_detail(cls, found) for found in error.errors(include_url=False)]
        raise ValidationError.from_exception_data(cls.__name__, details)

    @classmethod
    def file_keys(cls) -> list[str]:
        """The keys that the table may hold in a file."""
        return [field.alias or name for name, field in cls.model_fields.items()]

    @classmethod
    def example(cls, key: str) -> str:
        """The line to write for a key: `altitude = { value = "200 km", source = "..." }`."""
        field = next(field for name, field in cls.model_fields.items() if key == (field.alias or name))
        marks = [*field.metadata, *(mark for part in get_args(field.annotation) for mark in getattr(part, "__metadata__", ()))]
        examples = [mark.example for mark in marks if isinstance(mark, (Measured, Dated))]
        return f"{key} = {examples[0]}" if examples else f"{key} = ..."


def _detail(table: type[Declaration], found: ErrorDetails) -> InitErrorDetails:
    """One error with its message in the words of this project; those of tables within came through here before."""
    message = _MESSAGES[found["type"]](table, found) if found["type"] in _MESSAGES else found["msg"].replace("Input should be", "must be")
    return InitErrorDetails(type=_problem(message), loc=found["loc"], input=found["input"])


_MESSAGES: dict[str, Callable[[type[Declaration], ErrorDetails], str]] = {
    "declared": lambda _table, found: found["msg"],
    "missing": lambda table, found: (
        "required, and missing" + (f"; write {table.example(str(found['loc'][0]))}" if len(found["loc"]) == 1 else "")
    ),
    "extra_forbidden": lambda table, found: "no such key here" + allowed(str(found["loc"][-1]), table.file_keys()),
    "value_error": lambda _table, found: str(found["ctx"]["error"]),
    "literal_error": lambda _table, found: f"must be {found['ctx']['expected']}",
    "string_pattern_mismatch": lambda _table, _found: "must be lower-case letters, digits and _, a letter first",
    "string_type": lambda _table, found: f"must be a text in quotes, not {_shown(found['input'])}",
    "string_too_short": lambda _table, _found: "must not be empty",
    "int_type": lambda _table, found: f"must be a whole number, not {_shown(found['input'])}",
    "model_type": lambda table, found: f"must be a table, not {_shown(found['input'])}",
}


def allowed(asked: str, names: Iterable[str], label: str = "allowed") -> str:
    """The tail of a message: "; did you mean 'lander'? allowed: lander, orbiter": what could have been meant, and all there is."""
    known = sorted(names)
    near = difflib.get_close_matches(asked, known, n=1)
    return (f"; did you mean {near[0]!r}?" if near else ";") + f" {label}: {', '.join(known) or 'none'}"


@dataclass(frozen=True, slots=True)
class Measured:
    """The marker of a declared quantity: its dimension, and the bounds it must keep, in words (`within`) and in SI."""

    dimension: Dimension
    above: float = -math.inf
    least: float = -math.inf
    most: float = math.inf
    within: str = ""

    @property
    def example(self) -> str:
        """The right-hand side to write in a mission file."""
        return f'{{ value = "{self.dimension.example}", source = "..." }}'

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def _read(self, declared: Any, info: ValidationInfo) -> float:
        """The SI value of what was declared; an error that says what is allowed."""
        text = _text_and_source(declared, info, self.example)
        if isinstance(text, float):
            value = text
        else:
            try:
                value = parse(text, self.dimension)
            except QuantityError as error:
                raise _problem(str(error)) from None
        if not (math.isfinite(value) and self.above < value and self.least <= value <= self.most):
            raise _problem(f"{text!r} must be {self.within or 'finite'}")
        return value


@dataclass(frozen=True, slots=True)
class Dated:
    """The marker of a declared epoch: UTC in the file, TDB seconds past J2000 in Python. `day`: a plain date, the start of that day."""

    day: bool = False

    @property
    def example(self) -> str:
        """The right-hand side to write in a mission file."""
        return '"2024-05-30"' if self.day else '{ value = "2024-05-03T09:27:29Z", source = "..." }'

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_plain_validator_function(self._read)

    def _read(self, declared: Any, info: ValidationInfo) -> float:
        """The epoch of what was declared; an error that says what is allowed."""
        text = _plain_day(declared, info) if self.day else _text_and_source(declared, info, self.example)
        if isinstance(text, float):
            return text
        try:
            return tdb_from_utc(text)
        except ValueError as error:
            raise _problem(str(error)) from None


def _plain_day(declared: Any, info: ValidationInfo) -> str | float:
    """The text of a day's start, from "2024-05-30"; a float as it is when it does not come from a file."""
    if _is_number(declared) and not info.context:
        return float(declared)
    if isinstance(declared, str):
        try:
            return datetime.date.fromisoformat(declared).isoformat() + "T00:00:00Z"
        except ValueError:
            pass
    raise _problem(f'{_shown(declared)} is not a day; write it in quotes like "2024-05-30" (UTC)')


def _text_and_source(declared: Any, info: ValidationInfo, example: str) -> str | float:
    """The value's text of a `{value, source}` table, both strings and neither empty; a bare float only from Python."""
    if not info.context and _is_number(declared):
        return float(declared)
    if not isinstance(declared, dict):
        raise _problem(f"{_shown(declared)} stands without a source; write {example}")
    unknown = sorted(set(declared) - {"value", "source"})
    if unknown:
        raise _problem(f"a quantity has no {', '.join(map(repr, unknown))}; write {example}")
    for key in ("value", "source"):
        if not isinstance(declared.get(key), str) or not declared[key].strip():
            found = f"{key} = {_shown(declared[key])} is not a text in quotes" if key in declared else f"the {key} is missing"
            raise _problem(f"{found}; write {example}" + (_SOURCES if key == "source" else ""))
    text: str = declared["value"]
    return text


_SOURCES = ', where the source is a facts key ("facts T4"), a reference, or "assumed: why"'


def _is_number(declared: Any) -> bool:
    return isinstance(declared, (int, float)) and not isinstance(declared, bool)


def _shown(declared: Any) -> str:
    """What was declared, short enough for one line."""
    text = repr(declared) if not isinstance(declared, (datetime.date, datetime.time)) else declared.isoformat()
    return text if len(text) <= 60 else text[:57] + "..."


def _problem(message: str) -> PydanticCustomError:
    """A validation error whose message is shown as it is (braces are not a template)."""
    return PydanticCustomError("declared", "{message}", {"message": message})


NAME_PATTERN = r"^[a-z][a-z0-9_]*$"
Name = Annotated[str, Field(strict=True, pattern=NAME_PATTERN, max_length=60)]
Text = Annotated[str, Field(strict=True, min_length=1)]

Length = Annotated[float, Measured(LENGTH)]
Altitude = Annotated[float, Measured(LENGTH, above=0.0, within="above 0 m")]
Distance = Altitude
Area = Annotated[float, Measured(AREA, above=0.0, within="above 0 m^2")]
Mass = Annotated[float, Measured(MASS, above=0.0, within="above 0 kg")]
Propellant = Annotated[float, Measured(MASS, least=0.0, within="0 kg or more")]
Duration = Annotated[float, Measured(DURATION, least=0.0, within="0 s or more")]
Period = Annotated[float, Measured(DURATION, above=0.0, within="above 0 s")]
Speed = Annotated[float, Measured(SPEED, least=0.0, within="0 m/s or more")]
Acceleration = Annotated[float, Measured(ACCELERATION, least=0.0, within="0 m/s^2 or more")]
Thrust = Annotated[float, Measured(THRUST, above=0.0, within="above 0 N")]
SpecificImpulse = Annotated[float, Measured(DURATION, above=0.0, within="above 0 s (a specific impulse, thrust over weight flow)")]
Angle = Annotated[float, Measured(ANGLE)]
Latitude = Annotated[float, Measured(ANGLE, least=-math.pi / 2, most=math.pi / 2, within="from -90 deg (south) to 90 deg (north)")]
Longitude = Annotated[float, Measured(ANGLE, least=0.0, most=2 * math.pi, within="east, from 0 deg to 360 deg")]
Azimuth = Annotated[float, Measured(ANGLE, least=0.0, most=2 * math.pi, within="from 0 deg (north) through 90 deg (east) to 360 deg")]
Elevation = Annotated[float, Measured(ANGLE, least=-math.pi / 2, most=math.pi / 2, within="from -90 deg (below) to 90 deg (overhead)")]
Inclination = Annotated[float, Measured(ANGLE, least=0.0, most=math.pi, within="from 0 deg to 180 deg (above 90 deg is retrograde)")]
Turn = Annotated[float, Measured(ANGLE, least=0.0, most=2 * math.pi, within="from 0 deg to 360 deg")]
Fraction = Annotated[float, Measured(FRACTION, least=0.0, most=1.0, within="from 0 % to 100 %")]
Epoch = Annotated[float, Dated()]
Day = Annotated[float, Dated(day=True)]
