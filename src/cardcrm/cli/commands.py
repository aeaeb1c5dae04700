"""The list of commands: where each one lives and its one line of help.

The list is what `cardcrm --help` shows, so that help needs to load no command; a test holds each
line equal to the command's own.
"""

from typing import NamedTuple

CARDS = "Cards"
DAY = "The day's work"
MONEY = "Money"
BORDER = "In and out"
BOX = "The box"


class Noun(NamedTuple):
    """A command: its panel in the help, the module it lives in, its summary, group or verb."""

    panel: str
    module: str
    summary: str
    group: bool = False


NOUNS: dict[str, Noun] = {
    "add": Noun(CARDS, "contact", "Add a card for a person or an organisation."),
    "find": Noun(CARDS, "find", "Find cards by words and filters."),
    "show": Noun(CARDS, "show", "Show a card with all that is on it."),
    "brief": Noun(CARDS, "show", "Show what to know in the minute before a call."),
    "edit": Noun(CARDS, "edit", "Change a card, or many at once."),
    "tag": Noun(CARDS, "tag", "Put tags on a card, or take them off."),
    "rm": Noun(CARDS, "delete", "Remove cards with everything on them."),
    "merge": Noun(CARDS, "delete", "Merge two cards of the same contact into one."),
    "log": Noun(
        DAY, "interaction", "Note what happened: a call, mail, meeting, visit, message or note."
    ),
    "remind": Noun(DAY, "reminder", "Plan a follow-up for a contact."),
    "due": Noun(DAY, "due", "Show what is due: reminders, promises, losing touch, birthdays."),
    "done": Noun(DAY, "reminder", "Tick off reminders; recurring ones move to their next date."),
    "snooze": Noun(DAY, "reminder", "Put a reminder off."),
    "sell": Noun(MONEY, "sale", "Note a sale or a refund."),
    "value": Noun(MONEY, "value", "Show which customers are worth most."),
    "product": Noun(MONEY, "product", "The catalogue of what is sold.", group=True),
    "import": Noun(BORDER, "import_export", "Read contacts from a CSV or vCard file."),
    "export": Noun(BORDER, "import_export", "Write contacts to a CSV or vCard file."),
    "segment": Noun(CARDS, "segment", "Queries saved under a name.", group=True),
    "field": Noun(CARDS, "field", "Custom fields and their types.", group=True),
    "tui": Noun(DAY, "tui", "Open the screen: the day's work, the cards, value and journal."),
    "undo": Noun(BOX, "journal", "Take back your last command."),
    "redo": Noun(BOX, "journal", "Do again what was undone."),
    "journal": Noun(BOX, "journal", "Show what was changed, when and by whom."),
    "db": Noun(
        BOX, "db", "Look after the card box: info, backup, restore, check, phones, sql.", group=True
    ),
    "config": Noun(BOX, "config", "Settings: what there is, and what it is set to.", group=True),
    "demo": Noun(BOX, "demo", "Fill a sample box to try things in."),
}
