"""Find the contacts for whom a template shows an empty field, before any mail is queued."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from cardcrm.errors import IncompleteError, MissingValueError
from cardcrm.mail.rendering import Rendered, render, require_subject
from cardcrm.records.campaigns.campaigns import choose_templates
from cardcrm.records.campaigns.channel import MAIL, WRITTEN
from cardcrm.records.contacts import contact_queries
from cardcrm.records.mail import templates
from cardcrm.records.mail.field_patterns import (
    ADDRESS,
    COLUMNS,
    LANGUAGE,
    POINTS,
    find_custom_field,
    group_contacts,
    list_members,
)
from cardcrm.records.mail.template_fields import CUSTOM
from cardcrm.records.mail.template_reads import Reads, find_reads
from cardcrm.records.promotions.announced import refuse_missing
from cardcrm.records.sequences.plan_parser import parse_plan
from cardcrm.store import Store
from cardcrm.text import join_command, pluralize, sanitize

if TYPE_CHECKING:
    from cardcrm.config import Config
    from cardcrm.records.campaigns.recipients import Recipients
    from cardcrm.records.mail.templates import StoredTemplate
    from cardcrm.records.records import Record

_SHOWN: Final = 3  # contacts that a message names
# The filter of `find` for each field that may be empty. There is none for `ref`.
_FILTERS: Final = {
    **{name: column for name, column in COLUMNS.items() if name != "ref"},
    **{name: name for name in (*POINTS, *ADDRESS, "birthday")},
    "tags": "tag",
}

Make = Callable[[int], Rendered]  # returns the mail for a contact


class Gap(NamedTuple):
    """A field that is empty for contacts for whom a template shows it.

    ``total`` is the number of contacts that get the template.
    """

    template: str
    field: str
    contact_ids: tuple[int, ...]
    total: int

    @property
    def reason(self) -> str:
        """The reason for which the contacts cannot get the mail."""
        return f"{self.field} is empty"


def find_gaps(store: Store, template: str | int, ids: Sequence[int], make: Make) -> list[Gap]:
    """Return the empty fields, the most frequent first; ``make`` fills in the template.

    It is filled in for one contact of each group that has the same fields. Raises UsageError for
    what is missing for all of them, such as a promotion.
    """
    variants = templates.find_variants(store, template)
    reads = _collect_reads(store, variants)
    grouping = group_contacts(store, ids, reads)
    fields = {each.key: _find_empty(make, each.example) for each in grouping.groups}
    failing = [key for key, field in fields.items() if field]
    if not failing:
        return []
    by_field: dict[str, list[int]] = defaultdict(list)
    for key, members in list_members(store, ids, grouping.terms, failing).items():
        by_field[fields[key]] += members
    name = variants[0].name
    found = [Gap(name, key, tuple(sorted(some)), len(ids)) for key, some in by_field.items()]
    return sorted(found, key=lambda each: (-len(each.contact_ids), each.field))


def _find_empty(make: Make, contact_id: int) -> str:
    """Return the field that is empty for a contact, "" for none. Raises UsageError."""
    try:
        make(contact_id)
    except MissingValueError as error:
        return error.key
    return ""


def _collect_reads(store: Store, variants: "Sequence[StoredTemplate]") -> Reads:
    """Return the fields that a template and its snippets read, in all languages."""
    reads = Reads()
    if len(variants) > 1:
        language = frozenset([LANGUAGE])
        reads = Reads(language, language)
    for each in variants:
        for part in templates.PARTS:
            for source in _list_sources(store, each, part):
                reads = reads.join(find_reads(source, is_html=part == "html"))
    return reads


def _list_sources(store: Store, template: "StoredTemplate", part: str) -> list[str]:
    source: str = getattr(template, part)
    if "{" not in source:
        return []
    return [source, *templates.check_part(store, template, part).values()]


# Campaigns


class CampaignCheck:
    """The check of campaigns before they are queued.

    An empty field is an error, unless ``skips``: then the contacts are left out, and ``warnings``
    has a line for each field.
    """

    def __init__(self, store: Store, settings: "Config", *, skips: bool = False) -> None:
        self._store, self._settings, self._skips = store, settings, skips
        self.warnings: list[str] = []

    def __call__(self, campaign: "Record", found: "Recipients") -> Mapping[int, str]:
        """Return the contacts to leave out with the reason. Raises IncompleteError."""
        gaps = self.find_gaps(campaign, found)
        reasons = {each: gap.reason for gap in gaps for each in gap.contact_ids}
        is_all = len(reasons) == len(found.mailed) + len(found.held_out)
        if gaps and (is_all or not self._skips):
            raise build_error(self._store, gaps, campaign.columns["query"])
        name = sanitize(campaign.values["name"])
        self.warnings += [
            f"the campaign {name} leaves out {pluralize(len(each.contact_ids), 'contact')}: "
            f"{describe_gap(self._store, each)}"
            for each in gaps
        ]
        return reasons

    def find_gaps(self, campaign: "Record", found: "Recipients") -> list[Gap]:
        """Return the empty fields of the contacts, also of those held out. Raises UsageError."""
        channel = campaign.columns["channel"]
        if channel not in WRITTEN:
            return []
        people = [*found.mailed, *found.held_out]
        by_template: dict[int, list[int]] = defaultdict(list)
        for each, template_id in zip(people, choose_templates(campaign, people), strict=True):
            if template_id is not None:
                by_template[template_id].append(each.contact_id)
        refuse_missing(self._store, campaign.id, by_template)
        return [
            gap
            for template_id, ids in by_template.items()
            for gap in find_gaps(self._store, template_id, ids, self._maker(campaign, template_id))
        ]

    def _maker(self, campaign: "Record", template_id: int) -> Make:
        make = partial(
            render, self._store, template_id, campaign_id=campaign.id, settings=self._settings
        )
        if campaign.columns["channel"] != MAIL:
            return make
        name = templates.find_variants(self._store, template_id)[0].name
        return lambda contact_id: require_subject(make(contact_id), name)


# Sequences


class EntryCheck:
    """The check of contacts that are enrolled in a sequence by hand, for the mails all of them get.

    An empty field is an error, unless ``skips``: then the contacts are left out.
    """

    def __init__(
        self, store: Store, sequence: "Record", settings: "Config", query: str, *, skips: bool
    ) -> None:
        self._store, self._settings, self._skips, self._query = store, settings, skips, query
        self._templates = parse_plan(sequence.columns["steps"]).certain_templates

    def __call__(self, ids: Sequence[int]) -> Mapping[int, str]:
        """Return the contacts to leave out with the reason. Raises IncompleteError."""
        gaps = [
            gap
            for each in self._templates
            for gap in find_gaps(
                self._store, each, ids, partial(render, self._store, each, settings=self._settings)
            )
        ]
        if gaps and not self._skips:
            raise build_error(self._store, gaps, self._query)
        return {each: gap.reason for gap in gaps for each in gap.contact_ids}


# Messages


def build_error(store: Store, gaps: Sequence[Gap], query: str = "") -> IncompleteError:
    """Build the error for empty fields of the contacts that a query finds."""
    described = "; ".join(describe_gap(store, each) for each in gaps)
    filters = write_query(store, gaps[0], query)
    found = f" (see `{join_command(['cardcrm', 'find', filters])}`)" if filters else ""
    hint = (
        f'Fill it in{found}, write {{{{ {gaps[0].field} | default("…") }}}} in the template, '
        "or add --skip-incomplete."
    )
    return IncompleteError(described, hint, list_objects(store, gaps, query))


def describe_gap(store: Store, gap: Gap) -> str:
    """Describe the field, and the contacts for whom it is empty."""
    count = len(gap.contact_ids)
    names = [f"{each} {name}" for each, name in _name_contacts(store, gap)]
    more = ", …" if count > _SHOWN else ""
    return (
        f"template {sanitize(gap.template)}: {gap.field} is empty for {count:,} of "
        f"{gap.total:,} contacts ({', '.join(names)}{more})"
    )


def list_objects(store: Store, gaps: Sequence[Gap], query: str = "") -> list[dict[str, Any]]:
    """Return empty fields as objects for programs."""
    return [
        {
            "template": gap.template,
            "field": gap.field,
            "count": len(gap.contact_ids),
            "mailed": gap.total,
            "examples": [{"id": id_, "name": name} for id_, name in _name_contacts(store, gap)],
            "query": write_query(store, gap, query) or None,
        }
        for gap in gaps
    ]


def _name_contacts(store: Store, gap: Gap) -> list[tuple[int, str]]:
    ids = gap.contact_ids[:_SHOWN]
    return [(each, contact_queries.get(store, each).name) for each in ids]


def write_query(store: Store, gap: Gap, query: str = "") -> str:
    """Return the words after `find` for the contacts, "" where there is no filter for the field."""
    start, _, name = gap.field.partition(".")
    if start != "contact":
        return ""
    filter_ = _FILTERS.get(name, "")
    if name.startswith(f"{CUSTOM}."):
        custom = find_custom_field(store, name.removeprefix(f"{CUSTOM}."))
        filter_ = custom.name if custom else ""
    if not filter_:
        return ""
    words = f"({query})" if " " in query.strip() else query
    return f"{words} {filter_}:none".strip()
