"""Find the promotion that a campaign announces, and templates that name a missing one."""

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.mail import templates
from cardcrm.store import Store
from cardcrm.text import sanitize

# A field that the template states no other value for.
_NAMED: Final = re.compile(r"\{\{\s*campaign\.(code|offer|discount|until)\s*\}\}")


class Announcement(NamedTuple):
    """A campaign with its newest promotion that is not over; both may be empty."""

    name: str = ""
    code: str = ""
    text: str = ""
    discount: int = 0
    until_on: str | None = None


def find_announcement(store: Store, campaign_id: int) -> Announcement:
    """Return a campaign with the promotion that its mails announce."""
    sql = (
        "SELECT c.name, p.code, p.text, p.discount, p.until_on FROM campaign c "
        "LEFT JOIN promotion p ON p.campaign_id = c.id "
        "AND (p.until_on IS NULL OR p.until_on >= :today) "
        "WHERE c.id = :id ORDER BY p.id DESC LIMIT 1"
    )
    today = dates.today(store.locale.zone).isoformat()
    row = store.row(sql, id=campaign_id, today=today)
    if row is None:
        return Announcement()
    return Announcement(
        row["name"], row["code"] or "", row["text"] or "", row["discount"] or 0, row["until_on"]
    )


def refuse_missing(store: Store, campaign_id: int, template_ids: Iterable[int]) -> None:
    """Raise UsageError if a template of a campaign names a field that its promotion lacks."""
    found = find_announcement(store, campaign_id)
    fields = {
        "code": found.code, "offer": found.text, "discount": found.discount,
        "until": found.until_on,
    }  # fmt: skip
    for template, name in _list_named(store, template_ids):
        if not found.code:
            raise UsageError(
                f"{template} names campaign.{name}, and the campaign has no promotion",
                f"Add one: cardcrm promotion add CODE --campaign {sanitize(found.name)}",
            )
        if not fields[name]:
            raise UsageError(
                f"{template} names campaign.{name}, which {found.code} lacks",
                f'Fill it in, or write {{{{ campaign.{name} | default("…") }}}}.',
            )


def _list_named(store: Store, template_ids: Iterable[int]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a promotion that templates name, each with its template."""
    for each in template_ids:
        for variant in templates.find_variants(store, each):
            for part in templates.PARTS:
                for name in _NAMED.findall(getattr(variant, part)):
                    yield f"the template {sanitize(variant.label)}", name
