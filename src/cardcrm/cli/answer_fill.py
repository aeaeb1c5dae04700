"""Fill in a canned answer for a case, with the values that a person gives."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from cardcrm.cli.mail_preview import split_pair
from cardcrm.errors import UsageError
from cardcrm.text import normalize_line

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.knowledge.answers import CannedAnswer


def fill(
    session: "Session", name: str, case_id: int, pairs: Sequence[str]
) -> "tuple[CannedAnswer, str]":
    """Return an answer and its text for a case; a terminal asks for the values that are missing.

    Raises UsageError and NotFoundError.
    """
    from cardcrm.mail.answer_text import fill_answer
    from cardcrm.records.knowledge.answers import find_answer, list_asked
    from cardcrm.records.service import cases

    store = session.store()
    answer = find_answer(store, name)
    cases.get(store, case_id)
    values = dict(map(split_pair, pairs))
    for key in list_asked(store, answer):
        if key not in values and session.can_ask:
            values[key] = _ask(session, key)
    return answer, fill_answer(store, answer, case_id, values, session.config)


def _ask(session: "Session", key: str) -> str:
    value = normalize_line(session.ask(f"{key.replace('_', ' ')}: "))
    if not value:
        raise UsageError(f"no value given for {key}", f'Or give it with --set {key}="…"')
    return value
