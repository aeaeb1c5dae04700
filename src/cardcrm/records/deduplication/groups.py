"""Join the surest pairs of contacts into groups, and merge each group into one contact."""

from collections.abc import Callable, Iterable, Sequence

from cardcrm.records.contacts.merge import merge
from cardcrm.records.deduplication.pairs import Pair
from cardcrm.store import Store
from cardcrm.store.retry import retry_transaction

Group = tuple[int, ...]


def group_pairs(pairs: Iterable[Pair]) -> list[Group]:
    """Return groups of contacts in which each is a pair with each other, lowest id first.

    Two contacts that are pairs with a third one, but not with each other, may be two people: the
    likelier of them joins the third one, and the other one stays out.
    """
    ordered = list(pairs)
    known = {pair.ids for pair in ordered}
    groups: dict[int, set[int]] = {}
    for pair in ordered:
        one, other = (groups.get(each, {each}) for each in pair.ids)
        if one is other:
            continue
        cross = ((min(a, b), max(a, b)) for a in one for b in other)
        if all(each in known for each in cross):
            joined = one | other
            groups.update(dict.fromkeys(joined, joined))
    unique = {id(group): tuple(sorted(group)) for group in groups.values()}
    return sorted(unique.values())


@retry_transaction
def merge_groups(
    store: Store, groups: Sequence[Group], advance: Callable[[int], object]
) -> list[int]:
    """Merge each group into its oldest contact, all in one step; return the ids that remain."""
    with store.transaction():
        for number, (keep, *others) in enumerate(groups):
            advance(number)
            for other in others:
                merge(store, keep, other)
    return [group[0] for group in groups]
