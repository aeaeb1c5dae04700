"""The answers of `places`, and the question which town an address means."""

from typing import TYPE_CHECKING

from cardcrm.cli.terminal import write_message
from cardcrm.sheet import Column, Labels, Phrases, Sheet
from cardcrm.text import sanitize

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.records.places.relocating import Located, OpenTown, TownChoice
    from cardcrm.store import Store

_SHOWN = 12  # towns to choose from


def list_gazetteer(store: "Store") -> Sheet:
    """Return what is loaded, by kind and country."""
    from cardcrm.records.places.loading import summarize_gazetteer

    columns = (
        Column("kind", "kind"),
        Column("country", "country"),
        Column("places", "places", "right"),
    )
    rows = [
        ("town" if each.kind == "city" else "postcode", each.country, each.places)
        for each in summarize_gazetteer(store)
    ]
    return Sheet(columns, rows, ids="country")


def list_open(found: "Located") -> Sheet:
    """Return the towns that stay open."""
    from cardcrm.records.places.gazetteer import label_towns

    columns = (
        Column("city", "town"),
        Column("region", "region"),
        Column("country", "country"),
        Column("address_count", "addresses", "right"),
        Column("towns", "may be", wide=True),
        Column("similar", "similar names", wide=True),
    )
    rows = [
        (
            each.address.city or each.address.postcode,
            each.address.region or None,
            each.address.country or None,
            each.addresses,
            Labels(label_towns(each.candidates)[:_SHOWN]),
            Phrases(each.similar),
        )
        for each in found.open
    ]
    return Sheet(columns, rows, ids="city")


def report_located(found: "Located") -> str:
    """Return how many addresses are located, how exactly, and how many stay open."""
    from cardcrm.records.places.locations import ACCURACIES

    parts = [f"{found.counts[each]:,} {each}" for each in ACCURACIES if found.counts.get(each)]
    total = sum(found.counts.values())
    exactly = f" ({', '.join(parts)})" if parts else ""
    stays = "; none open" if total else ""
    if found.open:
        verb = "stays" if found.open_addresses == 1 else "stay"
        stays = f"; {found.open_addresses:,} {verb} open"
    return f"{total:,} address{'es' * (total != 1)} located{exactly}{stays}"


def pick_towns(session: "Session", found: "Located") -> int:
    """Let the user choose among the towns of each open name; return how many were chosen."""
    from cardcrm.records.places.relocating import choose_towns

    picked = (_pick(session, each) for each in found.open if each.candidates)
    choices = list(filter(None, picked))
    return choose_towns(session.store(), choices) if choices else 0


def _pick(session: "Session", town: "OpenTown") -> "TownChoice | None":
    from cardcrm.records.places.gazetteer import label_towns
    from cardcrm.records.places.relocating import TownChoice

    labels = label_towns(town.candidates)
    rows = [f"{number:3}  {label}" for number, label in enumerate(labels[:_SHOWN], 1)]
    address = ", ".join(
        filter(None, (town.address.city, town.address.region, town.address.country))
    )
    title = f"{address} ({town.addresses:,}):"
    write_message(sanitize("\n".join([title, *rows]), newlines=True))
    answer = session.ask(f"Which one? [1-{len(rows)}, Enter leaves it open] ").strip()
    if not (answer.isascii() and answer.isdigit() and 1 <= int(answer) <= len(rows)):
        return None
    chosen = int(answer) - 1
    return TownChoice(town.address, labels[chosen], town.candidates[chosen].position)
