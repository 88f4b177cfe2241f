"""Where the mass of a mission is: one query over samples and sinks, which sums to zero."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import connection

from farside.curation.rules.declared import SINKS

QUERY = """
SELECT 'sample', s.form, COALESCE(s.purpose, ''), s.status, COALESCE(c.site, ''), COALESCE(c.code, ''),
       CASE WHEN s.slot IS NULL THEN COALESCE(s.custodian, '') ELSE '' END, COUNT(*), SUM(s.mass_ug)
FROM curation_sample s LEFT JOIN curation_slot o ON o.code = s.slot LEFT JOIN curation_cabinet c ON c.code = o.cabinet
WHERE s.mission = %s AND s.mass_ug > 0
GROUP BY 2, 3, 4, 5, 6, 7
UNION ALL
SELECT p.account, '', '', '', '', '', '', COUNT(*), SUM(p.mass_ug)
FROM curation_posting p WHERE p.account IN ({sinks}) GROUP BY p.account
ORDER BY 1, 2, 3, 4, 5, 6, 7
""".replace("{sinks}", ", ".join(["%s"] * len(SINKS)))
"""Samples by form, purpose, status and place (cabinet, or whoever holds them); then each sink."""


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """Mass in one place [ug]: `account` is `sample` or a sink; of `received` it is negative, what came from there.

    `count`: of samples, or of the postings of a sink. `holder` has what is in no cabinet.
    """

    account: str
    form: str
    purpose: str
    status: str
    site: str
    cabinet: str
    holder: str
    count: int
    mass_ug: int


def whereabouts(mission: str) -> tuple[Whereabouts, ...]:
    """Where all that was received of a mission is now; the masses sum to zero."""
    with connection.cursor() as cursor:
        cursor.execute(QUERY, [mission, *(f"{sink}:{mission}" for sink in SINKS)])
        rows = cursor.fetchall()
    return tuple(_place(*row) for row in rows)


def _place(account: str, *told: Any) -> Whereabouts:
    form, purpose, status, site, cabinet, holder, count, mass_ug = told
    return Whereabouts(account.partition(":")[0], form, purpose, status, site, cabinet, holder, count, int(mass_ug))
