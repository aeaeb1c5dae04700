"""`mail WHO`: queue a mail to a contact, or to the contacts of a segment."""

from collections import Counter
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final, NamedTuple

import typer

from cardcrm.cli.arguments import (
    complete_contact,
    parse_when,
    read_text,
    refuse_options,
    session_of,
)
from cardcrm.cli.bulk_edit import ASK_FROM, DryRun, Yes
from cardcrm.cli.mail_options import (
    MAX_TYPED,
    ForDeal,
    ForQuote,
    SetValues,
    SkipIncomplete,
    WithTemplate,
    describe_left_out,
)
from cardcrm.cli.mail_sender import load_sender_domain
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import ConflictError, UsageError
from cardcrm.records.mail.message_type import MESSAGE, PERSONAL

if TYPE_CHECKING:
    from cardcrm.cli.mail_preview import About
    from cardcrm.mail.rendering import Rendered
    from cardcrm.records.campaigns.recipient import Recipient
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.records.mail.outbox import Draft

app = typer.Typer()

_SEND: Final = "send with: cardcrm mail run"


@app.command("send", context_settings={"ignore_unknown_options": True})
def send(
    ctx: typer.Context,
    who: Annotated[
        str,
        typer.Argument(
            metavar="WHO", help="Contact, or @SEGMENT.", autocompletion=complete_contact
        ),
    ] = "",
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT…", help="Text, without a template.")
    ] = [],
    template: WithTemplate = "",
    subject: Annotated[str, typer.Option(metavar="TEXT", help="Subject, without a template.")] = "",
    deal: ForDeal = "",
    quote: ForQuote = "",
    set_: SetValues = [],
    to: Annotated[str, typer.Option(metavar="ADDRESS", help="Address of the contact.")] = "",
    at: Annotated[str, typer.Option(metavar="WHEN", help="Earliest time to send it.")] = "",
    attach: Annotated[
        list[Path], typer.Option(metavar="FILE", help="Attach a file; can be repeated.")
    ] = [],
    now: Annotated[bool, typer.Option("--now", help="Send it at once.")] = False,
    edit: Annotated[bool, typer.Option("--edit", help="Edit the text in $EDITOR.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show it, without queueing.")] = False,
    yes: Yes = False,
    dry_run: DryRun = False,
    skip_incomplete: SkipIncomplete = False,
) -> Result:
    """Queue a mail to a contact: of a template, or with a subject and a text.

    `cardcrm mail run` sends it, or --now. An address that opted out is refused. Without a text,
    $EDITOR opens, or the text comes from a pipe. @SEGMENT queues one to each contact in a segment.

    Examples:
        cardcrm mail jane --template welcome --preview

        cardcrm mail jane --template follow-up --quote Q-0012 --at "mon 9am"

        cardcrm mail jane --subject "Your samples" they left today

        cardcrm mail jane --template offer --attach plan.pdf --now

        cardcrm mail @quiet-vips --template win-back --set coupon=SPRING

    """
    from cardcrm.cli.mail_preview import parse_about

    session = session_of(ctx)
    words = [who, *text]
    refuse_options(ctx, words if who else text)
    if not who:
        raise UsageError("no contact given", "For example: cardcrm mail jane --template welcome")
    if now and (at or preview):
        raise UsageError("--now excludes --at and --preview", "Leave one of them out.")
    about = parse_about(session, deal, quote, set_)
    wanted = _Mail(
        template, subject, to, at, edit, preview, now, tuple(attach), about, skip_incomplete
    )
    if who.startswith("@") or dry_run:
        from cardcrm.cli.selected_contacts import find_segment

        if segment := find_segment(session, who):
            return _send_to_segment(session, segment, text, wanted, yes=yes, dry_run=dry_run)
    if dry_run:
        raise UsageError("--dry-run needs @SEGMENT", "For one contact, use --preview.")
    return _send_to_one(session, words, wanted)


class _Mail(NamedTuple):
    """The options of a mail as typed."""

    template: str
    subject: str
    to: str
    at: str
    edit: bool
    preview: bool
    now: bool
    attach: tuple[Path, ...]
    about: "About"
    skips: bool = False


# One contact


def _send_to_one(session: Session, words: Sequence[str], wanted: _Mail) -> Result:
    from cardcrm.cli.attachment_files import describe_file, list_shared, read_files
    from cardcrm.cli.mail_preview import Preview, show_mail
    from cardcrm.mail.sender import find_sender
    from cardcrm.records.mail import outbox

    store = session.store()
    contact, rest = session.split_contact(words)
    warnings = session.warn_of_colleagues(contact)
    if wanted.preview and wanted.template and not wanted.to:
        draft = _build_draft(session, contact.id, _find_address(session, contact), rest, wanted)
    else:
        address = choose_address(session, contact, wanted.to)
        draft = _build_draft(session, contact.id, address, rest, wanted)
    files = read_files(wanted.attach) if wanted.attach else []
    if wanted.preview:
        shared = list_shared(store, draft.template_id)
        names = (*shared, *map(describe_file, files))
        mail = Preview(
            contact.id, contact.name, find_sender(session.config), draft.address, draft.subject,
            draft.text, draft.html, names,
        )  # fmt: skip
        return Result(show_mail(session, mail), warnings=warnings)
    warnings += _warn_of_repetition(session, draft)
    [message_id] = outbox.enqueue(store, [draft], load_sender_domain(session), files)
    to = f"message {message_id} to {contact.name} <{draft.address}>"
    if wanted.now:
        return _send_now(session, message_id, to, warnings)
    when = f", not before {_format_local_time(session, draft.due_at)}" if draft.due_at else ""
    message = f"queued {to}{when}; {_SEND}"
    return Result(lambda: show_messages(session, [message_id]), message, warnings=warnings)


def _warn_of_repetition(session: Session, draft: "Draft") -> tuple[str, ...]:
    """Return a line where the contact has had the same template before."""
    from cardcrm.records.mail import outbox

    if draft.template_id is None:
        return ()
    earlier = outbox.find_earlier(session.store(), draft.contact_id, draft.template_id)
    if earlier is None:
        return ()
    message_id, status, at = earlier
    when = _format_local_time(session, at)
    return (f"message {message_id} of the same template: {status}, {when}",)


def _send_now(session: Session, message_id: int, to: str, warnings: tuple[str, ...]) -> Result:
    from cardcrm.cli.mail_now import send_now

    error = send_now(session, message_id)
    message = "" if error else f"sent {to}"
    return Result(
        lambda: show_messages(session, [message_id]), message, warnings=warnings, error=error
    )


def _find_address(session: Session, contact: "Contact") -> str:
    """Return the address that a preview shows, "" without one."""
    from cardcrm.records.campaigns.recipients import find_addresses

    found = find_addresses(session.store(), [contact.id])
    return found[0].address if found else ""


def choose_address(session: Session, contact: "Contact", wanted: str) -> str:
    """Return the first address of a contact that may be mailed, or the one wanted.

    Raises UsageError without any, and ConflictError where all are refused.
    """
    from cardcrm.domains import email_key
    from cardcrm.records.contacts import contacts
    from cardcrm.records.mail.permission import find_refusals

    store = session.store()
    points = contacts.points_of(store, contact.id)
    known = [each.value for each in points if each.kind == "email"]
    if not known:
        raise UsageError(
            f"{contact.name} has no email address",
            f"Add one: cardcrm edit {contact.id} --email ADDRESS",
        )
    named = [each for each in known if not wanted or email_key(each) == email_key(wanted)]
    if not named:
        raise UsageError(
            f"{contact.name} does not have the address {wanted}", f"Use {' or '.join(known)}."
        )
    refused = find_refusals(store, named, PERSONAL)
    allowed = [each for each in named if each not in refused]
    if allowed:
        return allowed[0]
    reasons = "; ".join(f"{address}: {reason}" for address, reason in refused.items())
    raise ConflictError(f"{contact.name} must not be mailed: {reasons}", "Call, or write a letter.")


def _build_draft(
    session: Session, contact_id: int, address: str, words: Sequence[str], wanted: _Mail
) -> "Draft":
    """Return the mail to a contact: of the template, or of the words."""
    from cardcrm.records.mail.outbox import Draft

    due_at = parse_due(session, wanted.at)
    about = wanted.about
    draft = Draft(contact_id, address, deal_id=about.deal_id, due_at=due_at)
    if wanted.template:
        _refuse_text(words, wanted)
        return _fill_in(session, draft, wanted)
    if about.values or about.quote_id:
        raise UsageError("--set and --quote need a template", "Add --template NAME.")
    if not wanted.subject.strip():
        raise UsageError("a mail needs a subject", "Use --template NAME, or --subject TEXT.")
    from cardcrm.text import normalize_block, normalize_line

    text = " ".join(words) or read_text(session, MAX_TYPED)
    draft = draft._replace(subject=normalize_line(wanted.subject), text=normalize_block(text))
    draft = _edit(session, draft) if wanted.edit else draft
    if not draft.text:
        raise UsageError("a mail needs a text", "Type it after the name.")
    return draft


def _refuse_text(words: Sequence[str], wanted: _Mail) -> None:
    if wanted.subject or words:
        what = "--subject" if wanted.subject else f"text “{' '.join(words)}”"
        raise UsageError(f"a template takes no {what}", "Leave one of them out, or use --edit.")


def _fill_in(session: Session, draft: "Draft", wanted: _Mail) -> "Draft":
    made = _render(session, wanted, draft.contact_id)
    draft = draft._replace(
        subject=made.subject, text=made.text, html=made.html, template_id=made.template_id
    )
    return _edit(session, draft) if wanted.edit else draft


def _render(session: Session, wanted: _Mail, contact_id: int) -> "Rendered":
    from cardcrm.mail.rendering import render, require_subject

    about = wanted.about
    made = render(
        session.store(), wanted.template, contact_id, deal_id=about.deal_id,
        quote_id=about.quote_id, values=about.values, settings=session.config,
    )  # fmt: skip
    return require_subject(made, wanted.template)


def _edit(session: Session, draft: "Draft") -> "Draft":
    """Let the user edit a mail; the HTML is left out where its text was changed."""
    from cardcrm.cli.arguments import edit_text
    from cardcrm.records.mail.edited_mail import add_subject, split_subject
    from cardcrm.text import normalize_block, normalize_line

    written = split_subject(edit_text(session, add_subject(draft.subject, draft.text)))
    text = normalize_block(written.text)
    html = draft.html if text == draft.text else ""
    return draft._replace(subject=normalize_line(written.subject), text=text, html=html)


def parse_due(session: Session, at: str) -> str:
    """Return the instant before which a mail is not sent, "" for now."""
    if not at:
        return ""
    import datetime as dt

    from cardcrm import dates

    moment = parse_when(session, at)
    zone = session.store().locale.zone
    return dates.to_instant(moment.day, moment.time or dt.time(8), zone)


def _format_local_time(session: Session, instant: str) -> str:
    from cardcrm import dates

    return f"{dates.from_instant(instant, session.store().locale.zone):%a %Y-%m-%d %H:%M}"


def show_messages(session: Session, ids: Sequence[int]) -> Any:
    """Return messages as they are shown: one as a record, several as a list."""
    from cardcrm.cli.attachment_files import show_message
    from cardcrm.cli.record_output import list_ids

    if len(ids) == 1:
        return show_message(session.store(), ids[0])
    return list_ids(session, MESSAGE, ids)


# A segment


def _send_to_segment(
    session: Session, segment: str, text: Sequence[str], wanted: _Mail, *, yes: bool, dry_run: bool
) -> Result:
    """Queue a mail to each contact in a segment that may be mailed."""
    from cardcrm.cli.selected_contacts import preview, resolve_targets
    from cardcrm.records.mail import outbox

    if wanted.to or wanted.edit or wanted.preview or wanted.now:
        raise UsageError("--to, --edit, --preview and --now are for one contact", "Leave them out.")
    if wanted.attach:
        raise UsageError(
            "--attach is for one contact", "Attach it to the template: cardcrm template attach …"
        )
    if not wanted.template and not text:
        raise UsageError("a mail needs a text", "Type it after @SEGMENT, or use --template NAME.")
    store = session.store()
    ids = resolve_targets(session, (), segment)
    people, skipped = _find_people(session, ids)
    if wanted.template:
        people = _drop_incomplete(session, segment, people, wanted, skipped)
    chosen = [each.contact_id for each in people]
    notes = describe_left_out(skipped.elements())
    if dry_run or not people:
        return preview(session, chosen, "would mail")._replace(notes=notes)
    drafts = [_build_draft(session, each.contact_id, each.address, text, wanted) for each in people]
    domain = load_sender_domain(session)
    warnings = _confirm(session, chosen, notes, yes=yes)
    queued = outbox.enqueue(store, drafts, domain)
    message = f"queued {MESSAGE.counted(len(queued))}; {_SEND}"
    return Result(lambda: show_messages(session, queued), message, notes, warnings)


def _find_people(session: Session, ids: Sequence[int]) -> "tuple[list[Recipient], Counter[str]]":
    """List the contacts that may be mailed, and count the others by reason."""
    from cardcrm.domains import email_key
    from cardcrm.records.campaigns.recipients import SHARED, find_living
    from cardcrm.records.mail.permission import find_refusals

    store = session.store()
    skipped: Counter[str] = Counter()
    found = find_living(store, ids, skipped)
    refused = find_refusals(store, [each.address for each in found], PERSONAL)
    skipped.update(
        refused[each.address].partition(" on ")[0] for each in found if each.address in refused
    )
    allowed = [each for each in found if each.address not in refused]
    people = {email_key(each.address): each for each in reversed(allowed)}
    skipped[SHARED] += len(allowed) - len(people)
    return list(reversed(people.values())), +skipped


def _drop_incomplete(
    session: Session,
    segment: str,
    people: "list[Recipient]",
    wanted: _Mail,
    skipped: "Counter[str]",
) -> "list[Recipient]":
    """Return the contacts that the template can be filled in for. Raises IncompleteError."""
    from cardcrm.mail.missing_fields import build_error, find_gaps

    store, ids = session.store(), [each.contact_id for each in people]
    gaps = find_gaps(store, wanted.template, ids, partial(_render, session, wanted))
    reasons = {each: gap.reason for gap in gaps for each in gap.contact_ids}
    if gaps and (len(reasons) == len(people) or not wanted.skips):
        raise build_error(store, gaps, segment)
    skipped.update(reasons.values())
    return [each for each in people if each.contact_id not in reasons]


def _confirm(
    session: Session, ids: Sequence[int], notes: Sequence[str], *, yes: bool
) -> tuple[str, ...]:
    from cardcrm.cli.teamwork_warnings import confirm_contacts

    if not yes and len(ids) >= ASK_FROM:
        for each in notes:
            session.say(each)
    return confirm_contacts(session, ids, yes=yes, verb="mail")
