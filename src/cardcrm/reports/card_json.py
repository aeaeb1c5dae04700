"""What JSON shows of a card; these names are a contract with those who read them."""

import datetime as dt

from cardcrm import dates
from cardcrm.money import format_quantity
from cardcrm.records.activity.reminders import Reminder
from cardcrm.records.contacts.contact_points import ContactPoint
from cardcrm.records.contacts.contacts import Address, Anniversary, Contact
from cardcrm.reports.card import Bought, FullCard, Happening, Worth


def data_of(card: FullCard) -> dict[str, object]:
    """A card as an object: days are ISO text, instants UTC text, amounts exact decimal text."""
    contact = card.details.contact
    return {
        **_head_data(contact),
        "nicknames": list(card.details.nicknames),
        "points": [_point_data(point) for point in card.details.points],
        "addresses": [_address_data(address) for address in card.details.addresses],
        "days": [_day_data(day, card.today) for day in card.details.days],
        "tags": list(card.details.tags),
        "fields": [
            {"name": each.name, "label": each.label, "type": each.type, "value": each.text}
            for each in card.details.fields
        ],
        "relations": [
            {"kind": each.kind, "inverse": each.inverse, "id": each.other_id, "name": each.other}
            for each in card.details.relations
        ],
        "people": [{"id": each.id, "name": each.name, "title": each.title} for each in card.people],
        "reminders": [reminder_data(each) for each in card.reminders],
        "interactions": [happening_data(each) for each in card.history],
        "interaction_count": card.history_count,
        "sales": [_sale_data(each) for each in card.sales],
        "sale_count": card.sales_count,
        "value": [_worth_data(each) for each in card.worth],
    }


def _head_data(contact: Contact) -> dict[str, object]:
    names = ("id", "uid", "kind", "name", "given", "family", "org", "org_id", "title", "stage")
    head: dict[str, object] = {name: getattr(contact, name) for name in names}
    head |= {name: getattr(contact, name) for name in ("source", "owner", "note", "ref")}
    return {
        **head,
        "every": contact.cadence_days,
        "last": contact.last_on,
        "touch_by": contact.touch_on,
        "created": contact.created_at,
        "updated": contact.updated_at,
    }


def _point_data(point: ContactPoint) -> dict[str, object]:
    names = ("kind", "value", "label", "opted_out", "invalid")
    return {name: getattr(point, name) for name in names}


def _address_data(address: Address) -> dict[str, object]:
    names = ("label", "street", "city", "region", "postcode", "country")
    return {name: getattr(address, name) for name in names}


def _day_data(day: Anniversary, today: dt.date) -> dict[str, object]:
    """``age`` is what it will be in years on the ``next`` such day; null without a year."""
    following = dates.next_yearly(day.day, today)
    return {
        "label": day.label,
        "day": day.day,
        "next": following,
        "age": dates.age_on(day.day, following),
    }


def reminder_data(reminder: Reminder) -> dict[str, object]:
    """A reminder; ``promise`` tells whether the contact was told of it."""
    names = ("id", "uid", "text", "due_on", "due_at", "rule", "promise", "priority", "owner")
    return {name: getattr(reminder, name) for name in names}


def happening_data(happening: Happening) -> dict[str, object]:
    """An interaction with all who took part."""
    told = happening.interaction
    names = ("id", "uid", "kind", "direction", "at", "minutes", "outcome", "text")
    return {
        **{name: getattr(told, name) for name in names},
        "on": told.on_date,
        "author": told.author,
        "participants": [{"id": id_, "name": name} for id_, name in happening.people],
    }


def _sale_data(bought: Bought) -> dict[str, object]:
    names = ("id", "uid", "amount", "cost", "text", "ref")
    return {
        "on": bought.sale.on_date,
        **{name: getattr(bought.sale, name) for name in names},
        "lines": [
            {
                "product": line.product,
                "quantity": format_quantity(line.quantity),
                "price": line.price,
                "cost": line.cost,
                "discount": f"{line.discount / 1000:g}",
                "amount": line.amount,
            }
            for line in bought.lines
        ],
    }


def _worth_data(worth: Worth) -> dict[str, object]:
    return {
        "currency": worth.revenue.currency,
        "revenue": worth.revenue,
        "margin": worth.margin,
        "orders": worth.orders,
        "average": worth.average,
        "first": worth.first,
        "last": worth.last,
    }
