"""The base of all pages: the actions on the contact that is shown, or on the marked ones."""

from collections.abc import Awaitable, Callable

from cardcrm.errors import UsageError
from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.reports.card_text import Target
from cardcrm.tui.screens.card_page import EDITABLE, CardPage, on_shown_card
from cardcrm.tui.widgets.line_list import LineList


class Page(CardPage):
    """A page with the actions that all pages have."""

    def on_line_list_picked(self, event: LineList.Picked) -> None:
        """Open the line under the cursor: of the list, or of the card."""
        event.stop()
        if event.lines is not self.card:
            self.open_selected()
        elif self.card.target is not None and self.is_card_shown:
            self.open_target(self.card.target)

    def open_target(self, target: Target) -> None:
        """Open what a line of the card names."""
        if target.kind == "contact":
            self.context.go_to_contact(target.id)
        elif target.kind == "point":
            self.action_open()
        elif target.kind == "reminder":
            self.action_done()
        elif target.kind == "alert":
            self.action_snooze()
        elif target.kind in EDITABLE:
            self._edit_record(target)

    def with_contact(self, open_form: Callable[[Contact], Awaitable[None]]) -> None:
        """Open a form for the contact whose card is shown."""
        contact_id = self.card.contact_id

        async def read_and_open() -> None:
            if contact_id is None:
                raise UsageError("no contact is selected")
            contact = await self.context.database.read(
                lambda store: contacts.get(store, contact_id)
            )
            await open_form(contact)

        self.context.start_opening(read_and_open())

    def _add_record(self, noun: str, **values: str) -> None:
        from cardcrm.tui.forms import record_form

        self.with_contact(
            lambda contact: record_form.add(self.context, noun, contact, values=values)
        )

    @on_shown_card
    def action_log(self, kind: str = KINDS[0]) -> None:
        """Open the form to log an interaction, with all marked contacts if there are any."""
        from cardcrm.tui.forms import bulk_actions

        if not self.act_on_marked(lambda context, marked: bulk_actions.log(context, marked, kind)):
            self._add_record("interaction", kind=kind)

    @on_shown_card
    def action_remind(self) -> None:
        """Open the form for a reminder, for all marked contacts if there are any."""
        from cardcrm.tui.forms import bulk_actions

        if not self.act_on_marked(bulk_actions.remind):
            self._add_record("reminder")

    @on_shown_card
    def action_sell(self) -> None:
        """Open the form for a sale."""
        if not self.is_for_marked("record a sale for"):
            self._add_record("sale")

    @on_shown_card
    def action_done(self) -> None:
        """Open the form to mark the reminder done; without one, the form to log.

        An alert is dismissed.
        """
        from cardcrm.tui.forms import alert_actions, reminder_actions

        if self.is_for_marked("mark the reminders done of"):
            return
        if (alert_id := self.selected_alert()) is not None:
            self.context.start_opening(alert_actions.dismiss(self.context, [alert_id]))
            return
        reminder_id = self.selected_reminder()
        if reminder_id is None:
            self._add_record("interaction")
        else:
            self.context.start_opening(reminder_actions.done(self.context, reminder_id))

    @on_shown_card
    def action_snooze(self) -> None:
        """Open the form to move the reminder to another day; without one, the next touch."""
        from cardcrm.tui.forms import alert_actions, reminder_actions, touch_actions

        if self.is_for_marked("snooze the reminders of"):
            return
        if (alert_id := self.selected_alert()) is not None:
            self.context.start_opening(alert_actions.snooze(self.context, [alert_id]))
            return
        reminder_id = self.selected_reminder()
        if reminder_id is None:
            self.with_contact(lambda contact: touch_actions.snooze(self.context, contact))
        else:
            self.context.start_opening(reminder_actions.snooze(self.context, reminder_id))

    def action_add(self) -> None:
        """Open the form for a new contact."""
        from cardcrm.tui.forms import contact_forms

        self.context.start_opening(contact_forms.add(self.context))

    @on_shown_card
    def action_edit(self) -> None:
        """Open the form of the record under the card's cursor, else of the contact."""
        if self.is_for_marked("edit"):
            return
        record = self.selected_record()
        if record is not None:
            self._edit_record(record)
            return
        from cardcrm.tui.forms import contact_forms

        target = self.card.target if self.card.has_focus else None
        point = target.id if target is not None and target.kind == "point" else None
        self.with_contact(lambda contact: contact_forms.edit(self.context, contact.id, point))

    def _edit_record(self, target: Target) -> None:
        from cardcrm.tui.forms import record_form

        self.with_contact(
            lambda contact: record_form.edit(self.context, target.kind, target.id, contact)
        )

    @on_shown_card
    def action_remove(self) -> None:
        """Delete the record under the card's cursor; dismiss an alert."""
        if self.is_for_marked("delete"):
            return
        if self.selected_alert() is not None:
            self.action_done()
            return
        record = self.record_to_delete()
        if record is None:
            self.context.show_message(
                "Select an interaction, reminder or sale on the card to delete it"
            )
            return
        from cardcrm.tui.forms import record_form

        self.context.start(record_form.delete(self.context, record.kind, record.id, record.text))

    @on_shown_card
    def action_forget(self) -> None:
        """Ask twice, and erase the contact for good."""
        from cardcrm.tui.forms import forget_form

        if not self.is_for_marked("forget") and self.card.contact_id is not None:
            self.context.start(forget_form.forget(self.context, self.card.contact_id))

    @on_shown_card
    def action_tag(self) -> None:
        """Open the form for tags, of all marked contacts if there are any."""
        from cardcrm.tui.forms import bulk_actions

        if not self.act_on_marked(bulk_actions.tag):
            self.with_contact(
                lambda contact: bulk_actions.tag(self.context, {contact.id: contact.name})
            )

    @on_shown_card
    def action_claim(self) -> None:
        """Open the form to claim the contact."""
        from cardcrm.tui.forms import claim_form

        if not self.is_for_marked("claim") and self.card.contact_id is not None:
            self.context.start(claim_form.claim(self.context, self.card.contact_id))

    @on_shown_card
    def action_copy(self) -> None:
        """Copy the card's line under the cursor, else its first contact point."""
        if self.is_for_marked("copy the addresses of"):
            return
        here = self.card.target if self.card.has_focus else None
        target = here or self.card.target_of("point") or self.card.target_of("interaction")
        if target is None:
            self.context.show_message("Nothing to copy")
            return
        self.context.copy_to_clipboard(target.text)
        self.context.show_message(f"Copied {target.text}")

    @on_shown_card
    def action_open(self) -> None:
        """Open a contact point in the program that is set for it."""
        if self.is_for_marked("call or write to"):
            return
        target = self.card.target_of("point")
        if target is None:
            self.context.show_message("No address or number to open")
            return
        from cardcrm.tui.open_url import open_contact_point

        self.context.start(open_contact_point(self.context, target.point, target.text))

    @on_shown_card
    def action_quotes(self) -> None:
        """List the quotes of the contact."""
        self._list_of_contact("quote")

    @on_shown_card
    def action_invoices(self) -> None:
        """List the invoices of the contact."""
        self._list_of_contact("invoice")

    def _list_of_contact(self, noun: str) -> None:
        contact_id = self.card.contact_id
        query = f"contact:{contact_id}" if contact_id is not None else ""
        self.context.open_records(noun, query=query)

    def action_kind(self) -> None:
        """Filter the timeline by the next kind of interaction."""
        kind = self.card.filter_by_next_kind()
        self.context.show_message(f"Timeline: {kind}s only" if kind else "Timeline: all")

    def action_flip(self, step: int) -> None:
        """Show the next or previous contact of the list."""
        first = self._first_list()
        if first is not None:
            first.action_move(step)

    def action_back(self) -> None:
        """Go from the card to the list, then to the page before."""
        if not self.context.history and self.leave_card():
            return
        self.remove_class("-on-card")
        self.context.go_back()

    def action_leave(self) -> None:
        """Go from the card to the list, else remove the marks."""
        if not self.leave_card():
            self.unmark()
