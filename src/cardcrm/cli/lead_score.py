"""`lead score`, `lead rules` and `lead assign`: the points and the owners of leads."""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from cardcrm.cli.arguments import Source, refuse_options, session_of
from cardcrm.cli.lead_output import describe_broken, show_leads
from cardcrm.cli.lead_reference import number_leads
from cardcrm.cli.record_options import query_completion
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError
from cardcrm.records.leads.lead_type import LEAD, LEAD_RULE
from cardcrm.sheet import Column, Points, Sheet

if TYPE_CHECKING:
    from cardcrm.records.leads.lead_rules import Assignment
    from cardcrm.reports.leads.won_factors import Learned

app = typer.Typer()
_ROWS = 20
_EXPLANATION = (
    "The score is the sum of the points of the rules that find the lead (`lead rules`) and of what "
    "past leads and deals teach: a property whose 95% interval of the odds ratio leaves out 1 "
    "gives 10 × ln(odds ratio), at most 20 either way. The odds ratio compares the odds of a win "
    "with the property and without it (Woolf 1955)."
)


@app.command("score", context_settings={"ignore_unknown_options": True})
def score(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Words and filters; without any, all open leads.",
            autocompletion=query_completion(LEAD),
        ),
    ] = [],
    limit: Annotated[int, typer.Option(metavar="N", help="Show at most N leads.", min=0)] = _ROWS,
    explain: Annotated[
        bool,
        typer.Option("--explain", help="Show what is learned from past wins, with odds."),
    ] = False,
) -> Result:
    """Rank leads by their score, with the reasons.

    Points come from rules (`lead rules`) and from what past leads and deals teach.

    Examples:
        cardcrm lead score

        cardcrm lead score source:web --explain

    """
    from cardcrm.records.leads import lead_status
    from cardcrm.records.query_sql import record_query
    from cardcrm.reports.leads.lead_score import score_leads
    from cardcrm.reports.leads.won_factors import learn_factors

    session = session_of(ctx)
    refuse_options(ctx, query)
    store = session.store()
    learned = learn_factors(store)
    if explain:
        notes = (_EXPLANATION, *((learned.reason,) if learned.reason else ()))
        return Result(_list_factors(learned), notes=notes)
    node = record_query.only_open(LEAD, record_query.parse(LEAD, " ".join(query)))
    ids = record_query.ids(store, LEAD, node)
    scores = score_leads(store, ids, learned)
    ordered = sorted(ids, key=lambda each: (-scores[each].total, -each))
    names = lead_status.read_names(store, ids)
    rows: list[tuple[Any, ...]] = []
    for each in ordered[: limit or None]:
        found = scores[each]
        reasons = Points({"points": point.points, "reason": point.reason} for point in found.points)
        row = (each, *names[each], found.total, found.reason)
        rows.append(row if session.is_for_people else (*row, reasons))
    columns = _COLUMNS[:-1] if session.is_for_people else _COLUMNS
    notes = (*describe_broken(store), *((learned.reason,) if learned.reason else ()))
    return Result(Sheet(columns, rows), notes=notes if rows else ("no leads found", *notes))


_COLUMNS = (
    Column("id", "id", "right"),
    Column("contact", "contact"),
    Column("status", "status"),
    Column("score", "score", "right"),
    Column("reason", "because", wide=True, min_width=30),
    Column("score_reasons", "points"),
)


def _list_factors(learned: "Learned") -> Sheet:
    columns = (
        Column("property", "property", wide=True, min_width=16),
        Column("won", "won", "right"),
        Column("cases", "of", "right"),
        Column("other_won", "others won", "right"),
        Column("other_cases", "of", "right"),
        Column("odds_ratio", "odds", "right", digits=2),
        Column("low", "low", "right", digits=2),
        Column("high", "high", "right", digits=2),
        Column("points", "points", "right"),
    )
    rows = [
        (
            each.name, each.won, each.cases, each.other_won, each.other_cases, each.odds.ratio,
            each.odds.interval.low, each.odds.interval.high, each.points,
        )
        for each in learned.factors.values()
    ]  # fmt: skip
    return Sheet(columns, rows)


@app.command("rules", context_settings={"ignore_unknown_options": True})
def rules(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(
            metavar="QUERY…",
            help="Leads, as in `lead list`, or all; without it, the rules are listed.",
            autocompletion=query_completion(LEAD),
        ),
    ] = [],
    points: Annotated[
        int | None,
        typer.Option(metavar="N", help="Points for each lead that it finds.", show_default=False),
    ] = None,
    owners: Annotated[
        str | None,
        typer.Option(
            metavar="USER,USER", help="Users who get such leads, in turn.", show_default=False
        ),
    ] = None,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the rule.")] = False,
) -> Result:
    """Give the leads that a query finds points or owners, or list these rules.

    Each rule that finds a lead adds points. New leads without an owner get one by the first
    rule with owners that finds them; the owners take turns. The rules are stored in the database.

    Examples:
        cardcrm lead rules source:referral --points 20

        cardcrm lead rules 'contact:"city:leeds"' --owners ann,bob

        cardcrm lead rules source:referral --remove

    """
    from cardcrm.cli.record_output import list_records
    from cardcrm.records.leads import lead_rules
    from cardcrm.records.records import Selection

    session = session_of(ctx)
    refuse_options(ctx, query)
    text = " ".join(query).strip()
    store = session.store(create=bool(text))

    def listed() -> Sheet:
        return list_records(session, LEAD_RULE, Selection())

    if not text:
        if points is not None or owners is not None or remove:
            raise UsageError("no query given", "For all leads: cardcrm lead rules all --points 5")
        is_empty = not store.count_rows(LEAD_RULE.table_name)
        hint = "no rules yet: add one with `cardcrm lead rules source:referral --points 20`"
        return Result(listed(), notes=(hint,) if is_empty else describe_broken(store))
    if remove:
        lead_rules.remove_rule(store, text)
        return Result(listed, f"removed the rule for {text}")
    rule = lead_rules.set_rule(store, text, points, owners)
    parts = (
        f"{rule.points:+d} points" if rule.points is not None else "",
        f"owners {rule.owners} in turn" if rule.owners else "",
    )
    return Result(listed, f"rule for {text}: {', '.join(filter(None, parts))}")


@app.command("assign")
def assign(
    ctx: typer.Context,
    which: Annotated[
        list[str],
        typer.Argument(
            metavar="WHICH…",
            help="Numbers of leads, or a contact; without any, all open leads without an owner.",
            autocompletion=Source("ids:lead"),
        ),
    ] = [],
    to: Annotated[
        str,
        typer.Option(
            metavar="USER",
            help="Owner (me for yourself); without it, the rules choose.",
            autocompletion=Source("field:lead.owner"),
        ),
    ] = "",
) -> Result:
    """Assign leads to an owner, or to the owners that the rules choose.

    Examples:
        cardcrm lead assign 12 --to ann

        cardcrm lead assign

    """
    from cardcrm.cli.record_options import find_ids
    from cardcrm.records.leads import leads

    session = session_of(ctx)
    store = session.store()
    owner = to.strip()
    ids = find_ids(session, LEAD, number_leads(session, which)) if which else None
    done, left = leads.assign(store, ids, owner)
    lines = list(map(_describe_assignment, done))
    if left:
        lines.append(
            f"{left:,} left: no rule with owners finds them; add one: "
            "cardcrm lead rules all --owners ann,bob"
        )
    lines = lines or ["no leads to assign: all have an owner"]
    found = [each.lead_id for each in done]
    notes = () if owner else describe_broken(store)
    return Result(lambda: show_leads(session, found), "\n".join(lines), notes=notes)


def _describe_assignment(each: "Assignment") -> str:
    rule = f" by {each.rule}" if each.rule else ""
    is_moved = each.before and each.before != each.owner
    return f"assigned lead {each.lead_id} to {each.owner}{rule}" + (
        f", before: {each.before}" if is_moved else ""
    )
