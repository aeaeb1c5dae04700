"""The next steps of deals: read from options, and asked for when the last one is done."""

from collections.abc import Collection

from cardcrm.cli.arguments import parse_when
from cardcrm.cli.remind import describe_new
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.activity.log_and_plan import DEFAULT_DUE
from cardcrm.records.deals.deals import OpenDeal, Step, add_step, without_step


def parse_step(session: Session, text: str, due: str) -> Step | None:
    """Return the next step that --next and --due name. Raises UsageError for a date alone."""
    if text.strip():
        return Step(text, parse_when(session, due or DEFAULT_DUE))
    if due:
        raise UsageError("no next step given", 'Add it: --next "call her"')
    return None


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
        due = parse_when(session, session.ask("Due [tomorrow]: ").strip() or DEFAULT_DUE)
    except UsageError as error:
        return f"{error.message}; {missing}"
    made = add_step(session.store(), deal.id, Step(text, due))
    return f"{describe_new(session, made)}: {made.text}"
