"""The answers of `campaign preview`, `send --dry-run` and `results`."""

from typing import TYPE_CHECKING, Any

from cardcrm.money import format_money
from cardcrm.sheet import Card, Column, Line, Section, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.records.campaigns.recipients import Recipients
    from cardcrm.records.records import Record
    from cardcrm.reports.campaigns.results import Counts, Results

_COUNTS = ("queued", "waiting", "sent", "delivered", "failed", "bounced", "replied",
           "unsubscribed", "converted")  # fmt: skip


def show_recipients(campaign: "Record", found: "Recipients") -> Card:
    """Return a card with the number of contacts that a campaign reaches, and who is left out."""
    facts = (
        ("segment", sanitize(campaign.columns["query"])),
        ("found", f"{found.found:,}"),
        ("get the mail", f"{len(found.mailed):,}"),
        ("held out", f"{len(found.held_out):,}"),
    )
    refused = tuple(
        Line("", f"{count:,}", reason) for reason, count in sorted(found.refused.items())
    )
    sections = (Section("Left out", refused),) if refused else ()
    data = {
        "name": campaign.values["name"],
        "found": found.found,
        "mailed": len(found.mailed),
        "holdout": len(found.held_out),
        "left_out": [
            {"reason": reason, "count": count} for reason, count in sorted(found.refused.items())
        ],
    }
    return Card(campaign.values["name"], "preview", facts, sections, data)


def show_results(campaign: "Record", found: "Results") -> Card:
    """Return a card with what a campaign brought."""
    total = found.total
    facts = [(name, f"{getattr(total, name):,}") for name in _COUNTS]
    facts.append(("revenue", format_money(total.revenue)))
    if total.revenue_per_mail is not None:
        facts.append(("revenue per mail", format_money(total.revenue_per_mail)))
    facts += [(label, text) for label, text in _compare(found) if text]
    templates = found.templates if len(found.templates) > 1 else ()
    sections = (Section("By template", sheet=_build_sheet(templates)),) if templates else ()
    status = campaign.columns["status"]
    return Card(campaign.values["name"], f"results, {status}", tuple(facts), sections, _data(found))


def _compare(found: "Results") -> list[tuple[str, str]]:
    """Return the comparison with the contacts held out, and until when sales count."""
    held_out = (
        f"{found.held_out_converted:,} of {found.held_out:,} converted" if found.held_out else ""
    )
    uplift, interval = found.uplift, found.interval
    difference = ""
    if uplift is not None and interval is not None:
        difference = f"{uplift:+.1%} ({interval.low:+.1%} to {interval.high:+.1%})"
    return [
        ("held out", held_out),
        ("uplift", difference),
        ("complete on", found.complete_on.isoformat() if found.complete_on else ""),
    ]


def _build_sheet(templates: "tuple[Counts, ...]") -> Sheet:
    names = ("queued", "sent", "replied", "unsubscribed", "converted")
    columns = (Column("template", "template"), *(Column(each, each) for each in names))
    return Sheet(
        columns,
        [(sanitize(each.template), *(getattr(each, name) for name in names)) for each in templates],
    )


def _data(found: "Results") -> dict[str, Any]:
    interval = found.interval
    return {
        **_counts(found.total),
        "holdout": found.held_out,
        "holdout_converted": found.held_out_converted,
        "uplift": found.uplift,
        "low": interval.low if interval else None,
        "high": interval.high if interval else None,
        "complete_on": found.complete_on.isoformat() if found.complete_on else None,
        "templates": [{"template": each.template, **_counts(each)} for each in found.templates],
    }


def _counts(counts: "Counts") -> dict[str, Any]:
    return {**{name: getattr(counts, name) for name in _COUNTS}, "revenue": counts.revenue}
