"""`merge`: merge two contacts, with a choice for each field in which they differ."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import (
    Yes,
    complete_contact,
    complete_from,
    parse_pairs,
    session_of,
)
from cardcrm.cli.contact_output import describe_contact, read_card
from cardcrm.cli.result import Result
from cardcrm.cli.session import DeclinedError, Session
from cardcrm.cli.terminal import terminal_width
from cardcrm.errors import UsageError
from cardcrm.sheet import Column, Sheet
from cardcrm.text import cell_width, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.contacts.merge_fields import MergeField

app = typer.Typer()

_SIDES = {"a": "first", "b": "second"}


@app.command("merge")
def merge(
    ctx: typer.Context,
    keep: Annotated[
        str,
        typer.Argument(metavar="WHO", help="Contact to keep (A).", autocompletion=complete_contact),
    ],
    other: Annotated[
        str,
        typer.Argument(
            metavar="DUPLICATE",
            help="Contact to remove (B), after its content moves over.",
            autocompletion=complete_contact,
        ),
    ],
    prefer: Annotated[
        str,
        typer.Option(
            metavar="A|B",
            help="Contact whose values stay where both have one; no questions.",
            autocompletion=complete_from("A", "B"),
        ),
    ] = "",
    take: Annotated[
        list[str],
        typer.Option(
            metavar="FIELD=A|B|VALUE",
            help="Value of one field: that of A or of B, or another; can be repeated.",
        ),
    ] = [],
    yes: Yes = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only show what the merge would make.")
    ] = False,
) -> Result:
    """Merge a duplicate into another contact.

    On a terminal, both are shown side by side, with a question for each field in which they
    differ. Values that are not kept go into the note; contact points, tags, interactions,
    reminders and sales of both stay. The number of the duplicate leads to the remaining contact,
    and `cardcrm undo` separates the two again.

    Examples:
        cardcrm merge 12 57

        cardcrm merge 12 57 --prefer B --take title=A --dry-run

        cardcrm merge 12 57 --take "title=Head of buying" --yes

    """
    from cardcrm.records.contacts import merge as contacts_merge
    from cardcrm.records.contacts import merge_fields

    session = session_of(ctx)
    side = _read_side(prefer)
    takes = parse_pairs(take, "--take")
    first, second = session.find_contact(keep), session.find_contact(other)
    contacts_merge.check_mergeable(first, second)
    store = session.store()
    fields = merge_fields.compare_contacts(store, first.id, second.id)
    choices, values = merge_fields.read_choices(fields, takes, side or contacts_merge.FIRST)
    if dry_run:
        found = merge_fields.preview_merge(store, first.id, second.id, choices, values)
        return Result(_list_fields(found, first, second))
    if not yes and session.can_ask:
        session.say(_format_fields(fields, first, second))
        if not side:
            asked = [each for each in fields if each.is_choice and each.key not in values]
            choices |= _ask_fields(session, [each for each in asked if each.key not in choices])
    session.confirm(f"merge {describe_contact(second)} into {describe_contact(first)}", yes=yes)
    merged = contacts_merge.merge(store, first.id, second.id, choices, values)
    return Result(
        lambda: read_card(store, merged.id),
        f"merged {describe_contact(second)} into {describe_contact(merged)}",
    )


def _read_side(prefer: str) -> str:
    """Return the side that --prefer names; "" for none. Raises UsageError."""
    if not prefer:
        return ""
    side = _SIDES.get(prefer.strip().lower())
    if side is None:
        raise UsageError(f"--prefer must be A or B, not “{prefer}”", "A is the contact to keep.")
    return side


def _ask_fields(session: Session, fields: "Sequence[MergeField]") -> dict[str, str]:
    """Return the answers to which of two values stays; Enter takes the first.

    Raises DeclinedError.
    """
    found: dict[str, str] = {}
    for field in fields:
        values = f"1 {shorten(field.first, 60)}  2 {shorten(field.second, 60)}"
        answer = ""
        while answer not in ("1", "2"):
            line = session.ask(f"{field.label}: {values}  [1] ")
            if not line or line.strip().lower() in ("q", "quit"):
                raise DeclinedError("nothing was changed")
            answer = line.strip() or "1"
        found[field.key] = "first" if answer == "1" else "second"
    return found


def _list_fields(fields: "Sequence[MergeField]", first: "Contact", second: "Contact") -> Sheet:
    columns = (
        Column("field", "field", style="dim", json_key="key"),
        Column("first", f"A {first.id} {first.name}", wide=True, min_width=12),
        Column("second", f"B {second.id} {second.name}", wide=True, min_width=12),
        Column("merged", "merged", wide=True, min_width=12),
    )
    rows = [(each.key, each.first, each.second, each.merged) for each in fields]
    return Sheet(columns, rows, ids="field")


def _format_fields(fields: "Sequence[MergeField]", first: "Contact", second: "Contact") -> str:
    """Return both contacts side by side; a mark is before the fields in which they differ."""
    width = terminal_width(sys.stderr) or 80
    labels = max(cell_width(each.label) for each in fields) + 2
    side = max(12, (width - labels - 5) // 2)
    head = ("", "", f"{first.id} {first.name}", f"{second.id} {second.name}")
    rows = [head]
    rows += [("≠" if e.is_choice else "", e.label, e.first, e.second) for e in fields]
    return "\n".join(
        f"{mark:1} {_pad(label, labels)}{_pad(shorten(mine.replace(chr(10), ' ⏎ '), side), side)} "
        f"{shorten(theirs.replace(chr(10), ' ⏎ '), side)}".rstrip()
        for mark, label, mine, theirs in rows
    )


def _pad(text: str, cells: int) -> str:
    return text + " " * (cells - cell_width(text))
