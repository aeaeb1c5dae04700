"""The texts of a contact's draft, by which two versions of it are compared and merged.

The texts are normalized as an import would store them, so that a phone number that another program
has only written otherwise does not count as a change. Nothing is written: a custom field that is
missing is taken for one of text.
"""

from collections.abc import Iterable, Iterator

from cardcrm import dates
from cardcrm.errors import UsageError
from cardcrm.records.contacts import custom_fields
from cardcrm.records.contacts.attachments import digest_of
from cardcrm.records.contacts.contact_type import CADENCE, CONTACT
from cardcrm.records.contacts.custom_fields import Field
from cardcrm.records.contacts.drafts import ContactDraft, MediaDraft, RelationDraft
from cardcrm.records.contacts.form_diff import HEAD, INVALID, OPTED_OUT
from cardcrm.records.contacts.normalize import NormalContact, Rules, normalize
from cardcrm.records.contacts.part_types import address_draft, written_tag
from cardcrm.records.importing.unreadable import keep_as_written
from cardcrm.records.syncing.sync_states import Part, Parts
from cardcrm.store import Locale, Store
from cardcrm.text import fold

# Fields of a contact that no address book knows. Their properties are our own.
OWN_FIELDS = frozenset(("name_order", "stage", "status", "source", "owner", "ref", "every"))
_COLUMNS = {field.key: field.column for field in CONTACT.editable}


class DraftReader:
    """Reads drafts as texts.

    ``labels`` are those of the custom fields seen, by their names, and ``media`` the photos and the
    like, by the names of their parts, as texts do not have their content.
    """

    def __init__(self, fields: Iterable[Field], locale: Locale) -> None:
        self.fields = {each.name: each for each in fields}
        self.labels = {each.name: each.label for each in self.fields.values()}
        self.media: dict[str, MediaDraft] = {}
        self._names = {each.id: each.name for each in self.fields.values()}
        self.rules = Rules(locale, self._find_field, foreign=True)

    @classmethod
    def of(cls, store: Store) -> "DraftReader":
        """Return a reader that knows the custom fields of a database."""
        return cls(custom_fields.list_fields(store), store.locale)

    def _find_field(self, label: str) -> Field:
        name = custom_fields.field_name(label)
        if name not in self.fields:
            field = Field(-1 - len(self.fields), name, label, "text", ())
            self.fields[name] = field
            self.labels[name] = label
            self._names[field.id] = name
        return self.fields[name]

    def read(self, draft: ContactDraft) -> Parts:
        """Return the texts of a draft; empty ones are left out. Raises UsageError."""
        now = dates.current_instant()
        try:
            normal = normalize(draft, self.rules, now)
        except UsageError:
            draft, _ = keep_as_written(draft, self.rules)
            normal = normalize(draft, self.rules, now)
        texts = {("head", key): (text,) for key, text in _heads(draft, normal) if text}
        return {
            **texts,
            **dict(self._parts(normal)),
            **dict(_relations(draft.relations)),
            **dict(self._extras(draft)),
        }

    def _extras(self, draft: ContactDraft) -> Iterator[tuple[Part, tuple[str, ...]]]:
        """Yield further jobs, photos and the like, and properties without a field."""
        for job in draft.jobs:
            yield ("job", f"{fold(job.org)}={fold(job.title)}"), tuple(job)
        for media in draft.media:
            name = f"{media.kind}:{digest_of(media.data) or media.uri}"
            self.media[name] = media
            yield ("media", name), (media.kind, media.type)
        for line in draft.vcard_lines:
            yield ("vcard_line", line), (line,)

    def _parts(self, normal: NormalContact) -> Iterator[tuple[Part, tuple[str, ...]]]:
        rows = {table: list(each.values()) for table, each in normal.parts.items()}
        for row in rows.get("nickname", ()):
            yield ("nickname", row[0]), (row[1],)
        for row in rows.get("tag", ()):
            yield ("tag", row[0]), (written_tag(row),)
        for row in rows.get("yearly_day", ()):
            yield ("day", row[0]), (row[1],)
        for row in rows.get("field_value", ()):
            yield ("field", self._names[row[0]]), (row[1],)
        for kind, key, value, label, opted_out, invalid, *_ in rows.get("point", ()):
            marks = (OPTED_OUT * bool(opted_out), INVALID * bool(invalid))
            yield ("point", f"{kind}:{key}"), (kind, value, label, *marks)
        seen: dict[str, int] = {}
        for row in rows.get("address", ()):
            address = tuple(address_draft(row))
            number = seen[address[0]] = seen.get(address[0], 0) + 1
            yield address_part(address[0], number), address


def address_part(label: str, number: int) -> Part:
    """Return the part of an address: its label, and its number among those of one label."""
    return "address", f"{label}#{number}"


def _heads(draft: ContactDraft, normal: NormalContact) -> Iterator[tuple[str, str]]:
    """Yield the fields of a contact; defaults that the draft does not state are left out."""
    for key in HEAD:
        if key == "org":
            yield key, normal.org
        elif key == CADENCE.key:
            yield key, CADENCE.format_span(normal.head["cadence_days"])
        elif key in ("stage", "status"):
            yield key, normal.head[key] if getattr(draft, key) else ""
        else:
            yield key, str(normal.head.get(_COLUMNS[key]) or "")


def _relations(relations: Iterable[RelationDraft]) -> Iterator[tuple[Part, tuple[str, ...]]]:
    for kind, who in relations:
        if fold(kind) and who.strip():
            yield ("relation", f"{fold(kind)}={fold(who)}"), (fold(kind), who)
