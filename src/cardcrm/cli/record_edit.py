"""`edit` and `rm` of any noun: of one row, or of all that numbers or a query name."""

from collections.abc import Callable, Sequence
from typing import Any

import typer

from cardcrm.cli.arguments import edit_text, read_text, refuse_options, session_of
from cardcrm.cli.bulk_edit import confirm_bulk, confirm_rows
from cardcrm.cli.edit_report import Noun, edit_noun
from cardcrm.cli.record_options import (
    Built,
    Values,
    as_option,
    choose,
    command_help,
    field_params,
    fits_help,
    many_params,
    read_links,
    read_texts,
    sample_name,
    which_param,
)
from cardcrm.cli.removal_effects import FindEffects, find_none
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.fields import Block, Field, MoneyAmount
from cardcrm.records.links import LinkChange, refuse_absent
from cardcrm.records.record_type import RecordType


def build_edit(type_: RecordType) -> Built:
    """Return the command ``NOUN edit``."""
    params = [which_param(type_, takes_text=True)]
    params += field_params(type_, type_.editable, is_new=False)
    params += many_params(type_)
    field = _words_field(type_)
    optional = [each for each in type_.editable if not each.is_required and each is not field]
    free = [each for each in optional if _is_free(type_, each)]
    shown = free[:1] or ([] if field is not None else type_.editable[-1:])
    change = " ".join(map(as_option, shown))
    details = []
    if optional:
        details.append("An empty value clears an optional field.")
    if isinstance(field, Block):
        details.append("Without text or options, the text opens in $EDITOR, or comes from a pipe.")
    text = f"Edit {type_.with_article}, or several at once.\n\n{' '.join(details)}".rstrip()
    words = field.example if field is not None else ""
    examples = [" ".join(filter(None, ["edit", sample_name(type_), words, change]))]
    bulk = (f"edit --where id:12,13 {as_option(each)} --dry-run" for each in free)
    examples += [each for each in bulk if fits_help(type_, each)][:1]
    return params, run_edit, command_help(type_, text, *examples)


def _is_free(type_: RecordType, field: Field) -> bool:
    """Return whether several rows may get one value: no name, and no sum of the lines of a row."""
    is_sum = bool(type_.line_types) and isinstance(field, MoneyAmount)
    return not (field.is_unique or field.key in type_.title_keys or is_sum)


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
    change: Callable[[int], object] | None = None,
) -> Result:
    """Change rows in one step, or only list them; many are changed after a question.

    A noun may add a ``change`` of its own, made before that of the fields. Raises UsageError if
    there is nothing to change.
    """
    from cardcrm.records import records

    if not (texts or links or change):
        raise UsageError("nothing to change", f"See `cardcrm {type_.name} edit --help`.")
    if not ids:
        return _name_rows(session, type_, ids, "would change")
    if not values["dry_run"]:
        confirm_bulk(session, ids, type_, yes=values["yes"])
    store = session.store()
    if links and len(ids) == 1:
        refuse_absent(store, type_, ids[0], links)

    def change_one(row_id: int) -> None:
        if change is not None:
            change(row_id)
        records.edit(store, type_, [row_id], texts, links or {})

    noun = noun_of(session, type_)
    return edit_noun(session, noun, ids, change_one, dry_run=values["dry_run"])


def noun_of(session: Session, type_: RecordType) -> Noun:
    """Return how rows of a noun appear in the result of an edit."""
    from cardcrm.cli.record_output import describe, list_ids, show_record
    from cardcrm.records import records

    store = session.store()
    return Noun(
        type_,
        lambda row_id: describe(store, records.get(store, type_, row_id)),
        lambda row_id: show_record(store, records.get(store, type_, row_id)),
        lambda ids: list_ids(session, type_, ids),
    )


def _rewrite(session: Session, type_: RecordType, row_id: int, field: Block) -> Result:
    """Let the user edit the text of a row, and ask if others changed it meanwhile."""
    from cardcrm.cli.conflict_prompt import resolve_conflicts
    from cardcrm.records import records

    store = session.store()
    record = records.get(store, type_, row_id)
    before = records.text_of(store, record, field)
    text = edit_text(session, before)

    def write(seen: Any, wanted: Any) -> Result:
        key = field.key
        old, new = {key: seen[key][0]}, {key: wanted[key][0]}
        noun = noun_of(session, type_)
        return edit_noun(
            session, noun, [row_id], lambda each: records.revise(store, type_, each, old, new)
        )

    return resolve_conflicts(session, write, {field.key: (before,)}, {field.key: (text,)})


def build_rm(type_: RecordType) -> Built:
    """Return the command ``NOUN rm``."""
    params = [which_param(type_), *many_params(type_)]
    text = f"Remove {type_.with_article}, or several at once.\n\n`cardcrm undo` restores them."
    return params, run_rm, command_help(type_, text, f"rm {sample_name(type_)}")


def run_rm(
    ctx: typer.Context,
    type_: RecordType,
    values: Values,
    find_effects: FindEffects = find_none,
) -> Result:
    """Remove the rows that a command line names, and say what else that concerns."""
    from cardcrm.cli.record_output import list_removed
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    store = session.store()
    effects = find_effects(store, ids)
    if not ids or values["dry_run"]:
        shown = _name_rows(session, type_, ids, "would remove")
        return shown._replace(warnings=effects.lines)
    also = "".join(f", {each}" for each in effects.lines)
    confirm_rows(session, ids, type_, "remove", yes=values["yes"], also=also)
    message = describe_removal(session, type_, ids)
    removed = list_removed(session, type_, ids)
    records.remove(store, type_, ids)
    return Result(removed, message, warnings=effects.lines)


def describe_removal(session: Session, type_: RecordType, ids: Sequence[int]) -> str:
    """Return the message of a removal, which names the rows while they are still there."""
    from cardcrm.cli.record_output import MAX_ROWS, describe, list_lines
    from cardcrm.records import records

    store = session.store()
    named = [describe(store, records.get(store, type_, each)) for each in ids[:MAX_ROWS]]
    if len(ids) == 1:
        return f"removed {named[0]}; to restore: cardcrm undo"
    heading = f"removed {type_.counted(len(ids))}; to restore: cardcrm undo"
    return list_lines(heading, named, len(ids))


def _name_rows(session: Session, type_: RecordType, ids: Sequence[int], what: str) -> Result:
    from cardcrm.cli.record_output import list_ids, name_rows

    message = name_rows(session.store(), type_, ids, what)
    return Result(lambda: list_ids(session, type_, ids), message)
