"""Check canned answers, list the values that they ask for, and answer cases with them."""

from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.records.mail.templates import make_snippet_finder
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

_PREFIX: Final = "values."


class CannedAnswer(NamedTuple):
    """A canned answer: its number, its name and its text with fields."""

    id: int
    name: str
    text: str


def find_answer(store: Store, name: str) -> CannedAnswer:
    """Return the answer that a name or a number stands for. Raises NotFoundError."""
    from cardcrm.records import records

    found = records.find(store, "answer", name)
    return CannedAnswer(found.id, found.values["name"], found.values["text"])


def check_answer(store: Store, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    """Return the columns of an answer again. Raises UsageError for an invalid text."""
    if columns.get("text"):
        check_text(store, columns["text"], columns.get("name") or f"{row_id}")
    return columns


def check_text(store: Store, text: str, name: str) -> dict[str, str]:
    """Return the snippets that the text of an answer includes. Raises UsageError."""
    if "{" not in text:
        return {}
    from cardcrm.records.mail.template_language import check

    return check(text, f"answer {name}", make_snippet_finder(store, "text", ""), is_html=False)


def list_asked(store: Store, answer: CannedAnswer) -> list[str]:
    """Return the values without a fallback that an answer asks for, in the order of its text."""
    if "{" not in answer.text:
        return []
    from cardcrm.records.mail.template_reads import find_reads

    snippets = check_text(store, answer.text, answer.name)
    whole = "\n".join([answer.text, *snippets.values()])
    fields = {
        field
        for source in (answer.text, *snippets.values())
        for field in find_reads(source, is_html=False).fields
    }
    names = [each.removeprefix(_PREFIX) for each in fields if each.startswith(_PREFIX)]
    return sorted(names, key=lambda name: (whole.find(f"{_PREFIX}{name}"), name))


@retry_transaction
def note_use(store: Store, answer_id: int, case_id: int, step: int | None) -> None:
    """Count an answer for a case that was answered with it, as part of the step of the reply."""
    with store.continue_step(step):
        store.insert(
            "answer_use",
            answer_id=answer_id,
            case_id=case_id,
            at=dates.current_instant(),
            author=store.author.name,
        )
