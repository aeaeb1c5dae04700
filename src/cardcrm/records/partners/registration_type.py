"""The declaration of registrations: a partner's lead that is protected up to a day."""

from collections.abc import Callable
from typing import Any, Final

from cardcrm.records.fields import (
    ChangeDay,
    Condition,
    Day,
    Reference,
    Text,
    Uid,
    author_field,
)
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

DAYS: Final = 90  # of protection unless stated


def _check(store: Any, columns: dict[str, Any], row_id: int) -> dict[str, Any]:
    from cardcrm.records.partners.registration_rules import check_registration

    check_registration(store, columns, row_id)
    return columns


def _active_sql(store: Any, param: Callable[[Any], str], alias: str) -> str:
    from cardcrm import dates

    return f"{alias}.until_on >= {param(dates.today(store.locale.zone).isoformat())}"


REGISTRATION = declare(
    RecordType(
        "registration",
        "registrations",
        (
            Uid(),
            Reference("contact_id", filter="contact", option="contact", required=True,
                      listed=True, may_repeat=True, help="Contact that is protected."),
            Reference("partner_id", key="partner", filter="partner", option="partner",
                      required=True, listed=True, may_repeat=True, example="blooms",
                      help="Partner who registered it."),
            Day("on_date", key="on", looks="back", default="today", required=True, listed=True,
                phrase="day", no_future="Register it on that day.",
                help="Day on which it was registered."),
            Day("until_on", key="until", default=f"{DAYS}d", required=True, listed=True,
                phrase="last day", help=f"Last day of the protection (default: in {DAYS} days)."),
            Text("text", non_ascii_key="text_key", label="for", listed=True, searchable=True,
                 help="Subject of the lead.", example="tables for the new hall"),
            author_field(),
            ChangeDay("created_at", key="created", automatic=True),
        ),
        title="{contact_id}",
        words="text",
        sort="-until",
        query_words={"active": ("active", "yes"), "expired": ("active", "no")},
        conditions=(Condition("active", _active_sql, help="The protection is in force today."),),
        adjust=_check,
        heading=lambda _row: "registration",
        added_by="partner register",
        summary="Registrations: leads of partners that are protected up to a day.",
    )
)  # fmt: skip
