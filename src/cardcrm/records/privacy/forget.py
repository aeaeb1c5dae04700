"""Forget a contact: erase it from the tables, the journal, the search index and the free space.

Keyed hashes are left, by which an import knows the contact and refuses it. Sales can stay
for the books, without the contact and their texts, under one contact without a name.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import partial
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records import registry
from cardcrm.records.fields import Text
from cardcrm.records.mail import suppression
from cardcrm.records.privacy import forgotten_hashes, needles, texts, traces
from cardcrm.records.privacy.journal_eraser import JournalEraser
from cardcrm.records.privacy.mentions import STRUCK, Finder
from cardcrm.records.privacy.needles import Search, Shared
from cardcrm.records.privacy.texts import Place
from cardcrm.records.privacy.traces import Traces
from cardcrm.records.record_type import RecordType
from cardcrm.records.references import remove_row
from cardcrm.records.syncing.sync_states import remove_states_of, remove_texts
from cardcrm.store import Store, settings
from cardcrm.store.engine import transaction
from cardcrm.text import fold

ANONYMOUS_UID: Final = "00000000-0000-0000-0000-000000000000"  # of the contact of kept sales
ERASING: Final = "erasing"  # the setting of a database whose free space is not erased yet
_MOST_LISTED: Final = 20


class Plan(NamedTuple):
    """The work of forgetting a contact: rows to erase and to keep by noun, and mentions.

    ``listed`` are texts of others with a single word of the name, which stay as they are, and
    ``imports`` the commands that brought the contact in. ``files`` are in step with it.
    """

    erased: Mapping[str, int]
    kept: Mapping[str, int]
    struck: Sequence[Place]
    listed: Sequence[Place]
    shared: Sequence[Shared]
    imports: Sequence[str]
    files: Sequence[str]


class _Work(NamedTuple):
    """A contact to forget: its traces, and what finds it in texts."""

    contact_id: int
    traces: Traces
    search: Search
    erases_sales: bool


def check_has_name(contact_id: int, uid: str) -> None:
    """Raise UsageError for the contact without a name that holds the sales of forgotten ones."""
    if uid == ANONYMOUS_UID:
        raise UsageError(
            f"contact {contact_id} holds the sales of forgotten contacts",
            f"To remove it with these sales: cardcrm rm {contact_id}",
        )


def is_same_name(typed: str, name: str) -> bool:
    """Return whether a user has typed the name of a contact, which confirms the erasure."""
    return " ".join(typed.split()).casefold() == " ".join(name.split()).casefold()


def plan(
    store: Store, contact_id: int, *, erases_sales: bool = False, also: Iterable[str] = ()
) -> Plan:
    """Return what `forget` will do, without changes."""
    return _plan(store, _prepare(store, contact_id, also, erases_sales=erases_sales))


def _prepare(store: Store, contact_id: int, also: Iterable[str], *, erases_sales: bool) -> _Work:
    found = traces.find(store, contact_id)
    search = needles.build(store, found, also)
    found.owned["tag"] |= texts.find_tags(store, search.struck)
    return _Work(contact_id, found, search, erases_sales)


def _plan(store: Store, work: _Work) -> Plan:
    erased: Counter[str] = Counter()
    kept: Counter[str] = Counter()
    for type_ in registry.all_types():
        count = _count_present(store, type_, work.traces.owned.get(type_.table_name, set()))
        keeps = type_.outlives_contact and not work.erases_sales
        (kept if keeps or _is_line_of_kept(type_, work) else erased)[type_.plural] += count
    struck = list(texts.mentions(store, work.search.struck, work.traces.owned))
    known = {each[:3] for each in struck}
    found = texts.mentions(store, work.search.listed, work.traces.owned, texts.all_texts)
    listed = [each for each in found if each[:3] not in known][:_MOST_LISTED]
    place = partial(texts.find_place, store)
    shared, imports, files = work.search.shared, work.traces.imports, work.traces.files
    return Plan(
        +erased, +kept, [*map(place, struck)], [*map(place, listed)], shared, imports, files
    )


def _is_line_of_kept(type_: RecordType, work: _Work) -> bool:
    """Return whether a part belongs to rows that are kept."""
    wholes = (each for each in registry.all_types() if type_ in each.parts)
    return not work.erases_sales and any(each.outlives_contact for each in wholes)


def _count_present(store: Store, type_: RecordType, ids: set[int]) -> int:
    sql = f"SELECT count(*) FROM {type_.table_name} WHERE id = :id"
    return sum(int(store.value(sql, id=each)) for each in ids)


def forget(
    store: Store, contact_id: int, *, erases_sales: bool = False, also: Iterable[str] = ()
) -> Plan:
    """Erase a contact for good, and return what was done. The journal does not record it.

    Raises StorageError, before any change, while another program uses the file.
    """
    with store.engine.maintenance.sole_access():
        with store.erasing():
            work = _prepare(store, contact_id, also, erases_sales=erases_sales)
            done = _plan(store, work)
            _erase(store, work)
        _erase_free_space(store)
    return done


def finish(store: Store) -> bool:
    """Erase the free space that an interrupted `forget` has left; return whether there was any."""
    if ERASING not in settings.read(store):
        return False
    with store.engine.maintenance.sole_access():
        _erase_free_space(store)
    return True


def _erase(store: Store, work: _Work) -> None:
    settings.replace(store, {ERASING: "1"})
    forgotten_hashes.remember(store, _traits(store, work))
    suppression.keep_opt_outs(store, [work.contact_id])
    if not work.erases_sales:
        _detach(store, work)
    remove_states_of(store, work.traces.identity.uids)
    remove_row(store, "contact", work.contact_id)
    for table in ("sync_file", "tag"):
        for each in work.traces.owned[table]:
            store.delete(table, each)
    hash_text = forgotten_hashes.load(store).hash_text
    remove_texts(store, work.search.struck.finds, hash_text)
    texts.strike(store, work.search.struck, work.traces.owned)
    JournalEraser(store, work.traces, work.search.struck).run()
    _strike_other_tables(store, work.search.struck)


def _traits(store: Store, work: _Work) -> forgotten_hashes.Traits:
    known = work.traces.identity
    sql = "SELECT uid FROM reminder WHERE id = :id"  # also that of a to-do in a calendar
    reminders = (store.value(sql, id=each) for each in work.traces.owned.get("reminder", ()))
    return forgotten_hashes.Traits(
        frozenset(map(fold, known.names)),
        frozenset(key for kind, _, key in known.points if kind == "email"),
        frozenset(key for kind, _, key in known.points if kind == "phone"),
        known.uids.union(filter(None, reminders)),
    )


def _detach(store: Store, work: _Work) -> None:
    """Give rows that are kept to the contact without a name, and clear their texts.

    The number of an invoice stays, as bookkeeping knows the row by it.
    """
    for type_ in registry.all_types():
        owner = type_.contact
        if not type_.outlives_contact or owner is None:
            continue
        table = type_.table_name
        cleared = {
            name: value
            for field in type_.fields
            if isinstance(field, Text) and not (field.is_required or field.is_portable)
            for name, value in field.parse("", store).items()
        }
        sql = f"SELECT id FROM {table} WHERE {owner.column} = :id"
        for row in store.rows(sql, id=work.contact_id):
            own = {**cleared, **_new_uid(store, type_), owner.column: _anonymous(store)}
            store.update(table, row[0], **own)


def _new_uid(store: Store, type_: RecordType) -> dict[str, Any]:
    """Return a fresh permanent id: files that were exported hold the old one."""
    return {} if type_.uid is None else {type_.uid.column: type_.uid.initial(store)}


def _anonymous(store: Store) -> int:
    """Return the contact without a name, added if it is missing."""
    found = store.value("SELECT id FROM contact WHERE uid = :uid", uid=ANONYMOUS_UID)
    if found is not None:
        return int(found)
    now = dates.current_instant()
    return store.insert(
        "contact",
        uid=ANONYMOUS_UID,
        kind="person",
        name=STRUCK,
        name_key=STRUCK,
        sort_key=STRUCK,
        stage="other",
        status="closed",
        created_at=now,
        updated_at=now,
        created_on=dates.today(store.locale.zone).isoformat(),
    )


def _strike_other_tables(store: Store, finder: Finder) -> None:
    """Strike the contact out of tables that no noun declares, such as settings."""
    known = {each.table_name for each in registry.all_types()}
    engine = store.engine
    for table in engine.maintenance.other_tables(known | {"step", "change"}):
        columns = [each.name for each in engine.describe_columns(table) if each.type is str]
        if not columns or "id" not in engine.column_names(table):
            continue
        for row in store.rows(f"SELECT id, {', '.join(columns)} FROM {table}"):
            for column, text in zip(columns, tuple(row)[1:], strict=True):
                if isinstance(text, str) and finder.finds(text):
                    sql = f"UPDATE {table} SET {column} = :text WHERE id = :id"
                    engine.execute(sql, {"text": finder.strike(text), "id": row[0]})


def _erase_free_space(store: Store) -> None:
    store.engine.maintenance.erase_free_space()
    with transaction(store.engine):
        store.engine.execute("DELETE FROM setting WHERE name = :name", {"name": ERASING})
