"""What is read for the first screen, apart from it, so that it can be read while that is loaded."""

from typing import NamedTuple

from cardcrm import dates
from cardcrm.reports import due
from cardcrm.reports.card import FullCard, read_beginning, rest_queries, whole_card
from cardcrm.reports.due import Digest, Part, T
from cardcrm.reports.revenue import Month, month_query
from cardcrm.store import Store

FEW = 30  # rows of a part that are read at first: as many as a screen shows
MOST = 200  # rows of a part that are read in the end
FIRST = 30  # interactions of a card that are read at first
SALES = 12
MONTHS = 24


class CardRead(NamedTuple):
    """A card as the screen shows it; ``months`` are for the spark line beside its worth."""

    card: FullCard
    months: tuple[Month, ...] = ()


class Opening(NamedTuple):
    """The first screen: the day, and the card of whoever stands first in it."""

    day: Digest
    first: CardRead | None


def read_opening(store: Store, ahead: int) -> Opening:
    """What the first screen shows, no more than that."""
    day = read_day(store, ahead)
    contact_id = first_of(day)
    return Opening(day, None if contact_id is None else read_card(store, contact_id))


def read_day(store: Store, ahead: int, most: int = FEW) -> Digest:
    """What is due today and the days ahead, so many rows a part."""
    day = due.digest(store, dates.today(store.locale.zone), ahead=ahead, limit=most)
    return day._replace(
        overdue=_counted(day.overdue),
        today=_counted(day.today),
        coming=_counted(day.coming),
        losing_touch=_counted(day.losing_touch),
        days=_counted(day.days),
    )


def _counted(part: Part[T]) -> Part[T]:
    """The same count however many rows were read."""
    most = due.MOST
    return Part(part.rows, min(part.total, most), part.exact and part.total <= most)


def parts_of(day: Digest) -> tuple[Part[due.Task] | Part[due.Lost] | Part[due.Day], ...]:
    """The parts of a day in the order in which they are shown."""
    return (day.overdue, day.today, day.coming, day.losing_touch, day.days)


def first_of(day: Digest) -> int | None:
    """The contact of the first thing that is shown."""
    return next((row.contact.id for part in parts_of(day) for row in part.rows), None)


def is_whole(day: Digest, most: int) -> bool:
    """Whether no part was cut short that a longer reading would show."""
    return all(
        len(part.rows) >= most or (part.exact and len(part.rows) == part.total)
        for part in parts_of(day)
    )


def read_card(store: Store, contact_id: int, *, history: int = FIRST, kind: str = "") -> CardRead:
    """A contact's card with so many interactions (of a kind). Raises NotFoundError."""
    beginning = read_beginning(store, contact_id, history=history, kind=kind, sales=SALES)
    queries = rest_queries(beginning)
    if beginning.worth:
        currency, today = beginning.worth[0].revenue.currency, dates.today(store.locale.zone)
        queries.append(month_query(currency, today, months=MONTHS, contact_id=contact_id))
    rest = store.fetch_many(queries)
    months = rest.pop() if beginning.worth else ()
    return CardRead(whole_card(store, beginning, rest), months)
