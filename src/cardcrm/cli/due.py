"""`due`: what is due, on the terminal, for cron, by mail and as a notification."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm import dates
from cardcrm.cli.arguments import complete_query, refuse_options, session_of
from cardcrm.cli.result import Page, Result
from cardcrm.cli.session import Session
from cardcrm.errors import ServiceError, UsageError
from cardcrm.reports.due import build_digest
from cardcrm.reports.due_rows import Digest

if TYPE_CHECKING:
    from cardcrm.cli.result import Data
    from cardcrm.query import Node

app = typer.Typer()

ROWS_FOR_PEOPLE = 20
ROWS_FOR_PROGRAMS = 500
SELECTION = "Selection"
DELIVERY = "Delivery"


@app.command("due", context_settings={"ignore_unknown_options": True})
def due(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Contacts, as in `find`; all without a query.",
            autocompletion=complete_query,
        ),
    ] = [],
    days: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Days to look ahead.", min=0, max=3660, rich_help_panel=SELECTION
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="N",
            help=f"Rows per section (default: {ROWS_FOR_PEOPLE}; {ROWS_FOR_PROGRAMS} in json, csv, "
            "tsv and ids).",
            min=0,
            max=100_000,
            show_default=False,
            rich_help_panel=SELECTION,
        ),
    ] = 0,
    owner: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="USER",
            help="Only the reminders of a user, and unassigned ones of the user's contacts.",
            rich_help_panel=SELECTION,
        ),
    ] = "",
    overdue: Annotated[
        bool,
        typer.Option("--overdue", help="Only what is overdue.", rich_help_panel=SELECTION),
    ] = False,
    today: Annotated[
        bool,
        typer.Option(
            "--today",
            help="Only what is due today; with --overdue, both.",
            rich_help_panel=SELECTION,
        ),
    ] = False,
    mail: Annotated[
        list[str],
        typer.Option(
            metavar="ADDRESS",
            help="Send it by mail instead of printing it; can be repeated.",
            rich_help_panel=DELIVERY,
        ),
    ] = [],
    notify: Annotated[
        bool,
        typer.Option(
            "--notify",
            help="Show it as a desktop notification instead of printing it.",
            rich_help_panel=DELIVERY,
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check",
            help="Exit with code 1 if a reminder or a case is overdue.",
            rich_help_panel=DELIVERY,
        ),
    ] = False,
) -> Result:
    """Show what is due: reminders, overdue contacts and birthdays.

    A promise is marked with “!”. Losing touch lists the contacts that are overdue (see `add
    --every`) and have no reminder planned. In cron, nothing is printed if nothing is due, except in
    json, csv and tsv.

    Examples:
        cardcrm due --days 3

        cardcrm due --overdue --today

        cardcrm due owner:ann tag:vip --check

        cardcrm due --format html > today.html

        0 7 * * 1-5  cardcrm due --mail me@example.com

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    _refuse_days(query)
    is_for_people = bool(mail or notify) or session.is_for_people
    store = session.store()
    digest = build_digest(
        store,
        dates.today(store.locale.zone),
        ahead=max(0, int(session.config.number("due-days"))) if days is None else days,
        limit=limit or (ROWS_FOR_PEOPLE if is_for_people else ROWS_FOR_PROGRAMS),
        query=_parse_query(session, query),
        owner=owner.strip(),
        alert_days=_count_alert_days(session) if is_for_people or session.format == "json" else 0,
        mail_alarm=0 if query or owner else int(session.config.number("mail.alarm")),
    )
    found = digest.only(overdue=overdue, today=today) if overdue or today else digest
    is_late = bool(found.overdue.rows) or any(each.is_late for each in found.cases.rows)
    exit_code = int(check and is_late)
    if mail or notify:
        return _deliver(session, found, mail, notify=notify)._replace(exit_code=exit_code)
    if not found and is_for_people and not (found.alerts and session.has_reader):
        note = ("Nothing is due. Enjoy the day!",) if session.has_reader else ()
        return Result(notes=note)
    return Result(_render(session, found), exit_code=exit_code)


def _count_alert_days(session: Session) -> int:
    """Return the days for which an alert is shown; 0 for none."""
    return int(session.config.number("alert-days"))


def _refuse_days(query: Sequence[str]) -> None:
    """Raise UsageError for `due today`, which would look for a contact of that name."""
    word = query[0].lower() if len(query) == 1 else ""
    if word in ("today", "overdue"):
        raise UsageError(
            f"“{word}” would be the name of a contact", f"For days: cardcrm due --{word}"
        )


def _parse_query(session: Session, query: Sequence[str]) -> "Node | None":
    if not query:
        return None
    from cardcrm.records.query_sql import contact_query

    return contact_query.parse(session.store(), " ".join(query))


def _render(session: Session, found: Digest) -> "Data":
    """Return the digest in the layout that suits the output format."""
    if session.format == "table":
        from cardcrm.render.digest import format_digest

        return Page(lambda color, width: format_digest(found, color=color, width=width))
    if session.format == "html":
        from cardcrm.render.digest_html import build_page

        return Page(lambda _color, _width: build_page(found), fallback="xmlcharrefreplace")
    from cardcrm.cli.due_output import digest_card, digest_sheet

    if session.format == "json":
        return digest_card(found)
    return digest_sheet(found, tasks_only=session.format == "ids")


def _deliver(session: Session, found: Digest, mail: Sequence[str], *, notify: bool) -> Result:
    """Send the digest by mail or as a notification, unless nothing is due."""
    from cardcrm.render.digest import format_subject

    if not found:
        note = "Nothing is due, so nothing was sent."
    else:
        if mail:
            _send_mail(session, found, mail)
        if notify:
            _notify(found)
        recipients = [*mail, *(["the desktop"] if notify else [])]
        note = f"sent to {', '.join(recipients)}: {format_subject(found)}"
    return Result(notes=(note,) if session.has_reader else ())


def _send_mail(session: Session, found: Digest, recipients: Sequence[str]) -> None:
    from cardcrm.mail import smtp
    from cardcrm.render.digest import MAIL_WIDTH, format_digest, format_subject
    from cardcrm.render.digest_html import build_page

    server = smtp.load_server(session.config)
    now = dates.now(session.store().locale.zone)
    message = smtp.build_message(
        server.sender,
        recipients,
        f"Due: {format_subject(found)}",
        format_digest(found, width=MAIL_WIDTH),
        build_page(found),
        now,
    )
    smtp.send(server, message, smtp.get_secret(server))


def _notify(found: Digest) -> None:
    """Show the first lines as a notification. Raises ServiceError without a desktop."""
    import shutil
    import subprocess

    from cardcrm.opener import to_argument
    from cardcrm.render.digest import format_subject

    program = shutil.which("notify-send")
    if program is None:
        raise ServiceError("notify-send is not installed", "On Debian: apt install libnotify-bin")
    words = [
        program,
        "--app-name=cardcrm",
        "--",
        to_argument(f"Due: {format_subject(found)}"),
        to_argument(_first_lines(found)),
    ]
    try:
        subprocess.run(words, check=True, timeout=10, stdin=subprocess.DEVNULL, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceError(
            "notify-send failed", "In cron, set DBUS_SESSION_BUS_ADDRESS."
        ) from error


def _first_lines(found: Digest, limit: int = 5) -> str:
    """Return the first entries, escaped for the markup that desktops interpret."""
    from html import escape

    from cardcrm.render.digest import build_blocks
    from cardcrm.text import shorten

    entries = [entry for block in build_blocks(found) for entry in block.entries][:limit]
    lines = (": ".join(filter(None, (e.when, e.who, e.what))) for e in entries)
    return "\n".join(escape(shorten(line, 100), quote=False) for line in lines)
