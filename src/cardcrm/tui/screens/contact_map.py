"""The map of the contacts that are listed, with the card of the chosen one.

Each change of the map is drawn beside the screen; changes that come while one is drawn are drawn
together.
"""

import asyncio
from typing import ClassVar

from textual import on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.screen import ModalScreen

from cardcrm.errors import CardcrmError
from cardcrm.render.maps.braille_map import draw_scale
from cardcrm.render.maps.view import View
from cardcrm.text import cell_width, pluralize, sanitize
from cardcrm.tui import keys
from cardcrm.tui.background_tasks import start_task
from cardcrm.tui.context import AppContext, context_of
from cardcrm.tui.keys import bindings
from cardcrm.tui.map_reading import MapContacts, MapPicture, draw_picture, read_contacts
from cardcrm.tui.map_walk import MapWalk, begin_walk, describe_place
from cardcrm.tui.widgets.card_view import CardView
from cardcrm.tui.widgets.containers import Row
from cardcrm.tui.widgets.header_footer import Footer
from cardcrm.tui.widgets.line_list import Span, fit
from cardcrm.tui.widgets.map_view import MapView
from cardcrm.tui.widgets.span_lines import SpanLines

_PART = 0.25  # of the map that an arrow key moves it by
_ZOOM, _WHEEL = 2.0, 1.5
_WIDE = 72  # columns from which on the card is beside the map


class MapScreen(ModalScreen[None]):
    """The map of a query. ``wanted`` is the view to draw; None for that of all contacts."""

    mode_name = "map"
    scopes = ("map",)
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("map")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (_WIDE, "-beside")]  # noqa: RUF012
    DEFAULT_CSS = """
    MapScreen { background: $background; layout: vertical; }
    MapScreen #map-head { background: $surface; }
    MapScreen #body { layout: vertical; }
    MapScreen #card { height: 9; width: 1fr; }
    MapScreen.-beside #body { layout: horizontal; }
    MapScreen.-beside #map { width: 6fr; }
    MapScreen.-beside #card { width: 4fr; max-width: 56; height: 1fr; }
    """

    def __init__(self, words: str, chosen: int | None) -> None:
        super().__init__()
        self.words = words
        self.data: MapContacts | None = None
        self.picture: MapPicture | None = None
        self.wanted: View | None = None
        self._chosen = chosen
        self._changes = 0  # of what is to be drawn
        self._is_drawing = False
        self.head = SpanLines(id="map-head")
        self.map = MapView()
        self.card = CardView(id="card")
        self.card.can_focus = False
        self.place = SpanLines(id="map-place")

    @property
    def context(self) -> AppContext:
        """The parts of the app that the screen may use."""
        return context_of(self)

    @property
    def footer_ids(self) -> tuple[str, ...]:
        """The ids of the actions in the footer."""
        return keys.footer_ids(self.mode_name, "list")

    def compose(self) -> ComposeResult:
        """Yield the head, the map with the card, the place, and the keys."""
        yield self.head
        with Row(id="body"):
            yield self.map
            yield self.card
        yield self.place
        yield Footer()

    def on_mount(self) -> None:
        """Set the layout for the terminal's width now, not at the first resize."""
        self.set_class(self.app.size.width >= _WIDE, "-beside", update=False)
        self.head.update([Span(" Map ", "title"), Span(" reading …", "dim")])
        self.map.focus()

    # reading and drawing

    async def open(self) -> None:
        """Read the contacts and draw the map. Raises UsageError for an invalid query."""
        await self._read()
        await self._draw()

    async def _read(self) -> None:
        words = self.words
        self.data = await self.context.database.read_on_second(
            lambda store: read_contacts(store, words)
        )
        self._show_head(self.data)

    def reload_soon(self) -> None:
        """Read the contacts again after others' changes; the map stays where it is."""
        start_task(self, self._reload, group="reload")

    async def _reload(self) -> None:
        with self.context.errors_shown():
            await self._read()
            self._draw_soon()
            if self.card.contact_id is not None:
                self.card.show(self.card.contact_id, reload=True)

    def _draw_soon(self) -> None:
        start_task(self, self._draw, group="draw", exclusive=False)

    async def _draw(self) -> None:
        """Draw what is wanted, until nothing else is."""
        self._changes += 1
        if self._is_drawing:
            return
        self._is_drawing = True
        try:
            drawn = 0
            while self.data is not None and drawn != self._changes:
                drawn, chosen = self._changes, self._chosen
                size = (self.map.size.width, self.map.size.height)
                picture = await asyncio.to_thread(
                    draw_picture, self.data, self.wanted, size, chosen
                )
                self._show_picture(picture, is_current=chosen == self._chosen)
        finally:
            self._is_drawing = False

    def _show_picture(self, picture: MapPicture, *, is_current: bool) -> None:
        """Show a map, with another contact chosen if one was chosen while it was drawn."""
        self.picture = picture
        self.map.show(picture.lines)
        walk = picture.walk
        self._go(walk if is_current else begin_walk(walk.marks, self._chosen))

    @on(MapView.Resized)
    def _on_resized(self) -> None:
        self._draw_soon()

    # texts

    def _show_head(self, data: MapContacts) -> None:
        located, missing = data.located, data.total - data.located
        words = f" {sanitize(self.words.strip())} ·" if self.words.strip() else ""
        spans = [Span(" Map ", "title"), Span(f"{words} {pluralize(located, 'contact')}", "")]
        if missing:
            command = "locate" if data.has_places else "load"
            spans.append(
                Span(f" · {missing:,} without a location: cardcrm places {command}", "soon")
            )
        self.head.update(spans)

    def _show_place(self, picture: MapPicture) -> None:
        """Show where the chosen contact is, and the scale of the map."""
        scale = f"{draw_scale(picture.view)} "
        room = self.size.width - cell_width(scale)
        text = f" {describe_place(picture.walk)}"
        self.place.update([Span(fit(text, room)), Span(scale, "dim")])

    # the chosen contact

    def _go(self, walk: MapWalk) -> None:
        """Choose the contact of a walk, and show its card."""
        if self.picture is None:
            return
        self.picture = self.picture._replace(walk=walk)
        self._chosen = walk.contact.id if walk.contact else self._chosen
        self.map.choose(walk.mark)
        self.card.empty_text = f"No contacts here. {self.context.key_of('map-all')} shows all."
        self.card.show(walk.contact.id if walk.contact else None)
        self._show_place(self.picture)

    def action_step(self, step: int) -> None:
        """Choose the next contact or the one before."""
        if self.picture is not None:
            self._go(self.picture.walk.step(step))

    def action_step_place(self, step: int) -> None:
        """Choose the next place or the one before."""
        if self.picture is not None:
            self._go(self.picture.walk.step_place(step))

    @on(MapView.Clicked)
    def _on_clicked(self, event: MapView.Clicked) -> None:
        if self.picture is not None:
            self._go(self.picture.walk.choose_near(event.column, event.row))
            if event.is_double:
                self.action_open_card()

    def action_open_card(self) -> None:
        """Leave the map for the card of the chosen contact."""
        contact = self.picture.walk.contact if self.picture is not None else None
        if contact is not None:
            self.dismiss()
            self.context.go_to_contact(contact.id)

    # the view

    def action_pan(self, right: int, up: int) -> None:
        """Move the map by a part of its size."""
        if (view := self._view) is not None:
            self._show_view(view.move(right * _PART, up * _PART))

    def action_zoom(self, step: int) -> None:
        """Zoom in on the chosen contact, or out; it stays in its place."""
        if (view := self._view) is None or self.picture is None:
            return
        contact = self.picture.walk.contact
        at = contact.position if contact else view.center
        self._show_view(view.zoom_at(at, _ZOOM**step))

    @on(MapView.Wheeled)
    def _on_wheeled(self, event: MapView.Wheeled) -> None:
        """Zoom; what is under the mouse stays there."""
        if (view := self._view) is not None:
            at = view.find_position(2 * event.column + 1, 4 * event.row + 2)
            self._show_view(view.zoom_at(at, _WHEEL**event.step))

    def action_show_all(self) -> None:
        """Show all contacts."""
        self._show_view(None)

    @property
    def _view(self) -> View | None:
        """The view that is wanted, or drawn; None before the first one is drawn."""
        return self.wanted or (self.picture.view if self.picture is not None else None)

    def _show_view(self, view: View | None) -> None:
        self.wanted = view
        self._draw_soon()

    # leaving

    def action_help(self) -> None:
        """Show the keys."""
        from cardcrm.tui.screens.help import HelpScreen

        self.app.push_screen(HelpScreen(self.mode_name, self.scopes))

    def action_leave(self) -> None:
        """Go back to the list."""
        self.dismiss()


async def open_map(context: AppContext, words: str, chosen: int | None) -> None:
    """Open the map of the contacts of a query; keys typed meanwhile are for the map."""
    screen = MapScreen(words, chosen)
    await context.push_screen(screen)
    try:
        await screen.open()
    except CardcrmError:
        screen.dismiss()
        raise
