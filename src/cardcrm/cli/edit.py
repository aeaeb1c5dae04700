"""`edit`: edit one contact, or many at once."""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import typer

from cardcrm.cli import contact_options as options
from cardcrm.cli.arguments import edit_text, parse_pairs, session_of
from cardcrm.cli.bulk_edit import DryRun, Yes, confirm_bulk
from cardcrm.cli.contact_options import DETAILS, NAMES
from cardcrm.cli.edit_report import edit_noun
from cardcrm.cli.result import Result
from cardcrm.cli.selected_contacts import (
    Contacts,
    Where,
    contact_noun,
    edit_contacts,
    resolve_targets,
)
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param, give_signature
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contact_type import CONTACT, POINT_KINDS
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import PARTS
from cardcrm.store import Store

if TYPE_CHECKING:
    from cardcrm.records.contacts.update import Edit

app = typer.Typer()

_NAMES = ("name", *PARTS)

# Options that mark contact points, with the column and whether it is set.
_MARKS = {
    "opt_out": ("opted_out", True),
    "opt_in": ("opted_out", False),
    "invalid": ("invalid", True),
    "valid": ("invalid", False),
}


def edit(ctx: typer.Context, **typed: Any) -> Result:
    """Edit one contact, or many at once.

    Options set a field or add a part; an empty value clears a field. The address options change
    the first address. `--remove` takes a part as `cardcrm show` shows it; where a text could mean
    several parts, put the part first, as in `tag:vip`. Without options, the note opens in $EDITOR.

    Examples:
        cardcrm edit jane --title "head of buying" --email jd@acme.example

        cardcrm edit jane --every monthly --note ""

        cardcrm edit --where "city:leeds -owner:any" --owner ann

    """
    from cardcrm.records.contacts import update

    session = session_of(ctx)
    ids = resolve_targets(session, typed["who"], typed["where"])
    marks = (
        update.PointMark(point, column, is_set=is_set)
        for name, (column, is_set) in _MARKS.items()
        for point in typed[name]
    )
    change = update.Edit(
        values=(*options.read_texts(typed).items(), *parse_pairs(typed["set_"], "--set")),
        additions=ContactDraft(**options.read_parts(typed)),
        removals=tuple(typed["remove"]),
        marks=tuple(marks),
        tags=tuple(typed["tag"]),
    )
    if change == update.Edit():
        return _edit_note(session, ids)
    if not typed["dry_run"]:
        confirm_bulk(session, ids, CONTACT, yes=typed["yes"])
    result = edit_contacts(session, ids, change, dry_run=typed["dry_run"])
    store = session.store()
    if typed["name"] and len(ids) == 1 and not typed["dry_run"]:
        result = result._replace(notes=(*result.notes, *_parts_left(store, ids[0])))
    return result._replace(warnings=_warn(session, ids, change)) if ids else result


def _warn(session: Session, ids: Sequence[int], change: "Edit") -> tuple[str, ...]:
    """Return warnings about added phone numbers, and about likely duplicates of a contact."""
    from cardcrm.records.contacts import builtin_fields, update
    from cardcrm.records.contacts.duplicates import NAME_REASONS, find_duplicates

    points = list(change.additions.points)
    for name, text in change.values:
        builtin = builtin_fields.find_builtin(name)
        if builtin and builtin.key in POINT_KINDS and text.strip():
            points.append(builtin_fields.point_draft(builtin, text))
    is_renamed = any(name in _NAMES for name, _ in change.values)
    if not points and not is_renamed:
        return ()
    store = session.store()
    addresses = tuple(update.address_drafts(store, ids[0]))
    warnings = options.phone_warnings(session, points, addresses)
    if len(ids) > 1:
        return warnings
    contact = contacts.get(store, ids[0])
    draft = ContactDraft(contact.name, contact.kind, points=tuple(points), addresses=addresses)
    likely = [
        each
        for each in find_duplicates(store, draft, own_id=contact.id)
        if is_renamed or each.reason not in NAME_REASONS
    ]
    return (
        *warnings,
        *options.duplicate_warnings(likely, contact.id),
        *(options.suppression_warnings(store, contact.id) if points else ()),
    )


def _parts_left(store: Store, contact_id: int) -> Iterator[str]:
    """Yield a line for each part of the name that was stated and is not in the new name."""
    from cardcrm.records.contacts.name_edit import parts_left

    for part, text in parts_left(contacts.get(store, contact_id)).items():
        yield f"  the {part} name stays {text}; to change it: --{part}"


_SET = "Set a field or custom field, by name; an empty value clears it."
_REMOVE = (
    "Remove a contact point, nickname, address, anniversary, tag, custom field or "
    "relation (KIND=WHO)."
)

give_signature(
    edit,
    [
        Param("who", Contacts, []),
        Param("where", Where, ""),
        options.build_list_option("set_", _SET, None, "FIELD=VALUE", "--set", "--field"),
        options.build_list_option("remove", _REMOVE, None, "WHAT"),
        options.build_option("name", "Full name.", NAMES),
        *options.OPTIONS,
        options.build_list_option(
            "opt_out", "Mark a contact point as opted out: do not contact.", DETAILS, "ADDRESS"
        ),
        options.build_list_option(
            "opt_in", "Mark a contact point as opted in again.", DETAILS, "ADDRESS"
        ),
        options.build_list_option(
            "invalid", "Mark a contact point as invalid.", DETAILS, "ADDRESS"
        ),
        options.build_list_option(
            "valid", "Mark a contact point as valid again.", DETAILS, "ADDRESS"
        ),
        Param("yes", Yes, False),
        Param("dry_run", DryRun, False),
    ],
)
app.command("edit")(edit)


def _edit_note(session: Session, ids: Sequence[int]) -> Result:
    """Let the user edit the note of a contact, and ask if others changed it meanwhile."""
    from cardcrm.cli.conflict_prompt import Values, resolve_conflicts
    from cardcrm.records.contacts import form_diff

    if len(ids) != 1 or not session.can_ask:
        raise UsageError("nothing to change", "Give an option, for example --owner ann")
    store, note = session.store(), ("head", "note")
    before = {note: (contacts.get(store, ids[0]).note,)}
    after = {note: (edit_text(session, *before[note]),)}

    def write(old: Values, new: Values) -> Result:
        noun = contact_noun(session)
        return edit_noun(session, noun, ids, lambda each: form_diff.save(store, each, old, new))

    return resolve_conflicts(session, write, before, after)
