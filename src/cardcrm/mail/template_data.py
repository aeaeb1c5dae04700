"""Gather what a template may show of a contact, a deal, a quote and the sender, as plain text."""

import datetime as dt
import functools
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.dates.anniversaries import format_anniversary
from cardcrm.mail.localized import format_amount, format_day, format_figures
from cardcrm.money import format_quantity
from cardcrm.records import records
from cardcrm.records.contacts import contact_queries, custom_fields
from cardcrm.records.contacts.contact_points import ContactPoint
from cardcrm.records.contacts.contact_queries import Details
from cardcrm.records.deals import stored_deals
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.mail.field_patterns import template_key
from cardcrm.records.mail.template_fields import CUSTOM, VALUES
from cardcrm.records.mail.template_language import Fields, make_empty_field
from cardcrm.records.promotions.announced import find_announcement
from cardcrm.records.quotes.quote_lines import QuoteLine, lines_of
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.store import Store

Texts = dict[str, Any]


class Dunned(NamedTuple):
    """The invoice of a dunning notice, with the level and the fee of its step."""

    invoice_id: int
    level: int
    fee: str


class About(NamedTuple):
    """The deal, quote, campaign, case, dunned invoice and values of a mail, and its sender.

    All of them may be missing.
    """

    deal_id: int | None = None
    quote_id: int | None = None
    user: str = ""
    sender: str = ""
    sender_name: str = ""
    firm: Mapping[str, str] = {}
    values: Mapping[str, str] = {}
    campaign_id: int | None = None
    case_id: int | None = None
    dunned: Dunned | None = None


def gather(store: Store, details: Details, about: About, language: str) -> dict[str, Any]:
    """Return the objects of a template by their names, with texts in a language.

    Raises NotFoundError for an unknown deal or quote.
    """
    quote_fields, quote_deal = _quote(store, about.quote_id, language)
    deal_id = about.deal_id or quote_deal
    user = {"name": _name_user(store, about), "email": about.sender}
    today = dates.today(store.locale.zone)
    return {
        "contact": Fields("contact", _contact(store, details, language)),
        "organization": _organization(store, details.contact),
        "deal": _deal(store, deal_id, language),
        "quote": quote_fields,
        "invoice": _invoice(store, about.dunned, language),
        "campaign": _campaign(store, about.campaign_id, language),
        "case": _case(store, about.case_id, language),
        "user": Fields("user", user),
        "firm": Fields("firm", about.firm),
        "message": Fields("message", {"date": format_day(today, language)}, "date"),
        VALUES: Fields(VALUES, about.values),
    }


def _name_user(store: Store, about: About) -> str:
    """Return the full name of the user of this program, or the short name of a colleague."""
    if about.user in {"", store.author.name}:
        return about.sender_name or store.author.name
    return about.user


def _contact(store: Store, details: Details, language: str) -> Texts:
    contact = details.contact
    birthday = next((each.day for each in details.days if each.label == "birthday"), "")
    return {
        "name": contact.name,
        "first_name": contact.given,
        "last_name": contact.family,
        "prefix": contact.prefix,
        "job": contact.title,
        "role": contact.role,
        "email": _point(details.points, "email"),
        "phone": _point(details.points, "phone"),
        "language": contact.language,
        **_address(details.addresses),
        "birthday": _birthday(birthday, language),
        "tags": tuple(details.tags),
        "owner": contact.owner,
        "ref": contact.ref,
        CUSTOM: Fields(
            f"contact.{CUSTOM}", functools.partial(_load_custom, store, details, language)
        ),
    }


def _birthday(stored: str, language: str) -> str:
    try:
        return format_day(dt.date.fromisoformat(stored), language)
    except ValueError:
        return format_anniversary(stored) if stored else ""


def _load_custom(store: Store, details: Details, language: str) -> Texts:
    """Return all custom fields, with those that the contact lacks; - becomes _ in their names."""
    found = {each.name: "" for each in custom_fields.list_fields(store)}
    found |= {each.name: _custom_text(each, language) for each in details.fields}
    return found | {template_key(name): found[name] for name in found}


def _custom_text(value: custom_fields.FieldValue, language: str) -> str:
    if value.type == "date":
        return format_day(dt.date.fromisoformat(value.text), language)
    return value.text


def _point(points: Sequence[ContactPoint], kind: str) -> str:
    """Return the first contact point of a kind that is valid and not opted out."""
    found = (each for each in points if each.kind == kind and not each.invalid)
    return next((each.value for each in found if not each.opted_out), "")


def _address(addresses: Sequence[contact_queries.Address]) -> Texts:
    keys = ("street", "postcode", "city", "region", "country")
    return {key: getattr(addresses[0], key) if addresses else "" for key in keys}


def _organization(store: Store, contact: contact_queries.Contact) -> Any:
    """Return the organization of a contact, which an organization is itself."""
    org_id = contact.id if contact.kind == "org" else contact.org_id
    if org_id is None:
        return make_empty_field("organization")
    return Fields("organization", functools.partial(_load_organization, store, org_id))


def _load_organization(store: Store, org_id: int) -> Texts:
    found = contact_queries.details(store, org_id)
    points = {kind: _point(found.points, kind) for kind in ("email", "phone", "web")}
    return {"name": found.contact.name, **points, **_address(found.addresses)}


def _deal(store: Store, deal_id: int | None, language: str) -> Any:
    if deal_id is None:
        return make_empty_field("deal")
    deal = stored_deals.get(store, deal_id)
    close = dt.date.fromisoformat(deal.close_on) if deal.close_on else None
    fields = {
        "number": str(deal.id),
        "title": deal.title,
        "amount": format_amount(deal.amount, language),
        "stage": deal.stage,
        "pipeline": deal.pipeline,
        "close": format_day(close, language),
        "owner": deal.owner,
    }
    return Fields("deal", fields, "title")


def _quote(store: Store, quote_id: int | None, language: str) -> tuple[Any, int | None]:
    """Return a quote and the id of its deal."""
    if quote_id is None:
        return make_empty_field("quote"), None
    record = records.get(store, QUOTE, quote_id)
    values = record.values
    fields = {
        "number": values["number"],
        "version": str(values["version"]),
        "title": values["title"],
        "amount": format_amount(values["amount"], language),
        "net": format_amount(values["net"], language),
        "tax": format_amount(values["tax"], language),
        "date": format_day(values["on"], language),
        "valid": format_day(values["valid"], language),
        "note": values["note"],
        "owner": values["owner"],
        "lines": tuple(_line(each, language) for each in lines_of(store, quote_id)),
    }
    return Fields("quote", fields, "number"), record.columns["deal_id"]


def _invoice(store: Store, dunned: Dunned | None, language: str) -> Any:
    """Return an overdue invoice with the days since it was due."""
    if dunned is None:
        return make_empty_field("invoice")
    values = records.get(store, INVOICE, dunned.invoice_id).values
    days = (dates.today(store.locale.zone) - values["due"]).days
    fields = {
        "number": values["number"],
        "amount": format_amount(values["amount"], language),
        "open": format_amount(values["open"], language),
        "paid": format_amount(values["paid"], language),
        "date": format_day(values["on"], language),
        "due": format_day(values["due"], language),
        "days": str(days),
        "text": values["text"],
        "level": str(dunned.level),
        "fee": dunned.fee,
    }
    return Fields("invoice", fields, "number")


def _campaign(store: Store, campaign_id: int | None, language: str) -> Any:
    """Return a campaign with the code that it announces."""
    if campaign_id is None:
        return make_empty_field("campaign")
    found = find_announcement(store, campaign_id)
    until = dt.date.fromisoformat(found.until_on) if found.until_on else None
    discount = format_figures(format_quantity(found.discount), language)
    fields = {
        "name": found.name,
        "code": found.code,
        "offer": found.text,
        "discount": f"{discount}%" if found.discount else "",
        "until": format_day(until, language),
    }
    return Fields("campaign", fields, "name")


def _case(store: Store, case_id: int | None, language: str) -> Any:
    if case_id is None:
        return make_empty_field("case")
    return Fields("case", functools.partial(_load_case, store, case_id, language), "number")


def _load_case(store: Store, case_id: int, language: str) -> Texts:
    from cardcrm.records.service.case_status import STATUS_WORDS
    from cardcrm.records.service.case_type import CASE

    record = records.get(store, CASE, case_id)
    values = record.values
    return {
        "number": str(case_id),
        "text": values["text"],
        "type": values["type"],
        "priority": values["priority"],
        "status": STATUS_WORDS.get(values["status"], values["status"]),
        "product": values["product"],
        "owner": values["owner"],
        "opened": format_day(values["opened"].date(), language),
    }


def _line(quoted: QuoteLine, language: str) -> Fields:
    line = quoted.line
    discount = format_figures(format_quantity(line.discount), language)
    fields = {
        "product": line.product,
        "quantity": format_figures(format_quantity(line.quantity), language),
        "price": format_amount(line.price, language),
        "discount": f"{discount}%" if line.discount else "",
        "amount": format_amount(line.amount, language),
        "optional": "optional" if quoted.optional else "",
    }
    return Fields("line", fields, "product")
