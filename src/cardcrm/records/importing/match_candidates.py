"""The cards of the box that a batch of drafts may be of, as far as loading needs to know them."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from typing import Any

from cardcrm.records.contacts import merged_ids
from cardcrm.records.contacts.normalize import KEYS, Prepared
from cardcrm.records.importing.matching import FILLABLE, NAMING, Card
from cardcrm.store import Store
from cardcrm.store.derived import chunks
from cardcrm.text import fold

_HEAD = ("uid", "kind", *NAMING, "org_id", *FILLABLE[2:])


def followed(
    store: Store, ready: Sequence[Prepared], *, merged: bool
) -> tuple[list[Card], dict[str, Card]]:
    """The cards that drafts may be of, and by uid those that others were merged into.

    ``merged`` says whether any card of the box may have been.
    """
    words = _merged(store, ready) if merged else {}
    found: dict[int, Card] = {}
    for condition, values in (*_leads(ready), ("c.id IN ({})", words)):
        for row in _rows_where(store, condition, values):
            found.setdefault(row["id"], _known(row))
    _read_keys(store, found)
    by_uid: dict[str, Card] = {}
    for card in found.values():
        card.read()
        for word in words.get(card.id, ()):
            uid, ref = merged_ids.told(word)
            if uid:
                by_uid[uid] = card
            card.refs = (*card.refs, ref) if ref else card.refs
    return list(found.values()), by_uid


def _leads(ready: Sequence[Prepared]) -> Iterator[tuple[str, Collection[str]]]:
    """Conditions that lead from drafts to the cards they may be of, each with its values.

    A name alone leads only to cards that nothing else could tell apart, for in a large box many
    people have the same name.
    """
    lone = {each.head["name_key"] for each in ready if not each.reach}
    orgs = {each.org_key for each in ready} - {""}
    yield "c.uid IN ({})", {each.head["uid"] for each in ready if each.has_uid}
    yield "c.ref IN ({})", {each.head["ref"] for each in ready if each.head["ref"]}
    yield (
        "c.id IN (SELECT contact_id FROM point WHERE value_key IN ({}))",
        {key[1] for each in ready for key in each.reach},
    )
    yield (
        "c.name_key IN ({}) AND c.bare = 1",
        {each.head["name_key"] for each in ready},
    )
    yield "c.name_key IN ({}) AND c.kind = 'org'", orgs
    yield "c.name_key IN ({})", lone
    yield "c.id IN (SELECT contact_id FROM nickname WHERE name_key IN ({}))", lone | orgs


def _merged(store: Store, ready: Sequence[Prepared]) -> dict[int, list[str]]:
    """The cards that were merged from some which these drafts may mean, with what leads to them."""
    wanted = {merged_ids.uid_word(each.head["uid"]) for each in ready if each.has_uid}
    wanted |= {merged_ids.ref_word(each.head["ref"]) for each in ready if each.head["ref"]}
    return {
        contact_id: words
        for contact_id, words in merged_ids.everywhere(store)
        if not wanted.isdisjoint(words)
    }


def _rows_where(store: Store, condition: str, values: Iterable[Any]) -> Iterator[Any]:
    shown = ", ".join(f"c.{name}" for name in _HEAD)
    for handful, params in chunks(values):
        yield from store.rows(
            f"SELECT c.id, {shown}, o.name AS org FROM contact c "
            f"LEFT JOIN contact o ON o.id = c.org_id WHERE {condition.format(handful)} "
            "ORDER BY c.id",
            **params,
        )


def _known(row: Any) -> Card:
    head = {name: row[name] for name in _HEAD}
    org = row["org"] or ""
    refs = (head["ref"],) if head["ref"] else ()
    return Card(row["id"], head, org, fold(org), {}, refs=refs)


def _read_keys(store: Store, cards: dict[int, Card]) -> None:
    """Read the keys of the cards' parts, and of their points what is told of them."""
    for table, names in KEYS.items():
        more = ", id, opted_out, invalid" if table == "point" else ""
        for handful, params in chunks(cards):
            for row in store.rows(
                f"SELECT contact_id, {', '.join(names)}{more} FROM {table} "
                f"WHERE contact_id IN ({handful})",
                **params,
            ):
                key = tuple(row)[1 : 1 + len(names)]
                card = cards[row[0]]
                card.keys.setdefault(table, {})[key] = tuple(row)[-2:]
                if more:
                    card.stored[key] = row["id"]
