"""Evaluate queries over contacts in plain Python, as ``docs/reference/query.md`` says."""

import datetime as dt
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from operator import eq, ge, gt, le, lt
from typing import Any, NamedTuple

from cardcrm.geodesy import Position, measure_distance
from tests.records.query_sql.oracle.people import (
    PURPOSES,
    SEGMENTS,
    TERRITORIES,
    TODAY,
    Person,
    Sale,
    email_keys,
)
from tests.records.query_sql.oracle.standings import standing_of

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    ":": eq, "=": eq, "<": lt, "<=": le, ">": gt, ">=": ge,
}  # fmt: skip
CENTS = {"GBP": 100, "EUR": 100, "JPY": 1}


class Word(NamedTuple):
    """A word to search for."""

    text: str


class Filter(NamedTuple):
    """``field op value``."""

    field: str
    op: str
    value: str


class Group(NamedTuple):
    """Queries joined by ``and``, ``or``, or negated by ``not``."""

    joint: str
    parts: tuple[Any, ...]


Query = Word | Filter | Group


# Text


def fold(text: str) -> str:
    """Return a text without case and accents."""
    plain = unicodedata.normalize("NFKD", text).casefold().replace("ł", "l").replace("’", "'")
    bare = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(bare.split())


def spellings(text: str) -> set[str]:
    """Return the forms of a text that a filter may write."""
    spelled = text.lower()
    for letter, both in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("ß", "ss")):
        spelled = spelled.replace(letter, both)
    return {fold(text), fold(spelled)}


def writings(value: str) -> list[str]:
    """Return what a value is compared as: with an umlaut, with ae for ä as well."""
    spelled = value
    for letter, both in (("ä", "ae"), ("ö", "oe"), ("ü", "ue")):
        spelled = spelled.replace(letter, both).replace(letter.upper(), both)
    return [value, spelled]


def is_unspaced(text: str) -> bool:
    """Return whether a text is of a script without spaces."""
    return bool(re.search("[\u0e00-\u0e7f\u3040-\u30ff\u4e00-\u9fff]", text))


def compares(text: str, op: str, value: str, match: str) -> bool:
    """Return whether a text matches a value of which ``:`` compares a part, start or whole."""
    wanted = fold(value)
    if not text or not wanted:
        return False
    if op not in ":=":
        return COMPARE[op](fold(text), wanted)
    is_spelled = any(both in wanted for both in ("ae", "oe", "ue", "ss"))
    forms = spellings(text) if is_spelled else {fold(text)}
    if op == "=" or match == "whole":
        return wanted in forms
    if match == "start":
        return any(form.startswith(wanted) for form in forms)
    return any(wanted in form for form in forms)


def names(text: str, op: str, value: str) -> bool:
    """Return whether a name matches: for ``:`` word by word."""
    if op != ":":
        return compares(text, op, value, "whole")
    return all(_has_name_word(text, word) for word in fold(value).split())


def _has_name_word(text: str, word: str) -> bool:
    if len(word) < 3 and not is_unspaced(word):
        return f" {word}" in f" {fold(text)}"
    return any(word in form for form in spellings(text))


def words_of(text: str) -> list[str]:
    """Return the words of a text; a letter of a script without spaces is one."""
    found = re.findall(r"[^\W_]+", fold(text))
    return [part for word in found for part in ([*word] if is_unspaced(word) else [word])]


def in_text(text: str, value: str) -> bool:
    """Return whether words follow each other in a text; the last of three letters may begin one."""
    wanted = words_of(value)
    if not wanted:
        return False
    is_start = len(fold(value)) >= 3 and not is_unspaced(value)
    spelled = [min(spellings(word) - {fold(word)}, default=fold(word)) for word in text.split()]
    for have in (words_of(text), words_of(" ".join(spelled))):
        for at in range(len(have) - len(wanted) + 1):
            *before, last = have[at : at + len(wanted)]
            if before == wanted[:-1] and (
                last.startswith(wanted[-1]) if is_start else last == wanted[-1]
            ):
                return True
    return False


# Addresses and numbers


def decoded(address: str) -> str:
    """Return an address with its domain as people write it."""
    return re.sub(
        "xn--([a-z0-9-]+)", lambda found: found[1].encode().decode("punycode"), address.lower()
    )


def bare_web(address: str) -> str:
    """Return a web address without its protocol, www. and closing slash."""
    return re.sub(r"^(https?://)?(www\.)?", "", fold(decoded(address))).rstrip("/")


def phone_matches(number: str, op: str, value: str) -> bool:
    """Return whether a number, with + and its country code, matches one in any notation."""
    digits = number.lstrip("+")
    typed = re.sub(r"[^0-9]", "", value.replace("(0)", ""))
    if value.startswith(("+", "00")):
        whole = typed.removeprefix("00") if value.startswith("00") else typed
    else:
        whole = f"44{typed.lstrip('0')}"  # of the region of the database
    if op == "=":
        return digits == whole
    if value.startswith(("+", "00")) and len(whole) >= 10:
        return whole in digits
    return typed.lstrip("0") in digits


def points(person: Person, kinds: tuple[str, ...], op: str, value: str) -> bool:
    """Return whether a contact point of some kinds matches."""
    return any(
        _point_matches(point.kind, point.value, op, value)
        for point in person.draft.points
        if point.kind in kinds
    )


def _point_matches(kind: str, stored: str, op: str, value: str) -> bool:
    if kind == "phone":
        is_number = re.fullmatch(r"[+0-9() -]+", value) is not None
        return is_number and phone_matches(stored, op, value)
    if kind == "email":
        have, wanted = fold(decoded(stored)), fold(decoded(value))
    else:
        have, wanted = bare_web(stored), bare_web(value)
    return have == wanted if op == "=" else wanted in have


# Days and amounts


def day_range(value: str, *, ahead: bool) -> tuple[dt.date, dt.date, bool]:
    """Return the first and last day of a value, and whether it is a span that looks back."""
    if match := re.fullmatch(r"(\d+)([dwmy])", value):
        days = int(match[1]) * {"d": 1, "w": 7, "m": 30, "y": 365}[match[2]]
        day = TODAY + dt.timedelta(days=days if ahead else -days)
        return day, day, not ahead
    if re.fullmatch(r"\d{4}", value):
        return dt.date(int(value), 1, 1), dt.date(int(value), 12, 31), False
    if match := re.fullmatch(r"(\d{4})-(\d\d)", value):
        first = dt.date(int(match[1]), int(match[2]), 1)
        return first, (first + dt.timedelta(days=32)).replace(day=1) - dt.timedelta(days=1), False
    near = {"today": 0, "yesterday": -1, "tomorrow": 1}
    if value in near:
        day = TODAY + dt.timedelta(days=near[value])
        return day, day, False
    return dt.date.fromisoformat(value), dt.date.fromisoformat(value), False


def on_day(day: dt.date | None, op: str, value: str, *, ahead: bool) -> bool:
    """Return whether a day matches."""
    if day is None:
        return False
    first, last, is_back = day_range(value, ahead=ahead)
    if op in ":=":
        return first <= day <= last
    if is_back:  # longer ago is before
        op = op.replace("<", "#").replace(">", "<").replace("#", ">")
    return COMPARE[op](day, last if op in (">", "<=") else first)


def birthday_matches(day: str, op: str, value: str) -> bool:
    """Return whether a birthday, ``1990-03-06`` or ``--03-06``, matches."""
    months = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    if re.match(r"\d{4}", value):
        return day[0] != "-" and on_day(dt.date.fromisoformat(day), op, value, ahead=True)
    if value in months:
        return int(day[-5:-3]) == months.index(value) + 1
    if re.fullmatch(r"\d\d-\d\d", value):
        return day[-5:] == value
    days = int(re.sub("d", "", value)) + (op == "<=")
    return any(_falls_on(day[-5:], TODAY + dt.timedelta(days=away)) for away in range(days))


def _falls_on(month_day: str, day: dt.date) -> bool:
    is_leap = day.year % 4 == 0
    return f"{day:%m-%d}" == ("02-28" if month_day == "02-29" and not is_leap else month_day)


def amount_of(text: str) -> tuple[float, str]:
    """Return a written amount in whole units, and its currency."""
    match = re.fullmatch(r"(-?[\d,.]+) ?([A-Z]{3})?", text)
    assert match, text
    return float(match[1].replace(",", "")), match[2] or "GBP"


def money_matches(have: float, currency: str, op: str, value: str) -> bool:
    """Return whether an amount matches one in its currency."""
    amount, wanted = amount_of(value)
    return currency == wanted and COMPARE[op](have, amount)


# Sales


def sales_of(person: Person) -> list[Sale]:
    """Return the sales of a contact; those of its people count for an organization."""
    return [*person.sales, *(sale for each in person.people for sale in sales_of(each))]


def sums_match(person: Person, field: str, op: str, value: str) -> bool:
    """Return whether the value or margin in the currency of an amount matches."""
    amount, currency = amount_of(value)
    sold = [each for each in sales_of(person) if each.currency == currency]
    total = sum(each.amount for each in sold)
    if field == "margin":
        if any(each.cost is None and each.amount >= 0 for each in sold):
            return False
        total -= sum(_signed_cost(each.amount, each.cost) for each in sold)
    return COMPARE[op](total / CENTS[currency], amount)


def _signed_cost(amount: int, cost: int | None) -> int:
    return -(cost or 0) if amount < 0 else cost or 0


def sale_day(person: Person, pick: Callable[[Iterable[dt.date]], dt.date]) -> dt.date | None:
    """Return the first or last day of a sale; refunds count where there is nothing else."""
    paid = [each.day for each in sales_of(person) if each.amount > 0]
    days = paid or [each.day for each in sales_of(person)]
    return pick(days) if days else None


def last_day(person: Person) -> dt.date | None:
    """Return the day of the last interaction; those with its people count for an organization."""
    days = [day for day, _ in person.history]
    days += [day for each in person.people if (day := last_day(each))]
    return max(days, default=None)


def last_touch(person: Person) -> dt.date | None:
    """Return the day of the last touch; those of its people count for an organization."""
    days = [*person.touches]
    days += [day for each in person.people if (day := last_touch(each))]
    return max(days, default=None)


def touch_by(person: Person) -> dt.date | None:
    """Return the day by which the cadence asks for a touch."""
    own = person.draft.every
    is_org, is_vip = person.draft.kind == "org", "vip" in person.draft.tags
    by_rule = 14 if is_vip else 45 if is_org else None
    cadence = by_rule if not own else None if own == "never" else int(own[:-1])
    if cadence is None or person.head["status"] != "active":
        return None
    since = last_touch(person) or local_day(person.head["created_at"])
    return max(since + dt.timedelta(days=cadence), person.snoozed or dt.date.min)


def has_scores(scores: tuple[int, int, int], value: str) -> bool:
    """Return whether RFM scores are those of a pattern, 5xx, or of a standing."""
    if re.fullmatch("[1-5x]{3}", value):
        return all(digit in ("x", str(score)) for score, digit in zip(scores, value, strict=True))
    return value == standing_of(scores).lower().replace("'", "").replace(" ", "-")


# Fields


def local_day(instant: str) -> dt.date:
    """Return the day of an instant in UTC, the zone of the database."""
    return dt.date.fromisoformat(instant[:10])


def open_days(person: Person) -> list[dt.date]:
    """Return the days of the open reminders."""
    return [each.day for each in person.reminders if each.is_open]


def addresses(person: Person, part: str) -> list[str]:
    """Return a part of all addresses."""
    return [text for each in person.draft.addresses if (text := getattr(each, part))]


def positions(person: Person) -> list[Position]:
    """Return the coordinates of all addresses."""
    return [
        Position(float(each.latitude), float(each.longitude))
        for each in person.draft.addresses
        if each.latitude and each.longitude
    ]


def relation_kinds(person: Person) -> list[str]:
    """Return the kinds of relation, with the one between an organization and its people."""
    return person.relations + (["works at"] if person.org or person.people else [])


ADDRESS = ("street", "city", "region", "postcode", "country")
DEGREES = ("latitude", "longitude")
POINTS = {
    "email": ("email",), "phone": ("phone",), "web": ("web", "social"),
    "point": ("email", "phone", "web", "social"),
}  # fmt: skip


def texts(person: Person, field: str) -> tuple[list[str], str]:
    """Return the texts of a field of text, and what of them ``:`` compares."""
    draft = person.draft
    open_promises = [each.text for each in person.reminders if each.promise and each.is_open]
    values: dict[str, tuple[list[str], str]] = {
        "nick": ([*draft.nicknames], "part"),
        "title": ([draft.title], "part"),
        **{name: ([getattr(draft, name)], "part") for name in TRAITS},
        "product": ([each.product for each in person.sales], "part"),
        "promise": (open_promises, "part"),
        "hobby": ([person.custom.get("Hobby", "")], "part"),
        "level": ([person.custom.get("Level", "")], "part"),
        "source": ([draft.source], "whole"),
        "owner": ([draft.owner], "whole"),
        "claimed": ([user for user, day in person.claims if day >= TODAY], "whole"),
        "tag": ([fold(tag) for tag in draft.tags], "whole"),
        "relation": ([fold(kind) for kind in relation_kinds(person)], "whole"),
        "kind": ([draft.kind], "whole"),
        "stage": ([person.head["stage"]], "whole"),
        "status": ([person.head["status"]], "whole"),
        "uid": ([person.head["uid"]], "whole"),
        "name-order": ([person.head["name_order"]], "whole"),
        **{part: ([person.head[part]], "part") for part in NAME_PARTS},
        **{part: (addresses(person, part), "start") for part in ADDRESS},
    }
    found, match = values[field]
    return [each for each in found if each], match


def days(person: Person, field: str) -> tuple[list[dt.date], bool]:
    """Return the days of a field, and whether its spans look ahead."""
    opened = open_days(person)
    renewal = person.custom.get("Renewal")
    values: dict[str, tuple[list[dt.date | None], bool]] = {
        "created": ([local_day(person.head["created_at"])], False),
        "updated": ([local_day(person.head["updated_at"])], False),
        "last": ([last_day(person)], False),
        "touched": ([last_touch(person)], False),
        "cadence": ([touch_by(person)], True),
        "snoozed": ([person.snoozed], True),
        "mvc": ([person.joined], False),
        "testimonial": ([*person.asked], False),
        "bought": ([sale_day(person, max)], False),
        "since": ([sale_day(person, min)], False),
        "next": ([min(opened, default=None)], True),
        "due": ([*opened], True),
        "renewal": ([dt.date.fromisoformat(renewal) if renewal else None], True),
    }
    found, ahead = values[field]
    return [day for day in found if day], ahead


NAME_PARTS = ("prefix", "given", "middle", "family", "suffix")
TRAITS = ("role", "language", "timezone", "gender")
TEXT_FIELDS = (
    *NAME_PARTS, *TRAITS,
    "nick", "title", "product", "promise", "hobby", "level", "source", "owner", "tag",
    "claimed", "relation", *ADDRESS,
)  # fmt: skip
CHOICES = ("kind", "stage", "status", "uid", "name-order")
DAY_FIELDS = (
    "created", "updated", "last", "touched", "cadence", "snoozed", "bought", "since", "next", "due",
    "renewal", "mvc", "testimonial",
)  # fmt: skip


def own_cadence(every: str) -> int | None:
    """Return the days of a cadence; None for none and never."""
    return int(every[:-1]) if every and every != "never" else None


NUMBERS: dict[str, Callable[[Person], float | None]] = {
    "id": lambda person: person.id,
    "every": lambda person: own_cadence(person.draft.every),
    "orders": lambda person: sum(each.amount > 0 for each in sales_of(person)),
    "shoe-size": lambda person: float(person.custom.get("Shoe size", "nan")),
}


def has_value(person: Person, field: str) -> bool:
    """Return whether a field has a value."""
    draft = person.draft
    if field in POINTS:
        return any(point.kind in POINTS[field] for point in draft.points)
    if field in (*TEXT_FIELDS, *CHOICES):
        return bool(texts(person, field)[0])
    if field in DAY_FIELDS:
        return bool(days(person, field)[0])
    if field in ("value", "margin", "orders"):
        return bool(sales_of(person))
    if field == "rfm":
        return person.scores is not None
    if field == "territory":
        return bool(territory_of(person))
    if field == "partner":
        return bool(person.partners)
    if field in DEGREES:
        return bool(addresses(person, field))
    if field in ("near", "located"):
        return bool(positions(person))
    return {
        "name": True, "id": True, "org": person.org is not None, "note": bool(draft.note),
        "text": bool(person.history), "birthday": bool(draft.days),
        "every": bool(own_cadence(draft.every)),
        "budget": "Budget" in person.custom, "shoe-size": "Shoe size" in person.custom,
        "consent": has_consent(person, "any"), "can-mail": has_consent(person, "any", usable=True),
        "job": bool(person.jobs), "opted-out": any(point.opted_out for point in draft.points),
    }[field]  # fmt: skip


def territory_of(person: Person) -> str:
    """Return the first territory that finds a contact, else the one that finds its organization."""
    for each in filter(None, (person, person.org)):
        for name, query in TERRITORY_QUERIES.items():
            if evaluate(query, each):
                return name
    return ""


NEEDS_CONSENT = "newsletter"  # the purpose that needs consent unless the setting says otherwise


def has_consent(person: Person, purpose: str, *, usable: bool = False) -> bool:
    """Return whether an address has consented to a purpose; ``yes`` asks for the address alone."""
    purpose = purpose.lower()
    found = email_keys(person, usable=usable)
    if usable and purpose in ("yes", "no"):
        return bool(found) == (purpose == "yes")
    wanted = PURPOSES if purpose == "any" else (purpose,)
    missing = "given" if usable and purpose not in ("any", NEEDS_CONSENT) else ""
    return any(
        person.consents.get((key, each), missing) == "given" for key in found for each in wanted
    )


def filter_matches(person: Person, field: str, op: str, value: str) -> bool:
    """Return whether a contact matches one filter."""
    if field == "has":
        return has_value(person, {"sales": "value", "history": "text"}.get(value, value))
    if field == "segment":
        return evaluate(SEGMENT_QUERIES[value], person)
    if field == "territory" and value not in ("any", "none"):
        return territory_of(person) == value
    if op in ":=" and value in ("any", "none", ""):
        return has_value(person, field) == (value == "any")
    if field in ("consent", "can-mail"):
        return has_consent(person, value, usable=field == "can-mail")
    if field == "opted-out":
        return has_value(person, field) == (value == "yes")
    if field == "located":  # the contacts have pins alone
        return value == "exact" and bool(positions(person))
    if field == "near":
        place, _, km = value.partition("<")
        center = Position(*map(float, place.split(",")))
        limit = float(km.removesuffix("km") or 25)
        return any(measure_distance(center, each) <= limit for each in positions(person))
    if op in ":=":
        return any(_filter_matches(person, field, op, each) for each in writings(value))
    return _filter_matches(person, field, op, value)


def _filter_matches(person: Person, field: str, op: str, value: str) -> bool:
    draft = person.draft
    if field == "name":
        return names(draft.name, op, value)
    if field == "org":
        return person.org is not None and names(person.org.draft.name, op, value)
    if field == "partner":
        return any(names(each, op, value) for each in person.partners)
    if field == "job":
        return any(
            compares(title, op, value, "part") or names(org, op, value)
            for title, org in person.jobs
        )
    if field in POINTS:
        return points(person, POINTS[field], op, value)
    if field == "rfm":
        return person.scores is not None and has_scores(person.scores, value)
    if field in ("note", "text"):
        stored = [draft.note] if field == "note" else [text for _, text in person.history]
        return any(in_text(text, value) for text in stored)
    return _compared(person, field, op, value)


def _compared(person: Person, field: str, op: str, value: str) -> bool:
    if field in (*TEXT_FIELDS, *CHOICES):
        found, match = texts(person, field)
        return any(compares(text, op, value, match) for text in found)
    if field in DAY_FIELDS:
        found_days, ahead = days(person, field)
        return any(on_day(day, op, value, ahead=ahead) for day in found_days)
    if field in DEGREES:
        found_degrees = map(float, addresses(person, field))
        return any(COMPARE[op](each, float(value)) for each in found_degrees)
    if field in NUMBERS:
        number = NUMBERS[field](person)
        return number is not None and COMPARE[op](number, float(value.replace(",", "").rstrip("d")))
    if field == "birthday":
        return any(birthday_matches(each.day, op, value) for each in person.draft.days)
    if field == "budget":
        stored = person.custom.get("Budget")
        return stored is not None and money_matches(*amount_of(stored), op, value)
    return sums_match(person, field, op, value)


# Queries


def evaluate(query: Query, person: Person) -> bool:
    """Return whether a query finds a contact."""
    if isinstance(query, Word):
        return any(has_word(person, text) for text in writings(query.text))
    if isinstance(query, Filter):
        return filter_matches(person, *query)
    found = (evaluate(part, person) for part in query.parts)
    if query.joint == "not":
        return not next(found)
    return all(found) if query.joint == "and" else any(found)


def has_word(person: Person, text: str) -> bool:
    """Return whether a contact has a word somewhere."""
    word = fold(text)
    if any(in_text(each, text) for each in searched_texts(person)):
        return True
    if len(word) < 3 and not is_unspaced(word):
        starts = [fold(person.draft.name)]
        if person.draft.kind == "person":
            starts.append(fold(f"{person.head['family']} {person.head['given']}".strip()))
        whole = [fold(each) for each in (*person.draft.nicknames, *person.draft.tags)]
        return word in whole or any(start.startswith(word) for start in starts)
    return any(word in form for form in searched_forms(person)) or is_in_phone(person, text)


def searched_texts(person: Person) -> list[str]:
    """Return the long texts of a contact."""
    return [person.draft.note, *(text for _, text in person.history)]


def searched_forms(person: Person) -> Iterator[str]:
    """Yield the short texts of a contact in the forms in which a word finds them."""
    draft = person.draft
    org = [person.org.draft.name] if person.org else []
    places = addresses(person, "city")
    for text in (draft.name, *draft.nicknames, *org, draft.title, *places, *draft.tags):
        yield from spellings(text)
    for point in draft.points:
        if point.kind == "phone":
            yield point.value.lstrip("+")
        elif point.kind == "email":
            yield fold(decoded(point.value))
        else:
            yield bare_web(point.value)


def is_in_phone(person: Person, text: str) -> bool:
    """Return whether a word that is a phone number is one of the contact's."""
    if not re.fullmatch(r"[+0-9() -]+", text):
        return False
    return any(
        phone_matches(point.value, ":", text.replace("+", ""))
        for point in person.draft.points
        if point.kind == "phone"
    )


SEGMENT_QUERIES: dict[str, Query] = {
    "quiet": Group("not", (Filter("last", "<", "60d"),)),
    "mixed": Group(
        "and",
        (
            Group("or", (Filter("tag", ":", "vip"), Group("not", (Filter("org", ":", "acme"),)))),
            Group("not", (Filter("kind", ":", "org"),)),
        ),
    ),
    "deep": Group(
        "and",
        (Filter("segment", ":", "quiet"), Group("not", (Filter("segment", ":", "mixed"),))),
    ),
}
assert SEGMENT_QUERIES.keys() == SEGMENTS.keys()
TERRITORY_QUERIES: dict[str, Query] = {
    "garden": Filter("tag", ":", "garden-club"),
    "north": Group("or", (Filter("tag", ":", "vip"), Filter("tag", ":", "cold"))),
    "quiet": Group("not", (Filter("last", "<", "60d"),)),
}
assert list(TERRITORY_QUERIES) == list(TERRITORIES)
