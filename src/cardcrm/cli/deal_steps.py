"""The next steps of deals whose last one was done: asked for on a terminal, else demanded."""

from collections.abc import Collection

from cardcrm.cli.arguments import parse_when
from cardcrm.cli.remind import describe_new
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.deals.deals import OpenDeal, Step, add_step, without_step


def ask_for_steps(session: Session, ids: Collection[int]) -> list[str]:
    """Return a line for each open deal that has no step left: the new one, or how to plan one."""
    return [_ask(session, each) for each in without_step(session.store(), ids)]


def _ask(session: Session, deal: OpenDeal) -> str:
    name = f"deal {deal.id} {deal.title} ({deal.contact})"
    missing = (
        f'{name} has no next step; plan it: cardcrm deal edit {deal.id} --next "call" --due fri'
    )
    if not (session.can_ask and session.format == "table"):
        return missing
    text = session.ask(f"Next step of {name}, empty for none: ").strip()
    if not text:
        return missing
    try:
        due = parse_when(session, session.ask("Due [tomorrow]: ").strip() or "tomorrow")
    except UsageError as error:
        return f"{error.message}; {missing}"
    made = add_step(session.store(), deal.id, Step(text, due))
    return f"{describe_new(session, made)}: {made.text}"
