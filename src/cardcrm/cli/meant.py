"""What somebody may have meant whose command line makes no sense; loaded only to tell them."""

from typing import Any

from cardcrm.cli.nouns import NOUNS
from cardcrm.errors import UsageError
from cardcrm.text import near

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
