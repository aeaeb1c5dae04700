"""Cases are opened, answered, solved, merged and split; each verb is one step of the journal."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from cardcrm import dates
from cardcrm.errors import ConflictError, NotFoundError, UsageError
from cardcrm.records.activity import interactions
from cardcrm.records.activity.interactions import Details
from cardcrm.records.service.case_rules import complete_case, note_status, refuse_merged
from cardcrm.records.service.case_status import (
    ASSIGNED,
    CLOSED,
    DONE,
    NEW,
    SOLVED,
    WAITING_CUSTOMER,
    WAITING_US,
)
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold


class Case(NamedTuple):
    """A stored case with the name of its contact."""

    id: int
    contact_id: int
    contact: str
    text: str
    status: str
    owner: str
    merged_id: int | None
    asked_at: str | None


_SELECT = (
    "SELECT r.id, r.contact_id, c.name, r.text, r.status, r.owner, r.merged_id, r.asked_at "
    "FROM service_case r JOIN contact c ON c.id = r.contact_id WHERE r.id = :id"
)


def get(store: Store, case_id: int) -> Case:
    """Return one case. Raises NotFoundError."""
    row = store.row(_SELECT, id=case_id)
    if row is None:
        raise NotFoundError(f"unknown case {case_id}", "To see them: cardcrm case list")
    return Case(*row)


def get_current(store: Store, case_id: int) -> Case:
    """Return a case that was not merged into another. Raises ConflictError for one that was."""
    case = get(store, case_id)
    refuse_merged(case.id, case.merged_id)
    return case


class Answered(NamedTuple):
    """A case after a verb, its status before, and the interaction that was logged, if any."""

    case: Case
    before: str
    interaction_id: int | None = None


@retry_transaction
def reply(store: Store, case_id: int, text: str, details: Details, *, status: str = "") -> Answered:
    """Log an outgoing interaction of a case; a case without an owner gets the author as such.

    The case is then worked on, or gets another status. One that is done stays so.
    """
    with store.transaction():
        case = get_current(store, case_id)
        logged = _log(store, case, text, details._replace(direction="out"))
        return note_reply(store, case, status, logged)


def note_reply(
    store: Store, case: Case, status: str = "", interaction_id: int | None = None
) -> Answered:
    """Change a case that is answered, inside a transaction: its status, and its owner if none."""
    wanted = status or (case.status if case.status in (*DONE, WAITING_CUSTOMER) else ASSIGNED)
    columns = {"status": wanted}
    if not case.owner and case.status not in DONE:
        columns["owner"] = store.author.name
    return change(store, case, columns, interaction_id)


@retry_transaction
def note(store: Store, case_id: int, text: str, details: Details) -> Answered:
    """Log an interaction of a case; one of the customer lets it wait for us, or opens it again."""
    with store.transaction():
        case = get_current(store, case_id)
        logged = _log(store, case, text, details)
        is_message = details.direction == "in" and details.kind != "note"
        if is_message and case.status != NEW:
            return change(store, case, {"status": WAITING_US}, logged)
        return Answered(case, case.status, logged)


def _log(store: Store, case: Case, text: str, details: Details) -> int:
    """Log an interaction of a case with its contact, and return its id."""
    values = interactions.prepare(store, text, details)
    logged = store.insert(
        "interaction", **values, case_id=case.id, created_at=dates.current_instant()
    )
    store.insert("participant", interaction_id=logged, contact_id=case.contact_id)
    return logged


def change(
    store: Store, case: Case, columns: Mapping[str, Any], interaction_id: int | None = None
) -> Answered:
    """Change a case with what follows from that, and add its status to the history."""
    store.update("service_case", case.id, **complete_case(store, dict(columns), case.id))
    note_status(store, case.id)
    return Answered(get(store, case.id), case.status, interaction_id)


@retry_transaction
def set_status(store: Store, case_id: int, status: str) -> Answered:
    """Give a case another status.

    Raises ConflictError for one that has it already, and for one that is done, unless it is closed.
    """
    with store.transaction():
        case = get_current(store, case_id)
        if case.status == status:
            raise ConflictError(
                f"case {case_id} is already {status.replace('-', ' on ')}",
                f"To see it: cardcrm case show {case_id}",
            )
        if case.status in DONE and status not in DONE:
            raise _done_error(case)
        return change(store, case, {"status": status})


@retry_transaction
def solve(store: Store, case_id: int, text: str = "", details: Details | None = None) -> Answered:
    """Solve a case, with the last answer to the customer if there is one.

    A case without an owner gets the author as such. Raises ConflictError for one that is done.
    """
    with store.transaction():
        case = get_current(store, case_id)
        if case.status in DONE:
            raise _done_error(case)
        logged = (
            _log(store, case, text, (details or Details())._replace(direction="out"))
            if text
            else None
        )
        owner = {} if case.owner else {"owner": store.author.name}
        return change(store, case, {"status": SOLVED, **owner}, logged)


def _done_error(case: Case) -> ConflictError:
    return ConflictError(
        f"case {case.id} is already {case.status}",
        f"To work on it again: cardcrm case reopen {case.id}",
    )


@retry_transaction
def reopen(store: Store, case_id: int) -> Answered:
    """Open a solved or closed case again. Raises ConflictError for one that is open."""
    with store.transaction():
        case = get_current(store, case_id)
        if case.status not in DONE:
            raise ConflictError(f"case {case_id} is open", "There is nothing to reopen.")
        return change(store, case, {"status": ASSIGNED if case.owner else NEW})


@retry_transaction
def assign(store: Store, ids: Sequence[int], owner: str, *, force: bool = True) -> list[Answered]:
    """Give cases an owner, "" for none.

    Without ``force``, raises ConflictError for a case that another user has.
    """
    with store.transaction():
        found = []
        for case_id in dict.fromkeys(ids):
            case = get_current(store, case_id)
            if case.owner and not force and fold(case.owner) != fold(owner):
                raise ConflictError(
                    f"{case.owner} looks after case {case_id}", "To take it anyway, add --force."
                )
            found.append(change(store, case, {"owner": owner}))
        return found


class Merged(NamedTuple):
    """The case that stays, the one merged into it, and how many interactions were moved."""

    case: Case
    other: Case
    moved: int


@retry_transaction
def merge(store: Store, keep_id: int, other_id: int) -> Merged:
    """Merge a case into another: the conversation moves over, and the number leads there.

    Raises UsageError for a case and itself.
    """
    if keep_id == other_id:
        raise UsageError("a case cannot be merged into itself", "Name two cases.")
    with store.transaction():
        get_current(store, keep_id)
        other = get_current(store, other_id)
        moved = _move(store, "interaction", "case_id", other_id, keep_id)
        _move(store, "service_case", "merged_id", other_id, keep_id)
        _move(store, "service_case", "cause_id", other_id, keep_id)
        for table in ("article_link", "article_vote", "answer_use", "feedback"):
            _move(store, table, "case_id", other_id, keep_id)
        if store.value("SELECT cause_id FROM service_case WHERE id = :id", id=other_id) == keep_id:
            store.update("service_case", other_id, cause_id=None)
        store.update("service_case", other_id, merged_id=keep_id)
        columns = {"status": CLOSED} if other.status != CLOSED else {}
        change(store, other, columns)
        return Merged(get(store, keep_id), other, moved)


def _move(store: Store, table: str, column: str, from_id: int, to_id: int) -> int:
    """Let the rows that refer to a case refer to another one; return how many they are."""
    rows = store.rows(f"SELECT id FROM {table} WHERE {column} = :id ORDER BY id", id=from_id)
    for (row_id,) in rows:
        store.update(table, row_id, **{column: None if row_id == to_id else to_id})
    return len(rows)


_COPIED = ("type", "priority", "product_id", "asset_id", "team_id", "channel")


@retry_transaction
def split(store: Store, interaction_id: int) -> Answered:
    """Make an interaction of a case a case of its own, opened when it happened.

    Raises NotFoundError, and ConflictError for an interaction without a case.
    """
    from cardcrm.records.service.case_type import CASE

    with store.transaction():
        entry = interactions.get(store, interaction_id)
        sql = "SELECT case_id FROM interaction WHERE id = :id"
        case_id = store.value(sql, id=interaction_id)
        if case_id is None:
            raise ConflictError(
                f"interaction {interaction_id} belongs to no case",
                'To open one: cardcrm case open WHO "what they want"',
            )
        case = get(store, case_id)
        row = store.row(f"SELECT {', '.join(_COPIED)} FROM service_case WHERE id = :id", id=case_id)
        assert row is not None
        copied = dict(zip(_COPIED, row, strict=True))
        at = entry.at or f"{entry.on_date}T12:00:00Z"
        new_id = add(store, {
            **copied, **CASE.normalize(text=entry.text), "contact_id": case.contact_id,
            "opened_at": at,
        })  # fmt: skip
        store.update("interaction", interaction_id, case_id=new_id)
        return Answered(get(store, new_id), case.status, interaction_id)


def add(store: Store, columns: Mapping[str, Any]) -> int:
    """Add a case of stored values inside a transaction, and return its id."""
    from cardcrm.records.contacts.uids import new_uid

    own = {"uid": new_uid(), "status": NEW, "author": store.author.name}
    whole = complete_case(store, {**own, **columns}, 0)
    case_id = store.insert("service_case", **whole)
    note_status(store, case_id)
    return case_id


@retry_transaction
def rate(store: Store, case_id: int, rating: int, opinion: str = "") -> Case:
    """Store how satisfied the customer was with a solution, 1 to 5; a second answer replaces it.

    Raises UsageError for another number, and ConflictError for a case that is open.
    """
    from cardcrm.records.service.case_type import CASE

    with store.transaction():
        case = get_current(store, case_id)
        if case.status not in DONE:
            raise ConflictError(
                f"case {case_id} is not solved", f"Solve it first: cardcrm case solve {case_id}"
            )
        columns = CASE.normalize(rating=rating, opinion=opinion)
        store.update("service_case", case_id, **columns, rated_at=dates.current_instant())
        return get(store, case_id)
