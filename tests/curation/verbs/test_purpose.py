"""A purpose is said once and holds for all that is made; allocation closes within the mission's policy, and not a microgram outside."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from farside.curation import verbs as v
from farside.curation.ledger import Act, Refused, writing
from farside.curation.models import Mission, Sample
from farside.curation.verbs.purpose import shares
from laboratory import TOTAL_UG

LI = Act(by="li")
BOTH = Act(by="li", second="wang", reason="portioning")
MOST_UG = TOTAL_UG * 85 // 100  # the policy: research and public are 75 to 85 %, permanent and backup 5 % each at least
LEAST_UG = -(-TOTAL_UG * 5 // 100)


def portioned(permanent_ug: int, backup_ug: int) -> None:
    """All of the mission with a purpose: these two and the rest for research."""
    v.split(LI, sample="CE6-S", parts=[{"mass": permanent_ug, "code": "P"}, {"mass": backup_ug, "code": "B"}])
    for code, purpose in (("P", "permanent"), ("B", "backup")):
        v.seal(LI, sample=code, vessel="ampoule")
        v.assign_purpose(LI, sample=code, purpose=purpose)
    v.assign_purpose(LI, sample="CE6-S", purpose="research")
    v.assign_purpose(LI, sample="CE6-D", purpose="public")


def test_a_purpose_is_kept_by_the_sample_and_by_all_that_is_made_of_it(bench: str) -> None:
    v.assign_purpose(LI, sample="CE6-S", purpose="research")
    v.split(LI, sample="CE6-S", parts=[{"mass": "1 g", "code": "R"}])
    assert Sample.objects.get(pk="R").purpose == "research"
    for code in ("CE6-S", "R"):
        with pytest.raises(Refused, match=f"{code} is for research and a purpose once assigned is kept"):
            v.assign_purpose(LI, sample=code, purpose="public")
    with pytest.raises(Refused, match="a purpose once assigned is kept"), writing(LI, "sneak") as entry:
        entry.change(entry.get(Sample, "R"), purpose="public")
    with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("UPDATE curation_sample SET purpose = 'public', event = event + 1 WHERE code = 'R'")


def test_permanent_and_backup_are_sealed_or_assigned_by_two(bench: str) -> None:
    with pytest.raises(Refused, match="permanent samples are kept sealed; `seal` CE6-D first"):
        v.assign_purpose(LI, sample="CE6-D", purpose="permanent")
    v.assign_purpose(BOTH, sample="CE6-D", purpose="permanent")
    with pytest.raises(Refused, match="CE6-D is permanent and open; it is stored sealed: `seal` it first"):
        v.store(BOTH, sample="CE6-D", slot="BJ-N1-1")
    v.store(LI, sample="CE6-S", slot="BJ-V1-1")
    v.seal(LI, sample="CE6-S", vessel="jar")
    with pytest.raises(Refused, match="CE6-S lies in BJ-V1-1, and backup is stored at a backup site; `take_out` first"):
        v.assign_purpose(LI, sample="CE6-S", purpose="backup")


def test_allocation_closes_at_the_edge_of_the_policy_and_not_a_microgram_beyond(bench: str) -> None:
    rest_ug = TOTAL_UG - MOST_UG
    portioned(permanent_ug=rest_ug - LEAST_UG, backup_ug=LEAST_UG - 1)  # research and public a microgram too much, backup too little
    research, permanent, backup = shares(Mission.objects.get(pk="change6"))
    assert (research.mass_ug - research.most_ug, backup.least_ug - backup.mass_ug, permanent.within) == (1, 1, True)
    with pytest.raises(Refused) as refused:
        v.close_allocation(LI, mission="change6")
    told = str(refused.value)
    assert f"research and public: {MOST_UG + 1} ug (85.00 %), allowed {-(-TOTAL_UG * 75 // 100)} to {MOST_UG} ug: 1 ug too much" in told
    assert f"backup: {LEAST_UG - 1} ug (5.00 %), allowed {LEAST_UG} to {TOTAL_UG} ug: 1 ug too little" in told
    with pytest.raises(Refused, match="allocation closes when every sample has a purpose"), writing(LI, "close_allocation") as entry:
        entry.change(entry.get(Mission, "change6"), closed=True)

    v.consume(LI, sample="CE6-S", mass=40, method="a trial")  # the total is less, and each limit with it: 34 less of research, 2 of backup
    v.close_allocation(LI, mission="change6")
    assert Mission.objects.get(pk="change6").closed
    with pytest.raises(Refused, match="closed already"):
        v.close_allocation(LI, mission="change6")


def test_what_has_no_purpose_keeps_allocation_open(bench: str) -> None:
    with pytest.raises(Refused, match=rf"without a purpose: {TOTAL_UG} ug in CE6-D, CE6-S; `assign_purpose`"):
        v.close_allocation(LI, mission="change6")
    with pytest.raises(
        Refused, match=r"research and public: 0 ug .* too little; permanent: 0 ug .* too little; backup: 0 ug .* too little"
    ):
        v.close_allocation(LI, mission="change6")
    with pytest.raises(Refused, match="there is no mission 'change7'; there are change6"):
        v.close_allocation(LI, mission="change7")
    with pytest.raises(Refused, match="'science': no such purpose; there are permanent, backup, research, public"):
        v.assign_purpose(LI, sample="CE6-D", purpose="science")
    with pytest.raises(Refused, match=r"CE6\.2 is empty; assign what was made of it"):
        v.assign_purpose(LI, sample="CE6.2", purpose="research")
    with pytest.raises(Refused, match="this is for curator; weber has reviewer"):
        v.assign_purpose(Act(by="weber"), sample="CE6-D", purpose="research")
