"""Count and sum the open deals of each stage; amounts in different currencies are not added."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.money import Money
from cardcrm.store import Query
from cardcrm.store.engine import Row


class StageTotal(NamedTuple):
    """The open deals of a stage: their number, and the sums of their amounts by currency."""

    pipeline: str
    stage: str
    deals: int
    amounts: tuple[Money, ...] = ()


def stage_query() -> Query[tuple[StageTotal, ...]]:
    """Build the query for the stages with open deals, in the order of pipelines and stages."""
    sql = (
        "SELECT p.name, g.id, g.name, o.currency, o.deals, o.amount FROM ("
        "SELECT d.stage_id, d.currency, count(*) AS deals, sum(d.amount) AS amount "
        "FROM deal d WHERE d.status = 'open' GROUP BY d.stage_id, d.currency) AS o "
        "JOIN stage g ON g.id = o.stage_id JOIN pipeline p ON p.id = g.pipeline_id "
        "ORDER BY p.position, p.id, g.position, g.id, o.currency"
    )
    return Query(sql, {}, _read)


def _read(rows: Sequence[Row]) -> tuple[StageTotal, ...]:
    found: dict[int, StageTotal] = {}
    for pipeline, stage_id, stage, currency, deals, amount in rows:
        total = found.get(stage_id, StageTotal(pipeline, stage, 0))
        amounts = () if amount is None else (Money(int(amount), currency),)
        found[stage_id] = total._replace(
            deals=total.deals + deals, amounts=(*total.amounts, *amounts)
        )
    return tuple(found.values())
