"""`quote send`, `view`, `refuse` and `accept`: what became of a quote."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, parse_when, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.sheet import Card

app = typer.Typer()

QuoteId = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Number of a quote, or Q-0012.", autocompletion=Source("ids:quote")
    ),
]
On = Annotated[str, typer.Option(metavar="WHEN", help="Day on which it happened (default: today).")]


@app.command("send")
def send(ctx: typer.Context, which: QuoteId, on: On = "") -> Result:
    """Mark a quote as sent to the customer; from then on it stays as it is.

    Example:
        cardcrm quote send 12

    """
    from cardcrm.records.quotes import quotes

    session = session_of(ctx)
    record = quotes.send(session.store(), parse_quote(session, which), _when(session, on))
    return _state(session, record, "sent")


@app.command("view")
def view(ctx: typer.Context, which: QuoteId, on: On = "") -> Result:
    """Mark a quote as viewed: the customer has looked at it.

    Example:
        cardcrm quote view 12 --on yesterday

    """
    from cardcrm.records.quotes import quotes

    session = session_of(ctx)
    record = quotes.mark_viewed(session.store(), parse_quote(session, which), _when(session, on))
    return _state(session, record, "viewed")


@app.command("refuse")
def refuse(
    ctx: typer.Context,
    which: QuoteId,
    reason: Annotated[str, typer.Option(metavar="TEXT", help="Reason of the customer.")] = "",
    on: On = "",
) -> Result:
    """Mark a quote as refused by the customer; its deal stays open.

    Example:
        cardcrm quote refuse 12 --reason "too dear"

    """
    from cardcrm.records.quotes import quotes

    session = session_of(ctx)
    quote_id = parse_quote(session, which)
    record = quotes.refuse(session.store(), quote_id, reason, _when(session, on))
    hint = f"; for a new version: cardcrm quote revise {quote_id}"
    return _state(session, record, "refused", hint)


@app.command("accept")
def accept(
    ctx: typer.Context,
    which: QuoteId,
    take: Annotated[
        list[str],
        typer.Option(
            "--with",
            metavar="NAME",
            help="Optional line that the customer takes, by number or name; can be repeated.",
        ),
    ] = [],
    on: On = "",
    no_sale: Annotated[
        bool, typer.Option("--no-sale", help="Record no sale, such as for one that is there.")
    ] = False,
) -> Result:
    """Accept a quote: its deal is won with its lines, and becomes a sale.

    The other open quotes of the deal are canceled. Undo reverts all of it.

    Examples:
        cardcrm quote accept 12

        cardcrm quote accept 12 --with gutter --on fri

    """
    from cardcrm.cli.deal_output import describe_won, note_late_steps
    from cardcrm.cli.quote_output import describe_new_amount, name_quote
    from cardcrm.records.quotes import quotes

    session = session_of(ctx)
    quote_id = parse_quote(session, which)
    done = quotes.accept(
        session.store(), quote_id, optional=take, when=_when(session, on), has_sale=not no_sale
    )
    late = f"the validity of quote {done.record.values['number']} had ended"
    return Result(
        lambda: show_quote(session, quote_id),
        f"accepted {name_quote(done.record)}; {describe_won(session, done.moved)}"
        f"{describe_new_amount(done)}",
        notes=note_late_steps(session, done.moved.after.id),
        warnings=(late,) if done.is_late else (),
    )


def _state(session: Session, record: "Record", status: str, hint: str = "") -> Result:
    from cardcrm.cli.quote_output import name_quote

    message = f"marked {name_quote(record)} as {status}{hint}"
    return Result(lambda: show_quote(session, record.id), message)


def _when(session: Session, on: str) -> Any:
    return parse_when(session, on, past=True) if on else None


def parse_quote(session: Session, text: str) -> int:
    """Return the id of a quote that a number means, or the last version of one such as Q-0012."""
    from cardcrm.records.quotes.find_quote import find_quote

    return find_quote(session.store(), text)


def show_quote(session: Session, quote_id: int) -> "Card":
    """Return a quote as `quote show` does."""
    from cardcrm.cli.quote_output import build_card

    return build_card(session.store(), quote_id)
