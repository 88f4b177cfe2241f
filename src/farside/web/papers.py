"""Papers to print: a loan's, and the annual report with the head of the chain on it.

*Model and limits*: PDF by ReportLab. Latin and Chinese are set in a typeface that PDF readers bring along (STSong-Light); names in other
scripts may lack signs.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from typing import Any

from django.db.models import Count, Sum
from django.utils.translation import gettext as _
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.cidfonts import UnicodeCIDFont
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from farside.curation import models
from farside.curation.ledger import head
from farside.web import words
from farside.web.templatetags.lab import day, mass

CHINESE = "STSong-Light"
pdfmetrics.registerFont(UnicodeCIDFont(CHINESE))
BODY = ParagraphStyle("body", fontName=CHINESE, fontSize=10, leading=14, wordWrap="CJK")
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.5, leading=10, textColor=colors.HexColor("#444444"))
TITLE = ParagraphStyle("title", parent=BODY, fontSize=17, leading=22, spaceAfter=8)
HEADING = ParagraphStyle("heading", parent=BODY, fontSize=12.5, leading=17, spaceBefore=10, spaceAfter=4)


def loan_paper(loan: models.Loan) -> bytes:
    """A loan on one page: who, what, how much, until when, and room for two signatures."""
    borrower, sample, proposal = loan.borrower, loan.sample, loan.allocation.proposal
    facts = [
        (_("Loan"), loan.code), (_("Sample"), f"{sample.code}, {words.word(sample.form)}"), (_("Mass lent"), _exact(loan.lent_ug)),
        (_("Borrower"), f"{borrower.name}, {borrower.institution}{', ' if borrower.country else ''}{borrower.country}"),
        (_("Proposal"), f"{proposal.code}: {proposal.title}"), (_("Signed"), proposal.signed_utc), (_("Lent"), day(loan.lent)),
        (_("Due"), day(loan.due)),
    ]  # fmt: skip
    if not loan.is_open:
        account = (loan.returned_ug, loan.consumed_ug, loan.lost_ug)
        facts.append((_("Returned, consumed, lost"), " + ".join(map(_exact, account))))
    terms = _(
        "The borrower answers for every microgram: what is not returned is told as consumed or lost. The sample is not passed on, and is"
        " analysed as proposed. An inventory is given every year. Results are published with the code of the sample."
    )
    story = [Paragraph(_("Loan of a lunar sample"), TITLE), _table(facts), Spacer(1, 6 * mm), Paragraph(terms, BODY), Spacer(1, 22 * mm)]
    story.append(_table([(_("For the laboratory, date"), _("The borrower, date"))], plain=True))
    return _made(story, _("Loan %(code)s") % {"code": loan.code})


def annual_report(year: int) -> bytes:
    """What the laboratory holds and did in a year, with the hash of the last event."""
    first, last = f"{year}-01-01", f"{year}-12-31T24"
    events = models.Event.objects.filter(at_utc__gte=first, at_utc__lt=last)
    story: list[Flowable] = [Paragraph(_("Annual report %(year)d") % {"year": year}, TITLE)]
    story += _section(
        _("What was done"), [(words.verb(v), str(n)) for v, n in events.values_list("verb").annotate(n=Count("pk")).order_by("-n")]
    )
    story += _section(_("What is held, by purpose"), _masses("purpose"))
    story += _section(_("What is held, by form"), _masses("form"))
    opened = models.Loan.objects.filter(lent__year=year).aggregate(n=Count("pk"), mass=Sum("lent_ug"))
    closed = models.Loan.objects.filter(is_open=False, lent__year=year)
    loans = [(_("lent in the year"), f"{opened['n']}, {mass(opened['mass'] or 0)}"), (_("of these closed"), str(closed.count()))]
    loans.append((_("lost on them"), mass(closed.aggregate(m=Sum("lost_ug"))["m"] or 0)))
    loans.append((_("open today"), str(models.Loan.objects.filter(is_open=True).count())))
    story += _section(_("Loans"), loans)
    works = [(publication.doi, publication.title) for publication in models.Publication.objects.order_by("code")]
    story += _section(_("Publications"), works)
    return _made(story, _("Annual report %(year)d") % {"year": year})


def _masses(column: str) -> list[tuple[str, str]]:
    rows = models.Sample.objects.exclude(status="retired").values_list(column).annotate(m=Sum("mass_ug"), n=Count("pk")).order_by(column)
    return [(words.word(name or "") or _("without"), f"{n}: {_exact(total or 0)}") for name, total, n in rows]


def _exact(mass_ug: int) -> str:
    return f"{mass(mass_ug)} ({mass_ug:,} ug)".replace(",", " ").replace("\u202f", " ").replace("µ", "u")


def _section(title: str, rows: Iterable[tuple[str, str]]) -> list[Flowable]:
    listed = list(rows)
    return [Paragraph(title, HEADING), _table(listed) if listed else Paragraph(_("None."), BODY)]


def _table(rows: Iterable[tuple[Any, ...]], plain: bool = False) -> Table:
    cells = [[Paragraph(_plain(str(cell)), BODY) for cell in row] for row in rows]
    table = Table(cells, colWidths=[80 * mm, 90 * mm] if plain else [55 * mm, 115 * mm])
    line = ("LINEABOVE" if plain else "LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#999999"))
    table.setStyle(TableStyle([line, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _plain(text: str) -> str:
    """Text that a paragraph shows as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\u202f", " ").replace("µ", "u").replace("−", "-")


def _made(story: list[Flowable], title: str) -> bytes:
    """The PDF, with the head of the chain at the foot of each page."""
    last, file = head(), io.BytesIO()
    told = _("Head of the chain: event %(number)d, %(hash)s, %(at)s") % {"number": last.number, "hash": last.hash, "at": last.at_utc}

    def foot(canvas: Any, document: Any) -> None:
        canvas.saveState()
        note = Paragraph(_plain(told), SMALL)
        note.wrap(170 * mm, 20 * mm)
        note.drawOn(canvas, 20 * mm, 10 * mm)
        canvas.restoreState()

    margins = {"leftMargin": 20 * mm, "rightMargin": 20 * mm, "topMargin": 20 * mm, "bottomMargin": 24 * mm}
    SimpleDocTemplate(file, pagesize=A4, title=title, author="farside", **margins).build(story, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()
