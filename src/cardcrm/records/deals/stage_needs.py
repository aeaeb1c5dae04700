"""The facts that a stage needs to be known of a deal that enters it."""

from collections.abc import Mapping
from typing import Final

from cardcrm.errors import UsageError
from cardcrm.records.deals.stages import Stage
from cardcrm.store import Store

# By the word of a requirement: what it is called, and the option of `deal edit` that gives it.
_NAMES: Final[Mapping[str, tuple[str, str]]] = {
    "amount": ("an amount", "--amount AMOUNT"),
    "close": ("an expected close", "--close WHEN"),
    "org": ("an organization", "--org WHO"),
    "source": ("a source", "--source TEXT"),
    "competitor": ("a competitor", "--competitor TEXT"),
    "owner": ("an owner", "--owner USER"),
    "next": ("a next step", "--next TEXT --due WHEN"),
    "lines": ("lines of products", "--line LINE"),
    "decision-maker": ("a decision maker", '--role "decision maker=WHO"'),
    "evaluator": ("an evaluator", "--role evaluator=WHO"),
    "champion": ("a champion", "--role champion=WHO"),
}
_FACTS = (
    "SELECT d.amount, d.close_on, d.org_id, d.source, d.competitor, d.owner, "
    "(SELECT 1 FROM reminder r WHERE r.deal_id = d.id AND r.done_at IS NULL LIMIT 1) AS step, "
    "(SELECT 1 FROM deal_line l WHERE l.deal_id = d.id LIMIT 1) AS line FROM deal d "
    "WHERE d.id = :id"
)


def find_missing(store: Store, deal_id: int, stage: Stage) -> list[str]:
    """Return the words of what a stage needs and a deal lacks."""
    if not stage.needs:
        return []
    row = store.row(_FACTS, id=deal_id)
    assert row is not None
    names = ("amount", "close", "org", "source", "competitor", "owner", "next", "lines")
    known = {name for name, value in zip(names, row, strict=True) if value not in (None, "")}
    sql = "SELECT role FROM deal_role WHERE deal_id = :id"
    known |= {each[0].replace(" ", "-") for each in store.rows(sql, id=deal_id)}
    return [each for each in stage.needs if each not in known]


def refuse_missing(store: Store, deal_id: int, stage: Stage, *, is_new: bool = False) -> None:
    """Raise UsageError for a deal of which something must be known to enter a stage."""
    missing = find_missing(store, deal_id, stage)
    if missing:
        options = " ".join(_NAMES[each][1] for each in missing)
        place = f'--stage "{stage.name}"' if " " in stage.name else f"--stage {stage.name}"
        edit = f"Move it with what is missing: cardcrm deal edit {deal_id} {place}"
        command = "Add" if is_new else edit
        raise UsageError(
            f"{stage.name} needs {' and '.join(_NAMES[each][0] for each in missing)}",
            f"{command} {options}",
        )
