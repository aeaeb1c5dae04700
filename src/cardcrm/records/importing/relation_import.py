"""Add the relations of imported contacts, once all contacts of the file are stored."""

from collections.abc import Iterable

from cardcrm.errors import CardcrmError
from cardcrm.records.contacts import contact_queries, custom_fields, writer
from cardcrm.records.contacts.drafts import RelationDraft
from cardcrm.records.contacts.names import cut_long
from cardcrm.store import Store
from cardcrm.text import normalize_line


def add_relations(
    store: Store, relations: Iterable[tuple[int, str, str]], step: int | None = None
) -> list[tuple[int, str, str]]:
    """Add relations as (contact, kind, who) once all contacts are stored; return the failed ones.

    A relation whose WHO matches no contact or several becomes a custom field of that kind.
    """
    failed = []
    with store.continue_step(step):
        for contact_id, kind, who in relations:
            try:
                _add_relation(store, contact_id, kind, who)
            except CardcrmError:
                failed.append((contact_id, kind, who))
                _add_named_relation(store, contact_id, kind, who)
    return failed


def _add_named_relation(store: Store, contact_id: int, kind: str, who: str) -> None:
    """Add the name of a related person without a contact to the custom field of that kind."""
    kind, line = cut_long(kind), normalize_line(who)
    name = custom_fields.field_name(kind)
    values = custom_fields.values_of(store, contact_id)
    known = next((each.text for each in values if each.name == name), "")
    if line not in known.split(custom_fields.JOINT):
        texts = filter(None, (known, line))
        writer.set_custom_field(store, contact_id, kind, custom_fields.JOINT.join(texts))


def _add_relation(store: Store, contact_id: int, kind: str, who: str) -> None:
    """Add a relation to the contact that ``who`` names, or whose permanent id it is."""
    other = store.value("SELECT id FROM contact WHERE uid = :uid", uid=who)
    if other is None:
        writer.add_relations(store, contact_id, [RelationDraft(kind, who)])
    else:
        writer.put_relation(store, contact_id, kind, contact_queries.get(store, other))
