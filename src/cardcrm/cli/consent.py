"""`consent`: the purposes that addresses may be mailed for, and the proof."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_contact, complete_from, session_of
from cardcrm.cli.mail_options import WithTemplate
from cardcrm.cli.record_group import build
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.mail.consent_status import GIVEN, PENDING, WITHDRAWN
from cardcrm.records.mail.consent_type import (
    BASES,
    CONSENT,
    CONSENT_BASIS,
    SOURCES,
)

if TYPE_CHECKING:
    from cardcrm.sheet import Sheet

app = build(CONSENT, without=("add", "edit"))

Who = Annotated[
    list[str],
    typer.Argument(
        metavar="WHO", help="Contact; needs no quotes.", autocompletion=complete_contact
    ),
]
Purpose = Annotated[
    str,
    typer.Option(metavar="WORD", help="Purpose, such as newsletter (default: the only one used)."),
]
Address = Annotated[
    str, typer.Option(metavar="ADDRESS", help="Email address (default: the first one).")
]


@app.command("set")
def set_(
    ctx: typer.Context,
    who: Who,
    purpose: Purpose = "",
    basis: Annotated[
        str,
        typer.Option(
            metavar="WORDS",
            help=f"Legal basis: {', '.join(BASES)}.",
            autocompletion=complete_from(*BASES),
        ),
    ] = CONSENT_BASIS,
    source: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="Where it comes from, such as form, phone or paper.",
            autocompletion=complete_from(*SOURCES),
        ),
    ] = "",
    proof: Annotated[
        str, typer.Option(metavar="TEXT", help="Proof, such as the IP address and the form.")
    ] = "",
    address: Address = "",
    on: Annotated[
        str, typer.Option(metavar="WHEN", help="When it was given or withdrawn (default: now).")
    ] = "",
    withdraw: Annotated[bool, typer.Option("--withdraw", help="The consent is withdrawn.")] = False,
    pending: Annotated[
        bool, typer.Option("--pending", help="The consent was asked for and is not given yet.")
    ] = False,
) -> Result:
    """Set whether a contact consents to mail for a purpose.

    Each call adds a line; the newest one of an address counts, and the others prove what was true
    before. A withdrawal holds for all addresses of the contact unless one is named.

    Examples:
        cardcrm consent set jane --purpose newsletter --source paper

        cardcrm consent set jane --purpose newsletter --withdraw

    """
    from cardcrm.records.fields import parse_purpose
    from cardcrm.records.mail import consent_rules, consents

    session = session_of(ctx)
    if withdraw and pending:
        raise UsageError("use either --withdraw or --pending, not both", "Leave one of them out.")
    contact = session.find_contact(" ".join(who))
    purpose = purpose or _find_purpose(session)
    slips = warn_of_slip(session, purpose)
    status = WITHDRAWN if withdraw else PENDING if pending else GIVEN
    addresses = [address] if address else []
    if withdraw and not address:
        addresses = consent_rules.list_addresses(session.store(), contact.id)
    ids = consents.record(
        session.store(),
        contact.id,
        purpose,
        status,
        basis=basis,
        source=source,
        proof=proof,
        at=_read_instant(session, on, status),
        addresses=addresses,
    )
    message = f"{contact.name}: consent to {parse_purpose(purpose)} {status}"
    return Result(
        lambda: _list(session, ids), message, warnings=(*slips, *_warn(session, contact.id))
    )


def _find_purpose(session: Session) -> str:
    """Return the only purpose in use. Raises UsageError, naming those in use, for several."""
    from cardcrm.records.mail.purposes import list_purposes

    found = list_purposes(session.store())
    if len(found) == 1:
        return found[0]
    remedy = (
        f"Purposes in use: {', '.join(found)}." if found else "For example: --purpose newsletter"
    )
    raise UsageError("--purpose is missing", remedy)


def warn_of_slip(session: Session, purpose: str) -> tuple[str, ...]:
    """Return a line for a purpose that was not used before and is much like one that was."""
    from cardcrm.records.fields import parse_purpose
    from cardcrm.records.mail.purposes import find_similar_purpose

    purpose = parse_purpose(purpose)
    similar = find_similar_purpose(session.store(), purpose)
    if not similar:
        return ()
    return (f"“{purpose}” is a new purpose; did you mean {similar}? To revert: cardcrm undo",)


def _read_instant(session: Session, text: str, status: str) -> str:
    """Return the instant of a state: "" for now. A withdrawal on an earlier day ends that day."""
    import datetime as dt

    from cardcrm import dates

    if not text:
        return ""
    zone = session.store().locale.zone
    now = dates.now(zone)
    when = dates.parse_date(text, now, past=True)
    default = dt.time(23, 59, 59) if status == WITHDRAWN else dt.time()
    found = dates.to_instant(when.day, when.time or default, zone)
    if when.day > now.date():
        raise UsageError(f"{when.day} is in the future", "Give the day on which it was stated.")
    return min(found, dates.current_instant())


def _list(session: Session, ids: list[int]) -> "Sheet":
    from cardcrm.cli.record_output import list_ids

    return list_ids(session, CONSENT, ids)


def _warn(session: Session, contact_id: int) -> tuple[str, ...]:
    """Return a line for each address with consents that must not be mailed in any case."""
    from cardcrm.records.mail import consent_rules, permission

    store = session.store()
    refusals = permission.find_refusals(store, consent_rules.list_addresses(store, contact_id), "")
    return tuple(f"{address} is not mailed: {reason}" for address, reason in refusals.items())


@app.command("ask")
def ask(
    ctx: typer.Context,
    who: Who,
    purpose: Purpose = "",
    address: Address = "",
    template: WithTemplate = "",
) -> Result:
    """Ask a contact for a consent by mail; their reply gives it.

    The mail is queued, and `cardcrm mail run` sends it. The consent is pending until `cardcrm mail
    fetch` reads the reply, whose Message-ID is the proof.

    The token behind the subject of the mail must come back; a template may say that.

    Example:
        cardcrm consent ask jane --purpose newsletter

    """
    from cardcrm.mail.consent_request import request
    from cardcrm.mail.smtp import load_server

    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    sender = load_server(session.config).sender
    purpose = purpose or _find_purpose(session)
    done = request(
        session.store(), contact.id, purpose, sender, address=address, template=template,
        settings=session.config,
    )  # fmt: skip
    message = f"queued a mail to {done.state.address} that asks for the consent"
    return Result(lambda: _list(session, [done.state.consent_id]), message)


@app.command("require")
def require(
    ctx: typer.Context,
    purposes: Annotated[
        list[str], typer.Argument(metavar="[PURPOSE…]", help="Purposes that need consent.")
    ] = [],
    none: Annotated[bool, typer.Option("--none", help="No purpose needs consent.")] = False,
) -> Result:
    """Set or show the purposes that need the consent of a contact.

    For any other purpose all are mailed who have not objected.

    Examples:
        cardcrm consent require newsletter surveys

        cardcrm consent require --none

        cardcrm consent require

    """
    from cardcrm.records.mail.required_consent import list_required, set_required

    session = session_of(ctx)
    if purposes and none:
        raise UsageError("purposes and --none exclude each other", "Leave out one of them.")
    store = session.store(create=bool(purposes or none))
    required = set_required(store, purposes) if purposes or none else list_required(store)
    names = ", ".join(required)
    return Result(
        lambda: _list_required(required),
        f"consent is needed for: {names}" if names else "no purpose needs consent",
    )


def _list_required(purposes: list[str]) -> "Sheet":
    from cardcrm.sheet import Column, Sheet

    return Sheet((Column("purpose", "purpose"),), [(each,) for each in purposes])
