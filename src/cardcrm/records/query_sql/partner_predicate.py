"""The predicate of the contacts that a partner brought: registered by it, or referred by it."""

from cardcrm.query import Term
from cardcrm.records.contacts.contact_queries import REFERRED_BY
from cardcrm.records.query_sql.predicates import Predicate, QueryContext, is_any, is_none


def brought_by(name: Predicate) -> Predicate:
    """Return the predicate; ``name`` finds partners by the name of the contact ``p``."""

    def compiled(ctx: QueryContext, term: Term) -> str:
        number = term.value.strip().removeprefix("#")
        if is_any(term) or is_none(term):
            named = "1 = 1"
        elif number.isascii() and number.isdigit() and len(number) < 19:
            named = f"p.id = {ctx.param(int(number))}"
        else:
            named = name(ctx, term)
        kind = ctx.param(REFERRED_BY)
        brought = (
            "SELECT r.contact_id FROM registration r JOIN contact p ON p.id = r.partner_id "
            f"WHERE {named} UNION SELECT r.contact_id FROM relation r "
            f"JOIN contact p ON p.id = r.other_id WHERE r.kind = {kind} "
            f"AND r.other_id IN (SELECT a.contact_id FROM partner a) AND {named}"
        )
        return f"{ctx.alias}.id {'NOT ' if is_none(term) else ''}IN ({brought})"

    return compiled
