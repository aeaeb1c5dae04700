"""The commands that every noun has: ``NOUN add, list, show, edit, rm, export, import``.

They are built from the noun's declaration: one generic function for each command gets a signature,
which Typer reads, with an option for each field.
"""

import inspect
from collections.abc import Callable, Mapping, Sequence
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from cardcrm.cli.common import Session, WhoArgument, offered, refuse_options, session_of
from cardcrm.errors import CardError, UsageError
from cardcrm.records.fields import Choice, Field, Flag, Reference, Text, User
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.sheet import Card, Sheet

COMMANDS = ("add", "list", "show", "edit", "rm", "export", "import")
MANY = "Several at once"
_ASK_FROM = 3  # rows; changing so many asks first
_SHOWN = 10  # rows that a dry run names

Run = Callable[..., None]


class _Param(NamedTuple):
    """A parameter of a command as Typer reads it."""

    name: str
    annotation: Any
    default: Any


def build(type_: RecordType, commands: Sequence[str] = COMMANDS) -> typer.Typer:
    """Return a group with some of the generic commands of a noun."""
    app = typer.Typer()
    for name in commands:
        add_command(app, type_, name)
    return app


def add_command(app: typer.Typer, type_: RecordType, name: str) -> None:
    """Add one of the generic commands to a noun's group."""
    params, run, text = _COMMANDS[name](type_)
    settings: dict[str, Any] = {}
    if name in ("list", "add", "export"):
        # A minus excludes: “-shade:blue” must not be read as the options -s, -h and so on.
        settings = {"ignore_unknown_options": True, "help_option_names": ["--help"]}

    def command(ctx: typer.Context, **values: Any) -> None:
        run(ctx, type_, values)

    _give_signature(command, params)
    command.__doc__ = text
    app.command(name, context_settings=settings)(command)


def _give_signature(command: Run, params: Sequence[_Param]) -> None:
    """Make a function look as if it had been written with these parameters."""
    kind = inspect.Parameter.KEYWORD_ONLY
    ctx = inspect.Parameter("ctx", inspect.Parameter.POSITIONAL_OR_KEYWORD)
    listed = [
        inspect.Parameter(each.name, kind, default=each.default, annotation=each.annotation)
        for each in params
    ]
    first = ctx.replace(annotation=typer.Context)
    command.__signature__ = inspect.Signature([first, *listed])  # type: ignore[attr-defined]
    hints = {each.name: each.annotation for each in params}
    command.__annotations__ = {"ctx": typer.Context, **hints}


# parameters


def _titled(type_: RecordType) -> Field | None:
    """Return the text field that a row is named by: it needs no option."""
    field = type_.field_of_column(type_.title_column)
    return field if isinstance(field, Text) and not field.is_automatic else None


def _option(type_: RecordType, field: Field, *, is_new: bool) -> _Param:
    """Return the option that fills in a field."""
    note = f" {field.default.capitalize()} unless given." if is_new and field.default else ""
    text = field.help or f"{field.label[:1].upper()}{field.label[1:]}."
    name = f"--{field.option}"
    if isinstance(field, Flag):
        flag = typer.Option(f"{name}/--no-{field.option}", help=text + note, show_default=False)
        return _Param(_python_name(field), Annotated[bool | None, flag], None)
    option = typer.Option(
        name,
        metavar=field.metavar,
        help=text + note,
        autocompletion=_completion(type_, field),
        show_default=False,
    )
    return _Param(_python_name(field), Annotated[str | None, option], None)


def _python_name(field: Field) -> str:
    return f"field_{field.key}"


def _completion(type_: RecordType, field: Field) -> Callable[..., Any] | None:
    if isinstance(field, Choice):
        return offered(*field.choices)
    if isinstance(field, Reference) and field.to == "contact":
        return WhoArgument
    if not isinstance(field, User | Reference):
        return None

    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from cardcrm.records.query_sql.record_completion import values

        return _asked(ctx, lambda store: list(values(store, type_, field, incomplete)))

    return complete


def _query_completion(type_: RecordType) -> Callable[..., list[str]]:
    def complete(ctx: typer.Context, incomplete: str) -> list[str]:
        from cardcrm.cli.completion import Condition
        from cardcrm.records.query_sql.record_completion import completed

        found = _asked(ctx, lambda store: completed(store, type_, incomplete))
        return [Condition(each) for each in found]

    return complete


def _asked(ctx: typer.Context, read: Callable[[Any], list[str]]) -> list[str]:
    """Return what a shell offers; nothing where there is no database."""
    session = ctx.obj if isinstance(ctx.obj, Session) else Session({})
    try:
        return read(session.store(readonly=True))
    except CardError:
        return []
    finally:
        session.close()


def _query_param(type_: RecordType) -> _Param:
    argument = typer.Argument(
        metavar="QUERY…",
        help=f"Words and filters; all {type_.plural} without them.",
        autocompletion=_query_completion(type_),
    )
    return _Param("query", Annotated[list[str], argument], [])


def _ids_param(type_: RecordType) -> _Param:
    argument = typer.Argument(metavar="ID…", help=f"Numbers of {type_.plural}.")
    return _Param("ids", Annotated[list[str], argument], [])


def _many_params(type_: RecordType) -> list[_Param]:
    where = typer.Option(
        metavar="QUERY",
        help=f"All {type_.plural} that a query finds.",
        autocompletion=_query_completion(type_),
        rich_help_panel=MANY,
    )
    yes = typer.Option("--yes", help="Do not ask.", rich_help_panel=MANY)
    dry = typer.Option("--dry-run", help="Only list what would change.", rich_help_panel=MANY)
    return [
        _Param("where", Annotated[str, where], ""),
        _Param("yes", Annotated[bool, yes], False),
        _Param("dry_run", Annotated[bool, dry], False),
    ]


# the commands: parameters, what runs, help

_Built = tuple[list[_Param], Callable[[typer.Context, RecordType, dict[str, Any]], None], str]


def _help(type_: RecordType, summary: str, *examples: str) -> str:
    noun = "Examples:" if len(examples) > 1 else "Example:"
    shown = "\n\n".join(f"    cardcrm {type_.name} {each}" for each in examples)
    return f"{summary}\n\n{noun}\n{shown}\n"


def _quoted(text: str) -> str:
    return f'"{text}"' if " " in text else text


def _article(type_: RecordType) -> str:
    return f"an {type_.name}" if type_.name[0] in "aeiou" else f"a {type_.name}"


def _sample_options(type_: RecordType, fields: Sequence[Field]) -> str:
    titled = _titled(type_)
    return " ".join(
        f"--{each.option} {_quoted(_example(each))}" for each in fields if each is not titled
    )


def _example(field: Field) -> str:
    return field.choices[0] if isinstance(field, Choice) else field.example


def _add(type_: RecordType) -> _Built:
    titled = _titled(type_)
    params = []
    if titled is not None:
        argument = typer.Argument(metavar=f"{titled.key.upper()}…", help="Quotes are not needed.")
        params.append(_Param("words", Annotated[list[str], argument], []))
    params += [_option(type_, each, is_new=True) for each in type_.editable if each is not titled]
    needed = [each for each in type_.editable if each.is_required and not each.default]
    others = [each for each in type_.editable if each not in needed]
    sample = f"{'NAME ' if titled else ''}{_sample_options(type_, [*needed, *others[:2]])}"
    return params, _run_add, _help(type_, f"Add {_article(type_)}.", f"add {sample}".rstrip())


def _run_add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.records import records

    session = session_of(ctx)
    words = values.pop("words", [])
    refuse_options(ctx, words)
    texts = _texts(type_, values)
    titled = _titled(type_)
    if titled is not None and words:
        texts[titled.key] = " ".join(words)
    store = session.store(create=True)
    record = records.add(store, type_, texts)
    session.answer(f"added {_words(session, record)}", lambda: card(session, record))


def _texts(type_: RecordType, values: Mapping[str, Any]) -> dict[str, str]:
    """Return the options that were given, by the keys of the fields."""
    found: dict[str, str] = {}
    for field in type_.editable:
        value = values.get(_python_name(field))
        if value is not None:
            found[field.key] = value if isinstance(value, str) else ("no", "yes")[value]
    return found


def _list(type_: RecordType) -> _Built:
    sort = typer.Option(metavar="FIELD", help="Sort by a field; -FIELD puts the largest first.")
    columns = typer.Option(metavar="A,B", help="Which columns to show.")
    limit = typer.Option(metavar="N", help="Show at most N rows.", min=0, show_default=False)
    params = [
        _query_param(type_),
        _Param("sort", Annotated[str, sort], type_.sort),
        _Param("columns", Annotated[str, columns], ""),
        _Param("limit", Annotated[int, limit], 0),
    ]
    fields = ", ".join(sorted(type_.filters()))
    summary = (
        f"List {type_.plural} that a query finds.\n\nFilter by {fields}. A minus in front means "
        "not. The shell takes < and > for itself: put quotes around them."
    )
    return params, _run_list, _help(type_, summary, *_list_examples(type_))


def _list_examples(type_: RecordType) -> list[str]:
    samples = [
        f"{each.filter}:{_quoted(_example(each))}"
        for each in type_.filters().values()
        if isinstance(each, Choice | Reference)
    ]
    keys = ",".join(["id", *(each.key for each in type_.listed[:2])])
    return [" ".join(["list", *samples[:2]]), f"list --sort -id --columns {keys} --limit 10"]


def _run_list(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.records.query_sql import record_query

    session = session_of(ctx)
    refuse_options(ctx, values["query"])
    node = record_query.parse(type_, " ".join(values["query"]))
    wanted = record_query.Selection(node, values["sort"], values["limit"] or None)
    keys = [each.strip() for each in values["columns"].split(",") if each.strip()]
    found = sheet(session, type_, wanted, keys)
    rows = iter(found.rows)
    first = next(rows, None)
    if first is None:
        session.say(f"no {type_.plural} found")
    session.show(found._replace(rows=() if first is None else chain((first,), rows)))


def sheet(session: Session, type_: RecordType, wanted: Any, keys: Sequence[str] = ()) -> "Sheet":
    """Return the rows that a selection names, under the columns of these keys."""
    from cardcrm.records.query_sql import record_query
    from cardcrm.records.records import cells_of, select
    from cardcrm.sheet import Column, Sheet

    store = session.store()
    fields = record_query.fields_named(type_, keys) if keys else [record_query.ID, *type_.listed]
    columns = tuple(
        Column(each.key, each.label, "right" if each.is_number else "left", each.is_wide, digits=3)
        for each in fields
    )
    rows = (cells_of(record, fields) for record in select(store, type_, wanted))
    return Sheet(columns, rows, ids="id" if record_query.ID in fields else fields[0].key)


def _show(type_: RecordType) -> _Built:
    argument = typer.Argument(metavar="ID", help=f"The number of {_article(type_)}.")
    params = [_Param("id", Annotated[str, argument], inspect.Parameter.empty)]
    return params, _run_show, _help(type_, f"Show {_article(type_)}.", "show 12")


def _run_show(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.records import records

    session = session_of(ctx)
    row_id = _number(type_, values["id"])
    session.show(card(session, records.get(session.store(), type_, row_id)))


def card(session: Session, record: "Record") -> "Card":
    """Return a row as a card: its values for people, and its JSON."""
    from cardcrm.records.records import json_of, title_of
    from cardcrm.sheet import Card

    store = session.store()
    shown = [(each, each.format(record.values[each.key], store)) for each in record.type.fields]
    facts = tuple((each.label, text) for each, text in shown if text)
    title = f"{record.type.name} {record.id}"
    return Card(title_of(store, record) or title, subtitle=title, facts=facts, data=json_of(record))


def _edit(type_: RecordType) -> _Built:
    params = [_ids_param(type_)]
    params += [_option(type_, each, is_new=False) for each in type_.editable]
    params += _many_params(type_)
    first = next((each for each in type_.editable if not each.is_required), type_.editable[0])
    change = f"--{first.option} {_quoted(_example(first))}"
    text = f"Change {_article(type_)}, or several at once.\n\nAn empty value clears a field."
    examples = (f"edit 12 {change}", f"edit --where id:12,13 {change} --dry-run")
    return params, _run_edit, _help(type_, text, *examples)


def _run_edit(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.records import records

    session = session_of(ctx)
    texts = _texts(type_, values)
    if not texts:
        raise UsageError("nothing to change", f"See `cardcrm {type_.name} edit --help`.")
    ids = _chosen(session, type_, values)
    if values["dry_run"]:
        _say_which(session, type_, ids, "would change")
        return
    if len(ids) >= _ASK_FROM:
        session.confirm(f"Change {len(ids)} {type_.plural}?", yes=values["yes"])
    changed = records.edit(session.store(), type_, ids, texts)
    _report(session, type_, ids, changed)


def _report(session: Session, type_: RecordType, ids: Sequence[int], changed: int) -> None:
    from cardcrm.records import records

    if len(ids) == 1:
        record = records.get(session.store(), type_, ids[0])
        word = "changed" if changed else "no change to"
        session.answer(f"{word} {_words(session, record)}", lambda: card(session, record))
        return
    session.answer(
        f"changed {changed} of {len(ids)} {type_.plural}", lambda: _sheet_of(session, type_, ids)
    )


def _sheet_of(session: Session, type_: RecordType, ids: Sequence[int]) -> "Sheet":
    from cardcrm.query import Or, Term
    from cardcrm.records.query_sql.record_query import Selection

    node = Or(tuple(Term("id", "=", str(each)) for each in ids))
    return sheet(session, type_, Selection(node))


def _rm(type_: RecordType) -> _Built:
    params = [_ids_param(type_), *_many_params(type_)]
    text = f"Remove {_article(type_)}, or several at once.\n\n`cardcrm undo` brings them back."
    return params, _run_rm, _help(type_, text, "rm 12")


def _run_rm(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.records import records

    session = session_of(ctx)
    ids = _chosen(session, type_, values)
    if not ids or values["dry_run"]:
        _say_which(session, type_, ids, "would remove")
        return
    store = session.store()
    found = [records.get(store, type_, each) for each in ids]
    what = _words(session, found[0]) if len(ids) == 1 else f"{len(ids)} {type_.plural}"
    session.confirm(f"Remove {what}?", yes=values["yes"])
    records.remove(store, type_, ids)
    session.say(f"removed {what}; `cardcrm undo` brings {'it' if len(ids) == 1 else 'them'} back")


def _say_which(session: Session, type_: RecordType, ids: Sequence[int], what: str) -> None:
    from cardcrm.records import records

    if not ids:
        session.say(f"no {type_.plural} found; nothing was changed")
        return
    noun = type_.name if len(ids) == 1 else type_.plural
    session.say(f"{what} {len(ids)} {noun}:")
    for each in ids[:_SHOWN]:
        session.say(f"  {_words(session, records.get(session.store(), type_, each))}")
    if len(ids) > _SHOWN:
        session.say(f"  and {len(ids) - _SHOWN} more")


def _words(session: Session, record: "Record") -> str:
    """Return a row in a sentence: its noun, number, title and contact."""
    from cardcrm.records.records import title_of

    title = title_of(session.store(), record)
    contact = record.type.contact
    name = record.values[contact.key] if contact is not None else None
    whose = f" ({name})" if name else ""
    number = f"{record.type.name} {record.id}"
    named = f"{number} {title}" if title not in ("", number, str(record.id)) else number
    return f"{named}{whose}"


def _chosen(session: Session, type_: RecordType, values: Mapping[str, Any]) -> list[int]:
    """Return the ids that arguments or a query name. Raises UsageError."""
    from cardcrm.records.query_sql import record_query

    if values["ids"] and values["where"]:
        raise UsageError("use either numbers or --where, not both")
    if values["ids"]:
        return list(dict.fromkeys(_number(type_, each) for each in values["ids"]))
    if not values["where"].strip():
        raise UsageError(f"which {type_.plural}?", "Give their numbers, or --where QUERY.")
    node = record_query.parse(type_, values["where"])
    return record_query.ids(session.store(), type_, node)


def _number(type_: RecordType, text: str) -> int:
    number = text.removeprefix("#")
    if number.isascii() and number.isdigit() and len(number) < 19:
        return int(number)
    raise UsageError(
        f"“{text}” must be the number of {_article(type_)}",
        f"`cardcrm {type_.name} list` shows the numbers.",
    )


def _export(type_: RecordType) -> _Built:
    file = typer.Argument(metavar="FILE", help="A .csv or .jsonl file to write.")
    params = [
        _Param("file", Annotated[Path, file], inspect.Parameter.empty),
        _query_param(type_),
    ]
    text = f"Write {type_.plural} to a CSV file or to JSON lines."
    return params, _run_export, _help(type_, text, f"export {type_.plural.replace(' ', '-')}.csv")


def _run_export(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.formats import record_file
    from cardcrm.records.query_sql import record_query

    session = session_of(ctx)
    node = record_query.parse(type_, " ".join(values["query"]))
    written = record_file.write(session.store(), type_, node, values["file"])
    noun = type_.name if written == 1 else type_.plural
    session.say(f"wrote {written:,} {noun} to {values['file']}")


def _import(type_: RecordType) -> _Built:
    file = typer.Argument(metavar="FILE", help="A .csv or .jsonl file to read.")
    params = [_Param("file", Annotated[Path, file], inspect.Parameter.empty)]
    text = (
        f"Read {type_.plural} from a CSV file or from JSON lines.\n\nRows whose permanent id is "
        "known already are changed, not added again."
    )
    return params, _run_import, _help(type_, text, f"import {type_.plural.replace(' ', '-')}.csv")


def _run_import(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> None:
    from cardcrm.formats import record_file

    session = session_of(ctx)
    added, changed = record_file.read(session.store(create=True), type_, values["file"])
    noun = type_.name if added == 1 else type_.plural
    session.say(f"added {added:,} {noun}, changed {changed:,}")


_COMMANDS: dict[str, Callable[[RecordType], _Built]] = {
    "add": _add,
    "list": _list,
    "show": _show,
    "edit": _edit,
    "rm": _rm,
    "export": _export,
    "import": _import,
}
