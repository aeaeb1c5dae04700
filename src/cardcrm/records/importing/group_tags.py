"""Import the groups of another address book: each becomes a tag of its members.

A member is named by a permanent id or by an email address. An unknown member is not an error, as
address books keep members in a group that were removed long ago.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.domains import email_key
from cardcrm.records.contacts import merged_ids, update
from cardcrm.records.contacts.drafts import GroupDraft
from cardcrm.records.contacts.names import cut_long
from cardcrm.records.contacts.normalize import translate_tag
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

_MAILTO = "mailto:"


class GroupResult(NamedTuple):
    """The tag of a group, how many contacts got it, and how many members are unknown.

    The tag is empty where the name of the group gives none.
    """

    name: str
    tag: str
    contacts: int
    missing: int


@retry_transaction
def tag_groups(
    store: Store,
    groups: Sequence[GroupDraft],
    foreign_uids: Mapping[str, int],
    step: int | None = None,
) -> list[GroupResult]:
    """Tag the members of groups, as part of a journal step; return a result for each.

    ``foreign_uids`` are uids of the file whose contacts have other ones.
    """
    with store.continue_step(step):
        known = _find_members(store, {member for each in groups for member in each.members})
        known.update(foreign_uids)
        return [_tag_group(store, each, known) for each in groups]


def _tag_group(store: Store, draft: GroupDraft, known: Mapping[str, int]) -> GroupResult:
    tag = translate_tag(cut_long(draft.name))
    ids = dict.fromkeys(known[member] for member in draft.members if member in known)
    if tag:
        update.edit(store, list(ids), update.Edit(tags=(tag,)))
    missing = sum(member not in known for member in draft.members)
    return GroupResult(draft.name, tag, len(ids), missing)


def _find_members(store: Store, members: set[str]) -> dict[str, int]:
    """Return the contacts that members name, also those that others were merged into."""
    emails = {
        member: email_key(member.removeprefix(_MAILTO))
        for member in members
        if member.startswith(_MAILTO)
    }
    uids = members - emails.keys()
    found = {
        uid: contact_id
        for contact_id, ids in merged_ids.all_ids(store)
        for uid, _ in map(merged_ids.parse_id, ids)
        if uid in uids
    }
    for marks, params in chunks(uids):
        sql = f"SELECT uid, id FROM contact WHERE uid IN ({marks})"
        found |= {row[0]: row[1] for row in store.rows(sql, **params)}
    owners = _find_owners(store, set(emails.values()))
    return found | {member: owners[key] for member, key in emails.items() if key in owners}


def _find_owners(store: Store, addresses: set[str]) -> dict[str, int]:
    """Return the contacts of email addresses, without addresses that several contacts have."""
    owners: dict[str, set[int]] = {}
    for marks, params in chunks(addresses):
        for row in store.rows(
            "SELECT value_key, contact_id FROM point "
            f"WHERE kind = 'email' AND value_key IN ({marks})",
            **params,
        ):
            owners.setdefault(row[0], set()).add(row[1])
    return {key: ids.pop() for key, ids in owners.items() if len(ids) == 1}
