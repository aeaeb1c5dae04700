"""Decide by its status and type whether a row is a sale, a refund, or none.

The words are those of shops and payment services, in nine languages. A status that is not listed,
such as “paid” or “completed”, is that of a sale.
"""

from collections.abc import Mapping
from functools import cache
from typing import Final

from cardcrm.formats.history.programs import Program
from cardcrm.text import fold

SALE, REFUND = "sale", "refund"

_UNPAID: Final = (
    "failed | pending | authorized | voided | void | cancelled | canceled | draft | unpaid | open"
    " | overdue | expired | incomplete | uncaptured | denied | declined | on-hold | on hold"
    " | checkout-draft | trash | quotation | quotation sent | quote | estimate | sent | rejected"
    " | awaiting payment | pending payment | abandoned | requires action | blocked | not paid"
    " | requires payment method | requires confirmation | requires capture"
    " | in progress | wc-pending | wc-failed | wc-cancelled | wc-on-hold"
    " | cancel | placed | reversed | unfulfilled"
    " | offen | ausstehend | storniert | fehlgeschlagen | entwurf | angebot | unbezahlt | abgelehnt"
    " | uberfallig | abgebrochen | nicht bezahlt | verweigert | offener betrag | in bearbeitung"
    " | en attente | annule | annulee | echoue | echouee | brouillon | impaye | impayee | devis"
    " | refuse | refusee | expire"
    " | pendiente | cancelado | cancelada | fallido | fallida | borrador | presupuesto | anulado"
    " | anulada | no pagado | rechazado | vencido | vencida"
    " | in attesa | annullato | annullata | fallito | fallita | bozza | preventivo | non pagato"
    " | rifiutato | scaduto | in sospeso"
    " | pendente | falhado | falhou | rascunho | orcamento | nao pago | recusado | vencida"
    " | in afwachting | geannuleerd | mislukt | concept | offerte | openstaand | onbetaald"
    " | geweigerd | verlopen"
    " | vantande | avbruten | misslyckad | misslyckades | utkast | obetald | offert | makulerad"
    " | nekad | forfallen"
    " | oczekujace | oczekuje | anulowane | anulowany | anulowana | nieudane | nieudana | szkic"
    " | oferta | nieoplacone | nieoplacona | odrzucone | przeterminowane | wstrzymane"
)
_REFUNDED: Final = (
    "refunded | refund | wc-refunded | fully refunded | returned | chargeback | charged back"
    " | erstattet | zuruckerstattet | ruckerstattet | rembourse | remboursee | reembolsado"
    " | reembolsada | devuelto | rimborsato | rimborsata | terugbetaald | aterbetald | zwrocone"
    " | zwrocono | zwrot"
)
_REFUND_TYPES: Final = (
    "refund | refunds | credit memo | credit note | refund receipt | return | chargeback"
    " | reversal | payment refund | payment_refund | credit | customer credit memo | gutschrift"
    " | erstattung | ruckerstattung | storno | avoir | remboursement | nota de credito"
    " | nota de abono | reembolso | abono | devolucion | nota di credito | rimborso | reso"
    " | devolucao | creditnota | creditfactuur | terugbetaling | kreditfaktura | kreditnota"
    " | aterbetalning | korekta | zwrot | nota kredytowa"
)
_OTHER_TYPES: Final = (
    "payment received | estimate | quote | purchase order | bill | bill payment | expense"
    " | journal entry | deposit | transfer | payout | withdrawal | stripe fee | stripe_fee"
    " | adjustment | statement | time charge | cheque | check | delayed charge | angebot | devis"
    " | presupuesto | preventivo | offerte | offert | oferta | network cost | network_cost"
)
# QuickBooks lists invoices beside the payments of them.
_QUICKBOOKS_SALES: Final = frozenset(
    {"invoice", "sales receipt", "credit memo", "refund", "refund receipt", "statement charge",
     "cash sale", "rechnung", "verkaufsbeleg", "gutschrift"}
)  # fmt: skip
# The types of PayPal by which money comes in without a sale, by a part of their name.
_PAYPAL_OTHERS: Final = (
    "withdrawal", "currency conversion", "hold", "authorization", "deposit", "transfer",
    "bank", "credit card", "funding", "reserve", "abbuchung", "abhebung", "wahrungsumrechnung",
    "wahrungsumtausch", "einbehalt", "autorisierung", "bankgutschrift", "conversion de devise",
    "virement", "conversion", "order", "request", "statement", "loan", "correction", "payout",
)  # fmt: skip
_PAYPAL_REFUNDS: Final = ("refund", "reversal", "chargeback", "ruckzahlung", "ruckbuchung",
                          "remboursement", "erstattung", "storno")  # fmt: skip
_PAYPAL_DONE: Final = frozenset(
    {"", "completed", "abgeschlossen", "termine", "completado", "completato", "voltooid", "cleared",
     "refunded", "partially refunded", "zuruckgezahlt", "teilweise zuruckgezahlt", "concluido"}
)  # fmt: skip
_NO: Final = frozenset({"", "no", "false", "0", "nein", "non", "nee", "nej", "nie", "nao", "n"})


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|"))


def judge(head: Mapping[str, str], program: Program | None) -> tuple[str, str]:
    """Return whether a row is a sale, a refund or neither, and in that case the reason."""
    name = program.name if program else ""
    kind = fold(head.get("type", ""))
    status = fold(head.get("status", "").replace("_", " "))
    if name == "paypal":
        return _judge_paypal(head, kind, status)
    if _is_other_type(kind, program):
        return "", f"type {kind or 'unknown'}"
    if status in _words(_UNPAID) and not (name == "quickbooks" and head.get("outstanding")):
        return "", f"status {status}"
    has_status = bool(status) and status not in _words(_REFUNDED)
    if not has_status and fold(head.get("cancelled", "")) not in _NO and not head.get("refunded"):
        return "", "cancelled"
    return (REFUND if kind in _words(_REFUND_TYPES) else SALE), ""


def _is_other_type(kind: str, program: Program | None) -> bool:
    """Return whether a type is that of no sale."""
    if program is None:
        return kind in _words(_OTHER_TYPES)
    if program.name == "quickbooks":
        return bool(kind) and kind not in _QUICKBOOKS_SALES
    return bool(program.sale_types) and kind not in program.sale_types


def _judge_paypal(head: Mapping[str, str], kind: str, status: str) -> tuple[str, str]:
    if status not in _PAYPAL_DONE:
        return "", f"status {status}"
    if fold(head.get("impact", "")) in {"memo", "notiz", "vermerk"}:
        return "", "no money moved"
    is_negative = "-" in head.get("total", "") or "(" in head.get("total", "")
    is_refund = any(word in kind for word in _PAYPAL_REFUNDS)
    if is_refund and is_negative:
        return REFUND, ""
    if is_negative:
        return "", "paid out"
    if is_refund or any(word in kind for word in _PAYPAL_OTHERS):
        return "", f"type {kind}"
    return SALE, ""


def is_refunded(status: str) -> bool:
    """Return whether a status says that the whole amount was paid back."""
    return bool(status) and fold(status.replace("_", " ")) in _words(_REFUNDED)
