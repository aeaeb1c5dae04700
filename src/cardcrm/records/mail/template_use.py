"""Refuse a change of a template that a campaign or a sequence is about to be sent with."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

from cardcrm.errors import CardcrmError, ConflictError, NotFoundError
from cardcrm.records.mail import templates
from cardcrm.records.mail.message_type import MESSAGE
from cardcrm.records.mail.templates import StoredTemplate
from cardcrm.store import Store
from cardcrm.text import sanitize

_USED: Final = ("name", "language", *templates.PARTS)  # what a mail depends on


def refuse_change(store: Store, columns: Mapping[str, Any], template_id: int) -> None:
    """Raise ConflictError for a change that mails of a campaign would show."""
    sql = f"SELECT {', '.join(_USED)} FROM template WHERE id = :id"
    before = store.row(sql, id=template_id)
    if before and any(columns.get(key, before[key]) != before[key] for key in _USED):
        refuse_in_use(store, template_id)


def refuse_in_use(store: Store, template_id: int) -> None:
    """Raise ConflictError for a template that a running campaign or sequence needs.

    It needs its templates in all languages, and the snippets that they include.
    """
    sql = "SELECT name FROM template WHERE id = :id"
    name = store.value(sql, id=template_id)
    if name is None:
        return
    for noun, user, used in (*_list_campaigns(store), *_list_sequences(store)):
        if name.lower() in used:
            raise ConflictError(
                f"the template {sanitize(name)} is in use by the {noun} {sanitize(user)}",
                f"Pause the {noun} first: cardcrm {noun} pause {sanitize(user)}",
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


def list_for_people(store: Store) -> list[str]:
    """Return the names of templates to write with, those that sequences send behind the others."""
    from cardcrm.records.sequences.plan_parser import parse_plan

    rows = store.rows("SELECT steps FROM sequence ORDER BY id")
    named = (each for row in rows for each in parse_plan(row["steps"]).templates)
    used = {each.partition(":")[0].lower() for each in named}
    return sorted(templates.list_names(store), key=lambda name: name.lower() in used)


def _list_campaigns(store: Store) -> Iterator[tuple[str, str, set[str]]]:
    """Yield each campaign that is scheduled or sending with the names of what it needs."""
    sql = (
        "SELECT c.name, t.id FROM campaign c JOIN template t "
        "ON t.id = c.template_id OR t.id = c.rival_id "
        "WHERE c.status IN ('scheduled', 'sending') ORDER BY c.id, t.id"
    )
    for row in store.rows(sql):
        yield "campaign", row[0], _list_needed(store, row[1])


def _list_sequences(store: Store) -> Iterator[tuple[str, str, set[str]]]:
    """Yield each active sequence with the names of what it needs."""
    from cardcrm.records.sequences.plan_parser import parse_plan

    for row in store.rows("SELECT name, steps FROM sequence WHERE status = 'active' ORDER BY id"):
        for template in parse_plan(row["steps"]).templates:
            yield "sequence", row["name"], _list_needed(store, template)


def _list_needed(store: Store, template: str | int) -> set[str]:
    """Return the names of a template and its snippets, in all languages."""
    try:
        variants = templates.find_variants(store, template)
    except NotFoundError:
        return set()
    snippets = {name for each in variants for name in _list_snippets(store, each)}
    return {each.name.lower() for each in variants} | snippets


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
