"""The actions on mail of the inbox: replies, marks, deals and new contacts."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.config import Config
from cardcrm.records.mail import offers, received, replies
from cardcrm.records.mail.edited_mail import add_subject
from cardcrm.records.mail.offers import Offer
from cardcrm.records.mail.received import Received
from cardcrm.records.mail.replies import Body
from cardcrm.records.mail.template_use import list_for_people
from cardcrm.records.service import case_mail
from cardcrm.reports.mail.inbox import Thread
from cardcrm.store import Store
from cardcrm.tui.bulk_jobs import journal_command
from cardcrm.tui.context import AppContext
from cardcrm.tui.forms import contact_forms, record_form
from cardcrm.tui.forms.external_editor import edit_text
from cardcrm.tui.forms.fields import Field, Values
from cardcrm.tui.forms.form import Form

if TYPE_CHECKING:
    from cardcrm.records.service.cases import Case

_NONE = "none"
_SERVER = ("host", "user", "from", "name", "security", "port")  # settings of mail


class _Start(NamedTuple):
    """The mail to reply to, and the names of the templates."""

    mail: Received
    templates: Sequence[str]


async def reply(context: AppContext, interaction_id: int) -> None:
    """Let the user choose a template, and write the reply in the editor."""
    domain = _find_domain(context)

    def read(store: Store) -> _Start:
        mail = received.get(store, interaction_id)
        replies.check_permission(store, mail)
        return _Start(mail, list_for_people(store))

    start = await context.database.read(read)
    work = _Reply(context, start.mail, domain)
    if not start.templates:
        context.key_buffer.stop_expecting(context.call_later)
        context.show_message(await work.write(""))
        return

    async def save(values: Values) -> str:
        chosen = values["template"]
        return await work.write("" if chosen == _NONE else chosen)

    choices = (_NONE, *start.templates)
    field = Field("template", "template", "list", choices=choices)
    await context.push_screen(
        Form(f"Reply to {start.mail.contact}", (field,), save, values={"template": _NONE},
             note="Choose with ↑ ↓ or type a name; Enter opens your editor.")
    )  # fmt: skip


class _Reply:
    """A reply that is written; its text is kept while it cannot be queued."""

    def __init__(self, context: AppContext, mail: Received, domain: str) -> None:
        self._context, self._mail, self._domain = context, mail, domain
        self._written = ""
        self._offered = Body("")

    async def write(self, template: str) -> str:
        """Open the editor and queue the reply. Raises UsageError for an empty one."""
        context, mail = self._context, self._mail
        self._written = self._written or await context.database.read(
            lambda store: self._begin(store, template)
        )
        self._written = edit_text(context, self._written)

        def queue(store: Store) -> None:
            draft = replies.read_edited(store, mail, self._written, self._offered)
            case_mail.queue_answer(store, draft, self._domain)

        await context.change(journal_command("mail", "reply", mail.id), queue)
        return f"Queued the reply to {mail.contact}; to send it: cardcrm mail run"

    def _begin(self, store: Store, template: str) -> str:
        """Return the text to edit: what the template makes, above the quoted mail."""
        own = _render(self._context, store, self._mail, template) if template else Body("")
        self._offered = replies.build_body(store, self._mail, own)
        return add_subject(replies.build_reply_subject(self._mail.subject), self._offered.text)


def _render(context: AppContext, store: Store, mail: Received, template: str) -> Body:
    from cardcrm.mail.rendering import render

    made = render(store, template, mail.contact_id, settings=_settings(context))
    return Body(made.text, made.html, made.template_id)


def _settings(context: AppContext) -> Config:
    from cardcrm.records.mail.template_fields import FIRM

    names = [*(f"mail.{each}" for each in _SERVER), *(f"firm.{each}" for each in FIRM)]
    return Config({each: context.setting(each) for each in names}, {})


def _find_domain(context: AppContext) -> str:
    """Return the domain of the sender. Raises UsageError if mail is not set up."""
    from cardcrm.mail.smtp import load_server

    return load_server(_settings(context)).domain


async def mark_done(context: AppContext, interaction_id: int) -> None:
    """Take a mail out of the inbox, as it needs no answer."""
    mail: Received = await context.change(
        journal_command("mail", "done", interaction_id),
        lambda store: received.mark_done(store, interaction_id),
    )
    undo = context.key_of("undo")
    context.show_message(f"The mail of {mail.contact} needs no answer; {undo} undoes it")


async def ignore_sender(context: AppContext, offer: Offer) -> None:
    """Offer a sender no more."""
    await context.change(
        journal_command("mail", "offers", "ignore", offer.address),
        lambda store: offers.ignore(store, [offer.address]),
    )
    context.show_message(f"Ignoring {offer.address}; {context.key_of('undo')} undoes it")


async def add_sender(context: AppContext, offer: Offer) -> None:
    """Open the form of a new contact with the name and the address of a sender."""
    await contact_forms.add(context, name=offer.name, email=offer.address)


async def add_deal(context: AppContext, thread: Thread) -> None:
    """Open the form for a deal with the contact who wrote, named by the subject without “Re:”."""
    contact = f"#{thread.contact_id}"
    values = {"title": replies.strip_answer(thread.subject), "contact": contact}
    await record_form.add(context, "deal", values=values, names={contact: thread.contact})


async def open_case(context: AppContext, thread: Thread) -> None:
    """Open a case of a mail."""
    case: Case = await context.change(
        journal_command("case", "open", "--mail", thread.id),
        lambda store: case_mail.open_from_mail(store, thread.id),
    )
    undo = context.key_of("undo")
    context.show_message(f"Opened case {case.id} of {case.contact}; {undo} undoes it")
