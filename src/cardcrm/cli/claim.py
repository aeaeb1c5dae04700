"""`claim`: look after a contact alone for some days, so that no work is done twice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import complete_contact, parse_when, session_of
from cardcrm.cli.record_group import add_command, build, list_result
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.cli.signature import Param
from cardcrm.errors import UsageError
from cardcrm.records.fields import name_user
from cardcrm.records.record_type import RecordType
from cardcrm.records.teamwork.claim_type import CLAIM, DEFAULT_TIME

if TYPE_CHECKING:
    from cardcrm.query import Node
    from cardcrm.records.contacts.contacts import Contact
    from cardcrm.sheet import Card

app = build(CLAIM, without=("add", "list"))


@app.command("add")
def add(
    ctx: typer.Context,
    who: Annotated[
        list[str],
        typer.Argument(
            metavar="WHO", help="Contact; needs no quotes.", autocompletion=complete_contact
        ),
    ],
    for_: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="TIME",
            help=f"How long: 3d, 2w (default: {DEFAULT_TIME}).",
            show_default=False,
        ),
    ] = "",
    until: Annotated[
        str, typer.Option(metavar="WHEN", help="Last day, in place of --for.", show_default=False)
    ] = "",
    why: Annotated[str, typer.Option(metavar="TEXT", help="Reason.")] = "",
    user: Annotated[str, typer.Option(metavar="USER", help="User who claims it.")] = "me",
    release: Annotated[bool, typer.Option("--release", help="End the claim.")] = False,
    force: Annotated[
        bool, typer.Option("--force", help="Replace or end the claim of another user.")
    ] = False,
) -> Result:
    """Claim a contact: colleagues see that you look after it, and until when.

    The claim of another user is refused until it has ended. Without `add`, the words name the
    contact as well.

    Examples:
        cardcrm claim jane --for 14d

        cardcrm claim jane --why "quote is on its way"

        cardcrm claim jane --release

    """  # fmt: skip
    session = session_of(ctx)
    contact = session.find_contact(" ".join(who))
    store = session.store()
    name = name_user(user, store)
    if not name:
        raise UsageError("a claim needs a user", "Leave out --user to claim it for yourself.")
    if release:
        if for_ or until or why:
            raise UsageError("--release takes no other options", "Leave them out.")
        return _release(session, contact, name, force=force)
    if for_ and until:
        raise UsageError("use either --for or --until, not both", "Leave one of them out.")
    return _claim(session, contact, name, for_, until, why, force=force)


def _claim(
    session: Session, contact: "Contact", user: str, for_: str, until: str, why: str, *, force: bool
) -> Result:
    from cardcrm.records.teamwork import claim_rules, claims

    store = session.store()
    day = parse_when(session, until or for_ or DEFAULT_TIME).day
    done = claims.claim(store, contact.id, user, day, why, force=force)
    known = claim_rules.list_claims(store, contact.id)
    own = next(each for each in known if each.id == done.claim_id)
    message = claim_rules.describe_claim(store, own, contact.name)
    lines = [message, *_describe_replaced(done.replaced)]
    return Result(lambda: _show(session, done.claim_id), "; ".join(lines))


def _describe_replaced(replaced: Sequence[Any]) -> list[str]:
    return [f"replaced the claim of {each.owner} until {each.until_on}" for each in replaced]


def _release(session: Session, contact: "Contact", user: str, *, force: bool) -> Result:
    from cardcrm.records.teamwork import claims
    from cardcrm.reports.card_json import claim_to_json
    from cardcrm.sheet import Card

    ended = claims.release(session.store(), contact.id, user, force=force)
    owners = ", ".join(each.owner for each in ended)
    data = {
        "contact_id": contact.id,
        "contact": contact.name,
        "released": list(map(claim_to_json, ended)),
    }
    return Result(Card(contact.name, data=data), f"released {contact.name} (claim of {owners})")


def _show(session: Session, claim_id: int) -> "Card":
    from cardcrm.cli.record_output import show_record
    from cardcrm.records import records

    return show_record(session.store(), records.get(session.store(), CLAIM, claim_id))


def _list(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """List claims: those in force, unless a query names their last day."""
    session = session_of(ctx)
    narrow = None if values["ended"] else _only_in_force
    return list_result(session, type_, " ".join(values["query"]), values, narrow)


def _only_in_force(node: "Node") -> "Node":
    from cardcrm.query import And, Term, has_field

    return node if has_field(node, "until") else And((node, Term("until", ">=", "today")))


_ENDED = typer.Option("--all", help="Include claims that have ended.")

add_command(
    app,
    CLAIM,
    "list",
    more=[Param("ended", Annotated[bool, _ENDED], False)],
    run=_list,
)
