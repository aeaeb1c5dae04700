"""Every action, run by its key: each has a test, and each has an effect.

A new action in `cardcrm.tui.keys` needs an exercise here, marked with `does` and its id.
"""

import pytest

from cardcrm.records import records, sample
from cardcrm.records.activity import interactions, reminders
from cardcrm.records.contacts import contacts
from cardcrm.records.deals import stored_deals
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.leads import lead_status
from cardcrm.records.mail import received
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.quotes.quote_type import QUOTE
from cardcrm.records.sequences.sequence_type import SEQUENCE
from cardcrm.records.service.case_type import CASE
from cardcrm.records.teamwork.claim_rules import list_claims
from cardcrm.store import journal
from cardcrm.tui import keys
from cardcrm.tui.forms.confirm_dialog import ConfirmDialog
from cardcrm.tui.forms.form import Form
from cardcrm.tui.screens.call_mode import CallScreen
from cardcrm.tui.screens.contact_map import MapScreen
from cardcrm.tui.screens.help import HelpScreen
from cardcrm.tui.screens.page import Page
from cardcrm.tui.screens.search_everything import SearchScreen
from tests.support.screen import ScreenPilot

ACTIONS = {}


def does(*ids):
    """Register an exercise under the ids of its actions."""

    def note(exercise):
        for each in ids:
            assert each not in ACTIONS, f"{each} is exercised twice"
            ACTIONS[each] = exercise
        return exercise

    return note


class ActionPilot(ScreenPilot):
    """A pilot that presses the keys of actions by their ids."""

    def __init__(self, app, store):
        super().__init__(app)
        self.store = store

    async def do(self, *ids):
        for each in ids:
            key = next(key for key in keys.KEYS if key.id == each)
            await self.press(key.keys.split(",")[0])

    @property
    def page(self):
        return self.app.page

    @property
    def shown(self):
        return self.page.card.card.details.contact

    def said(self, words):
        return any(words in note for note in self.notices)


def test_every_action_has_an_exercise():
    assert set(ACTIONS) == set(keys.ids())


# everywhere


@does("today", "contacts", "value", "journal", "insights", "deals", "leads", "inbox")
async def pages(you):
    for name in ("contacts", "value", "journal", "insights", "deals", "leads", "inbox", "today"):
        await you.do(name)
        assert you.page.mode_name == name
        assert f" {name.capitalize()} " in you.text()


@does("help", "palette", "find", "search", "theme", "stop")
async def everywhere(you):
    await you.do("help")
    assert isinstance(you.app.screen, HelpScreen)
    await you.press("escape")
    await you.do("palette")
    assert type(you.app.screen).__name__ == "CommandPalette"
    await you.press("escape")
    for theme in ("light", "plain", "dark"):
        await you.do("theme")
        assert you.app.theme == theme
    await you.do("stop")
    assert you.said("Nothing in progress")
    for each in ("search", "find"):
        await you.do(each)
        assert isinstance(you.app.screen, SearchScreen)
        await you.press("escape")
    await you.do("contacts", "find")
    assert you.page.query_one("#words").has_focus


@does("undo", "redo")
async def back_and_forth(you):
    await you.press("d", "enter")
    assert reminders.get(you.store, 1).done_at
    await you.do("undo")
    assert reminders.get(you.store, 1).done_at is None
    await you.do("redo")
    assert reminders.get(you.store, 1).done_at


@does("quit")
async def leaving(you):
    await you.press_only("q")
    await you.pause(0.1)
    assert you.app._exit


@does("sort")
async def order(you):
    await you.do("contacts")
    before = you.page.contacts.sort
    await you.do("sort")
    assert you.page.contacts.sort != before
    assert you.said("Sorted by organization")


# with the selected contact


@does("forget")
async def erases(you):
    await you.do("contacts", "forget")
    assert isinstance(you.app.screen, ConfirmDialog)
    await you.press("y")
    await you.paste("no such name")
    await you.press("enter")
    assert f"not the name {you.shown.name}" in you.text()
    await you.do("cancel")


@does("log", "cancel")
async def notes(you):
    await you.do("log")
    await you.paste("she called")
    await you.do("cancel")
    assert isinstance(you.app.screen, ConfirmDialog)
    await you.press("n", "ctrl+o")
    assert interactions.timeline(you.store, you.shown.id)[0].text == "she called"


@does("remind", "save")
async def plans(you):
    await you.do("remind")
    await you.paste("send roses")
    await you.press("tab")
    await you.paste("fri")
    await you.do("save")
    assert isinstance(you.app.screen, Page)
    assert "send roses" in [each.text for each in reminders.open_of(you.store, you.shown.id)]


@does("done")
async def ticks_off(you):
    await you.do("done")
    await you.press("enter")
    assert reminders.get(you.store, 1).done_at


@does("snooze")
async def puts_off(you):
    await you.do("snooze")
    await you.paste("2w")
    await you.press("enter")
    assert reminders.get(you.store, 1).due_on == "2026-12-05"


@does("sell")
async def sells(you):
    contact = you.shown.id
    before = you.store.value("SELECT count(*) FROM sale WHERE contact_id = :id", id=contact)
    await you.do("sell")
    await you.paste("12.50")
    await you.press("ctrl+o")
    after = you.store.value("SELECT count(*) FROM sale WHERE contact_id = :id", id=contact)
    assert after == before + 1


@does("add")
async def adds(you):
    await you.do("add")
    await you.paste("Jo Newman")
    await you.press("ctrl+o")
    assert you.shown.name == "Jo Newman"


@does("edit")
async def edits(you):
    await you.do("edit")
    assert isinstance(you.app.screen, Form)
    await you.press("end")
    await you.paste(" Jr")
    await you.press("ctrl+o")
    assert contacts.get(you.store, you.shown.id).name.endswith(" Jr")


@does("claim")
async def claim(you):
    await you.do("contacts", "claim")
    await you.press("enter")
    assert [each.owner for each in list_claims(you.store, you.shown.id)] == ["rosa"]
    assert you.said("has claimed")
    assert "claimed by" in you.text()
    await you.do("claim")
    assert isinstance(you.app.screen, ConfirmDialog)
    await you.press("y")
    assert list_claims(you.store, you.shown.id) == ()


@does("tag")
async def tags(you):
    await you.do("tag")
    await you.paste("spring")
    await you.press("enter")
    assert "spring" in contacts.tags_of(you.store, you.shown.id)


@does("copy", "kind", "open", "next", "previous", "back")
async def on_the_card(you):
    await you.do("contacts")
    await you.do("copy")
    assert you.app.clipboard == "+44 113 496 0111"
    await you.do("kind")
    assert you.page.card.kind == "call"
    await you.do("open")
    assert you.said("can't start")
    first = you.shown.name
    await you.do("next")
    assert you.shown.name != first
    await you.do("previous")
    assert you.shown.name == first
    await you.do("show")
    assert you.page.card.has_focus
    await you.do("back")
    assert you.page.contacts.has_focus


# calls


@does("call", "card", "calls")
async def begins_to_call(you):
    await you.do("card")
    assert you.page.card.has_focus
    await you.do("leave", "call")
    assert isinstance(you.app.screen, CallScreen)
    await you.do("call-leave", "calls")
    assert you.page.mode_name == "calls"
    await you.do("call")
    assert "1 of " in you.text()


@does(
    "reached", "no-answer", "call-back", "not-interested", "wrong-number", "call-snooze",
    "call-undo", "dial", "skip", "turn-back", "scroll-up", "scroll-down", "to-card", "call-help",
    "call-leave",
)  # fmt: skip
async def in_call_mode(you):
    await you.do("call")
    session, card = you.app.screen.session, you.app.screen.card
    await you.resize_terminal(60, 12)
    await you.do("scroll-down", "scroll-down")
    assert card.scroll_offset.y == 2
    await you.do("scroll-up")
    assert card.scroll_offset.y == 1
    await you.do("dial")
    assert you.said("can't start")
    for at, action in enumerate(("reached", "no-answer", "not-interested", "wrong-number")):
        await you.do(action)
        assert session.place == at + 1
        outcome = interactions.timeline(you.store, session.tasks[at].contact_id)[0].outcome
        assert outcome == action.replace("-", " ")
    await you.do("call-undo")
    assert session.place == 3
    for at, action in enumerate(("call-back", "call-snooze"), 3):
        await you.do(action)
        await you.paste("fri")
        await you.press("enter")
        assert session.place == at + 1
    await you.do("skip")
    assert session.place == 6
    await you.do("turn-back", "to-card")
    assert session.place == 5
    assert card.has_focus
    await you.press("question_mark")
    assert isinstance(you.app.screen, HelpScreen)
    await you.press("escape")
    await you.do("call-help")
    assert isinstance(you.app.screen, HelpScreen)
    await you.press("escape")
    await you.do("call-leave")
    assert you.app.is_on_page


# the contact list


@does("segment")
async def keeping_a_search(you):
    await you.do("contacts", "find")
    await you.paste("tag:vip")
    await you.press("enter")
    await you.do("segment")
    await you.paste("Best")
    await you.press("enter")
    assert you.said("Find it with segment:best (4 contacts now)")
    await you.do("find")
    await you.press("escape")
    await you.do("find")
    await you.paste("segment:best")
    await you.press("enter")
    assert you.page.contacts.count == 4


@does("mark", "mark-all", "leave", "owner", "export", "rm")
async def in_the_contact_list(you):
    await you.do("contacts", "mark", "export")
    assert "Export 1 marked contact " in you.text()
    await you.press("escape")
    await you.do("mark")
    marked = list(you.page.contacts.marked)
    assert len(marked) == 2
    await you.do("owner")
    await you.paste("ann")
    await you.press("enter")
    assert {contacts.get(you.store, each).owner for each in marked} == {"ann"}
    await you.do("export")
    assert "Export 2 marked contacts" in you.text()
    await you.press("escape")
    await you.do("mark-all")
    assert len(you.page.contacts.marked) == 88
    await you.do("leave")
    assert not you.page.contacts.marked
    await you.do("rm")
    await you.press("y")
    assert you.store.value("SELECT count(*) FROM contact") == 87


@does("merge")
async def merging(you):
    await you.do("contacts", "merge")
    assert you.said("Mark the two contacts to merge with space")
    await you.do("mark", "mark", "merge")
    kept, other = you.page.contacts.marked
    await you.press("enter")
    assert you.store.value("SELECT count(*) FROM contact WHERE id = :id", id=other) == 0
    assert contacts.get(you.store, kept)
    assert you.said("separates them again")
    await you.do("undo")
    assert contacts.get(you.store, other)


@does("dupes")
async def reviewing_duplicates(you):
    await you.do("contacts", "dupes")
    assert you.said("No likely duplicates")


# the list of a noun


@does("filter", "all")
async def in_the_list_of_a_noun(you):
    you.app.open_records("reminder")
    await you.settle()
    count = you.page.list.count
    await you.do("filter")
    await you.paste("due<today")
    await you.press("enter")
    assert 0 < you.page.list.count < count
    await you.do("all")
    assert you.page.shows_all


# value


@does("win-back")
async def for_customers_slipping_away(you):
    await you.do("value", "win-back")
    assert isinstance(you.app.screen, ConfirmDialog)
    await you.press("y")
    assert you.said("Added")


# quotes and invoices


@does(
    "quotes", "send-quote", "view-quote", "refuse-quote", "revise-quote", "write-quote",
    "accept-quote", "bill-quote", "invoices", "pay-invoice",
)  # fmt: skip
async def from_quote_to_payment(you):
    lines = [parse_quote_line("2 x Posy @ 4.50", "GBP")]
    first = quotes.add(you.store, {"deal": "#14"}, lines).record.id

    def status(quote_id=first):
        return records.get(you.store, QUOTE, quote_id).values["status"]

    await you.do("deals", "quotes", "send-quote")
    assert status() == "sent"
    await you.do("view-quote")
    assert status() == "viewed"
    await you.do("refuse-quote")
    await you.press("enter")
    assert status() == "refused"
    await you.do("revise-quote")
    assert isinstance(you.app.screen, Form)
    await you.press("escape")
    for action in ("write-quote", "bill-quote"):
        await you.do(action)
        assert isinstance(you.app.screen, Form)
        await you.press("escape")
    await you.do("accept-quote")
    assert status(first + 1) == "accepted"
    await you.do("bill-quote")
    await you.press("ctrl+o")
    await you.do("invoices", "pay-invoice")
    await you.press("enter")
    newest = you.store.value("SELECT max(id) FROM invoice")
    assert records.get(you.store, INVOICE, newest).values["paid_on"] is not None


@does("pause-sequence")
async def sequence(you):
    steps = '[[step]]\nwait = "3 days"'
    made = records.add(you.store, SEQUENCE, {"name": "welcome", "steps": steps})

    def status():
        return records.get(you.store, SEQUENCE, made.id).values["status"]

    you.app.open_records("sequence")
    await you.settle()
    for expected in ("paused", "active"):
        await you.do("pause-sequence")
        assert status() == expected


@does("cases", "case-claim", "case-reply", "case-wait", "case-solve", "case-owner")
async def on_the_page_of_cases(you):
    case_id = records.add(you.store, CASE, {"contact": "#3", "text": "the vase broke"}).id
    await you.do("cases")
    you.page.select(case_id)

    def state():
        values = records.get(you.store, CASE, case_id).values
        return values["status"], values["owner"]

    await you.do("case-claim")
    assert state()[1] == sample.USER
    await you.do("case-reply")
    await you.paste("send a photo")
    await you.do("save")
    assert state() == ("assigned", sample.USER)
    await you.do("case-wait")
    assert state()[0] == "waiting-customer"
    await you.do("case-solve", "save")
    assert state()[0] == "solved"
    await you.do("undo", "case-owner")
    assert you.page.owners == "mine"
    assert case_id in [each.id for each in you.page.list.records]


# the map


@does(
    "map", "map-in", "map-out", "map-all", "map-next", "map-previous", "map-place",
    "map-place-before", "map-card", "map-left", "map-right", "map-up", "map-down", "map-help",
    "map-leave",
)  # fmt: skip
async def on_the_map(you):
    await you.do("contacts", "map")
    screen = you.app.screen

    def chosen():
        return screen.picture.walk.contact.id

    def center():
        return screen.picture.view.center

    first = chosen()
    for there, back in (("map-next", "map-previous"), ("map-place", "map-place-before")):
        await you.do(there)
        assert chosen() != first
        await you.do(back)
    whole = screen.picture.view
    await you.do("map-in")
    near = screen.picture.view.scale
    assert near > whole.scale
    await you.do("map-in", "map-out")
    assert screen.picture.view.scale == pytest.approx(near)
    west = center().longitude
    await you.do("map-right")
    assert center().longitude > west
    await you.do("map-left")
    assert center().longitude == pytest.approx(west)
    south = center().latitude
    await you.do("map-up")
    assert center().latitude > south
    await you.do("map-down")
    assert center().latitude == pytest.approx(south)
    await you.do("map-all")
    assert screen.picture.view == whole
    await you.do("map-help")
    assert isinstance(you.app.screen, HelpScreen)
    await you.press("escape")
    await you.do("map-leave", "map")
    assert isinstance(you.app.screen, MapScreen)
    await you.do("map-card")
    assert you.app.is_on_page


# deals


@does(
    "move-on", "move-back", "win", "lose", "reopen", "stage-left", "stage-right", "deal-owner",
    "pipeline", "table",
)  # fmt: skip
async def on_the_page_of_deals(you):
    await you.do("deals")
    deal_id = you.page.selected_deal.id

    def stage():
        return stored_deals.get(you.store, deal_id).stage

    for action, name in (
        ("move-on", "Demo"),
        ("move-back", "Qualification"),
        ("win", "Won"),
    ):
        await you.do(action)
        assert stage() == name
    await you.do("undo", "lose")
    await you.press("t")
    assert stage() == "Lost"
    you.page.board.select(deal_id)
    await you.do("reopen")
    assert stage() == "Qualification"
    for action, place in (("stage-right", 1), ("stage-left", 0)):
        await you.do(action)
        assert you.page.board.columns[place].list.has_focus
    await you.do("deal-owner")
    assert you.page.owner == "rosa"
    await you.do("pipeline")
    assert "Weddings" in you.text()
    await you.do("table")
    assert you.page.table.has_focus


@does("lead-owner", "lead-process", "convert", "recycle", "drop")
async def on_the_page_of_leads(you):
    await you.do("leads")
    lead = you.page.list.selected.id

    def state():
        now = lead_status.get(you.store, lead)
        return now.owner, now.status

    await you.do("lead-owner")
    await you.paste("milo")
    await you.do("save")
    assert state() == ("milo", "assigned")
    await you.do("lead-process")
    assert state() == ("milo", "in process")
    for action, status in (("recycle", "recycled"), ("drop", "dead"), ("convert", "converted")):
        await you.do(action, "save")
        assert state() == ("milo", status)
        await you.do("undo")


# the inbox


@does("reply", "mail-done", "mail-deal", "mail-case", "take-sender", "mine")
async def on_the_page_of_the_inbox(you):
    await you.do("inbox", "reply")
    assert you.said("mail.host is not set")
    first = you.page.list.selected.id
    await you.do("mail-done")
    assert received.get(you.store, first).done_at
    await you.do("undo", "mail-deal")
    assert you.app.screen.value("title") == "Subscriptions?"
    second = you.page.list.selected.id  # the cursor stays where the first was
    await you.do("cancel", "mail-case")
    assert you.said("Opened case")
    assert received.get(you.store, second).case_id
    await you.do("undo", "take-sender")
    assert you.said("Select a sender")
    await you.do("mine")
    assert you.page.is_mine


# insights


@does("insight-currency", "behind", "left", "right", "above", "below", "top", "bottom")
async def on_the_insights_page(you):
    await you.do("insights", "insight-currency")
    assert you.said("All sales are in one currency")
    tiles = you.page.tiles
    for action, place in (("below", 1), ("above", 0), ("bottom", 7), ("top", 0)):
        await you.do(action)
        assert tiles[place].has_focus
    await you.resize_terminal(140, 40)
    for action, place in (("right", 1), ("left", 0)):
        await you.do(action)
        assert tiles[place].has_focus
    await you.do("behind")
    assert you.page.is_list_open


@does("rank", "currency", "grid", "shade", "later", "earlier", "more", "less", "inside")
async def on_the_value_page(you):
    await you.do("value", "rank")
    assert you.page.by == "margin"
    await you.do("currency")
    assert you.said("All sales are in one currency")
    await you.do("grid")
    grid = you.page.grid
    assert grid.has_focus
    for action, place in (
        ("earlier", (4, 5)),
        ("less", (4, 4)),
        ("later", (5, 4)),
        ("more", (5, 5)),
    ):
        await you.do(action)
        assert grid.selected == place
    await you.do("shade")
    assert grid.by_revenue
    await you.do("inside")
    assert you.page.ranking.has_focus


# lists


@does("up", "down", "page-up", "page-down", "first", "last", "show")
async def in_lists(you):
    await you.do("contacts")
    contact_list = you.page.contacts
    for action, cursor in (("down", 1), ("up", 0), ("last", 87), ("first", 0)):
        await you.do(action)
        assert contact_list.cursor == cursor
    await you.do("page-down")
    page = contact_list.cursor
    assert page > 10
    await you.do("page-up")
    assert contact_list.cursor < page
    await you.do("show")
    assert you.page.card.has_focus


# forms


@does("line-above", "line-below", "section-above", "section-below")
async def about_a_form(you):
    await you.do("add")
    for action, field in (
        ("line-below", "kind"),
        ("line-above", "name"),
        ("section-below", "email-0-value"),
        ("section-above", "name"),
    ):
        await you.do(action)
        assert you.app.screen.focused.id == f"field-{field}"


@does("editor")
async def with_an_editor(you):
    await you.do("log", "editor")
    assert you.said("can't open an editor")  # in a test; see the pseudo-terminal


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize(
    "what", list(dict.fromkeys(ACTIONS.values())), ids=lambda what: what.__name__
)
async def test_each_key_runs_its_action(open_app, store, what):
    async with open_app(open_command="/nowhere/opener") as pilot:
        await what(ActionPilot(pilot.app, store))


@pytest.mark.engines("sqlite", "postgresql")
async def test_journal_names_steps_by_shell_command(open_app, store):
    async with open_app() as pilot:
        await pilot.press("d", "enter")
        await pilot.press("t")
        await pilot.paste("spring")
        await pilot.press("enter")
    told = [step.command.split()[1] for step in journal.steps(store, 2)]
    assert told == ["tag", "done"]
