"""Fill in canned answers and the texts of call scripts for one contact."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from cardcrm.errors import CardcrmError
from cardcrm.mail.rendering import fill_source, name_sender
from cardcrm.mail.template_data import About, gather
from cardcrm.records.contacts import contact_queries
from cardcrm.records.knowledge.answers import CannedAnswer, check_text
from cardcrm.records.knowledge.script_tree import check_script_text
from cardcrm.records.service import cases
from cardcrm.store import Store
from cardcrm.text import normalize_block

if TYPE_CHECKING:
    from cardcrm.config import Config


def fill_answer(
    store: Store,
    answer: CannedAnswer,
    case_id: int,
    values: Mapping[str, str],
    settings: "Config",
) -> str:
    """Return the text of an answer for a case.

    Raises UsageError for a value that is missing, MissingValueError for an empty field of the
    contact, and NotFoundError for an unknown case.
    """
    case = cases.get(store, case_id)
    if "{" not in answer.text:
        return normalize_block(answer.text)
    snippets = check_text(store, answer.text, answer.name)
    given = gather_fields(store, case.contact_id, case_id, settings, values)
    where = f"answer {answer.name} for case {case_id}"
    return normalize_block(fill_source(answer.text, snippets, given, where))


def gather_fields(
    store: Store,
    contact_id: int,
    case_id: int | None,
    settings: "Config",
    values: Mapping[str, str] | None = None,
) -> dict[str, Any]:
    """Return the fields of a contact and a case, in the language of the contact."""
    about = name_sender(About(values=values or {}, case_id=case_id), settings)
    details = contact_queries.details(store, contact_id)
    language = details.contact.language.split(",")[0].strip() or "en"
    return gather(store, details, about, language)


def fill_script_text(text: str, given: Mapping[str, Any], where: str) -> str:
    """Return a text of a script with its fields; one that cannot be filled in stays as it is."""
    if "{" not in text:
        return text
    try:
        check_script_text(text, where)
        return fill_source(text, {}, given, where)
    except CardcrmError:
        return text
