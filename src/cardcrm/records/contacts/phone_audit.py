"""Phone numbers of the box read anew: which are kept otherwise than they would be now, or as they
can be none.

Earlier imports kept ``+44 0113 496 0123`` with its nought, and took a German number without its
code for one of the box's own country. Two rules find what is better:

1. A number is read as `points.kept` reads one that is typed now.
2. A number of the box's country that is none there is read as of a country that the card names, if
   it is one there.

What is none by either is reported alone, as nobody but its owner knows what was meant.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

import phonenumbers

from cardcrm.errors import UsageError
from cardcrm.records.contacts import contact_points, contacts, countries, phones
from cardcrm.records.contacts.contact_points import Kept
from cardcrm.records.contacts.drafts import AddressDraft, PointDraft
from cardcrm.store import Store
from cardcrm.store.derived import chunks
from cardcrm.store.engine import Row
from cardcrm.store.retry import retry_transaction

_BATCH = 5000


class Odd(NamedTuple):
    """A number as it is kept, and ``better`` how it would be; ``why`` it is odd, where it stays."""

    point_id: int
    contact_id: int
    name: str
    value: str
    better: Kept | None
    why: str


class Shared(NamedTuple):
    """A number that cards have in common: their ids and names."""

    value: str
    cards: tuple[tuple[int, str], ...]


def odd(
    store: Store, ids: Collection[int] | None = None, tell: Callable[[int], None] | None = None
) -> Iterator[Odd]:
    """The odd numbers of some cards, or of all; ``tell`` hears how many have been looked at."""
    wanted = None if ids is None else set(ids)
    seen = after = 0
    while rows := _numbers(store, after):
        after = rows[-1]["id"]
        meant = [row for row in rows if wanted is None or row["contact_id"] in wanted]
        places = _places(store, {row["contact_id"] for row in meant})
        for row in meant:
            better, why = _read(store, row, places.get(row["contact_id"], ()))
            if better or why:
                yield Odd(row["id"], row["contact_id"], row["name"], row["value"], better, why)
        seen += len(rows)
        if tell:
            tell(seen)


def count(store: Store) -> int:
    """How many phone numbers there are."""
    return int(store.value("SELECT count(*) FROM point WHERE kind = 'phone'"))


def _numbers(store: Store, after: int) -> list[Row]:
    return store.rows(
        "SELECT p.id, p.contact_id, c.name, p.value, p.value_key, p.label FROM point p "
        "JOIN contact c ON c.id = p.contact_id WHERE p.kind = 'phone' AND p.id > :after "
        "ORDER BY p.id LIMIT :n",
        after=after,
        n=_BATCH,
    )


def _places(store: Store, ids: Collection[int]) -> Mapping[int, Sequence[AddressDraft]]:
    """The countries of cards that name some, as addresses."""
    found: dict[int, list[AddressDraft]] = {}
    for handful, params in chunks(ids):
        for row in store.rows(
            "SELECT contact_id, label, country FROM address "
            f"WHERE country <> '' AND contact_id IN ({handful}) ORDER BY id",
            **params,
        ):
            draft = AddressDraft(label=row["label"], country=row["country"])
            found.setdefault(row["contact_id"], []).append(draft)
    return found


def _read(store: Store, row: Row, places: Sequence[AddressDraft]) -> tuple[Kept | None, str]:
    """What is better than a number as it is kept; else why it can be none."""
    told = PointDraft("phone", row["value"], row["label"])
    try:
        now = contact_points.kept(told, store.locale.region, places)
    except UsageError as error:
        return None, error.message.partition(" ")[2]
    if now.key != row["value_key"]:
        return now, ""
    if now.doubt or not now.value.startswith("+"):
        return None, now.doubt
    return _abroad(now.value, store.locale.region, countries.regions(places, row["label"]))


def _abroad(value: str, region: str, abroad: Sequence[str]) -> tuple[Kept | None, str]:
    """As `_read` for a number with a country code, of a card that names these countries."""
    number, why = phones.parsed(value, region)
    if number is None:
        return None, why
    home = phonenumbers.country_code_for_region(region)
    if number.country_code != home or phonenumbers.is_valid_number(number):
        return None, ""
    national = str(number.national_number)
    for each in abroad:
        for written in (f"0{national}", national):  # the nought was taken for Britain's own
            found, _ = phones.parsed(written, each)
            if found and phonenumbers.is_valid_number(found):
                return phones.read(written, [each]), ""
    return None, ""


@retry_transaction
def repair(store: Store, found: Sequence[Odd]) -> int:
    """Keep numbers as they are better kept, in one step; how many were changed.

    One that the card has already is taken off, and what it was marked as goes to the other.
    """
    changed = 0
    with store.transaction():
        for each in found:
            if each.better and _is_still(store, each):
                _mend(store, each, each.better)
                contacts.touch_card(store, each.contact_id)
                changed += 1
    return changed


def _is_still(store: Store, each: Odd) -> bool:
    """Whether nobody has changed a number since it was looked at."""
    sql = "SELECT value FROM point WHERE id = :id"
    return bool(store.value(sql, id=each.point_id) == each.value)


def _mend(store: Store, each: Odd, better: Kept) -> None:
    there = contacts.points_of(store, each.contact_id)
    old = next(point for point in there if point.id == each.point_id)
    same = [point for point in there if (point.kind, point.key) == ("phone", better.key)]
    if not same:
        store.update("point", each.point_id, value=better.value, value_key=better.key)
        return
    twin = same[0]
    store.delete("point", old.id)
    store.update(
        "point",
        twin.id,
        label=twin.label or old.label,
        opted_out=int(twin.opted_out or old.opted_out),
        invalid=int(twin.invalid or old.invalid),
    )


def shared(store: Store, found: Sequence[Odd]) -> list[Shared]:
    """The numbers that several cards have, once these are kept as they are better kept."""
    better = {each.better.key: each.better.value for each in found if each.better}
    cards: dict[str, dict[int, str]] = {}
    for handful, params in chunks(better):
        for row in store.rows(
            "SELECT p.value_key, c.id, c.name FROM point p JOIN contact c ON c.id = p.contact_id "
            f"WHERE p.kind = 'phone' AND p.value_key IN ({handful})",
            **params,
        ):
            cards.setdefault(row["value_key"], {})[row["id"]] = row["name"]
    for each in found:
        if each.better:
            cards.setdefault(each.better.key, {})[each.contact_id] = each.name
    return [
        Shared(better[key], tuple(sorted(those.items())))
        for key, those in cards.items()
        if len(those) > 1
    ]
