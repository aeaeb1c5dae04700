"""`edit` and `rm` of any noun: of one row, or of all that numbers or a query name."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

import typer

from cardcrm.cli.arguments import edit_text, read_text, refuse_options, session_of
from cardcrm.cli.bulk_edit import confirm_bulk
from cardcrm.cli.record_options import (
    Built,
    Values,
    as_option,
    choose,
    command_help,
    field_params,
    many_params,
    read_links,
    read_texts,
    sample_name,
    which_param,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.fields import Block, Field
from cardcrm.records.links import LinkChange, refuse_absent
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.records import Record

_NAMED = 3  # rows that a question names


def build_edit(type_: RecordType) -> Built:
    """Return the command ``NOUN edit``."""
    params = [which_param(type_, takes_text=True)]
    params += field_params(type_, type_.editable, is_new=False)
    params += many_params(type_)
    field = _words_field(type_)
    optional = [each for each in type_.editable if not each.is_required and each is not field]
    change = as_option(optional[0]) if optional else ""
    text = f"Edit {type_.with_article}, or several at once."
    if optional:
        text += "\n\nAn empty value clears an optional field."
    if isinstance(field, Block):
        text += " Without text or options, the text opens in $EDITOR, or comes from a pipe."
    words = field.example if field is not None else ""
    examples = [" ".join(filter(None, ["edit", sample_name(type_), words, change]))]
    shared = [each for each in optional if not each.is_unique]
    if shared:
        examples.append(f"edit --where id:12,13 {as_option(shared[0])} --dry-run")
    return params, run_edit, command_help(type_, text, *examples)


def _words_field(type_: RecordType) -> Field | None:
    return type_.field(type_.words) if type_.words else None


def run_edit(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    """Edit the rows that a command line names by its options and words."""
    session = session_of(ctx)
    refuse_options(ctx, values["which"])
    ids, words = choose(session, type_, values, takes_text=True)
    texts, links = read_texts(session, type_, values), read_links(session, type_, values)
    if words:
        refuse_two_texts(type_, texts)
        texts[type_.words] = " ".join(words)
    field = _words_field(type_)
    is_one = len(ids) == 1 and not values["where"]
    if is_one and isinstance(field, Block) and not (texts or links or values["dry_run"]):
        if session.can_ask:
            return _rewrite(session, type_, ids[0], field)
        texts[field.key] = read_text(session, field.most)
    return edit_rows(session, type_, ids, values, texts, links)


def refuse_two_texts(type_: RecordType, texts: dict[str, str]) -> None:
    """Raise UsageError where words and an option give the same field."""
    if type_.words in texts:
        raise UsageError(f"the {type_.words} is given twice", f"Leave out --{type_.words}.")


def edit_rows(
    session: Session,
    type_: RecordType,
    ids: Sequence[int],
    values: Values,
    texts: dict[str, str],
    links: dict[str, LinkChange] | None = None,
    change: Callable[[int], bool] | None = None,
) -> Result:
    """Change rows in one step, or only list them; many are changed after a question.

    A noun may add a ``change`` of its own, which returns whether it changed a row. Raises
    UsageError if there is nothing to change.
    """
    from cardcrm.cli.record_output import list_ids
    from cardcrm.records import records
    from cardcrm.store.retry import run_in_transaction

    if not (texts or links or change):
        raise UsageError("nothing to change", f"See `cardcrm {type_.name} edit --help`.")
    if not ids:
        return _name_rows(session, type_, ids, "would change")
    if not values["dry_run"]:
        confirm_bulk(session, ids, type_.plural, yes=values["yes"])
    store = session.store()
    before = records.get(store, type_, ids[0])
    if links and len(ids) == 1:
        refuse_absent(store, type_, ids[0], links)

    def change_one(row_id: int) -> bool:
        is_changed = bool(records.edit(store, type_, [row_id], texts, links or {}))
        return is_changed | (change is not None and change(row_id))

    if values["dry_run"]:
        return try_changes(session, type_, ids, change_one)
    changed = run_in_transaction(store, lambda: sum(map(change_one, ids)))
    if len(ids) == 1:
        return _report_change(session, before)
    message = f"changed {changed:,} of {type_.counted(len(ids))}"
    return Result(lambda: list_ids(session, type_, ids), message)


def try_changes(
    session: Session, type_: RecordType, ids: Sequence[int], change: Callable[[int], bool]
) -> Result:
    """Make changes to rows, roll them back, and return what would be different."""
    from cardcrm.cli.record_output import describe_change, list_lines
    from cardcrm.records import records
    from cardcrm.store.retry import try_in_transaction

    store = session.store()

    def work() -> list[str]:
        lines = []
        for each in ids:
            before = records.get(store, type_, each)
            if change(each):
                lines.append(describe_change(store, before, records.get(store, type_, each)))
        return lines

    lines = try_in_transaction(store, work)
    if not lines:
        return Result(message=f"would change none of {type_.counted(len(ids))}")
    few = f"{len(lines):,} of " if len(lines) != len(ids) else ""
    return Result(message=list_lines(f"would change {few}{type_.counted(len(ids))}:", lines))


def _rewrite(session: Session, type_: RecordType, row_id: int, field: Block) -> Result:
    """Let the user edit the text of a row, and ask if others changed it meanwhile."""
    from cardcrm.cli.conflict_prompt import resolve_conflicts
    from cardcrm.records import records

    store = session.store()
    record = records.get(store, type_, row_id)
    before = records.text_of(store, record, field)
    text = edit_text(session, before)

    def write(seen: Any, wanted: Any) -> None:
        key = field.key
        records.revise(store, type_, row_id, {key: seen[key][0]}, {key: wanted[key][0]})

    resolve_conflicts(session, write, {field.key: (before,)}, {field.key: (text,)})
    return _report_change(session, record)


def _report_change(session: Session, before: "Record") -> Result:
    """Return the result of an edit of one row, with the changed values."""
    from cardcrm.cli.record_output import describe_change, show_record
    from cardcrm.records import records

    store = session.store()
    after = records.get(store, before.type, before.id)
    state = "changed" if after != before else "no change to"
    message = f"{state} {describe_change(store, before, after)}"
    return Result(lambda: show_record(store, after), message)


def build_rm(type_: RecordType) -> Built:
    """Return the command ``NOUN rm``."""
    params = [which_param(type_), *many_params(type_)]
    text = f"Remove {type_.with_article}, or several at once.\n\n`cardcrm undo` restores them."
    return params, _run_rm, command_help(type_, text, f"rm {sample_name(type_)}")


def _run_rm(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import describe, list_removed
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if not ids or values["dry_run"]:
        return _name_rows(session, type_, ids, "would remove")
    store = session.store()
    named = [describe(store, records.get(store, type_, each)) for each in ids]
    shown = "; ".join(named[:_NAMED]) + ("; …" if len(named) > _NAMED else "")
    what = shown if len(ids) == 1 else f"{type_.counted(len(ids))}: {shown}"
    session.confirm(f"remove {what}", yes=values["yes"])
    removed = list_removed(session, type_, ids)
    records.remove(store, type_, ids)
    return Result(removed, f"removed {what}; to restore: cardcrm undo")


def _name_rows(session: Session, type_: RecordType, ids: Sequence[int], what: str) -> Result:
    from cardcrm.cli.record_output import name_rows

    return Result(message=name_rows(session.store(), type_, ids, what))
