"""What the description allows is asked of the interface, as nobody and with a token of each role: no failure, no answer undeclared."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
import schemathesis
from django.core.wsgi import get_wsgi_application
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import content_type_conformance, response_schema_conformance, status_code_conformance

from farside.curation import tokens
from farside.curation.models import KINDS
from farside.curation.verify import verify

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
PEOPLE = (None, "li", "wang", "zhao", "smith", "audit")
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)


def asked(examples: int) -> Counter[int]:
    """Ask each operation so often in each mode, by anybody; how often each status was the answer."""
    schema = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    secrets = {person: tokens.issue(person) for person in PEOPLE if person is not None}
    codes = {kind: list(model._default_manager.values_list("code", flat=True)[:12]) for kind, model in KINDS.items()}
    answers: Counter[int] = Counter()
    how = settings(
        max_examples=examples,
        database=None,
        deadline=None,
        derandomize=True,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    for operation in (result.ok() for result in schema.get_all_operations()):
        for mode in MODES if operation.body or operation.query else MODES[:1]:  # in a path alone nothing can be wrong
            ask = given(operation.as_strategy(mode), st.sampled_from(PEOPLE), st.randoms(use_true_random=False))
            how(ask(_ask(secrets, codes, answers)))()
    return answers


def _ask(secrets: dict[str, str], codes: dict[str, list[str]], answers: Counter[int]) -> Any:
    def ask(case: Any, person: str | None, random: Any) -> None:
        if random.random() < 0.7:  # codes that are there lead further than drawn ones
            case.body = _with_codes(case.body, codes, random)
            case.path_parameters = _with_codes(case.path_parameters, {**codes, "code": codes["sample"]}, random)
        headers = {} if person is None else {"Authorization": f"Bearer {secrets[person]}"}
        response = case.call(headers=headers)
        answers[response.status_code] += 1
        case.validate_response(response, checks=CHECKS)

    return ask


def _with_codes(value: Any, codes: dict[str, list[str]], random: Any) -> Any:
    """The value with codes that are there in the place of drawn ones."""
    if isinstance(value, dict):
        return {key: random.choice(codes[key]) if codes.get(key) else _with_codes(each, codes, random) for key, each in value.items()}
    return [_with_codes(each, codes, random) for each in value] if isinstance(value, list) else value


def test_nothing_that_may_be_asked_makes_it_fail(stocked: str) -> None:
    answers = asked(examples=2)
    assert {200, 401, 403, 404, 422} <= answers.keys()
    assert verify().sound


@pytest.mark.slow
def test_nothing_that_may_be_asked_makes_it_fail_at_length(on_both: None, stocked: str) -> None:
    answers = asked(examples=12)
    assert {200, 201, 401, 403, 404, 409, 422} <= answers.keys(), answers
    assert verify().sound
