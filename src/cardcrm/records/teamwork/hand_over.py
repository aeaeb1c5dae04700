"""Hand over what one user looks after to others, as one step.

The records are those of the fields that are declared to be handed over: contacts, open deals,
leads, quotes, invoices and reminders, claims in force, territories, and the users in rules. History
stays: who logged an interaction, and whose a closed deal was.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records import registry
from cardcrm.records.fields import Flag, User, Users, split_users
from cardcrm.records.query_sql.text_predicates import key_sql
from cardcrm.records.record_type import RecordType
from cardcrm.records.teamwork.users import find_successor
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold

_IN_FORCE = {"claim": "r.until_on >= :today"}  # the rows of nouns that end by a date


class Move(NamedTuple):
    """A row that gets another user in a column: of which noun and contact, and whose it becomes.

    Without a ``user`` it stays, as no one takes it over.
    """

    type: RecordType
    row_id: int
    contact_id: int | None
    column: str
    user: str


_Row = tuple[RecordType, User | Users, int, int | None]  # noun, field, number and contact


class Successors(NamedTuple):
    """The users who take over, in turn by contact; with territories, their owners come first."""

    users: tuple[str, ...]
    by_contact: Mapping[int, str] = {}

    @property
    def first(self) -> str:
        """The user who takes over what belongs to no contact."""
        return self.users[0] if self.users else ""

    def find(self, contact_id: int | None) -> str:
        """Return the user who takes over what belongs to a contact, or to none."""
        return self.first if contact_id is None else self.by_contact.get(contact_id, "")


def find_successors(store: Store, user: str, text: str, *, is_new: bool = False) -> list[str]:
    """Return the users who take over from a user, as typed: ``bob,cara``.

    Raises NotFoundError for a new user with a name like that of a known one, unless ``is_new``,
    and UsageError for the user itself.
    """
    found = [find_successor(store, each, is_new=is_new) for each in split_users(text)]
    if fold(user) in map(fold, found):
        raise UsageError(f"{user} cannot take over from {user}", "Name another user.")
    return found


def plan(
    store: Store, user: str, users: Sequence[str], *, by_territory: bool = False
) -> list[Move]:
    """Return the rows of a user that others take over.

    The records of one contact go to one user: to the owner of its territory if ``by_territory``
    and there is another one, else to the next of the ``users``.
    """
    rows = list(_find_rows(store, user))
    contacts = sorted({contact for _, _, _, contact in rows if contact is not None})
    owners = _find_territory_owners(store, user, contacts) if by_territory else {}
    rest = [each for each in contacts if each not in owners]
    turns = {each: users[at % len(users)] for at, each in enumerate(rest)} if users else {}
    successors = Successors(tuple(users), {**turns, **owners})
    return [_move(store, successors, user, *row) for row in rows]


def _find_rows(store: Store, user: str) -> Iterator[_Row]:
    """Yield the open rows of a user: noun, field, number and contact."""
    today = dates.today(store.locale.zone).isoformat()
    for type_ in registry.all_types():
        for field in type_.fields:
            if isinstance(field, User | Users) and field.hands_over:
                sql, params = _rows_query(type_, field, user)
                needed = params | ({"today": today} if ":today" in sql else {})
                for row in store.rows(sql, **needed):
                    if isinstance(field, User) or _names(row[2], user):
                        yield type_, field, row[0], row[1]


def _rows_query(type_: RecordType, field: User | Users, user: str) -> tuple[str, dict[str, Any]]:
    contact = "r.id" if type_.name == "contact" else "NULL"
    if type_.contact is not None and type_.name != "contact":
        contact = f"r.{type_.contact.column}"
    conditions = [f"r.{field.column} <> ''"]
    params = {}
    if isinstance(field, User):
        conditions = [f"{key_sql('r', field)} = :user"]
        params = {"user": fold(user)}
    if type_.closed_by:
        is_flag = isinstance(type_.closing_field, Flag)
        conditions.append(f"r.{type_.closed_by} {'= 0' if is_flag else 'IS NULL'}")
    if type_.name in _IN_FORCE:
        conditions.append(_IN_FORCE[type_.name])
    return (
        f"SELECT r.id, {contact}, r.{field.column} FROM {type_.table_name} r "
        f"WHERE {' AND '.join(conditions)} ORDER BY r.id"
    ), params


def _names(text: str, user: str) -> bool:
    return fold(user) in map(fold, split_users(text))


def _find_territory_owners(store: Store, user: str, contacts: Sequence[int]) -> dict[int, str]:
    """Return the owners of the territories of contacts, as far as another user is one."""
    from cardcrm.records.teamwork import stored_territories, territories

    known = stored_territories.list_territories(store)
    wanted = [each for each in known if fold(each.owner) not in ("", fold(user))]
    found = territories.find_owned(store, wanted, contacts)
    return {each: territory.owner for each, territory in found.items()}


def _move(
    store: Store,
    successors: Successors,
    user: str,
    type_: RecordType,
    field: User | Users,
    row_id: int,
    contact_id: int | None,
) -> Move:
    successor = successors.find(contact_id)
    if isinstance(field, Users) and successors.users:
        sql = f"SELECT {field.column} FROM {type_.table_name} WHERE id = :id"
        names = split_users(store.value(sql, id=row_id))
        others = [each for each in names if fold(each) != fold(user)]
        successor = Users.normalize(", ".join([*others, *successors.users]))
    return Move(type_, row_id, contact_id, field.column, successor)


@retry_transaction
def hand_over(
    store: Store, user: str, users: Sequence[str], *, by_territory: bool = False
) -> list[Move]:
    """Give the rows that `plan` finds to others; return them."""
    with store.transaction():
        found = plan(store, user, users, by_territory=by_territory)
        for each in found:
            if each.user:
                _write(store, each)
    return found


def _write(store: Store, move: Move) -> None:
    table = move.type.table_name
    marks = {"updated_at": dates.current_instant()} if table == "contact" else {}
    store.update(table, move.row_id, **{move.column: move.user}, **marks)
    if move.type.check is not None:
        move.type.check(store, move.row_id)


def group_moves(moves: Sequence[Move]) -> dict[tuple[str, str], list[Move]]:
    """Return moves by their noun and the user who takes over."""
    found: dict[tuple[str, str], list[Move]] = defaultdict(list)
    for each in moves:
        found[each.type.name, each.user].append(each)
    return dict(found)


def describe_group(user: str, successor: str, group: Sequence[Move]) -> str:
    """Return a group of moves from a user as “3 contacts to bob”."""
    counted = group[0].type.counted(len(group))
    if successor:
        return f"{counted} to {successor}"
    verb, them = ("stays", "it") if len(group) == 1 else ("stay", "them")
    return f"{counted} {verb} with {user}: no one takes {them} over"
