"""Photographs and documents of anything in the ledger: the event tells name, type, size and SHA-256; the content lies beside the
database."""

from __future__ import annotations

import base64
import binascii
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from farside.curation import contents
from farside.curation.ledger import Entry, Refused
from farside.curation.models import KINDS, Attachment
from farside.curation.verbs.register import Code, Line, verb


def _decoded(value: Any) -> Any:
    """Bytes as they are, a text as the base64 of bytes."""
    if not isinstance(value, str):
        return value
    try:
        return base64.b64decode(value, validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("write the content of the file in base64") from None


Content = Annotated[
    bytes,
    BeforeValidator(_decoded),
    PlainSerializer(contents.digest, return_type=str),
    WithJsonSchema({"type": "string", "contentEncoding": "base64"}),
]
"""The content of a file: bytes, or their base64. Events tell its SHA-256."""


@verb("curator", "second_curator")
def attach(entry: Entry, of: Code, content: Content, name: Line, kind: str = "sample", media_type: str | None = None) -> None:
    """Attach a photograph or a document to a sample, or to a cabinet, loan or anything else that the ledger knows, by its kind and code.
    Pictures (JPEG, PNG, TIFF), PDF and plain text, 25 MB at most; the type is seen by the first bytes. What is attached stays."""
    if kind not in KINDS:
        raise Refused(f"attach: kind {kind!r}: there is no such thing; there are {', '.join(KINDS)}")
    if "/" in name or "\\" in name:
        raise Refused(f"attach: {name!r}: the name of a file without its folders")
    entry.get(KINDS[kind], of)
    media_type = contents.require_type(content, media_type)
    sha256 = contents.digest(content)
    before = Attachment.objects.filter(kind=kind, of=of, sha256=sha256).first()
    if before is not None:
        raise Refused(f"attach: {kind} {of} has this content already: {before.code}, {before.name!r}")
    contents.keep(content)
    code = f"D{Attachment.objects.count() + 1:06d}"
    entry.add(Attachment(code=code, kind=kind, of=of, name=name, media_type=media_type, size=len(content), sha256=sha256))
    entry.note(attachment=code)
