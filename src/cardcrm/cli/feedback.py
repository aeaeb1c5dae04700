"""`feedback`: wishes and complaints of customers about products."""

from typing import Annotated

import typer

from cardcrm.cli.arguments import (
    Source,
    complete_contact,
    complete_from,
    parse_when,
    read_text,
    refuse_options,
    session_of,
)
from cardcrm.cli.record_group import build
from cardcrm.cli.record_options import parse_id
from cardcrm.cli.result import Result
from cardcrm.records.feedback.feedback_type import COMPLAINT, FEEDBACK, LONGEST, WISH

app = build(FEEDBACK, without=("add",))

FeedbackId = Annotated[
    str,
    typer.Argument(
        metavar="ID", help="Feedback, by its number.", autocompletion=Source("ids:feedback")
    ),
]


@app.command("add", context_settings={"ignore_unknown_options": True})
def add(
    ctx: typer.Context,
    who: Annotated[
        str, typer.Argument(metavar="WHO", help="Customer.", autocompletion=complete_contact)
    ],
    product: Annotated[
        str,
        typer.Argument(metavar="PRODUCT", help="Product.", autocompletion=Source("names:product")),
    ],
    text: Annotated[
        list[str], typer.Argument(metavar="TEXT…", help="The wish or complaint in words.")
    ] = [],
    kind: Annotated[
        str,
        typer.Option(
            metavar="WORD",
            help="Kind: wish or complaint.",
            autocompletion=complete_from(WISH, COMPLAINT),
        ),
    ] = WISH,
    on: Annotated[
        str, typer.Option(metavar="WHEN", help="Day on which it came in (default: today).")
    ] = "",
    case: Annotated[
        str,
        typer.Option(
            metavar="ID", help="Case that it came from.", autocompletion=Source("ids:case")
        ),
    ] = "",
) -> Result:
    """Add a wish or a complaint of a customer about a product.

    If several customers have the same wish, add them to it with `cardcrm feedback edit 3
    --supporter bob`, or merge two wishes with `cardcrm feedback merge`.

    Examples:
        cardcrm feedback add jane Rose longer stems

        cardcrm feedback add jane Rose --kind complaint wilts --case 12

    """
    from cardcrm.cli.record_output import describe, show_record
    from cardcrm.records import records
    from cardcrm.records.links import LinkChange

    session = session_of(ctx)
    refuse_options(ctx, [who, product, *text])
    store = session.store()
    contact = session.find_contact(who)
    words = " ".join(text) or read_text(session, LONGEST)
    texts = {"product": product, "text": words, "kind": kind, "case": case}
    if on:
        texts["on"] = parse_when(session, on, past=True).day.isoformat()
    record = records.add(store, FEEDBACK, texts, {"supporter": LinkChange([contact.id])})
    message = f"added {describe(store, record, {'product', 'supporter'})}"
    return Result(lambda: show_record(store, record), message)


@app.command("merge")
def merge(
    ctx: typer.Context,
    keep: FeedbackId,
    other: Annotated[
        str,
        typer.Argument(
            metavar="OTHER",
            help="Feedback to merge into it.",
            autocompletion=Source("ids:feedback"),
        ),
    ],
) -> Result:
    """Merge feedback into another of the same product.

    Its customers and its text move over.

    Example:
        cardcrm feedback merge 3 7

    """
    from cardcrm.cli.record_output import show_record
    from cardcrm.records.feedback import feedback
    from cardcrm.text import pluralize

    session = session_of(ctx)
    store = session.store()
    ids = [parse_id(FEEDBACK, each) for each in (keep, other)]
    record = feedback.merge(store, *ids)
    count = pluralize(record.columns["supporter_ids"].count(",") + 1, "customer")
    message = f"merged feedback {ids[1]} into {ids[0]}, which now has {count}"
    return Result(lambda: show_record(store, record), message)
