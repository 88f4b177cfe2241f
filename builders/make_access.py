"""Write docs/laboratory_access.md from the library's own tables: which role may use which verb, and read which rows and fields.

    python builders/make_access.py

`tests/docs/test_laboratory.py` writes it again and compares.
"""

from __future__ import annotations

from pathlib import Path

from farside.curation import database

PAGE = Path(__file__).parents[1] / "docs" / "laboratory_access.md"

HEAD = """# Who may do and see what in the laboratory

Whatever no line here allows is denied. A person with several roles has what each allows; everybody reads what the public reads; who is not
active has no role. What a verb may do to which row, its own [words](laboratory_verbs.md) and the database say: applicants sign their own
proposals alone, and account for what they have on loan. Written by `python builders/make_access.py` from the tables of the library
(`farside.curation.access` and the verbs).
"""
BLIND = """
Reviewers do not see who applies, and see a proposal only until it is decided, unless they declared a conflict of interest; applicants see
neither reviewers nor votes. A row that one may not see is answered like one that is not there, and no search finds a row by a field that it
does not show.
"""


def page() -> str:
    """The whole page."""
    database.set_up()
    return "\n".join((HEAD, "## Verbs", "", *verbs(), "", "## Reading", "", *readings(), BLIND))


def verbs() -> list[str]:
    """A line a verb, a column a role."""
    from farside.curation.models import ROLES
    from farside.curation.verbs import VERBS

    lines = [f"| | {' | '.join(role.replace('_', ' ') for role in ROLES)} |", f"| --- |{' --- |' * len(ROLES)}"]
    for name in sorted(VERBS):
        if "founder" not in VERBS[name].roles:
            lines.append(f"| `{name}` | {' | '.join('yes' if role in VERBS[name].roles else '' for role in ROLES)} |")
    return lines


def readings() -> list[str]:
    """A line a role and kind; roles that read everything in one."""
    from farside.curation.access import OBJECTS, PUBLIC, READS
    from farside.curation.models import ROLES

    everything = [role for role, kinds in READS.items() if all(kind in kinds and kinds[kind].fields is None for kind in OBJECTS)]
    lines = ["| who | reads | which | fields |", "| --- | --- | --- | --- |"]
    for role in (PUBLIC, *(r for r in ROLES if r not in everything)):
        for kind, reading in READS[role].items():
            lines.append(f"| {role} | {kind} | {reading.scope.words} | {', '.join(reading.fields) if reading.fields else 'all'} |")
    lines += (f"| {role.replace('_', ' ')} | everything, the journal too | all | all |" for role in everything)
    return lines


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
