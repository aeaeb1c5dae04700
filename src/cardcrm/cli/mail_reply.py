"""`mail reply`: answer a mail in its thread."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import edit_text, read_text, refuse_options, session_of
from cardcrm.cli.mail_options import MAX_TYPED, SetValues, WithTemplate
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.records.mail.outbox import Draft
    from cardcrm.records.mail.received import Received
    from cardcrm.records.mail.replies import Body

app = typer.Typer()


@app.command("reply", context_settings={"ignore_unknown_options": True})
def reply(
    ctx: typer.Context,
    id_: Annotated[int, typer.Argument(metavar="ID", help="Mail by its id in the inbox.", min=1)],
    text: Annotated[list[str], typer.Argument(metavar="TEXT…", help="Text of the reply.")] = [],
    template: WithTemplate = "",
    set_: SetValues = [],
    at: Annotated[str, typer.Option(metavar="WHEN", help="Earliest time to send it.")] = "",
    edit: Annotated[bool, typer.Option("--edit", help="Edit the text in $EDITOR.")] = False,
    preview: Annotated[bool, typer.Option("--preview", help="Show it, without queueing.")] = False,
) -> Result:
    """Answer a mail in its thread, with the mail quoted below.

    The reply goes to the address that wrote, with `cardcrm mail run`. Its subject is “Re:” and that
    of the mail. A template adds its attachments, and its HTML unless you change the text. Without
    a text, $EDITOR opens, or the text comes from a pipe.

    Examples:
        cardcrm mail reply 50 Thank you, they are on their way.

        cardcrm mail reply 50 --template welcome --preview

    """
    from cardcrm.cli.attachment_files import list_shared
    from cardcrm.cli.mail_preview import Preview, show_mail
    from cardcrm.cli.mail_send import parse_due, show_messages
    from cardcrm.cli.mail_sender import load_sender_domain
    from cardcrm.mail.sender import find_sender
    from cardcrm.records.mail import received, replies
    from cardcrm.records.service import case_mail

    session = session_of(ctx)
    refuse_options(ctx, text)
    store = session.store()
    mail = received.get(store, id_)
    due_at = parse_due(session, at)
    if not preview:
        replies.check_permission(store, mail)
    draft = _write(session, mail, text, template, set_, is_edited=edit)._replace(due_at=due_at)
    if preview:
        shown = Preview(
            mail.contact_id, mail.contact, find_sender(session.config), draft.address,
            draft.subject, draft.text, draft.html, list_shared(store, draft.template_id),
        )  # fmt: skip
        return Result(show_mail(session, shown))
    message_id = case_mail.queue_answer(store, draft, load_sender_domain(session))
    message = f"queued message {message_id} to {mail.contact} <{draft.address}>"
    return Result(
        lambda: show_messages(session, [message_id]), f"{message}; send with: cardcrm mail run"
    )


def _write(
    session: Session,
    mail: "Received",
    words: Sequence[str],
    template: str,
    pairs: Sequence[str],
    *,
    is_edited: bool,
) -> "Draft":
    """Return the reply, as the words, the template, the pipe or the editor give it."""
    from cardcrm.records.mail import replies
    from cardcrm.records.mail.edited_mail import add_subject

    store = session.store()
    if template and words:
        raise UsageError("a template takes no text", "Leave one of them out, or use --edit.")
    if pairs and not template:
        raise UsageError("--set needs a template", "Add --template NAME.")
    own = _render(session, mail, template, pairs) if template else replies.Body(" ".join(words))
    is_written = bool(own.text) or not session.can_ask
    if not own.text and not session.can_ask:
        own = replies.Body(read_text(session, MAX_TYPED))
    whole = replies.build_body(store, mail, own)
    if is_written and not is_edited:
        return replies.draft_reply(store, mail, whole)
    subject = replies.build_reply_subject(mail.subject)
    written = edit_text(session, add_subject(subject, whole.text))
    return replies.read_edited(store, mail, written, whole)


def _render(session: Session, mail: "Received", template: str, pairs: Sequence[str]) -> "Body":
    """Return what a template makes for the contact who wrote."""
    from cardcrm.cli.mail_preview import parse_about
    from cardcrm.mail.rendering import render
    from cardcrm.records.mail.replies import Body

    values = parse_about(session, "", "", pairs).values
    made = render(
        session.store(), template, mail.contact_id, values=values, settings=session.config
    )
    return Body(made.text, made.html, made.template_id)
