"""Hold the reports against the definitions of crm.cli, on the kind of data of its own tests.

Its figures are computed here by plain loops over the history of each deal. Where the definitions
agree, so do the figures; where they do not, the difference is the one that the documents state.
"""

import datetime as dt
import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest

Typed = Callable[..., tuple[int, str, str]]
OPEN = ("lead", "qualified", "proposal", "negotiation")
FIRST = dt.date(2026, 11, 2)
CLOSE = "2026-12-15"


class Deal(NamedTuple):
    """A deal: its amount, its own probability, and the days on which it entered its stages."""

    value: int | None
    probability: int | None
    path: tuple[tuple[str, int], ...]


FORWARD = (
    Deal(10_000, 80, (("lead", 0),)),
    Deal(20_000, 50, (("lead", 1),)),
    Deal(50_000, 100, (("qualified", 1),)),
    Deal(None, None, (("lead", 0), ("qualified", 3))),
    Deal(None, None, (("lead", 0), ("qualified", 4))),
    Deal(None, None, (("lead", 2), ("qualified", 7))),
    Deal(None, None, (("lead", 2),)),
    Deal(25_000, None, (("lead", 1), ("qualified", 2), ("won", 8))),
)
LOST = Deal(15_000, None, (("lead", 0), ("lost", 6)))
BACK = Deal(9_000, 50, (("lead", 0), ("qualified", 2), ("lead", 5)))
UNSURE = Deal(40_000, None, (("qualified", 0),))


@pytest.fixture
def now() -> str:
    """Return the first day of the story."""
    return f"{FIRST}T09:00"


@pytest.fixture
def play(typed: Typed, monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Return a function that adds deals and moves them day by day, as a user does."""

    def run(*deals: Deal) -> None:
        typed("add", "Jane")
        typed(
            "pipeline",
            "add",
            "Peer",
            *(word for each in OPEN for word in ("--stage", f"{each} 25%")),
        )
        events = sorted(
            (day, number, at)
            for number, deal in enumerate(deals)
            for at, (_, day) in enumerate(deal.path)
        )
        ids: dict[int, str] = {}
        for day, number, at in events:
            monkeypatch.setenv("CARDCRM_NOW", f"{FIRST + dt.timedelta(days=day)}T09:00")
            deal, stage = deals[number], deals[number].path[at][0]
            if at == 0:
                ids[number] = str(len(ids) + 1)
                words = ["--contact", "jane", "--pipeline", "peer", "--stage", stage]
                words += ["--amount", str(deal.value)] if deal.value is not None else []
                words += (
                    [] if deal.probability is None else ["--probability", str(deal.probability)]
                )
                words += ["--close", CLOSE]
                assert typed("deal", "add", f"Deal {number}", *words)[0] == 0
            elif stage == "lost":
                assert typed("deal", "lose", ids[number], "--reason", "pricing")[0] == 0
            else:
                move = ("win", ids[number]) if stage == "won" else ("move", ids[number], stage)
                assert typed("deal", *move)[0] == 0
        monkeypatch.setenv("CARDCRM_NOW", f"{FIRST + dt.timedelta(days=20)}T09:00")

    return run


def read(typed: Typed, *words: str) -> list[dict[str, Any]]:
    """Return the rows of a report on the pipeline of the story."""
    code, out, err = typed("report", *words, "--pipeline", "peer", "--format", "json")
    assert code == 0, err
    found: list[dict[str, Any]] = json.loads(out)
    return found


def walk(deal: Deal) -> Iterator[tuple[str, str, int]]:
    """Yield the moves of a deal: from, to, and the days in between."""
    for (before, start), (after, end) in zip(deal.path, deal.path[1:], strict=False):
        yield before, after, end - start


def count_peer_conversion(deals: tuple[Deal, ...]) -> dict[str, tuple[int, int]]:
    """Return the deals that entered each stage, and those that left it in any direction."""
    return {
        stage: (
            sum(any(name == stage for name, _ in each.path) for each in deals),
            sum(any(before == stage for before, _, _ in walk(each)) for each in deals),
        )
        for stage in OPEN
    }


def average_peer_stays(deals: tuple[Deal, ...]) -> dict[str, float]:
    """Return the mean days of the stays that ended, by stage."""
    days: dict[str, list[int]] = defaultdict(list)
    for each in deals:
        for before, _, spent in walk(each):
            days[before].append(spent)
    return {stage: sum(found) / len(found) for stage, found in days.items()}


def weigh_peer(deals: tuple[Deal, ...]) -> float:
    """Return the weighted amount of open deals; a missing probability is 100 %."""
    return sum(
        (each.value or 0) * (100 if each.probability is None else each.probability) / 100
        for each in deals
        if each.path[-1][0] in OPEN
    )


def read_conversion(typed: Typed) -> dict[str, tuple[int, int]]:
    """Return the deals of each open stage by the definition any, and those that went on."""
    return {
        each["stage"]: (each["deals"], each["next_deals"])
        for each in read(typed, "conversion", "--definition", "any")
        if each["stage"] in OPEN
    }


def read_weighted(typed: Typed) -> float:
    """Return the weighted amount of the forecast."""
    return sum(each["weighted"] for each in read(typed, "forecast", "--of", "deals"))


def test_the_figures_agree_where_the_definitions_do(
    typed: Typed, play: Callable[..., None]
) -> None:
    play(*FORWARD)
    stages = {
        each["stage"]: (each["deals"], float(each["amount"]["amount"]))
        for each in read(typed, "pipeline")
    }
    at_end = [(each.path[-1][0], each.value or 0) for each in FORWARD]
    assert stages == {
        stage: (len(values), sum(values))
        for stage in OPEN
        if (values := [value for name, value in at_end if name == stage])
    }
    assert read_conversion(typed) == count_peer_conversion(FORWARD)
    stays = {
        each["stage"]: each["mean_days"] for each in read(typed, "stage-times") if each["stays"]
    }
    assert stays == pytest.approx(average_peer_stays(FORWARD))
    assert read_weighted(typed) == weigh_peer(FORWARD) == 68_000
    (lost,) = read(typed, "winrate")
    assert (lost["won"], lost["lost"]) == (1, 0)


def test_lost_deals_and_moves_back_do_not_go_on(typed: Typed, play: Callable[..., None]) -> None:
    deals = (*FORWARD, LOST, BACK)
    play(*deals)
    found, peer = read_conversion(typed), count_peer_conversion(deals)
    assert {stage: count for stage, (count, _) in found.items()} == {
        stage: count for stage, (count, _) in peer.items()
    }
    assert peer["lead"][1] - found["lead"][1] == 1  # the lost deal
    assert peer["qualified"][1] - found["qualified"][1] == 1  # the move back
    (reason,) = read(typed, "lost-reasons")
    assert (reason["lost_reason"], reason["lost_amount"]["amount"]) == ("pricing", "15000.00")


def test_a_missing_probability_is_that_of_the_stage(
    typed: Typed, play: Callable[..., None]
) -> None:
    play(UNSURE)
    (stage,) = read(typed, "pipeline")
    assert weigh_peer((UNSURE,)) == 40_000
    assert 0 < stage["probability"] < 100
    assert read_weighted(typed) == pytest.approx(40_000 * stage["probability"] / 100)
