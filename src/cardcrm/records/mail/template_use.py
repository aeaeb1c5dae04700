"""Refuse a change of a template that a campaign is about to be sent with."""

from collections.abc import Iterator

from cardcrm.errors import CardcrmError, ConflictError
from cardcrm.records.mail import templates
from cardcrm.records.mail.message_type import MESSAGE
from cardcrm.records.mail.templates import StoredTemplate
from cardcrm.store import Store
from cardcrm.text import sanitize


def refuse_in_use(store: Store, template_id: int) -> None:
    """Raise ConflictError for a template that a scheduled or sending campaign needs.

    A campaign needs its template in all languages, and the snippets that they include.
    """
    sql = "SELECT name FROM template WHERE id = :id"
    name = store.value(sql, id=template_id)
    if name is None:
        return
    for campaign, used in _list_used(store):
        if name.lower() in used:
            raise ConflictError(
                f"the template {sanitize(name)} is in use by the campaign {sanitize(campaign)}",
                f"Pause or stop the campaign first: cardcrm campaign pause {sanitize(campaign)}",
            )


def refuse_queued(store: Store, template_id: int) -> None:
    """Raise ConflictError for a template that queued messages still need."""
    sql = "SELECT count(*) FROM message WHERE template_id = :id AND status IN ('queued', 'sending')"
    count = store.value(sql, id=template_id)
    if count:
        raise ConflictError(
            f"{MESSAGE.counted(count)} of the template are still queued",
            "Send them with `cardcrm mail run`, or see `cardcrm message cancel`.",
        )


def _list_used(store: Store) -> Iterator[tuple[str, set[str]]]:
    """Yield each campaign that is scheduled or sending with the names of what it needs."""
    sql = (
        "SELECT c.name, t.id FROM campaign c JOIN template t "
        "ON t.id = c.template_id OR t.id = c.rival_id "
        "WHERE c.status IN ('scheduled', 'sending') ORDER BY c.id, t.id"
    )
    for row in store.rows(sql):
        variants = templates.find_variants(store, row[1])
        snippets = {name for each in variants for name in _list_snippets(store, each)}
        yield row[0], {each.name.lower() for each in variants} | snippets


def _list_snippets(store: Store, template: StoredTemplate) -> set[str]:
    """Return the snippets that a template includes; one that cannot be read names none."""
    found: set[str] = set()
    for part in templates.PARTS:
        if "{%" in getattr(template, part):
            try:
                found |= {each.lower() for each in templates.check_part(store, template, part)}
            except CardcrmError:
                continue
    return found
