"""Every key of the screen, tied to its action in this one place.

The id of an action that the shell has too is the command's name, so that one word serves both, and
is what the setting ``keys.ID`` gives other keys to. Keys that terminals or tmux take for themselves
(ctrl+b, ctrl+s, ctrl+z, shift+arrows, alt) are not used.
"""

from typing import NamedTuple

from textual.binding import Binding

from cardcrm.errors import UsageError
from cardcrm.text import find_similar


class Key(NamedTuple):
    """An action: where it is heard, its id, its usual keys, Textual's name of it, its label for
    the last line ("" is not shown there) and what it does.
    """

    where: str
    id: str
    keys: str
    action: str
    label: str
    help: str


KEYS: tuple[Key, ...] = (
    # everywhere
    Key("app", "help", "question_mark", "help", "help", "the keys of this screen"),
    Key("app", "today", "1", "show('today')", "", "what is to be done today"),
    Key("app", "cards", "2", "show('cards')", "", "all cards from A to Z"),
    Key("app", "value", "3", "show('value')", "", "which customers are worth most"),
    Key("app", "journal", "4", "show('journal')", "", "what was changed, and by whom"),
    Key("app", "find", "slash", "find", "find", "search the cards by words and filters"),
    Key("app", "palette", "colon,ctrl+p", "command_palette", "", "every action by its name"),
    Key("app", "undo", "u", "undo", "undo", "take back your last change"),
    Key("app", "redo", "ctrl+r", "redo", "redo", "do again what was taken back"),
    Key("app", "stop", "ctrl+g", "stop", "", "stop the long work that is under way"),
    Key("app", "theme", "ctrl+t", "next_theme", "", "dark, light or plain"),
    Key("app", "quit", "q", "leave", "", "leave (ctrl+c too, from anywhere)"),
    # what is done with the chosen card, wherever it is shown
    Key("page", "log", "l", "log", "log", "note a call, mail, meeting, visit, message or note"),
    Key("page", "remind", "n", "remind", "remind", "plan what comes next, or promise it"),
    Key("page", "done", "d", "done", "done", "tick off the reminder, and say how it went"),
    Key("page", "snooze", "s", "snooze", "snooze", "put the reminder off: fri, 2w, 3 mar 14:00"),
    Key("page", "sell", "m", "sell", "sell", "note a sale or a refund (money)"),
    Key("page", "add", "a", "add", "add", "a new card"),
    Key("page", "edit", "e", "edit", "edit", "change the card, or what is chosen on it"),
    Key("page", "rm", "delete", "remove", "", "remove what is chosen on the card, or the card"),
    Key("page", "tag", "t", "tag", "tag", "put tags on or take them off: +vip -cold"),
    Key("page", "copy", "y", "copy", "", "copy the chosen address, number or line"),
    Key("page", "open", "o", "open", "", "write or call: opens the address or number"),
    Key("page", "kind", "k", "kind", "", "the timeline: all, calls only, mails only, …"),
    Key(
        "page",
        "next",
        "right_square_bracket,greater_than_sign",
        "flip(1)",
        "",
        "flip to the next card",
    ),
    Key(
        "page",
        "previous",
        "left_square_bracket,less_than_sign",
        "flip(-1)",
        "",
        "flip to the card before",
    ),
    Key("page", "back", "backspace", "back", "", "back to where you came from"),
    # the drawer
    Key("cards", "mark", "space", "mark", "mark", "mark the card, to do something with several"),
    Key("cards", "mark-all", "asterisk", "mark_all", "", "mark all cards that are found"),
    Key("cards", "unmark", "escape", "unmark", "", "take all marks off"),
    Key("cards", "owner", "w", "assign", "", "say who looks after the card, or the marked ones"),
    Key("cards", "export", "x", "export", "", "write the marked or found cards to a file"),
    Key("cards", "segment", "v", "segment", "", "keep the search under a name, as a segment"),
    # value
    Key("value", "by", "b", "by", "rank by", "rank by revenue, margin, orders or lifetime value"),
    Key("value", "currency", "c", "currency", "", "the next currency there are sales in"),
    Key("value", "grid", "g", "grid", "grid", "the grid of recency and frequency, and back"),
    Key("value", "shade", "h", "shade", "", "shade the grid by customers or by revenue"),
    # the grid
    Key("grid", "later", "up", "cell(1, 0)", "", "to those who bought later"),
    Key("grid", "earlier", "down", "cell(-1, 0)", "", "to those who bought earlier"),
    Key("grid", "more", "right", "cell(0, 1)", "", "to those who bought more often"),
    Key("grid", "less", "left", "cell(0, -1)", "", "to those who bought less often"),
    Key("grid", "inside", "enter", "pick", "", "to the customers of the square"),
    # lists and the card
    Key("lines", "up", "up", "move(-1)", "", "up"),
    Key("lines", "down", "down", "move(1)", "", "down"),
    Key("lines", "page-up", "pageup", "page(-1)", "", "a page up"),
    Key("lines", "page-down", "pagedown", "page(1)", "", "a page down"),
    Key("lines", "first", "home", "end(-1)", "", "to the first"),
    Key("lines", "last", "end", "end(1)", "", "to the last"),
    Key("lines", "show", "enter", "choose", "", "open what is chosen"),
    # forms
    Key("form", "save", "ctrl+o", "save", "save", "save (enter too, but in a long text)"),
    Key("form", "editor", "f4", "editor", "$EDITOR", "write the long text in your editor"),
    Key("form", "leave", "escape", "leave", "leave", "leave without saving"),
    Key("form", "line-above", "up", "row(-1)", "", "the line above"),
    Key("form", "line-below", "down", "row(1)", "", "the line below, or what is offered there"),
    Key("form", "part-above", "pageup", "part(-1)", "", "the part above"),
    Key("form", "part-below", "pagedown", "part(1)", "", "the part below"),
)

# What opens a form, or leads to the search box or another page: what is pressed at once is for it.
OPENING = frozenset(
    (
        "today",
        "cards",
        "value",
        "journal",
        "log",
        "remind",
        "done",
        "snooze",
        "sell",
        "add",
        "edit",
        "tag",
        "owner",
        "export",
        "segment",
        "find",
    )
)


def bindings(where: str, *, priority: bool = False) -> list[Binding]:
    """The bindings of a place, with their ids and what they do."""
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
        for key in KEYS
        if key.where == where
    ]


def of_place(*places: str) -> list[Key]:
    """The keys that are heard in some places, in the order of the list."""
    return [key for key in KEYS if key.where in places]


def ids() -> list[str]:
    """The ids that keys can be set for."""
    return [key.id for key in KEYS]


def check(id_: str) -> None:
    """Raises UsageError, with what may be meant, where there is no action of that id."""
    if id_ in ids():
        return
    like = find_similar(id_, ids())
    raise UsageError(
        f"there is no action “{id_}” to give keys to",
        f"Did you mean keys.{like[0]}?" if like else "On the screen, ? lists them.",
    )
