"""The declaration of territories: the contacts that a query finds, with their owner."""

from typing import Any

from cardcrm.records.fields import Flag, Integer, Text, Uid, User
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


def _adjust(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.teamwork.territories import place

    return place(store, columns, row_id)


def _check(store: Any, row_id: int) -> None:
    from cardcrm.records.teamwork.territories import try_query

    try_query(store, row_id)


TERRITORY = declare(
    RecordType(
        "territory",
        "territories",
        (
            Uid(),
            Text("name", label="territory", phrase="name", folded="name_key", required=True,
                 unique=True, listed=True, searchable=True, help="Name.", example="north"),
            Text("query", non_ascii_key="query_key", label="contacts", phrase="query",
                 required=True, listed=True, searchable=True, example="city:leeds",
                 help="Its contacts, by words and filters as in `find`; all for the rest."),
            User("owner", hands_over=True, non_ascii_key="owner_key", listed=True,
                 help="User who looks after its contacts."),
            Integer("position", listed=True, least=1, label="place",
                    help="Place: the first territory that finds a contact has it."),
            Flag("assigns", listed=True, option="assign", label="assigns",
                 help="Give its owner to new contacts and leads without one."),
        ),
        title="{name}",
        sort="position",
        adjust=_adjust,
        check=_check,
        summary="Territories: contacts by place, tag or field, with their owner.",
    )
)  # fmt: skip
