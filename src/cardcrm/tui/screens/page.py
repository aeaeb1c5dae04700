"""What all pages have: the first and last line, a list, the chosen contact's card, and what is done
with it.
"""

import datetime as dt
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.screen import Screen
from textual.widget import Widget

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contacts import Contact
from cardcrm.tui.keys import bindings
from cardcrm.tui.tasks import begin
from cardcrm.tui.widgets.card_lines import Target
from cardcrm.tui.widgets.card_view import CardView
from cardcrm.tui.widgets.header_footer import Foot, Top
from cardcrm.tui.widgets.line_list import Lines

if TYPE_CHECKING:
    from cardcrm.tui.app import CardApp

_MENDED = ("reminder", "interaction", "sale")
NARROW = 64  # columns; below, the card stands alone once it is gone to


class Page(Screen[None]):
    """A page. ``is_stale`` when what it shows has to be read anew."""

    here: ClassVar[str] = ""
    places: ClassVar[tuple[str, ...]] = ("app", "page", "lines")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("page")]
    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (NARROW, "-usual"), (120, "-wide")]  # noqa: RUF012
    DEFAULT_CSS = """
    Page #left { width: 2fr; min-width: 20; }
    Page #card { width: 3fr; }
    Page.-usual #left { width: 9fr; }
    Page.-usual #card { width: 11fr; }
    Page.-narrow #card { display: none; }
    Page.-narrow.-on-card #card { display: block; }
    Page.-narrow.-on-card #left { display: none; }
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_stale = True
        self.top = Top(self.here)
        self.card = CardView(id="card")

    @property
    def crm(self) -> "CardApp":
        """The app, which has the desk."""
        return cast("CardApp", self.app)

    def compose(self) -> ComposeResult:
        """First line, list and card, last line."""
        yield self.top
        with Horizontal(id="body"):
            yield from self.left()
            yield self.card
        yield Foot()

    def left(self) -> Iterable[Widget]:
        """What stands beside the card."""
        return ()

    async def reload(self) -> None:
        """Read what the page shows; the cursor stays where it was."""

    def freshen(self) -> None:
        """Read the page and its card anew, once, however often it is asked for."""
        self.is_stale = False
        begin(self, self._freshen, group="reload")

    async def _freshen(self) -> None:
        with self.crm.telling():
            await self.reload()
            if self.card.contact_id is not None:
                self.card.show(self.card.contact_id, anew=True)
            self._tell_top()

    async def read_anew(self) -> None:
        """Read all that is shown. Raises StorageError where the box cannot be read."""
        await self.reload()
        await self.card.read_anew()

    def _tell_top(self) -> None:
        today = dates.today(self.crm.desk.locale.zone)
        self.top.say(f"{self.crm.box} · {dates.show_day(today, today)}")

    def on_mount(self) -> None:
        """Be laid out for the terminal's width at once, not when told of it."""
        width = self.app.size.width
        fitting = max(point for point in self.HORIZONTAL_BREAKPOINTS if point[0] <= width)
        self.add_class(fitting[1], update=False)
        self._tell_top()

    def on_screen_resume(self) -> None:
        """Read anew what was changed while another page was shown."""
        if self.is_stale:
            self.freshen()
        if self.crm.desk.job is not None:
            from cardcrm.tui import jobs

            jobs.show(self.crm)

    def on_lines_moved(self, event: Lines.Moved) -> None:
        """The card follows the list."""
        if event.lines is not self.card:
            event.stop()
            self.card.show(self.chosen())

    def on_lines_picked(self, event: Lines.Picked) -> None:
        """Enter: from the list to the card, on the card to what it names."""
        event.stop()
        if event.lines is not self.card:
            self.pick()
        elif self.card.target is not None:
            self.follow(self.card.target)

    def pick(self) -> None:
        """Enter in the list."""
        if self.card.contact_id is not None:
            self.focus_card()

    def focus_card(self) -> None:
        """Go to the card itself."""
        self.add_class("-on-card")
        self.card.focus()

    def chosen(self) -> int | None:
        """The contact of the list's line under the cursor."""
        return None

    def reminder(self) -> int | None:
        """The reminder that is meant: the one under the cursor, else the card's next."""
        target = self.card.target_for("reminder")
        return target.id if target else None

    # on what the card names

    def follow(self, target: Target) -> None:
        """Enter on a line of the card."""
        if target.kind == "card":
            self.crm.go_to_card(target.id)
        elif target.kind == "point":
            self.action_open()
        elif target.kind == "reminder":
            self.action_done()
        elif target.kind in _MENDED:
            self._mend(target)

    def with_card(self, act: Callable[[Contact], Awaitable[None]]) -> None:
        """Do something with the contact whose card is shown."""
        contact_id = self.card.contact_id

        async def do() -> None:
            if contact_id is None:
                raise UsageError("no card is chosen")
            await act(await self.crm.desk.ask(lambda store: contacts.get(store, contact_id)))

        self.crm.open(do())

    def action_log(self) -> None:
        """Note what happened."""
        from cardcrm.tui.forms import activity_forms

        self.with_card(lambda contact: activity_forms.log(self.crm, contact))

    def thing(self) -> Target | None:
        """The interaction, reminder or sale under the cursor of the card."""
        target = self.card.target if self.card.has_focus else None
        return target if target is not None and target.kind in _MENDED else None

    def to_remove(self) -> Target | None:
        """What is meant to be removed."""
        return self.thing()

    def _mend(self, target: Target) -> None:
        from cardcrm.tui.forms import record_forms

        self.with_card(lambda contact: record_forms.mend(self.crm, contact, target))

    def action_remind(self) -> None:
        """Plan what comes next."""
        from cardcrm.tui.forms import activity_forms

        self.with_card(lambda contact: activity_forms.remind(self.crm, contact))

    def action_done(self) -> None:
        """Tick the reminder off; without one, note what happened."""
        from cardcrm.tui.forms import activity_forms

        reminder_id = self.reminder()
        if reminder_id is None:
            self.action_log()
        else:
            self.crm.open(activity_forms.done(self.crm, reminder_id))

    def action_snooze(self) -> None:
        """Put the reminder off."""
        from cardcrm.tui.forms import activity_forms

        reminder_id = self.reminder()
        if reminder_id is None:
            self.crm.say("there is no reminder here to put off; n plans one")
        else:
            self.crm.open(activity_forms.snooze(self.crm, reminder_id))

    def action_sell(self) -> None:
        """Note a sale."""
        from cardcrm.tui.forms import sale_form

        self.with_card(lambda contact: sale_form.sell(self.crm, contact))

    def action_add(self) -> None:
        """A new card."""
        from cardcrm.tui.forms import contact_forms

        self.crm.open(contact_forms.add(self.crm))

    def action_edit(self) -> None:
        """Change what is chosen on the card: an interaction, a reminder, a sale; else the card."""
        thing = self.thing()
        if thing is not None:
            self._mend(thing)
            return
        from cardcrm.tui.forms import contact_forms

        target = self.card.target if self.card.has_focus else None
        point = target.id if target is not None and target.kind == "point" else None
        self.with_card(lambda contact: contact_forms.edit(self.crm, contact.id, point))

    def action_remove(self) -> None:
        """Remove what is chosen on the card."""
        thing = self.to_remove()
        if thing is None:
            self.crm.say("choose an interaction, reminder or sale on the card to remove it")
            return
        from cardcrm.tui.forms import record_forms

        self.crm.start(record_forms.remove(self.crm, thing))

    def action_tag(self) -> None:
        """Tags on and off."""
        from cardcrm.tui.forms import bulk_actions

        self.with_card(lambda contact: bulk_actions.tag(self.crm, {contact.id: contact.name}))

    def action_copy(self) -> None:
        """Copy what the card's line under the cursor says, else the first address or number."""
        here = self.card.target if self.card.has_focus else None
        target = here or self.card.target_for("point") or self.card.target_for("interaction")
        if target is None:
            self.crm.say("nothing here to copy")
            return
        self.app.copy_to_clipboard(target.text)
        self.crm.say(f"copied {target.text}")

    def action_open(self) -> None:
        """Write, call or visit: what the settings say opens such an address."""
        target = self.card.target_for("point")
        if target is None:
            self.crm.say("the card has no address or number to open")
            return
        from cardcrm.tui.open_url import open_point

        self.crm.start(open_point(self.crm, target))

    def action_kind(self) -> None:
        """The timeline: the next kind of interactions."""
        kind = self.card.next_kind()
        self.crm.say(f"timeline: {kind}s only" if kind else "timeline: all")

    def action_flip(self, step: int) -> None:
        """The next or previous card of the list."""
        lines = self.query(Lines)
        first = next((each for each in lines if each is not self.card), None)
        if first is not None:
            first.action_move(step)

    def action_back(self) -> None:
        """From the card to the list, then to where one came from."""
        if self.card.has_focus or self.has_class("-on-card"):
            self.remove_class("-on-card")
            others = [each for each in self.query(Lines) if each is not self.card]
            if others and not self.crm.trail:
                others[0].focus()
                return
        self.crm.go_back()


def day_words(day: dt.date, today: dt.date) -> str:
    """A day as a list shows it: today and tomorrow by name."""
    away = (day - today).days
    return {0: "today", 1: "tomorrow", -1: "yesterday"}.get(away, dates.show_day(day, today))
