"""The page of the inbox: the mail that waits for an answer, beside the card of its contact."""

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from cardcrm import dates
from cardcrm.records.mail import received
from cardcrm.records.mail.offers import Offer, list_offers
from cardcrm.records.mail.open_requests import list_requests
from cardcrm.records.mail.replies import strip_answer
from cardcrm.reports.mail.inbox import DAYS, Thread, read_inbox
from cardcrm.store import Store
from cardcrm.tui.forms import inbox_actions
from cardcrm.tui.keys import bindings
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.inbox_list import Inbox, InboxList

MAX_THREADS = 1_000


class InboxPage(Page):
    """The threads that wait for an answer, and the senders who are not contacts."""

    mode_name = "inbox"
    scopes: tuple[str, ...] = ("app", "page", "inbox", "list")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inbox", "page")]
    DEFAULT_CSS = """
    InboxPage.-usual #left, InboxPage.-wide #left { width: 11fr; }
    InboxPage.-usual #card, InboxPage.-wide #card { width: 9fr; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.list = InboxList()
        self.is_mine = False

    def left(self) -> Iterable[Widget]:
        """Yield the list of the inbox."""
        yield self.list

    def on_mount(self) -> None:
        """Focus the list."""
        self.list.focus()

    @property
    def note(self) -> str:
        """Return the word in the header while only mail of the user's contacts is shown."""
        return "mine" if self.is_mine else ""

    async def reload(self) -> None:
        """Read the inbox beside the screen, as it may take a while."""
        self.list.update(await self.context.database.read_on_second(self._read))

    def _read(self, store: Store) -> Inbox:
        today = dates.today(store.locale.zone)
        owner = store.author.name if self.is_mine else ""
        threads = read_inbox(store, today, owner=owner, limit=MAX_THREADS)
        return Inbox(threads, list_offers(store), list_requests(store, today, DAYS), today)

    def selected_contact(self) -> int | None:
        """Return the id of the contact who wrote the selected mail."""
        row = self.list.selected
        return row.contact_id if isinstance(row, Thread) else None

    def open_selected(self) -> None:
        """Show the whole mail; for a sender who is not a contact, open the form to add one."""
        row = self.list.selected
        if isinstance(row, Thread):
            self.context.start_opening(self._show_mail(row.id))
        elif row is not None:
            self.context.start_opening(inbox_actions.add_sender(self.context, row))

    async def _show_mail(self, interaction_id: int) -> None:
        from cardcrm.tui.screens.mail_view import REPLY, MailScreen

        mail = await self.context.database.read(lambda store: received.get(store, interaction_id))

        def act(wanted: str | None) -> None:
            if wanted == REPLY:
                self.context.start_opening(inbox_actions.reply(self.context, mail.id))
            elif wanted:
                self.context.start(inbox_actions.mark_done(self.context, mail.id))

        await self.context.push_screen(MailScreen(mail), act)

    # actions

    def action_card(self) -> None:
        """Go to the card."""
        if self.card.contact_id is not None:
            self.focus_card()

    def action_reply(self) -> None:
        """Write a reply to the selected mail."""
        row = self.list.selected
        if isinstance(row, Thread):
            self.context.start_opening(inbox_actions.reply(self.context, row.id))
        else:
            self.context.refuse("Select a mail to reply to")

    def action_settle(self) -> None:
        """Take the selected mail out of the inbox; ignore a sender who is not a contact."""
        row = self.list.selected
        if isinstance(row, Thread):
            self.context.start(inbox_actions.mark_done(self.context, row.id))
        elif row is not None:
            self.context.start(inbox_actions.ignore_sender(self.context, row))

    def action_take(self) -> None:
        """Open the form to add the selected sender as a contact."""
        row = self.list.selected
        if isinstance(row, Offer):
            self.context.start_opening(inbox_actions.add_sender(self.context, row))
        else:
            self.context.refuse("Select a sender below “Not yet contacts” to add")

    def action_deal(self) -> None:
        """Open the form for a deal from the selected mail."""
        row = self.list.selected
        if isinstance(row, Thread):
            self.context.start_opening(inbox_actions.add_deal(self.context, row))
        else:
            self.context.refuse("Select a mail to open a deal from")

    def action_case(self) -> None:
        """Open a case of the selected mail."""
        row = self.list.selected
        if isinstance(row, Thread):
            self.context.start(inbox_actions.open_case(self.context, row))
        else:
            self.context.refuse("Select a mail to open a case from")

    def action_remind(self) -> None:
        """Open the form for a reminder about the selected mail."""
        row = self.list.selected
        subject = strip_answer(row.subject) if isinstance(row, Thread) else ""
        text = f"answer: {subject}" if subject else ""
        if self.card.contact_id is None:
            self.context.refuse("Select a mail to be reminded of")
        else:
            self._add_record("reminder", text=text)

    def action_mine(self) -> None:
        """Show the mail of all contacts, or of yours and of those without an owner."""
        self.is_mine = not self.is_mine
        self.context.show_message("Only your contacts" if self.is_mine else "All contacts")
        self.reload_soon()
