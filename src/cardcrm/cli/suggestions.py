"""What somebody may have meant whose command line makes no sense; loaded only to tell them."""

from collections.abc import Sequence
from typing import Any

from cardcrm.cli.commands import NOUNS
from cardcrm.errors import UsageError
from cardcrm.query import Term, unparse
from cardcrm.records.contacts.resolve import nearest
from cardcrm.records.query_sql import value_completion
from cardcrm.store import Store
from cardcrm.text import fold, near

# What other programs, and people, call our commands.
_ALSO = {
    "add": "new create insert",
    "find": "list ls search query grep contacts customers cards people",
    "show": "view open get info card",
    "edit": "update change set modify",
    "rm": "delete remove del",
    "log": "note call met mail visit",
    "due": "todo today agenda tasks reminders next",
    "remind": "task reminder plan promise",
    "done": "complete finish close tick",
    "sell": "sale sales order buy refund invoice",
    "value": "report stats top revenue",
    "demo": "learn tutorial tour sample example start",
    "journal": "history changes",
    "tui": "screen ui gui",
    "db": "backup restore check sql",
    "config": "settings setup init",
}


def command_hint(word: str) -> str:
    """For a word that is no command: the one it means, or how a card of that name is shown."""
    like = near(word, NOUNS, limit=1)
    also = like or [name for name, words in _ALSO.items() if word.lower() in words.split()]
    if also:
        return f"Did you mean `cardcrm {also[0]}`?"
    return f"See `cardcrm --help`; a card is shown by `cardcrm show {word}`."


def what_is_missing(error: Any) -> UsageError | None:
    """That an argument or option is missing, with the first example of the command's help.

    None where there is no example.
    """
    lines = (error.ctx.command.help or "").replace("[dim][/dim]", "").splitlines()
    example = next((line.strip() for line in lines if line.startswith("    cardcrm ")), "")
    param = error.param
    if not example or param is None:
        return None
    name = param.metavar if param.param_type_name == "argument" else param.opts[0]
    name = str(name or param.name).rstrip("…")
    return UsageError(f"{name} is missing", f"For example: {example}")


def query_hint(store: Store, words: Sequence[str]) -> str:
    """Of a query that finds nothing: what it may have meant to find, as a question, or nothing.

    A value that nobody has may be one like it; words may be a name like them.
    """
    for word in words:
        field, colon, value = word.partition(":")
        known = value_completion.list_values(store, field.lower()) if colon and value else []
        like = near(value, known, limit=1) if fold(value) not in known else []
        if like:
            return f"did you mean {unparse(Term(field.lower(), ':', like[0]))}?"
    if not words or any(sign in word for word in words for sign in ":<>=("):
        return ""
    names = nearest(store, " ".join(words))
    return f"did you mean {', '.join(names)}?" if names else ""
