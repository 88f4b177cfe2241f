"""Papers to print: a loan's, and the annual report with the head of the chain on it.

*Model and limits*: PDF by ReportLab, set in the typefaces of `typefaces`.
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.db.models import Count, QuerySet, Sum
from django.utils.translation import gettext as _
from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.graphics.shapes import Drawing
from reportlab.lib import colors
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import mm
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from farside.curation import models
from farside.curation.ledger import head
from farside.curation.rules.declared import SINKS
from farside.web import words
from farside.web.templatetags.lab import day, mass, micrograms
from farside.web.typefaces import BOLD, REGULAR, marked

GREY = colors.HexColor("#555555")
BODY = ParagraphStyle("body", fontName=REGULAR, fontSize=9.5, leading=13.5)
LABEL = ParagraphStyle("label", parent=BODY, textColor=GREY)
SMALL = ParagraphStyle("small", parent=BODY, fontSize=7.5, leading=10, textColor=GREY)
TITLE = ParagraphStyle("title", parent=BODY, fontName=BOLD, fontSize=16, leading=21, spaceAfter=8)
HEADING = ParagraphStyle("heading", parent=BODY, fontName=BOLD, fontSize=11.5, leading=16, spaceBefore=10, spaceAfter=3)
WIDTH = 170 * mm
WIDTHS = {2: (55 * mm, 115 * mm), 3: (55 * mm, 20 * mm, 95 * mm)}


def loan_paper(loan: models.Loan) -> bytes:
    """A loan on one page: who, what, how much, until when, what to fill in when it comes back, and room for two signatures."""
    borrower, sample, proposal = loan.borrower, loan.sample, loan.allocation.proposal
    lent = _as_lent(loan)
    met = [told for told, has in ((_("met air"), lent["air_exposed"]), (_("was on loan before"), lent["returned"])) if has]
    facts = [
        (_("Loan"), loan.code), (_("Sample"), f"{sample.code}, {words.word(sample.form)}"),
        (_("Made of"), sample.parent_id or "–"), (_("State when lent"), ", ".join(met) or _("pristine")),
        (_("Mass lent"), _exact(loan.lent_ug)),
        (_("Borrower"), f"{borrower.name}, {borrower.institution}{', ' if borrower.country else ''}{borrower.country}"),
        (_("Proposal"), f"{proposal.code}: {proposal.title}"), (_("Signed"), day((proposal.signed_utc or "")[:10])),
        (_("Lent"), day(loan.lent)), (_("Due"), day(loan.due)),
    ]  # fmt: skip
    terms = _(
        "The borrower answers for every microgram: what is not returned is told as consumed or lost. The sample is not passed on, and is"
        " analysed as proposed. An inventory is given every year. Results are published with the code of the sample."
    )
    head = Table([[Paragraph(marked(_("Loan of a lunar sample")), TITLE), _code(sample.code)]], colWidths=[WIDTH - 26 * mm, 26 * mm])
    head.setStyle(TableStyle([("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (0, 0), 0)]))
    story: list[Flowable] = [head, _table(facts), Spacer(1, 4 * mm), Paragraph(marked(terms), BODY)]
    story += _section(_("The account"), _account(loan)) if not loan.is_open else _section(_("At the return"), _blanks(loan))
    signatures = _table([(_("For the laboratory, date"), _("The borrower, date"))], widths=(85 * mm, 85 * mm), above=True)
    return _made([*story, KeepTogether([Spacer(1, 20 * mm), signatures])], _("Loan %(code)s") % {"code": loan.code})


def _as_lent(loan: models.Loan) -> dict[str, Any]:
    """The sample as the event told it by which it was lent."""
    touched = models.Touch.objects.filter(kind="loan", code=loan.code).order_by("event").select_related("event")[0]
    state: dict[str, Any] = next(state for state in touched.event.told["states"]["sample"] if state["code"] == loan.sample_id)
    return state


def _account(loan: models.Loan) -> list[tuple[str, str]]:
    """What became of a loan that is closed."""
    rows = ((_("Returned"), loan.returned_ug), (_("Consumed"), loan.consumed_ug), (_("Lost"), loan.lost_ug))
    return [(label, _exact(mass_ug)) for label, mass_ug in rows]


def _blanks(loan: models.Loan) -> list[tuple[str, str]]:
    """What the borrower writes when an open loan comes back."""
    rows = [(_("Returned"), ""), (_("Consumed"), micrograms(loan.consumed_ug) if loan.consumed_ug else "")]
    rows += [(_("Lost"), micrograms(loan.lost_ug) if loan.lost_ug else ""), (_("Sum: the mass lent"), micrograms(loan.lent_ug))]
    return [*rows, (_("What touched it: tools, liquids, coatings, beams, air"), "\n\n")]


def _code(code: str) -> Drawing:
    """A code to scan."""
    size = 24 * mm
    widget = QrCodeWidget(code, barLevel="M")
    left, bottom, right, top = widget.getBounds()
    return Drawing(size, size, widget, transform=[size / (right - left), 0, 0, size / (top - bottom), 0, 0])


def annual_report(year: int) -> bytes:
    """What the laboratory did in a year and where mass went, what it holds on the day of printing, and the hash of the last event."""
    events = models.Event.objects.filter(at_utc__gte=f"{year}-01-01", at_utc__lt=f"{year}-12-31T24")
    done = events.values_list("verb").annotate(n=Count("pk")).order_by("-n", "verb")
    opened = models.Loan.objects.filter(lent__year=year).aggregate(n=Count("pk"), mass=Sum("lent_ug"))
    out = models.Loan.objects.filter(is_open=True).aggregate(n=Count("pk"), mass=Sum("sample__mass_ug"))
    loans = [(label, str(each["n"]), _exact(each["mass"] or 0)) for label, each in ((_("lent in the year"), opened), (_("out today"), out))]
    cited = models.Publication.objects.filter(event__in=events).order_by("code")
    title = _("Annual report %(year)d") % {"year": year}
    story: list[Flowable] = [Paragraph(marked(title), TITLE)]
    story += _section(_("What was done"), [(words.verb(verb), str(n)) for verb, n in done])
    story += _section(_("Mass that came and went"), [(words.word(sink), _exact(mass_ug)) for sink, mass_ug in _moved(events)])
    story += _section(_("Loans"), loans)
    story += _section(_("What is held today, by purpose"), _masses("purpose"))
    story += _section(_("What is held today, by form"), _masses("form"))
    story += _section(_("Publications"), [(publication.doi, publication.title) for publication in cited])
    return _made(story, title)


def _moved(events: QuerySet[models.Event]) -> list[tuple[str, int]]:
    """What each sink took, or `received` gave, in these events [ug]."""
    sums: Counter[str] = Counter()
    for account, mass_ug in models.Posting.objects.filter(event__in=events, account__contains=":").values_list("account", "mass_ug"):
        sink = account.partition(":")[0]
        sums[sink] += -mass_ug if sink == "received" else mass_ug
    return [(sink, sums[sink]) for sink in SINKS if sink in sums]


def _masses(column: str) -> list[tuple[str, str, str]]:
    rows = models.Sample.objects.filter(mass_ug__gt=0).values_list(column).annotate(m=Sum("mass_ug"), n=Count("pk")).order_by(column)
    return [(words.word(name or "") or _("without"), str(n), _exact(total)) for name, total, n in rows]


def _exact(mass_ug: int) -> str:
    return f"{mass(mass_ug)} ({micrograms(mass_ug)})" if abs(mass_ug) >= 1000 else micrograms(mass_ug)


def _section(title: str, rows: Iterable[tuple[str, ...]]) -> list[Flowable]:
    listed = list(rows)
    return [KeepTogether([Paragraph(marked(title), HEADING), _table(listed) if listed else Paragraph(marked(_("None.")), BODY)])]


def _table(rows: Iterable[tuple[str, ...]], widths: tuple[float, ...] = (), above: bool = False) -> Table:
    cells = [[Paragraph(_lines(cell), LABEL if i == 0 else BODY) for i, cell in enumerate(row)] for row in rows]
    table = Table(cells, colWidths=list(widths or WIDTHS[len(cells[0])]))
    line = ("LINEABOVE" if above else "LINEBELOW", (0, 0), (-1, -1), 0.4, colors.HexColor("#999999"))
    table.setStyle(TableStyle([line, ("VALIGN", (0, 0), (-1, -1), "TOP")]))
    return table


def _lines(text: str) -> str:
    return marked(text).replace("\n", "<br/>&nbsp;")


def _made(story: list[Flowable], title: str) -> bytes:
    """The PDF, with the head of the chain at the foot of each page."""
    last, file = head(), io.BytesIO()
    told = _("Head of the chain: event %(number)d, %(hash)s, %(at)s") % {"number": last.number, "hash": last.hash, "at": last.at_utc}
    if settings.DEMONSTRATION:
        told = f"{_('Everything here is a demonstration: people, loans and results are made up.')} {told}"

    def foot(canvas: Any, document: Any) -> None:
        canvas.saveState()
        note = Paragraph(marked(told), SMALL)
        note.wrap(WIDTH, 20 * mm)
        note.drawOn(canvas, 20 * mm, 10 * mm)
        canvas.restoreState()

    margins = {"leftMargin": 20 * mm, "rightMargin": 20 * mm, "topMargin": 20 * mm, "bottomMargin": 24 * mm}
    SimpleDocTemplate(file, pagesize=A4, title=title, author="farside", **margins).build(story, onFirstPage=foot, onLaterPages=foot)
    return file.getvalue()
