"""The records that a removal takes along, and those that it leaves: one line for each command."""

from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, TypeAlias

from cardcrm.store import Store

_NAMED = 5  # records that a line names


class Effects(NamedTuple):
    """The records that are removed with others, and those that stay, in words."""

    included: Sequence[str] = ()
    kept: Sequence[str] = ()

    @property
    def text(self) -> str:
        """The line: “including quote Q-0001; sale 1 over 500.00 GBP stays”, or an empty text."""
        noun = "quote" if len(self.included) == 1 else "quotes"
        verb = "stays" if len(self.kept) == 1 else "stay"
        parts = (
            f"including {noun} {_join(self.included)}" if self.included else "",
            f"{_join(self.kept)} {verb}" if self.kept else "",
        )
        return "; ".join(filter(None, parts))

    @property
    def lines(self) -> tuple[str, ...]:
        """The line, if there is one."""
        return (self.text,) if self.text else ()


FindEffects: TypeAlias = Callable[[Store, Sequence[int]], Effects]


def find_none(_store: Store, _ids: Sequence[int]) -> Effects:
    """Return the effects of a removal on nothing but the rows themselves."""
    return Effects()


def find_of_deals(store: Store, ids: Sequence[int]) -> Effects:
    """Return the effects of removing deals: their quotes go, their sales and invoices stay."""
    from cardcrm.records.quotes.related_records import name_invoices, name_quotes, name_sales

    kept = [*name_sales(store, ids), *name_invoices(store, ids)]
    return Effects(name_quotes(store, ids), kept)


def find_of_quotes(store: Store, ids: Sequence[int]) -> Effects:
    """Return the effects of removing quotes: what they became stays."""
    from cardcrm.records.quotes import related_records

    deals = related_records.find_accepted_deals(store, ids)
    sales = related_records.name_sales(store, deals)
    invoices = related_records.name_invoices_of_quotes(store, ids)
    return Effects((), [*_name_won(deals), *sales, *invoices])


def find_of_sales(store: Store, ids: Sequence[int]) -> Effects:
    """Return the effects of removing sales: the deals that became them stay won."""
    from cardcrm.records.sales.sold_deals import find_sold_deals

    return Effects((), _name_won(find_sold_deals(store, ids)))


def _name_won(deals: Mapping[int, str]) -> list[str]:
    return [f"won deal {number} {title}" for number, title in deals.items()]


def _join(names: Sequence[str]) -> str:
    """Return the first of some names in words."""
    if len(names) > _NAMED:
        return f"{', '.join(names[:_NAMED])} and {len(names) - _NAMED:,} more"
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
