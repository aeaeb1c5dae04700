"""Keep the values of a foreign contact that cannot be read, so that one does not refuse it all.

An email address without @ or a birthday “circa 1800” becomes the text of a custom field, such as
``email as written`` or ``birthday as written``.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, part_types
from cardcrm.records.contacts.contact_type import CADENCE, GENDER, NAME_ORDER, STATUS, TIMEZONE
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.contacts.normalize import Rules, translate_tag


class _Value(NamedTuple):
    """A value of a draft: its attribute, what it is called, its text, and a check that raises."""

    attribute: str
    label: str
    text: str
    item: Any
    check: Callable[[], object]


def keep_as_written(draft: ContactDraft, rules: Rules) -> tuple[ContactDraft, tuple[str, ...]]:
    """Return a draft whose unreadable values are custom fields, and a sentence about each."""
    problems: list[str] = []
    for value in list(_list_values(draft, rules)):
        try:
            value.check()
        except UsageError as error:
            draft = _move(draft, value)
            if value.text:
                problems.append(f"{error.message}; kept as “{value.label} as written”")
    return draft, tuple(problems)


def _list_values(draft: ContactDraft, rules: Rules) -> Iterator[_Value]:
    """Yield the values that may be unreadable."""
    region, today = rules.locale.region, dates.today(rules.locale.zone)
    for point in draft.points:
        check = partial(contact_points.normalize, point, region)
        yield _Value("points", point.kind, point.value.strip(), point, check)
    for day in draft.days:
        check_day = partial(part_types.anniversary_row, day, today)
        yield _Value("days", day.label or "birthday", day.day, day, check_day)
    for name in draft.nicknames:
        yield _Value("nicknames", "nickname", name, name, partial(part_types.nickname_row, name))
    for tag in draft.tags:
        yield _Value("tags", "tag", tag, tag, partial(translate_tag, tag))
    for pair in draft.fields:
        yield _Value("fields", *pair, pair, partial(_check_field, rules, *pair))
    for field in (TIMEZONE, GENDER, STATUS, NAME_ORDER):
        if text := getattr(draft, field.column).strip():
            yield _Value(field.column, field.label, text, None, partial(field.normalize, text))
    for address in draft.addresses:
        check_degrees = partial(part_types.address_row, address)
        yield _Value("addresses", "address", _join_lines(address), address, check_degrees)
    if draft.every:
        check_cadence = partial(CADENCE.parse_days, draft.every)
        yield _Value("every", "cadence", draft.every, None, check_cadence)


def _join_lines(address: AddressDraft) -> str:
    return ", ".join(filter(None, address[1:]))


def _check_field(rules: Rules, label: str, text: str) -> None:
    if text.strip():
        part_types.custom_field_row(rules.find_field(label), text, rules.locale)


def _move(draft: ContactDraft, value: _Value) -> ContactDraft:
    """Return a draft in which a value is a custom field of text."""
    if value.item is None:
        rest: Any = ContactDraft._field_defaults[value.attribute]
    else:
        rest = tuple(each for each in getattr(draft, value.attribute) if each is not value.item)
    draft = draft._replace(**{value.attribute: rest})
    if not value.text:
        return draft
    return draft._replace(fields=(*draft.fields, (f"{value.label} as written", value.text)))
