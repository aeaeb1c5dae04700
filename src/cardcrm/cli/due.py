"""`due`: the digest of what is due, on the screen, for cron, by mail and as a notification."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm import dates
from cardcrm.cli.common import QueryArgument, Session, refuse_options, session_of
from cardcrm.errors import ServiceError
from cardcrm.reports.due import Digest, Part, Task, digest
from cardcrm.reports.due_contacts import Callee, Last

if TYPE_CHECKING:
    from cardcrm.sheet import Cell, Sheet

app = typer.Typer()

FEW = 20  # what a person reads
MANY = 500  # what a program may want
WHOSE = "Whose and how much"
WHERE = "Where it goes"
_FOR_PEOPLE = ("table", "html", "markdown")


@app.command("due", context_settings={"ignore_unknown_options": True})
def due(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Whose, in the language of `find`; none is all.",
            autocompletion=QueryArgument,
        ),
    ] = [],
    days: Annotated[
        int | None,
        typer.Option(
            metavar="N", help="Look so many days ahead.", min=0, max=3660, rich_help_panel=WHOSE
        ),
    ] = None,
    limit: Annotated[
        int,
        typer.Option(
            metavar="N",
            help=f"Rows a section (default {FEW}; {MANY} in json, csv, tsv and ids).",
            min=0,
            max=100_000,
            show_default=False,
            rich_help_panel=WHOSE,
        ),
    ] = 0,
    owner: Annotated[
        str,
        typer.Option(
            "--for",
            metavar="USER",
            help="What is for a user: their reminders, and those on their cards for nobody else.",
            rich_help_panel=WHOSE,
        ),
    ] = "",
    mail: Annotated[
        list[str],
        typer.Option(
            metavar="ADDRESS",
            help="Send it there instead of printing it; may be repeated.",
            rich_help_panel=WHERE,
        ),
    ] = [],
    notify: Annotated[
        bool,
        typer.Option(
            "--notify", help="Show it as a desktop notification instead.", rich_help_panel=WHERE
        ),
    ] = False,
    check: Annotated[
        bool,
        typer.Option(
            "--check", help="Exit with 1 when something is overdue.", rich_help_panel=WHERE
        ),
    ] = False,
) -> None:
    """Show what is due: reminders, promises, losing touch, birthdays.

    Asks nothing, changes nothing; silent when nothing is due and nobody watches
    (json, csv and tsv always answer). ! marks what was promised. Losing touch are
    those whose cadence has run out and who have no reminder in these days.

    Examples:
        cardcrm due --days 3

        cardcrm due owner:ann tag:vip --check

        cardcrm due --format html > today.html

        0 7 * * 1-5  cardcrm due --mail me@example.com

    """
    session = session_of(ctx)
    refuse_options(ctx, query)
    found = _digest(session, query, days, limit, owner, elsewhere=bool(mail or notify))
    if mail and found:
        _mail(session, found, mail)
    if notify and found:
        _notify(found)
    if not (mail or notify):
        _show(session, found)
    elif session.is_watched:
        session.say(_sent(found, mail, notify=notify))
    if check and found.overdue.rows:
        raise typer.Exit(1)


def _digest(
    session: Session,
    query: Sequence[str],
    days: int | None,
    limit: int,
    owner: str,
    *,
    elsewhere: bool,
) -> Digest:
    store = session.store()
    node = None
    if query:
        from cardcrm.records.query_sql import compiler

        node = compiler.parse(store, " ".join(query))
    people = elsewhere or session.format in _FOR_PEOPLE
    return digest(
        store,
        dates.today(store.locale.zone),
        ahead=max(0, int(session.config.number("due-days"))) if days is None else days,
        limit=limit or (FEW if people else MANY),
        query=node,
        owner=owner.strip(),
    )


def _show(session: Session, found: Digest) -> None:
    if not found and session.format in _FOR_PEOPLE:
        if session.is_watched:
            session.say("Nothing is due. Enjoy the day!")
        return
    if session.format == "table":
        from cardcrm.render.digest import text

        session.draw(lambda color, width: text(found, color=color, width=width))
    elif session.format == "html":
        from cardcrm.render.digest_html import page

        session.draw(lambda _color, _width: page(found), instead="xmlcharrefreplace")
    elif session.format == "json":
        from cardcrm.sheet import Card

        session.show(Card("due", data=data(found)))
    else:
        session.show(sheet(found, tasks_only=session.format == "ids"))


def _sent(found: Digest, mail: Sequence[str], *, notify: bool) -> str:
    from cardcrm.render.digest import subject

    if not found:
        return "Nothing is due, so nothing was sent."
    places = [*mail, *(["the desktop"] if notify else [])]
    return f"sent to {', '.join(places)}: {subject(found)}"


# Elsewhere


def _mail(session: Session, found: Digest, to: Sequence[str]) -> None:
    from cardcrm.mail import password as mail_password
    from cardcrm.mail import smtp
    from cardcrm.render.digest import subject, text
    from cardcrm.render.digest_html import page

    where = smtp.server(session.config)
    now = dates.now(session.store().locale.zone)
    message = smtp.message(
        where.sender, to, f"Due: {subject(found)}", text(found), page(found), now
    )
    password = mail_password.password(where.user, where.password_command) if where.user else ""
    smtp.send(where, message, password)


def _notify(found: Digest) -> None:
    """A notification of the first few lines. Raises ServiceError where there is no desktop."""
    import shutil
    import subprocess

    from cardcrm.render.digest import subject

    program = shutil.which("notify-send")
    if program is None:
        raise ServiceError(
            "there is no notify-send on this machine", "On Debian it is in libnotify-bin."
        )
    words = [program, "--app-name=cardcrm", "--", f"Due: {subject(found)}", _first_lines(found)]
    try:
        subprocess.run(words, check=True, timeout=10, stdin=subprocess.DEVNULL, capture_output=True)
    except (OSError, subprocess.SubprocessError) as error:
        raise ServiceError(
            "notify-send failed", "From cron it needs DBUS_SESSION_BUS_ADDRESS to be set."
        ) from error


def _first_lines(found: Digest, most: int = 5) -> str:
    """Who and what of the first entries, safe for the markup that desktops read in it."""
    from html import escape

    from cardcrm.render.digest import blocks
    from cardcrm.text import shorten

    entries = [entry for block in blocks(found) for entry in block.entries][:most]
    lines = (": ".join(filter(None, (e.when, e.who, e.what))) for e in entries)
    return "\n".join(escape(shorten(line, 100), quote=False) for line in lines)


# For programs


def data(found: Digest) -> dict[str, object]:
    """The digest as JSON shows it. Totals named in ``at_least`` are not counted to their end."""
    parts = _parts(found)
    return {
        "date": found.date,
        "overdue": [_task(each) for each in found.overdue.rows],
        "today": [_task(each) for each in found.today.rows],
        "coming": [_task(each) for each in found.coming.rows],
        "losing_touch": [
            {
                "contact": each.contact._asdict(),
                "touch_on": each.touch_on,
                "days_late": each.days_late,
                "cadence_days": each.cadence_days,
                "last": _last(each.last),
            }
            for each in found.losing_touch.rows
        ],
        "days": [
            {
                "label": each.label,
                "on": each.on,
                "age": each.age,
                "contact": each.contact._asdict(),
                "last": _last(each.last),
            }
            for each in found.days.rows
        ],
        "totals": {name: part.total for name, part in parts.items()},
        "at_least": [name for name, part in parts.items() if not part.exact],
    }


def _parts(found: Digest) -> Mapping[str, Part[Any]]:
    return {
        "overdue": found.overdue,
        "today": found.today,
        "coming": found.coming,
        "losing_touch": found.losing_touch,
        "days": found.days,
    }


def _task(task: Task) -> dict[str, object]:
    return {
        "id": task.id,
        "text": task.text,
        "due_on": task.due_on,
        "due_at": task.due_at,
        "rule": task.rule,
        "promise": task.promise,
        "priority": task.priority,
        "owner": task.owner,
        "contact": task.contact._asdict(),
        "last": _last(task.last),
    }


def _last(last: Last | None) -> dict[str, object] | None:
    return last._asdict() if last else None


def sheet(found: Digest, *, tasks_only: bool = False) -> "Sheet":
    """The digest as rows: one for each thing that is due, the section in the first column."""
    from cardcrm.sheet import Column, Sheet

    heads = (
        ("section", "section"), ("id", "id"), ("due", "due"), ("time", "time"),
        ("promise", "promise"), ("priority", "priority"), ("text", "what"), ("owner", "for"),
        ("contact_id", "card"), ("name", "name"), ("org", "organisation"), ("phone", "phone"),
        ("email", "e-mail"), ("last", "last contact"), ("note", "last note"),
    )  # fmt: skip
    rows = [*_task_rows(found), *(() if tasks_only else _other_rows(found))]
    return Sheet(tuple(Column(key, title) for key, title in heads), rows)


Row = tuple["Cell", ...]


def _task_rows(found: Digest) -> Iterator[Row]:
    for name in ("overdue", "today", "coming"):
        for task in _parts(found)[name].rows:
            at = f"{task.time:%H:%M}" if task.time else ""
            what = (task.promise, task.priority or None, task.text, task.owner)
            yield (name, task.id, task.due_on, at, *what, *_whom(task.contact, task.last))


def _other_rows(found: Digest) -> Iterator[Row]:
    for lost in found.losing_touch.rows:
        yield _row("losing_touch", lost.touch_on, "", lost.contact, lost.last)
    for day in found.days.rows:
        what = day.label + (f" {day.age}" if day.age else "")
        yield _row("days", day.on, what, day.contact, day.last)


def _row(name: str, on: dt.date, what: str, contact: Callee, last: Last | None) -> Row:
    return (name, None, on, "", False, None, what, "", *_whom(contact, last))


def _whom(contact: Callee, last: Last | None) -> Row:
    reach = (contact.id, contact.name, contact.org, contact.phone, contact.email)
    return (*reach, last.on if last else None, last.text if last else "")
