"""The hand-over document: what is written is read back, what is wrong is said, and a kill leaves the old one or the new one."""

from __future__ import annotations

import copy
import datetime
import hashlib
import itertools
import json
import os
import random
import signal
import subprocess
import sys
import time
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from hypothesis import given
from hypothesis import strategies as st

from farside import delivery
from farside.delivery import Container, Custody, Delivery, DeliveryError, Portion, Stage, Transport, canonical, check

SCHEMA = json.loads(resources.files("farside").joinpath("schemas", "delivery.schema.json").read_text(encoding="utf-8"))
DIGEST = hashlib.sha256(b"a flight").hexdigest()

CONTAINER = {
    "id": "sample",
    "capacity_ug": 2_000_000_000,
    "seal": "sealed",
    "leak_rate_pa_m3_s": 5e-9,
    "sealed_utc": "2024-06-02T18:53:00.000Z",
    "opened": False,
}
PORTIONS = [
    {
        "id": f"{tool}-001",
        "tool": tool,
        "mass_ug": mass_ug,
        "depth_top_mm": 0,
        "depth_bottom_mm": bottom_mm,
        "collected_utc": "2024-06-02T12:00:00.000Z",
        "site": "landing",
    }
    for tool, mass_ug, bottom_mm in (("drill", 554_000_001, 2000), ("scoop", 981_234_567, 30))
]
CUSTODY = [
    {"holder": "ascender", "since_utc": "2024-06-02T18:53:00.000Z", "where": "the Moon, at the site landing"},
    {"holder": "returner", "since_utc": "2024-06-06T07:24:00.000Z", "where": "orbit of the Moon"},
]
STAGES = [
    {
        "by": by,
        "to": to,
        "since_utc": since,
        "until_utc": until,
        "temperature_least_k": 291.5,
        "temperature_most_k": 300.0,
        "shock_g": 2.5,
    }
    for by, to, since, until in (
        ("a truck", "airfield", "2024-06-25T10:00:00.000Z", "2024-06-25T14:00:00.000Z"),
        ("an aircraft", "laboratory", "2024-06-25T14:00:00.000Z", "2024-06-25T16:00:00.000Z"),
    )
]
TRANSPORT = {"temperature_min_k": 233.0, "temperature_max_k": 323.0, "shock_limit_g": 20.0, "stages": STAGES}

NAMES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,79}", fullmatch=True)
WORDS = st.text(st.characters(categories=("L", "N", "P", "S")), min_size=1, max_size=60)
FIRST = datetime.datetime(1972, 1, 1)  # noqa: DTZ001
UTCS = st.datetimes(min_value=FIRST).map(lambda epoch: epoch.isoformat(timespec="milliseconds") + "Z")


def good() -> Delivery:
    return delivery.compose("change6", DIGEST, CONTAINER, PORTIONS, CUSTODY, transport=TRANSPORT)


def document() -> dict[str, Any]:
    return delivery.document_of(good())


@st.composite
def deliveries(draw: st.DrawFn) -> Delivery:
    ids = draw(st.lists(NAMES, unique=True, max_size=5))
    epochs = sorted(draw(st.lists(UTCS, min_size=len(ids) + 1, max_size=len(ids) + 1)))
    portions = []
    for name, collected in zip(ids, epochs, strict=False):
        top = draw(st.integers(0, 999_999))
        mass, bottom = draw(st.integers(1, 10**12)), draw(st.integers(top + 1, 1_000_000))
        portions.append(Portion(name, draw(st.sampled_from(delivery.TOOLS)), mass, top, bottom, collected, draw(NAMES)))
    room = max(1, sum(p.mass_ug for p in portions)) + draw(st.integers(0, 10**9))
    seal = draw(st.sampled_from(delivery.SEALS))
    sealing = (None, None) if seal == "unsealed" else (draw(st.floats(0.0, 1e12)), epochs[-1])
    container = Container(draw(NAMES), room, seal, *sealing)
    since = sorted(draw(st.lists(UTCS, max_size=3)))
    custody = tuple(Custody(draw(WORDS), each, draw(WORDS)) for each in since)
    return Delivery(draw(NAMES), DIGEST, container, custody, tuple(portions), draw(st.booleans()), draw(st.none() | ways()))


@st.composite
def ways(draw: st.DrawFn) -> Transport:
    """A way to the laboratory of up to four stages, within its limits or not."""
    epochs, stages = sorted(draw(st.lists(UTCS, min_size=1, max_size=5))), []
    for since, until in itertools.pairwise(epochs):
        least = draw(st.floats(1.0, 400.0))
        stages.append(Stage(draw(WORDS), draw(NAMES), since, until, least, least + draw(st.floats(0.0, 50.0)), draw(st.floats(0.0, 100.0))))
    least = draw(st.floats(1.0, 300.0))
    return Transport(least, least + draw(st.floats(1.0, 100.0)), draw(st.floats(0.0, 50.0)), tuple(stages))


@given(deliveries())
def test_written_then_read_it_is_the_same_and_the_schema_holds(handed: Delivery) -> None:
    text = delivery.text_of(handed)
    assert delivery.from_text(text) == handed
    jsonschema.Draft202012Validator(SCHEMA).validate(json.loads(text))


def test_it_says_its_sum_and_its_digest(tmp_path: Path) -> None:
    path = delivery.write(tmp_path / "delivery.json", good())
    found = json.loads(path.read_text(encoding="utf-8"))
    assert found["mass_ug"] == good().mass_ug == 554_000_001 + 981_234_567
    assert found["digest"] == delivery.digest(found)
    assert delivery.read(path) == good()
    assert good().container.opened is False
    jsonschema.Draft202012Validator.check_schema(SCHEMA)


def test_order_and_layout_do_not_change_the_digest() -> None:
    found = document()
    other = json.loads(json.dumps(dict(reversed(found.items())), indent=7))
    assert delivery.digest(other) == found["digest"]
    assert delivery.from_text(json.dumps(other)) == good()


@pytest.mark.parametrize(
    ("changes", "total_ug"),
    [
        ({"portions__0__mass_ug": 554_000_002}, 1_535_234_569),
        ({"portions__0__depth_bottom_mm": 1999}, 1_535_234_568),
        ({"custody__1__holder": "capsule"}, 1_535_234_568),
        ({"container__sealed_utc": "2024-06-03T00:00:00Z"}, 1_535_234_568),
        ({"container__leak_rate_pa_m3_s": 6e-9}, 1_535_234_568),
        ({"mission": "change5"}, 1_535_234_568),
        ({"predicted": False}, 1_535_234_568),
    ],
)
def test_any_change_of_a_value_is_noticed(changes: dict[str, Any], total_ug: int) -> None:
    """Even where the sum was mended: the digest says so."""
    found = {**changed(**changes), "mass_ug": total_ug, "digest": document()["digest"]}
    with pytest.raises(DeliveryError, match="was changed after it was written"):
        delivery.from_text(json.dumps(found))


def changed(**changes: Any) -> dict[str, Any]:
    """The good document with some keys changed: `portions__0__mass_ug=1.5`; `...` takes a key away."""
    found = copy.deepcopy(document())
    del found["digest"]
    for key, value in changes.items():
        *path, last = [int(part) if part.isdigit() else part for part in key.split("__")]
        table: Any = found
        for part in path:
            table = table[part]
        if value is ...:
            del table[last]
        else:
            table[last] = value
    return found


WRONG_ALONE = [
    ({"format": "delivery"}, 'format = "delivery": must be "farside-delivery"'),
    ({"version": 3}, "version = 3: must be 1 or 2, the versions this farside reads"),
    ({"version": 1}, "transport: no such key here"),
    ({"transport": ...}, "transport: required, and missing"),
    ({"transport": []}, "transport = list: must be an object"),
    ({"transport__temperature_min_k": -5.0}, "transport.temperature_min_k = -5.0: must be a temperature in kelvin"),
    ({"transport__shock_limit_g": "20"}, 'transport.shock_limit_g = "20": must be a load in g'),
    ({"transport__stages__1__to": "the door"}, 'transport.stages[1].to = "the door": must be a name'),
    ({"transport__stages__0__by": ...}, "transport.stages[0].by: required, and missing"),
    ({"transport__stages__0__shock_g": True}, "must be a load in g"),
    ({"transport__stages__0__rain": True}, "transport.stages[0].rain: no such key here"),
    ({"mission": ""}, 'mission = "": must be a name'),
    ({"flight_digest": DIGEST.upper()}, "must be a SHA-256"),
    ({"predicted": "yes"}, "must be true or false"),
    ({"container": []}, "container = list: must be an object"),
    ({"portions": {}}, "portions = dict: must be a list"),
    ({"portions__0": "sand"}, 'portions[0] = "sand": must be an object with the keys id, tool'),
    ({"portions__1__mass_ug": 1.5}, "portions[1].mass_ug = 1.5: must be a whole number of micrograms"),
    ({"portions__1__mass_ug": "12 g"}, "must be a whole number of micrograms"),
    ({"portions__1__mass_ug": True}, "portions[1].mass_ug = true: must be a whole number of micrograms"),
    ({"portions__1__mass_ug": 0}, "must be a whole number of micrograms, 1 or more"),
    ({"portions__1__mass_ug": -5}, "must be a whole number of micrograms, 1 or more"),
    ({"portions__1__mass_ug": 2**53}, "must be a whole number of micrograms"),
    ({"portions__1__tool": "rake"}, 'portions[1].tool = "rake": must be one of drill, scoop'),
    ({"portions__1__tool": ["drill"]}, "must be one of drill, scoop"),
    ({"portions__0__depth_top_mm": -1}, "must be a whole number of millimetres"),
    ({"portions__0__site": "the rim"}, "must be a name"),
    ({"portions__0__site": ...}, "portions[0].site: required, and missing"),
    ({"portions__0__mass_g": 3}, "portions[0].mass_g: no such key here; allowed: id, tool"),
    ({"container__opened": True}, "must be false: a container is handed over unopened"),
    ({"container__seal": "open"}, "must be one of sealed, leaking, broken"),
    ({"container__leak_rate_pa_m3_s": -1e-9}, "must be a number of Pa m3/s, 0 or more"),
    ({"container__sealed_utc": "2024-06-02"}, "must be UTC like"),
    ({"container__sealed_utc": None}, "container.sealed_utc = null: must be UTC like"),
    ({"container__leak_rate_pa_m3_s": None}, "container.leak_rate_pa_m3_s = null: must be a number"),
    ({"container__seal": "unsealed", "container__sealed_utc": None}, "must be null: the container was never sealed"),
    ({"custody__0__holder": ""}, "must be a text in one line"),
    ({"mass_ug": ...}, "mass_ug: required, and missing"),
    ({"owner": "me"}, "owner: no such key here"),
]
WRONG_TOGETHER = [
    ({"mass_ug": 5}, "mass_ug = 5: the portions sum to 1535234568 ug"),
    ({"container__capacity_ug": 1_000_000}, "the portions are 1535234568 ug, more than it holds"),
    ({"portions__1__id": "drill-001"}, "portions[0] has this name; each needs its own"),
    ({"portions__0__depth_bottom_mm": 0}, "must be below 0 mm"),
    ({"portions__0__collected_utc": "2024-06-02T18:53:00.001Z"}, "is after the container was sealed"),
    ({"custody__1__since_utc": "2024-06-01T00:00:00Z"}, "is before the one above it"),
    ({"container__sealed_utc": "2024-02-30T00:00:00Z"}, "must be UTC like"),
    ({"container__sealed_utc": "2023-02-29T00:00:00Z"}, "must be UTC like"),
    ({"container__sealed_utc": "2024-06-02T24:00:00Z"}, "must be UTC like"),
    ({"transport__temperature_max_k": 200.0}, "must be above temperature_min_k, 233.0 K"),
    ({"transport__stages__1__since_utc": "2024-06-25T13:00:00Z"}, "is before the stage above it ends"),
    ({"transport__stages__1__until_utc": "2024-06-25T13:00:00Z"}, "is before the stage begins"),
    ({"transport__stages__0__temperature_most_k": 290.0}, "must not be below temperature_least_k, 291.5 K"),
    ({"digest": "0" * 64}, "was changed after it was written"),
]


@pytest.mark.parametrize(("changes", "message"), [*WRONG_ALONE, *WRONG_TOGETHER])
def test_what_is_wrong_is_said(changes: dict[str, Any], message: str) -> None:
    problems = check(changed(**changes))
    assert message in "\n".join(map(str, problems))
    assert len(problems) == 1


@pytest.mark.parametrize("changes", [changes for changes, _ in WRONG_ALONE])
def test_the_schema_refuses_what_the_reader_refuses(changes: dict[str, Any]) -> None:
    found = {**changed(**changes), "digest": DIGEST}
    assert not jsonschema.Draft202012Validator(SCHEMA).is_valid(found)


def test_every_problem_is_said_at_once() -> None:
    found = changed(mission="", portions__0__mass_ug=0.5, container__opened=True, custody__0__where=...)
    paths = [problem.path for problem in check(found)]
    assert paths == ["mission", "container.opened", "custody[0].where", "portions[0].mass_ug"]


def test_leap_seconds_are_epochs_in_their_order() -> None:
    found = changed(container__sealed_utc="2016-12-31T23:59:60.5Z")
    for i, each in enumerate(("2016-12-31T23:59:59.999Z", "2017-01-01T00:00:00Z")):
        found["portions"][i]["collected_utc"] = each
    assert [problem.path for problem in check(found)] == ["portions[1].collected_utc"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "a delivery is an object with the keys format"),
        ("3", "a delivery is an object"),
        ('{"mass_ug": 1, "mass_ug": 2}', "the key 'mass_ug' stands twice"),
        ('{"mass_ug": NaN}', "NaN is not a number of JSON"),
        ('{"mass_ug": ' + "1" * 5000 + "}", "digits"),
        ("[" * 100_000, "nested without end"),
        ("\ufeff{}", "not JSON"),
    ],
)
def test_what_is_no_document_is_said(text: str, message: str) -> None:
    with pytest.raises(DeliveryError, match="delivery: .*" + message):
        delivery.from_text(text)


def test_a_file_without_its_digest_is_refused() -> None:
    with pytest.raises(DeliveryError, match="digest: required, and missing"):
        delivery.from_text(json.dumps(changed()))


def test_files_that_cannot_be_read_are_said(tmp_path: Path) -> None:
    (tmp_path / "latin.json").write_bytes(b'{"mission": "\xe9"}')
    for name, message in (
        ("none.json", "no such file; a flight that brings"),
        ("latin.json", "not a text in UTF-8"),
        ("", "cannot be read"),
    ):
        with pytest.raises(DeliveryError, match=message) as caught:
            delivery.read(tmp_path / name)
        assert str(tmp_path) in str(caught.value)


def test_nothing_wrong_is_written(tmp_path: Path) -> None:
    with pytest.raises(DeliveryError, match="must be a whole number of micrograms"):
        delivery.compose("change6", DIGEST, CONTAINER, [{**PORTIONS[0], "mass_ug": 0.5}], CUSTODY)
    wrong = Delivery("change6", "none", good().container, (), ())
    with pytest.raises(DeliveryError, match="must be a SHA-256"):
        delivery.write(tmp_path / "delivery.json", wrong)
    assert list(tmp_path.iterdir()) == []


def test_the_first_version_is_still_read() -> None:
    """A document as farside wrote it before there was a way to the laboratory in it."""
    old = changed(version=1, transport=...)
    old["digest"] = delivery.digest(old)
    jsonschema.validate(old, SCHEMA)
    read = delivery.from_text(json.dumps(old))
    assert read.transport is None
    assert read.custody == good().custody
    assert delivery.document_of(read)["version"] == 2


@pytest.mark.parametrize(
    ("changes", "within"),
    [({}, True), ({"shock_limit_g": 2.0}, False), ({"temperature_max_k": 299.0}, False), ({"temperature_min_k": 292.0}, False)],
)
def test_the_way_knows_whether_it_kept_to_its_limits(changes: dict[str, float], within: bool) -> None:
    handed = delivery.compose("change6", DIGEST, CONTAINER, PORTIONS, CUSTODY, transport=TRANSPORT | changes)
    assert handed.transport is not None
    assert handed.transport.within_limits is within


# Canonical text: the examples of RFC 8785 and ECMAScript's rules for numbers.


def test_canonical_text_is_that_of_the_standard() -> None:
    """RFC 8785, 3.2.2 and 3.2.3: its own examples."""
    value = json.loads(
        '{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
        ' "string": "\\u20ac$\\u000F\\u000aA\'\\u0042\\u0022\\u005c\\\\\\"\\/", "literals": [null, true, false]}'
    )
    assert canonical(value).decode() == (
        '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
        '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
    )  # fmt: skip
    keys = {"\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\U0001f600": 5, "\u0080": 6, "\u00f6": 7}
    assert list(json.loads(canonical(keys)).values()) == [2, 4, 6, 7, 1, 5, 3]


@pytest.mark.parametrize(
    ("number", "text"),  # RFC 8785, appendix B
    [
        (0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (-5e-324, "-5e-324"), (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"), (295147905179352830000.0, "295147905179352830000"), (9.999999999999997e22,
        "9.999999999999997e+22"), (1e23, "1e+23"), (999999999999999700000.0, "999999999999999700000"), (1e21, "1e+21"),
        (9.999999999999997e-7, "9.999999999999997e-7"), (0.000001, "0.000001"), (333333333.3333332, "333333333.3333332"),
        (-0.0000033333333333333333, "-0.0000033333333333333333"), (1424953923781206.25, "1424953923781206.2"), (5e-9, "5e-9"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_standard_says(number: float, text: str) -> None:
    assert canonical(number).decode() == text


TEXTS = st.text(st.characters(codec="utf-8"), max_size=20)
LEAVES = st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.floats(allow_nan=False, allow_infinity=False) | TEXTS


@given(st.recursive(LEAVES, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4), max_leaves=8))
def test_canonical_text_reads_back_to_the_same(value: Any) -> None:
    assert json.loads(canonical(value), parse_int=float) == value  # 5.7e16 is written without a point: a float all the same


@pytest.mark.parametrize("value", [float("nan"), float("inf"), 2**53, {1: 2}, {"a": {3}}, "\ud800"])
def test_what_has_no_canonical_text_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match=r"no canonical text|surrogates"):
        canonical(value)


# Imports and kills.


def test_it_loads_nothing_but_the_standard_library() -> None:
    code = "import sys, farside.delivery; print(*{name.partition('.')[0] for name in sys.modules})"
    loaded = set(subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True, check=True).stdout.split())
    started = subprocess.run([sys.executable, "-I", "-c", "import sys; print(*sys.modules)"], capture_output=True, text=True, check=True)
    assert loaded - sys.stdlib_module_names - set(started.stdout.replace(".", " ").split()) == {"farside"}


CHILD = """
import sys
from dataclasses import replace
from farside import delivery
handed = delivery.read(sys.argv[1])
print("ready", flush=True)
round = 0
while True:
    round += 1
    delivery.write(sys.argv[2], replace(handed, mission=f"round-{round}"))
"""


@pytest.mark.parametrize("kill", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_a_kill_at_any_moment_leaves_a_whole_document(tmp_path: Path, kill: signal.Signals) -> None:
    first, out, rng = delivery.write(tmp_path / "first.json", good()), tmp_path / "out" / "delivery.json", random.Random(kill)
    for _ in range(4):
        words = [sys.executable, "-c", CHILD, str(first), str(out)]
        with subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as child:
            assert child.stdout is not None
            child.stdout.readline()
            time.sleep(rng.uniform(0.0, 0.08))
            child.send_signal(kill)
        if out.exists():
            assert delivery.read(out).mission.startswith("round-")
    delivery.write(out, good())
    assert os.listdir(out.parent) == ["delivery.json"]


def test_a_living_writer_is_left_alone(tmp_path: Path) -> None:
    target = tmp_path / "delivery.json"
    handle, hidden = delivery._hidden(target)
    delivery.write(target, good())
    assert sorted(os.listdir(tmp_path)) == sorted([Path(hidden).name, "delivery.json"])
    os.close(handle)  # the writer is gone: the next one sweeps
    delivery.write(target, good())
    assert os.listdir(tmp_path) == ["delivery.json"]
    (tmp_path / "plain").write_text("")
    assert target.stat().st_mode == (tmp_path / "plain").stat().st_mode
