"""The answers of `campaign preview`, `send --dry-run` and `results`."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from cardcrm.cli.promotion_output import list_objects
from cardcrm.cli.promotion_output import show_results as show_promotions
from cardcrm.money import format_money
from cardcrm.records.campaigns.channel import LETTER, MAIL, PLANNED
from cardcrm.sheet import Card, Column, Line, Section, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Mapping, Sequence

    from cardcrm.money import Money
    from cardcrm.records.campaigns.recipients import Recipients
    from cardcrm.records.campaigns.texts import Readers
    from cardcrm.records.records import Record
    from cardcrm.reports.campaigns.campaign_costs import Costs
    from cardcrm.reports.campaigns.results import Comparison, Counts, Results
    from cardcrm.reports.campaigns.results_by_field import Group
    from cardcrm.reports.campaigns.template_test import PlannedTest
    from cardcrm.reports.promotions.results import PromotionResult
    from cardcrm.reports.statistics.intervals import Interval

_COUNTS = ("queued", "waiting", "sent", "delivered", "failed", "bounced", "replied",
           "unsubscribed", "converted")  # fmt: skip


def _list_counts(campaign: "Record") -> list[tuple[str, str]]:
    """Return the counts that people see, with their labels: calls and letters do not come back."""
    if campaign.columns["channel"] == MAIL:
        return [(name, name) for name in _COUNTS]
    sent = "done" if campaign.columns["channel"] in PLANNED else "sent"
    return [
        ("queued", "queued"),
        ("waiting", "waiting"),
        ("sent", sent),
        ("converted", "converted"),
    ]


def describe_next_step(campaign: "Record") -> str:
    """Return what is to be done after a campaign was queued."""
    channel, name = campaign.columns["channel"], sanitize(campaign.columns["name"])
    if channel == MAIL:
        return "send with: cardcrm mail run"
    if channel in PLANNED:
        return "see the reminders with: cardcrm due"
    if channel == LETTER:
        return f"write them with: cardcrm campaign letters {name} --output letters.html"
    return f"begin with: cardcrm campaign next {name}"


def show_recipients(
    campaign: "Record",
    found: "Recipients",
    texts: "Sequence[Readers]",
    missing: "Sequence[Mapping[str, Any]]" = (),
    test: "PlannedTest | None" = None,
) -> Card:
    """Return a card with the number of contacts that a campaign reaches, and who is left out.

    ``texts`` are the templates and languages that they get, ``missing`` the fields that are empty,
    and ``test`` is the test of two templates.
    """
    facts = [
        ("segment", sanitize(campaign.columns["query"])),
        ("found", f"{found.found:,}"),
        (f"get the {campaign.columns['channel']}", f"{len(found.mailed):,}"),
        *(
            (sanitize(each.template.label), f"{len(each.people):,}")
            for each in (texts if len(texts) > 1 else ())
        ),
        ("held out", f"{len(found.held_out):,}"),
        *(_describe_test(test) if test else ()),
    ]
    refused = sorted(found.refused.items())
    sections = (
        Section("Left out", tuple(Line("", f"{count:,}", reason) for reason, count in refused)),
        Section(
            "Empty fields: fill them in, or send with --skip-incomplete",
            tuple(map(_describe_missing, missing)),
        ),
    )
    data = {
        "name": campaign.values["name"],
        "found": found.found,
        "mailed": len(found.mailed),
        "holdout": len(found.held_out),
        "left_out": [{"reason": reason, "count": count} for reason, count in refused],
        "mail_texts": [
            {
                "template": each.template.name,
                "language": each.template.language or None,
                "count": len(each.people),
            }
            for each in texts
        ],
        "missing_fields": list(missing),
        "template_test": _plan_data(test) if test else None,
    }
    shown = tuple(each for each in sections if each.lines)
    return Card(campaign.values["name"], "preview", tuple(facts), shown, data)


def _describe_missing(found: "Mapping[str, Any]") -> Line:
    """Return a line for a field that is empty for some contacts of a campaign."""
    names = ", ".join(f"{each['id']} {sanitize(each['name'])}" for each in found["examples"])
    more = ", …" if found["count"] > len(found["examples"]) else ""
    return Line(
        "", f"{found['count']:,}", f"{found['field']} in {found['template']}: {names}{more}"
    )


def _plan_data(test: "PlannedTest") -> dict[str, Any]:
    return {
        "buyers": test.buyers,
        "contacts": test.contacts,
        "per_template": test.group,
        "detectable": test.detectable,
        "needed": test.needed,
    }


def _describe_test(test: "PlannedTest") -> Iterator[tuple[str, str]]:
    """Yield the size of a test of two templates, and what it can show."""
    yield "each template", f"{test.group:,}"
    yield "bought before", f"{test.share:.1%} of them, in as many days"
    if test.detectable is not None:
        rise = f"a rise from {test.share:.1%} to {test.detectable:.1%}"
        yield "can show", f"{rise}, in 8 of 10 such tests; smaller ones are missed more often"
    else:
        yield "can show", "no difference: there are too few contacts"
    if test.needed is not None and test.needed > test.group:
        yield "needed", f"{test.needed:,} for each template to show a rise by a quarter"


def show_results(
    campaign: "Record",
    found: "Results",
    today: "dt.date",
    by: "tuple[str, list[Group]] | None" = None,
    codes: "Sequence[PromotionResult]" = (),
    costs: "Costs | None" = None,
) -> Card:
    """Return a card with the results of a campaign and its codes, and of groups ``by`` a field."""
    total = found.total
    facts = [(label, f"{getattr(total, name):,}") for name, label in _list_counts(campaign)]
    facts.append(("revenue", format_money(total.revenue)))
    if total.revenue_per_mail is not None and campaign.columns["channel"] == MAIL:
        facts.append(("revenue per mail", format_money(total.revenue_per_mail)))
    facts += _describe_costs(total.revenue, costs)
    facts += [(label, text) for label, text in _compare(found) if text]
    sections = []
    if len(found.templates) > 1:
        comparison = found.compare_templates(today)
        facts.append(("templates", _describe_comparison(comparison, found)))
        sheet = _build_sheet(found.templates, is_complete=comparison is not None)
        sections.append(Section("By template", sheet=sheet))
    if codes:
        sections.append(Section("Promotions", sheet=show_promotions(codes)._replace(title="")))
    if by is not None and by[1]:
        sections.append(Section(f"By {sanitize(by[0])}", sheet=_build_groups(by[1])))
    status = campaign.columns["status"]
    data = _data(found, today)
    data |= _cost_data(total.revenue, costs)
    data["promotions"] = list_objects(codes)
    if by is not None:
        data["campaign_groups"] = [_group_data(each) for each in by[1]]
    return Card(campaign.values["name"], f"results, {status}", tuple(facts), tuple(sections), data)


def _describe_costs(revenue: "Money", costs: "Costs | None") -> list[tuple[str, str]]:
    if costs is None:
        return []
    rate = costs.compute_return(revenue)
    return [
        ("cost", format_money(costs.amount)),
        ("profit", format_money(costs.subtract_from(revenue))),
        ("return on investment", "" if rate is None else f"{rate:+.1%}"),
    ]


def _cost_data(revenue: "Money", costs: "Costs | None") -> dict[str, Any]:
    return {
        "cost": costs.amount if costs else None,
        "profit": costs.subtract_from(revenue) if costs else None,
        "return_on_investment": costs.compute_return(revenue) if costs else None,
    }


def _describe_comparison(comparison: "Comparison | None", found: "Results") -> str:
    if comparison is None:
        return f"compared from {found.complete_on}, when no sale counts any more"
    first, second = (sanitize(each.template) for each in found.templates)
    difference = _format_points(comparison.difference, comparison.interval)
    result = f"{sanitize(comparison.better)} is better" if comparison.better else "no clear winner"
    return f"{result}; {first} against {second}: {difference}"


def _format_points(difference: float, interval: "Interval") -> str:
    """Return a difference of shares in percentage points, with its 95% interval."""
    low, high = 100 * interval.low, 100 * interval.high
    return f"{100 * difference:+.1f} points ({low:+.1f} to {high:+.1f})"


def _compare(found: "Results") -> list[tuple[str, str]]:
    """Return the comparison with the contacts held out, and until when sales count."""
    held_out = (
        f"{found.held_out_converted:,} of {found.held_out:,} converted" if found.held_out else ""
    )
    uplift, interval = found.uplift, found.interval
    difference = ""
    if uplift is not None and interval is not None:
        difference = _format_points(uplift, interval)
    return [
        ("held out", held_out),
        ("uplift", difference),
        ("complete on", found.complete_on.isoformat() if found.complete_on else ""),
    ]


def _build_sheet(templates: "tuple[Counts, ...]", *, is_complete: bool) -> Sheet:
    """Return the counts of each template, without conversions before they may be compared."""
    names = ("queued", "sent", "replied", "unsubscribed", *("converted",) * is_complete)
    columns = (Column("template", "template"), *(Column(each, each) for each in names))
    return Sheet(
        columns,
        [(sanitize(each.template), *(getattr(each, name) for name in names)) for each in templates],
    )


def _build_groups(groups: "list[Group]") -> Sheet:
    names = ("queued", "sent", "replied", "unsubscribed", "converted", "revenue", "held_out")
    columns = (
        Column("name", "value"),
        *(Column(each, each.replace("_", " "), "right") for each in names),
        Column("uplift", "uplift (points)", "right"),
    )
    rows = [
        (
            sanitize(each.name) or "none",
            *(getattr(each, name) for name in names),
            "" if each.uplift is None else f"{100 * each.uplift:+.1f}",
        )
        for each in groups
    ]
    return Sheet(columns, rows)


def _group_data(group: "Group") -> dict[str, Any]:
    interval = group.interval
    return {
        "name": group.name or None,
        "queued": group.queued,
        "sent": group.sent,
        "replied": group.replied,
        "unsubscribed": group.unsubscribed,
        "converted": group.converted,
        "revenue": group.revenue,
        "holdout": group.held_out,
        "holdout_converted": group.held_out_converted,
        "uplift": group.uplift,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
    }


def _data(found: "Results", today: "dt.date") -> dict[str, Any]:
    interval = found.interval
    comparison = found.compare_templates(today)
    return {
        **_counts(found.total),
        "holdout": found.held_out,
        "holdout_converted": found.held_out_converted,
        "uplift": found.uplift,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "complete_on": found.complete_on.isoformat() if found.complete_on else None,
        "better_template": comparison.better or None if comparison else None,
        "template_difference": comparison.difference if comparison else None,
        "template_low": comparison.interval.low if comparison else None,
        "template_high": comparison.interval.high if comparison else None,
        "templates": [{"template": each.template, **_counts(each)} for each in found.templates],
    }


def _counts(counts: "Counts") -> dict[str, Any]:
    return {**{name: getattr(counts, name) for name in _COUNTS}, "revenue": counts.revenue}
