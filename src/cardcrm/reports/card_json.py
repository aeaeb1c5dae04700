"""Convert a card to the JSON object that programs read; its keys are a stable contract."""

import datetime as dt

from cardcrm import dates
from cardcrm.dates.anniversaries import age_on, next_anniversary
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.assets.card_assets import CardAsset, CardContract
from cardcrm.records.contacts.cadence_rules import WantedTouch
from cardcrm.records.contacts.contact_type import ADDRESS, ANNIVERSARY, CONTACT, POINT
from cardcrm.records.contacts.contacts import Anniversary, Contact
from cardcrm.records.deals.stored_deals import Deal
from cardcrm.records.feedback.open_feedback import OpenFeedback
from cardcrm.records.fields import Reference
from cardcrm.records.invoices.open_invoices import OpenInvoice
from cardcrm.records.mail.consent_states import State
from cardcrm.records.partners.partnerships import Partnership
from cardcrm.records.record_type import RecordType
from cardcrm.records.teamwork.open_claims import Claim
from cardcrm.reports.card import CardData, ContactValue, Job, SaleWithLines, TimelineEntry
from cardcrm.reports.leads.active_leads import ActiveLead


def card_to_json(card: CardData) -> dict[str, object]:
    """Return a card as an object, with ISO days, UTC instants and exact decimal amounts."""
    contact = card.details.contact
    return {
        **_contact_to_json(contact, card.touch, card.zone),
        "nicknames": list(card.details.nicknames),
        "contact_points": [_part_to_json(POINT, point) for point in card.details.points],
        "addresses": [_part_to_json(ADDRESS, each) for each in card.details.addresses],
        "anniversaries": [_anniversary_to_json(day, card.today) for day in card.details.days],
        "tags": list(card.details.tags),
        "fields": [
            {"name": each.name, "label": each.label, "type": each.type, "text": each.text}
            for each in card.details.fields
        ],
        "relations": [
            {"kind": each.kind, "inverse": each.inverse, "id": each.other_id, "name": each.other}
            for each in card.details.relations
        ],
        "jobs": [_job_to_json(each, contact) for each in card.jobs],
        "media": [each._asdict() for each in card.media],
        "vcard_lines": list(card.vcard_lines),
        "people": [
            {"id": each.id, "name": each.name, "title": each.title} for each in card.employees
        ],
        "reminders": [reminder_to_json(each, card.zone) for each in card.reminders],
        "deals": list(map(deal_to_json, card.deals)),
        "invoices": list(map(invoice_to_json, card.invoices)),
        "leads": list(map(lead_to_json, card.leads)),
        "claims": list(map(claim_to_json, card.claims)),
        "consents": list(map(consent_to_json, card.consents)),
        "assets": list(map(asset_to_json, card.assets)),
        "contracts": list(map(contract_to_json, card.contracts)),
        "partnerships": list(map(partnership_to_json, card.partnerships)),
        "feedback": list(map(feedback_to_json, card.feedback)),
        "away_until": card.away_until,
        "interactions": [timeline_entry_to_json(each) for each in card.history],
        "interaction_count": card.history_count,
        "sales": [_sale_to_json(each) for each in card.sales],
        "sale_count": card.sales_count,
        "by_currency": [_value_to_json(each) for each in card.values],
        "all_currencies": card.converted and card.converted.to_json(),
    }


def _local_day(instant: str, zone: str) -> str:
    return dates.from_instant(instant, zone).date().isoformat()


def _contact_to_json(contact: Contact, touch: WantedTouch | None, zone: str) -> dict[str, object]:
    """Return a contact without its parts; its days are those of ``zone``."""
    fields: dict[str, object] = {"id": contact.id, "uid": contact.uid}
    for field in CONTACT.editable:
        if isinstance(field, Reference):
            fields[field.json_key] = getattr(contact, field.key)
            fields[field.column] = getattr(contact, field.column)
        else:
            fields[field.json_key] = getattr(contact, field.column)
    return {
        **fields,
        "last": contact.last_on,
        "touched": contact.touched_on,
        "touch_by": touch.touch_by if touch else None,
        "cadence": {"days": touch.cadence_days, "rule": touch.rule or None} if touch else None,
        "snoozed": contact.snoozed_until,
        "mvc": contact.mvc_since,
        "created": _local_day(contact.created_at, zone),
        "updated": _local_day(contact.updated_at, zone),
    }


def _job_to_json(job: Job, contact: Contact) -> dict[str, object]:
    """Return a job with its person and its organization."""
    this, other = (contact.id, contact.name), (job.other_id, job.other)
    person, org = (this, other) if contact.kind == "person" else (other, this)
    return {
        "id": job.id,
        "title": job.title,
        "contact_id": person[0],
        "contact": person[1],
        "org_id": org[0],
        "org": org[1],
        "from": job.start or None,
        "to": job.end or None,
    }


def _part_to_json(type_: RecordType, part: object) -> dict[str, object]:
    fields = (field for field in type_.fields if field.column != type_.parent)
    return {field.json_key: getattr(part, field.key) for field in fields}


def _anniversary_to_json(day: Anniversary, today: dt.date) -> dict[str, object]:
    """Return an anniversary; ``age`` is the number of years on the ``next`` day.

    Both are null for an anniversary without a day.
    """
    following = next_anniversary(day.day, today)
    return {
        **_part_to_json(ANNIVERSARY, day),
        "next": following,
        "age": None if following is None else age_on(day.day, following),
    }


def reminder_to_json(reminder: Reminder, zone: str) -> dict[str, object]:
    """Return a reminder; ``due_on`` is the day in ``zone``, ``promise`` true if it was promised."""
    names = ("id", "uid", "text", "due_on", "due_at", "rule", "promise", "priority", "owner")
    due = dates.parse_stored(reminder.due_on, reminder.due_at, zone)
    return {name: getattr(reminder, name) for name in names} | {"due_on": due.day.isoformat()}


def deal_to_json(deal: Deal) -> dict[str, object]:
    """Return an open deal; its probability is its own or that of its stage."""
    names = ("id", "title", "pipeline", "stage", "amount", "owner")
    return {
        **{name: getattr(deal, name) for name in names},
        "probability": _plain_number(deal.probability),
        "close": deal.close_on,
    }


def invoice_to_json(invoice: OpenInvoice) -> dict[str, object]:
    """Return an invoice that is not paid."""
    names = ("id", "number", "text", "amount", "open", "level")
    found = {name: getattr(invoice, name) for name in names}
    return {**found, "disputed": bool(invoice.disputed), "due": invoice.due_on}


def feedback_to_json(feedback: OpenFeedback) -> dict[str, object]:
    """Return a wish or complaint that is neither done nor declined."""
    found = {name: getattr(feedback, name) for name in ("id", "kind", "text", "status")}
    return {**found, "product": feedback.product or None, "on": feedback.on_date}


def lead_to_json(lead: ActiveLead) -> dict[str, object]:
    """Return an open lead, with the moment of the first response."""
    names = ("id", "text", "status", "source", "owner")
    return {
        **{name: getattr(lead, name) for name in names},
        "received": lead.received_at or lead.received_on,
        "answered_at": lead.answered,
    }


def claim_to_json(claim: Claim) -> dict[str, object]:
    """Return a claim that is in force."""
    return {
        "id": claim.id,
        "user": claim.owner,
        "until": claim.until_on,
        "text": claim.text or None,
    }


def consent_to_json(state: State) -> dict[str, object]:
    """Return the newest state of an address for a purpose."""
    found = state._asdict()
    return {**found, "source": state.source or None}


def asset_to_json(asset: CardAsset) -> dict[str, object]:
    """Return an asset that is in use."""
    return {
        "id": asset.id,
        "product": asset.product,
        "serial": asset.serial or None,
        "warranty": asset.warranty_on,
        "next_service": asset.due_on,
    }


def contract_to_json(contract: CardContract) -> dict[str, object]:
    """Return a contract that has not ended."""
    return {
        "id": contract.id,
        "text": contract.text,
        "ends_on": contract.end_on,
        "renewal_term": contract.renewal or None,
        "price": contract.price,
        "per": contract.per,
        "status": contract.status,
    }


def partnership_to_json(tie: Partnership) -> dict[str, object]:
    """Return an agreement or a registration that is in force."""
    return {
        "id": tie.id,
        "role": tie.role,
        "partner_id": tie.partner_id,
        "until": tie.until_on,
        "percent": None if tie.commission is None else _plain_number(tie.commission),
    }


def timeline_entry_to_json(entry: TimelineEntry) -> dict[str, object]:
    """Return an interaction with its participants."""
    interaction = entry.interaction
    names = ("id", "uid", "kind", "direction", "at", "minutes", "outcome", "text")
    return {
        **{name: getattr(interaction, name) for name in names},
        "no_answer": bool(interaction.no_answer),
        "on": interaction.on_date,
        "author": interaction.author,
        "participants": [{"id": id_, "name": name} for id_, name in entry.participants],
    }


def _sale_to_json(entry: SaleWithLines) -> dict[str, object]:
    names = ("id", "uid", "amount", "cost", "tax", "channel", "text", "ref")
    return {
        "on": entry.sale.on_date,
        **{name: getattr(entry.sale, name) for name in names},
        "lines": [
            {
                "product": line.product,
                "quantity": _plain_number(line.quantity),
                "price": line.price,
                "cost": line.cost,
                "discount": _plain_number(line.discount),
                "amount": line.amount,
            }
            for line in entry.lines
        ],
    }


def _plain_number(thousandths: int) -> int | float:
    whole, rest = divmod(thousandths, 1000)
    return thousandths / 1000 if rest else whole


def _value_to_json(value: ContactValue) -> dict[str, object]:
    return {
        "currency": value.revenue.currency,
        "revenue": value.revenue,
        "margin": value.margin,
        "orders": value.orders,
        "average_order": value.average,
        "first_sale": value.first,
        "last_sale": value.last,
        "people_count": value.people,
    }
