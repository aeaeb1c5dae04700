"""Knowing a card again: which card, if any, a draft is of.

The same uid decides. Otherwise a card may be meant whose kind is the draft's, and whose name or a
nickname of it is the draft's name:

1. With an e-mail address, a phone number or the id in another program in common it is the same.
2. If both have e-mail addresses or phone numbers and none in common, it is another.
3. Else one of the two has none, and the name alone is little. What they say of organisation, town
   and outside id must not clash. Then it is the same if the draft says nothing that the card does
   not say; or if no other card fits as well, and the two have their organisation or a postal
   address in common, or neither has an e-mail address or phone number, or it is an organisation.

A draft that has no name but its own address is known by that address, and a card that was named by
its e-mail address takes the name of the first draft with the same one.

Every step keeps this true: a card to which a draft was put fits it for ever, and lacks nothing of
it. As a card that lacks nothing goes before all others, a file that is read again changes nothing.
And points come together on one card only where a point, a uid or an outside id joins them.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm.records.contacts.normalize import Key, Prepared, is_nameless, reached, towns

# How well a draft fits a card.
NO, NOT_AGAINST, POSSIBLE, LIKELY, SURE = range(5)

# Columns that may be empty, so that a card may be given them later; its organisation is another.
FILLABLE: Final = (
    "given",
    "family",
    "title",
    "title_key",
    "note",
    "source",
    "owner",
    "cadence_days",
    "ref",
)
# What names a card.
NAMING: Final = ("name", "given", "family", "name_key", "sort_key")


@dataclass(slots=True, eq=False)
class Card:
    """A card as far as loading needs to know it, be it in the box or about to be.

    ``keys`` hold the keys of its parts, by part, each with its row, of which only the last two
    columns of points (opted out, invalid) are known if it is in the box; ``stored`` has the ids of
    its points there. ``filled`` is what its head was given, ``marked`` the points told to be opted
    out or invalid since, ``refs`` its ids in other programs.
    """

    id: int
    head: dict[str, Any]
    org: str
    org_key: str
    keys: dict[str, dict[Key, Any]]
    reach: frozenset[Key] = frozenset()
    fresh: bool = False
    nameless: bool = False
    refs: tuple[str, ...] = ()
    stored: dict[Key, int] = field(default_factory=dict)
    filled: dict[str, Any] = field(default_factory=dict)
    marked: dict[Key, tuple[int, int]] = field(default_factory=dict)

    def read(self) -> None:
        """Take in what the keys of its parts say."""
        self.reach = reached(self.keys.get("point", ()))
        self.nameless = is_nameless(self.head["name_key"], self.reach)

    def goes_by(self, name_key: str) -> bool:
        """Whether it has that name or nickname."""
        return self.head["name_key"] == name_key or (name_key,) in self.keys.get("nickname", NONE)

    def search_text(self) -> tuple[int, str, str]:
        """What the search index has to hold of a fresh card, which nobody else has written on.

        The same as `kept.search_text` makes of it, of keys that are folded already.
        """
        head, keys = self.head, self.keys
        names = [head["name_key"], *(key[0] for key in keys.get("nickname", NONE))]
        places = [key[1] for key in keys.get("address", NONE)]
        tags = [key[0] for key in keys.get("tag", NONE)]
        points = [key[1] for key in keys.get("point", NONE)]
        rest = (self.org_key, head["title_key"], *places, *tags, *points)
        return self.id, " ".join(names), "\n".join(filter(None, rest))


NONE: Final[dict[Key, Any]] = {}


def chosen(cards: Sequence[Card], draft: Prepared, org_id: int | None) -> Card | None:
    """The card among these that a draft is of; ``org_id`` is its organisation's card, if any."""
    fit = [(found, card) for card in cards if (found := likeness(card, draft, org_id))]
    for _, card in fit:
        if not lacks(card, draft):
            return card
    for least in (SURE, LIKELY):
        best = [card for found, card in fit if found == least]
        if best and (least == SURE or len(best) == 1):
            return best[0]
    return fit[0][1] if len(fit) == 1 and fit[0][0] >= POSSIBLE else None


def likeness(card: Card, draft: Prepared, org_id: int | None) -> int:
    """How well a draft fits a card, by the rules above; uids have been compared before."""
    head, told = card.head, draft.head
    joined = not card.reach.isdisjoint(draft.reach)
    alike = head["kind"] == told["kind"]
    if not card.goes_by(told["name_key"]):
        unnamed = draft.is_nameless or (card.nameless and alike)
        return LIKELY if joined and unnamed else NO
    if not alike:
        return NO
    if joined or (told["ref"] and told["ref"] in card.refs):
        return SURE
    if (card.reach and draft.reach) or _clashes(card, draft, org_id):
        return NO
    return _by_name(card, draft, org_id)


def _by_name(card: Card, draft: Prepared, org_id: int | None) -> int:
    """How well a draft fits a card with which it has no point in common and no clash."""
    head, told = card.head, draft.head
    is_org = told["kind"] == "org"
    if head["name_key"] != told["name_key"] and " " not in told["name_key"] and not is_org:
        return NO  # a nickname that many may have
    if _has_org(card, draft, org_id) or _shares_address(card, draft):
        return LIKELY
    return POSSIBLE if is_org or not (card.reach or draft.reach) else NOT_AGAINST


def _clashes(card: Card, draft: Prepared, org_id: int | None) -> bool:
    """Whether organisation, town or outside id are said on both sides and are not the same."""
    ref = draft.head["ref"]
    if ref and card.refs:  # the same ones have been found before
        return True
    if draft.org_key and card.head["org_id"] and not _has_org(card, draft, org_id):
        return True
    theirs = towns(draft.parts.get("address", NONE))
    mine = towns(card.keys.get("address", NONE))
    return bool(mine and theirs and mine.isdisjoint(theirs))


def _has_org(card: Card, draft: Prepared, org_id: int | None) -> bool:
    """Whether both say the same organisation; it may go by a nickname."""
    if not draft.org_key or not card.head["org_id"]:
        return False
    return card.org_key == draft.org_key or card.head["org_id"] == org_id


def _shares_address(card: Card, draft: Prepared) -> bool:
    known = card.keys.get("address", NONE)
    return any(
        key in known and (street or postcode)
        for key in draft.parts.get("address", NONE)
        for street, _, _, postcode, _ in (key,)
    )


def lacks(card: Card, draft: Prepared) -> bool:
    """Whether a draft says anything that a card does not say."""
    head, told = card.head, draft.head
    if names_anew(card, draft) or lacks_org(card, draft):
        return True
    for name in FILLABLE:
        if told[name] and not head[name]:
            return True
    for table, part in draft.parts.items():
        if not part.keys() <= card.keys.get(table, NONE).keys():
            return True
    points = card.keys.get("point", NONE)
    return any(marks(points[key], row) for key, row in draft.parts.get("point", NONE).items())


def names_anew(card: Card, draft: Prepared) -> bool:
    """Whether a card that is named by its e-mail address alone gets a name from a draft."""
    if not card.nameless or "@" not in card.head["name_key"]:
        return False
    told = draft.head
    return bool(told["kind"] == card.head["kind"] and "@" not in told["name_key"])


def lacks_org(card: Card, draft: Prepared) -> bool:
    """Whether a card has no organisation and a draft names one."""
    head = card.head
    return bool(draft.org_key) and not head["org_id"] and head["kind"] == "person"


def marks(known: Sequence[Any], told: Sequence[Any]) -> bool:
    """Whether a point's row tells that a known one is opted out or invalid, which it is not yet."""
    return bool((told[-2] and not known[-2]) or (told[-1] and not known[-1]))
