"""`case open`: open a case from what a contact said, or from a mail."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import refuse_options, session_of
from cardcrm.cli.case_reference import name_case, show
from cardcrm.cli.record_options import command_help, field_params, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param, give_signature
from cardcrm.errors import UsageError
from cardcrm.records.service.case_type import CASE

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.records.service.cases import Case

app = typer.Typer()

_WORDS = typer.Argument(metavar="[WHO TEXT…]", help="Contact, and the request in words.")
_MAIL = typer.Option("--mail", metavar="ID", help="Open it from a mail, by its id in the inbox.")
_NOT_AT_FIRST = ("contact", "text", "status", "rating", "opinion")
_OPEN_FIELDS = [each for each in CASE.editable if each.key not in _NOT_AT_FIRST]
_EXAMPLE = 'For example: cardcrm case open jane "the heater leaks"'


def open_case(ctx: typer.Context, **values: Any) -> Result:
    """Open a case from the words of a contact, or from a mail."""
    session = session_of(ctx)
    words, mail_id = values["words"], values["mail"]
    refuse_options(ctx, words)
    texts = read_texts(session, CASE, values)
    if mail_id is not None:
        return _open_from_mail(session, mail_id, words, texts)
    if not words:
        raise UsageError("no contact given", _EXAMPLE)
    return _open(session, words, texts)


def _open(session: Session, words: list[str], texts: dict[str, str]) -> Result:
    from cardcrm.records import records
    from cardcrm.records.service import cases

    store = session.store()
    contact, rest = session.split_contact(words)
    if not "".join(rest).strip():
        raise UsageError("a case needs a text", _EXAMPLE)
    colleagues = session.warn_of_colleagues(contact)
    own = {"contact": f"#{contact.id}", "text": " ".join(rest)}
    record = records.add(store, CASE, {**texts, **own})
    return _describe(session, cases.get(store, record.id))._replace(warnings=colleagues)


def _open_from_mail(
    session: Session, mail_id: int, words: list[str], texts: dict[str, str]
) -> Result:
    from cardcrm.records.service import case_mail

    if "opened" in texts:
        raise UsageError("a case from a mail opens when the mail came in", "Leave out --at.")
    if words:
        texts = {**texts, "text": " ".join(words)}
    return _describe(session, case_mail.open_from_mail(session.store(), mail_id, texts))


def _describe(session: Session, case: "Case") -> Result:
    """Return the result: the case, its deadline, and the other open cases of the contact."""
    from cardcrm.records import records

    record = records.get(session.store(), CASE, case.id)
    notes = (*_describe_due(session, record), *_describe_others(session, record))
    return Result(lambda: show(session, case.id), f"opened {name_case(case)}", notes)


def _describe_due(session: Session, record: "Record") -> list[str]:
    """Return the next deadline, if a service level has one, and what it is for."""
    from cardcrm.cli.case_output import format_moment

    due = record.values["due"]
    if due is None:
        return []
    what = "answer" if due == record.values["first_response_due"] else "solution"
    return [f"{what} due {format_moment(session.store(), due)} ({record.values['sla']})"]


def _describe_others(session: Session, record: "Record") -> list[str]:
    """Return the numbers of the other open cases of the contact."""
    from cardcrm.reports.service.related_cases import find_related

    related = find_related(session.store(), record.id)
    found = [str(each.id) for each in related if each.status not in ("solved", "closed")]
    if not found:
        return []
    cases = f"open case{'s' * (len(found) != 1)} {', '.join(found)}"
    merge = f"cardcrm case merge {found[0]} {record.id}"
    return [f"{record.values['contact']} also has {cases}; if it is the same problem: {merge}"]


give_signature(
    open_case,
    [
        Param("words", Annotated[list[str], _WORDS], []),
        Param("mail", Annotated[int | None, _MAIL], None),
        *field_params(CASE, _OPEN_FIELDS, is_new=True),
    ],
)
open_case.__doc__ = command_help(
    CASE,
    "Open a case for a customer's question or complaint.",
    "open jane the heater leaks --priority high --type incident",
    "open jane --product Rose --channel phone they wilted at once",
    "open --mail 50 --priority high",
)
app.command("open", context_settings={"ignore_unknown_options": True})(open_case)
