"""`contract`: agreements with customers, their terms, notice and renewal."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm import dates
from cardcrm.cli.arguments import Source, parse_when, refuse_options, session_of
from cardcrm.cli.record_group import add_command, build, list_result
from cardcrm.cli.record_options import command_help, field_params, parse_id, read_texts
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param, give_signature
from cardcrm.errors import UsageError
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.records.record_type import RecordType

if TYPE_CHECKING:
    from cardcrm.records.assets.contracts import Contract, ExpiredTerms

app = build(CONTRACT, without=("add", "list"))

ContractId = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Number of a contract.", autocompletion=Source("ids:contract")
    ),
]


# add and list


_WORDS = typer.Argument(metavar="WHO TEXT…", help="Customer, and what is agreed.")
_ADD_FIELDS = [each for each in CONTRACT.editable if each.key not in ("contact", "text")]


def add(ctx: typer.Context, **values: Any) -> Result:
    """Add a contract with a customer."""
    from cardcrm.records import records
    from cardcrm.records.assets import contracts

    session = session_of(ctx)
    words = values["words"]
    refuse_options(ctx, words)
    if not words:
        raise UsageError(
            "no contact given", "For example: cardcrm contract add jane yearly maintenance"
        )
    contact, rest = session.split_contact(words)
    store = session.store()
    texts = read_texts(session, CONTRACT, values) | {"text": " ".join(rest)}
    record = records.add(store, CONTRACT, {**texts, "contact": f"#{contact.id}"})
    return _result(session, "added", contracts.get(store, record.id))


give_signature(
    add,
    [
        Param("words", Annotated[list[str], _WORDS], []),
        *field_params(CONTRACT, _ADD_FIELDS, is_new=True),
    ],
)
add.__doc__ = command_help(
    CONTRACT,
    "Add a contract with a customer.\n\n"
    "With --renewal it renews itself for that term, unless you cancel it in time.",
    "add jane service --asset SN123 --renewal 12m --notice 3m",
    "add acme flowers --end 2027-12-31 --price 240 --per month",
)
app.command("add", context_settings={"ignore_unknown_options": True})(add)


def _list(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """List the contracts that a query finds; say which ones are beyond their stored term."""
    from cardcrm.records.assets.contracts import find_expired

    session = session_of(ctx)
    refuse_options(ctx, values["query"])
    result = list_result(session, type_, " ".join(values["query"]), values)
    store = session.store()
    expired = find_expired(store, dates.today(store.locale.zone))
    count = len(expired.renewed) + len(expired.ended)
    if not count:
        return result
    note = f"the stored term of {type_.counted(count)} is over; to update: "
    return result._replace(notes=(*result.notes, f"{note}cardcrm contract renew"))


add_command(
    app, CONTRACT, "list", run=_list, examples=("list 'notice-by<30d'", "list 'end<60d' canceled")
)


# renew and end


@app.command("renew")
def renew(
    ctx: typer.Context,
    which: Annotated[
        str,
        typer.Argument(
            metavar="[ID]",
            help="Number of a contract (default: all whose term is over).",
            autocompletion=Source("ids:contract"),
        ),
    ] = "",
    until: Annotated[str, typer.Option(metavar="WHEN", help="New last day.")] = "",
    price: Annotated[str, typer.Option(metavar="AMOUNT", help="New price.")] = "",
) -> Result:
    """Renew a contract for its next term, or all whose term is over.

    Without a number, contracts that renew themselves get their next term, and canceled contracts
    past their last day are ended. Let cron do this every night; `due` and sequences are correct
    either way.

    Examples:
        cardcrm contract renew 12 --price 260

        cardcrm contract renew 12 --until 2028-12-31

        cardcrm contract renew

    """
    from cardcrm.records.assets import contracts

    session = session_of(ctx)
    store = session.store()
    if not which:
        if until or price:
            raise UsageError(
                "--until and --price are for one contract", "Give its number: cardcrm contract list"
            )
        return _show_updated(
            session, contracts.update_expired(store, dates.today(store.locale.zone))
        )
    end = parse_when(session, until).day if until else None
    contract = contracts.renew_contract(store, parse_id(CONTRACT, which), end, price)
    return _result(session, "renewed", contract)


def _show_updated(session: Session, updated: "ExpiredTerms") -> Result:
    """Return the contracts whose term was over; from cron nothing if there are none."""
    from cardcrm.cli.record_output import list_ids, list_lines

    found = [*updated.renewed, *updated.ended]
    ids = [each.id for each in found]
    lines = [f"renewed {_describe(session, each)}" for each in updated.renewed]
    lines += [f"ended {_describe(session, each)}" for each in updated.ended]
    if not found:
        notes = ("all contracts are within their terms",) if session.has_reader else ()
        return Result(lambda: list_ids(session, CONTRACT, ()), notes=notes)
    message = lines[0] if len(lines) == 1 else list_lines(CONTRACT.counted(len(lines)), lines)
    return Result(lambda: list_ids(session, CONTRACT, ids), message)


@app.command("end")
def end(
    ctx: typer.Context,
    which: ContractId,
    on: Annotated[
        str, typer.Option(metavar="WHEN", help="Last day (default: the end of the term).")
    ] = "",
) -> Result:
    """Cancel a contract, or end it on a day.

    Without --on it ends with its term, or, if the last day for notice has passed, with the next
    term. A canceled contract appears in `due` when it ends.

    Examples:
        cardcrm contract end 12

        cardcrm contract end 12 --on today

    """
    from cardcrm.records.assets import contracts

    session = session_of(ctx)
    when = parse_when(session, on).day if on else None
    ending = contracts.end_contract(session.store(), parse_id(CONTRACT, which), when)
    verb = "ended" if ending.contract.status == "ended" else "canceled"
    result = _result(session, verb, ending.contract)
    if not ending.is_late:
        return result
    again = f"cardcrm contract end {ending.contract.id} --on WHEN"
    late = "the last day for notice has passed, so it runs for another term"
    note = f"{late}; to end it earlier: {again}"
    return result._replace(notes=(note,))


def _result(session: Session, verb: str, contract: "Contract") -> Result:
    """Return the result of a verb: the contract, and what was done to it."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records

    store = session.store()
    return Result(
        lambda: show_record(store, records.get(store, CONTRACT, contract.id)),
        f"{verb} {_describe(session, contract)}",
    )


def _describe(session: Session, contract: "Contract") -> str:
    """Return a contract in a sentence: “contract 12 maintenance (Jane), until Thu 31 Dec”."""
    today = dates.today(session.store().locale.zone)
    named = f"contract {contract.id} {contract.text} ({contract.contact})"
    if not contract.end_on:
        return named
    until = f"until {dates.format_day(dt.date.fromisoformat(contract.end_on), today)}"
    if contract.status != "active" or not contract.notice_on:
        return f"{named}, {until}"
    notice = dates.format_day(dt.date.fromisoformat(contract.notice_on), today)
    return f"{named}, {until}, notice by {notice}"
