"""`campaign`: mail, calls, visits, letters or messages to the contacts of a segment."""

import datetime as dt
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli import campaign_costs, campaign_letters, campaign_next
from cardcrm.cli.arguments import parse_when, session_of
from cardcrm.cli.mail_options import CampaignName, SkipIncomplete
from cardcrm.cli.record_group import add_command, add_record, build
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import UsageError
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.record_type import RecordType
from cardcrm.text import join_command, pluralize, sanitize

if TYPE_CHECKING:
    from cardcrm.dates import DayTime
    from cardcrm.mail.trial import Trial
    from cardcrm.records.campaigns.recipients import Recipients
    from cardcrm.records.records import Record
    from cardcrm.reports.campaigns.campaign_costs import Costs
    from cardcrm.reports.campaigns.results import Results
    from cardcrm.reports.campaigns.template_test import PlannedTest
    from cardcrm.sheet import Card, Sheet
    from cardcrm.store import Store

app = build(CAMPAIGN, without=("add",))
app.add_typer(campaign_costs.app)
app.add_typer(campaign_letters.app)
app.add_typer(campaign_next.app)
_MORNING = dt.time(9)  # of a day without a time


def _add(ctx: typer.Context, type_: RecordType, values: dict[str, Any]) -> Result:
    """Add a campaign; say how many contacts its segment finds now."""
    from cardcrm.cli.record_output import show_record
    from cardcrm.records.campaigns.recipients import count_audience

    record, message = add_record(ctx, type_, values)
    store = session_of(ctx).store()
    found = pluralize(count_audience(store, record), "contact")
    command = join_command(["cardcrm", "campaign", "preview", record.values["name"]])
    note = f"its segment finds {found} now; to see who would get it: {command}"
    return Result(lambda: show_record(store, record), message, notes=(note,))


add_command(app, CAMPAIGN, "add", run=_add)


@app.command("preview")
def preview(ctx: typer.Context, name: CampaignName) -> Result:
    """Show whom a campaign would reach now, and who is left out and why.

    Example:
        cardcrm campaign preview spring

    """
    from cardcrm.records.campaigns.recipients import find_recipients

    session = session_of(ctx)
    campaign = _find(session, name)
    return _preview(session, campaign, find_recipients(session.store(), campaign))


def _preview(session: Session, campaign: "Record", found: "Recipients") -> Result:
    """Return whom a campaign would reach, and for whom a field of its template is empty."""
    from cardcrm.cli.campaign_output import show_recipients
    from cardcrm.errors import CardcrmError
    from cardcrm.mail.missing_fields import CampaignCheck, list_objects
    from cardcrm.records.campaigns.texts import group_by_text

    store = session.store()
    warnings: tuple[str, ...] = ()
    missing = []
    try:
        gaps = CampaignCheck(store, session.config).find_gaps(campaign, found)
        missing = list_objects(store, gaps, campaign.columns["query"])
    except CardcrmError as error:
        warnings = (f"it cannot be sent yet: {error.message}. {error.hint}",)
    test = _plan_test(session, campaign, found)
    texts = group_by_text(store, campaign, found.mailed)
    return Result(show_recipients(campaign, found, texts, missing, test), warnings=warnings)


def _plan_test(session: Session, campaign: "Record", found: "Recipients") -> "PlannedTest | None":
    """Return the size of the test of two templates; None for a campaign with one."""
    if campaign.columns["rival_id"] is None:
        return None
    from cardcrm.reports.campaigns.template_test import plan_test

    ids = [each.contact_id for each in found.mailed]
    return plan_test(session.store(), ids, campaign.columns["conversion_days"])


@app.command("test")
def send_test(
    ctx: typer.Context,
    name: CampaignName,
    to: Annotated[
        str, typer.Option(metavar="ADDRESS", help="Address of yours (default: mail.from).")
    ] = "",
    count: Annotated[
        int,
        typer.Option(
            metavar="N", help="Number of mails (default: one of each text).", min=0, max=20
        ),
    ] = 0,
) -> Result:
    """Send mails of a campaign to yourself: one of each template and language.

    Their subjects begin with “[Test]”. They are neither logged nor counted in the results.

    Examples:
        cardcrm campaign test spring

        cardcrm campaign test spring --count 3 --to me@example.com

    """
    from cardcrm.mail import smtp
    from cardcrm.mail.smtp_dialogue import Dialogue
    from cardcrm.mail.trial import send_trials
    from cardcrm.records.campaigns.channel import MAIL

    session = session_of(ctx)
    campaign = _find(session, name)
    if campaign.columns["channel"] != MAIL:
        raise UsageError("only a campaign of mail can be tested", "See `cardcrm campaign preview`.")
    server = smtp.load_server(session.config)
    address = smtp.validate_address(to or server.sender)
    dialogue = Dialogue(server, smtp.get_secret(server))
    done = send_trials(session.store(), campaign, dialogue, address, count)
    message = f"sent {pluralize(len(done), 'mail')} to {address}"
    return Result(lambda: _list_trials(done, address), message)


def _list_trials(done: "list[Trial]", address: str) -> "Sheet":
    from cardcrm.sheet import Column, Sheet

    columns = (
        Column("contact_id", "contact", "right"), Column("to", "to"), Column("subject", "subject")
    )  # fmt: skip
    rows = [(each.contact_id, address, each.subject) for each in done]
    return Sheet(columns, rows, ids="contact_id")


@app.command("send")
def send(
    ctx: typer.Context,
    name: CampaignName,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say whom it would reach.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    skip_incomplete: SkipIncomplete = False,
) -> Result:
    """Queue a campaign for all contacts that it finds now.

    `cardcrm mail run` sends the mails. Calls and visits become reminders, letters are written by
    `cardcrm campaign letters`. The contacts held out are chosen by chance before anything is sent.
    If a field of the template is empty for a contact, nothing is queued.

    Examples:
        cardcrm campaign send spring

        cardcrm campaign send spring --dry-run

        cardcrm campaign send spring --skip-incomplete

    """
    from cardcrm.cli.campaign_output import describe_next_step
    from cardcrm.cli.mail_sender import load_sender_domain
    from cardcrm.mail.missing_fields import CampaignCheck
    from cardcrm.mail.reminder_texts import build_filler
    from cardcrm.records.campaigns import campaigns
    from cardcrm.records.campaigns.channel import MAIL
    from cardcrm.records.campaigns.recipients import find_recipients, refuse_empty

    session = session_of(ctx)
    store = session.store()
    campaign = _find(session, name)
    is_mail = campaign.columns["channel"] == MAIL
    domain = load_sender_domain(session) if is_mail else ""
    found = find_recipients(store, campaign)
    if dry_run:
        return _preview(session, campaign, found)
    refuse_empty(campaign, found)
    check = CampaignCheck(store, session.config, skips=skip_incomplete)
    if not yes:
        found = found.without(check(campaign, found))
    session.confirm(f"send {campaign.values['name']} to {describe_recipients(found)}", yes=yes)
    filler = build_filler(store, session.config)
    done = campaigns.queue(store, campaign.id, domain, filler, check)
    message = f"queued {describe_recipients(done.recipients)}; {describe_next_step(campaign)}"
    return _result(session, done.campaign, message)


@app.command("schedule")
def schedule(
    ctx: typer.Context,
    name: CampaignName,
    when: Annotated[list[str], typer.Argument(metavar="WHEN…", help="Day and time.")],
    skip_incomplete: SkipIncomplete = False,
) -> Result:
    """Schedule a campaign for a day and a time.

    `cardcrm mail run` queues it then, for the contacts that it finds at that time. It leaves out
    those for whom a field of the template is empty; such a contact now is an error.

    Example:
        cardcrm campaign schedule spring tomorrow 9am

    """
    from cardcrm import dates
    from cardcrm.mail.missing_fields import CampaignCheck
    from cardcrm.records.campaigns import campaigns
    from cardcrm.records.campaigns.recipients import find_recipients

    session = session_of(ctx)
    store = session.store()
    campaign = _find(session, name)
    moment = parse_when(session, " ".join(when))
    _refuse_past(session, campaign, moment)
    due_at = dates.to_instant(moment.day, moment.time or _MORNING, store.locale.zone)
    if not skip_incomplete:
        CampaignCheck(store, session.config)(campaign, find_recipients(store, campaign))
    done = campaigns.schedule(store, campaign.id, due_at)
    return _result(session, done, _describe_schedule(session, done))


def _refuse_past(session: Session, campaign: "Record", moment: "DayTime") -> None:
    """Raise UsageError for a time that has passed; a day alone may be today."""
    from cardcrm import dates

    now = dates.now(session.store().locale.zone)
    time = moment.time or dt.time.max
    if dt.datetime.combine(moment.day, time) < now.replace(tzinfo=None):
        words = f"{moment.day}{f' {moment.time:%H:%M}' if moment.time else ''}"
        raise UsageError(
            f"{words} has passed",
            f"To send it now: cardcrm campaign send {sanitize(campaign.values['name'])}",
        )


@app.command("pause")
def pause(ctx: typer.Context, name: CampaignName) -> Result:
    """Hold back the mails of a campaign that are not sent yet.

    Example:
        cardcrm campaign pause spring

    """
    from cardcrm.records.campaigns import campaigns

    session = session_of(ctx)
    done = campaigns.pause(session.store(), _find(session, name).id)
    return _result(session, done, "paused")


@app.command("resume")
def resume(ctx: typer.Context, name: CampaignName) -> Result:
    """Send on after a pause.

    Example:
        cardcrm campaign resume spring

    """
    from cardcrm.records.campaigns import campaigns

    session = session_of(ctx)
    done = campaigns.resume(session.store(), _find(session, name).id)
    if done.columns["started_at"]:
        return _result(session, done, "resumed")
    return _result(session, done, f"resumed; {_describe_schedule(session, done)}")


@app.command("stop")
def stop(ctx: typer.Context, name: CampaignName) -> Result:
    """Cancel what is not sent yet, and remove the open reminders of a campaign.

    Example:
        cardcrm campaign stop spring

    """
    from cardcrm.records.campaigns import campaigns

    session = session_of(ctx)
    done, canceled = campaigns.stop(session.store(), _find(session, name).id)
    count = pluralize(canceled, done.columns["channel"])
    return _result(session, done, f"stopped; {count} canceled")


@app.command("results")
def results(
    ctx: typer.Context,
    name: CampaignName,
    by: Annotated[
        str,
        typer.Option(metavar="FIELD", help="Also by city, stage, tag or any other field."),
    ] = "",
) -> Result:
    """Show what a campaign brought, against the contacts held out.

    The profit is the revenue less the costs that `cardcrm campaign cost` has recorded, without
    those of the goods. Two templates are compared once, when no sale counts any more: earlier looks
    mislead.

    Examples:
        cardcrm campaign results spring

        cardcrm campaign results spring --by city

        cardcrm campaign results spring --json

    """
    from cardcrm import dates
    from cardcrm.cli.campaign_output import show_results
    from cardcrm.reports.campaigns.campaign_costs import load_costs
    from cardcrm.reports.campaigns.results import load_results
    from cardcrm.reports.promotions.results import load_promotion_results
    from cardcrm.reports.scope import Scope

    session = session_of(ctx)
    store = session.store()
    campaign = _find(session, name)
    today = dates.today(store.locale.zone)
    found = load_results(store, campaign)
    codes = load_promotion_results(
        store, Scope(store.locale.currency, today), campaign_id=campaign.id
    )
    costs = load_costs(store, campaign.id)
    notes = (
        *_explain_no_results(campaign),
        *_explain_costs(costs),
        *_note_currencies(store, found),
    )
    if not by:
        shown = show_results(campaign, found, today, codes=codes, costs=costs)
        return Result(shown, notes=notes)
    from cardcrm.reports.campaigns.results_by_field import load_groups
    from cardcrm.reports.dimension import find_dimension

    dimension = find_dimension(store, by, today)
    groups = load_groups(store, campaign, dimension)
    shown = show_results(campaign, found, today, (dimension.name, groups), codes, costs)
    return Result(shown, notes=notes)


def _explain_costs(costs: "Costs | None") -> tuple[str, ...]:
    """Return a line for costs in other currencies, which do not count."""
    from cardcrm.money import format_money

    if costs is None or not costs.others:
        return ()
    left = ", ".join(map(format_money, costs.others))
    return (f"costs in other currencies do not count: {left}",)


def _describe_schedule(session: Session, campaign: "Record") -> str:
    due = CAMPAIGN.field("due")
    assert due is not None
    return f"scheduled for {due.format(campaign.values['due'], session.store())}"


def _explain_no_results(campaign: "Record") -> tuple[str, ...]:
    """Return a line for a campaign that has not been queued."""
    if campaign.columns["started_at"]:
        return ()
    name = sanitize(campaign.values["name"])
    return (f"{name} has not been queued yet: cardcrm campaign send {name}",)


def _note_currencies(store: "Store", found: "Results") -> tuple[str, ...]:
    """Return a line for the currencies whose sales the revenue lacks."""
    from cardcrm.reports.scope import list_other_currencies

    currency = store.locale.currency
    others = list_other_currencies(store, currency) if found.total.converted else ()
    return (f"revenue is in {currency} alone, without {', '.join(others)}",) if others else ()


def describe_recipients(found: "Recipients") -> str:
    """Return how many contacts get a campaign, are held out, and are left out."""
    parts = [pluralize(len(found.mailed), "contact")]
    if found.held_out:
        parts.append(f"{len(found.held_out):,} held out")
    if left := sum(found.refused.values()):
        parts.append(f"{left:,} left out")
    return ", ".join(parts)


def _find(session: Session, name: str) -> "Record":
    from cardcrm.records import records

    return records.find(session.store(), "campaign", name)


def _result(session: Session, campaign: "Record", what: str) -> Result:
    from cardcrm.cli.record_output import show_record

    store = session.store()

    def card() -> "Card":
        return show_record(store, campaign)

    return Result(card, f"campaign {campaign.values['name']}: {what}")
