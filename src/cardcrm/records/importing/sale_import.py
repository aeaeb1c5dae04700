"""Store the sales of a file in bulk, so that a second import changes nothing.

A sale is known by its key in the program that wrote the file, of which its permanent id is made,
else by its reference. A sale without either has a key made of its values and of its number among
equal rows of the file. A payment belongs to its order, if that is known.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.money import Money, format_money
from cardcrm.records.contacts.uids import new_uids
from cardcrm.records.importing.derived_uids import derive_uid, is_derived
from cardcrm.records.importing.history_drafts import OTHER_CHARGES, ProductLine, SaleDraft
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome
from cardcrm.records.importing.parties import PartyFinder
from cardcrm.records.importing.product_import import ProductFinder
from cardcrm.store import Store
from cardcrm.store.derived_refresh import chunks
from cardcrm.store.retry import retry_transaction

_COLUMNS: Final = (
    "id", "uid", "contact_id", "on_date", "currency", "amount", "cost", "fee", "text", "ref",
    "payment_ref", "author", "created_at",
)  # fmt: skip
_MAY_BE_EMPTY: Final = ("cost", "fee", "text", "ref", "payment_ref")
_READ: Final = "id, uid, contact_id, on_date, currency, amount, cost, fee, text, ref, payment_ref"
_LINE_COLUMNS: Final = (
    "id", "sale_id", "product_id", "quantity", "price", "price_rest", "cost", "cost_rest",
    "discount", "amount",
)  # fmt: skip
_CHANGED: Final = ("on_date", "currency", "amount", "cost", "fee", "text", "payment_ref")
_SHOWN: Final = 5  # products that a report names
_CREATED: Final = Outcome(CREATED)
_UNCHANGED: Final = Outcome(UNCHANGED)
_UNIT: Final = 10_000  # parts of a minor unit


class _Stored(NamedTuple):
    """A sale of the database, or one that is about to be stored: the columns of `_READ`.

    ``at`` is its place among the new ones, or -1.
    """

    id: int
    uid: str
    contact_id: int
    on_date: str
    currency: str
    amount: int
    cost: int | None
    fee: int | None
    text: str
    ref: str | None
    payment_ref: str | None
    at: int = -1

    @property
    def is_new(self) -> bool:
        """Return whether the file has brought it."""
        return self.at >= 0


@dataclass
class SaleImporter:
    """The import of the sales of one file, batch by batch.

    ``mode`` is ``update``, ``fill`` or ``skip``; the default is to update.
    """

    store: Store
    parties: PartyFinder
    mode: str = ""
    products: ProductFinder = field(init=False)
    seen: dict[bytes, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Prepare the catalog."""
        self.products = ProductFinder(self.store)

    def run(self, drafts: Sequence[SaleDraft], step: int | None) -> list[Outcome]:
        """Import a batch in one transaction that continues a journal step."""
        counts = dict(self.seen)
        keyed = [self._with_key(draft) for draft in drafts]
        try:
            return _import_batch(self.store, self, keyed, step)
        except BaseException:
            self.seen = counts
            raise

    def notes(self) -> list[str]:
        """Return sentences about the import."""
        added = self.products.added
        if not added:
            return []
        word = "product" if len(added) == 1 else "products"
        more = ", …" if len(added) > _SHOWN else ""
        return [f"{len(added):,} new {word}: {', '.join(added[:_SHOWN])}{more}"]

    def _with_key(self, draft: SaleDraft) -> SaleDraft:
        """Return a draft with a key: one without any gets that of its values."""
        if draft.key or draft.ref:
            return draft
        values = (*draft.party[:7], draft.on_date, draft.currency, draft.amount, draft.text)
        digest = hashlib.blake2b(repr(values).encode("utf-8", "replace"), digest_size=16)
        number = self.seen[digest.digest()] = self.seen.get(digest.digest(), 0) + 1
        return draft._replace(key=f"row:{digest.hexdigest()}:{number}")


@retry_transaction
def _import_batch(
    store: Store, importer: SaleImporter, drafts: Sequence[SaleDraft], step: int | None
) -> list[Outcome]:
    importer.parties.restart()
    importer.products.restart()
    with store.continue_step(step):
        outcomes = _Batch(importer, drafts).run()
    importer.parties.commit()
    return outcomes


class _Batch:
    """The import of one batch."""

    def __init__(self, importer: SaleImporter, drafts: Sequence[SaleDraft]) -> None:
        self.importer, self.store, self.drafts = importer, importer.store, drafts
        self.uids = [derive_uid(draft.key) if draft.key else "" for draft in drafts]
        self.stored: dict[int, _Stored] = {}
        # A sale by each of its ids: its number, or -1 minus the place of a new one.
        self.by_uid: dict[str, int] = {}
        self.by_ref: dict[str, int] = {}
        self.by_payment: dict[str, int] = {}
        self.new: list[tuple[Any, ...]] = []
        self.new_from: list[int] = []
        self.new_lines: list[tuple[int, ProductLine]] = []
        self.payers: set[int] = set()
        self.now = dates.current_instant()
        self.author = self.store.author.name
        self.next_id = self.store.reserve("sale", len(drafts))
        self.free_uids = iter(new_uids(len(drafts)))

    def run(self) -> list[Outcome]:
        """Find what is known, and write what is new or differs."""
        self._read_known()
        self.known_lines = self._read_lines()
        places = self.importer.parties.find(draft.party for draft in self.drafts)
        outcomes: list[Outcome] = []
        for draft, uid in zip(self.drafts, self.uids, strict=True):
            place = places[draft.party[:7]]
            outcomes.append(self._place(draft, uid, place.contact_id, place.reason, place.part))
        self._write()
        return outcomes

    # Known sales

    def _read_known(self) -> None:
        refs = {draft.ref for draft in self.drafts}
        payments = {each for draft in self.drafts for each in (*draft.related, draft.payment_ref)}
        ids = {draft.key.partition(":")[2] for draft in self.drafts if draft.is_payment}
        self._remember(self._read("uid", self.uids))
        numbers = {f"{sign}{each.removeprefix('#')}" for each in payments for sign in ("", "#")}
        numbers |= {f"{each} refund" for each in numbers}
        self._remember(self._read("ref", refs | payments | ids | numbers))
        self._remember(self._read("payment_ref", payments | ids))

    def _read(self, column: str, values: Iterable[str]) -> Iterator[_Stored]:
        sql = f"SELECT {_READ} FROM sale WHERE {column} IN ({{}})"
        for marks, params in chunks({each for each in values if each}):
            yield from (_Stored(*row) for row in self.store.rows(sql.format(marks), **params))

    def _remember(self, found: Iterable[_Stored]) -> None:
        for sale in found:
            self.stored[sale.id] = sale
            self.by_uid[sale.uid] = sale.id
            if sale.ref:
                self.by_ref[sale.ref] = sale.id
            if sale.payment_ref:
                self.by_payment[sale.payment_ref] = sale.id

    def _get(self, index: dict[str, int], key: str | None) -> _Stored | None:
        """Return the sale that an index has for a key."""
        number = index.get(key) if key else None
        if number is None:
            return None
        if number >= 0:
            return self.stored[number]
        at = -1 - number
        return _Stored(*(*self.new[at][:11], at))

    def _read_lines(self) -> dict[int, list[tuple[Any, ...]]]:
        """Return the lines of known sales, if the file has lines."""
        found: dict[int, list[tuple[Any, ...]]] = {}
        if not any(draft.lines for draft in self.drafts):
            return found
        ids = set(self.stored)
        sql = (
            "SELECT l.sale_id, p.name_key, l.quantity, l.price * 10000 + l.price_rest, l.amount "
            "FROM sale_line l JOIN product p ON p.id = l.product_id WHERE l.sale_id IN ({}) "
            "ORDER BY l.id"
        )
        for marks, params in chunks(ids):
            for row in self.store.rows(sql.format(marks), **params):
                found.setdefault(row[0], []).append(tuple(row)[1:])
        return found

    # Placing

    def _place(
        self, draft: SaleDraft, uid: str, contact_id: int, reason: str, part: str
    ) -> Outcome:
        known = self._get(self.by_uid, uid)
        if known is None and draft.is_payment:
            order = self._find_order(draft)
            if order is not None:
                return self._pay(order, draft)
        if known is None and draft.ref:
            known = self._get(self.by_ref, draft.ref)
            if known is not None and draft.key and not _is_same_sale(known, draft, contact_id):
                known, draft = None, draft._replace(ref="")
        if known is None and draft.payment_ref:
            known = self._get(self.by_payment, draft.payment_ref)
            known = known or self._get(self.by_ref, draft.payment_ref)
        if known is None:
            return Outcome(REFUSED, reason, part) if reason else self._add(draft, uid, contact_id)
        return self._revise(known, draft, contact_id)

    def _find_order(self, draft: SaleDraft) -> _Stored | None:
        """Return the order that a payment is for: by the payment's ids, or by its number.

        A refund is that of an order if the order's refund is known.
        """
        own = draft.key.partition(":")[2]
        for each in (own, draft.payment_ref, *draft.related):
            order = self._get(self.by_payment, each)
            if order is not None and (order.amount < 0) == (draft.amount < 0):
                return order
        end = " refund" if draft.amount < 0 else ""
        for each in draft.related:
            for ref in (each, f"#{each}", each.removeprefix("#")):
                order = self._get(self.by_ref, f"{ref}{end}")
                if order is not None and _may_pay(order, draft):
                    return order
        return None

    def _pay(self, order: _Stored, draft: SaleDraft) -> Outcome:
        """Give an order the fee of its payment."""
        if draft.fee is not None and order.fee is None and draft.amount > 0:
            self._update(order, {"fee": draft.fee})
            return Outcome(UPDATED, note="payment")
        return Outcome(UNCHANGED, note="payment")

    def _add(self, draft: SaleDraft, uid: str, contact_id: int) -> Outcome:
        uid = uid or next(self.free_uids)
        ref: str | None = draft.ref or None
        number, place, outcome = self.next_id, -1 - len(self.new), _CREATED
        if ref:
            if ref in self.by_ref:
                ref, outcome = None, Outcome(CREATED, note="ref")
            else:
                self.by_ref[ref] = place
        if draft.payment_ref:
            self.by_payment[draft.payment_ref] = place
        self.by_uid[uid] = place
        self.new.append((
            number, uid, contact_id, draft.on_date, draft.currency, draft.amount, draft.cost,
            draft.fee, draft.text, ref, draft.payment_ref or None, self.author, self.now,
        ))  # fmt: skip
        self.new_from.append(draft.line)
        self.next_id = number + 1
        if draft.lines:
            self.new_lines += [(number, line) for line in draft.lines]
        if draft.amount > 0:
            self.payers.add(contact_id)
        return outcome

    def _revise(self, known: _Stored, draft: SaleDraft, contact_id: int) -> Outcome:
        """Give a known sale what the file says otherwise."""
        if contact_id and contact_id != known.contact_id and not draft.key:
            return self._refuse_other(known, draft)
        changes = self._differences(known, draft)
        has_lines = bool(draft.lines) and self._differs_in_lines(known, draft)
        if not changes and not has_lines:
            return _UNCHANGED
        if known.is_new:
            return self._refuse_other(known, draft)
        if self.importer.mode == "skip":
            return Outcome(UNCHANGED, note="skipped")
        if changes:
            self._update(known, changes)
        if has_lines:
            self._replace_lines(known, draft)
        elif "amount" in changes:
            self._balance_lines(known, changes["amount"])
        return Outcome(UPDATED)

    def _differences(self, known: _Stored, draft: SaleDraft) -> dict[str, Any]:
        """Return the columns that a file changes in a known sale."""
        wanted = (
            draft.on_date, draft.currency, draft.amount, draft.cost, draft.fee, draft.text,
        )  # fmt: skip
        payment = draft.payment_ref or None
        if known[3:9] == wanted and known.payment_ref == payment:
            return {}
        found = {}
        keeps_amount = draft.adds_lines and known.amount and known.currency == draft.currency
        for name, value in zip(_CHANGED, (*wanted, payment), strict=True):
            stored = getattr(known, name)
            if value in (None, "") or value == stored or (name == "amount" and keeps_amount):
                continue
            if self.importer.mode != "fill" or stored in (None, ""):
                found[name] = value
        return found

    def _differs_in_lines(self, known: _Stored, draft: SaleDraft) -> bool:
        if known.is_new:
            return False
        stored = self.known_lines.get(known.id, [])
        if self.importer.mode == "fill" or draft.adds_lines:
            return not stored
        keys = self.importer.products.key_of
        wanted = [(keys(line), line.quantity, line.price, line.amount) for line in draft.lines]
        return stored != wanted

    def _refuse_other(self, known: _Stored, draft: SaleDraft) -> Outcome:
        paid = format_money(Money(known.amount, known.currency))
        where = f"line {self.new_from[known.at]}" if known.is_new else f"sale {known.id}"
        return Outcome(
            REFUSED, f"the reference “{draft.ref}” is already that of {where}, over {paid}", "ref"
        )

    # Storing

    def _update(self, known: _Stored, changes: Mapping[str, Any]) -> None:
        if known.is_new:
            row = {**dict(zip(_COLUMNS, self.new[known.at], strict=True)), **changes}
            self.new[known.at] = tuple(row.values())
        else:
            self.store.update("sale", known.id, **changes)
            self._remember([known._replace(**changes)])

    def _replace_lines(self, known: _Stored, draft: SaleDraft) -> None:
        self.store.delete_where("sale_line", "sale_id", known.id)
        self.new_lines += [(known.id, line) for line in draft.lines]
        if draft.adds_lines:
            self._add_rest(known, known.amount - sum(line.amount for line in draft.lines))

    def _balance_lines(self, known: _Stored, amount: int) -> None:
        """Let the lines of a sale, if it has any, add up to its new amount."""
        sql = "SELECT sum(amount) FROM sale_line WHERE sale_id = :id"
        paid = self.store.value(sql, id=known.id)
        if paid is not None:
            self._add_rest(known, amount - int(paid))

    def _add_rest(self, known: _Stored, rest: int) -> None:
        """Add a line for what the lines of a sale leave over, such as a tip."""
        if rest:
            quantity = 1000 if rest > 0 else -1000
            line = ProductLine(OTHER_CHARGES, "", quantity, abs(rest) * _UNIT, rest)
            self.new_lines.append((known.id, line))

    def _write(self) -> None:
        store = self.store
        self._write_sales()
        if self.new_lines:
            found = self.importer.products.find(
                (line for _, line in self.new_lines),
            )
            first = store.reserve("sale_line", len(self.new_lines))
            rows = [
                _line_row(number, sale_id, found[self.importer.products.key_of(line)], line)
                for number, (sale_id, line) in enumerate(self.new_lines, first)
            ]
            store.load("sale_line", _LINE_COLUMNS, rows)
        self._promote()

    def _write_sales(self) -> None:
        """Insert the new sales, without the columns that are empty in all of them."""
        if not self.new:
            return
        columns = dict(zip(_COLUMNS, zip(*self.new, strict=True), strict=True))
        empty = [name for name in _MAY_BE_EMPTY if not any(columns[name])]
        filled = {name: column for name, column in columns.items() if name not in empty}
        self.store.load("sale", list(filled), list(zip(*filled.values(), strict=True)), empty)

    def _promote(self) -> None:
        """Let leads, prospects and lapsed customers who paid become customers."""
        sql = "SELECT id FROM contact WHERE stage IN ('lead', 'prospect', 'lapsed') AND id IN ({})"
        for marks, params in chunks(self.payers):
            for row in self.store.rows(sql.format(marks), **params):
                self.store.update("contact", row[0], stage="customer")


def _line_row(number: int, sale_id: int, product_id: int, line: ProductLine) -> tuple[Any, ...]:
    price, price_rest = divmod(line.price, _UNIT)
    cost, cost_rest = (None, 0) if line.cost is None else divmod(line.cost, _UNIT)
    return (
        number, sale_id, product_id, line.quantity, price, price_rest, cost, cost_rest, 0,
        line.amount,
    )  # fmt: skip


def _is_same_sale(known: _Stored, draft: SaleDraft, contact_id: int) -> bool:
    """Return whether a sale of the same reference is the one of a draft of a program.

    A sale that has a key of its own in a program is another one.
    """
    if is_derived(known.uid):
        return False
    is_alike = known.amount == draft.amount or known.on_date == draft.on_date
    return is_alike and (known.contact_id, known.currency) == (contact_id, draft.currency)


def _may_pay(order: _Stored, draft: SaleDraft) -> bool:
    """Return whether a payment may be of an order of the number that it names."""
    is_same_way = (order.amount < 0) == (draft.amount < 0)
    fits = 0 < abs(draft.amount) <= abs(order.amount)
    return is_same_way and fits and order.currency == draft.currency
