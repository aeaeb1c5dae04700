"""The command palette: every action of every page, and the lists of nouns, found by any word.

An entry is found by its title, by the beginning of a synonym, and by the beginning of a word of its
help. An action of another page goes there first.
"""

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, Protocol, cast

from textual.app import App
from textual.command import DiscoveryHit, Hit, Hits, Provider
from textual.dom import DOMNode

from cardcrm.records.activity.interaction_type import KINDS
from cardcrm.text import fold
from cardcrm.tui import keys
from cardcrm.tui.context import AppContext
from cardcrm.tui.key_type import Key

# Actions that mean nothing once the palette has the focus, or only while a form is open.
_HIDDEN_SCOPES = ("grid", "pictures", "form", "call", "map")
_PAGE_OF_SCOPE = {
    "marks": "contacts",
    "today": "today",
    "contacts": "contacts",
    "value": "value",
    "insights": "insights",
    "board": "deals",
    "leads": "leads",
    "inbox": "inbox",
    "cases": "cases",
}
_TITLES = {
    "rm": "Delete",
    "kind": "Filter the timeline",
    "open": "Call or write",
    "dupes": "Duplicates",
    "search": "Search everything",
}
_ENTRY_OF_KIND = "log a {} with the selected contact"

SYNONYMS = {
    "help": "keys shortcuts manual documentation",
    "today": "due overdue agenda tasks to-do day birthdays start home",
    "contacts": "people persons customers clients organizations companies address book cards list",
    "value": "revenue money best customers report statistics figures ranking",
    "journal": "history changes audit who",
    "insight-currency": "money exchange euro dollar pound pictures",
    "insights": "pictures charts graphs forecast retention cohorts products dashboard report",
    "deals": "pipeline board kanban opportunities stages forecast sales",
    "leads": "requests inquiries prospects new first response",
    "calls": "phone ring dial next leads whom power dialer list call mode",
    "inbox": "mail email answer unanswered threads replies waiting messages",
    "reply": "answer mail email respond template write",
    "mail-done": "answered close settle no answer needed archive ignore sender dismiss",
    "mail-deal": "opportunity from mail",
    "mail-case": "ticket help desk question complaint from mail",
    "pause-sequence": "stop hold resume continue go on nurture drip",
    "cases": "tickets help desk queue service complaints questions support",
    "case-claim": "ticket assign mine owner",
    "case-reply": "ticket answer message customer",
    "case-wait": "ticket pause customer pending",
    "case-solve": "ticket resolve done finish",
    "case-owner": "owner mine unassigned filter tickets",
    "take-sender": "add contact new person offer unknown correspondent",
    "mine": "owner all mail",
    "call": "phone ring dial call mode log next power dialer",
    "card": "focus details",
    "find": "search query look up filter contacts",
    "search": "find everything anything deals quotes invoices products segments go to open",
    "undo": "revert back restore",
    "redo": "repeat again",
    "stop": "cancel abort interrupt job",
    "theme": "colors dark light plain appearance",
    "quit": "exit close leave end",
    "log": "call phone mail email meeting visit message note interaction conversation write add",
    "remind": "reminder task to-do promise follow-up plan next step schedule note",
    "done": "complete finish tick check close resolve task",
    "snooze": "postpone delay later move reschedule defer cadence",
    "sell": "sale money revenue order invoice refund payment purchase buy pay",
    "add": "new create contact person organization company customer insert",
    "edit": "change modify update rename correct phone email address birthday cadence",
    "rm": "delete remove erase trash drop",
    "forget": "privacy gdpr personal data for good wipe",
    "tag": "label category group keyword untag",
    "copy": "clipboard yank phone number email address",
    "open": "call phone dial ring mail email write website browse number address",
    "kind": "filter timeline calls mails meetings history",
    "next": "following forward card",
    "previous": "before preceding card",
    "back": "return",
    "leave": "escape unmark unselect clear deselect",
    "mark": "select choose tick multiple",
    "mark-all": "select everything all",
    "owner": "assign responsible user colleague",
    "claim": "reserve hold lock protect release colleague",
    "export": "save file csv vcard download write backup",
    "sort": "order arrange alphabetical newest oldest value city organization last contact",
    "segment": "save search audience group list",
    "map": "places geography where located near town atlas coordinates visits",
    "filter": "query search narrow",
    "quotes": "offers estimates proposals",
    "invoices": "bills unpaid overdue payments",
    "send-quote": "offer mail",
    "view-quote": "offer seen looked",
    "accept-quote": "offer win order",
    "refuse-quote": "offer reject decline lose",
    "revise-quote": "offer change edit version",
    "write-quote": "offer print pdf html document",
    "bill-quote": "invoice charge",
    "pay-invoice": "paid payment money bill",
    "all": "done retired closed hidden everything",
    "rank": "sort order margin revenue lifetime orders",
    "currency": "money euro dollar pound exchange",
    "win-back": "slipping away lost silent at risk remind retention",
    "grid": "rfm recency frequency monetary heat map",
    "shade": "color heat map",
    "move-on": "deal stage advance forward next drag",
    "move-back": "deal stage return previous drag",
    "win": "deal won close success order",
    "lose": "deal lost close reason failure",
    "reopen": "deal open again won lost",
    "stage-left": "column stage",
    "stage-right": "column stage",
    "deal-owner": "owner mine colleague filter",
    "pipeline": "board deals switch other",
    "table": "list rows board view",
    "lead-owner": "assign lead user colleague round robin",
    "lead-process": "lead status working started",
    "convert": "lead deal opportunity qualify",
    "recycle": "lead later season wait",
    "drop": "lead dead close reject disqualify",
    "up": "cursor line above",
    "down": "cursor line below",
    "page-up": "scroll",
    "page-down": "scroll",
    "first": "top beginning start home",
    "last": "bottom end",
    "show": "enter open choose select",
    "merge": "combine join unite dedupe one",
    "dupes": "duplicates twins same dedupe merge clean up",
}
_SYNONYMS_OF_NOUN = {
    "interaction": "calls mails meetings visits notes history",
    "reminder": "tasks to-do promises",
    "sale": "orders revenue refunds",
    "product": "catalog prices items sku",
    "segment": "saved searches queries groups",
    "deal": "opportunities pipeline",
    "quote": "offers estimates proposals",
    "invoice": "bills unpaid overdue payments",
    "asset": "machines equipment serial warranty service maintenance",
    "contract": "agreements renewal notice terms",
    "dunning": "overdue reminders levels",
    "feedback": "wishes complaints ideas requests product",
    "benefit": "mvc best customers program",
    "gift": "mvc benefits given",
}

# How well an entry matches: the beginning of its title, of a synonym, of a word of its help.
_BY_TITLE, _BY_SYNONYM, _BY_HELP, _BY_LETTERS = 1.0, 0.7, 0.4, 0.1


class Entry(NamedTuple):
    """An action of the palette: its title, its help, and further words that find it."""

    title: str
    help: str
    synonyms: str
    run: Callable[[], Any]
    id: str = ""

    def score(self, query: str) -> float:
        """Return how well a query matches, from 0 (not at all) to 1."""
        words = fold(query).split()
        texts = (self.title, self.synonyms, self.help)
        for score, text in zip((_BY_TITLE, _BY_SYNONYM, _BY_HELP), texts, strict=True):
            known = re.split(r"[^\w]+", fold(text))
            if all(any(each.startswith(word) for each in known) for word in words):
                return score
        everything = fold(" ".join(texts))
        return _BY_LETTERS if all(word in everything for word in words) else 0.0


class PaletteApp(Protocol):
    """The part of the app that the palette uses."""

    def key_of(self, id_: str) -> str:
        """Return the key of an action, as the user has set it."""

    def open_records(self, noun: str) -> None:
        """Show the list of a noun."""

    def run_on_page(self, mode: str, action: str) -> None:
        """Show a page and run one of its actions there."""

    def palette_page(self) -> tuple[DOMNode | None, tuple[str, ...]]:
        """Return the current page, and the parts of the screen that it has."""


class ActionProvider(Provider):
    """The entries of the palette for Textual."""

    async def discover(self) -> Hits:
        """Yield all entries, before anything is typed."""
        for each in sorted(entries(self.app), key=lambda entry: entry.title):
            yield DiscoveryHit(each.title, each.run, help=each.help)

    async def search(self, query: str) -> Hits:
        """Yield the entries that a query finds."""
        for each in entries(self.app):
            if score := each.score(query):
                yield Hit(score, each.title, each.run, each.title, each.help)


def entries(app: App[Any]) -> Iterator[Entry]:
    """Yield the entries for actions, kinds of interactions, lists of nouns, and the hand-over."""
    yield from _action_entries(app)
    yield from _kind_entries(app)
    yield from _list_entries(cast("PaletteApp", app))
    yield _hand_over_entry(cast("AppContext", app))


def _action_entries(app: App[Any]) -> Iterator[Entry]:
    parts = cast("PaletteApp", app)
    page, scopes = parts.palette_page()
    here = keys.keys_of(*scopes)
    for key in here:
        if key.scope not in _HIDDEN_SCOPES and key.id != "palette":
            yield _entry(parts, key, _runner(app, key, page), "")
    for key in keys.KEYS:
        mode = _PAGE_OF_SCOPE.get(key.scope)
        if mode and key.scope not in scopes:
            yield _entry(parts, key, _distant_runner(parts, mode, key), f" on the {mode} page")


def _entry(parts: PaletteApp, key: Key, run: Callable[[], Any], where: str) -> Entry:
    help_ = f"{key.help} ({parts.key_of(key.id)}{where})"
    return Entry(title_of(key), help_, f"{key.id} {SYNONYMS.get(key.id, '')}", run, key.id)


def title_of(key: Key) -> str:
    """Return the title of an action."""
    return _TITLES.get(key.id) or key.id.replace("-", " ").capitalize()


def _kind_entries(app: App[Any]) -> Iterator[Entry]:
    page, scopes = cast("PaletteApp", app).palette_page()
    if "page" not in scopes:
        return
    for kind in KINDS:
        run = _runner(app, Key("page", "", "", f"log('{kind}')", "", ""), page)
        yield Entry(f"Log {kind}", _ENTRY_OF_KIND.format(kind), "write add new", run)


def _list_entries(parts: PaletteApp) -> Iterator[Entry]:
    from cardcrm.records import registry

    for type_ in registry.listed_types():
        which = type_.open_plural if type_.closed_by else f"all {type_.plural}"
        words = _SYNONYMS_OF_NOUN.get(type_.name, "")
        run = _opener(parts, type_.name)
        yield Entry(f"List {type_.plural}", f"{which}, to filter and edit", words, run)


def _hand_over_entry(context: AppContext) -> Entry:
    """Return the entry for the form that has no key, as it is needed once in years."""

    def run() -> None:
        from cardcrm.tui.forms import hand_over_form

        context.start_opening(hand_over_form.hand_over(context))

    words = "colleague leaves user owner assign transfer give successor"
    return Entry("Hand over records", "give the open records of a user to others", words, run)


def _opener(parts: PaletteApp, noun: str) -> Callable[[], None]:
    return lambda: parts.open_records(noun)


def _runner(app: App[Any], key: Key, page: DOMNode | None) -> Callable[[], Any]:
    """Return a function that runs an action on the app, the page, or what has the focus on it."""
    if key.scope == "list":
        return lambda: app.call_later(lambda: app.run_action(key.action, app.focused))
    namespace = app if key.scope == "app" else page
    return lambda: app.call_later(app.run_action, key.action, namespace)


def _distant_runner(parts: PaletteApp, mode: str, key: Key) -> Callable[[], None]:
    return lambda: parts.run_on_page(mode, key.action)
