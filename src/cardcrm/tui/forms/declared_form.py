"""The form of a noun by its declaration: its fields, and how they are read and written.

A noun that needs more than its declaration says derives a class from `NounForm`.
"""

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar, NamedTuple

from cardcrm.records import fields as record_fields
from cardcrm.records import records
from cardcrm.records.contacts.contacts import Contact
from cardcrm.records.record_type import RecordType
from cardcrm.store import Author, Locale, Store
from cardcrm.text import capitalize_first, with_article
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import validators
from cardcrm.tui.forms.completers import complete_contact
from cardcrm.tui.forms.fields import Check, Field, Item, Repeated, Values


class _ParseContext(NamedTuple):
    """The locale and author that fields parse by."""

    locale: Locale
    author: Author = Author("", "")


class NounForm:
    """The form of a noun. Its texts are what a user would type, by the keys of the fields.

    ``order`` lists the keys of the fields; all editable fields if it is empty. ``hints`` and
    ``required`` replace the declared hints and the errors for empty fields. ``future_hint`` is the
    remedy for a past day that is in the future. A form that ``is_of_contact`` does not have the
    contact as a field; ``new_title`` names it in its place. A form that ``has_summary`` shows what
    `summarize` says about the texts while the user types. ``verb`` is the shell's command.
    """

    order: ClassVar[tuple[str, ...]] = ()
    hints: ClassVar[Mapping[str, str]] = {}
    required: ClassVar[Mapping[str, str]] = {}
    future_hint: ClassVar[str] = ""
    is_of_contact: ClassVar[bool] = False
    new_title: ClassVar[str] = ""
    has_summary: ClassVar[bool] = False
    verb: ClassVar[str] = ""

    def __init__(self, type_: RecordType) -> None:
        self.type = type_

    # the fields

    def items(self, context: AppContext) -> tuple[Item, ...]:
        """Return the fields."""
        keys = self.order or tuple(each.key for each in self.type.editable)
        return tuple(self.item(context, key) for key in keys)

    def new_items(self, context: AppContext) -> tuple[Item, ...]:
        """Return the fields for a new row."""
        return self.items(context)

    def item(self, context: AppContext, key: str) -> Item:
        """Return one field, as it is declared."""
        declared = self.type.field(key)
        assert declared is not None
        hint = self.hints.get(key, _as_hint(declared.help) or declared.metavar.lower())
        is_required = declared.is_required and not declared.default
        needs = f"{self.type.with_article} needs {with_article(declared.phrase)}."
        missing = capitalize_first(needs) if is_required else ""
        if isinstance(declared, record_fields.References):
            return repeated(key, declared.label, contact_field(context, "who", hint))
        field = Field(key, declared.label, hint=hint, required=self.required.get(key, missing))
        return field._replace(**self._kind_of(context, declared))

    def _kind_of(self, context: AppContext, declared: record_fields.Field) -> dict[str, Any]:
        """Return how a field is edited: its choices, completion or check."""
        if isinstance(declared, record_fields.Choice):
            blank = () if declared.is_required else ("",)
            return {"kind": "choice", "choices": (*blank, *declared.choices)}
        if isinstance(declared, record_fields.Flag):
            return {"kind": "choice", "choices": ("no", "yes")}
        if isinstance(declared, record_fields.Reference):
            is_contact = declared.to == "contact"
            complete = complete_contact(context) if is_contact else None
            return {"complete": complete, "holds_id": is_contact}
        if isinstance(declared, record_fields.Block):
            return {"kind": "text"}
        if isinstance(declared, record_fields.Day):
            past = declared.is_past
            check = validators.date_check(context.locale, past=past, future_hint=self.future_hint)
            return {"check": check}
        return {"check": _check(context, declared)}

    def new_values(self) -> dict[str, str]:
        """Return the values that the form for a new row begins with, if all fields are shown."""
        return {} if self.order else {each.key: each.default for each in self.type.editable}

    # reading and writing

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return a row as texts. Raises NotFoundError."""
        texts = records.texts_of(store, records.get(store, self.type, row_id))
        return {each.key: texts[each.key] for each in self.type.editable}

    def names(self, store: Store, row_id: int) -> dict[str, str]:
        """Return the names that are shown in place of ids: by ``#12``, or by ``stage #12``."""
        record = records.get(store, self.type, row_id)
        texts = records.texts_of(store, record)
        named = [each for each in self.type.references if texts[each.key]]
        return {_name_key(each, texts[each.key]): str(record.values[each.key]) for each in named}

    def add(self, store: Store, contact_id: int, texts: Values) -> Any:
        """Add a row, of a contact if the form is of one. Raises UsageError, ConflictError."""
        del contact_id
        return records.add(store, self.type, texts)

    def add_again(self, store: Store, contact_id: int, texts: Values) -> Any:
        """Add a row that was deleted while it was edited. Raises as `add`."""
        return self.add(store, contact_id, texts)

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises EditConflictError, UsageError."""
        records.revise(store, self.type, row_id, before, after)

    # words

    def summarize(self, store: Store, texts: Values) -> str:
        """Return what the texts come to, such as a total."""
        del store, texts
        return ""

    def title(self, contact: Contact | None) -> str:
        """Return the title of the form for a new row."""
        return self.new_title.format(contact.name) if contact else f"New {self.type.name}"

    def command_words(self, texts: Values) -> Iterable[str]:
        """Return the words about a new row for the journal."""
        return (texts.get("text", ""),)

    def describe_added(self, context: AppContext, contact: Contact | None, added: Any) -> str:
        """Return the message about a new row."""
        del context, contact
        return f"Added {self.type.name} {added.id}"

    def remark(self, added: Any) -> str:
        """Return what the user may not expect about a new row; empty if there is nothing."""
        del added
        return ""


def _name_key(reference: record_fields.Reference, text: str) -> str:
    """Return the key of a name: contacts share their ids, other references have the field's."""
    return text if reference.to == "contact" else f"{reference.key} {text}"


def _as_hint(help_: str) -> str:
    """Return the help of an option as a hint: “unit price” for “Unit price.”."""
    return help_[:1].lower() + help_[1:].removesuffix(".")


def _check(context: AppContext, field: record_fields.Field) -> Check:
    """Return a check that shows how a text is understood."""
    parse_context = _ParseContext(context.locale)

    def check(text: str) -> str:
        shown = field.format(field.parse_value(text, parse_context), parse_context)
        return shown if shown != text.strip() else ""

    return check


def contact_field(context: AppContext, name: str, hint: str) -> Field:
    """Return a field for a contact."""
    return Field(name, name, hint=hint, complete=complete_contact(context), holds_id=True)


def repeated(key: str, label: str, field: Field) -> Repeated:
    """Return a field that repeats, for a text with a line for each entry."""
    return Repeated(key, label, ((field._replace(label=""),),))


def to_values(items: Iterable[Item], texts: Values) -> dict[str, str]:
    """Return texts as values of a form, where each line of a repeated field is an entry."""
    values = dict(texts)
    for item in items:
        if isinstance(item, Repeated):
            cell = item.lines[0][0].name
            lines = filter(None, texts.get(item.name, "").split("\n"))
            values |= {f"{item.name}-{number}-{cell}": text for number, text in enumerate(lines)}
    return values


def to_texts(values: Values) -> dict[str, str]:
    """Return values of a form as texts, where the entries of a repeated field are lines."""
    texts: dict[str, str] = {}
    for name, value in values.items():
        key, dash, _ = name.partition("-")
        entries = (texts.get(key, ""), value.strip())
        texts[key] = "\n".join(filter(None, entries)) if dash else value
    return texts
