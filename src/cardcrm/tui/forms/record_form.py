"""The form of any noun, built from its declaration.

A noun with a form of its own registers it with `replace_form`; `add` and `edit` open that instead.
"""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.records import fields as record_fields
from cardcrm.records import records
from cardcrm.records.record_type import RecordType
from cardcrm.store import Author, Locale, Store
from cardcrm.tui.forms.completers import finder
from cardcrm.tui.forms.fields import Check, Field, Piece
from cardcrm.tui.forms.form import Form, Values
from cardcrm.tui.forms.gone_dialog import rows, settled, texts

if TYPE_CHECKING:
    from cardcrm.records.conflicts import Texts
    from cardcrm.tui.app import CardApp

OpenForm = Callable[["CardApp", int | None], Awaitable[None]]

_own_forms: dict[str, OpenForm] = {}


def replace_form(noun: str, open_form: OpenForm) -> None:
    """Let a noun open a form of its own; it is given the row to edit, or None for a new one."""
    _own_forms[noun] = open_form


class _Writer(NamedTuple):
    """The locale and the user by which the fields of a form are parsed."""

    locale: Locale
    author: Author


def pieces(app: "CardApp", type_: RecordType) -> tuple[Piece, ...]:
    """Return the fields of a noun's form."""
    return tuple(_piece(app, type_, each) for each in type_.editable)


def _piece(app: "CardApp", type_: RecordType, field: record_fields.Field) -> Field:
    must = f"a {type_.name} needs a {field.label}" if field.is_required else ""
    piece = Field(field.key, field.label, hint=field.help or field.metavar.lower(), must=must)
    if isinstance(field, record_fields.Choice):
        blank = () if field.is_required else ("",)
        return piece._replace(kind="choice", choices=(*blank, *field.choices))
    if isinstance(field, record_fields.Flag):
        return piece._replace(kind="choice", choices=("no", "yes"))
    if isinstance(field, record_fields.Reference):
        is_contact = field.to == "contact"
        return piece._replace(find=finder(app) if is_contact else None, by_id=is_contact)
    if isinstance(field, record_fields.Block):
        return piece._replace(kind="text")
    return piece._replace(check=_check(app, field))


def _check(app: "CardApp", field: record_fields.Field) -> Check:
    """Return what says how a text is understood."""

    def check(text: str) -> str:
        writer = _Writer(app.desk.locale, Author("", ""))
        value = field.read(field.parse(text, writer), writer)
        shown = field.format(value, writer)
        return shown if shown != text.strip() else ""

    return check


async def add(app: "CardApp", type_: RecordType) -> None:
    """Open the form for a new row."""
    if type_.name in _own_forms:
        await _own_forms[type_.name](app, None)
        return

    async def save(values: Values) -> str:
        command = f"{type_.name} add"
        record = await app.change(command, lambda store: records.add(store, type_, values))
        return f"added {type_.name} {record.id}"

    defaults = {each.key: each.default for each in type_.editable}
    form = Form(f"New {type_.name}", pieces(app, type_), save, values=defaults)
    await app.push_screen(form)


async def edit(app: "CardApp", type_: RecordType, row_id: int) -> None:
    """Open the form of a row."""
    if type_.name in _own_forms:
        await _own_forms[type_.name](app, row_id)
        return
    title, seen, names = await app.desk.ask(lambda store: _read(store, type_, row_id))

    async def save(values: Values) -> str:
        async def write(before: "dict[str, Texts]", after: "dict[str, Texts]") -> None:
            await app.change(
                f"{type_.name} edit {row_id}",
                lambda store: records.revise(store, type_, row_id, texts(before), texts(after)),
            )

        await settled(app, write, rows(seen), rows(values))  # type: ignore[arg-type]
        return f"changed {type_.name} {row_id}"

    form = Form(title, pieces(app, type_), save, values=seen, names=names)
    await app.push_screen(form)


def _read(
    store: Store, type_: RecordType, row_id: int
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return a row's title, its texts, and the names of what it refers to."""
    record = records.get(store, type_, row_id)
    shown = records.texts_of(store, record)
    editable = {each.key: shown[each.key] for each in type_.editable}
    names = {
        shown[each.key]: str(record.values[each.key])
        for each in type_.references
        if shown[each.key]
    }
    title = records.title_of(store, record)
    return f"{type_.name.capitalize()} {row_id}: {title}", editable, names
