"""Rules about leads: the points that they give, and the owners among whom they share leads."""

from collections.abc import Sequence
from typing import Any, NamedTuple

from cardcrm.errors import CardcrmError, NotFoundError, UsageError
from cardcrm.query import ALL, Node
from cardcrm.records import registry
from cardcrm.records.fields import name_users
from cardcrm.records.leads.statuses import ACTIVE
from cardcrm.records.query_sql import record_query
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.owner_sql import owner_key
from cardcrm.store.retry import retry_transaction
from cardcrm.text import fold

EVERY = "all"  # the query of a rule for all leads


class LeadRule(NamedTuple):
    """A rule: a query, points or None, and owners with commas between."""

    id: int
    query: str
    points: int | None
    owners: str


def check_rule(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a rule. Raises UsageError for a bad query or one without effect."""
    if "query" in columns:
        _condition(store, columns["query"] or "")
    before = store.row("SELECT points, owners FROM lead_rule WHERE id = :id", id=row_id)
    points = columns.get("points", before["points"] if before else None)
    owners = columns.get("owners", before["owners"] if before else "")
    if points is None and not owners:
        raise UsageError(
            "a rule needs points or owners",
            "Add --points 20, or --owners ann,bob for the users who get such leads.",
        )
    return columns


def _parse(query: str) -> Node:
    type_ = registry.record_type("lead")
    return ALL if query.strip().lower() == EVERY else record_query.parse(type_, query)


def _condition(store: Store, query: str) -> tuple[str, dict[str, Any]]:
    return record_query.condition(store, registry.record_type("lead"), _parse(query))


def list_rules(store: Store) -> list[LeadRule]:
    """Return all rules, the oldest first."""
    rows = store.rows("SELECT id, query, points, owners FROM lead_rule ORDER BY id")
    return [LeadRule(*row) for row in rows]


class BrokenRule(NamedTuple):
    """A rule whose query cannot be read any more, such as one about a field that was removed."""

    rule: LeadRule
    problem: str


def list_broken(store: Store) -> list[BrokenRule]:
    """Return the rules that find no leads, as their queries cannot be read."""
    found = []
    for rule in list_rules(store):
        try:
            _condition(store, rule.query)
        except CardcrmError as error:
            found.append(BrokenRule(rule, error.message))
    return found


def list_usable(store: Store) -> list[LeadRule]:
    """Return the rules whose queries can be read, the oldest first."""
    broken = {each.rule.id for each in list_broken(store)}
    return [each for each in list_rules(store) if each.id not in broken]


def find_matches(store: Store, rule: LeadRule, ids: Sequence[int]) -> list[int]:
    """Return those of some leads that a rule finds."""
    condition, params = _condition(store, rule.query)
    found: list[int] = []
    for marks, more in chunks(ids):
        sql = f"SELECT r.id FROM lead r WHERE r.id IN ({marks}) AND ({condition}) ORDER BY r.id"
        found += [row[0] for row in store.rows(sql, **more, **params)]
    return found


@retry_transaction
def set_rule(store: Store, query: str, points: int | None, owners: str | None) -> LeadRule:
    """Add a rule, or change the points or owners of the rule with that query. Raises UsageError."""
    type_ = registry.record_type("lead_rule")
    with store.transaction():
        row_id = store.value("SELECT id FROM lead_rule WHERE query = :query", query=query) or 0
        named = owners and name_users(owners, store)
        columns = type_.normalize(query=query, points=points, owners=named)
        columns = check_rule(store, columns, row_id)
        if row_id:
            store.update("lead_rule", row_id, **columns)
        else:
            row_id = store.insert("lead_rule", **columns)
        row = store.rows(
            "SELECT id, query, points, owners FROM lead_rule WHERE id = :id", id=row_id
        )
        return LeadRule(*row[0])


@retry_transaction
def remove_rule(store: Store, query: str) -> None:
    """Remove the rule with a query. Raises NotFoundError."""
    row_id = store.value("SELECT id FROM lead_rule WHERE query = :query", query=query)
    if row_id is None:
        raise NotFoundError(f"no rule for “{query}”", "To see them: cardcrm lead rules")
    with store.transaction():
        store.delete("lead_rule", row_id)


# Assignment


class Assignment(NamedTuple):
    """The owner of a lead, the query of the rule that chose the owner, and the owner before."""

    lead_id: int
    owner: str
    rule: str = ""
    before: str = ""


def choose_owners(store: Store, ids: Sequence[int]) -> list[Assignment]:
    """Return an owner for each of some leads that a rule with owners finds.

    The first such rule counts. Its owners take turns: the next one after the owner who got the
    latest lead of those. Without a rule, the owner of a territory that assigns gets the lead.
    """
    found: list[Assignment] = []
    open_ = list(ids)
    for rule in list_usable(store):
        owners = [each for each in rule.owners.split(", ") if each]
        if not (owners and open_):
            continue
        turn = _find_turn(store, owners)
        for lead_id in find_matches(store, rule, open_):
            found.append(Assignment(lead_id, owners[turn % len(owners)], rule.query))
            open_.remove(lead_id)
            turn += 1
    return [*found, *_choose_by_territory(store, open_)]


def _choose_by_territory(store: Store, ids: Sequence[int]) -> list[Assignment]:
    """Return the owners of the territories that give theirs to new leads."""
    from cardcrm.records.teamwork.new_owners import has_assigning

    if not ids or not has_assigning(store):
        return []
    from cardcrm.records.teamwork.stored_territories import list_territories
    from cardcrm.records.teamwork.territories import find_owned

    contacts = {
        row[0]: row[1]
        for marks, more in chunks(ids)
        for row in store.rows(f"SELECT id, contact_id FROM lead WHERE id IN ({marks})", **more)
    }
    wanted = [each for each in list_territories(store) if each.assigns]
    found = find_owned(store, wanted, sorted(set(contacts.values())))
    chosen = ((each, found.get(contacts[each])) for each in ids)
    return [Assignment(each, one.owner, f"territory {one.name}") for each, one in chosen if one]


def _find_turn(store: Store, owners: Sequence[str]) -> int:
    """Return the place of the owner whose turn it is."""
    keys = list(map(fold, owners))
    marks = ", ".join(f":o{at}" for at in range(len(keys)))
    params = {f"o{at}": key for at, key in enumerate(keys)}
    last = store.value(
        f"SELECT {owner_key('h')} FROM lead_change h WHERE {owner_key('h')} IN ({marks}) "
        "AND h.status = 'assigned' ORDER BY h.id DESC LIMIT 1",
        **params,
    )
    return keys.index(last) + 1 if last in keys else 0


def list_unassigned(store: Store) -> list[int]:
    """Return the open leads and have no owner, the oldest first."""
    marks = ", ".join(f"'{each}'" for each in ACTIVE)
    rows = store.rows(
        f"SELECT id FROM lead WHERE status IN ({marks}) AND owner = '' ORDER BY received_on, id"
    )
    return [row[0] for row in rows]
