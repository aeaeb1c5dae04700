"""The form of feedback on a product, as far as it is not declared."""

from typing import Any, ClassVar

from cardcrm.records import links, records
from cardcrm.records.contacts import contact_queries
from cardcrm.records.contacts.resolve import resolve
from cardcrm.records.feedback.feedback_type import FEEDBACK
from cardcrm.records.fields import References
from cardcrm.store import Store
from cardcrm.tui.forms.declared_form import NounForm
from cardcrm.tui.forms.fields import Values

_SUPPORTER = "supporter"


class FeedbackForm(NounForm):
    """The form of a wish or complaint, with the customers who have it."""

    order = ("text", _SUPPORTER, "product", "kind", "status", "on", "case")
    hints: ClassVar = {_SUPPORTER: "customer: name or #id", "on": "today"}

    def new_values(self) -> dict[str, str]:
        """Return the values that the form for new feedback begins with."""
        return {each.key: each.default for each in self.type.editable}

    def texts(self, store: Store, row_id: int) -> dict[str, str]:
        """Return feedback as texts, with a line for each customer. Raises NotFoundError."""
        found = super().texts(store, row_id)
        return found | {_SUPPORTER: "\n".join(f"#{each}" for each in _list_ids(store, row_id))}

    def names(self, store: Store, row_id: int) -> dict[str, str]:
        """Return the names that are shown in place of ids."""
        ids = _list_ids(store, row_id)
        people = {f"#{each}": contact_queries.get(store, each).name for each in ids}
        return super().names(store, row_id) | people

    def add(self, store: Store, contact_id: int, texts: Values) -> Any:
        """Add feedback with its customers. Raises UsageError and NotFoundError."""
        del contact_id
        change = {_SUPPORTER: links.LinkChange(_read_ids(store, texts))}
        return records.add(store, FEEDBACK, texts, change)

    def revise(self, store: Store, row_id: int, before: Values, after: Values) -> None:
        """Write what differs between two versions. Raises EditConflictError, UsageError."""
        change = links.replace(_read_ids(store, before), _read_ids(store, after))
        with store.transaction():
            records.revise(store, FEEDBACK, row_id, before, after)
            records.edit(store, FEEDBACK, [row_id], {}, {_SUPPORTER: change})


def _list_ids(store: Store, row_id: int) -> list[int]:
    field = FEEDBACK.field(_SUPPORTER)
    assert isinstance(field, References)
    return list(links.linked_ids(store, field, row_id))


def _read_ids(store: Store, texts: Values) -> list[int]:
    lines = texts.get(_SUPPORTER, "").split("\n")
    return [resolve(store, line).id for line in lines if line.strip()]
