"""`invoice dunning`: remind customers of overdue invoices, step by step."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from cardcrm.records.invoices.dunning_run import Compose, Notice, Planned, Run

app = typer.Typer()

_NO_STEPS = "no dunning steps yet: cardcrm dunning add friendly --days 7 --template NAME"
_COLUMNS = (
    Column("id", "id", "right"),
    Column("number", "invoice"),
    Column("contact_id", "contact", "right"),
    Column("contact", "name", wide=True),
    Column("open", "open", "right", currency="currency"),
    Column("due", "due"),
    Column("days_overdue", "days", "right"),
    Column("level", "level", "right"),
    Column("step", "step"),
    Column("action", "action"),
    Column("reason", "reason", wide=True, wrapped=True),
)


@app.command("dunning")
def dunning(
    ctx: typer.Context,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only list what would be done.")
    ] = False,
) -> Result:
    """Carry out the dunning steps that are due today: queue mails, add reminders.

    An invoice gets each step only once, no matter how often this runs. Let cron run it before
    `cardcrm mail run`. A payment, a dispute (`invoice edit R12 --disputed`) or an open case of the
    customer stops dunning, even if a mail is already queued. `cardcrm dunning add` adds the steps.

    Examples:
        cardcrm invoice dunning --dry-run

        cardcrm invoice dunning && cardcrm mail run

    """
    from cardcrm.cli.dunning_mail import build_composer
    from cardcrm.records.invoices.dunning_run import plan

    session = session_of(ctx)
    store = session.store()
    if dry_run:
        planned = plan(store)
        compose = build_composer(session)
        rows = [(each, *_preview(each, compose)) for each in planned]
        return Result(_list(rows), notes=_explain(session, empty=not planned))
    done = _run(session)
    is_quiet = session.format == "table" and not session.has_reader
    if is_quiet and not (done.notices or done.withdrawn):  # cron mails no empty lists
        return Result(notes=() if _has_steps(session) else (_NO_STEPS,))
    rows = [(each.planned, each.action, each.reason) for each in done.notices]
    return Result(_list(rows), notes=_describe(session, done))


def _run(session: Session) -> "Run":
    from cardcrm.cli.dunning_mail import build_composer
    from cardcrm.cli.mail_sender import load_sender_domain
    from cardcrm.records.invoices import dunning_run
    from cardcrm.records.invoices.dunning_rules import load_steps

    store = session.store()
    has_mail = any(each.template_id is not None for each in load_steps(store))
    domain = load_sender_domain(session) if has_mail else ""
    return dunning_run.run(store, build_composer(session), domain)


def _preview(planned: "Planned", compose: "Compose") -> tuple[str, str]:
    """Return what a step would be, and the reason if it is held or has no mail."""
    if planned.held:
        return "", planned.held
    if planned.step.template_id is None:
        return "reminder", ""
    draft = compose(planned)
    return ("reminder", draft) if isinstance(draft, str) else ("mail", "")


def _list(rows: "list[tuple[Planned, str, str]]") -> Sheet:
    cells = [
        (
            each.invoice_id, each.number, each.contact_id, each.contact, each.open, each.due_on,
            each.days_overdue, each.level, each.step.name, action or "none", reason or None,
        )
        for each, action, reason in rows
    ]  # fmt: skip
    return Sheet(_COLUMNS, cells)


def _describe(session: Session, done: "Run") -> tuple[str, ...]:
    """Return what was done in words: mails, reminders, what was withdrawn."""
    if not (done.notices or done.held or done.withdrawn):
        return _explain(session, empty=True)
    mails = _count(done.notices, "mail")
    parts = []
    if mails:
        parts.append(f"queued {pluralize(mails, 'mail')}; send with: cardcrm mail run")
    if added := _count(done.notices, "reminder"):
        parts.append(f"added {pluralize(added, 'reminder')}")
    if done.withdrawn:
        notices = pluralize(done.withdrawn, "notice")
        parts.append(f"withdrew {notices}: paid, disputed or with an open case")
    if done.held:
        parts.append(f"held {pluralize(len(done.held), 'step')}; see: --dry-run")
    return tuple(parts)


def _count(notices: "tuple[Notice, ...]", action: str) -> int:
    return sum(each.action == action for each in notices)


def _explain(session: Session, *, empty: bool) -> tuple[str, ...]:
    """Return why nothing is to be done, if that is so."""
    if not empty:
        return ()
    reason = "no invoice needs a dunning step today" if _has_steps(session) else _NO_STEPS
    return (reason,)


def _has_steps(session: Session) -> bool:
    from cardcrm.records.invoices.dunning_rules import load_steps

    return bool(load_steps(session.store()))
