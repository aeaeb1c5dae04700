"""The options that reports share, each declared once.

A report names those it takes, and gets them in one parameter::

    @app.command("repeat")
    @add_options("since", "until", "where", "currency")
    def repeat(ctx: typer.Context, options: ReportOptions) -> Result:
        scope = options.read_scope(session_of(ctx))

Every such report takes ``--html`` and ``--force`` as well, which need no line of its own.
"""

import functools
import inspect
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple, get_type_hints

import typer

from cardcrm.cli.arguments import Force, Source, complete_from, complete_query, session_of
from cardcrm.cli.result import Result
from cardcrm.cli.session import PageFile, Session
from cardcrm.cli.signature import Param, give_signature

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Iterator

    from cardcrm.query import Node
    from cardcrm.reports.pipeline.deal_scope import DealScope
    from cardcrm.reports.scope import Scope
    from cardcrm.store import Store

Report = Callable[..., Result]

_ROWS_FOR_PEOPLE = 20
_PAGE = ("html", "force")

Where = Annotated[
    str,
    typer.Option(
        metavar="QUERY",
        help="Only sales to contacts that match a query, and to the people of organizations.",
        autocompletion=complete_query,
    ),
]
Currency = Annotated[
    str, typer.Option(metavar="CODE", help="Only sales in this currency, such as EUR.")
]
Since = Annotated[
    str, typer.Option("--from", metavar="DATE", help="First day, or a month or year: 2026-03.")
]
Until = Annotated[
    str, typer.Option("--to", metavar="DATE", help="Last day, or a month or year: 2026-03.")
]
Rows = Annotated[
    int | None,
    typer.Option(
        "--limit",
        metavar="N",
        help=f"Show at most N rows; 0 shows all (default: {_ROWS_FOR_PEOPLE}; all in json, csv, "
        "tsv and ids).",
        min=0,
        show_default=False,
    ),
]
Top = Annotated[
    int, typer.Option("--limit", metavar="N", help="Show at most N rows; 0 shows all.", min=0)
]
Html = Annotated[
    Path | None,
    typer.Option(
        "--html", metavar="FILE", help="Write a page with charts to a file.", dir_okay=False
    ),
]
Pipeline = Annotated[
    str,
    typer.Option(
        metavar="NAME", help="Only deals of this pipeline.", autocompletion=Source("names:pipeline")
    ),
]
Owner = Annotated[
    str,
    typer.Option(
        metavar="USER",
        help="Only deals of these users, with commas between them; me is you.",
        autocompletion=Source("owner"),
    ),
]
Team = Annotated[
    str,
    typer.Option(
        metavar="NAME",
        help="Only deals of the members of these teams, with commas between them.",
        autocompletion=Source("names:team"),
    ),
]
DealGroup = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="GROUP",
        help="Group by month, year, owner, source, competitor or pipeline.",
        autocompletion=complete_from(
            "month", "year", "owner", "source", "competitor", "pipeline", "all"
        ),
    ),
]
ClosedGroup = Annotated[
    str,
    typer.Option(
        "--by",
        metavar="GROUP",
        help="Group by month, year, owner, team, source, competitor or pipeline.",
        autocompletion=complete_from(
            "month", "year", "owner", "team", "source", "competitor", "pipeline", "all"
        ),
    ),
]
ByMonth = Annotated[bool, typer.Option("--by-month", help="Show each month.")]
Explain = Annotated[
    bool, typer.Option("--explain", help="Show the definition of each figure as well.")
]


class ReportOptions(NamedTuple):
    """The shared options as typed; one that a report does not take has its default.

    ``limit`` is for reports whose rows a program gets without a limit, ``top`` for those that are
    a ranking in every format.
    """

    limit: Rows = None
    top: Top = 20
    since: Since = ""
    until: Until = ""
    where: Where = ""
    currency: Currency = ""
    pipeline: Pipeline = ""
    owner: Owner = ""
    team: Team = ""
    explain: Explain = False
    html: Html = None
    force: Force = False

    def read_scope(self, session: Session, *, all_currencies: bool = False) -> "Scope":
        """Return the sales that the options select. Raises UsageError.

        ``all_currencies`` is for a report that adds no amounts: without --currency it counts the
        sales in all of them, and the currency of the scope is empty.
        """
        scope = read_scope(session, self.currency, self.where, self.since, self.until)
        return replace(scope, currency="") if all_currencies and not self.currency else scope

    def read_deal_scope(self, session: Session) -> "DealScope":
        """Return the deals that the options select. Raises UsageError or NotFoundError."""
        from cardcrm import dates
        from cardcrm.money import count_decimals
        from cardcrm.reports.pipeline.deal_scope import DealScope

        store = session.store()
        first, last = read_days(session, self.since, self.until)
        if self.currency:
            count_decimals(self.currency)  # raises UsageError for an unknown one
        return DealScope(
            dates.today(store.locale.zone),
            store.locale.currency,
            first,
            last,
            self.currency.upper(),
            _find_pipeline(session, self.pipeline),
            _read_owners(session, self.owner, self.team),
            _parse_query(session, self.where),
        )

    @property
    def most(self) -> int | None:
        """The number of rows that ``top`` allows; None for all."""
        return self.top or None

    def count_rows(self, session: Session) -> int | None:
        """Return the number of rows that ``limit`` allows; None for all."""
        return count_rows(session, self.limit)


def add_options(*names: str) -> Callable[[Report], Report]:
    """Give a report the shared options of these names, in this order, and those of its page.

    The function gets them as ``options``, behind ``ctx``; its own parameters come first in the
    help. With ``--html`` its result is written into a page.
    """
    shared = (*names, *_PAGE)

    def decorate(report: Report) -> Report:
        @functools.wraps(report)
        def run(ctx: typer.Context, **values: Any) -> Result:
            options = ReportOptions(**{name: values.pop(name) for name in shared})
            if options.html is not None:
                session_of(ctx).page = PageFile(options.html, options.force)
            return report(ctx, options, **values)

        give_signature(run, [*_own_params(report), *map(_shared_param, shared)])
        return run

    return decorate


def _own_params(report: Report) -> list[Param]:
    """Return the parameters of a report behind ``ctx`` and ``options``."""
    _, _, *own = inspect.signature(report).parameters.values()
    return [Param(each.name, each.annotation, each.default) for each in own]


def _shared_param(name: str) -> Param:
    hints = get_type_hints(ReportOptions, include_extras=True)
    return Param(name, hints[name], ReportOptions._field_defaults[name])


def count_rows(session: Session, limit: int | None) -> int | None:
    """Return the number of rows to show; None for all."""
    if limit is None:
        return _ROWS_FOR_PEOPLE if session.is_for_people else None
    return limit or None


def read_scope(
    session: Session, currency: str = "", where: str = "", since: str = "", until: str = ""
) -> "Scope":
    """Return the sales that the options of a report select. Raises UsageError."""
    from cardcrm import dates
    from cardcrm.reports.scope import Scope, choose_currency

    store = session.store()
    first, last = read_days(session, since, until)
    today = dates.today(store.locale.zone)
    code = choose_currency(store, currency)
    return Scope(code, today, first, last, _parse_query(session, where))


def read_days(session: Session, since: str, until: str) -> "tuple[dt.date | None, dt.date | None]":
    """Return the first and the last day as typed. Raises UsageError."""
    from cardcrm.errors import UsageError

    first, last = _read_day(session, since, 0), _read_day(session, until, 1)
    if first and last and first > last:
        raise UsageError(
            f"--from {first} is later than --to {last}", "Swap the two, or leave one out."
        )
    return first, last


def _parse_query(session: Session, where: str) -> "Node | None":
    """Return a query on contacts as a tree; None for no text."""
    if not where.strip():
        return None
    from cardcrm.records.query_sql import contact_query

    return contact_query.parse(session.store(), where)


def _find_pipeline(session: Session, name: str) -> int | None:
    if not name.strip():
        return None
    from cardcrm.records.deals.pipelines import find_pipeline

    return find_pipeline(session.store(), name).id


def _read_owners(session: Session, owners: str, teams: str) -> "tuple[str, ...]":
    """Return the users that options name: owners, members of teams, or those who are both.

    Raises UsageError where there are none.
    """
    users = tuple(_read_users(session, owners))
    if not teams.strip():
        return users
    from cardcrm.errors import UsageError
    from cardcrm.records.teamwork.teams import list_members
    from cardcrm.text import fold

    members = list_members(session.store(), teams)
    wanted = set(map(fold, users))
    both = tuple(each for each in members if not users or fold(each) in wanted)
    if not both:
        raise UsageError(f"{owners} is not in {teams}", "Leave out --owner or --team.")
    return both


def _read_users(session: Session, names: str) -> "Iterator[str]":
    """Yield the users that a list names. Raises NotFoundError for an unknown one."""
    from cardcrm.reports.pipeline.deal_scope import find_owner

    for name in names.split(","):
        if name.strip():
            yield find_owner(session.store(), name)


def _read_day(session: Session, text: str, end: int) -> "dt.date | None":
    """Return the first (0) or last (1) day of a period as typed; None for no text."""
    if not text.strip():
        return None
    from cardcrm import dates
    from cardcrm.records.query_sql.date_periods import parse_past_period

    return parse_past_period(text, dates.now(session.store().locale.zone))[end]


def read_month(store: "Store", text: str, today: "dt.date") -> "tuple[dt.date, dt.date]":
    """Return the first and last day of a month as typed. Raises UsageError."""
    from cardcrm import dates
    from cardcrm.dates.periods import find_end
    from cardcrm.errors import UsageError
    from cardcrm.records.query_sql.date_periods import parse_past_period

    first, last = parse_past_period(text, dates.now(store.locale.zone))
    if first.day != 1 or last != find_end("month", first):
        raise UsageError(f"“{text}” is not a month", "Write it like 2026-10 or october.")
    if first > today:
        raise UsageError(f"{first:%Y-%m} has not begun", "Choose an earlier month.")
    return first, last
