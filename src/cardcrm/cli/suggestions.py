"""Suggestions for a command line that makes no sense; loaded only to report the mistake."""

from cardcrm.cli.commands import all_commands
from cardcrm.text import find_similar

# Words that other programs and people use for our commands.
SYNONYMS = {
    "add": "new create insert",
    "find": "list ls search query grep contacts customers cards people",
    "show": "view open get info card",
    "edit": "update change set modify",
    "rm": "delete remove del",
    "log": "note call met mail visit",
    "due": "todo today agenda tasks reminders next",
    "remind": "task plan promise",
    "done": "complete finish close tick",
    "sell": "sales order buy refund invoice",
    "value": "stats top",
    "report": "revenue turnover statistics",
    "demo": "learn tutorial tour sample example start",
    "journal": "history changes",
    "tui": "screen ui gui",
    "db": "backup restore check sql",
    "config": "settings setup init",
}


def suggest_command(word: str) -> str:
    """Return a hint for an unknown command: a similar one, or how to show a contact."""
    similar = find_similar(word, all_commands(), limit=1)
    found = similar or [name for name, words in SYNONYMS.items() if word.lower() in words.split()]
    if found:
        return f"Did you mean `cardcrm {found[0]}`?"
    return f"See `cardcrm --help`. To show a contact: `cardcrm show {word}`."
