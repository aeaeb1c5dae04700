"""Keep the values of a foreign contact that cannot be read, so that one does not refuse it all.

An email address without @ or a birthday “circa 1800” becomes the text of a custom field, such as
``email as written`` or ``birthday as written``.
"""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, part_types
from cardcrm.records.contacts.contact_type import CADENCE, GENDER, NAME_ORDER, STATUS, TIMEZONE
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft
from cardcrm.records.contacts.names import LONGEST, PARTS, cut_long
from cardcrm.records.contacts.normalize import Rules, translate_tag
from cardcrm.text import normalize_line, shorten

_LONGEST_PROBLEM: Final = 120  # characters
_NAMES: Final = {
    "name": "name", "prefix": "prefix", "given": "given name", "middle": "middle name",
    "family": "family name", "suffix": "suffix", "org": "organization",
}  # fmt: skip


class _Value(NamedTuple):
    """A value of a draft: its attribute, what it is called, its text, and a check that raises."""

    attribute: str
    label: str
    text: str
    item: Any
    check: Callable[[], object]


def keep_as_written(draft: ContactDraft, rules: Rules) -> tuple[ContactDraft, tuple[str, ...]]:
    """Return a draft whose unreadable values are custom fields, and a sentence about each."""
    draft, problems = _cut_names(draft)
    for value in list(_list_values(draft, rules)):
        try:
            value.check()
        except UsageError as error:
            draft = _move(draft, value)
            if value.text:
                problems.append(_describe(error.message, value.label))
    return draft, tuple(problems)


def _describe(problem: str, label: str) -> str:
    return f"{shorten(problem, _LONGEST_PROBLEM)}; kept as “{label} as written”"


def _cut_names(draft: ContactDraft) -> tuple[ContactDraft, list[str]]:
    """Return a draft without absurdly long names, which are custom fields, and sentences on them.

    A name that its parts make too long loses them.
    """
    texts = {name: normalize_line(getattr(draft, name)) for name in _NAMES}
    full = normalize_line(draft.name) or " ".join(filter(None, map(texts.__getitem__, PARTS)))
    if len(full) > LONGEST:
        texts |= {"name": full, **dict.fromkeys(PARTS, "")}
        draft = draft._replace(prefix="", given="", middle="", family="", suffix="")
    jobs = tuple(job._replace(org=cut_long(normalize_line(job.org))) for job in draft.jobs)
    long = [(_NAMES[name], text) for name, text in texts.items() if len(text) > LONGEST]
    long += [("organization", job.org) for job in draft.jobs if len(job.org) > LONGEST]
    problems = [
        _describe(f"a name of {len(text):,} characters is too long", label) for label, text in long
    ]
    fields = (*draft.fields, *((f"{label} as written", text) for label, text in long))
    shown: dict[str, Any] = {
        name: cut_long(text) for name, text in texts.items() if len(text) > LONGEST
    }
    return draft._replace(fields=fields, jobs=jobs)._replace(**shown), problems


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
