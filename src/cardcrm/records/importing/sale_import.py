"""Store the sales of a file in bulk, so that a second import changes nothing.

A sale is known by its key in the program that wrote the file, of which its permanent id is made,
else by its reference. A sale without either has a key made of its values and of its number among
equal rows of the file. A payment whose order is known is no sale of its own.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, NamedTuple

from cardcrm import dates
from cardcrm.money import Money, format_money
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.importing.derived_uids import derive_uid
from cardcrm.records.importing.history_drafts import ProductLine, SaleDraft
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
_READ: Final = "id, uid, contact_id, on_date, currency, amount, cost, fee, text, ref, payment_ref"
_LINE_COLUMNS: Final = (
    "id", "sale_id", "product_id", "quantity", "price", "price_rest", "cost", "cost_rest",
    "discount", "amount",
)  # fmt: skip
_CHANGED: Final = ("on_date", "currency", "amount", "cost", "fee", "text", "payment_ref")
_SHOWN: Final = 5  # products that a report names
_UNIT: Final = 10_000  # parts of a minor unit


class _Stored(NamedTuple):
    """A sale of the database, or one that is about to be stored."""

    id: int
    values: Mapping[str, Any]
    is_new: bool = False
    line: int = 0


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
        return [f"{len(added):,} {word} added: {', '.join(added[:_SHOWN])}{more}"]

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
        self.by_uid: dict[str, _Stored] = {}
        self.by_ref: dict[str, _Stored] = {}
        self.by_payment: dict[str, _Stored] = {}
        self.new: list[tuple[Any, ...]] = []
        self.new_lines: list[tuple[int, ProductLine]] = []
        self.payers: set[int] = set()
        self.now = dates.current_instant()
        self.author = self.store.author.name
        self.next_id = self.store.reserve("sale", len(drafts))

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
            for row in self.store.rows(sql.format(marks), **params):
                yield _Stored(row["id"], dict(zip(row.keys(), row, strict=True)))

    def _remember(self, found: Iterable[_Stored]) -> None:
        for sale in found:
            values = sale.values
            self.by_uid.setdefault(values["uid"], sale)
            if values["ref"]:
                self.by_ref.setdefault(values["ref"], sale)
            if values["payment_ref"]:
                self.by_payment.setdefault(values["payment_ref"], sale)

    def _read_lines(self) -> dict[int, list[tuple[Any, ...]]]:
        """Return the lines of known sales, if the file has lines."""
        found: dict[int, list[tuple[Any, ...]]] = {}
        if not any(draft.lines for draft in self.drafts):
            return found
        ids = {sale.id for sale in self.by_uid.values()}
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
        known = self.by_uid.get(uid) if uid else None
        if known is None and draft.is_payment:
            order = self._find_order(draft)
            if order is not None:
                return self._pay(order, draft)
        if known is None and draft.ref:
            known = self.by_ref.get(draft.ref)
            if known is not None and draft.key and not _is_same_sale(known, draft, contact_id):
                known, draft = None, draft._replace(ref="")
        if known is None and draft.payment_ref:
            known = self.by_payment.get(draft.payment_ref) or self.by_ref.get(draft.payment_ref)
        if known is None:
            if reason:
                return Outcome(REFUSED, reason, part)
            return self._add(draft, uid, contact_id)
        return self._revise(known, draft, contact_id)

    def _find_order(self, draft: SaleDraft) -> _Stored | None:
        """Return the order that a payment is for: by the payment's ids, or by its number.

        A refund is that of an order if the order's refund is known.
        """
        own = draft.key.partition(":")[2]
        for each in filter(None, (own, draft.payment_ref, *draft.related)):
            order = self.by_payment.get(each)
            if order is not None and (order.values["amount"] < 0) == (draft.amount < 0):
                return order
        end = " refund" if draft.amount < 0 else ""
        for each in draft.related:
            for ref in (each, f"#{each}", each.removeprefix("#")):
                order = self.by_ref.get(f"{ref}{end}")
                if order is not None and _may_pay(order.values, draft):
                    return order
        return None

    def _pay(self, order: _Stored, draft: SaleDraft) -> Outcome:
        """Give an order the fee of its payment."""
        values = order.values
        if draft.fee is not None and values["fee"] is None and draft.amount > 0:
            self._update(order, {"fee": draft.fee})
            return Outcome(UPDATED, note="payment")
        return Outcome(UNCHANGED, note="payment")

    def _add(self, draft: SaleDraft, uid: str, contact_id: int) -> Outcome:
        uid = uid or new_uid()
        ref = draft.ref or None
        note = ""
        if ref and ref in self.by_ref:
            ref, note = None, "ref"
        row = (
            self.next_id, uid, contact_id, draft.on_date, draft.currency, draft.amount, draft.cost,
            draft.fee, draft.text, ref, draft.payment_ref or None, self.author, self.now,
        )  # fmt: skip
        stored = _Stored(self.next_id, dict(zip(_COLUMNS, row, strict=True)), True, draft.line)
        self.new.append(row)
        self.new_lines += [(self.next_id, line) for line in draft.lines]
        self._remember([stored])
        self.next_id += 1
        if draft.amount > 0:
            self.payers.add(contact_id)
        return Outcome(CREATED, note=note)

    def _revise(self, known: _Stored, draft: SaleDraft, contact_id: int) -> Outcome:
        """Give a known sale what the file says otherwise."""
        values = known.values
        if contact_id and contact_id != values["contact_id"] and not draft.key:
            return self._refuse_other(known, draft)
        changes = self._differences(known, draft)
        has_lines = self._differs_in_lines(known, draft)
        if not changes and not has_lines:
            return Outcome(UNCHANGED)
        if known.is_new:
            return self._refuse_other(known, draft)
        if self.importer.mode == "skip":
            return Outcome(UNCHANGED, note="skipped")
        if changes:
            self._update(known, changes)
        if has_lines:
            self._replace_lines(known, draft)
        return Outcome(UPDATED)

    def _differences(self, known: _Stored, draft: SaleDraft) -> dict[str, Any]:
        """Return the columns that a file changes in a known sale."""
        stored = known.values
        wanted = {
            "on_date": draft.on_date, "currency": draft.currency, "amount": draft.amount,
            "cost": draft.cost, "fee": draft.fee, "text": draft.text,
            "payment_ref": draft.payment_ref or None,
        }  # fmt: skip
        if draft.adds_lines and stored["amount"] and stored["currency"] == draft.currency:
            del wanted["amount"]
        found = {}
        for name in _CHANGED:
            if name not in wanted or wanted[name] in (None, "") or wanted[name] == stored[name]:
                continue
            if self.importer.mode == "fill" and stored[name] not in (None, ""):
                continue
            found[name] = wanted[name]
        return found

    def _differs_in_lines(self, known: _Stored, draft: SaleDraft) -> bool:
        if not draft.lines:
            return False
        stored = self.known_lines.get(known.id, []) if not known.is_new else None
        if stored is None:
            return False
        if self.importer.mode == "fill" or draft.adds_lines:
            return not stored
        keys = self.importer.products.key_of
        wanted = [
            (keys(line), line.quantity, line.price, line.amount) for line in draft.lines
        ]
        return stored != wanted

    def _refuse_other(self, known: _Stored, draft: SaleDraft) -> Outcome:
        values = known.values
        paid = format_money(Money(values["amount"], values["currency"]))
        where = f"line {known.line}" if known.line else f"sale {known.id}"
        return Outcome(
            REFUSED, f"the reference “{draft.ref}” is already that of {where}, over {paid}", "ref"
        )

    # Storing

    def _update(self, known: _Stored, changes: Mapping[str, Any]) -> None:
        if known.is_new:
            at = next(at for at, row in enumerate(self.new) if row[0] == known.id)
            row = dict(zip(_COLUMNS, self.new[at], strict=True)) | changes
            self.new[at] = tuple(row.values())
        else:
            self.store.update("sale", known.id, **changes)
        values = dict(known.values) | changes
        self._forget(known)
        self._remember([known._replace(values=values)])

    def _forget(self, known: _Stored) -> None:
        values = known.values
        self.by_uid.pop(values["uid"], None)
        self.by_ref.pop(values["ref"], None)
        self.by_payment.pop(values["payment_ref"], None)

    def _replace_lines(self, known: _Stored, draft: SaleDraft) -> None:
        self.store.delete_where("sale_line", "sale_id", known.id)
        self.new_lines += [(known.id, line) for line in draft.lines]

    def _write(self) -> None:
        store = self.store
        store.load("sale", _COLUMNS, self.new)
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
    """Return whether a sale of the same reference is the one of a draft of a program."""
    values = known.values
    return (values["contact_id"], values["currency"]) == (contact_id, draft.currency) and (
        values["amount"] == draft.amount or values["on_date"] == draft.on_date
    )


def _may_pay(values: Mapping[str, Any], draft: SaleDraft) -> bool:
    """Return whether a payment may be of an order of the number that it names."""
    is_same_way = (values["amount"] < 0) == (draft.amount < 0)
    fits = 0 < abs(draft.amount) <= abs(values["amount"])
    return is_same_way and fits and values["currency"] == draft.currency


