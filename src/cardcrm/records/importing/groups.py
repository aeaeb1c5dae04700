"""Groups of another address book: each becomes a tag on the cards of its members.

A member is named by a permanent id, as the file's cards are, or by an e-mail address. Whoever has
no card is no error: address books let their groups name what was removed long ago.
"""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from cardcrm.records.contacts import merged_ids, update
from cardcrm.records.contacts.drafts import GroupDraft
from cardcrm.records.contacts.normalize import tag_of
from cardcrm.records.contacts.update import Edit
from cardcrm.store import Store
from cardcrm.store.derived import chunks
from cardcrm.store.retry import retry_transaction

_MAIL = "mailto:"


class Grouped(NamedTuple):
    """What became of a group: the tag ("" where its name makes none), on how many cards it is, and
    how many members have none.
    """

    name: str
    tag: str
    cards: int
    missing: int


@retry_transaction
def group(
    store: Store, groups: Sequence[GroupDraft], led: Mapping[str, int], step: int | None = None
) -> list[Grouped]:
    """Tag the members of groups, going on with a journal step; what became of each.

    ``led`` are ids of the same file by which a card that has another one was known.
    """
    with store.continue_step(step):
        known = _cards(store, {member for each in groups for member in each.members})
        known.update(led)
        return [_tagged(store, each, known) for each in groups]


def _tagged(store: Store, draft: GroupDraft, known: Mapping[str, int]) -> Grouped:
    tag = tag_of(draft.name)
    ids = dict.fromkeys(known[member] for member in draft.members if member in known)
    if tag:
        update.edit(store, list(ids), Edit(tags=(tag,)))
    missing = sum(member not in known for member in draft.members)
    return Grouped(draft.name, tag, len(ids), missing)


def _cards(store: Store, members: set[str]) -> dict[str, int]:
    """The cards that members name, also those into which others were merged."""
    mails = {
        member: member.removeprefix(_MAIL).casefold()
        for member in members
        if member.startswith(_MAIL)
    }
    uids = members - mails.keys()
    found = {
        uid: card for card, words in merged_ids.everywhere(store) for uid in _uids(words, uids)
    }
    for handful, params in chunks(uids):
        sql = f"SELECT uid, id FROM contact WHERE uid IN ({handful})"
        found |= {row[0]: row[1] for row in store.rows(sql, **params)}
    owners = _owners(store, set(mails.values()))
    return found | {mail: owners[key] for mail, key in mails.items() if key in owners}


def _uids(words: Sequence[str], wanted: set[str]) -> set[str]:
    return {merged_ids.told(word)[0] for word in words} & wanted


def _owners(store: Store, addresses: set[str]) -> dict[str, int]:
    """The one card that has an e-mail address; what several have names none of them."""
    owners: dict[str, set[int]] = {}
    for handful, params in chunks(addresses):
        for row in store.rows(
            "SELECT value_key, contact_id FROM point "
            f"WHERE kind = 'email' AND value_key IN ({handful})",
            **params,
        ):
            owners.setdefault(row[0], set()).add(row[1])
    return {key: cards.pop() for key, cards in owners.items() if len(cards) == 1}
