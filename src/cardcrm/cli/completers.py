"""Values that Tab offers for options and arguments, by the names these have in every command.

A parameter that is not listed here has its own ``autocompletion``, or nothing is offered for it.
Paths are offered only where a file is meant.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from cardcrm.cli.arguments import complete_contact, open_readonly
from cardcrm.cli.completion_shells import Answer, Choice
from cardcrm.errors import CardcrmError
from cardcrm.text import fold

if TYPE_CHECKING:
    from cardcrm.records.record_type import RecordType
    from cardcrm.store import Store

Found = Iterable[str | tuple[str, str]]
Completer = Callable[[Any, str], Found]

_WHENS = (
    "today", "tomorrow", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
    "sunday", "3d", "1w", "2w", "1m", "eow", "eom", "eoq", "eoy",
)  # fmt: skip
_PAST = ("today", "yesterday", "monday", "tuesday", "wednesday", "thursday", "friday", "saturday",
         "sunday")  # fmt: skip
_RULES = ("daily", "weekly", "2w", "monthly", "quarterly", "yearly", "weekday")
_SIGNS = ("+", "-")


def complete(ctx: Any, param: Any, incomplete: str) -> Answer | None:
    """Return what may be the value of a parameter; None where it completes itself."""
    name, metavar = param.name or "", (param.metavar or "").strip("[]…")
    if metavar in _FILES or name in _FILES:
        return Answer(files=True)
    command = ctx.command_path.partition(" ")[2]
    find = _BY_COMMAND.get((command, name))
    if find is None and param.param_type_name == "option":
        find = _BY_OPTION.get(param.opts[0])
    elif find is None:
        find = _BY_METAVAR.get(metavar.partition(" ")[0].strip("…"))
    if find is None:
        return None
    return Answer([_choice(each) for each in find(ctx, incomplete)])


def _choice(found: str | tuple[str, str]) -> Choice:
    return Choice(found) if isinstance(found, str) else Choice(*found)


# Ways to find values


def _words(words: Callable[[], Iterable[str]] | Sequence[str]) -> Completer:
    """Offer those of a few words that begin as typed."""

    def find(_ctx: Any, incomplete: str) -> Found:
        return _beginning(words() if callable(words) else words, incomplete)

    return find


def _beginning(words: Iterable[str], incomplete: str) -> list[str]:
    key = incomplete.lower()
    return [each for each in words if each.lower().startswith(key)]


def _containing(words: Iterable[str], incomplete: str) -> list[str]:
    """Return the words that contain a text, those that begin with it first."""
    key = fold(incomplete)
    found = [each for each in words if key in fold(each)]
    return sorted(found, key=lambda each: not fold(each).startswith(key))


def _stored(read: "Callable[[Store], Iterable[str]]") -> Completer:
    """Offer those of the values in the database that contain what was typed."""

    def find(ctx: Any, incomplete: str) -> Found:
        return _containing(_ask(ctx, read), incomplete)

    return find


def _ask(ctx: Any, read: "Callable[[Store], Iterable[Any]]") -> list[Any]:
    """Return what the database has; nothing without a database."""
    try:
        with open_readonly(ctx) as store:
            return list(read(store))
    except CardcrmError:
        return []


def _list_after_commas(find: Completer) -> Completer:
    """Offer values for the last part of a list such as ``name,city``."""

    def find_last(ctx: Any, incomplete: str) -> Found:
        before, comma, last = incomplete.rpartition(",")
        taken = before.split(",")
        found = (each if isinstance(each, str) else each[0] for each in find(ctx, last))
        return [f"{before}{comma}{each}" for each in found if each not in taken]

    return find_last


# What the parameters mean


def _noun(ctx: Any) -> "RecordType | None":
    """Return the noun of the group that a command belongs to, or None for other commands."""
    from cardcrm.records import registry

    name = ctx.command_path.split(" ")[1]
    known = {*registry.LISTED, *registry.added()}
    return registry.record_type(name) if name in known else None


def _columns(ctx: Any, incomplete: str) -> Found:
    type_ = _noun(ctx)
    if type_ is not None and ctx.command_path != "cardcrm segment show":
        return _beginning(["id", *(each.key for each in type_.fields)], incomplete)
    from cardcrm.records.contacts import custom_fields
    from cardcrm.records.contacts.query_fields import COLUMNS

    custom = _ask(ctx, lambda store: (each.name for each in custom_fields.list_fields(store)))
    return _beginning([*COLUMNS, *custom], incomplete)


def _sort(ctx: Any, incomplete: str) -> Found:
    dash = "-" * incomplete.startswith("-")
    return [f"{dash}{each}" for each in _columns(ctx, incomplete.removeprefix("-"))]


def _ids(ctx: Any, incomplete: str) -> Found:
    type_ = _noun(ctx)
    if type_ is None:
        return []
    from cardcrm.records.record_completion import ids

    return _ask(ctx, lambda store: ids(store, type_, incomplete))


def _open_reminders(ctx: Any, incomplete: str) -> Found:
    """Offer open reminders by number, or the contacts that have one by name."""
    from cardcrm.records import record_completion

    if not incomplete or incomplete.isdigit():
        return _ask(ctx, lambda store: record_completion.open_reminders(store, incomplete))
    return _ask(ctx, lambda store: record_completion.reminded_contacts(store, incomplete))


def _open_reminders_or_when(ctx: Any, incomplete: str) -> Found:
    """Offer reminders first, and dates after them."""
    if not ctx.params.get("words"):
        return _open_reminders(ctx, incomplete)
    return [*_beginning(_WHENS, incomplete), *_open_reminders(ctx, incomplete)]


def _contact_or_tag(ctx: Any, incomplete: str) -> Found:
    """Offer contacts, and tags behind a plus or minus."""
    if not incomplete.startswith(_SIGNS):
        return complete_contact(ctx, incomplete)
    tags = _ask(ctx, _values_of("tag"))
    return [f"{incomplete[0]}{each}" for each in _containing(tags, incomplete[1:])]


def _values_of(field: str) -> "Callable[[Store], Iterable[str]]":
    def read(store: "Store") -> Iterable[str]:
        from cardcrm.records.query_sql.value_completion import list_values

        return list_values(store, field)

    return read


def _owners(store: "Store") -> Iterable[str]:
    from cardcrm.records.record_completion import owners

    return owners(store)


def _products(store: "Store") -> Iterable[str]:
    from cardcrm.records.record_completion import names

    return names(store, "product", "")


def _organizations(ctx: Any, incomplete: str) -> Found:
    from cardcrm.records.record_completion import organizations

    return _ask(ctx, lambda store: organizations(store, incomplete))


def _steps(ctx: Any, incomplete: str) -> Found:
    from cardcrm.records.record_completion import steps

    return _ask(ctx, lambda store: steps(store, incomplete))


def _custom_fields(ctx: Any, incomplete: str) -> Found:
    return _beginning(_custom_names(ctx), incomplete)


def _custom_names(ctx: Any) -> list[str]:
    from cardcrm.records.contacts import custom_fields

    return _ask(ctx, lambda store: (each.name for each in custom_fields.list_fields(store)))


def _custom_assignment(ctx: Any, incomplete: str) -> Found:
    return [f"{each}=" for each in _beginning(_custom_names(ctx), incomplete)]


def _relation(ctx: Any, incomplete: str) -> Found:
    """Offer the contacts of ``spouse=Jane`` once the kind is typed."""
    kind, equals, who = incomplete.partition("=")
    if not equals:
        return []
    return [f"{kind}={name}" for name, _ in complete_contact(ctx, who)]


def _setting_value(ctx: Any, incomplete: str) -> Found:
    from cardcrm.config import SETTINGS

    setting = SETTINGS.get(ctx.params.get("name") or "")
    return _beginning(setting.choices if setting else (), incomplete)


def _formats() -> Iterable[str]:
    from cardcrm.render import FORMATS

    return FORMATS


def _kinds() -> Iterable[str]:
    from cardcrm.records.activity.interaction_type import KINDS

    return KINDS


def _currencies() -> Iterable[str]:
    from cardcrm.currencies import DECIMALS

    return DECIMALS


def _field_types() -> Iterable[str]:
    from cardcrm.records.contacts.contact_type import FIELD_TYPE

    return FIELD_TYPE.choices


def _shells() -> Iterable[str]:
    from cardcrm.cli.completion_scripts import SCRIPTS

    return SCRIPTS


# The names of parameters and the metavars of arguments whose values are paths.
_FILES = frozenset(("FILE", "FROM", "PATH", "db", "to", "bad", "path"))

_BY_OPTION: dict[str, Completer] = {
    "--format": _words(_formats),
    "--color": _words(("auto", "always", "never")),
    "--install-completion": _words(_shells),
    "--show-completion": _words(_shells),
    "--sort": _sort,
    "--columns": _list_after_commas(_columns),
    "--owner": _stored(_owners),
    "--for": _stored(_owners),
    "--tag": _stored(_values_of("tag")),
    "--source": _stored(_values_of("source")),
    "--org": _organizations,
    "--product": _stored(_products),
    "--line": _stored(_products),
    "--currency": _words(_currencies),
    "--due": _words(_WHENS),
    "--on": _words(_PAST),
    "--every": _words(_RULES),
    "--type": _words(_field_types),
    "--field": _custom_assignment,
    "--set": _custom_assignment,
    "--remove": _custom_fields,
    "--relation": _relation,
}
_BY_METAVAR: dict[str, Completer] = {"ID": _ids, "FIELD": _custom_fields}
_BY_COMMAND: dict[tuple[str, str], Completer] = {
    ("done", "which"): _open_reminders,
    ("done", "kind"): _words(_kinds),
    ("snooze", "words"): _open_reminders_or_when,
    ("tag", "words"): _contact_or_tag,
    ("journal", "step"): _steps,
    ("config set", "value"): _setting_value,
}
