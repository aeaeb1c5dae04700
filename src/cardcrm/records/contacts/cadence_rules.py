"""Cadences by rule: contacts without a cadence of their own that match a query have that of a rule.

Of several rules that match, the shortest cadence counts. Rules are evaluated whenever they are
asked for, because their queries may depend on the day and on anything that a contact has.
"""

from typing import TYPE_CHECKING, NamedTuple

from cardcrm.store import Query
from cardcrm.store.engine import Row

if TYPE_CHECKING:
    from cardcrm.records.contacts.contact_queries import Contact


class Rule(NamedTuple):
    """The cadence of the contacts that match a query."""

    id: int
    query: str
    days: int


class WantedTouch(NamedTuple):
    """A contact, the ISO day by which it should be touched, and the cadence that asks for it.

    ``rule`` is the query of a rule; it is empty for a cadence of the contact itself.
    """

    contact_id: int
    touch_by: str
    cadence_days: int
    rule: str = ""

    @property
    def reason(self) -> str:
        """The query of the rule that asks for the touch, in parentheses."""
        return f" ({self.rule})" if self.rule else ""


def own_touch(contact: "Contact") -> WantedTouch | None:
    """Return the touch that the contact's own cadence wants."""
    if not contact.touch_by or not contact.cadence_days:
        return None
    return WantedTouch(contact.id, contact.touch_by, contact.cadence_days)


def list_query() -> Query[list[Rule]]:
    """Build the query for all rules, the shortest cadence first."""
    return Query("SELECT id, query, days FROM cadence_rule ORDER BY days, id", {}, _to_rules)


def _to_rules(rows: list[Row]) -> list[Rule]:
    return [Rule(*row) for row in rows]
