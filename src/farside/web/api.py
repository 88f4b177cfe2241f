"""The interface for programs: its description is `/api/openapi.json`."""

from __future__ import annotations

from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema

from farside.web import problems
from farside.web.acts import offer_verbs
from farside.web.journal import offer_journal
from farside.web.rows import offer_rows

ABOUT = """Every verb of the laboratory, and every row that whoever asks may see.

Masses are whole micrograms; where one is asked for, a text with its unit will do, like "12.5 mg". What was done is answered with the sealed
event. What is refused is answered with a problem document (RFC 9457) whose `detail` says what was asked, why not, and what would work."""


class Interface(NinjaAPI):
    """Ninja's interface, whose description tells problems by their own media type."""

    def get_openapi_schema(self, **how: Any) -> OpenAPISchema:
        """The description of the interface."""
        schema: OpenAPISchema = super().get_openapi_schema(**how)
        for operations in schema["paths"].values():
            for operation in operations.values():
                for status, answer in operation["responses"].items():
                    if int(status) >= 400 and "application/json" in answer.get("content", {}):
                        answer["content"] = {problems.MEDIA_TYPE: answer["content"]["application/json"]}
        return schema


def made() -> Interface:
    """The interface with all its addresses."""
    interface = Interface(title="The laboratory", version="1", description=ABOUT, docs_url=None, urls_namespace="laboratory")
    problems.handle(interface)
    offer_verbs(interface)
    offer_rows(interface)
    offer_journal(interface)
    return interface


api = made()
