"""Beyond the limits a cabinet is frozen; two people release it, once it was read within them."""

from __future__ import annotations

from typing import Any

import pytest

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, head
from farside.curation.models import Cabinet, Sample

LI = Act(by="li")
BOTH = Act(by="li", second="wang", reason="glove changed, leak closed")


def test_a_reading_beyond_the_limits_freezes_until_two_release(bench: str) -> None:
    limits = {"oxygen_most_ppb": 5_000, "temperature_least_mk": 290_000, "temperature_most_mk": 298_000, "pressure_least_pa": 50}
    v.set_limits(BOTH, cabinet="BJ-N1", limits=limits)
    v.read_environment(LI, cabinet="BJ-N1", oxygen_ppb=5_000, water_ppb=90_000, temperature_mk=290_000, pressure_pa=50)
    vault = Cabinet.objects.get(pk="BJ-N1")
    assert (vault.frozen, vault.alarm, vault.water_ppb) == (False, "", 90_000)  # at the limits it is well; of water there is no limit
    event = v.read_environment(LI, cabinet="BJ-N1", oxygen_ppb=5_001, temperature_mk=289_999, pressure_pa=-3)
    vault = Cabinet.objects.get(pk="BJ-N1")
    words = "oxygen 5001 ppb is above 5000, temperature 289999 mK is below 290000, pressure -3 Pa is below 50"
    assert (vault.frozen, vault.alarm, vault.read_utc, vault.water_ppb) == (True, words, event.at_utc, 90_000)  # water as it was read last
    with pytest.raises(Refused, match=r"BJ-N1 was last read at .*, oxygen 5001 ppb is above 5000.*; mend it, and `read_environment` again"):
        v.unfreeze(BOTH, cabinet="BJ-N1")
    v.read_environment(LI, cabinet="BJ-N1", oxygen_ppb=200, temperature_mk=295_000, pressure_pa=100)
    vault = Cabinet.objects.get(pk="BJ-N1")
    assert (vault.frozen, vault.alarm) == (True, words)  # a good reading does not end a freeze
    with pytest.raises(Refused, match=r"BJ-N1 is frozen: oxygen 5001 ppb is above .* to unfreeze it takes a second person and a reason"):
        v.unfreeze(Act(by="li", second="wang"), cabinet="BJ-N1")
    v.unfreeze(BOTH, cabinet="BJ-N1")
    vault = Cabinet.objects.get(pk="BJ-N1")
    assert (vault.frozen, vault.alarm) == (False, "")
    v.store(LI, sample="CE6-D", slot="BJ-N1-1")
    assert Sample.objects.get(pk="CE6-D").slot_id == "BJ-N1-1"


WRONG: list[tuple[Act, str, dict[str, Any], str]] = [
    (LI, "read_environment", {"cabinet": "BJ-N1"}, "nothing was read; name at least one of oxygen_ppb, water_ppb"),
    (LI, "read_environment", {"cabinet": "BJ-N1", "oxygen_ppb": -1}, "oxygen_ppb: Input should be greater than or equal to 0"),
    (LI, "read_environment", {"cabinet": "BJ-N1", "oxygen_ppb": 0.5}, "oxygen_ppb: Input should be a valid integer"),
    (
        LI,
        "read_environment",
        {"cabinet": "BJ-N1", "pressure_pa": 2**60},
        "pressure_pa: Input should be less than or equal to 9007199254740991",
    ),
    (LI, "read_environment", {"cabinet": "BJ-N7", "oxygen_ppb": 1}, "there is no cabinet 'BJ-N7'; there are BJ-N1"),
    (BOTH, "unfreeze", {"cabinet": "BJ-N1"}, "BJ-N1 is not frozen"),
    (LI, "set_limits", {"cabinet": "BJ-N1", "limits": {}}, "to set them takes a second person and a reason"),
    (Act(by="smith"), "read_environment", {"cabinet": "BJ-N1", "oxygen_ppb": 1}, "smith has applicant"),
]


@pytest.mark.parametrize(("act", "verb", "arguments", "words"), WRONG)
def test_what_is_no_reading_is_refused(bench: str, act: Act, verb: str, arguments: dict[str, Any], words: str) -> None:
    before = head().number
    with pytest.raises(Refused, match=words):
        v.VERBS[verb].call(act, **arguments)
    assert head().number == before


def test_a_freeze_ends_when_what_raised_the_alarm_is_read_again(stocked: str) -> None:
    """Not when something else is: a reading of the temperature says nothing of the oxygen."""
    v.set_limits(BOTH, cabinet="BJ-N1", limits={"oxygen_most_ppb": 5_000})
    v.read_environment(LI, cabinet="BJ-N1", oxygen_ppb=10**9)
    v.read_environment(LI, cabinet="BJ-N1", temperature_mk=294_000)
    there = Cabinet.objects.get(pk="BJ-N1")
    assert (there.oxygen_ppb, there.temperature_mk, there.frozen) == (10**9, 294_000, True)
    with pytest.raises(Refused, match="oxygen 1000000000 ppb is above"):
        v.unfreeze(BOTH, cabinet="BJ-N1")
    v.read_environment(LI, cabinet="BJ-N1", oxygen_ppb=10)
    v.unfreeze(BOTH, cabinet="BJ-N1")
    assert not Cabinet.objects.get(pk="BJ-N1").frozen
