"""The built-in fields of contacts by the names that people type for them.

A name of a built-in field always means that field; a custom field cannot have it. A custom field
from a file may have a further name of one, such as ``mobile``, and is then meant by it.
"""

from collections.abc import Sequence
from functools import cache
from typing import Any, NamedTuple

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_type, custom_fields
from cardcrm.records.contacts.contact_type import CONTACT, POINT_KINDS
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
)
from cardcrm.store import Store
from cardcrm.text import fold, normalize_line

ADDRESS_FIELDS = tuple(part.key for part in contact_type.ADDRESS.fields if part.filter == part.key)
SEVERAL = ("nick", "tag")  # parts of which a contact may have several, beside contact points
# The fields of a contact that can be set, beside custom fields.
SETTABLE = (*(field.key for field in CONTACT.editable), "birthday", *ADDRESS_FIELDS)

_ALIASES = {
    "name": "full name",
    "prefix": "name prefix, salutation",
    "given": "given name, first name, forename",
    "middle": "middle name",
    "family": "family name, last name, surname",
    "suffix": "name suffix",
    "org": "organization, company, company name, firm, employer, works at",
    "title": "job title, job, position, occupation",
    "note": "notes",
    "source": "lead source",
    "every": "cadence",
    "language": "languages, preferred language",
    "timezone": "time zone",
    "gender": "sex",
    "ref": "reference",
    "birthday": "birth date, birthdate, date of birth, dob",
    "nick": "nickname, nicknames",
    "tag": "tags",
    "email": "emails, mail, email address",
    "email work": "work email",
    "email home": "home email",
    "phone": "phones, telephone, tel, phone number, telephone number",
    "phone mobile": "mobile, mobile phone, mobile number, cell, cell phone",
    "phone work": "work phone, office phone",
    "phone home": "home phone",
    "phone fax": "fax",
    "web": "website, url, homepage, web address",
    "social": "socials, handle",
    "street": "street address, address",
    "city": "town",
    "region": "state, county, province",
    "postcode": "postal code, post code, zip, zip code",
}


class Builtin(NamedTuple):
    """A built-in field: its key, and the label of a contact point such as a ``mobile`` phone."""

    key: str
    label: str = ""


def find_builtin(name: str) -> Builtin | None:
    """Return the built-in field of a name, written in any way: ``E-mail``, ``job title``."""
    return _load_names().get(_squeeze(name))


def find_meant(store: Store, name: str) -> Builtin | None:
    """Return the built-in field of a name, unless a custom field has this further name of it."""
    found = find_builtin(name)
    if found is None or _squeeze(name) == _squeeze(found.key):
        return found
    return found if custom_fields.find(store, name) is None else None


def _squeeze(name: str) -> str:
    """Return a name without case, accents, spaces and punctuation."""
    return "".join(filter(str.isalnum, fold(name)))


@cache
def _load_names() -> dict[str, Builtin]:
    keys = (*SETTABLE, *POINT_KINDS, *SEVERAL)
    names = {_squeeze(key): Builtin(key) for key in keys}
    for target, texts in _ALIASES.items():
        key, _, label = target.partition(" ")
        names |= {_squeeze(text): Builtin(key, label) for text in texts.split(",")}
    return names


def refuse_taken_name(label: str) -> None:
    """Raise UsageError for the name of a custom field that a built-in field or filter has."""
    from cardcrm.records.contacts.query_fields import COLUMNS, FILTERS  # few commands read queries

    if builtin := find_builtin(label):
        known = "" if _squeeze(label) == _squeeze(builtin.key) else f", which is “{builtin.key}”"
        raise UsageError(
            f"“{label}” is a built-in field{known}",
            f"Set it with: cardcrm edit WHO {_how(builtin)}",
        )
    taken = {_squeeze(each) for each in (*FILTERS, *COLUMNS)}
    if _squeeze(label) in taken:
        raise UsageError(
            f"“{label}” is a word of queries, with a meaning of its own", "Choose another name."
        )


def _how(builtin: Builtin) -> str:
    """Return the option that sets a built-in field."""
    value = f"{builtin.label}:…" if builtin.label else "…"
    return f"--{builtin.key.replace('_', '-')} {value}"


def point_draft(builtin: Builtin, text: str) -> ContactPointDraft:
    """Return the contact point that a text for a built-in field means."""
    return ContactPointDraft(builtin.key, text, builtin.label)


def fill_draft(store: Store, draft: ContactDraft, pairs: Sequence[tuple[str, str]]) -> ContactDraft:
    """Return a draft with (name, text) pairs in their fields, built-in or custom.

    Raises UsageError for two different texts for one field.
    """
    for name, text in pairs:
        builtin = find_meant(store, name)
        if builtin is None:
            refuse_computed(store, name)
            draft = draft._replace(fields=(*draft.fields, (name, text)))
        elif normalize_line(text):
            draft = _fill(draft, builtin, text)
    return draft


def refuse_computed(store: Store, name: str) -> None:
    """Raise UsageError for a field that is computed, or a filter alone."""
    from cardcrm.records.contacts.query_fields import FILTERS

    if fold(name) in FILTERS and custom_fields.find(store, name) is None:
        raise UsageError(f"“{name}” cannot be set", "It is computed, or a word of queries.")


def _fill(draft: ContactDraft, builtin: Builtin, text: str) -> ContactDraft:
    key = builtin.key
    if key in POINT_KINDS:
        return draft._replace(points=(*draft.points, point_draft(builtin, text)))
    if key == "tag":
        return draft._replace(tags=(*draft.tags, *split_tags(text)))
    if key == "nick":
        return draft._replace(nicknames=(*draft.nicknames, text))
    if key == "birthday":
        return draft._replace(days=(*draft.days, AnniversaryDraft(key, text)))
    if key in ADDRESS_FIELDS:
        first, *others = draft.addresses or (AddressDraft(),)
        line = _choose(key, getattr(first, key), "", text)
        return draft._replace(addresses=(first._replace(**{key: line}), *others))
    value: Any = _choose(key, getattr(draft, key), ContactDraft._field_defaults[key], text)
    return draft._replace(**{key: value})


def split_tags(text: str) -> tuple[str, ...]:
    """Return the tags of a text such as ``vip, garden club``."""
    return tuple(each.strip() for each in text.split(",") if each.strip())


def _choose(key: str, before: str, default: str, text: str) -> str:
    """Return the text of a field. Raises UsageError if it has another one already."""
    if before != default and normalize_line(before) != normalize_line(text):
        raise UsageError(f"two values for {key}: “{before}” and “{text}”", "Give one of them.")
    return text
