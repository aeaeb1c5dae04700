"""The rules of a deal that is written by its fields, in a form, a file or an edit."""

from typing import Any

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.deals import pipelines, stages
from cardcrm.records.deals.stage_history import refuse_early_close
from cardcrm.records.deals.stage_kinds import LOST, OPEN
from cardcrm.records.deals.stages import Stage
from cardcrm.records.partners.registration_rules import choose_partner
from cardcrm.records.sales.sold_deals import sold_deal_error
from cardcrm.store import Store


def complete_deal(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a new or edited deal with what follows from its stage.

    Raises UsageError for what contradicts: a deal that is won or lost by an edit, a reason of a
    deal that is not lost, another amount than that of the lines.
    """
    found = _complete_edit(store, columns, row_id) if row_id else _complete_new(store, columns)
    return found | choose_partner(store, found, row_id)


def _complete_new(store: Store, columns: dict[str, Any]) -> dict[str, Any]:
    stage = _first_stage(store, columns)
    _refuse_status(columns["status"], stage)
    found = {**columns, "pipeline_id": stage.pipeline_id, "stage_id": stage.id}
    found["status"] = stage.kind
    opened = columns["opened_on"]
    if stage.kind == OPEN:
        _refuse_day(columns)
        found["entered_on"] = opened
    else:
        today = dates.today(store.locale.zone).isoformat()
        closed = columns.get("closed_on") or today
        refuse_early_close(closed, opened)
        found |= {"closed_on": closed, "entered_on": closed}
    _refuse_reason(columns, stage.kind)
    _refuse_person(store, columns)
    if found.get("org_id") is None:
        found["org_id"] = _org_of(store, columns["contact_id"])
    return found


def _refuse_status(status: str, stage: Stage) -> None:
    """Raise UsageError for the status in a file that contradicts the stage; it may be empty."""
    if status not in ("", stage.kind):
        raise UsageError(
            f"a deal in the stage {stage.name} is {stage.kind}, but the status is {status}",
            "Correct the stage or the status.",
        )


def _first_stage(store: Store, columns: dict[str, Any]) -> Stage:
    """Return the stage of a new deal: as given, or the first open one of its pipeline."""
    if columns.get("stage_id"):
        return stages.get_stage(store, columns["stage_id"])
    pipeline_id = columns.get("pipeline_id") or pipelines.first_pipeline(store).id
    return stages.first_of(stages.list_stages(store, pipeline_id), OPEN)


def _org_of(store: Store, contact_id: int) -> int | None:
    """Return the organization of a person, or None."""
    found: int | None = store.value("SELECT org_id FROM contact WHERE id = :id", id=contact_id)
    return found


def _complete_edit(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    row = store.row(
        "SELECT pipeline_id, stage_id, status, amount, currency, opened_on, closed_on, contact_id, "
        "sale_id FROM deal WHERE id = :id",
        id=row_id,
    )
    assert row is not None
    if columns.get("stage_id", 0) is None:  # an empty text: the stage stays
        del columns["stage_id"]
    if columns.get("pipeline_id", 0) is None:
        del columns["pipeline_id"]
    found = _complete_place(store, columns, row_id, row)
    if columns.get("status", row["status"]) != row["status"]:
        raise _end_error(columns["status"], row_id)
    if row["status"] == OPEN:
        _refuse_day(columns)
    elif columns.get("closed_on", "") is None:
        raise UsageError(
            f"deal {row_id} is {row['status']}", f"To open it: cardcrm deal reopen {row_id}"
        )
    closed, opened = (columns.get(name, row[name]) for name in ("closed_on", "opened_on"))
    if closed and opened:
        refuse_early_close(closed, opened, row_id)
    _refuse_reason(columns, row["status"])
    if row["status"] == LOST and columns.get("lost_reason", "x") in (None, ""):
        raise UsageError(
            f"deal {row_id} is lost, so it keeps a reason", "Give another one: --reason pricing"
        )
    _refuse_sold(columns, row_id, row)
    _refuse_person(store, columns)
    _refuse_amount(store, columns, row_id, row)
    return found


def _complete_place(store: Store, columns: dict[str, Any], row_id: int, row: Any) -> dict[str, Any]:
    """Return the columns with the stage of the pipeline that a deal is moved to."""
    stage_id = columns.get("stage_id", row["stage_id"])
    pipeline_id = columns.get("pipeline_id", row["pipeline_id"])
    if (stage_id, pipeline_id) == (row["stage_id"], row["pipeline_id"]):
        return columns
    now = stages.get_stage(store, stage_id)
    if now.pipeline_id != pipeline_id:
        now = _same_stage(store, now, pipeline_id)
    if now.kind == row["status"] != OPEN:
        raise UsageError(
            f"deal {row_id} is {row['status']}, so it stays in its stage",
            f"To move it: cardcrm deal reopen {row_id}",
        )
    if now.kind != OPEN or row["status"] != OPEN:
        raise _end_error(now.kind, row_id)
    today = dates.today(store.locale.zone).isoformat()
    return columns | {
        "stage_id": now.id,
        "pipeline_id": now.pipeline_id,
        "entered_on": today,
    }


def _end_error(kind: str, row_id: int) -> UsageError:
    """Return the error for an edit that would win, lose or reopen a deal."""
    verb = {OPEN: "reopen", LOST: "lose"}.get(kind, "win")
    return UsageError(f"an edit does not {verb} a deal", f"Write cardcrm deal {verb} {row_id}")


def _same_stage(store: Store, stage: Stage, pipeline_id: int) -> Stage:
    """Return the stage of another pipeline with the name of a stage, or the first of its kind."""
    known = stages.list_stages(store, pipeline_id)
    alike = (each for each in known if each.name == stage.name and each.kind == stage.kind)
    return next(alike, None) or stages.first_of(known, stage.kind)


def _refuse_day(columns: dict[str, Any]) -> None:
    if columns.get("closed_on"):
        raise UsageError("an open deal has no day of closing", "For the expected day use --close.")


def _refuse_reason(columns: dict[str, Any], status: str) -> None:
    if status != LOST and (columns.get("lost_reason") or columns.get("lost_note")):
        raise UsageError(
            "only a lost deal has a reason", "To lose it: cardcrm deal lose ID --reason pricing"
        )


def _refuse_sold(columns: dict[str, Any], row_id: int, row: Any) -> None:
    """Raise UsageError for another amount or contact of a deal than those of its sale."""
    sold = ("amount", "currency", "contact_id")
    if row["sale_id"] is not None and any(
        columns.get(each, row[each]) != row[each] for each in sold
    ):
        raise sold_deal_error(row_id, row["sale_id"])


def _refuse_person(store: Store, columns: dict[str, Any]) -> None:
    """Raise UsageError for a person as the organization of a deal."""
    if (org_id := columns.get("org_id")) is None:
        return
    row = store.row("SELECT name, kind FROM contact WHERE id = :id", id=org_id)
    if row is not None and row["kind"] != "org":
        raise UsageError(
            f"{row['name']} is a person, not an organization", "Name an organization with --org."
        )


def _refuse_amount(store: Store, columns: dict[str, Any], row_id: int, row: Any) -> None:
    """Raise UsageError for another amount than that to which the lines add up."""
    now = (columns.get("amount", row["amount"]), columns.get("currency", row["currency"]))
    if now != (row["amount"], row["currency"]):
        refuse_other_sum(store, row_id)


def refuse_other_sum(store: Store, row_id: int) -> None:
    """Raise UsageError for another amount of a deal that has lines."""
    if store.rows("SELECT 1 FROM deal_line WHERE deal_id = :id LIMIT 1", id=row_id):
        raise UsageError(
            f"the lines of deal {row_id} add up to its amount",
            f'Change them: cardcrm deal edit {row_id} --line "2 x roof @ 500"',
        )
