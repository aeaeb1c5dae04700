"""The members of the MVC program, and what it costs and brings, as tables and in words."""

from typing import TYPE_CHECKING

from cardcrm.cli.contact_output import pluralize
from cardcrm.sheet import Cell, Column, Phrases, Sheet

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.mvc.members import MemberChanges
    from cardcrm.reports.mvc.program_effect import Effect, GroupEffect
    from cardcrm.reports.mvc.program_review import Member
    from cardcrm.store import Store

COLUMNS = (
    Column("id", "id", "right"),
    Column("name", "customer", wide=True, min_width=12, wrapped=True),
    Column("owner", "owner", wide=True),
    Column("mvc", "since"),
    Column("cadence_days", "every", "right"),
    Column("touched", "touched"),
    Column("touch_by", "touch by"),
    Column("benefits_due", "benefits due", wide=True, min_width=12, wrapped=True),
    Column("fulfilled", "fulfilled"),
)
CHANGES = (
    Column("id", "id", "right"),
    Column("name", "customer"),
    Column("membership", "membership"),
)
EFFECT = (
    Column("group", "group"),
    Column("customers", "customers", "right"),
    Column("measure", "measure"),
    Column("amount_before", "before", "right", currency="currency"),
    Column("amount_since", "since", "right", currency="currency"),
    Column("change_rate", "change", "right", digits=6),
    Column("benefit_count", "benefits", "right"),
    Column("benefit_cost", "cost", "right", currency="currency"),
)


def describe_changes(changes: "MemberChanges", *, dry_run: bool) -> str:
    """Return how many customers joined, left and stayed."""
    members = len(changes.joined) + len(changes.stayed)
    counts = f"{len(changes.joined)} joined, {len(changes.left)} left, {len(changes.stayed)} stayed"
    verb = "would be " if dry_run else ""
    return f"{verb}{pluralize(members, 'MVC member')}: {counts}"


def list_changes(store: "Store", changes: "MemberChanges") -> Sheet:
    """Return each contact with its membership: new, left, or member."""
    from cardcrm.records.mvc.members import read_names

    kinds = (("new", changes.joined), ("member", changes.stayed), ("left", changes.left))
    names = read_names(store, [each for _, ids in kinds for each in ids])
    rows: list[tuple[Cell, ...]] = [
        (each, names[each], kind) for kind, ids in kinds for each in ids
    ]
    return Sheet(CHANGES, rows)


def list_members(members: "Sequence[Member]", *, is_table: bool) -> Sheet:
    """Return the members, in a table without the days that others imply."""
    columns = tuple(each for each in COLUMNS if not is_table or each.key not in ("mvc", "touched"))
    keys = [each.key for each in columns]
    rows = [tuple(_cells(each, is_table=is_table)[key] for key in keys) for each in members]
    return Sheet(columns, rows)


def describe_fulfillment(members: "Sequence[Member]") -> tuple[str, ...]:
    """Return for how many members the promises of the program are fulfilled."""
    promised = [each for each in members if each.is_fulfilled is not None]
    lines = []
    if promised:
        fulfilled = sum(each.is_fulfilled is True for each in promised)
        count = pluralize(len(promised), "MVC member")
        lines.append(f"fulfilled for {fulfilled} of {count}: no touch is late, no benefit is due")
    if rest := len(members) - len(promised):
        lines.append(
            f"nothing is promised to {pluralize(rest, 'MVC member')}: set a cadence "
            "(cardcrm config cadence mvc:yes 30d) or a benefit (cardcrm benefit add NAME)"
        )
    return tuple(lines)


def _cells(each: "Member", *, is_table: bool) -> dict[str, Cell]:
    every: Cell = each.cadence_days
    if is_table:
        every = f"{each.cadence_days}d" if each.cadence_days else ""
    return {
        "id": each.contact_id,
        "name": each.name,
        "owner": each.owner,
        "mvc": each.since,
        "cadence_days": every,
        "touched": each.touched_on,
        "touch_by": each.touch_by,
        "benefits_due": Phrases(each.benefits_due),
        "fulfilled": _describe_fulfilled(each) if is_table else each.is_fulfilled,
    }


def _describe_fulfilled(member: "Member") -> str:
    if member.is_fulfilled is None:
        return ""
    return "yes" if member.is_fulfilled else "no"


def list_effect(effect: "Effect", measure: str, currency: str, *, is_table: bool) -> Sheet:
    """Return what the members bought before and since joining, beside those below the line."""
    rows = [
        _effect_row(each, effect, measure, is_table=is_table)
        for each in (effect.members, effect.below)
    ]
    days = pluralize(effect.days, "day")
    title = f"{measure.capitalize()} in {currency}, {days} before and since joining"
    return Sheet(EFFECT, rows, title if is_table else "", ids="group")


def _effect_row(
    group: "GroupEffect", effect: "Effect", measure: str, *, is_table: bool
) -> tuple[Cell, ...]:
    change: Cell = None if effect.is_early else group.change
    if is_table and isinstance(change, float):
        change = f"{change:+.1%}"
    given = (effect.benefits, effect.cost) if group is effect.members else (None, None)
    return (group.group, group.customers, measure, group.before, group.after, change, *given)


def explain_effect(effect: "Effect", measure: str) -> list[str]:
    """Return how to read the figures."""
    from cardcrm.reports.mvc.program_effect import MIN_DAYS

    notes = [
        f"Members were chosen because they had bought much, so their {measure} tends to fall by "
        "itself: compare their change with that of the customers just below the line."
    ]
    if effect.is_early:
        notes.append(
            f"too early to tell: {MIN_DAYS} days since joining are needed; so far: {effect.days}"
        )
    if (extra := effect.extra_change) is not None:
        notes.append(f"The members changed by {extra * 100:+.1f} points more than those.")
    if effect.unpriced:
        notes.append(f"{pluralize(effect.unpriced, 'benefit')} without a cost in this currency")
    return notes
