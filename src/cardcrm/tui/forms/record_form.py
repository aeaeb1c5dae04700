"""The form of any noun, built from its declaration.

A noun with a form of its own registers it with `replace_form`; `add` and `edit` open that instead.
"""

from collections.abc import Awaitable, Callable
from typing import NamedTuple

from cardcrm.records import fields as record_fields
from cardcrm.records import records
from cardcrm.records.conflicts import Texts
from cardcrm.records.record_type import RecordType
from cardcrm.store import Author, Locale, Store
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms.completers import complete_contact
from cardcrm.tui.forms.fields import Check, Field, Values
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.gone_dialog import save_resolving_conflicts, to_rows, to_texts

OpenForm = Callable[[AppContext, int | None], Awaitable[None]]

_own_forms: dict[str, OpenForm] = {}


def replace_form(noun: str, open_form: OpenForm) -> None:
    """Let a noun open a form of its own, for the row to edit, or for a new row at None."""
    _own_forms[noun] = open_form


class _ParseContext(NamedTuple):
    """The locale and author that fields parse by."""

    locale: Locale
    author: Author


def form_fields(context: AppContext, type_: RecordType) -> tuple[Field, ...]:
    """Return the fields of a noun's form."""
    return tuple(_form_field(context, type_, each) for each in type_.editable)


def _form_field(context: AppContext, type_: RecordType, field: record_fields.Field) -> Field:
    required = f"A {type_.name} needs a {field.label}." if field.is_required else ""
    form_field = Field(
        field.key, field.label, hint=field.help or field.metavar.lower(), required=required
    )
    if isinstance(field, record_fields.Choice):
        blank = () if field.is_required else ("",)
        return form_field._replace(kind="choice", choices=(*blank, *field.choices))
    if isinstance(field, record_fields.Flag):
        return form_field._replace(kind="choice", choices=("no", "yes"))
    if isinstance(field, record_fields.Reference):
        is_contact = field.to == "contact"
        complete = complete_contact(context) if is_contact else None
        return form_field._replace(complete=complete, holds_id=is_contact)
    if isinstance(field, record_fields.Block):
        return form_field._replace(kind="text")
    return form_field._replace(check=field_check(context, field))


def field_check(context: AppContext, field: record_fields.Field) -> Check:
    """Return a check that shows how a text is understood."""

    def check(text: str) -> str:
        parse_context = _ParseContext(context.locale, Author("", ""))
        shown = field.format(field.parse_value(text, parse_context), parse_context)
        return shown if shown != text.strip() else ""

    return check


async def add(context: AppContext, type_: RecordType) -> None:
    """Open the form for a new row."""
    if type_.name in _own_forms:
        await _own_forms[type_.name](context, None)
        return

    async def save(values: Values) -> str:
        command = f"{type_.name} add"
        record = await context.change(command, lambda store: records.add(store, type_, values))
        return f"Added {type_.name} {record.id}"

    defaults = {each.key: each.default for each in type_.editable}
    form = Form(f"New {type_.name}", form_fields(context, type_), save, values=defaults)
    await context.push_screen(form)


async def edit(context: AppContext, type_: RecordType, row_id: int) -> None:
    """Open the form of a row."""
    if type_.name in _own_forms:
        await _own_forms[type_.name](context, row_id)
        return
    title, before, names = await context.database.read(lambda store: _read(store, type_, row_id))

    async def save(values: Values) -> str:
        async def write(old: dict[str, Texts], new: dict[str, Texts]) -> None:
            await context.change(
                f"{type_.name} edit {row_id}",
                lambda store: records.revise(store, type_, row_id, to_texts(old), to_texts(new)),
            )

        await save_resolving_conflicts(
            context,
            write,  # type: ignore[arg-type]
            to_rows(before),
            to_rows(values),
        )
        return f"Changed {type_.name} {row_id}"

    form = Form(title, form_fields(context, type_), save, values=before, names=names)
    await context.push_screen(form)


def _read(
    store: Store, type_: RecordType, row_id: int
) -> tuple[str, dict[str, str], dict[str, str]]:
    """Return a row's title, its texts, and the names of the rows it refers to."""
    record = records.get(store, type_, row_id)
    texts = records.texts_of(store, record)
    editable = {each.key: texts[each.key] for each in type_.editable}
    names = {
        texts[each.key]: str(record.values[each.key])
        for each in type_.references
        if texts[each.key]
    }
    title = records.title_of(store, record)
    return f"{type_.name.capitalize()} {row_id}: {title}", editable, names
