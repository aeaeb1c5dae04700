"""The text of errors, in a notice and in a form."""

from cardcrm.errors import AmbiguousError, CardcrmError, NotFoundError
from cardcrm.text import sanitize

MAX_CANDIDATES = 5  # of an ambiguous name that are listed
_SENTENCE_ENDS = (".", "?", "!", "…")


def notice_text(error: CardcrmError) -> str:
    """Return an error with its remedy, one line each, for a notice."""
    lines = [error.message]
    if isinstance(error, NotFoundError) and error.near:
        lines.append(f"Did you mean {', '.join(error.near)}?")
    if isinstance(error, AmbiguousError):
        lines += [f"{id_} {name}" for id_, name, _ in error.candidates[:MAX_CANDIDATES]]
    if error.hint:
        lines.append(error.hint)
    return "\n".join(map(sanitize, lines))


def one_line_text(error: CardcrmError) -> str:
    """Return an error with its remedy in one line, as in the shell."""
    text = error.message
    if isinstance(error, NotFoundError) and error.near:
        text += f" Did you mean {', '.join(error.near)}?"
    if isinstance(error, AmbiguousError):
        candidates = error.candidates[:MAX_CANDIDATES]
        text += ": " + ", ".join(f"#{id_} {name}" for id_, name, _ in candidates)
    if error.hint:
        text += f"{'' if text.endswith(_SENTENCE_ENDS) else '.'} {error.hint}"
    return text
