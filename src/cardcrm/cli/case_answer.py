"""Compose the answer to a case from a canned answer or a text, and the link of a recording."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.cli.answer_fill import fill
from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.cli.session import Session


def compose(
    session: "Session",
    case_id: int,
    words: str,
    answer: str,
    pairs: Sequence[str],
    recording: str,
) -> tuple[str, int | None]:
    """Return the text of a reply, and the number of the canned answer in it, if any.

    Raises UsageError and NotFoundError.
    """
    if words and answer:
        raise UsageError("use either a text or --answer, not both", "Leave one of them out.")
    if pairs and not answer:
        raise UsageError("--set needs --answer", "For example: --answer sorry --set day=Friday")
    found, text = fill(session, answer, case_id, pairs) if answer else (None, words)
    parts = [text, _find_link(session, recording) if recording else ""]
    return "\n\n".join(filter(None, parts)), found.id if found else None


def _find_link(session: "Session", name: str) -> str:
    from cardcrm.records import records
    from cardcrm.records.knowledge.recordings import require_link

    values = records.find(session.store(), "recording", name).values
    return require_link(values["name"], values["link"])
