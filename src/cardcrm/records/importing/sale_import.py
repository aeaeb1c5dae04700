"""Store the sales of a file in bulk, so that a second import changes nothing.

A sale is known by its key in the program that wrote the file, of which its permanent id is made,
else by its reference. A sale without either has a key made of its values and of its number among
equal rows of the file. A payment belongs to its order, if that is known.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from cardcrm.errors import UsageError
from cardcrm.money import Money, format_money
from cardcrm.records.importing.batch_import import BatchImporter
from cardcrm.records.importing.code_finder import CodeFinder
from cardcrm.records.importing.derived_uids import derive_uid
from cardcrm.records.importing.history_drafts import SaleDraft
from cardcrm.records.importing.known_sales import KnownSale, is_same_sale
from cardcrm.records.importing.outcomes import CREATED, REFUSED, UNCHANGED, UPDATED, Outcome
from cardcrm.records.importing.pending_sales import PendingSales
from cardcrm.records.importing.product_import import ProductFinder
from cardcrm.records.sales.sold_deals import refuse_other_values

_CHANGED: Final = (
    "on_date", "currency", "amount", "cost", "fee", "text", "payment_ref", "channel", "tax",
    "tax_rate", "promotion_id",
)  # fmt: skip
_SHOWN: Final = 5  # products that a report names
_CREATED: Final = Outcome(CREATED)
_UNCHANGED: Final = Outcome(UNCHANGED)


@dataclass
class SaleImporter(BatchImporter[SaleDraft]):
    """The import of the sales of one file, batch by batch."""

    products: ProductFinder = field(init=False)
    codes: CodeFinder = field(init=False)

    def __post_init__(self) -> None:
        """Prepare the catalog and the promotions."""
        self.products = ProductFinder(self.store)
        self.codes = CodeFinder(self.store)

    def restart(self) -> None:
        """Forget what a transaction added that was rolled back, before it is retried."""
        super().restart()
        self.products.restart()
        self.codes.restart()

    def start(self, drafts: Sequence[SaleDraft]) -> "_Batch":
        """Return the import of a batch."""
        return _Batch(self, drafts)

    def notes(self) -> list[str]:
        """Return sentences about the import, with the products that are new."""
        return [*super().notes(), *self._describe_products(), *self.codes.describe()]

    def _describe_products(self) -> list[str]:
        added = self.products.added
        if not added:
            return []
        word = "product" if len(added) == 1 else "products"
        more = ", …" if len(added) > _SHOWN else ""
        return [f"{len(added):,} new {word}: {', '.join(added[:_SHOWN])}{more}"]

    def complete(self, draft: SaleDraft) -> SaleDraft:
        """Return a draft with a key: one without any gets that of its values."""
        if draft.key or draft.ref:
            return draft
        values = (*draft.party[:7], draft.on_date, draft.currency, draft.amount, draft.text)
        digest = hashlib.blake2b(repr(values).encode("utf-8", "replace"), digest_size=16)
        number = self.seen[digest.digest()] = self.seen.get(digest.digest(), 0) + 1
        return draft._replace(key=f"row:{digest.hexdigest()}:{number}")


class _Batch:
    """The import of one batch."""

    def __init__(self, importer: SaleImporter, drafts: Sequence[SaleDraft]) -> None:
        self.importer, self.store, self.drafts = importer, importer.store, drafts
        self.uids = [derive_uid(draft.key) if draft.key else "" for draft in drafts]
        self.pending = PendingSales(self.store, importer.products, len(drafts))
        self.known = self.pending.known

    def run(self) -> list[Outcome]:
        """Find what is known, and write what is new or differs."""
        self.known.read(self.drafts, self.uids)
        has_lines = any(draft.lines for draft in self.drafts)
        self.known_lines = self.known.read_lines() if has_lines else {}
        places = self.importer.parties.find(draft.party for draft in self.drafts)
        outcomes: list[Outcome] = []
        for draft, uid in zip(self.drafts, self.uids, strict=True):
            place = places[draft.party.key]
            outcomes.append(self._place(draft, uid, place.contact_id, place.reason, place.part))
        self.pending.write()
        return outcomes

    def _place(
        self, draft: SaleDraft, uid: str, contact_id: int, reason: str, part: str
    ) -> Outcome:
        known = self.known.get(self.known.by_uid, uid)
        if known is None and draft.is_payment:
            order = self.known.find_order(draft)
            if order is not None:
                return self._pay(order, draft)
        if known is None and draft.ref:
            known = self.known.get(self.known.by_ref, draft.ref)
            if known is not None and draft.key and not is_same_sale(known, draft, contact_id):
                known, draft = None, draft._replace(ref="")
        if known is None and draft.payment_ref:
            known = self.known.get(self.known.by_payment, draft.payment_ref)
            known = known or self.known.get(self.known.by_ref, draft.payment_ref)
        if known is None:
            return Outcome(REFUSED, reason, part) if reason else self._add(draft, uid, contact_id)
        return self._revise(known, draft, contact_id)

    def _pay(self, order: KnownSale, draft: SaleDraft) -> Outcome:
        """Give an order the fee of its payment."""
        if draft.fee is not None and order.fee is None and draft.amount > 0:
            self.pending.change(order, {"fee": draft.fee})
            return Outcome(UPDATED, note="payment")
        return Outcome(UNCHANGED, note="payment")

    def _add(self, draft: SaleDraft, uid: str, contact_id: int) -> Outcome:
        has_ref = self.pending.add(draft, uid, contact_id, self.importer.codes.find(draft))
        return _CREATED if has_ref else Outcome(CREATED, note="ref")

    def _revise(self, known: KnownSale, draft: SaleDraft, contact_id: int) -> Outcome:
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
        try:
            refuse_other_values(self.store, known.id, changes)
        except UsageError as error:
            return Outcome(REFUSED, f"{error.message}: {error.hint}", "amount")
        if changes:
            self.pending.change(known, changes)
        if has_lines:
            self.pending.replace_lines(known, draft)
        elif "amount" in changes:
            self.pending.balance_lines(known, changes["amount"])
        return Outcome(UPDATED)

    def _differences(self, known: KnownSale, draft: SaleDraft) -> dict[str, Any]:
        """Return the columns that a file changes in a known sale."""
        wanted = (
            draft.on_date, draft.currency, draft.amount, draft.cost, draft.fee, draft.text,
        )  # fmt: skip
        promotion_id = self.importer.codes.find(draft)
        more = (draft.payment_ref or None, draft.channel, draft.tax, draft.tax_rate, promotion_id)
        if known[3:9] == wanted and known[10:15] == more:
            return {}
        found: dict[str, Any] = {}
        keeps_amount = draft.adds_lines and known.amount and known.currency == draft.currency
        for name, value in zip(_CHANGED, (*wanted, *more), strict=True):
            stored = getattr(known, name)
            if value in (None, "") or value == stored or (name == "amount" and keeps_amount):
                continue
            if self.importer.mode != "fill" or stored in (None, ""):
                found[name] = value
        if "amount" in found and draft.tax is None and known.tax is not None:
            found |= {"tax": None, "tax_rate": None}  # of the former amount
        return found

    def _differs_in_lines(self, known: KnownSale, draft: SaleDraft) -> bool:
        if known.is_new:
            return False
        stored = self.known_lines.get(known.id, [])
        if self.importer.mode == "fill" or draft.adds_lines:
            return not stored
        keys = self.importer.products.key_of
        wanted = [(keys(line), line.quantity, line.price, line.amount) for line in draft.lines]
        return stored != wanted

    def _refuse_other(self, known: KnownSale, draft: SaleDraft) -> Outcome:
        paid = format_money(Money(known.amount, known.currency))
        where = f"line {self.pending.line_of(known)}" if known.is_new else f"sale {known.id}"
        return Outcome(
            REFUSED, f"the reference “{draft.ref}” is already that of {where}, over {paid}", "ref"
        )
