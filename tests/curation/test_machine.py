"""Any sequence of verbs keeps every microgram of the delivery: a chain that verifies, and masses that a plain model agrees with."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from farside import delivery
from farside.curation import text
from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused
from farside.curation.models import Posting, Sample
from farside.curation.verify import verify

LI = Act(by="li")
ALLOWED = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53 - 1), 2**53 - 1)
    | st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0")),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(min_codepoint=1, max_codepoint=127)), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(ALLOWED)
def test_the_canonical_text_is_that_of_the_delivery(value: Any) -> None:
    """Two writers of RFC 8785, made apart."""
    assert text.canonical(value) == delivery.canonical(value).decode("utf-8")
    assert text.is_canonical(text.canonical(value))


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("split"), st.integers(0, 30), st.integers(-1, 60_000_000), st.integers(0, 1_000_000)),
        st.tuples(st.just("consume"), st.integers(0, 30), st.integers(-1, 40_000_000), st.just(0)),
        st.tuples(st.just("lose"), st.integers(0, 30), st.integers(-1, 40_000_000), st.just(0)),
        st.tuples(st.just("weigh"), st.integers(0, 30), st.integers(-60_000, 60_000), st.just(0)),
    ),
    max_size=12,
)


class Model:
    """The laboratory in plain Python: a mass for each sample, and what went to the sinks."""

    def __init__(self) -> None:
        self.masses = dict(Sample.objects.order_by("code").values_list("code", "mass_ug"))
        self.gone = 0

    def code(self, index: int) -> str:
        codes = sorted(code for code in self.masses if code.startswith(("CE6-S", "CE6-D")))
        return codes[index % len(codes)]


def step(model: Model, verb: str, index: int, mass_ug: int, lost_ug: int) -> None:
    """One verb, lawful or not; the model follows when it is taken, and stays when it is refused."""
    code = model.code(index)
    before = model.masses[code]
    try:
        if verb == "split":
            new = f"{code}-{len(model.masses)}"
            v.split(LI, sample=code, parts=[{"mass": mass_ug, "code": new, "form": "powder"}], lost=lost_ug)
            model.masses[new] = mass_ug
            model.masses[code] -= mass_ug + lost_ug
            model.gone += lost_ug
        elif verb == "weigh":
            v.weigh(LI, sample=code, balance="XPR", gross=max(before + mass_ug, 1), tare=0)
            if abs(max(before + mass_ug, 1) - before) <= 50_000:
                model.gone -= max(before + mass_ug, 1) - before
                model.masses[code] = max(before + mass_ug, 1)
        else:
            if verb == "consume":
                v.consume(LI, sample=code, mass=mass_ug, method="acid")
            else:
                v.lose(Act(by="li", reason="spilt"), sample=code, mass=mass_ug)
            model.masses[code] -= mass_ug
            model.gone += mass_ug
    except Refused:
        model.masses[code] = before


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(STEPS)
def test_every_microgram_is_accounted_for_after_any_sequence(stocked: str, steps: list[tuple[str, int, int, int]]) -> None:
    received = -Posting.objects.filter(account="received:change6").values_list("mass_ug", flat=True)[0]
    held_before = sum(Sample.objects.values_list("mass_ug", flat=True))
    model = Model()
    for each in steps:
        step(model, *each)
    masses = dict(Sample.objects.values_list("code", "mass_ug"))
    assert masses == model.masses
    assert sum(masses.values()) + model.gone == held_before
    sinks = sum(Posting.objects.filter(account__contains=":").exclude(account__startswith="received:").values_list("mass_ug", flat=True))
    assert sum(masses.values()) + sinks == received
    report = verify()
    assert report.sound, report.findings


def test_the_model_follows_lawful_steps(stocked: str) -> None:
    """So that the machine above is not one long refusal: each verb is taken once, and each amount arrives."""
    model = Model()
    for each in (("split", 0, 5_000_000, 1_000), ("consume", 0, 1_000_000, 0), ("lose", 0, 2_000, 0), ("weigh", 0, 8_000, 0)):
        step(model, *each)
    assert model.gone == 1_000 + 1_000_000 + 2_000 - 8_000
    assert dict(Sample.objects.values_list("code", "mass_ug")) == model.masses
