"""Forms made from verbs: each argument becomes a question, what comes back becomes arguments again.

A verb says what it takes by its annotations (`farside.curation.verbs.register`), so that a page, the command line and HTTP ask for the
same. `form_of` makes the questions, with what is known filled in; `arguments_of` reads what was sent; `wrong_of` puts what pydantic says
beside the question that it is about. A form tells nobody what they may not read.
"""

from __future__ import annotations

import json
import re
import types
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from django.http import QueryDict
from django.utils.http import url_has_allowed_host_and_scheme
from pydantic import BaseModel, BeforeValidator, ValidationError
from pydantic.fields import FieldInfo

from farside.curation import models
from farside.curation.access import Viewer, readable, view
from farside.curation.verbs import Verb
from farside.curation.verbs.register import mass_ug
from farside.web import words

ROWS = 3
SCANNED = {"scanned"}  # read by a scanner: codes, a line each
LONG = {"words", "abstract", "text", "reason"}
NEW = {"add_balance": "balance", "add_cabinet": "cabinet", "add_site": "site"}  # the code that a verb gives
WEIGHED = {"weigh", "return_loan"}
PARTIAL = {"split", "section", "consume", "lose", "analyse", "lend", "extract"}  # what they leave stays where it is


@dataclass(frozen=True)
class Question:
    """One thing that a form asks: its name in what is sent, its label, its kind, what stands in it, what is wrong with it."""

    name: str
    label: str
    kind: str
    value: Any = ""
    required: bool = False
    choices: tuple[tuple[str, str], ...] = ()
    wrong: str = ""
    help: str = ""
    rows: tuple[tuple[Question, ...], ...] = ()


@dataclass(frozen=True)
class Form:
    """A verb as a page asks for it."""

    verb: str
    title: str
    about: str
    address: str
    questions: tuple[Question, ...]
    subject: str = ""
    back: str = ""
    key: str = field(default_factory=lambda: uuid.uuid4().hex)
    words: str = ""
    answered: bool = False
    whole_ug: int | None = None
    tolerances: str = ""
    partial: bool = False
    asks_reason: bool = False
    asks_second: bool = False
    reason: str = ""
    second: str = ""

    @property
    def more(self) -> list[Question]:
        """The questions that take more rows."""
        return [question for question in self.questions if question.kind == "rows"]


def form_of(
    viewer: Viewer, verb: Verb, address: str, known: Mapping[str, Any], sent: QueryDict | None = None, fixed: tuple[str, ...] = ()
) -> Form:
    """The form of a verb: `known` fills in, `fixed` names what is not asked, `sent` is what was answered before."""
    values = dict(known)
    more = sent.get("more") if sent is not None else None
    fields = verb.arguments.model_fields.items()
    questions = tuple(_question(name, info, values.get(name), name == more, name in fixed) for name, info in fields)
    questions = tuple(replace(each, kind="line", choices=()) if each.name == NEW.get(verb.name) else each for each in questions)
    subject = str(known.get("sample") or next((known[name] for name in fixed if known.get(name)), ""))
    form = Form(verb.name, words.verb(verb.name), words.about(verb), address, questions, subject, answered=sent is not None)
    form = replace(
        form,
        asks_reason=verb.reason,
        asks_second=verb.second,
        whole_ug=_whole(viewer, verb, subject),
        tolerances=_tolerances() if verb.name in WEIGHED else "",
        partial=verb.name in PARTIAL,
        back=inside(str(known.get("back", ""))),
    )
    if sent is not None:
        told = {name: sent.get(name, "") for name in ("reason", "second")}
        form = replace(form, key=sent.get("key") or form.key, back=inside(sent.get("back", "")), **told)
    return form


def inside(address: str) -> str:
    """An address of this site, to go back to; nothing for any other."""
    return address if url_has_allowed_host_and_scheme(address, allowed_hosts=None) else ""


def arguments_of(verb: Verb, sent: QueryDict, files: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments that were sent, as texts where the verb reads texts; what was left empty is left out.

    A file is read as it is, or as JSON where the verb takes a document; it also tells its name and type where those are asked for.
    """
    found = {name: _answer(name, info, sent) for name, info in verb.arguments.model_fields.items()}
    for name, file in files.items():
        if name in found:
            found[name] = file.read() if _bare(verb.arguments.model_fields[name].annotation) is bytes else _document(file)
            found |= {
                key: told for key, told in (("name", file.name), ("media_type", file.content_type)) if key in found and not found[key]
            }
    return {name: value for name, value in found.items() if value is not None}


def _document(file: Any) -> Any:
    """The JSON of a file; a text that is none is told as it is, and refused by the verb."""
    try:
        return json.loads(file.read())
    except (ValueError, RecursionError):
        return file.name


def wrong_of(verb: Verb, values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with each argument, by the name of its question."""
    try:
        verb.arguments.model_validate(values)
    except ValidationError as error:
        return {"-".join(map(str, each["loc"])): each["msg"].removeprefix("Value error, ") for each in error.errors(include_url=False)}
    return {}


def with_wrong(form: Form, wrong: Mapping[str, str]) -> Form:
    """The form with what is wrong beside its questions."""
    return replace(form, questions=tuple(_with_wrong(question, wrong) for question in form.questions))


def _with_wrong(question: Question, wrong: Mapping[str, str]) -> Question:
    rows = tuple(tuple(_with_wrong(each, wrong) for each in row) for row in question.rows)
    about = wrong.get(question.name, "")
    if not about and not rows:
        about = next((words for name, words in wrong.items() if name.startswith(f"{question.name}-")), "")
    return replace(question, wrong=about, rows=rows)


def _question(name: str, info: FieldInfo, value: Any, more: bool, fixed: bool) -> Question:
    kind, inner = _kind(name, info)
    if fixed:
        return Question(name, words.question(name), "fixed", value or "")
    required = info.is_required()
    if kind == "rows":
        rows = tuple(_row(name, i, inner, row) for i, row in enumerate(_rows(value, more)))
        masses = any(each.kind == "mass" for row in rows for each in row)
        return Question(name, words.question(name), kind, required=required, rows=rows, help=_help("mass") if masses else "")
    if kind == "table":
        given = value if isinstance(value, Mapping) else {}
        row = tuple(_question(f"{name}-{key}", each, given.get(key), False, False) for key, each in inner.model_fields.items())
        row = row if required else tuple(replace(each, required=False) for each in row)
        return Question(name, words.question(name), kind, required=required, rows=(row,))
    shown = _shown(kind, value if value is not None else None if required else info.default)
    leaf = name.rsplit("-", 1)[-1]
    choices = _literals(info.annotation) or _choices(leaf)
    kind = "choice" if choices and kind == "line" and (leaf in FEW or _literals(info.annotation)) else kind
    return Question(name, words.question(leaf), kind, shown, required, choices, help=_help(kind))


def _row(name: str, i: int, model: type[BaseModel], values: Mapping[str, Any]) -> tuple[Question, ...]:
    fields = model.model_fields.items()
    asked = (_question(f"{name}-{i}-{key}", info, values.get(key), False, False) for key, info in fields)
    return tuple(replace(each, help="") for each in asked)


def _rows(value: Any, more: bool) -> list[Mapping[str, Any]]:
    """The rows that were filled in, and some empty ones; an address fills in none."""
    given = [row if isinstance(row, Mapping) else row.model_dump() for row in value or ()] if not isinstance(value, str) else []
    return given + [{}] * (max(ROWS - len(given), 1) if not more else ROWS)


def _kind(name: str, info: FieldInfo) -> tuple[str, Any]:
    """What kind of question an argument is, and the model of its rows."""
    if any(isinstance(each, BeforeValidator) and each.func is mass_ug for each in info.metadata) or _is_mass(info.annotation):
        return "mass", None
    bare = _bare(info.annotation)
    if get_origin(bare) in (list, tuple):
        inner = _bare(get_args(bare)[0])
        rows = isinstance(inner, type) and issubclass(inner, BaseModel)
        return ("scan" if name in SCANNED else "rows", inner) if rows else ("lines", None)
    if isinstance(bare, type) and issubclass(bare, BaseModel):
        return "table", bare
    if get_origin(bare) is dict:
        return "file", None
    kinds = {bool: "tick", int: "whole", date: "date", bytes: "file"}
    return kinds.get(bare, "text" if name.rsplit("-", 1)[-1] in LONG else "line"), None


def _bare(annotation: Any) -> Any:
    """The type within Optional and Annotated."""
    if get_origin(annotation) is Annotated:
        return _bare(get_args(annotation)[0])
    if get_origin(annotation) in (Union, types.UnionType):
        return _bare(next(each for each in get_args(annotation) if each is not type(None)))
    return annotation


def _literals(annotation: Any) -> tuple[tuple[str, str], ...]:
    """The few words that an argument may be."""
    return tuple((value, words.word(value)) for value in get_args(annotation)) if get_origin(annotation) is Literal else ()


def _is_mass(annotation: Any) -> bool:
    if get_origin(annotation) is Annotated:
        return any(isinstance(each, BeforeValidator) and each.func is mass_ug for each in get_args(annotation)[1:])
    return any(_is_mass(each) for each in get_args(annotation))


def _answer(name: str, info: FieldInfo, sent: QueryDict) -> Any:
    kind, inner = _kind(name, info)
    if kind == "tick":
        return name in sent
    if kind == "scan":
        lines = (line.replace(",", " ").split() for line in sent.get(name, "").splitlines())
        return [dict(zip(inner.model_fields, codes, strict=False)) for codes in lines if codes]
    if kind in ("rows", "table"):
        return _answered_rows(name, inner, sent) if kind == "rows" else _answered_row(name, inner, sent) or None
    text = sent.get(name, "").strip()
    if kind == "lines":
        return [line.strip() for line in text.splitlines() if line.strip()] if name in sent else None
    if kind == "file":
        return None
    if kind == "whole":
        return int(text) if re.fullmatch(r"[+-]?[0-9]{1,18}", text) else text or None
    return text or None


def _answered_rows(name: str, model: type[BaseModel], sent: QueryDict) -> list[dict[str, Any]]:
    numbers = sorted({int(found[1]) for key in sent if (found := re.match(rf"{re.escape(name)}-([0-9]{{1,4}})-", key))})
    rows = (_answered_row(f"{name}-{i}", model, sent) for i in numbers)
    return [row for row in rows if any(value for value in row.values() if not isinstance(value, bool))]  # a tick alone is no row


def _answered_row(name: str, model: type[BaseModel], sent: QueryDict) -> dict[str, Any]:
    found = {key: _answer(f"{name}-{key}", info, sent) for key, info in model.model_fields.items()}
    return {key: value for key, value in found.items() if value is not None}


def _shown(kind: str, value: Any) -> Any:
    """What stands in a field."""
    if kind == "tick":
        return bool(value)
    if isinstance(value, str) and kind in ("scan", "lines"):
        return value
    if kind == "scan":
        return "\n".join(" ".join(str(code) for code in row.values() if code) for row in value or ())
    if kind == "lines":
        return "\n".join(map(str, value or ()))
    if value is None or kind == "file" or (value == 0 and kind == "mass"):
        return ""
    return value.isoformat() if isinstance(value, date) else str(value) if not isinstance(value, str) else value


def _help(kind: str) -> str:
    helps = {"mass": words.MASS_HELP, "lines": words.LINES_HELP, "scan": words.SCAN_HELP}
    return str(helps.get(kind, ""))


def _tolerances() -> str:
    """The difference that is put down to weighing, by balance [ug]."""
    return json.dumps(dict(models.Balance.objects.values_list("code", "tolerance_ug")))


def _whole(viewer: Viewer, verb: Verb, subject: str) -> int | None:
    """The mass that a form of masses has to account for, if the viewer may read it."""
    if verb.name == "return_loan":
        loan = readable(viewer, "loan").filter(pk=subject).first()
        return None if loan is None else loan.lent_ug - loan.returned_ug - loan.consumed_ug - loan.lost_ug
    masses = any(_kind(name, info)[0] in ("mass", "rows") for name, info in verb.arguments.model_fields.items())
    if not masses or "sample" not in verb.arguments.model_fields:
        return None
    row = readable(viewer, "sample").filter(pk=subject).first()
    return None if row is None else view(viewer, row).get("mass_ug")


def _codes(model: Any, label: str, **among: Any) -> Callable[[], tuple[tuple[str, str], ...]]:
    return lambda: tuple((row.code, getattr(row, label)) for row in model.objects.filter(**among).order_by("code")[:500])


def _fixed(*names: str) -> Callable[[], tuple[tuple[str, str], ...]]:
    return lambda: tuple((name, words.word(name)) for name in names)


def _free_slots() -> tuple[tuple[str, str], ...]:
    taken = models.Sample.objects.filter(slot__isnull=False).values("slot_id")
    return tuple((slot.code, slot.cabinet_id) for slot in models.Slot.objects.exclude(pk__in=taken).order_by("code")[:500])


def _released() -> tuple[tuple[str, str], ...]:
    open_to_all = models.Sample.objects.filter(purpose__in=models.DISTRIBUTED, status="held", mass_ug__gt=0).order_by("code")
    return tuple((sample.code, sample.title) for sample in open_to_all[:500])


CHOICES: dict[str, Callable[[], tuple[tuple[str, str], ...]]] = {
    "balance": _codes(models.Balance, "name"),
    "cabinet": _codes(models.Cabinet, "name"),
    "site": _codes(models.Site, "name"),
    "slot": _free_slots,
    "sample": _released,
    "to": _codes(models.Person, "name", active=True, roles__contains="curator"),
    "person": _codes(models.Person, "name"),
    "purpose": _fixed(*models.PURPOSES),
    "form": _fixed("powder", "fragment", "section", "bulk"),
    "tool": _fixed("drill", "scoop"),
    "atmosphere": _fixed("nitrogen", "vacuum", "air"),
    "kind": _fixed("primary", "backup"),
}
FEW = {"balance", "site", "to", "purpose", "form", "tool", "atmosphere", "kind", "cabinet"}


def _choices(leaf: str) -> tuple[tuple[str, str], ...]:
    return CHOICES[leaf]() if leaf in CHOICES else ()
