"""The commands that every noun has: ``NOUN add, list, show, edit, rm, export, import``.

They are built from the noun's declaration: one generic function for each command gets a signature,
which Typer reads, with an option for each field.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from inspect import getdoc
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import By, Columns, Force, Limit, Sort, refuse_options, session_of
from cardcrm.cli.record_edit import build_edit, build_rm
from cardcrm.cli.record_options import (
    Built,
    Run,
    Values,
    all_params,
    as_option,
    choose,
    command_help,
    field_params,
    fit_example,
    query_param,
    quote,
    read_links,
    read_texts,
    sample_name,
    which_param,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import REQUIRED, Param, give_signature
from cardcrm.errors import UsageError
from cardcrm.records.fields import Block, Choice, Reference
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.query import Node
    from cardcrm.records.records import Record

COMMANDS = ("add", "list", "show", "edit", "rm", "export", "import")


def build(
    type_: RecordType, *, add: Callable[..., Result] | None = None, without: Sequence[str] = ()
) -> typer.Typer:
    """Return a noun's group of commands, without some of them.

    The function of a quick verb may ``add`` its rows.
    """
    app = typer.Typer()
    for name in COMMANDS:
        if name == "add" and add is not None:
            verb = f"cardcrm {add.__name__} "
            text = (getdoc(add) or "").replace(verb, f"cardcrm {type_.name} add ")
            settings = {"ignore_unknown_options": True}
            app.command("add", help=text, context_settings=settings)(add)
        elif name not in without:
            add_command(app, type_, name)
    return app


def add_command(
    app: typer.Typer,
    type_: RecordType,
    name: str,
    *,
    more: Sequence[Param] = (),
    run: Run | None = None,
    examples: Sequence[str] = (),
) -> None:
    """Add one of the generic commands to a noun's group.

    A noun may give it ``more`` parameters or other ones of the same name, a function to ``run`` in
    place of the generic one, and further ``examples``.
    """
    params, generic, text = _COMMANDS[name](type_)

    def command(ctx: typer.Context, **values: Any) -> Result:
        return (run or generic)(ctx, type_, values)

    give_signature(command, list({each.name: each for each in [*params, *more]}.values()))
    command.__doc__ = text + "".join(f"\n    cardcrm {type_.name} {each}\n" for each in examples)
    settings: dict[str, Any] = {}
    if name not in ("show", "rm", "import"):
        settings = {"ignore_unknown_options": True}  # a minus excludes, as in “-shade:blue”
    app.command(name, context_settings=settings)(command)


# add


def _add(type_: RecordType) -> Built:
    titled = type_.title_field
    params = []
    if titled is not None:
        argument = typer.Argument(metavar=f"{titled.key.upper()}…", help="Quotes are not needed.")
        params.append(Param("words", Annotated[list[str], argument], []))
    options = [each for each in type_.editable if each is not titled]
    params += field_params(type_, options, is_new=True)
    needed = [each for each in options if each.is_required and not each.default]
    others = [each for each in options if each not in needed][:2]
    words = ["add", *([titled.example] if titled else []), *map(as_option, needed)]
    example = fit_example(type_, " ".join(words), *map(as_option, others))
    return params, run_add, command_help(type_, f"Add {type_.with_article}.", example)


def run_add(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    """Add the row that a command line describes, and show it."""
    from cardcrm.cli.record_output import show_record

    record, message = add_record(ctx, type_, values)
    store = session_of(ctx).store()
    return Result(lambda: show_record(store, record), message)


def add_record(ctx: typer.Context, type_: RecordType, values: Values) -> "tuple[Record, str]":
    """Add the row that a command line describes; return it with a message about it."""
    from cardcrm.cli.record_output import describe
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words", [])
    refuse_options(ctx, words)
    store = session.store(create=True)
    texts = read_texts(session, type_, values)
    if type_.title_field is not None and words:
        texts[type_.title_field.key] = " ".join(words)
    record = records.add(store, type_, texts, read_links(session, type_, values))
    lines = [key for key in texts if not isinstance(type_.field(key), Block)]
    return record, f"added {describe(store, record, lines)}"


# list


def _list(type_: RecordType) -> Built:
    fields = ", ".join(sorted(type_.filters()))
    summary = (
        f"List the {type_.plural} that a query finds.\n\nFilters: {fields}. A minus in front "
        "negates a filter. The shell takes < and > for itself, so quote them."
    )
    params = [
        query_param(type_),
        Param("sort", Sort, type_.sort),
        Param("columns", Columns, ""),
        Param("limit", Limit, 0),
        Param("by", By, ""),
    ]
    params += all_params(type_, "Include")
    if type_.closing_field is not None:
        closed = f"{type_.plural} that are {type_.closing_field.label}"
        summary += f"\n\nWithout --all, {closed} are left out."
    return params, _run_list, command_help(type_, summary, *_list_examples(type_))


def _list_examples(type_: RecordType) -> Iterator[str]:
    samples = [
        f"{each.filter}:{quote(each.example)}"
        for each in type_.filters().values()
        if isinstance(each, Choice | Reference)
    ]
    keys = ",".join(["id", *(each.key for each in type_.listed[:2])])
    yield " ".join(["list", *samples[:2]])
    yield fit_example(type_, f"list --sort -id --columns {keys}", "--limit 10")


def _run_list(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    refuse_options(ctx, values["query"])
    return list_result(session_of(ctx), type_, " ".join(values["query"]), values)


def list_result(
    session: Session,
    type_: RecordType,
    query: str,
    values: Values,
    narrow: "Callable[[Node], Node] | None" = None,
) -> Result:
    """Return the rows that a query finds, in the order and columns that the options name.

    ``narrow`` returns the query with what else the rows must be.
    """
    from cardcrm.cli.record_output import list_records, list_values
    from cardcrm.records.query_sql import record_query

    node = record_query.parse(type_, query)
    node = narrow(node) if narrow else node
    if type_.closed_by and not values["all_"]:
        node = record_query.only_open(type_, node)
    if by := values.get("by"):
        from cardcrm.cli.groups import count_groups, read_columns, refuse_lists

        refuse_lists(columns=values["columns"])
        selection = record_query.Selection(node, "id")
        listed = read_columns(lambda name: list_values(session, type_, selection, name), by)
        groups = count_groups(listed, type_.plural, values["limit"])
        return Result(groups, notes=() if groups.rows else (explain_empty(session, type_, query),))
    wanted = record_query.Selection(node, values["sort"], values["limit"] or None)
    keys = [each.strip() for each in values["columns"].split(",") if each.strip()]
    found = list_records(session, type_, wanted, keys)
    rows = iter(found.rows)
    first = next(rows, None)
    if first is None:
        return Result(found._replace(rows=()), notes=(explain_empty(session, type_, query),))
    return Result(found._replace(rows=chain((first,), rows)))


def explain_empty(session: Session, type_: RecordType, query: str) -> str:
    """Return why a list is empty."""
    from cardcrm.query import ALL
    from cardcrm.records.query_sql import record_query
    from cardcrm.records.query_sql.unknown_names import find_unknown_names

    if query.strip():
        unknown = find_unknown_names(session.store(), type_, query)
        reasons = [f"no {type_.plural} found", *unknown]
        if type_.closed_by and (hidden := _count_all(session, type_, query)):
            reasons = [f"no {type_.open_plural} found", f"--all finds {hidden:,}"]
        if query.strip().lower() == "all" and type_.closed_by:
            reasons.append(f"to list all: cardcrm {type_.name} list --all")
        return "; ".join(reasons)
    if record_query.count(session.store(), type_, ALL):
        if type_.closing_field is None:
            return f"no {type_.plural} found; to list all: cardcrm {type_.name} list --all"
        closed = f"all {type_.plural} are {type_.closing_field.label}"
        return f"{closed}; to list them: cardcrm {type_.name} list --all"
    adder = type_.added_by or f"{type_.name} add"
    return f"no {type_.plural} yet; to add one, see: cardcrm {adder} --help"


def _count_all(session: Session, type_: RecordType, query: str) -> int:
    """Return how many rows a query finds, with those that are done."""
    from cardcrm.records.query_sql import record_query

    return record_query.count(session.store(), type_, record_query.parse(type_, query))


# show


def _show(type_: RecordType) -> Built:
    example = f"show {sample_name(type_)}"
    params = [which_param(type_)]
    return params, _run_show, command_help(type_, f"Show {type_.with_article}.", example)


def _run_show(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import list_ids, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    found = [records.get(session.store(), type_, each) for each in ids]
    if len(found) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_record(session.store(), found[0]))


# export and import


def _file_param(what: str) -> Param:
    file = typer.Argument(metavar="FILE", help=f"A .csv, .xlsx or .jsonl file to {what}.")
    return Param("file", Annotated[Path, file], REQUIRED)


def _export(type_: RecordType) -> Built:
    params = [_file_param("write"), query_param(type_), Param("force", Force, False)]
    text = f"Export {type_.plural} to a CSV or XLSX file, or to JSON lines."
    if type_.line_types:
        text += f"\n\nOnly JSON lines hold the lines of {type_.with_article}."
    return (
        params,
        _run_export,
        command_help(type_, text, f"export {type_.plural.replace(' ', '-')}.csv"),
    )


def _run_export(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.formats.record_files.row_writer import write_rows
    from cardcrm.records.query_sql import record_query

    node = record_query.parse(type_, " ".join(values["query"]))
    file, force = values["file"], values["force"]
    if file == Path("-"):
        raise UsageError(
            "export writes files only",
            f"For standard output: cardcrm {type_.name} list --format csv",
        )
    written = write_rows(session_of(ctx).store(), type_, node, file, replace=force)
    notes = []
    if written.without_lines:
        left = f"the lines of {type_.counted(written.without_lines)}"
        notes.append(f"left out {left}; JSON lines keep them: {file.with_suffix('.jsonl')}")
    return Result(
        _count_card({"exported": written.rows, "path": str(file)}),
        f"exported {type_.counted(written.rows)} to {file}",
        tuple(notes),
    )


def _count_card(counts: Mapping[str, object]) -> Callable[[], Any]:
    """Return a function for the result of an export or import: its counts and its file."""

    def build() -> Any:
        from cardcrm.sheet import Card

        facts = tuple((key, str(value)) for key, value in counts.items())
        return Card(str(counts["path"]), facts=facts, data=counts)

    return build


def _import(type_: RecordType) -> Built:
    text = f"Import {type_.plural} from a CSV or XLSX file, or from JSON lines."
    known = " or ".join(each.phrase for each in type_.recognized_by)
    if known:
        text += f"\n\nA row whose {known} exists already is changed, not added again."
    example = f"import {type_.plural.replace(' ', '-')}.csv"
    return [_file_param("read")], _run_import, command_help(type_, text, example)


def _run_import(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.formats.record_files.row_import import import_rows

    store = session_of(ctx).store(create=True)
    added, changed, dates = import_rows(store, type_, values["file"])
    return Result(
        _count_card({"added": added, "changed": changed, "path": str(values["file"])}),
        f"added {type_.counted(added)}, changed {changed:,}",
        notes=(dates,) if dates else (),
    )


_COMMANDS: dict[str, Callable[[RecordType], Built]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "edit": build_edit,
    "rm": build_rm,
    "export": _export,
    "import": _import,
}
