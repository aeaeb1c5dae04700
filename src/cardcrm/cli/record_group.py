"""The commands that every noun has: ``NOUN add, list, show, edit, rm, export, import``.

They are built from the noun's declaration: one generic function for each command gets a signature,
which Typer reads, with an option for each field.
"""

from collections.abc import Callable, Iterator, Sequence
from inspect import getdoc
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import (
    Columns,
    Limit,
    Sort,
    edit_text,
    read_text,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import confirm_bulk
from cardcrm.cli.record_options import (
    REQUIRED,
    Param,
    choose,
    field_params,
    give_signature,
    many_params,
    query_param,
    quote,
    read_links,
    read_texts,
    which_param,
)
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.fields import Block, Choice, Field, Flag, Reference
from cardcrm.records.links import LinkChange, refuse_absent
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.records import Record

COMMANDS = ("add", "list", "show", "edit", "rm", "export", "import")
_NAMED = 3  # rows that a question names

Values = dict[str, Any]
Run = Callable[[typer.Context, RecordType, Values], Result]
_Built = tuple[list[Param], Run, str]


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
        # A minus excludes: “-shade:blue” must not be read as the options -s, -h and so on.
        settings = {"ignore_unknown_options": True, "help_option_names": ["--help"]}
    app.command(name, context_settings=settings)(command)


def _help(type_: RecordType, summary: str, *examples: str) -> str:
    heading = "Examples:" if len(examples) > 1 else "Example:"
    shown = "\n\n".join(f"    cardcrm {type_.name} {each}" for each in examples)
    return f"{summary}\n\n{heading}\n{shown}\n"


# add


def _add(type_: RecordType) -> _Built:
    titled = type_.title_field
    params = []
    if titled is not None:
        argument = typer.Argument(metavar=f"{titled.key.upper()}…", help="Quotes are not needed.")
        params.append(Param("words", Annotated[list[str], argument], []))
    options = [each for each in type_.editable if each is not titled]
    params += field_params(type_, options, is_new=True)
    needed = [each for each in options if each.is_required and not each.default]
    others = [each for each in options if each not in needed][:2]
    sample = " ".join(map(_as_option, needed + others))
    name = f"{titled.example} " if titled else ""
    example = f"add {name}{sample}".rstrip()
    return params, _run_add, _help(type_, f"Add {type_.with_article}.", example)


def _run_add(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words", [])
    refuse_options(ctx, words)
    store = session.store(create=True)
    texts = read_texts(session, type_, values)
    if type_.title_field is not None and words:
        texts[type_.title_field.key] = " ".join(words)
    record = records.add(store, type_, texts, read_links(session, type_, values))
    message = f"added {describe(store, record, texts)}"
    return Result(lambda: show_record(store, record), message)


# list


def _list(type_: RecordType) -> _Built:
    fields = ", ".join(sorted(type_.filters()))
    summary = (
        f"List the {type_.plural} that a query finds.\n\nFilters: {fields}. A minus in front "
        "negates a filter. The shell takes < and > for itself: quote a query with them."
    )
    params = [
        query_param(type_),
        Param("sort", Sort, type_.sort),
        Param("columns", Columns, ""),
        Param("limit", Limit, 0),
    ]
    if type_.closing_field is not None:
        closed = f"{type_.plural} that are {type_.closing_field.label}"
        option = typer.Option("--all", help=f"Include {closed}.")
        params.append(Param("all_", Annotated[bool, option], False))
        summary += f"\n\nWithout --all, {closed} are left out."
    return params, _run_list, _help(type_, summary, *_list_examples(type_))


def _list_examples(type_: RecordType) -> Iterator[str]:
    samples = [
        f"{each.filter}:{quote(each.example)}"
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

    if query.strip():
        return f"no {type_.plural} found"
    if type_.closing_field is not None and record_query.count(session.store(), type_, ALL):
        closed = f"all {type_.plural} are {type_.closing_field.label}"
        return f"{closed}; to list them: cardcrm {type_.name} list --all"
    return f"no {type_.plural} yet; to add one, see: cardcrm {type_.name} add --help"


# show


def _show(type_: RecordType) -> _Built:
    example = f"show {_sample_name(type_)}"
    params = [which_param(type_)]
    return params, _run_show, _help(type_, f"Show {type_.with_article}.", example)


def _sample_name(type_: RecordType) -> str:
    return type_.keys[0].example if type_.keys else "12"


def _run_show(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import list_ids, show_record
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, {**values, "where": ""}).ids
    found = [records.get(session.store(), type_, each) for each in ids]
    if len(found) > 1:
        return Result(list_ids(session, type_, ids))
    return Result(show_record(session.store(), found[0]))


# edit


def _edit(type_: RecordType) -> _Built:
    params = [which_param(type_, takes_text=True)]
    params += field_params(type_, type_.editable, is_new=False)
    params += many_params(type_)
    field = _words_field(type_)
    optional = [each for each in type_.editable if not each.is_required and each is not field]
    change = _as_option(optional[0]) if optional else ""
    text = f"Edit {type_.with_article}, or several at once."
    if optional:
        text += "\n\nAn empty value clears an optional field."
    if isinstance(field, Block):
        text += " Without text or options, the text opens in $EDITOR, or comes from a pipe."
    words = field.example if field is not None else ""
    examples = [" ".join(filter(None, ["edit", _sample_name(type_), words, change]))]
    if optional:
        examples.append(f"edit --where id:12,13 {change} --dry-run")
    return params, run_edit, _help(type_, text, *examples)


def _as_option(field: Field) -> str:
    """Return an option with an example of its value."""
    name = f"--{field.option}"
    return name if isinstance(field, Flag) else f"{name} {quote(field.example)}"


def _words_field(type_: RecordType) -> Field | None:
    return type_.field(type_.words) if type_.words else None


def run_edit(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    """Edit the rows that a command line names by its options and words."""
    session = session_of(ctx)
    refuse_options(ctx, values["which"])
    ids, words = choose(session, type_, values, takes_text=True)
    texts, links = read_texts(session, type_, values), read_links(session, type_, values)
    if words:
        texts[type_.words] = " ".join(words)
    field = _words_field(type_)
    is_one = len(ids) == 1 and not values["where"]
    if is_one and isinstance(field, Block) and not (texts or links or values["dry_run"]):
        if session.can_ask:
            return _rewrite(session, type_, ids[0], field)
        texts[field.key] = read_text(session, field.most)
    return edit_rows(session, type_, ids, values, texts, links)


def edit_rows(
    session: Session,
    type_: RecordType,
    ids: Sequence[int],
    values: Values,
    texts: dict[str, str],
    links: dict[str, LinkChange] | None = None,
    change: Callable[[int], Any] | None = None,
) -> Result:
    """Change rows in one step, or only list them; many are changed after a question.

    A noun may add a ``change`` of its own. Raises UsageError if there is nothing to change.
    """
    from cardcrm.records import records
    from cardcrm.store.retry import run_in_transaction

    if not (texts or links or change):
        raise UsageError("nothing to change", f"See `cardcrm {type_.name} edit --help`.")
    if not ids or values["dry_run"]:
        return _name_rows(session, type_, ids, "would change")
    confirm_bulk(session, ids, type_.plural, yes=values["yes"])
    store = session.store()
    before = [records.get(store, type_, each) for each in ids]
    if links and len(ids) == 1:
        refuse_absent(store, type_, ids[0], links)

    def work() -> None:
        records.edit(store, type_, ids, texts, links or {})
        for each in ids if change is not None else ():
            change(each)  # type: ignore[misc]

    run_in_transaction(store, work)
    return _report_change(session, before)


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
    return _report_change(session, [record])


def _report_change(session: Session, before: "Sequence[Record]") -> Result:
    """Return the result of an edit of some rows, of which some were changed."""
    from cardcrm.cli.record_output import describe, list_ids, show_record
    from cardcrm.records import records

    store, type_ = session.store(), before[0].type
    after = [records.get(store, type_, each.id) for each in before]
    changed = sum(new != old for new, old in zip(after, before, strict=True))
    if len(after) > 1:
        message = f"changed {changed} of {len(after)} {type_.plural}"
        return Result(lambda: list_ids(session, type_, [each.id for each in after]), message)
    old, new = before[0].values, after[0].values
    keys = [key for key in new if new[key] != old[key]]
    message = f"{'changed' if changed else 'no change to'} {describe(store, after[0], keys)}"
    return Result(lambda: show_record(store, after[0]), message)


# rm


def _rm(type_: RecordType) -> _Built:
    params = [which_param(type_), *many_params(type_)]
    text = f"Remove {type_.with_article}, or several at once.\n\n`cardcrm undo` restores them."
    return params, _run_rm, _help(type_, text, f"rm {_sample_name(type_)}")


def _run_rm(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.cli.record_output import describe
    from cardcrm.records import records

    session = session_of(ctx)
    ids = choose(session, type_, values).ids
    if not ids or values["dry_run"]:
        return _name_rows(session, type_, ids, "would remove")
    store = session.store()
    named = [describe(store, records.get(store, type_, each)) for each in ids]
    shown = "; ".join(named[:_NAMED]) + ("; …" if len(named) > _NAMED else "")
    what = shown if len(ids) == 1 else f"{len(ids)} {type_.plural}: {shown}"
    session.confirm(f"remove {what}", yes=values["yes"])
    records.remove(store, type_, ids)
    return Result(message=f"removed {what}; to restore: cardcrm undo")


def _name_rows(session: Session, type_: RecordType, ids: Sequence[int], what: str) -> Result:
    from cardcrm.cli.record_output import name_rows

    return Result(message=name_rows(session.store(), type_, ids, what))


# export and import


def _file_param(what: str) -> Param:
    file = typer.Argument(metavar="FILE", help=f"A .csv or .jsonl file to {what}.")
    return Param("file", Annotated[Path, file], REQUIRED)


def _export(type_: RecordType) -> _Built:
    params = [_file_param("write"), query_param(type_)]
    text = f"Export {type_.plural} to a CSV file or to JSON lines."
    if type_.line_types:
        text += f"\n\nOnly JSON lines hold the lines of {type_.with_article}."
    return params, _run_export, _help(type_, text, f"export {type_.plural.replace(' ', '-')}.csv")


def _run_export(ctx: typer.Context, type_: RecordType, values: Values) -> Result:
    from cardcrm.formats import record_file
    from cardcrm.records.query_sql import record_query

    node = record_query.parse(type_, " ".join(values["query"]))
    written = record_file.write(session_of(ctx).store(), type_, node, values["file"])
    noun = type_.name if written == 1 else type_.plural
    return Result(message=f"exported {written:,} {noun} to {values['file']}")


def _import(type_: RecordType) -> _Built:
    text = f"Import {type_.plural} from a CSV file or from JSON lines."
    known = "permanent id" if type_.uid else "name" if type_.keys else ""
    if known:
        text += f"\n\nA row whose {known} exists already is changed, not added again."
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
