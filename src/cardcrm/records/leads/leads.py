"""Leads are added, found and converted."""

from typing import TYPE_CHECKING, NamedTuple

from cardcrm.errors import AmbiguousError, ConflictError, NotFoundError, UsageError
from cardcrm.records.contacts import update, writer
from cardcrm.records.contacts.contact_queries import get as get_contact
from cardcrm.records.fields import name_user
from cardcrm.records.importing.history_drafts import LeadDraft
from cardcrm.records.importing.lead_import import LeadImporter, PlacedLead
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UPDATED
from cardcrm.records.importing.parties import PartyFinder
from cardcrm.records.leads.lead_rules import Assignment, choose_owners, list_unassigned
from cardcrm.records.leads.lead_status import Lead, complete_lead, get, leads_of, note_status
from cardcrm.records.leads.lead_type import LEAD
from cardcrm.records.leads.statuses import ACTIVE, CONVERTED, DEAD, RECYCLED
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction
from cardcrm.text import shorten

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from cardcrm.records.deals.deals import Added, Step

_LONGEST_TITLE = 60  # characters of a request that become the title of a deal


class NewLead(NamedTuple):
    """A lead that was added, or the one of its contact that the request was added to.

    ``has_new_contact`` tells that its contact was added along with it.
    """

    lead: Lead
    is_new: bool
    is_changed: bool
    has_new_contact: bool


def add(store: Store, draft: LeadDraft) -> NewLead:
    """Add a lead; its contact is found, or added if it is unknown.

    Raises UsageError for a lead without a contact, and AmbiguousError if several contacts match.
    """
    if not (draft.contact_id or draft.party.label):
        raise UsageError(
            "a lead needs a contact", "For example: cardcrm lead add Jane Doe --email jane@doe.uk"
        )
    return add_all(store, [draft])[0]


@retry_transaction
def add_all(store: Store, drafts: "Sequence[LeadDraft]", step: int | None = None) -> list[NewLead]:
    """Add leads in one step of the journal, or as part of one. Raises errors as `add`."""
    finder = PartyFinder(store, source=drafts[0].source if drafts else "")
    added_before = store.value("SELECT max(id) FROM contact") or 0
    with store.continue_step(step):
        importer = LeadImporter(store, finder)
        importer.run(drafts, step)
        for each in importer.placed:
            _refuse(each)
    return [
        NewLead(
            get(store, each.lead_id),
            each.outcome.status == CREATED,
            each.outcome.status in (CREATED, UPDATED),
            each.contact_id > added_before,
        )
        for each in importer.placed
    ]


def _refuse(placed: PlacedLead) -> None:
    """Raise the error of a lead that could not be placed."""
    if placed.outcome.status == REFUSED:
        reason = placed.outcome.reason
        if "contacts match" in reason:
            raise AmbiguousError(reason, "Name one of them: cardcrm lead add --contact ID")
        raise UsageError(reason, "Name a contact: cardcrm lead add --contact WHO")


def find_lead(store: Store, contact_id: int, name: str) -> Lead:
    """Return the lead of a contact: the only one that is worked on, or the latest one.

    Raises NotFoundError without one, and AmbiguousError if several are worked on.
    """
    found = leads_of(store, contact_id)
    if not found:
        raise NotFoundError(
            f"{name} has no lead", f"To add one: cardcrm lead add --contact {contact_id}"
        )
    active = [each for each in found if each.status in ACTIVE]
    if len(active) > 1:
        raise AmbiguousError(
            f"{name} has {len(active)} leads",
            "Give the number of one.",
            candidates=[(each.id, shorten(each.text, 40), each.status) for each in active],
        )
    return found[0]


class Converted(NamedTuple):
    """A lead that was converted, its organization if it has one, and its deal if it got one."""

    lead: Lead
    org: str
    deal: "Added | None"


@retry_transaction
def convert(
    store: Store,
    lead_id: int,
    texts: "Mapping[str, str]",
    *,
    org: str = "",
    step: "Step | None" = None,
    has_deal: bool = True,
) -> Converted:
    """Convert a lead: its contact becomes a prospect, gets an organization, and has a deal.

    ``texts`` are those of the deal by the keys of its fields. The history stays with the contact.
    Raises ConflictError for a lead that is converted already, and the errors of a new deal.
    """
    from cardcrm.records.deals import deals

    with store.transaction():
        lead = get(store, lead_id)
        if lead.status == CONVERTED:
            deal = f" (deal {lead.deal_id})" if lead.deal_id else ""
            raise ConflictError(
                f"lead {lead_id} is converted already{deal}", "Undo that, or add another lead."
            )
        name = _complete_contact(store, lead, org)
        added = None
        if has_deal:
            own = {"contact": f"#{lead.contact_id}", "title": _title_of(lead, name)}
            more = {"source": lead.source, "owner": lead.owner or "me"}
            given = {key: each for key, each in texts.items() if each.strip()}
            added = deals.add(store, own | more | given, step=step)
        deal_id = added.record.id if added else None
        set_status(store, lead_id, CONVERTED)
        store.update("lead", lead_id, deal_id=deal_id)
        return Converted(get(store, lead_id), name, added)


def _complete_contact(store: Store, lead: Lead, org: str) -> str:
    """Give the contact of a lead its organization; return the name of that, empty for none."""
    contact = get_contact(store, lead.contact_id)
    if contact.stage == "lead":
        update.edit(store, [contact.id], update.Edit((("stage", "prospect"),)))
    if org.strip() and contact.kind == "person":
        org_id = writer.find_or_add_org(store, org)
        if org_id != contact.org_id:
            store.update("contact", contact.id, org_id=org_id)
            writer.mark_updated(store, contact.id)
    now = get_contact(store, contact.id).org_id
    return get_contact(store, now).name if now else ""


def _title_of(lead: Lead, org: str) -> str:
    """Return the title of the deal of a lead: the first line of its request."""
    first = next(iter(lead.text.splitlines()), "").strip()
    return shorten(first, _LONGEST_TITLE) if first else f"Deal with {org or lead.contact}"


@retry_transaction
def close(store: Store, lead_id: int, reason: str, *, is_recycled: bool = False) -> Lead:
    """Close a lead as dead, or recycle it for a later time, for a reason.

    Raises ConflictError for a lead that is converted, or that has this status already.
    """
    status = RECYCLED if is_recycled else DEAD
    with store.transaction():
        lead = get(store, lead_id)
        if lead.status == CONVERTED:
            deal = f" (deal {lead.deal_id})" if lead.deal_id else ""
            raise ConflictError(
                f"lead {lead_id} is converted{deal}", "Lose its deal: cardcrm deal lose ID"
            )
        if lead.status == status:
            why = store.value("SELECT reason FROM lead WHERE id = :id", id=lead_id)
            raise ConflictError(
                f"lead {lead_id} is {status} already{f': {why}' if why else ''}",
                f"To change the reason: cardcrm lead edit {lead_id} --reason TEXT",
            )
        return set_status(store, lead_id, status, reason=reason)


@retry_transaction
def set_status(store: Store, lead_id: int, status: str, *, reason: str | None = None) -> Lead:
    """Give a lead a status, and perhaps a reason for it. Raises NotFoundError."""
    with store.transaction():
        columns = LEAD.normalize(status=status, reason=reason)
        store.update("lead", lead_id, **complete_lead(store, columns, lead_id))
        note_status(store, lead_id)
        return get(store, lead_id)


@retry_transaction
def assign(
    store: Store, ids: "Sequence[int] | None" = None, owner: str = ""
) -> tuple[list[Assignment], int]:
    """Give leads to an owner, else to the owners that the rules choose.

    Without ids, open leads without an owner are assigned. Return what was assigned,
    with the owners before, and how many leads were left. Raises NotFoundError for an unknown lead,
    and ConflictError for a closed one.
    """
    with store.transaction():
        wanted = list_unassigned(store) if ids is None else list(ids)
        before = {each: _get_open(store, each).owner for each in wanted}
        if owner:
            chosen = [Assignment(each, name_user(owner, store)) for each in wanted]
        else:
            chosen = choose_owners(store, wanted)
        for lead_id, name, *_ in chosen:
            columns = LEAD.normalize(owner=name)
            store.update("lead", lead_id, **complete_lead(store, columns, lead_id))
            note_status(store, lead_id)
    done = [each._replace(before=before[each.lead_id]) for each in chosen]
    return done, len(wanted) - len(done)


def _get_open(store: Store, lead_id: int) -> Lead:
    """Return a lead. Raises ConflictError if it is closed."""
    lead = get(store, lead_id)
    if lead.status == CONVERTED:
        deal = f": cardcrm deal edit {lead.deal_id} --owner USER" if lead.deal_id else "."
        raise ConflictError(f"lead {lead_id} is converted", f"Change the owner of its deal{deal}")
    if lead.status == DEAD:
        raise ConflictError(
            f"lead {lead_id} is dead", f"To work on it again: cardcrm lead recycle {lead_id}"
        )
    return lead
