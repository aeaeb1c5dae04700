"""The recall of a product: the list of its owners, and a reminder for each."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from cardcrm.cli.bulk_edit import ASK_FROM
from cardcrm.cli.result import Result
from cardcrm.records.activity import reminders
from cardcrm.records.activity.reminders import Reminder, ReminderDraft
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.query_sql import record_query
from cardcrm.records.sales import products
from cardcrm.reports.service.recall import (
    Recalled,
    SerialRange,
    find_recalled,
    group_by_owner,
)
from cardcrm.sheet import Column, Sheet
from cardcrm.text import pluralize

if TYPE_CHECKING:
    from cardcrm.cli.session import Session
    from cardcrm.dates import DayTime


class Recall(NamedTuple):
    """The assets that a recall concerns, in a session."""

    session: "Session"
    product: str
    found: Sequence[Recalled]

    def list_owners(self) -> Result:
        """Return the assets with their owners, as a list to ring them."""
        columns = (
            Column("id", "asset", "right"),
            Column("product", "product", wide=True),
            Column("serial", "serial"),
            Column("since", "since"),
            Column("place", "place", wide=True),
            Column("contact_id", "contact id", "right"),
            Column("contact", "contact", wide=True, wrapped=True),
            Column("phone", "phone"),
            Column("email", "email", wide=True),
        )
        shown = columns if self.session.format != "table" else _for_people(columns)
        keys = [each.key for each in shown]
        rows = [tuple(_cells(each)[key] for key in keys) for each in self.found]
        return Result(Sheet(shown, rows), notes=() if rows else (self._explain_none(),))

    def add_reminders(self, due: "DayTime", text: str, *, yes: bool, dry_run: bool) -> Result:
        """Add a reminder for each owner in one step, with all serial numbers of theirs."""
        from cardcrm.cli.remind import list_reminders

        owners = group_by_owner(self.found)
        count = pluralize(len(owners), "reminder")
        if not owners or dry_run:
            note = f"would add {count}" if owners else self._explain_none()
            return self.list_owners()._replace(notes=(note,))
        if len(owners) >= ASK_FROM:
            self.session.confirm(f"add {count}", yes=yes)
        what = text or f"recall {self.product}"
        drafts = [
            (contact_id, ReminderDraft(f"{what}: {', '.join(serials)}", due))
            for contact_id, serials in owners.items()
        ]
        added: Sequence[Reminder] = reminders.add_all(self.session.store(), drafts)
        return Result(lambda: list_reminders(self.session, added), f"added {count}")

    def _explain_none(self) -> str:
        return f"no assets found of the product {self.product}"


def recall_product(session: "Session", name: str, serials: tuple[str, str], where: str) -> Recall:
    """Return the recall of a product. Raises NotFoundError for an unknown one."""
    store = session.store()
    product = products.get_by_part(store, name)
    node = record_query.parse(ASSET, where)
    found = find_recalled(store, product.id, SerialRange(*serials), node)
    return Recall(session, product.name, found)


def _for_people(columns: Sequence[Column]) -> tuple[Column, ...]:
    return tuple(each for each in columns if each.key not in ("product", "contact_id", "email"))


def _cells(asset: Recalled) -> dict[str, str | int | None]:
    values = asset._asdict()
    values["since"] = values.pop("since_on")
    return {key: value or None for key, value in values.items()}
