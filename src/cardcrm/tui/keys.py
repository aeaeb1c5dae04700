"""All key bindings of the screen.

The id of an action that is also a shell command is that command's name. The setting ``keys.ID``
gives an action other keys. Keys that terminals or tmux use themselves (ctrl+b, ctrl+s, ctrl+z,
shift+arrow keys, alt) are not used.
"""

from textual.binding import Binding

from cardcrm.errors import UsageError
from cardcrm.text import find_similar
from cardcrm.tui.call_bindings import CALL_FOOTERS, CALL_KEYS
from cardcrm.tui.case_bindings import CASE_FOOTERS, CASE_KEYS
from cardcrm.tui.inbox_bindings import INBOX_FOOTERS, INBOX_KEYS, OWN_INBOX_KEYS
from cardcrm.tui.key_type import NEXT, PREVIOUS, Key
from cardcrm.tui.lead_bindings import LEAD_FOOTERS, LEAD_KEYS
from cardcrm.tui.map_bindings import MAP_FOOTERS, MAP_KEYS

KEYS: tuple[Key, ...] = (
    # everywhere
    Key("app", "help", "question_mark", "help", "help", "show the keys of this page"),
    Key("app", "today", "1", "show('today')", "", "show what is due today"),
    Key("app", "contacts", "2", "show('contacts')", "", "show all contacts from A to Z"),
    Key("app", "value", "3", "show('value')", "", "show which customers are worth most"),
    Key("app", "journal", "4", "show('journal')", "", "show all changes and who made them"),
    Key("app", "insights", "5", "show('insights')", "", "show pictures of sales and customers"),
    Key("app", "deals", "6", "show('deals')", "", "show the deals of a pipeline by stage"),
    Key("app", "leads", "7", "show('leads')", "", "show the leads, which may become deals"),
    Key("app", "calls", "8", "show('calls')", "", "show whom to call next, and why"),
    Key("app", "inbox", "9", "show('inbox')", "", "show the mail that waits for an answer"),
    Key("app", "cases", "0", "show('cases')", "", "show the queue of cases: what is due first"),
    Key("app", "find", "slash", "find", "find", "search everything; on Contacts, filter the list"),
    Key(
        "app",
        "search",
        "ctrl+p",
        "search",
        "",
        "find any contact, deal, quote, product, action …",
    ),
    Key("app", "palette", "colon", "command_palette", "all actions", "find any action by name"),
    Key("app", "undo", "u", "undo", "undo", "undo your last change"),
    Key("app", "redo", "ctrl+r", "redo", "redo", "redo the change you undid last"),
    Key("app", "stop", "ctrl+g", "stop", "", "stop the long job in progress"),
    Key("app", "theme", "ctrl+t", "next_theme", "", "switch the theme: dark, light or plain"),
    Key("app", "quit", "q", "quit_app", "quit", "quit (Ctrl+C also quits, from anywhere)"),
    # on the selected contact, wherever it is shown
    Key("page", "log", "l", "log", "log", "log a call, mail, meeting, visit, message or note"),
    Key("page", "remind", "n", "remind", "remind", "add a reminder or a promise"),
    Key("page", "done", "d", "done", "done", "mark the reminder done, and log how it went"),
    Key("page", "snooze", "s", "snooze", "snooze", "move the reminder or touch: fri, 2w"),
    Key("page", "sell", "m", "sell", "sell", "record a sale or a refund (money)"),
    Key("page", "add", "a", "add", "add", "add a contact"),
    Key("page", "edit", "e", "edit", "edit", "edit the contact, or the selected line of its card"),
    Key(
        "page",
        "rm",
        "delete",
        "remove",
        "delete",
        "delete the card's selected line, or the contact",
    ),
    Key(
        "page",
        "forget",
        "exclamation_mark",
        "forget",
        "forget",
        "erase the contact for good, also from the journal",
    ),
    Key("page", "tag", "t", "tag", "tag", "add or remove tags: +vip -cold"),
    Key("page", "claim", "C", "claim", "claim", "claim the contact for some days, or release it"),
    Key("page", "copy", "y", "copy", "copy", "copy the selected address, number or line"),
    Key("page", "open", "o", "open", "call", "write or call: open the address or number"),
    Key(
        "page",
        "quotes",
        "quotation_mark",
        "quotes",
        "quotes",
        "list the quotes of the contact, or of the selected deal",
    ),
    Key(
        "page",
        "invoices",
        "dollar_sign",
        "invoices",
        "invoices",
        "list the invoices of the contact",
    ),
    Key("page", "kind", "f", "kind", "filter", "filter the timeline: all, calls, mails, …"),
    Key("page", "next", NEXT, "flip(1)", "", "show the next contact"),
    Key("page", "previous", PREVIOUS, "flip(-1)", "", "show the previous contact"),
    Key("page", "back", "backspace", "back", "", "go back"),
    Key(
        "page",
        "leave",
        "escape",
        "leave",
        "back",
        "leave the card; remove the marks; end the search",
    ),
    # the lists whose lines can be marked
    Key("marks", "mark", "space", "mark", "mark", "mark the line, to act on all marked ones"),
    Key("marks", "mark-all", "asterisk", "mark_all", "", "mark all lines, or all contacts found"),
    # the day, and the list of calls
    Key(
        "today",
        "call",
        "enter",
        "call",
        "call",
        "begin call mode with the line and those like it, or with the marked ones",
    ),
    Key("today", "card", "tab,right", "card", "card", "go to the card"),
    # the contact list
    Key(
        "contacts",
        "owner",
        "w",
        "assign",
        "owner",
        "set the owner of the contact, or of all marked",
    ),
    Key("contacts", "export", "x", "export", "export", "export the marked contacts, or all found"),
    Key(
        "contacts", "merge", "ampersand", "merge", "merge", "merge the two marked contacts into one"
    ),
    Key(
        "contacts",
        "dupes",
        "equals_sign",
        "duplicates",
        "duplicates",
        "go through the likely duplicates one by one",
    ),
    Key("contacts", "sort", "b", "next_sort", "sort", "sort by name, organization, city, value …"),
    Key("contacts", "segment", "v", "segment", "segment", "save the search as a segment"),
    *MAP_KEYS,
    # the list of a noun
    Key("records", "filter", "f3", "filter", "filter", "filter the list by a query"),
    Key(
        "records",
        "all",
        "v",
        "show_all",
        "show all",
        "show or hide those that are done or retired",
    ),
    *LEAD_KEYS,
    *INBOX_KEYS,
    *CASE_KEYS,
    # the quotes of a deal, of a contact, or of all
    Key("quotes", "send-quote", "S", "send", "send", "mark the quote as sent"),
    Key("quotes", "view-quote", "V", "view", "viewed", "mark the quote as viewed by the customer"),
    Key("quotes", "accept-quote", "A", "accept", "accept", "accept the quote: its deal is won"),
    Key("quotes", "refuse-quote", "R", "refuse", "refuse", "mark the quote as refused"),
    Key("quotes", "revise-quote", "N", "revise", "new version", "add the next version of it"),
    Key("quotes", "write-quote", "P", "write", "write", "write the quote to a PDF or HTML file"),
    Key("quotes", "bill-quote", "B", "bill", "bill", "add an invoice for the quote"),
    # invoices
    Key("invoices", "pay-invoice", "P", "pay", "paid", "record a payment of the invoice"),
    Key("sequences", "pause-sequence", "P", "pause", "pause", "pause the sequence, or go on"),
    # value
    Key("value", "rank", "b", "rank", "rank by", "rank by revenue, margin, orders, lifetime value"),
    Key("value", "currency", "c", "currency", "currency", "switch to the next currency with sales"),
    Key("value", "grid", "g", "grid", "grid", "open or close the recency and frequency grid"),
    Key("value", "win-back", "w", "win_back", "win back", "add a reminder for each slipping away"),
    Key("value", "shade", "h", "shade", "shade", "shade the grid by customers or by revenue"),
    # insights
    Key(
        "insights",
        "insight-currency",
        "c",
        "currency",
        "currency",
        "show the pictures in the next currency",
    ),
    # the deals of a pipeline
    Key(
        "board",
        "move-on",
        f"{NEXT},ctrl+right",
        "move_deal(1)",
        "move on",
        "move the deal to the next stage (or drag it there)",
    ),
    Key(
        "board",
        "move-back",
        f"{PREVIOUS},ctrl+left",
        "move_deal(-1)",
        "move back",
        "move the deal to the stage before",
    ),
    Key("board", "win", "w", "win", "win", "win the deal: it becomes a sale"),
    Key("board", "lose", "x", "lose", "lose", "lose the deal, for a reason"),
    Key("board", "reopen", "r", "reopen", "reopen", "open a deal that was won or lost again"),
    Key("board", "stage-left", "left", "step(-1)", "", "go to the column on the left"),
    Key("board", "stage-right", "right", "step(1)", "", "go to the column on the right"),
    Key("board", "deal-owner", "b", "next_owner", "owner", "show all deals, mine, or one owner's"),
    Key("board", "pipeline", "p", "pipeline", "pipeline", "show the next pipeline"),
    Key("board", "table", "v", "table", "table", "show the same deals as a table, or as a board"),
    # a picture
    Key("pictures", "above", "up,k", "screen.step(0, -1)", "", "move to the picture above"),
    Key("pictures", "below", "down,j", "screen.step(0, 1)", "", "move to the picture below"),
    Key("pictures", "left", "left", "screen.step(-1, 0)", "", "move to the picture before"),
    Key("pictures", "right", "right", "screen.step(1, 0)", "", "move to the next picture"),
    Key("pictures", "top", "home", "screen.jump(0)", "", "move to the first picture"),
    Key("pictures", "bottom", "end", "screen.jump(-1)", "", "move to the last picture"),
    Key("pictures", "behind", "enter", "pick", "list", "open the list behind the picture"),
    # the grid
    Key("grid", "later", "up,k", "move(1, 0)", "", "move to more recent buyers"),
    Key("grid", "earlier", "down,j", "move(-1, 0)", "", "move to less recent buyers"),
    Key("grid", "more", "right", "move(0, 1)", "", "move to more frequent buyers"),
    Key("grid", "less", "left", "move(0, -1)", "", "move to less frequent buyers"),
    Key("grid", "inside", "enter", "pick", "customers", "go to the customers in the cell"),
    # lists and the card
    Key("list", "up", "up,k", "move(-1)", "", "move up"),
    Key("list", "down", "down,j", "move(1)", "", "move down"),
    Key("list", "page-up", "pageup", "page(-1)", "", "move a page up"),
    Key("list", "page-down", "pagedown", "page(1)", "", "move a page down"),
    Key("list", "first", "home", "end(-1)", "", "move to the first line"),
    Key("list", "last", "end", "end(1)", "", "move to the last line"),
    Key("list", "show", "enter", "choose", "open", "open the selected line"),
    *CALL_KEYS,
    # forms
    Key("form", "save", "ctrl+o", "save", "save", "save (so does Enter, except in a long text)"),
    Key("form", "editor", "f4", "editor", "$EDITOR", "edit the long text in $EDITOR"),
    Key("form", "cancel", "escape", "cancel", "cancel", "close without saving"),
    Key("form", "line-above", "up", "line(-1)", "", "move to the line above"),
    Key("form", "line-below", "down", "line(1)", "", "move to the line below, or a suggestion"),
    Key("form", "section-above", "pageup", "section(-1)", "", "move to the section above"),
    Key("form", "section-below", "pagedown", "section(1)", "", "move to the section below"),
)

# The actions of a page that are about the selected record in the list of a noun.
_RECORD_KEYS: tuple[Key, ...] = (
    Key("records", "add", "a", "add", "add", "add a record"),
    Key("records", "sort", "b", "next_sort", "sort", "sort by the next column, then in reverse"),
    Key("records", "edit", "e", "edit", "edit", "edit the record, or the selected line of a card"),
    Key(
        "records",
        "rm",
        "delete",
        "remove",
        "delete",
        "delete the record, or a card's selected line",
    ),
)

# The actions of the page of deals that other pages have for a contact.
_DEAL_KEYS: tuple[Key, ...] = (
    Key("board", "add", "a", "add", "add", "add a deal in one line"),
    Key("board", "edit", "e", "edit", "edit", "edit the deal"),
    Key("board", "rm", "delete", "remove", "delete", "delete the deal"),
    Key("board", "remind", "n", "remind", "next step", "plan the next step of the deal"),
    Key("board", "filter", "f3", "filter", "filter", "filter the deals by a query"),
)
_OWN_KEYS = {"records": _RECORD_KEYS, "board": _DEAL_KEYS, "inbox": OWN_INBOX_KEYS}
_REPLACED = {
    "board": ("next", "previous", "kind"),  # their keys move the deal
    "today": ("show",),  # its key begins call mode
    "inbox": ("done",),  # its key opens a deal
}

# The actions in the footer, the most used first, by the page and by what the keys are for: the
# list, the marked rows, the card, or the grid. Pages that are not named have those of "".
_FOOTERS: dict[tuple[str, str], str] = {
    ("today", "list"): "call done snooze log remind sell edit mark tag find add undo redo",
    ("today", "marked"): "call done snooze log remind tag leave rm mark",
    (
        "contacts",
        "list",
    ): "find log remind sell mark edit add tag sort undo export segment redo map",
    ("contacts", "marked"): "tag remind log leave owner export merge rm mark mark-all",
    ("value", "list"): "rank grid show currency log remind find win-back",
    ("value", "grid"): "inside leave shade grid currency",
    ("insights", "pictures"): "behind insight-currency find",
    ("insights", "list"): "show leave log remind sell find",
    ("journal", "list"): "undo redo show find",
    ("journal", "card"): "leave undo redo",
    ("records", "list"): "filter show add rm sort done log all edit undo",
    **LEAD_FOOTERS,
    ("quotes", "list"): "show add send-quote accept-quote refuse-quote view-quote write-quote "
    "revise-quote bill-quote filter all back rm sort undo",
    ("invoices", "list"): "pay-invoice show add filter all back rm sort log undo",
    ("sequences", "list"): "pause-sequence show add filter rm sort undo",
    (
        "deals",
        "list",
    ): "move-on move-back add win lose edit remind quotes show table deal-owner filter "
    "pipeline reopen undo",
    ("calls", "list"): "call card log remind snooze sell edit find undo redo",
    **INBOX_FOOTERS,
    **CASE_FOOTERS,
    **CALL_FOOTERS,
    **MAP_FOOTERS,
    (
        "deals",
        "table",
    ): "show add win lose edit remind quotes table deal-owner filter pipeline reopen undo",
    ("", "card"): "show edit copy open leave log remind sell done kind rm undo forget",
}
_ALWAYS = ("palette", "help")  # at the end
_ALWAYS_IN = {"call": ("call-help",), "map": ("map-help",)}  # modes that the palette does not reach


def footer_ids(mode: str, focus: str) -> tuple[str, ...]:
    """Return the ids of the actions that the footer lists, the most used first."""
    found = _FOOTERS.get((mode, focus)) or _FOOTERS.get(("", focus)) or _FOOTERS[mode, "list"]
    return *found.split(), *_ALWAYS_IN.get(mode, _ALWAYS)


# The keys that a value of the setting ``keymap`` gives to actions. Those of vim that tmux uses
# (ctrl+b) are left out; a page of its own scope may use a key that the list has elsewhere.
PRESETS: dict[str, dict[str, str]] = {
    "default": {},
    "vim": {
        "first": "home,g",
        "last": "end,G",
        "page-up": "pageup,ctrl+u",
        "page-down": "pagedown,ctrl+d",
        "show": "enter,l",
        "call": "enter,l",
        "leave": "escape,h",
        "rm": "delete,x",
        "log": "i",
        "export": "p",
        "grid": "z",
        "shade": "H",
        "more": "right,l",
        "less": "left,h",
        "right": "right,l",
        "left": "left,h",
        "top": "home,g",
        "bottom": "end,G",
        "lose": "X",
        "drop": "X",
        "mail-done": "X",
        "case-solve": "X",
    },
}

# Actions that open a form, the search box or another page: keys typed right after are for it.
OPENING_ACTIONS = frozenset((
    "today", "contacts", "value", "journal", "insights", "deals", "leads", "calls",
    "inbox", "call", "cases", "map",
    "find", "search", "quotes", "invoices",
    "log", "remind", "done", "snooze", "sell",
    "add", "edit", "tag", "owner", "export", "segment", "merge",
    "lead-owner", "convert", "recycle", "drop",
    "accept-quote", "refuse-quote", "revise-quote", "write-quote", "bill-quote", "pay-invoice",
    "reply", "mail-deal", "take-sender", "case-reply", "case-solve",
))  # fmt: skip


def bindings(*scopes: str, priority: bool = False) -> list[Binding]:
    """Return the bindings of some scopes, with their ids and help."""
    return [
        Binding(
            key.keys,
            key.action,
            key.label or key.help,
            show=bool(key.label),
            id=key.id,
            tooltip=key.help,
            priority=priority,
        )
        for key in keys_of(*scopes)
    ]


def without(ids: str, *scopes: str) -> list[Binding]:
    """Return the bindings of some scopes without those of some ids, one word each."""
    return [each for each in bindings(*scopes) if each.id not in ids.split()]


def keys_of(*scopes: str) -> list[Key]:
    """Return the keys of some scopes, in the order of the list."""
    own = [key for scope in scopes for key in _OWN_KEYS.get(scope, ())]
    replaced = {key.id for key in own}.union(*(_REPLACED.get(scope, ()) for scope in scopes))
    found = [key for key in KEYS if key.scope in scopes and key.id not in replaced]
    return [*found, *own]


def ids() -> list[str]:
    """Return the ids that keys can be set for."""
    return [key.id for key in KEYS]


def check_id(id_: str) -> None:
    """Raise UsageError, with the nearest id, if there is no action of that id."""
    if id_ in ids():
        return
    like = find_similar(id_, ids())
    raise UsageError(
        f"unknown action “{id_}” in the key settings",
        f"Did you mean keys.{like[0]}?" if like else "Press ? on the screen for a list.",
    )
