"""Check sequences whenever one is written: their file, and what it refers to in the database."""

from typing import Any

from cardcrm.errors import CardcrmError, ConflictError, NotFoundError, UsageError
from cardcrm.records.contacts import builtin_fields, custom_fields
from cardcrm.records.deals import pipelines
from cardcrm.records.mail import templates
from cardcrm.records.query_sql import contact_query
from cardcrm.records.sequences.date_events import DATE_EVENTS
from cardcrm.records.sequences.plan import (
    DATE,
    DEAL_STAGE,
    MAIL,
    NOTIFY,
    SET,
    STAGE,
    TASK,
    Event,
    Plan,
    Step,
)
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.records.sequences.sequence_status import ACTIVE
from cardcrm.records.sequences.since_entry import is_happening
from cardcrm.store import Store
from cardcrm.text import find_similar, pluralize, quote, sanitize


def complete_sequence(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of a sequence with those that follow from its file.

    Raises UsageError for an invalid file, and ConflictError for one without a step at which
    contacts wait.
    """
    if not row_id:
        columns |= {"status": ACTIVE, "author": store.author.name}
        columns |= {"seen_change": find_last_change(store), "seen_on": None}
    if "steps" not in columns:
        return columns
    plan = parse_plan(columns["steps"])
    check_plan(store, plan)
    if row_id:
        _refuse_lost_steps(store, plan, row_id)
    return columns | {"purpose": plan.purpose}


def find_last_change(store: Store) -> int:
    """Return the id of the last change in the journal."""
    return int(store.value("SELECT coalesce(max(id), 0) FROM change"))


def _refuse_lost_steps(store: Store, plan: Plan, sequence_id: int) -> None:
    """Raise ConflictError where contacts wait at a step that a new file does not have."""
    sql = (
        "SELECT step, count(*) FROM enrollment WHERE sequence_id = :id AND status = :active "
        "GROUP BY step ORDER BY step"
    )
    for label, count in store.rows(sql, id=sequence_id, active=ACTIVE):
        if label not in plan.positions:
            raise ConflictError(
                f"{pluralize(count, 'contact')} {'waits' if count == 1 else 'wait'} at the step "
                f"{quote(label)}, which the file does not have",
                f"Give the step that takes its place this line: label = {quote(label)}",
            )


# Against the database


def check_plan(store: Store, plan: Plan) -> None:
    """Raise UsageError naming the first thing that the database does not have."""
    if plan.enter:
        _check_query(store, "the file: enter", plan.enter)
    if plan.on is not None:
        _check_event(store, plan.on)
    for step in plan.steps:
        _check_step(store, step)


def _check_query(store: Store, place: str, text: str) -> None:
    try:
        contact_query.compile_query(store, contact_query.parse_audience(store, text))
    except CardcrmError as error:
        raise UsageError(f"{place}: {error.message}", error.hint) from error


def _check_event(store: Store, event: Event) -> None:
    if event.kind == STAGE:
        _check_value(store, "the file: on", "stage", event.name)
    elif event.kind == DEAL_STAGE:
        pipelines.ensure_default(store)
        names = [row[0] for row in store.rows("SELECT DISTINCT name FROM stage ORDER BY name")]
        if event.name.lower() not in [each.lower() for each in names]:
            raise _unknown("the file: on = “deal stage …”", "stage", event.name, names)
    elif event.kind == DATE and not _is_date_event(store, event.name):
        fields = [each.name for each in custom_fields.list_fields(store) if each.type == "date"]
        raise UsageError(
            f"the file: unknown event {quote(event.name)}",
            "Use first sale, no sale 180 days, stage NAME, deal won, deal lost, deal stage NAME, "
            f"lead SOURCE, birthday, {', '.join(DATE_EVENTS)} or a custom date field: "
            f"{', '.join(fields) or 'none yet'}.",
        )


def _is_date_event(store: Store, name: str) -> bool:
    return name in DATE_EVENTS or find_date_field(store, name) is not None


def find_date_field(store: Store, name: str) -> int | None:
    """Return the id of the custom field of dates that a name stands for."""
    found = custom_fields.find(store, name)
    return found.id if found is not None and found.type == "date" else None


def _unknown(place: str, noun: str, name: str, known: list[str]) -> UsageError:
    like = find_similar(name, known, limit=1)
    hint = f"Did you mean {sanitize(like[0])}?" if like else f"Use {', '.join(known)}."
    return UsageError(f"{place}: unknown {noun} {quote(name)}", hint)


def _check_step(store: Store, step: Step) -> None:
    place = f"step {step.number}"
    if step.condition and not is_happening(step.condition):
        _check_query(store, f"{place}: if", step.condition)
    if step.action == MAIL:
        _check_template(store, place, step.text)
    elif step.action in (TASK, NOTIFY):
        _check_text(store, place, step.text)
    elif step.action == SET:
        for name, value in step.changes:
            _check_value(store, f"{place}: set", name, value)


def _check_template(store: Store, place: str, name: str) -> None:
    try:
        found = templates.find_variants(store, name)
    except NotFoundError as error:
        like = f"Did you mean {error.near[0]}? " if error.near else ""
        hint = f"{like}Add it: cardcrm template add {name} --subject S --text FILE"
        raise UsageError(f"{place}: {error.message}", hint) from error
    if not found[0].subject:
        raise UsageError(
            f"{place}: the template {quote(name)} has no subject",
            f"Add it: cardcrm template edit {name} --subject TEXT",
        )


def _check_text(store: Store, place: str, text: str) -> None:
    """Raise UsageError for a text with an unknown field."""
    if "{" in text:
        from cardcrm.records.mail.template_language import check

        check(text, place, templates.make_snippet_finder(store, "text", ""), is_html=False)


def _check_value(store: Store, place: str, name: str, value: str) -> None:
    """Raise UsageError for a field of contacts that does not exist, or a value it cannot have."""
    from cardcrm.records.contacts.contact_type import CONTACT

    builtin = builtin_fields.find_meant(store, name)
    custom = custom_fields.find(store, name)
    if builtin is None and custom is None:
        known = [
            *builtin_fields.SETTABLE,
            *(each.name for each in custom_fields.list_fields(store)),
        ]
        raise _unknown(place, "field", name, known)
    field = CONTACT.field(builtin.key) if builtin is not None else None
    if field is None:
        return
    try:
        field.parse(value, store)
    except UsageError as error:
        raise UsageError(f"{place}: {error.message}", error.hint) from error
