"""The sources of the values that Tab offers.

A parameter names its source by ``autocompletion``, or has one by its name in every command; see
`find_source`. Nothing is offered for the others, and paths only where a file is meant.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from cardcrm.errors import CardcrmError
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.record_type import RecordType
    from cardcrm.store import Store

FILES = "files"

Found = Iterable[str | tuple[str, str]]

_MISREAD = ("-", "+", "@", "#")  # at the start of a name


class Line(NamedTuple):
    """The command line that is being completed: its session, command and arguments.

    ``detail`` is what follows the colon in the name of a source, such as a noun.
    """

    session: "Session"
    command: str
    values: Mapping[str, Sequence[str]]
    detail: str = ""

    def ask(self, read: "Callable[[Store], Iterable[Any]]") -> list[Any]:
        """Return what the database has; nothing without a database."""
        try:
            return list(read(self.session.store(readonly=True)))
        except CardcrmError:
            return []


Completer = Callable[[Line, str], Found]


def find(line: Line, source: str, incomplete: str) -> list[tuple[str, str]]:
    """Return the values of a source that may take the place of a word, with their meanings."""
    name, _, detail = source.partition(":")
    found = SOURCES[name](line._replace(detail=detail), incomplete) if name else ()
    return [(each, "") if isinstance(each, str) else each for each in found]


def find_source(command: str, param: Any, declared: str) -> str:
    """Return the source of a parameter: that of its place, the declared one, or by its name."""
    if source := _BY_COMMAND.get((command, param.name), declared):
        return source
    metavar = (param.metavar or "").strip("[]…").partition(" ")[0].strip("…")
    if metavar in ("FILE", "PATH", "FROM") or param.name in ("db", "to", "bad", "path", "target"):
        return FILES
    noun = command.partition(" ")[0]
    if param.param_type_name == "option":
        return _BY_OPTION.get(param.opts[0], "").format(noun=noun)
    return _BY_METAVAR.get(metavar, "").format(noun=noun)


# Ways to choose among values


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    key = incomplete.lower()
    return [each for each in words if each.lower().startswith(key)]


def _containing(words: Iterable[str], incomplete: str) -> list[str]:
    """Return the words that contain a text, those that begin with it first."""
    key = fold(incomplete)
    found = [each for each in words if key in fold(each)]
    return sorted(found, key=lambda each: not fold(each).startswith(key))


def _words(line: Line, incomplete: str) -> Found:
    return _beginning(line.detail.split(","), incomplete)


def _values(line: Line, incomplete: str) -> Found:
    """Offer the values of a field of contacts that are in the database."""
    from cardcrm.records.query_sql.value_completion import list_values

    return _containing(line.ask(lambda store: list_values(store, line.detail)), incomplete)


# Contacts and queries


def _contact(line: Line, incomplete: str) -> Found:
    """Offer the names that a text may mean.

    A name that a command would read as an option, tag, segment or number is offered by its number.
    """
    from cardcrm.records.search.prefix import complete_names

    found = line.ask(lambda store: complete_names(store, incomplete))
    return [_choose_word(name, detail) for name, detail in found]


def _choose_word(name: str, detail: str) -> tuple[str, str]:
    """Return what is offered for a contact, and its meaning; the detail starts with its number."""
    if name.startswith(_MISREAD) or name.isdigit():
        number, _, org = detail.partition(" ")
        return number, f"{name} {org}".strip()
    return name, detail


def _organization(line: Line, incomplete: str) -> Found:
    from cardcrm.records.row_completion import organizations

    return line.ask(lambda store: organizations(store, incomplete))


def _contact_or_tag(line: Line, incomplete: str) -> Found:
    """Offer contacts, and tags behind a plus or minus."""
    if not incomplete.startswith(("+", "-")):
        return _contact(line, incomplete)
    tags = _values(line._replace(detail="tag"), incomplete[1:])
    return [f"{incomplete[0]}{each}" for each in tags]


def _relation(line: Line, incomplete: str) -> Found:
    """Offer the contacts of ``spouse=Jane`` once the kind is typed."""
    kind, equals, who = incomplete.partition("=")
    return [f"{kind}={each[0]}" for each in _contact(line, who)] if equals else []


def _query(line: Line, incomplete: str) -> Found:
    """Offer fields and values that continue a query, on contacts or on another noun."""
    return _query_on_noun(line, incomplete) if line.detail else _query_on_contacts(line, incomplete)


def _query_on_contacts(line: Line, incomplete: str) -> list[str]:
    """Return fields and values; without a database only the fields."""
    from cardcrm.records.contacts.query_fields import FILTERS
    from cardcrm.records.query_sql import value_completion

    def read(store: "Store") -> list[str]:
        def values_of(field: str) -> list[str]:
            return value_completion.list_values(store, field)

        fields = value_completion.list_fields(store)
        found = value_completion.complete_query(incomplete, fields, values_of)
        if len(found) == 1 and found[0].endswith(":"):
            # Offer the values at the first Tab.
            found = value_completion.complete_query(found[0], fields, values_of) or found
        return found

    try:
        return read(line.session.store(readonly=True))
    except CardcrmError:
        return value_completion.complete_query(incomplete, FILTERS, lambda _: ())


def _query_on_noun(line: Line, incomplete: str) -> list[str]:
    from cardcrm.records.record_completion import completed

    type_ = _noun(line.detail)
    return line.ask(lambda store: completed(store, type_, incomplete))


# Rows and fields of any noun


def _noun(name: str) -> "RecordType":
    from cardcrm.records.registry import record_type

    return record_type(name)


def _names(line: Line, incomplete: str) -> Found:
    from cardcrm.records.record_completion import names

    return _containing(line.ask(lambda store: names(store, line.detail, incomplete)), incomplete)


def _ids(line: Line, incomplete: str) -> Found:
    from cardcrm.records.record_completion import ids

    return line.ask(lambda store: ids(store, _noun(line.detail), incomplete))


def _field(line: Line, incomplete: str) -> Found:
    """Offer the values of a field such as ``sale.product``."""
    from cardcrm.records.record_completion import values

    noun, _, key = line.detail.partition(".")
    type_ = _noun(noun)
    field = type_.field(key)
    assert field is not None, line.detail
    return _containing(line.ask(lambda store: values(store, type_, field, incomplete)), incomplete)


def _columns(line: Line, incomplete: str) -> Found:
    """Offer columns for the last part of a list such as ``name,city``."""
    before, comma, last = incomplete.rpartition(",")
    taken = before.split(",")
    found = _beginning(_column_names(line), last)
    return [f"{before}{comma}{each}" for each in found if each not in taken]


def _sort(line: Line, incomplete: str) -> Found:
    dash = "-" * incomplete.startswith("-")
    return [f"{dash}{each}" for each in _beginning(_column_names(line), incomplete[len(dash) :])]


def _column_names(line: Line) -> list[str]:
    from cardcrm.records.registry import MODULES, added

    is_of_noun = line.detail in MODULES or line.detail in added()
    if is_of_noun and line.command != "segment show":  # which lists contacts
        return ["id", *(each.key for each in _noun(line.detail).fields)]
    from cardcrm.records.contacts.query_fields import COLUMNS

    return [*COLUMNS, *_custom_names(line)]


def _custom_names(line: Line) -> list[str]:
    from cardcrm.records.contacts import custom_fields

    return line.ask(lambda store: (each.name for each in custom_fields.list_fields(store)))


def _custom_field(line: Line, incomplete: str) -> Found:
    """Offer custom fields, with an equals sign where a value follows."""
    sign = "=" if line.detail == "value" else ""
    return [f"{each}{sign}" for each in _beginning(_custom_names(line), incomplete)]


# Reminders, users and steps


def _open_reminder(line: Line, incomplete: str) -> Found:
    """Offer open reminders by number, or the contacts that have one by name."""
    from cardcrm.records import row_completion

    if not incomplete or incomplete.isdigit():
        return line.ask(lambda store: row_completion.open_reminders(store, incomplete))
    return line.ask(lambda store: row_completion.reminded_contacts(store, incomplete))


def _open_reminder_or_when(line: Line, incomplete: str) -> Found:
    """Offer reminders first, and dates after them."""
    if not line.values.get("words"):
        return _open_reminder(line, incomplete)
    return [*_beginning(_WHENS.split(","), incomplete), *_open_reminder(line, incomplete)]


def _owner(line: Line, incomplete: str) -> Found:
    from cardcrm.records.record_completion import owners

    return _containing(line.ask(owners), incomplete)


def _step(line: Line, incomplete: str) -> Found:
    from cardcrm.records.row_completion import steps

    return line.ask(lambda store: steps(store, incomplete))


# Settings and fixed words


def _setting(_line: Line, incomplete: str) -> Found:
    from cardcrm.config import SETTINGS

    return [
        (each.name, each.help) for each in SETTINGS.values() if each.name.startswith(incomplete)
    ]


def _setting_value(line: Line, incomplete: str) -> Found:
    from cardcrm.config import SETTINGS

    setting = SETTINGS.get((line.values.get("name") or [""])[0])
    return _beginning(setting.choices if setting else (), incomplete)


def _format(line: Line, incomplete: str) -> Found:
    from cardcrm.render import FORMATS

    if line.command == "export":
        from cardcrm.formats.export_formats import EXPORT_FORMATS

        return _beginning((*EXPORT_FORMATS, "json"), incomplete)
    return _beginning(FORMATS, incomplete)


def _interaction_kind(_line: Line, incomplete: str) -> Found:
    from cardcrm.records.activity.interaction_type import KINDS

    return _beginning(KINDS, incomplete)


def _currency(_line: Line, incomplete: str) -> Found:
    from cardcrm.currencies import DECIMALS

    return _beginning(DECIMALS, incomplete)


def _field_type(_line: Line, incomplete: str) -> Found:
    from cardcrm.records.contacts.contact_type import FIELD_TYPE

    return _beginning(FIELD_TYPE.choices, incomplete)


def _shell(_line: Line, incomplete: str) -> Found:
    from cardcrm.cli.completion_scripts import SCRIPTS

    return _beginning(SCRIPTS, incomplete)


def _purpose(line: Line, incomplete: str) -> Found:
    """Offer the purposes of mail that are in use."""
    from cardcrm.records.mail.purposes import list_purposes

    return _beginning(line.ask(list_purposes), incomplete)


SOURCES: dict[str, Completer] = {
    "words": _words,
    "values": _values,
    "contact": _contact,
    "organization": _organization,
    "contact-or-tag": _contact_or_tag,
    "relation": _relation,
    "query": _query,
    "names": _names,
    "ids": _ids,
    "field": _field,
    "columns": _columns,
    "sort": _sort,
    "custom-field": _custom_field,
    "open-reminder": _open_reminder,
    "open-reminder-or-when": _open_reminder_or_when,
    "owner": _owner,
    "step": _step,
    "setting": _setting,
    "setting-value": _setting_value,
    "format": _format,
    "interaction-kind": _interaction_kind,
    "currency": _currency,
    "field-type": _field_type,
    "shell": _shell,
    "purpose": _purpose,
}

_DAYS = "monday,tuesday,wednesday,thursday,friday,saturday,sunday"
_WHENS = f"today,tomorrow,{_DAYS},3d,1w,2w,1m,eow,eom,eoq,eoy"

_BY_OPTION = {
    "--format": "format",
    "--color": "words:auto,always,never",
    "--install-completion": "shell",
    "--show-completion": "shell",
    "--sort": "sort:{noun}",
    "--columns": "columns:{noun}",
    "--owner": "owner",
    "--for": "owner",
    "--tag": "values:tag",
    "--source": "values:source",
    "--org": "organization",
    "--product": "names:product",
    "--line": "names:product",
    "--currency": "currency",
    "--due": f"words:{_WHENS}",
    "--next-due": f"words:{_WHENS}",
    "--on": f"words:today,yesterday,{_DAYS}",
    "--every": "words:daily,weekly,2w,monthly,quarterly,yearly,weekday",
    "--type": "field-type",
    "--field": "custom-field:value",
    "--set": "custom-field:value",
    "--remove": "custom-field",
    "--relation": "relation",
    "--purpose": "purpose",
}
_BY_METAVAR = {"ID": "ids:{noun}", "FIELD": "custom-field"}
_BY_COMMAND = {
    ("done", "which"): "open-reminder",
    ("done", "kind"): "interaction-kind",
    ("snooze", "words"): "open-reminder-or-when",
    ("tag", "words"): "contact-or-tag",
    ("journal", "step"): "step",
    ("config set", "value"): "setting-value",
}
