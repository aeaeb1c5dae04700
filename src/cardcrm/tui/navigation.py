"""Navigation to what a search for everything finds: contacts, deals, other records, segments."""

import contextlib
import importlib
from typing import Any, cast

from textual.app import InvalidModeError
from textual.screen import Screen

from cardcrm.tui.context import AppContext, NarrowablePage
from cardcrm.tui.screens.page import Page

_MOST_RECENT = 8
_CONTACTS = "contacts"

_RECORD_PAGES = {
    "quote": ("quotes", "QuotesPage"),
    "invoice": ("invoices", "InvoicesPage"),
    "sequence": ("sequences", "SequencesPage"),
}

_OWN_MODES = {"lead": "leads", "case": "cases"}  # the nouns whose page has a key


def _make_records_page(noun: str) -> Screen[Any]:
    """Return the page of a noun, its own one if it has one."""
    from cardcrm.records import registry
    from cardcrm.tui.screens.records import RecordsPage

    if noun not in _RECORD_PAGES:
        return RecordsPage(registry.record_type(noun))
    module, name = _RECORD_PAGES[noun]
    page = getattr(importlib.import_module(f"cardcrm.tui.screens.{module}"), name)
    return cast("Screen[Any]", page())


class Navigation(AppContext, inherit_bindings=False):
    """The part of the app that finds records and shows them. ``recent`` are those opened last."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.recent: list[tuple[str, int]] = []

    async def _show(self, mode: str) -> None:
        raise NotImplementedError

    def action_find(self) -> None:
        """Search everything; on the contacts page, go to the search box of the list.

        Keys typed meanwhile are searched for.
        """
        if self.current_mode == _CONTACTS:
            if self.is_on_page:
                self.start_opening(self._filter_contacts())
        else:
            self.action_search()

    def action_search(self) -> None:
        """Search everything; keys typed meanwhile are searched for."""
        if self.is_on_page:
            self.start_opening(self._search())

    async def _search(self) -> None:
        from cardcrm.tui import palette
        from cardcrm.tui.screens.search_everything import SearchScreen

        hidden = ("search", "find")
        actions = [each for each in palette.entries(self) if each.id not in hidden]
        await self.push_screen(SearchScreen(actions, self.recent), self._open_found)

    def _open_found(self, item: Any) -> None:
        """Show a record that was found, or run an action."""
        if item is None:
            return
        if item.run is not None:
            item.run()
            return
        place = (item.kind, item.id)
        self.recent = [place, *(each for each in self.recent if each != place)][:_MOST_RECENT]
        if item.kind == "contact":
            self.go_to_contact(item.id)
        elif item.kind == "segment":
            self.start_opening(self._filter_contacts(f"segment:{item.title}"))
        elif item.kind == "deal":
            self.start_opening(self._open_deal(item.id))
        elif item.kind == "article":
            self.start_opening(self._open_article(item.id))
        else:
            self.start_opening(self._open_record(item.kind, item.id))

    async def _filter_contacts(self, query: str = "") -> None:
        """Go to the search box of the contacts, and filter them by a query if there is one."""
        from cardcrm.tui.screens.contacts import ContactsPage

        await self._show(_CONTACTS)
        if isinstance(self.screen, ContactsPage):
            if query:
                self.screen.filter_by(query)
            else:
                self.screen.action_search()

    async def _open_deal(self, deal_id: int) -> None:
        """Show a deal on the board of its pipeline; one closed long ago in the list of deals."""
        from cardcrm.records.deals import stored_deals
        from cardcrm.tui.screens.deals import DealsPage

        deal = await self.database.read(lambda store: stored_deals.get(store, deal_id))
        self._remember_page()
        await self._show("deals")
        if not isinstance(self.screen, DealsPage):
            return
        if not await self.screen.show_deal(deal_id, deal.pipeline_id):
            await self._open_record("deal", deal_id)

    async def _open_article(self, article_id: int) -> None:
        """Show an article to be read."""
        from cardcrm.records import records, registry
        from cardcrm.tui.screens.article_view import ArticleScreen

        type_ = registry.record_type("article")
        article = await self.database.read(lambda store: records.get(store, type_, article_id))
        await self.push_screen(ArticleScreen(article))

    async def _open_record(self, noun: str, row_id: int) -> None:
        """Show a record in the list of its noun."""
        from cardcrm.tui.screens.records import RecordsPage

        self._remember_page()
        await self._open_records(noun)
        if isinstance(self.screen, RecordsPage):
            await self.screen.show_record(row_id)

    def _remember_page(self) -> None:
        """Keep the page for `go_back`."""
        if isinstance(self.screen, Page):
            self.history.append((self.current_mode, self.screen.card.contact_id))

    def open_records(self, noun: str, *, query: str = "", parent_id: int = 0) -> None:
        """Show the list of a noun, narrowed by a query; keys typed meanwhile are for that page."""
        if self.is_on_page:
            self.start_opening(self._open_records(noun, query, parent_id))

    async def _open_records(self, noun: str, query: str = "", parent_id: int = 0) -> None:
        mode = _OWN_MODES.get(noun, f"records-{noun}")
        with contextlib.suppress(InvalidModeError):  # the mode exists
            self.add_mode(mode, lambda: _make_records_page(noun))
        if query:
            self._remember_page()
        await self._show(mode)
        if query and isinstance(self.screen, NarrowablePage):
            await self.screen.narrow(query, parent_id)
