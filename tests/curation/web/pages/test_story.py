"""The story of the news by clicks: from unsealing to a returned loan and the public catalogue, each person in a session of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from farside.curation import verbs
from farside.curation.ledger import Act
from farside.curation.models import Event, Loan, Sample
from farside.curation.verify import verify
from laboratory import TOTAL_UG
from laboratory_site import PASSWORD, Site

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("on_both")]


def card(page: Any, code: str) -> None:
    """Scan a code: its card opens."""
    page.fill("#scan", code)
    page.press("#scan", "Enter")
    page.wait_for_url(f"**/samples/at/{code}")


def act(page: Any, verb: str, **fields: str) -> None:
    """On a card: choose a verb, fill in its form, send it, see that it was done."""
    page.click(f"main a.button:text-is('{verb}')")
    fill(page, verb, **fields)


def fill(page: Any, verb: str, **fields: str) -> None:
    for name, value in fields.items():
        field = page.locator(f"main form[data-draft] [name='{name.replace('__', '-')}']")
        if field.evaluate("e => e.tagName") == "SELECT":
            field.select_option(value)
        elif field.get_attribute("type") == "checkbox":
            field.set_checked(bool(value))
        else:
            field.fill(value)
    page.click(f"main form[data-draft] button:text-is('{verb}')")
    done = page.locator(".note.success, .note.bad:visible").first
    done.wait_for()
    assert "Done" in done.inner_text(), done.inner_text()


def test_from_unsealing_to_a_returned_loan(received: Site) -> None:
    li, wang = received.open("li"), received.open("wang")
    card(li, "CE6")
    act(li, "Draw head-space gas", volume_mm3="1000", pressure_pa="12")
    act(li, "Unseal", atmosphere="nitrogen")
    act(li, "Extract")
    card(li, "CE6.2")
    act(li, "Separate", parts__0__tool="drill", parts__0__mass="554 g", parts__0__code="CE6-D",
        parts__1__tool="scoop", parts__1__mass=f"{TOTAL_UG - 554_000_000} ug", parts__1__code="CE6-S")  # fmt: skip
    card(li, "CE6-S")
    parts = {}
    for i, name in enumerate(("PER", "BAK", "RES")):
        parts |= {f"parts__{i}__mass": f"{(100, 100, 700)[i]} g", f"parts__{i}__code": f"CE6-S-{name}", f"parts__{i}__form": "bulk"}
    act(li, "Split", **parts)
    for code, purpose in (("CE6-S-PER", "permanent"), ("CE6-S-BAK", "backup"), ("CE6-S-RES", "research")):
        card(li, code)
        if purpose != "research":
            act(li, "Seal", vessel="quartz")
        act(li, "Assign a purpose", purpose=purpose)
    card(li, "CE6-S-PER")
    act(li, "Store", slot="BJ-V1-1")
    card(li, "CE6-S-BAK")
    act(li, "Hand over", to="wang")
    card(wang, "CE6-S-BAK")
    act(wang, "Back up", slot="SS-V1-1")
    assert Sample.objects.get(pk="CE6-S-BAK").slot_id == "SS-V1-1"
    lend_and_return(received, li)
    assert verify().sound
    assert not received.complaints


def lend_and_return(site: Site, li: Any) -> None:
    today = datetime.now(UTC).date()
    li.goto("/rounds")
    li.click("text=New call for proposals")
    fill(li, "Call for proposals", call="R1", title="First call", opens=str(today), closes=str(today + timedelta(days=20)))
    li.goto("/rounds/R1")
    li.click("text=Offer samples")
    fill(li, "Offer samples", samples__0__sample="CE6-S-RES", samples__0__mass="5 g")
    smith, zhao = site.open("smith"), site.open("zhao")
    smith.goto("/rounds/R1")
    smith.click("main a.button:text-is('Apply')")
    fill(smith, "Apply", title="Ages of single grains", abstract="By lead isotopes.", samples__0__sample="CE6-S-RES",
         samples__0__mass="2 g",
         proposal="R1-P1")  # fmt: skip
    zhao.goto("/rounds/proposals/R1-P1")
    assert "Smith" not in zhao.content(), "reviews are blind"
    zhao.click("main a.button:text-is('Review')")
    fill(zhao, "Review", score="5", words="Do it.")
    li.goto("/rounds/proposals/R1-P1")
    li.click("main a.button:text-is('Decide')")
    fill(li, "Decide", decision="approve", samples__0__sample="CE6-S-RES", samples__0__mass="2 g")
    smith.goto("/rounds/proposals/R1-P1")
    assert "Zhao" not in smith.content(), "applicants do not learn who reviews"
    smith.click("text=Sign the agreement")
    fill(smith, "Sign")
    li.goto("/rounds/proposals/R1-P1")
    li.click("main a.button:text-is('Lend')")
    fill(li, "Lend", due=str(today + timedelta(days=300)), loan="L1", code="CE6-L1")
    li.goto("/loans/L1")
    li.click("text=Take back")
    fill(li, "Take back a loan", mass="1.5 g", consumed="0.5 g", words="Dissolved as proposed.")
    loan = Loan.objects.get(pk="L1")
    assert (loan.is_open, loan.returned_ug, loan.consumed_ug) == (False, 1_500_000, 500_000)
    public = site.open()
    public.goto("/catalogue?q=CE6-S-RES")
    public.click("text=CE6-S-RES")
    assert "698\u202fg" in public.inner_text("main")
    assert "Li Wei" not in public.content(), "the public learns of no custodian"


def sent_at_once(*pages: Any) -> list[str]:
    """Send the forms of several browsers before any has its answer; what each is told."""
    for page in pages:
        page.click("main form[data-draft] button[type=submit] >> nth=0", no_wait_after=True)
    notes = [page.locator(".note.success, .note.bad:visible").first for page in pages]
    for note in notes:
        note.wait_for()
    return [note.inner_text() for note in notes]


def test_two_browsers_cannot_grant_the_same_fragment(site: Site) -> None:
    """Two curators decide on two proposals that ask for one fragment, at the same moment; one is told why not."""
    code = "CE6-S-RES-F1"
    verbs.offer(Act(by="li.wei"), call="R2", samples=[{"sample": code}])
    for person in ("smith", "ito"):
        verbs.apply(
            Act(by=person), call="R2", proposal=f"F-{person}", title="A fragment", abstract="All of it.", samples=[{"sample": code}]
        )
        verbs.review(Act(by="zhao.min"), proposal=f"F-{person}", score=4, words="Sound.")
    li, chen = site.open("li.wei"), site.open("chen.yu")
    for page, person in ((li, "smith"), (chen, "ito")):
        page.goto(f"/do/decide?proposal=F-{person}")
        assert page.input_value("[name=samples-0-sample]") == code, "what is asked for stands there already"
        page.select_option("[name=decision]", "approve")
    assert sum("Done" in note for note in sent_at_once(li, chen)) == 1
    sample = Sample.objects.get(pk=code)
    assert sample.reserved_ug == sample.mass_ug
    assert verify().sound


def test_two_browsers_cannot_consume_the_same_grams(site: Site) -> None:
    """Both see the sample whole, both send; one is told why not."""
    li, chen = site.open("li.wei"), site.open("chen.yu")
    sample = Sample.objects.filter(purpose="research", form="interval", status="held", slot__isnull=False).order_by("code").last()
    assert sample is not None
    everything = f"{sample.mass_ug} ug"
    for page in (li, chen):
        page.goto(f"/do/consume?sample={sample.code}")
        page.fill("[name=mass]", everything)
        page.fill("[name=method]", "all of it")
    assert sum("Done" in note for note in sent_at_once(li, chen)) == 1
    assert Sample.objects.get(pk=sample.code).mass_ug == 0
    assert verify().sound


def test_a_lost_connection_loses_nothing_of_a_form(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/do/split?sample=CE6-S-RES")
    page.fill("[name=parts-0-mass]", "12.5 mg")
    page.context.set_offline(True)
    before = Event.objects.count()
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator("[data-lost]").wait_for(state="visible")
    assert page.input_value("[name=parts-0-mass]") == "12.5 mg"
    page.context.set_offline(False)
    page.reload()
    assert page.input_value("[name=parts-0-mass]") == "12.5 mg", "what was typed outlives the page"
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator(".note.success").wait_for()
    assert Event.objects.count() == before + 1


def test_a_draft_goes_when_its_form_was_taken_or_its_writer_leaves(site: Site) -> None:
    """Chosen options are part of it; a cleared form is what Back leads to, and the next person at the machine sees nothing."""
    page = site.open("li.wei")
    page.goto("/do/split?sample=CE6-S-RES")
    page.fill("[name=parts-0-mass]", "2 mg")
    page.select_option("[name=parts-0-form]", "fragment")
    page.reload()
    assert page.input_value("[name=parts-0-form]") == "fragment"
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator(".note.success").wait_for()
    page.go_back()
    page.wait_for_url("**/do/split*")
    assert page.input_value("[name=parts-0-mass]") == ""
    assert not page.is_visible("[data-draft-note]")
    page.goto("/do/weigh?sample=CE6-S")
    page.fill("[name=gross]", "3 g")
    page.click("button:text-is('Leave')")
    page.wait_for_load_state("networkidle")
    assert page.evaluate("Object.keys(localStorage).filter(key => key.startsWith('draft:'))") == []


def test_back_and_double_submit_do_nothing_twice(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/do/split?sample=CE6-S-RES")
    page.fill("[name=parts-0-mass]", "1 mg")
    key = page.input_value("[name=key]")
    before = Event.objects.count()
    page.evaluate("() => { const f = document.querySelector('form[data-draft]'); f.removeAttribute('hx-boost') }")
    page.click("main form[data-draft] button[type=submit] >> nth=0", click_count=2)
    page.locator(".note").first.wait_for()
    page.wait_for_load_state("networkidle")
    assert Event.objects.count() == before + 1
    page.goto("/do/split?sample=CE6-S-RES")
    page.fill("[name=parts-0-mass]", "1 mg")
    page.evaluate("key => { document.querySelector('[name=key]').value = key }", key)  # the form of a page gone back to
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator(".note.info").wait_for()
    assert "nothing was done twice" in page.inner_text(".note.info")
    assert Event.objects.count() == before + 1


def test_two_people_open_what_is_preserved(site: Site) -> None:
    page = site.open("li.wei")
    page.goto("/do/unseal?sample=CE6-S-PER")
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator(".note.bad:visible").wait_for()
    page.fill("[name=reason]", "The vessel shows a crack.")
    page.fill("[name=second]", "chen.yu")
    page.fill("[name=second_password]", "guessed")
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator("text=do not belong together").wait_for()
    assert Sample.objects.get(pk="CE6-S-PER").sealed
    assert page.input_value("[name=second_password]") == ""
    page.fill("[name=second_password]", PASSWORD)
    page.click("main form[data-draft] button[type=submit] >> nth=0")
    page.locator(".note.success, .note.bad:visible").first.wait_for()
