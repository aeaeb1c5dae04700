"""The text of a mail as it is edited: its subject in the first line, and the text below."""

from typing import NamedTuple

from cardcrm.errors import UsageError

_LABEL = "Subject:"


class EditedMail(NamedTuple):
    """The subject and the text of a mail that was edited."""

    subject: str
    text: str


def add_subject(subject: str, text: str) -> str:
    """Return the text to edit."""
    return f"{_LABEL} {subject}\n\n{text}"


def split_subject(written: str) -> EditedMail:
    """Return the parts of an edited text. Raises UsageError without a subject in front."""
    first, _, rest = written.lstrip().partition("\n")
    if not first.lower().startswith(_LABEL.lower()):
        raise UsageError("the first line must be the subject", f"Keep “{_LABEL}” at its start.")
    return EditedMail(first.partition(":")[2].strip(), rest.strip("\n"))
