"""`config cadence`: give contacts that match a query a cadence, and list these rules."""

from typing import TYPE_CHECKING, Annotated

import typer

from cardcrm.cli.arguments import complete_query, refuse_options, session_of
from cardcrm.cli.result import Result
from cardcrm.errors import UsageError

if TYPE_CHECKING:
    from cardcrm.sheet import Sheet


def cadence(
    ctx: typer.Context,
    words: Annotated[
        list[str],
        typer.Argument(
            metavar="[QUERY… SPAN]",
            help="Contacts, as in `find`, then a span such as 30d; none removes the rule.",
            autocompletion=complete_query,
        ),
    ] = [],
) -> Result:
    """Give the contacts that match a query a cadence, or list these rules.

    The shortest cadence of the rules that match counts. A cadence of a contact itself (see `edit
    --every`) counts more than any rule, also `never`. The rules are stored in the database.

    Examples:
        cardcrm config cadence

        cardcrm config cadence tag:vip 30d

        cardcrm config cadence tag:vip none

    """
    from cardcrm.cli.record_output import list_records
    from cardcrm.records.contacts.cadence_rule_type import CADENCE_RULE
    from cardcrm.records.contacts.contact_type import CADENCE, CONTACT
    from cardcrm.records.query_sql import cadences
    from cardcrm.records.records import Selection

    session = session_of(ctx)
    refuse_options(ctx, words)
    store = session.store()

    def listed() -> "Sheet":
        return list_records(session, CADENCE_RULE, Selection())

    if not words:
        hint = "no cadence by query: add one with `cardcrm config cadence tag:vip 30d`"
        is_empty = not store.count_rows(CADENCE_RULE.table_name)
        return Result(listed(), notes=(hint,) if is_empty else ())
    *rest, span = words
    query = " ".join(rest)
    if empty := next((word for word in rest if word.endswith(":")), ""):
        raise UsageError(
            f"a value is missing after “{empty}”", f"For contacts without a value: {empty}none"
        )
    if not query:
        raise UsageError("no span given", f"For example: cardcrm config cadence {span} 30d")
    days = CADENCE.parse_days(span)
    if days is None:
        cadences.remove_rule(store, query)
        return Result(listed, f"removed the cadence of {query}")
    if not days:
        raise UsageError(
            "a rule needs a number of days",
            "To remove it: none. For one contact: cardcrm edit WHO --every never",
        )
    count = cadences.set_rule(store, query, days)
    message = f"cadence of {query}: {CADENCE.format(days, store)}, {CONTACT.counted(count)}"
    return Result(listed, message)
