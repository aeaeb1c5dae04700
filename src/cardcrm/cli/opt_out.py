"""`opt-out`: contacts and addresses that must not be mailed or called."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Yes, complete_contact, complete_from, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.records.mail.suppressed_type import BOUNCE, BY_HAND, BY_MAIL, COMPLAINT, OPT_OUT

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cardcrm.records.mail.suppression import Address
    from cardcrm.sheet import Card, Sheet

app = typer.Typer()
_REASONS = (OPT_OUT, COMPLAINT, BOUNCE)


@app.command("add")
def add(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="ADDRESS|WHO",
            help="Email address, phone number, profile, or contact; needs no quotes.",
            autocompletion=complete_contact,
        ),
    ],
    purpose: Annotated[
        str,
        typer.Option(metavar="WORD", help="Only for a purpose, such as newsletter."),
    ] = "",
    reason: Annotated[
        str,
        typer.Option(
            metavar="TEXT",
            help="Reason: opt-out, complaint or bounce; with --purpose, any text.",
            autocompletion=complete_from(*_REASONS),
        ),
    ] = "",
    undo: Annotated[bool, typer.Option("--undo", help="Allow contact again.")] = False,
    yes: Yes = False,
) -> Result:
    """Opt an address out, or all email addresses of a contact.

    They are not mailed any more. The opt-out holds for every contact with the address. It stays on
    the suppression list, as a keyed hash, when the contact is removed or forgotten, and also for an
    address that no contact has yet. Without `add`, the words name the contact as well.

    Examples:
        cardcrm opt-out jane@example.com

        cardcrm opt-out jane --purpose newsletter

        cardcrm opt-out jane@example.com --undo

    """
    session = session_of(ctx)
    text = " ".join(who)
    if purpose:
        if undo:
            remedy = "Record the new consent: cardcrm consent set WHO --purpose WORD"
            raise UsageError("--undo takes no --purpose", remedy)
        return _withdraw(session, text, purpose, reason)
    addresses = _find_addresses(session, text)
    if undo:
        return _lift(session, addresses, yes=yes)
    if reason and reason not in _REASONS:
        raise UsageError(f"unknown reason “{reason}”", f"Use {', '.join(_REASONS)}.")
    from cardcrm.records.mail import permission

    permission.opt_out_all(session.store(create=True), addresses, BY_HAND, reason)
    names = ", ".join(key for _, key in addresses)
    verb = "marked as bounced" if reason == BOUNCE else "opted out"
    marks = permission.list_marks(session.store(), addresses)
    notes = tuple(f"no contact has {each.address} now" for each in marks if not each.contact_count)
    return Result(lambda: _list_points(session, addresses), f"{verb}: {names}", warnings=notes)


def _find_addresses(session: Session, text: str) -> "list[Address]":
    """Return the address or profile that a text is, or the email addresses of a contact."""
    from cardcrm.records.contacts import contact_points
    from cardcrm.records.contacts.resolve import find_profiles
    from cardcrm.records.mail import consent_rules, suppression

    store = session.store(create=True)
    if contact_points.is_email(text.strip()) or contact_points.looks_like_phone(text):
        return [suppression.parse_address(text, store.locale.region)]
    if profiles := find_profiles(store, text):
        return [("social", each) for each in profiles]
    contact = session.find_contact(text)
    found = consent_rules.list_addresses(store, contact.id)
    if not found:
        raise NotFoundError(f"{contact.name} has no email address", "Name the phone number itself.")
    return [("email", each) for each in found]


def _withdraw(session: Session, text: str, purpose: str, reason: str) -> Result:
    """Withdraw the consent to one purpose."""
    from cardcrm.cli.consent import warn_of_slip
    from cardcrm.cli.record_output import list_ids
    from cardcrm.domains import email_key
    from cardcrm.records.fields import parse_purpose
    from cardcrm.records.mail import consent_rules, consents
    from cardcrm.records.mail.consent_status import WITHDRAWN
    from cardcrm.records.mail.consent_type import CONSENT

    contact = session.find_contact(text)
    slips = warn_of_slip(session, purpose)
    known = consent_rules.list_addresses(session.store(), contact.id)
    named = [each for each in known if each == email_key(text.strip())]
    ids = consents.record(
        session.store(), contact.id, purpose, WITHDRAWN, proof=reason, addresses=named or known
    )
    message = f"{contact.name}: consent to {parse_purpose(purpose)} {WITHDRAWN}"
    return Result(lambda: list_ids(session, CONSENT, ids), message, warnings=slips)


def _lift(session: Session, addresses: "Sequence[Address]", *, yes: bool) -> Result:
    """Allow contact again; after a question where the owner of the address has opted out."""
    from cardcrm.records.mail import permission, suppression

    store = session.store()
    entries = suppression.find_entries(store, addresses)
    names = [key for (_, key), entry in entries.items() if entry.source == BY_MAIL]
    if names:
        session.confirm(f"allow mail to {', '.join(names)}, whose owner opted out by mail", yes=yes)
    changed = permission.lift_opt_out(store, addresses)
    shown = ", ".join(key for _, key in addresses)
    message = f"allowed again: {shown}" if changed else f"no change: {shown} was not opted out"
    return Result(lambda: _list_points(session, addresses), message)


def _list_points(session: Session, addresses: "Sequence[Address]") -> "Sheet":
    """Return addresses with their states and their numbers of contacts."""
    from cardcrm.records.mail import permission
    from cardcrm.sheet import Column, Sheet

    columns = (
        Column("address", "address"),
        Column("opted_out", "opted out"),
        Column("invalid", "invalid"),
        Column("contact_count", "contacts", "right"),
    )
    return Sheet(columns, permission.list_marks(session.store(), addresses), ids="address")


@app.command("list")
def list_(ctx: typer.Context) -> Result:
    """List the addresses that are opted out, with counts by reason.

    The suppression list holds keyed hashes: addresses without a contact are only counted.

    Example:
        cardcrm opt-out list

    """
    return Result(lambda: _build_list(session_of(ctx)))


def _build_list(session: Session) -> "Card":
    from cardcrm.records.mail import permission
    from cardcrm.sheet import Card, Column, Section, Sheet

    store = session.store()
    counts = permission.count_suppressed(store)
    rows = permission.list_opted_out(store)
    columns = (
        Column("contact_id", "#", "right"),
        Column("contact", "contact", wide=True),
        Column("address", "address", wide=True),
        Column("reason", "reason"),
        Column("on", "since"),
    )
    names = [each.key for each in columns]
    data: dict[str, Any] = {
        "suppressed": [{"reason": reason, "count": count} for reason, count in counts],
        "opted_out_points": [dict(zip(names, row, strict=True)) for row in rows],
    }
    facts = tuple((f"suppressed: {reason}", f"{count:,}") for reason, count in counts)
    sections = (Section("Opted out", sheet=Sheet(columns, rows, ids="contact_id")),) if rows else ()
    return Card("Opt-outs", facts=facts or (("suppressed", "none"),), sections=sections, data=data)
