"""The actions of the contacts page: on the marked contacts, or on the one that is shown."""

from cardcrm.records.query_sql import columns, contact_query
from cardcrm.tui.screens.card_page import on_shown_card
from cardcrm.tui.screens.page import Page
from cardcrm.tui.widgets.contact_list import ContactList
from cardcrm.tui.widgets.search_box import SearchBox


class ContactActions(Page):
    """A page with a list of contacts that can be marked, and a search."""

    contacts: ContactList
    search_input: SearchBox

    def show_counts(self) -> None:
        """Show the numbers of contacts and of marked ones."""
        raise NotImplementedError

    # marks

    @on_shown_card
    def action_mark(self) -> None:
        """Mark or unmark the contact under the cursor."""
        self.contacts.mark()
        self.show_counts()

    def unmark(self) -> bool:
        """Remove all marks; return whether there were any."""
        if not self.contacts.marked:
            return False
        self.contacts.marked.clear()
        self.contacts.refresh()
        self.show_counts()
        return True

    def marked_contacts(self) -> dict[int, str]:
        """Return the names by id of the marked contacts."""
        return dict(self.contacts.marked)

    def target_contacts(self) -> dict[int, str]:
        """Return the names by id of the marked contacts, else of the one that is shown."""
        card = self.card.card
        if self.contacts.marked or card is None:
            return self.marked_contacts()
        return {card.details.contact.id: card.details.contact.name}

    def action_mark_all(self) -> None:
        """Mark all contacts that the search finds, or all there are."""
        words = self.contacts.words

        async def mark() -> None:
            ids = await self.context.database.run_separately(
                lambda store: columns.find_ids(store, contact_query.parse(store, words))
            )
            self.contacts.mark_all(ids)
            self.show_counts()

        self.context.start(mark())

    @on_shown_card
    def action_assign(self) -> None:
        """Open the form for the owner, for all target contacts."""
        from cardcrm.tui.forms import bulk_actions

        self.context.start_opening(bulk_actions.assign(self.context, self.target_contacts()))

    @on_shown_card
    def action_remove(self) -> None:
        """Delete the record under the card's cursor, else the target contacts."""
        if self.selected_record() is not None:
            super().action_remove()
            return
        from cardcrm.tui.forms import bulk_actions

        targets = self.target_contacts()

        def unmark() -> None:
            for each in targets:
                self.contacts.marked.pop(each, None)

        self.context.start(bulk_actions.delete(self.context, targets, unmark))

    def action_merge(self) -> None:
        """Merge the two marked contacts into the one that the user chooses."""
        from cardcrm.tui.forms import merge_dialog

        marked = self.marked_contacts()
        if len(marked) == 2:
            self.context.start(merge_dialog.merge_two(self.context, marked, self.unmark))
        else:
            mark = self.context.key_of("mark")
            self.context.refuse(f"Mark the two contacts to merge with {mark}")

    def action_duplicates(self) -> None:
        """Go through the likely duplicates of all contacts."""
        from cardcrm.tui.forms import duplicate_review

        self.context.key_buffer.stop_expecting(self.context.call_later)
        with self.context.errors_shown():
            duplicate_review.review_duplicates(self.context)

    def action_segment(self) -> None:
        """Open the form to save the search as a segment."""
        from cardcrm.tui.forms import segment_form

        self.context.start_opening(segment_form.save_search(self.context, self.search_input.value))

    def action_map(self) -> None:
        """Show the contacts that the search finds on a map, or all there are."""
        from cardcrm.tui.screens.contact_map import open_map

        words, selected = self.contacts.words, self.contacts.selected_id
        self.context.start_opening(open_map(self.context, words, selected))

    def action_export(self) -> None:
        """Open the form to export the marked contacts, else those that the search finds."""
        from cardcrm.tui.forms import bulk_actions

        marked = list(self.contacts.marked)
        self.context.start_opening(bulk_actions.export(self.context, marked, self.contacts.words))
