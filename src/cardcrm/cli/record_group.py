"""The commands that every noun has: ``NOUN add, list, show, edit, rm, export, import``.

They are built from the noun's declaration: one generic function for each command gets a signature,
which Typer reads, with an option for each field.
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Annotated, Any

import typer

from cardcrm.cli.arguments import refuse_options, session_of
from cardcrm.cli.record_options import (
    REQUIRED,
    Param,
    chosen_ids,
    example_of,
    field_option,
    give_signature,
    ids_param,
    many_params,
    parse_id,
    query_param,
    quote,
    read_texts,
    title_field,
    with_article,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.fields import Choice, Field, Reference
from cardcrm.records.record_type import RecordType

COMMANDS = ("add", "list", "show", "edit", "rm", "export", "import")
ASK_FROM = 3  # rows; changing as many asks first
_MAX_ROWS = 10  # rows that a dry run names
_NAMED = 3  # rows that a question names

Values = dict[str, Any]
Run = Callable[[typer.Context, RecordType, Values], Result]
_Built = tuple[list[Param], Run, str]


def build(type_: RecordType, commands: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return a group with some of the generic commands of a noun."""
    app = typer.Typer()
    for name in commands:
        add_command(app, type_, name)
    return app


def add_command(
    app: typer.Typer,
    type_: RecordType,
    name: str,
    *,
    more: Sequence[Param] = (),
    run: Run | None = None,
) -> None:
    """Add one of the generic commands to a noun's group.

    A noun may give it ``more`` parameters, and a function to ``run`` in place of the generic one.
    """
    params, generic, text = _COMMANDS[name](type_)

    def command(ctx: typer.Context, **values: Any) -> Result:
        return (run or generic)(ctx, type_, values)

    give_signature(command, [*params, *more])
    command.__doc__ = text
    settings: dict[str, Any] = {}
    if name in ("list", "add", "export"):
        # A minus excludes: “-shade:blue” must not be read as the options -s, -h and so on.
        settings = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
    app.command(name, context_settings=settings)(command)


def _help(type_: RecordType, summary: str, *examples: str) -> str:
    heading = "Examples:" if len(examples) > 1 else "Example:"
    shown = "\n\n".join(f"    cardcrm {type_.name} {each}" for each in examples)
    return f"{summary}\n\n{heading}\n{shown}\n"


# add


def _add(type_: RecordType) -> _Built:
    titled = title_field(type_)
    params = []
    if titled is not None:
        argument = typer.Argument(metavar=f"{titled.key.upper()}…", help="Quotes are not needed.")
        params.append(Param("words", Annotated[list[str], argument], []))
    options = [each for each in type_.editable if each is not titled]
    params += [field_option(type_, each, is_new=True) for each in options]
    needed = [each for each in options if each.is_required and not each.default]
    others = [each for each in options if each not in needed][:2]
    sample = " ".join(f"--{each.option} {quote(example_of(each))}" for each in needed + others)
    example = f"add {'NAME ' if titled else ''}{sample}".rstrip()
    return params, _run_add, _help(type_, f"Add {with_article(type_)}.", example)


def _run_add(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words", [])
    refuse_options(ctx, words)
    texts = read_texts(type_, values)
    titled = title_field(type_)
    if titled is not None and words:
        texts[titled.key] = " ".join(words)
    store = session.store(create=True)
    record = records.add(store, type_, texts)
    return Result(lambda: show_record(store, record), f"added {describe(store, record)}")


# list


def list_params(type_: RecordType) -> list[Param]:
    """Return the parameters of a list: a query, an order, columns and a limit."""
    sort = typer.Option(metavar="FIELD", help="Sort by a field; -FIELD sorts in descending order.")
    columns = typer.Option(metavar="A,B", help="Columns to show.")
    limit = typer.Option(metavar="N", help="Show at most N rows.", min=0, show_default=False)
    return [
        query_param(type_),
        Param("sort", Annotated[str, sort], type_.sort),
        Param("columns", Annotated[str, columns], ""),
        Param("limit", Annotated[int, limit], 0),
    ]


def _list(type_: RecordType) -> _Built:
    fields = ", ".join(sorted(type_.filters()))
    summary = (
        f"List the {type_.plural} that a query finds.\n\nFilters: {fields}. A minus in front "
        "negates a filter. The shell takes < and > for itself: quote a query with them."
    )
    params = list_params(type_)
    if type_.closed_by:
        option = typer.Option("--all", help=f"Include {type_.plural} that are done.")
        params.append(Param("all_", Annotated[bool, option], False))
        summary += f"\n\nThe list leaves out {type_.plural} that are done."
    return params, _run_list, _help(type_, summary, *_list_examples(type_))


def _list_examples(type_: RecordType) -> Iterator[str]:
    samples = [
        f"{each.filter}:{quote(example_of(each))}"
        for each in type_.filters().values()
        if isinstance(each, Choice | Reference)
    ]
    keys = ",".join(["id", *(each.key for each in type_.listed[:2])])
    yield " ".join(["list", *samples[:2]])
    yield f"list --sort -id --columns {keys} --limit 10"


def _run_list(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    refuse_options(ctx, values["query"])
    return list_result(session_of(ctx), type_, " ".join(values["query"]), values)


def list_result(session: Session, type_: RecordType, query: str, values: Values) -> Result:
    """Return the rows that a query finds, in the order and columns that the options name."""
    from cardcrm.cli.record_output import list_records
    from cardcrm.records.query_sql import record_query

    node = record_query.parse(type_, query)
    if type_.closed_by and not values["all_"]:
        node = record_query.only_open(type_, node)
    wanted = record_query.Selection(node, values["sort"], values["limit"] or None)
    keys = [each.strip() for each in values["columns"].split(",") if each.strip()]
    found = list_records(session.store(), type_, wanted, keys)
    rows = iter(found.rows)
    first = next(rows, None)
    if first is None:
        return Result(found._replace(rows=()), notes=(f"no {type_.plural} found",))
    return Result(found._replace(rows=chain((first,), rows)))


# show


def _show(type_: RecordType) -> _Built:
    argument = typer.Argument(metavar="ID", help=f"The number of {with_article(type_)}.")
    params = [Param("id", Annotated[str, argument], REQUIRED)]
    return params, _run_show, _help(type_, f"Show {with_article(type_)}.", "show 12")


def _run_show(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records

    store = session_of(ctx).store()
    return Result(show_record(store, records.get(store, type_, parse_id(type_, values["id"]))))


# edit


def _edit(type_: RecordType) -> _Built:
    params = [ids_param(type_)]
    params += [field_option(type_, each, is_new=False) for each in type_.editable]
    params += many_params(type_)
    sample = _sample_of(type_)
    change = f"--{sample.option} {quote(example_of(sample))}"
    text = f"Edit {with_article(type_)}, or several at once.\n\nAn empty value clears a field."
    examples = (f"edit 12 {change}", f"edit --where id:12,13 {change} --dry-run")
    return params, _run_edit, _help(type_, text, *examples)


def _sample_of(type_: RecordType) -> Field:
    """Return a field that is often changed."""
    optional = [each for each in type_.editable if not each.is_required]
    return (optional or list(type_.editable))[0]


def _run_edit(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.records import records

    session = session_of(ctx)
    texts = read_texts(type_, values)
    if not texts:
        raise UsageError("nothing to change", f"See `cardcrm {type_.name} edit --help`.")
    ids = chosen_ids(session, type_, values)
    if not ids or values["dry_run"]:
        return name_rows(session, type_, ids, "would change")
    if len(ids) >= ASK_FROM:
        session.confirm(f"change {len(ids)} {type_.plural}", yes=values["yes"])
    return report_change(session, type_, ids, records.edit(session.store(), type_, ids, texts))


def report_change(session: Session, type_: RecordType, ids: Sequence[int], changed: int) -> Result:
    """Return the result of an edit of some rows, of which some were changed."""
    from cardcrm.cli.record_output import describe, list_ids, show_record
    from cardcrm.records import records

    store = session.store()
    if len(ids) > 1:
        message = f"changed {changed} of {len(ids)} {type_.plural}"
        return Result(lambda: list_ids(store, type_, ids), message)
    record = records.get(store, type_, ids[0])
    message = f"{'changed' if changed else 'no change to'} {describe(store, record)}"
    return Result(lambda: show_record(store, record), message)


# rm


def _rm(type_: RecordType) -> _Built:
    params = [ids_param(type_), *many_params(type_)]
    text = f"Remove {with_article(type_)}, or several at once.\n\n`cardcrm undo` restores them."
    return params, _run_rm, _help(type_, text, "rm 12")


def _run_rm(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import describe
    from cardcrm.records import records

    session = session_of(ctx)
    ids = chosen_ids(session, type_, values)
    if not ids or values["dry_run"]:
        return name_rows(session, type_, ids, "would remove")
    store = session.store()
    named = [describe(store, records.get(store, type_, each)) for each in ids]
    shown = "; ".join(named[:_NAMED]) + ("; …" if len(named) > _NAMED else "")
    what = shown if len(ids) == 1 else f"{len(ids)} {type_.plural}: {shown}"
    session.confirm(f"remove {what}", yes=values["yes"])
    records.remove(store, type_, ids)
    return Result(message=f"removed {what}; to restore: cardcrm undo")


def name_rows(session: Session, type_: RecordType, ids: Sequence[int], what: str) -> Result:
    """Return what a command would do to some rows."""
    from cardcrm.cli.record_output import describe
    from cardcrm.records import records

    if not ids:
        return Result(message=f"no {type_.plural} found; nothing was changed")
    noun = type_.name if len(ids) == 1 else type_.plural
    store = session.store()
    shown = [f"  {describe(store, records.get(store, type_, each))}" for each in ids[:_MAX_ROWS]]
    more = [f"  and {len(ids) - _MAX_ROWS} more"] if len(ids) > _MAX_ROWS else []
    return Result(message="\n".join([f"{what} {len(ids)} {noun}:", *shown, *more]))


# export and import


def _file_param(what: str) -> Param:
    file = typer.Argument(metavar="FILE", help=f"A .csv or .jsonl file to {what}.")
    return Param("file", Annotated[Path, file], REQUIRED)


def _export(type_: RecordType) -> _Built:
    params = [_file_param("write"), query_param(type_)]
    text = f"Export {type_.plural} to a CSV file or to JSON lines."
    return params, _run_export, _help(type_, text, f"export {type_.plural.replace(' ', '-')}.csv")


def _run_export(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.formats import record_file
    from cardcrm.records.query_sql import record_query

    node = record_query.parse(type_, " ".join(values["query"]))
    written = record_file.write(session_of(ctx).store(), type_, node, values["file"])
    noun = type_.name if written == 1 else type_.plural
    return Result(message=f"exported {written:,} {noun} to {values['file']}")


def _import(type_: RecordType) -> _Built:
    text = (
        f"Import {type_.plural} from a CSV file or from JSON lines.\n\nA row whose permanent id "
        "exists already is changed, not added again."
    )
    example = f"import {type_.plural.replace(' ', '-')}.csv"
    return [_file_param("read")], _run_import, _help(type_, text, example)


def _run_import(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.formats import record_file

    store = session_of(ctx).store(create=True)
    added, changed = record_file.read(store, type_, values["file"])
    noun = type_.name if added == 1 else type_.plural
    return Result(message=f"added {added:,} {noun}, changed {changed:,}")


_COMMANDS: dict[str, Callable[[RecordType], _Built]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "edit": _edit,
    "rm": _rm,
    "export": _export,
    "import": _import,
}
