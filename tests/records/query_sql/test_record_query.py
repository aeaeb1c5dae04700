"""The lists of other nouns: filters fold as those of contacts do, and negations are complements."""

import datetime as dt
import re
import tempfile
from collections.abc import Iterator

import pytest

from cardcrm.dates import DayTime
from cardcrm.errors import UsageError
from cardcrm.money import Money
from cardcrm.query import And, Not
from cardcrm.records import records, registry
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.contacts.job_type import JOB
from cardcrm.records.deals import deals, moves
from cardcrm.records.deals.deals import Role
from cardcrm.records.feedback.feedback_type import FEEDBACK
from cardcrm.records.fields import (
    Choice,
    ContactFilter,
    Day,
    Field,
    Flag,
    Instant,
    Integer,
    LateText,
    PartialDay,
    Reference,
    References,
)
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.invoices.dunning_type import DUNNING
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.knowledge import answers, articles
from cardcrm.records.knowledge.answer_type import ANSWER
from cardcrm.records.knowledge.article_type import ARTICLE
from cardcrm.records.knowledge.recording_type import RECORDING
from cardcrm.records.knowledge.script_type import SCRIPT
from cardcrm.records.leads import leads
from cardcrm.records.links import LinkChange
from cardcrm.records.mail import outbox
from cardcrm.records.mail.consent_type import CONSENT
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.mvc import members
from cardcrm.records.mvc.benefit_type import BENEFIT
from cardcrm.records.partners.partner_type import PARTNER
from cardcrm.records.partners.registration_type import REGISTRATION
from cardcrm.records.partners.testimonial_type import TESTIMONIAL
from cardcrm.records.promotions.promotion_type import PROMOTION
from cardcrm.records.query_sql import record_query, segments
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.quotes.price_type import PRICE
from cardcrm.records.references import remove_row
from cardcrm.records.sales import products, sales
from cardcrm.records.sales.sale_lines import parse_line
from cardcrm.records.sequences import enrollments
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.records.service.case_type import CASE
from cardcrm.records.service.sla_type import SLA, Duration
from cardcrm.records.targets.target_type import TARGET
from cardcrm.records.teamwork.claim_type import CLAIM
from cardcrm.records.teamwork.team_type import TEAM
from cardcrm.records.teamwork.territory_type import TERRITORY
from cardcrm.store import Locale, Store, open_store

JORG, ANN = 1, 2


def day(text: str) -> DayTime:
    return DayTime(dt.date.fromisoformat(text))


@pytest.fixture(scope="module")
def store(shared_locations) -> Iterator[Store]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CARDCRM_NOW", "2026-11-21T20:00")
        locale = Locale("GB", "GBP", "UTC")
        opened = open_store(shared_locations("cards"), user="Zoë", create=True, locale=locale)
        fill(opened)
        yield opened
        opened.close()


def fill(store: Store) -> None:
    jorg, ann = (
        contacts.add(store, ContactDraft(name=name, points=(ContactPointDraft("email", email),))).id
        for name, email in (("Jörg Groß", "c1@example.com"), ("Ann", "c2@example.com"))
    )
    interactions.log(store, [jorg, ann], "Blüten für die Tür", kind="call", outcome="Später")
    interactions.log(store, [ann], "喜欢绿茶", kind="mail", minutes=5, when=day("2026-08-01"))
    reminders.add(store, jorg, "Grüße senden", day("2026-11-28"), owner="Zoë", priority=2)
    reminders.add(store, ann, "call back", day("2026-12-21"), promise=True, every="monthly")
    sales.sell(store, jorg, Money(100_000, "GBP"), text="Sträuße", ref="ÄB-1", cost=Money(1, "GBP"))
    sales.sell(store, ann, Money(500, "EUR"), when=day("2026-08-23"))
    products.add(store, "Größe 5", sku="Ü5", price=Money(123_400, "GBP"))
    products.add(store, "Plain bolt")
    segments.save(store, "grün", "tag:vip name:jörg")
    segments.save(store, "cold", "tag:cold")
    contacts.add(store, ContactDraft(name="Groß & Söhne", kind="org"))
    for title, start, end in (("Gärtner", "2019-03", "2021"), ("", "", "")):
        job = {"contact": "1", "org": "3", "title": title, "from": start, "to": end}
        records.add(store, JOB, job)
    records.add(store, BENEFIT, {"name": "Blumengrüße", "every": "30d", "cost": "20"})
    records.add(store, BENEFIT, {"name": "Call"})
    members.give(store, jorg, "Call", {"text": "Für die Tür", "on": "2026-08-23"})
    members.give(store, ann, "Blumengrüße", {})
    roof = {"title": "Neues Gewächshaus", "contact": "1", "org": "3", "amount": "1000",
            "own_probability": "50", "close": "2026-12-15", "source": "Messe in Köln",
            "competitor": "Müller", "ref": "D-Ä", "opened": "2026-08-01"}  # fmt: skip
    deals.add(
        store, roof, roles=[Role(ann, "champion")], lines=[parse_line("Plain bolt @ 1000", "GBP")]
    )
    lost = deals.add(store, {"title": "Roof", "contact": "2", "owner": "", "stage": "demo"})
    moves.lose(store, lost.record.id, "pricing", note="zu spät")
    fill_sales_force(store, jorg, ann)


def fill_sales_force(store: Store, jorg: int, ann: int) -> None:
    """Add two leads, quotes, invoices, prices, claims, territories, teams and targets."""
    leads.add(store, LeadDraft(0, "", Party(), "Dach für März", "Köln", contact_id=jorg))
    leads.add(store, LeadDraft(0, "", Party(), "Roof", contact_id=ann))
    for texts in ({"deal": "#1", "note": "für Jörg"}, {"deal": "#1"}):
        with store.transaction("quote add"):
            quotes.add(store, texts, [parse_quote_line("2 x Plain bolt @ 5", "GBP")])
    for texts in ({"contact": "1", "amount": "100"}, {"contact": "2", "amount": "5"}):
        records.add(store, INVOICE, texts)
    records.add(store, PRICE, {"product": "Plain bolt", "price": "4", "reason": "Größe"})
    records.add(store, PRICE, {"contact": "2", "discount": "10%", "reason": "framework"})
    records.add(store, TARGET, {"user": "Zoë", "month": "2026-12", "amount": "1000"})
    records.add(store, CLAIM, {"contact": "1", "user": "Zoë", "why": "Grüße"})
    records.add(store, CLAIM, {"contact": "2", "user": "ann"})
    records.add(store, TERRITORY, {"name": "Köln", "query": "city:köln", "owner": "Zoë"})
    records.add(store, TERRITORY, {"name": "rest", "query": "all"})
    records.add(store, TEAM, {"name": "Verkäufer", "members": "ann, Zoë"})
    records.add(store, TEAM, {"name": "service", "members": "bob"})
    records.add(store, TARGET, {"user": "ann", "month": "2026-12", "amount": "5"})
    fill_campaigns(store)


def fill_campaigns(store: Store) -> None:
    """Add two campaigns and promotions."""
    records.add(store, TEMPLATE, {"name": "Grüße", "subject": "Grüße", "text": "Hallo"})
    records.add(store, TEMPLATE, {"name": "second", "subject": "Hello", "text": "Hello"})
    spring = {"name": "Frühling", "segment": "name:jörg", "template": "Grüße"}
    records.add(store, CAMPAIGN, spring | {"holdout": "10%", "rival": "second"})
    winter = {"name": "winter", "segment": "tag:vip", "convert": "10", "channel": "call"}
    winter |= {"text": "Grüße", "per_day": "5"}
    records.add(store, CAMPAIGN, winter | {"purpose": "newsletter"})
    hello = outbox.Draft(1, "jorg@example.com", "Grüße", "Hallo", template_id=1, campaign_id=1)
    outbox.enqueue(store, [hello, outbox.Draft(2, "ann@example.com")], "example.com")
    grow = {"code": "Grüße-10", "text": "Für den März", "discount": "10%", "from": "2026-03-01"}
    records.add(store, PROMOTION, grow | {"campaign": "Frühling", "max_uses": "5"})
    records.add(store, PROMOTION, {"code": "VASE", "until": "2026-12-31", "per_customer": "1"})
    records.edit(store, registry.record_type("sale"), [1], {"promotion": "grüße-10", "on": "today"})
    for who, purpose in (("1", "newsletter"), ("2", "offers")):
        records.add(store, CONSENT, {"contact": who, "purpose": purpose, "status": "given"})
    fill_sequences(store)
    fill_service(store)
    fill_partners(store)
    fill_back_office(store)


def fill_partners(store: Store) -> None:
    """Add two partners, two registered leads and two testimonials."""
    grower = {"contact": "3", "type": "agent", "commission": "10%", "text": "für Köln"}
    records.add(store, PARTNER, grower | {"from": "2026-01-01", "territory": "Köln"})
    records.add(store, PARTNER, {"contact": "2", "until": "2027-12-31"})
    tables = {"partner": "3", "contact": "1", "text": "Tische für März", "on": "2026-08-01"}
    records.add(store, REGISTRATION, tables | {"until": "2026-10-30"})
    records.add(store, REGISTRATION, {"partner": "2", "contact": "1"})
    said = {"contact": "1", "asked": "2026-08-01", "answered": "2026-08-02", "public": "yes"}
    records.add(store, TESTIMONIAL, said | {"text": "Schöne Blüten"})
    records.add(store, TESTIMONIAL, {"contact": "2"})


def fill_back_office(store: Store) -> None:
    """Add two steps of dunning and two wishes; the first invoice is disputed."""
    early = {"name": "früh", "days": "7", "template": "Grüße", "text": "Grüße", "fee": "5 €"}
    records.add(store, DUNNING, early)
    records.add(store, DUNNING, {"name": "late", "days": "30"})
    records.edit(store, INVOICE, [1], {"disputed": "yes"})
    wish = {"product": "Plain bolt", "text": "größer", "case": "#1"}
    records.add(store, FEEDBACK, wish, {"supporter": LinkChange([1])})
    moan = {"kind": "complaint", "text": "rusts", "status": "planned", "on": "2026-09-01"}
    records.add(store, FEEDBACK, moan, {"supporter": LinkChange([1, 2])})


def fill_service(store: Store) -> None:
    """Add two service levels and two cases."""
    desk = {"name": "Grüße-3", "first": "1h", "next": "2h", "solve": "8h", "hours": "24/7"}
    records.add(store, SLA, desk | {"priority": "high", "group": "name:jörg", "zone": "UTC"})
    records.add(store, SLA, {"name": "rest", "solve": "16h", "holidays": "2026-12-28"})
    heater = {"contact": "1", "text": "Heizung für März", "owner": "Zoë", "channel": "Köln"}
    heater |= {"priority": "high", "product": "Plain bolt", "team": "service", "ref": "Ä-1"}
    records.add(store, CASE, heater | {"rating": "5", "opinion": "Größe"})
    tap = {"contact": "2", "text": "tap", "type": "complaint", "cause": "#1"}
    records.add(store, CASE, tap | {"opened": "2026-09-01 10:00"})
    fill_assets(store)
    fill_knowledge(store)


def fill_assets(store: Store) -> None:
    """Add two assets and two contracts."""
    boiler = {"contact": "1", "product": "Plain bolt", "serial": "SN-Ä1", "place": "Küche"}
    boiler |= {"service_every": "12m or 500h", "reading": "1250", "warranty": "2027-03-01"}
    records.add(store, ASSET, boiler | {"since": "2026-03-01", "note": "Schlüssel für März"})
    with store.transaction("reminder rm"):
        remove_row(store, "reminder", 3)
    pump = {"contact": "2", "product": "Plain bolt", "serial": "A10", "unit": "km"}
    records.add(store, ASSET, pump | {"serviced": "2026-05-01"})
    care = {"contact": "1", "text": "Größte Pflege", "asset": "SN-Ä1", "renewal": "12m"}
    care |= {"notice": "3m", "price": "240", "start": "2026-03-01", "ref": "Ä-2"}
    records.add(store, CONTRACT, care | {"product": "Plain bolt"})
    supply = {"contact": "2", "text": "supply", "end": "2027-12-31", "note": "zwei für März"}
    records.add(store, CONTRACT, supply | {"per": "month"})
    records.edit(store, CASE, [1], {"asset": "SN-Ä1"})


def fill_knowledge(store: Store) -> None:
    """Add two answers, articles, scripts and recordings."""
    records.add(store, ANSWER, {"name": "Grüße-4", "text": "Für die Tür"})
    records.add(store, ANSWER, {"name": "photo", "text": "Please send a photo."})
    answers.note_use(store, 2, 1, None)
    vases = {"title": "Größe der Vasen", "text": "Blüten", "product": "Plain bolt"}
    records.add(store, ARTICLE, vases)
    records.add(store, ARTICLE, {"title": "Water", "text": "Once a week"})
    records.edit(store, ARTICLE, [2], {"text": "Twice a week"})
    articles.vote(store, 1, helped=True, case_id=1)
    articles.vote(store, 2, helped=False)
    for name in ("Grüße-5", "bye"):
        records.add(store, SCRIPT, {"name": name, "tree": f"[{name[:1]}]\nsay = 'hello'"})
    with tempfile.NamedTemporaryFile(suffix=".ogg") as file:
        for name, text in (("Grüße-6", "Öffnungszeiten"), ("queue", "")):
            link = "https://example.com/a.ogg" if text else ""
            records.add(
                store, RECORDING, {"name": name, "path": file.name, "text": text} | {"link": link}
            )


def fill_sequences(store: Store) -> None:
    """Add two sequences, each with a contact in it."""
    for name, who in (("Grüße-2", 1), ("second", 2)):
        steps = '[[step]]\nwait = "3 days"'
        sequence = records.add(store, SEQUENCE, {"name": name, "steps": steps})
        enrollments.enroll(store, sequence, [who])


def found(store: Store, noun: str, text: str) -> list[int]:
    type_ = registry.record_type(noun)
    return sorted(record_query.ids(store, type_, record_query.parse(type_, text)))


CASES = [
    # one fold
    ("interaction", "bluten", [1]), ("interaction", "blueten", [1]), ("interaction", "BLÜTEN", [1]),
    ("interaction", "text:tuer", [1]), ("interaction", "绿", [2]),
    ("interaction", "text:绿茶", [2]),
    ("interaction", "outcome:SPÄTER", [1]), ("interaction", "outcome:spaet", [1]),
    ("interaction", "author:zoe", [1, 2]), ("interaction", "author=ZOË", [1, 2]),
    ("interaction", "author:me", [1, 2]), ("interaction", "who:gross", [1]),
    ("interaction", "groß", [1]), ("interaction", "who:joerg", [1]),
    ("reminder", "text:grüße", [1]), ("reminder", "text:gruesse", [1]), ("reminder", "GRUSSE", [1]),
    ("reminder", "text:call", [2]), ("reminder", "owner:zoe", [1]), ("reminder", "owner:none", [2]),
    ("reminder", 'text="grusse senden"', [1]), ("reminder", "joerg", [1]),
    ("sale", "text:strause", []), ("sale", "text:strausse", [1]), ("sale", "sträuße", [1]),
    ("sale", "text:straeusse", [1]), ("sale", "ref:äb-1", [1]), ("sale", "ref:ab-1", [1]),
    ("sale", "author:ZOË", [1, 2]), ("sale", "promotion:grüße-10", [1]),
    ("sale", "promotion:none", [2]), ("promotion", "code:gruesse-10", [1]),
    ("promotion", "märz", [1]), ("template", "name:GRUSSE", [1]), ("template", "gruesse", [1]),
    ("template", "text:hallo", [1]), ("campaign", "name:fruhling", [1]),
    ("campaign", "fruehling", [1]), ("sequence", "name:grusse-2", [1]),
    ("promotion", "code:vase", [2]), ("promotion", "campaign:1", [1]),
    ("promotion", "discount>5", [1]), ("promotion", "until<60d", [2]),
    ("product", "name:grosse", [1]), ("product", "größe", [1]),
    ("product", "name:groesse", [1]),
    ("product", "sku:u5", [1]), ("product", "sku:none", [2]),
    ("segment", "query:jorg", [1]), ("segment", "name:grün", [1]),
    ("segment", "query:joerg", [1]),
    ("job", "title:gartner", [1]), ("job", "GAERTNER", [1]), ("job", "org:soehne", [1, 2]),
    ("job", "who:joerg", [1, 2]), ("job", "to:none", [2]), ("job", "from<2020", [1]),
    ("job", "from:2019-03", [1]), ("job", "to:2021", [1]), ("job", "-title:any", [2]),
    ("benefit", "name:grusse", [1]), ("benefit", "every:30", [1]), ("benefit", "cost:none", [2]),
    ("gift", "text:fuer", [1]), ("gift", "who:ann", [2]), ("gift", "benefit:call", [1]),
    ("gift", "on>=90d", [1]), ("gift", "cost:20", [2]), ("gift", "joerg", [1]),
    ("deal", "gewaechshaus", [1]), ("deal", "title:GEWÄCHS", [1]), ("deal", "contact:joerg", [1]),
    ("deal", "stage:qual", [1]), ("deal", "stage:lost", [2]), ("deal", "pipeline:sales", [1, 2]),
    ("deal", "open", [1]), ("deal", "lost", [2]), ("deal", "won", []), ("deal", "-won", [1, 2]),
    ("deal", "status:open,lost", [1, 2]), ("deal", "rotting", []), ("deal", "rotting:no", [1, 2]),
    ("deal", "amount>999", [1]), ("deal", "amount:none", [2]), ("deal", "weighted=500", [1]),
    ("deal", "probability:50", [1]), ("deal", "probability<10", [2]), ("deal", "close<60d", [1]),
    ("deal", "close<2026-12-15", []), ("deal", "owner:me", [1]), ("deal", "owner:none", [2]),
    ("deal", "source:koeln", [1]), ("deal", "competitor:mueller", [1]), ("deal", "ref:d-ä", [1]),
    ("deal", "reason:pricing", [2]), ("deal", "org:soehne", [1]), ("deal", "with:ann", [1]),
    ("deal", "product:bolt", [1]), ("deal", "opened<2026-09-01", [1]), ("deal", "ann", [1, 2]),
    ("deal", "closed:today", [2]), ("deal", 'contact:"tag:none"', [1, 2]),
    ("deal", "double:no", [1, 2]), ("deal", "territory:rest", [1, 2]),
    ("deal", "territory:köln", []), ("lead", "territory:rest", [1, 2]),
    ("claim", "why:gruesse", [1]), ("claim", "user:ann", [2]), ("claim", "joerg", [1]),
    ("claim", "until:14d", [1, 2]), ("territory", "koeln", [1]), ("territory", "owner:zoe", [1]),
    ("territory", "position:2", [2]), ("team", "verkaeufer", [1]), ("team", "members:bob", [2]),
    ("case", "heizung", [1]), ("case", "owner:zoe", [1]), ("case", "channel:koeln", [1]),
    ("case", "joerg", [1]), ("case", "new", [2]), ("case", "status:assigned", [1]),
    ("case", "status:open", [1, 2]), ("case", "open -new", [1]), ("case", "-status:open", []),
    ("case", "type:complaint", [2]), ("case", "cause:1", [2]), ("case", "product:bolt", [1]),
    ("case", "team:service", [1]), ("case", "opened<2026-10-01", [2]), ("case", "groesse", [1]),
    ("case", "rating>4", [1]), ("case", "ref:ä-1", [1]), ("case", "territory:rest", [1, 2]),
    ("case", "breached", [2]), ("case", "-breached:yes", [1]), ("case", "due<=1d", [1, 2]),
    ("case", "due:today", [1]), ("case", "sla:GRÜSSE-3", [1]), ("case", "sla:rest", [2]),
    ("case", "asset:sn-ä1", [1]), ("asset", "sn-a1", [1]), ("asset", "serial:a10", [2]),
    ("asset", "joerg", [1]), ("asset", "product:bolt", [1, 2]), ("asset", "kueche", [1]),
    ("asset", "note:maerz", [1]), ("asset", "due<=2027-03-01", [1]), ("asset", "due:none", [2]),
    ("asset", "serviced<2026-06-01", [2]), ("asset", "reading>1000", [1]),
    ("asset", "unit:h", [1]), ("asset", "service-every:months", [1]),
    ("asset", "retired:none", [1, 2]),
    ("asset", "warranty<1y", [1]), ("asset", "since:2026-03-01", [1]),
    ("asset", "territory:rest", [1, 2]), ("contract", "groesste", [1]),
    ("contract", "active", [1, 2]),
    ("contract", "asset:sn-ä1", [1]), ("contract", "asset:none", [2]), ("contract", "ann", [2]),
    ("contract", "end<2027-03-01", [1]), ("contract", "notice-by<=2026-11-30", [1]),
    ("contract", "renewal:months", [1]), ("contract", "price>200", [1]),
    ("contract", "per:month", [2]),
    ("contract", "start<2026-06-01", [1]), ("contract", "ref:ä-2", [1]), ("contract", "zwei", [2]),
    ("contract", "product:bolt", [1]), ("contract", "territory:rest", [1, 2]),
    ("sla", "name:grusse-3", [1]), ("sla", "first:1h", [1]), ("sla", "first:none", [2]),
    ("sla", "solve>8h", [2]), ("sla", "hours:24/7", [1]), ("sla", "group:jorg", [1]),
    ("sla", "holidays:2026-12-28", [2]), ("sla", "order:20", [2]),
    ("partner", "koeln", [1]), ("partner", "contact:soehne", [1]), ("partner", "type:dealer", [2]),
    ("partner", "commission>5", [1]), ("partner", "until:any", [2]), ("partner", "active", [1, 2]),
    ("partner", "ended", []), ("partner", "territory:köln", [1]),
    ("partner", "from<2026-05-01", [1]),
    ("registration", "maerz", [1]), ("registration", "partner:ann", [2]),
    ("registration", "contact:joerg", [1, 2]), ("registration", "active", [2]),
    ("registration", "expired", [1]), ("registration", "until<100d", [1, 2]),
    ("testimonial", "blueten", [1]), ("testimonial", "open", [2]), ("testimonial", "answered", [1]),
    ("testimonial", "public:yes", [1]), ("testimonial", "asked<30d", [2]),
    ("answer", "tuer", [1]), ("answer", "name:grusse-4", [1]), ("answer", "uses:1", [2]),
    ("article", "groesse", [1]), ("article", "title:water", [2]), ("article", "text:blueten", [1]),
    ("article", "product:bolt", [1]), ("article", "version>1", [2]), ("article", "helped>0", [1]),
    ("article", "failed:1", [2]), ("article", "cases:1", [1]), ("script", "name:bye", [2]),
    ("script", "tree:hello", [1, 2]), ("recording", "oeffnungszeiten", [1]),
    ("recording", "link:example.com", [1]), ("recording", "path:ogg", [1, 2]),
    ("dunning", "frueh", [1]), ("dunning", "days>7", [2]), ("dunning", "template:grusse", [1]),
    ("dunning", "text:gruesse", [1]), ("dunning", "fee:none", [2]), ("invoice", "disputed", [1]),
    ("invoice", "level:0", [1, 2]), ("invoice", "level>0", []), ("feedback", "groesser", [1]),
    ("feedback", "kind:complaint", [2]), ("feedback", "product:bolt", [1]),
    ("feedback", "planned", [2]), ("feedback", "who:ann", [2]), ("feedback", "case:1", [1]),
    ("feedback", "on<2026-10-01", [2]), ("feedback", "-open", [2]),
    # numbers and amounts
    ("sale", "amount=1,000", [1]), ("sale", "amount:1,000", [1]), ("sale", "amount>1", [1]),
    ("sale", "amount>1EUR", [2]), ("sale", "cost:none", [2]), ("product", "price=1,234", [1]),
    ("interaction", "minutes:5", [2]), ("interaction", "minutes:none", [1]),
    ("reminder", "priority:none", [2]), ("reminder", "priority:any", [1]),
    ("reminder", "priority>1", [1]), ("reminder", "id:1,2", [1, 2]),
    ("reminder", "id:2,1,99", [1, 2]), ("reminder", "-id:2,3", [1]),
    # spans look back in the past, ahead in the future, and leave out the edge day
    ("reminder", "due<7d", []), ("reminder", "due<=7d", [1]), ("reminder", "due>30d", []),
    ("reminder", "due>=30d", [2]), ("reminder", "due:7d", [1]), ("sale", "on>90d", []),
    ("sale", "on>=90d", [2]), ("sale", "on<90d", [1]), ("interaction", 'on>"2 weeks"', [2]),
    # negations
    ("interaction", "-outcome:spater", [2]), ("interaction", "minutes!=5", [1]),
    ("sale", "-cost>0", [2]), ("reminder", "-owner:zoe", [2]), ("sale", "-product:any", [1, 2]),
    ("sale", "-(ref:ab-1 or amount>1EUR)", []), ("product", "-sku:u5", [2]),
    ("reminder", "-done:any", [1, 2]), ("interaction", "-who:jorg", [2]),
]  # fmt: skip


@pytest.mark.parametrize(("noun", "text", "ids"), CASES)
def test_a_query_finds(store: Store, noun: str, text: str, ids: list[int]) -> None:
    assert found(store, noun, text) == ids


VALUES = (
    (ContactFilter, "rest"),
    (PartialDay, "2020"),
    (Day, "30d"),
    (Instant, "30d"),
    (Duration, "2h"),
    (Integer, "2"),
    (Flag, "yes"),
    (Field, "jorg"),
)


def filters() -> list[tuple[str, str]]:
    """Return a filter by each field of each noun, with each operator that it may take."""
    made = []
    for type_ in registry.listed_types():
        for name, field in type_.filters().items():
            value = next(value for kind, value in VALUES if isinstance(field, kind))
            value = getattr(field, "choices", (value,))[0]
            made += [(type_.name, f"{name}{op}{value}") for op in (":", "=", "<", "<=", ">", ">=")]
            made += [(type_.name, f"{name}:any"), (type_.name, f"{name}:none")]
    return made


def is_refused(noun: str, text: str) -> bool:
    """Return whether a filter compares a field that has no order."""
    name = re.split("[<>:=]", text)[0]
    field = registry.record_type(noun).filters()[name]
    has_no_order = isinstance(field, Choice | Flag | ContactFilter | LateText) or (noun, name) == (
        "interaction",
        "text",
    )
    return (has_no_order and ("<" in text or ">" in text)) or (
        isinstance(field, Reference | References)
        and field.to == "contact"
        and re.search("[<>]", text) is not None
    )


@pytest.mark.parametrize(("noun", "text"), filters())
def test_a_filter_and_its_negation_find_all_rows_once(store: Store, noun: str, text: str) -> None:
    type_ = registry.record_type(noun)
    node = record_query.parse(type_, text)
    if is_refused(noun, text):
        with pytest.raises(UsageError, match="takes no"):
            record_query.count(store, type_, node)
        return
    count = record_query.count(store, type_, node)
    assert count + record_query.count(store, type_, Not(node)) == 2
    assert record_query.count(store, type_, And((node, Not(node)))) == 0


@pytest.mark.no_database
def test_each_noun_is_listed_once():
    assert len(registry.LISTED) == len(set(registry.LISTED))


@pytest.mark.parametrize("noun", list(registry.LISTED))
def test_any_and_none_are_complements(store: Store, noun: str) -> None:
    for name in registry.record_type(noun).filters():
        some, none = found(store, noun, f"{name}:any"), found(store, noun, f"{name}:none")
        assert sorted(some + none) == [1, 2], name
