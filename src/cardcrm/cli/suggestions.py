"""Suggestions for a command line that makes no sense; loaded only to report the mistake."""

from collections.abc import Sequence

from cardcrm.cli.commands import all_commands
from cardcrm.query import Term, unparse
from cardcrm.records.contacts.resolve import find_similar_names
from cardcrm.records.query_sql import value_completion
from cardcrm.store import Store
from cardcrm.text import find_similar, fold

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


def suggest_query(store: Store, words: Sequence[str]) -> str:
    """Return a question with a similar query, for one that matches nothing; or an empty text.

    The suggestion replaces a filter value that no contact has, or names similar contacts.
    """
    for word in words:
        field, colon, value = word.partition(":")
        known = value_completion.list_values(store, field.lower()) if colon and value else []
        similar = find_similar(value, known, limit=1) if fold(value) not in known else []
        if similar:
            return f"did you mean {unparse(Term(field.lower(), ':', similar[0]))}?"
    if not words or any(sign in word for word in words for sign in ":<>=("):
        return ""
    names = find_similar_names(store, " ".join(words))
    return f"did you mean {', '.join(names)}?" if names else ""
