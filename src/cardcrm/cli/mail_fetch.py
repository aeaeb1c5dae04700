"""`mail fetch`: read mail accounts and Maildir folders, log what came in."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import parse_when, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import Session
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.sheet import Card

if TYPE_CHECKING:
    from cardcrm.cli.fetch_report import FetchReport

app = typer.Typer()


@app.command("fetch")
def fetch(
    ctx: typer.Context,
    accounts: Annotated[
        list[str], typer.Argument(metavar="ACCOUNT…", help="Mail accounts (default: all).")
    ] = [],
    maildir: Annotated[
        list[Path],
        typer.Option(
            metavar="DIR", help="Maildir folder to read in place of accounts; can be repeated."
        ),
    ] = [],
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="Leave out older mail, such as 30d.")
    ] = "",
    take_all: Annotated[
        list[str],
        typer.Option(
            metavar="FOLDER",
            help="Read this folder too, and add its correspondents as contacts; can be repeated.",
        ),
    ] = [],
    forget: Annotated[
        bool, typer.Option("--forget", help="Forget what was read of the accounts, and no more.")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Show what would happen, without changes.")
    ] = False,
) -> Result:
    """Fetch mail, and follow replies, bounces and requests to unsubscribe.

    The mail of contacts is logged. The mailbox is not changed, and its messages stay unread. Each
    message is read once. Mail of people who are not contacts is not logged; they are offered by
    `cardcrm mail offers`. Accounts are settings: the main one is mail.imap-host and its like,
    further ones are account.NAME.host and so on. `due` says if an account was silent for too long.
    Mail to an account or address that the setting case.inbox names opens a case or continues one,
    and its senders become contacts.

    Examples:
        cardcrm mail fetch

        cardcrm mail fetch work --since 30d --dry-run

        cardcrm mail fetch --maildir ~/Mail/INBOX --maildir ~/Mail/Sent

    """
    from cardcrm.cli.mail_fetch_runner import FetchOptions, fetch_all

    session = session_of(ctx)
    if forget:
        return _forget(session, accounts)
    day = parse_when(session, since, past=True).day if since else None
    options = FetchOptions(day, frozenset(take_all), dry_run=dry_run)
    reports = fetch_all(session, accounts, maildir, options)
    return _answer(session, reports, dry_run=dry_run)


def _forget(session: Session, accounts: Sequence[str]) -> Result:
    """Forget accounts, so that the next run reads everything and no alarm is raised before."""
    from cardcrm.records.mail import mailboxes

    if not accounts:
        raise UsageError("no mail account given", "Name the accounts to forget.")
    store = session.store()
    for each in accounts:
        if not mailboxes.forget_account(store, each):
            raise NotFoundError(f"the mail account “{each}” was never fetched", "Check its name.")
    data = Card("forgotten", data={"accounts_forgotten": list(accounts)})
    return Result(data, f"forgot what was read of {', '.join(accounts)}")


def _answer(session: Session, reports: "Sequence[FetchReport]", *, dry_run: bool) -> Result:
    """Return the counts; the first error of an account sets the exit code."""
    error = next((each.error for each in reports if each.error is not None), None)
    if session.format == "table":
        for report in reports:
            for line in report.lines(dry_run=dry_run):
                session.say(line)
        return Result(error=error)
    data = Card("mail fetch", data={"accounts": [each.to_json() for each in reports]})
    return Result(data, error=error)
