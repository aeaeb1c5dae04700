"""Files with one contact each, as vCards."""

import io
from collections.abc import Collection, Mapping, Sequence

from cardcrm.errors import UsageError
from cardcrm.formats.import_entries import BadEntry, ContactEntry, GroupEntry
from cardcrm.formats.vcard.parser import CardOptions, parse_card
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.formats.vcard.writer import write_vcard
from cardcrm.formats.vdir.item_kind import Adopted, Ignored, Item
from cardcrm.formats.vdir.text_units import Unit
from cardcrm.formats.vdir.vcard_patch import find_version, patch_vcard
from cardcrm.records.conflicts import Texts
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.contact_type import CONTACT
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import PARTS as NAME_PARTS
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.records.importing import bulk_import
from cardcrm.records.importing.outcomes import CREATED
from cardcrm.records.importing.relation_import import add_relations
from cardcrm.records.syncing.contact_changes import describe_texts, write_changes
from cardcrm.records.syncing.draft_texts import OWN_FIELDS, DraftReader
from cardcrm.records.syncing.journal_changes import find_changed_contacts
from cardcrm.records.syncing.sync_states import Part, Parts, SyncFolder
from cardcrm.records.syncing.three_way_merge import Changes, Clash
from cardcrm.records.syncing.uid_lookup import find_ids, find_uids, select_contacts
from cardcrm.store import Store

_OWN = "X-CARDCRM-"
_PLACEHOLDER = "x"
_ORG_LINES = ("\nX-ABSHOWAS:COMPANY", "\nKIND:ORG")
# Parts whose name is their content: two of them are two parts.
_UNKEPT = ("tag", "nickname", "relation", "job", "media", "vcard_line")
_POINT_MARKS = slice(3, 5)


class ContactItems:
    """The contacts of a database as files of a folder."""

    ending = ".vcf"
    noun, plural = "contact", "contacts"

    def __init__(self, store: Store) -> None:
        self._reader = DraftReader.of(store)

    def parse(self, store: Store, text: str, base: Parts | None) -> Item | Ignored:
        """Return the contact of a file."""
        draft = _read_draft(text, store.locale.region)
        if isinstance(draft, Ignored):
            return draft
        try:
            texts = self._reader.read(draft)
        except UsageError as error:
            return Ignored(error.message)
        if base is not None:
            _keep_guessed_parts(texts, base, draft)
            _keep_own_fields(texts, base, is_foreign=_OWN not in text.upper())
        return Item(draft.uid, self.describe(texts), texts, draft)

    def select(self, store: Store, folder: SyncFolder) -> dict[str, int]:
        """Return the contacts that the query of a folder finds."""
        return select_contacts(store, folder.query)

    def find(self, store: Store, uids: Collection[str]) -> dict[str, int]:
        """Return the contacts of some permanent ids."""
        return find_ids(store, "contact", uids)

    def find_changed(self, store: Store, since: int) -> set[int] | None:
        """Return the contacts that have changed since a change of the journal."""
        return find_changed_contacts(store, since)

    def read(self, store: Store, ids: Sequence[int]) -> list[Parts]:
        """Return the texts of contacts."""
        return [self._reader.read(draft) for draft in read_drafts(store, ids)]

    def adopt(self, store: Store, items: Sequence[Item]) -> list[Adopted]:
        """Find or add the contacts of new files, as an import does."""
        drafts = [item.body._replace(uid=item.uid) for item in items]
        outcomes = bulk_import.import_drafts(store, drafts, store.last_step)
        uids = find_uids(store, "contact", {each.contact_id for each in outcomes})
        relations = [
            (outcome.contact_id, *relation)
            for outcome, draft in zip(outcomes, drafts, strict=True)
            if outcome.status == CREATED
            for relation in draft.relations
        ]
        if relations:
            add_relations(store, relations, store.last_step)
        self._reader = DraftReader.of(store)
        return [
            Adopted(
                uids.get(each.contact_id, ""),
                each.status == CREATED,
                each.problem,
                (*each.warnings, *each.unreadable),
            )
            for each in outcomes
        ]

    def write(self, store: Store, id_: int, changes: Changes) -> list[str]:
        """Write changes to a contact."""
        return write_changes(store, id_, changes, self._reader)

    def remove(self, store: Store, ids: Sequence[int]) -> None:
        """Remove contacts."""
        contacts.remove(store, ids)

    def render(self, store: Store, ids: Sequence[int], like: str = "") -> list[str]:
        """Return the vCards of contacts, of version 3.0 unless a file like them is of 4.0."""
        version = "4.0" if find_version(like) == "4.0" else "3.0"
        return [_render(draft, version) for draft in read_drafts(store, ids)]

    def patch(
        self, store: Store, text: str, changes: Mapping[Part, Texts | None], new: str, uid: str
    ) -> str:
        """Return a vCard with some changes."""
        del store
        is_org = any(line in new.upper() for line in _ORG_LINES)

        def read(unit: Unit, version: str) -> set[Part]:
            return self._read_unit(unit, version, is_org=is_org)

        return patch_vcard(text, changes, new, uid, read)

    def _read_unit(self, unit: Unit, version: str, *, is_org: bool) -> set[Part]:
        """Return the parts that one property says."""
        name = "" if unit.name == "FN" else f"FN:{_PLACEHOLDER}\n"
        card = f"BEGIN:VCARD\nVERSION:{version}\n{name}{unit.text}END:VCARD"
        draft = parse_card(card.split("\n"), CardOptions()).draft
        if not isinstance(draft, ContactDraft):
            return set()
        try:
            parts = set(self._reader.read(draft))
        except UsageError:
            return set()
        # The parts of a name that are read from the placeholder, or from FN, are those of N.
        parts -= {("head", key) for key in (*NAME_PARTS, "kind", "name")}
        if is_org and unit.name == "ORG":
            parts.add(("head", "name"))
        return parts

    def keep_loser(self, clash: Clash, database: Parts) -> Changes:
        """Return the changes that keep the text that lost a clash, most of them a custom field."""
        lost = clash.database if clash.is_file else clash.file
        if lost is None or clash.part[0] in _UNKEPT:
            return {}
        kind, name = clash.part
        won = clash.file if clash.is_file else clash.database
        if clash.part == ("head", "note"):
            return {clash.part: (f"{describe_texts(won)}\n\n{describe_texts(lost)}",)}
        if kind == "point":
            return {}
        if kind == "address":
            return {("address", f"other {name}"): (f"other {lost[0]}".strip(), *lost[1:])}
        label = f"other {self.label(clash.part)}"
        field = label.replace(" ", "-").replace("_", "-")
        self._reader.labels.setdefault(field, label)
        known = database.get(("field", field), ("",))[0]
        text = describe_texts(lost)
        if text in known.split("; "):
            return {}
        return {("field", field): ("; ".join(filter(None, (known, text))),)}

    def label(self, part: Part) -> str:
        """Return the name of a part for people."""
        kind, name = part
        if kind == "head":
            field = CONTACT.field(name)
            return field.label if field is not None else name
        if kind in ("day", "field"):
            return self._reader.labels.get(name, name)
        return {"point": name.partition(":")[0]}.get(kind, kind)

    def describe(self, texts: Parts) -> str:
        """Return the name of a contact."""
        return texts.get(("head", "name"), ("a contact",))[0]

    def is_closed(self, texts: Parts) -> bool:
        """Return False: a contact is never done."""
        del texts
        return False


def _read_draft(text: str, region: str) -> ContactDraft | Ignored:
    """Return the contact of a file, or why it is left."""
    entries = list(read_vcard(io.StringIO(text.lstrip("\ufeff"), newline=""), region))
    cards = [each for each in entries if isinstance(each, ContactEntry | GroupEntry)]
    bad = [each for each in entries if isinstance(each, BadEntry)]
    if "BEGIN:VCARD" not in text.upper():
        return Ignored("it is not a vCard")
    if len(cards) > 1:
        return Ignored(f"it holds {len(cards)} vCards; to bring them in: cardcrm import FILE")
    if bad:
        return Ignored(bad[0].problem)
    draft = cards[0].draft
    # A group of another address book stays as it is.
    return draft if isinstance(draft, ContactDraft) else Ignored()


def _render(draft: ContactDraft, version: str) -> str:
    stream = io.StringIO(newline="")
    write_vcard([draft], stream, version)
    return stream.getvalue()


def _keep_guessed_parts(texts: Parts, base: Parts, draft: ContactDraft) -> None:
    """Put back the parts of a name that N leaves open where it states others.

    They are guessed from FN. An FN that has changed beside an old N must not count as an edit of
    its parts.
    """
    if not any(getattr(draft, name) for name in NAME_PARTS):
        return
    for name in NAME_PARTS:
        part = ("head", name)
        if not getattr(draft, name):
            texts.pop(part, None)
            texts |= {part: base[part]} if part in base else {}


def _keep_own_fields(texts: Parts, base: Parts, *, is_foreign: bool) -> None:
    """Put back what a program that knows only address books has dropped from a vCard.

    Opt-outs are never lifted by a file. A file that has none of our own properties any more was
    written by a program that drops them, and its user did not mean to clear them.
    """
    for part, texts_before in base.items():
        kind, name = part
        if kind == "point" and part in texts:
            marks = zip(texts_before[_POINT_MARKS], texts[part][_POINT_MARKS], strict=True)
            texts[part] = (*texts[part][:3], *(old or new for old, new in marks))
        is_own = kind == "field" or (kind == "head" and name in OWN_FIELDS)
        if is_foreign and is_own and part not in texts:
            texts[part] = texts_before
