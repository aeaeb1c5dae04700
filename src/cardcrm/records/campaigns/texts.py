"""The texts that the contacts of a campaign get: of its templates, each in their language."""

from collections.abc import Sequence
from typing import NamedTuple

from cardcrm.records.campaigns.campaigns import choose_templates
from cardcrm.records.campaigns.recipient import Recipient
from cardcrm.records.mail.contact_languages import read_languages
from cardcrm.records.mail.templates import StoredTemplate, choose_language, find_variants
from cardcrm.records.records import Record
from cardcrm.store import Store


class Readers(NamedTuple):
    """The contacts that get a template in one language."""

    template: StoredTemplate
    people: Sequence[Recipient]


def group_by_text(store: Store, campaign: Record, people: Sequence[Recipient]) -> Sequence[Readers]:
    """Return the contacts of each text, most contacts first; nothing without a template."""
    languages = read_languages(store, (each.contact_id for each in people))
    variants: dict[int, list[StoredTemplate]] = {}
    texts: dict[int, StoredTemplate] = {}
    groups: dict[int, list[Recipient]] = {}
    for person, template_id in zip(people, choose_templates(campaign, people), strict=True):
        if template_id is None:
            continue
        if template_id not in variants:
            variants[template_id] = find_variants(store, template_id)
        text = choose_language(variants[template_id], languages[person.contact_id])
        texts[text.id] = text
        groups.setdefault(text.id, []).append(person)
    found = [Readers(texts[each], some) for each, some in groups.items()]
    return sorted(found, key=lambda each: -len(each.people))
