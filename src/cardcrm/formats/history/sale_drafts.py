"""Make the draft of a sale from its cells and amounts, and that of its refund."""

import re
from collections.abc import Sequence
from typing import Final

from cardcrm.formats.history.programs import Program
from cardcrm.formats.history.row_cells import Cells
from cardcrm.formats.history.sale_lines import CHARGES, turn_back
from cardcrm.formats.history.sale_totals import Totals
from cardcrm.records.importing.history_drafts import Party, ProductLine, SaleDraft
from cardcrm.text import fold, normalize_block, normalize_line

_ORDER_IN_TEXT: Final = re.compile(
    r"\b(?:order|invoice|bestellung|rechnung|commande|facture|pedido|factura|ordine|fattura)"
    r"\s*(?:no\.?|nr\.?|number|id)?\s*[:#]?\s*(#?[A-Z]{0,6}-?\d[\w/-]*)",
    re.IGNORECASE,
)

# Words of programs for the channels that a user would name.
CHANNELS: Final = {
    "pos": "shop", "point of sale": "shop", "register": "shop", "in store": "shop",
    "instore": "shop", "retail": "shop", "in person": "shop", "laden": "shop", "magasin": "shop",
    "tienda": "shop", "negozio": "shop", "online": "web", "online store": "web", "website": "web",
    "web shop": "web", "webshop": "web", "onlineshop": "web", "ecommerce": "web",
    "e commerce": "web", "internet": "web", "web": "web", "shop": "shop", "phone": "phone",
    "telephone": "phone", "telefon": "phone", "market": "market", "markt": "market",
    "shopify draft order": "draft order",
}  # fmt: skip


class SaleDraftBuilder:
    """The builder of the drafts of one file, which a known ``program`` may have written."""

    def __init__(self, program: Program | None) -> None:
        self.program = program

    def build(
        self, line: int, raw: str, party: Party, head: Cells, day: str, totals: Totals
    ) -> SaleDraft:
        """Return the draft of the sale in the rows from a ``line`` on."""
        ref, key, related = self._identify(head, totals.amount)
        payment = normalize_line(head.get("payment_ref", ""))
        if not self.program and not ref:
            ref, payment = payment, ""
        is_payment = bool(self.program and self.program.is_payments)
        return SaleDraft(
            line, raw, party, day, totals.currency, totals.amount,
            _text_of(head, totals.lines), ref, key, totals.cost, totals.fee,
            payment, related, totals.lines, is_payment,
            adds_lines=bool(self.program and self.program.adds_lines),
            channel=self._read_channel(head), tax=totals.tax, tax_rate=totals.tax_rate,
            code=normalize_line(head.get("code", "")),
        )  # fmt: skip

    def _read_channel(self, head: Cells) -> str:
        """Return where it was sold: as written, in plain words, or where the program sells."""
        written = normalize_line(head.get("channel", ""))
        usual = self.program.channel if self.program else ""
        if not written or written.isdigit():  # the number of an app
            return usual
        return CHANNELS.get(fold(written).replace("_", " ").replace("-", " "), written)

    def _identify(self, head: Cells, amount: int) -> tuple[str, str, tuple[str, ...]]:
        """Return the reference of a sale, its key in its program, and its ids in other files."""
        ref, own = normalize_line(head.get("ref", "")), normalize_line(head.get("id", ""))
        if not self.program:
            return ref or own, "", ()
        part = normalize_line(head.get("part_id", ""))
        key = f"{self.program.name}:{own or ref}" if own or ref else ""
        if key and amount < 0 and (part or own):
            key = f"{key}:refund:{part}" if part else key
        related = head.get("related", "").split()
        if self.program.is_payments and (found := _ORDER_IN_TEXT.search(head.get("text", ""))):
            related.append(found[1])
        is_refund_row = amount < 0 and bool(part)
        shown = f"{ref or own} refund" if is_refund_row and (ref or own) else ref or own
        return shown, key, tuple(dict.fromkeys(related))

    def build_refund(self, sale: SaleDraft, day: str, refunded: int) -> SaleDraft:
        """Return the draft of a refund of a sale, or of a part of it."""
        is_whole = refunded == sale.amount
        return sale._replace(
            on_date=day,
            amount=-refunded,
            text=f"refund: {sale.text}" if sale.text else "refund",
            ref=f"{sale.ref} refund" if sale.ref else "",
            key=f"{sale.key}:refund" if sale.key else "",
            cost=-sale.cost if sale.cost and is_whole else None,
            fee=None,
            tax=-sale.tax if sale.tax is not None and is_whole else None,
            tax_rate=sale.tax_rate if is_whole else None,
            payment_ref="",
            code="",
            lines=turn_back(sale.lines) if is_whole else (),
        )


def _text_of(head: Cells, lines: Sequence[ProductLine]) -> str:
    """Return the text of a sale: as written, else its products; a note follows."""
    text = head.get("text") or head.get("product_text") or ""
    names = dict.fromkeys(each.product for each in lines if each.product not in CHARGES)
    text = text or ", ".join(names)
    text = text or head.get("product", "")
    parts = dict.fromkeys(filter(None, (text, head.get("note", ""))))
    return normalize_line(normalize_block("; ".join(parts)).replace("\n", " "))
