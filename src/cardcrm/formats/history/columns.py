"""Find the meaning of each column of a table of sales, interactions or reminders."""

import re
from collections.abc import Collection, Mapping, Sequence
from functools import cache
from typing import Final, NamedTuple

from cardcrm.currencies import DECIMALS, SYMBOLS
from cardcrm.errors import UsageError
from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.headers import COLUMNS
from cardcrm.formats.history.activity_headers import ACTIVITY
from cardcrm.formats.history.deal_headers import DEALS as DEAL_HEADERS
from cardcrm.formats.history.lead_headers import LEADS as LEAD_HEADERS
from cardcrm.formats.history.party_headers import PARTY
from cardcrm.formats.history.programs import (
    ACTIVITIES,
    DEALS,
    INTERACTIONS,
    LEADS,
    PROGRAMS,
    REMINDERS,
    SALES,
    Program,
)
from cardcrm.formats.history.sale_headers import SALES as SALE_HEADERS
from cardcrm.text import find_similar

# The targets of contacts' columns that name the contact of a row.
_PARTY_TARGETS: Final = {
    "name": "name", "given": "given", "family": "family", "org": "org", "email": "email",
    "phone": "phone", "street": "street", "city": "city", "region": "region",
    "postcode": "postcode", "country": "country",
}  # fmt: skip
_PARTY: Final = frozenset((*_PARTY_TARGETS, "customer_id", "other_name", "other_email"))
_NAMING: Final = frozenset(
    (
        "name",
        "given",
        "family",
        "org",
        "email",
        "phone",
        "customer_id",
        "other_name",
        "org_and_name",
    )
)
_AMOUNTS: Final = frozenset(
    ("amount", "total", "net", "price", "line_total", "line_net", "line_gross")
)
_CURRENCY_IN_HEADER: Final = re.compile(r"[\s(\[]([A-Z]{3}|[€£¥])[)\]]?\s*$")
# Parts of headers that say whose column it is: “Customer City”, “Ort (Rechnung)”.
_OWNERS: Final = re.compile(
    r"^(?:customer|client|billing|buyer|bill to|order|invoice|sale|kunde[n]?|rechnungs?|client"
    r"|cliente|klant|kund|klienta)[\s_.:-]+|[\s_(-]+(?:billing|rechnung)\)?$",
    re.IGNORECASE,
)
# Words by which a header that is not known itself is still understood, the first one wins.
_KEYWORDS: Final = (
    ("", "ship due deliver expir modif updat birth"),
    ("email", "email courriel correo epost"),
    ("phone", "phone telefon telefoon mobile"),
    ("currency", "currency währung devise moneda valuta moeda waluta"),
    ("refunded", "refund erstatt rembours reembols rimbors återbetal terugbetal zwrot"),
    ("quantity", "quantity qty menge anzahl quantité cantidad quantità aantal antal ilość"),
    ("price", "price einzelpreis prix precio prezzo preço prijs cena"),
    ("date", "date datum fecha data"),
    ("tax", "vat tax mwst tva btw moms podatek"),
    ("total", "total gesamt totale totaal totalt razem brutto gross"),
    ("amount", "amount betrag montant importe importo bedrag belopp kwota"),
    ("ref", "invoice order rechnung bestell facture pedido fattura factuur faktura zamówieni"),
    ("product", "product item artikel produkt produit producto prodotto"),
    ("name", "customer client kunde cliente klant klient buyer"),
    ("note", "note notiz comment kommentar remark bemerkung uwagi"),
)


TEXT_LINE: Final = "line_of_text"  # the meaning of a column whose cells become lines of the text


class Column(NamedTuple):
    """A column: its header, what it means, and whether that was concluded from a part of it."""

    header: str
    target: str
    is_guess: bool = False


class Columns(NamedTuple):
    """The columns of a table, and the program that wrote it if that is known.

    ``currency`` is the one that a header names, as in “Amount (EUR)”.
    """

    holds: str
    columns: tuple[Column, ...]
    program: Program | None = None
    currency: str = ""

    def places(self, target: str) -> tuple[int, ...]:
        """Return the places of the columns of a meaning."""
        return tuple(at for at, each in enumerate(self.columns) if each.target == target)

    @property
    def targets(self) -> frozenset[str]:
        """The meanings that some column has."""
        return frozenset(each.target for each in self.columns)


def split_header(header: str) -> str:
    """Return a header in lower case whose parts are separated by single spaces."""
    spaced = (
        re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header) if "_" in header or " " in header else header
    )
    return " ".join(re.sub(r"[\W_]+", " ", spaced).split()).lower()


def find_program(headers: Sequence[str]) -> Program | None:
    """Return the program whose signature the headers have."""
    keys = {fold_header(each) for each in headers}
    return next((each for each in PROGRAMS if _signature(each.signature) <= keys), None)


@cache
def _signature(text: str) -> frozenset[str]:
    return frozenset(fold_header(part) for part in text.split("|"))


def _own_headers(holds: str) -> Mapping[str, str]:
    """Return the headers of the rows of a kind, by their meaning."""
    return {SALES: SALE_HEADERS, DEALS: DEAL_HEADERS, LEADS: LEAD_HEADERS}.get(holds, ACTIVITY)


@cache
def _synonyms(holds: str) -> Mapping[str, str]:
    """Return the meaning of each folded header; columns of the noun go before those of contacts."""
    found: dict[str, str] = {}
    for words in (_own_headers(holds), PARTY):
        for target, texts in words.items():
            for text in texts.split("|"):
                found.setdefault(fold_header(text), target)
    for (target, label), texts in COLUMNS.items():
        if target in _PARTY_TARGETS and label != "#":
            for text in texts.split("|"):
                found.setdefault(fold_header(text), _PARTY_TARGETS[target])
    return found


def map_headers(headers: Sequence[str], holds: str, overrides: Mapping[str, str]) -> Columns:
    """Return the meanings of the columns of a table.

    ``overrides`` are meanings by folded header that the user has given.
    """
    program = find_program(headers)
    if program is not None and program.holds not in (holds, ACTIVITIES):
        program = None
    meanings = _program_meanings(program)
    taken: set[str] = set()
    columns: list[Column] = []
    for header in headers:
        column = _find_column(header, holds, meanings, overrides)
        if column.is_guess and column.target in taken:
            column = Column(header, "")
        if holds == LEADS and program is None and not column.target:
            column = _keep_in_text(column, overrides)
        taken.add(column.target)
        columns.append(column)
    currency = next(filter(None, (_currency_of(each) for each in columns)), "")
    return Columns(holds, tuple(columns), program, currency)


_IGNORE: Final = frozenset(("ignore", "skip", "none", "no", ""))


def read_target(text: str, holds: str) -> str:
    """Return the meaning that a user gives to a column; "" for one to ignore. Raises UsageError."""
    key = fold_header(text)
    names = {fold_header(name): name for name in (*PARTY, *_own_headers(holds))}
    if key in _IGNORE:
        return ""
    found = names.get(key) or _synonyms(holds).get(key)
    if found is None:
        near = find_similar(key, names)
        hint = f"Did you mean {names[near[0]]}? " if near else ""
        shown = ", ".join(sorted(names.values()))
        raise UsageError(f"unknown field “{text}” of {holds}", f"{hint}Fields: {shown}.")
    return found


def _keep_in_text(column: Column, overrides: Mapping[str, str]) -> Column:
    """Return an unknown column of a form as one whose answers are kept, unless it is ignored."""
    is_ignored = not column.header or fold_header(column.header) in overrides
    return column if is_ignored else column._replace(target=TEXT_LINE)


def _program_meanings(program: Program | None) -> Mapping[str, str]:
    if program is None:
        return {}
    return {fold_header(text): target for text, target in program.meanings.items()}


def _find_column(
    header: str, holds: str, meanings: Mapping[str, str], overrides: Mapping[str, str]
) -> Column:
    key = fold_header(header)
    if key in overrides:
        return Column(header, overrides[key])
    if key in meanings:
        return Column(header, meanings[key])
    known = _synonyms(holds)
    bare = _CURRENCY_IN_HEADER.sub("", header)
    for text in (header, bare, _OWNERS.sub("", bare), re.sub(r"\(.*?\)", "", header)):
        if target := known.get(fold_header(text)):
            return Column(header, target)
    return _guess(header, holds) if not meanings else Column(header, "")


def _guess(header: str, holds: str) -> Column:
    """Return a column whose meaning a part of its header tells."""
    words = split_header(header)
    if holds != SALES or not words:
        return Column(header, "")
    for target, parts in _KEYWORDS:
        if any(part in words for part in parts.split()):
            return Column(header, target, is_guess=bool(target))
    return Column(header, "")


def _currency_of(column: Column) -> str:
    found = _CURRENCY_IN_HEADER.search(column.header) if column.target in _AMOUNTS else None
    if found is None:
        return ""
    code = SYMBOLS.get(found[1], found[1])
    return code if code in DECIMALS else ""


def check(columns: Columns, holds: str, *, has_customer: bool) -> None:
    """Raise UsageError if a table lacks a column that its rows need.

    One whose rows have a customer named by the user needs no column for the contact.
    """
    targets = columns.targets
    has_sections = any(not each.header for each in columns.columns)
    is_named = has_customer or has_sections or bool(targets & _NAMING)
    if holds != "reminders" and not is_named:
        raise UsageError(
            "the file has no column for the contact",
            "Name it in the first line, for example: name,email,date,amount. "
            "To name one contact for all rows: --customer WHO",
        )
    if holds == DEALS:
        if "title" not in targets:
            raise UsageError(
                "the file has no column for the title of the deal",
                "Name it in the first line, for example: deal,contact,stage,amount,close,ref.",
            )
        return
    if holds == LEADS:
        return
    if holds == SALES and not targets & _AMOUNTS:
        raise UsageError(
            "the file has no column for the amount",
            "Name it in the first line, for example: name,email,date,amount,currency,ref.",
        )
    if holds != SALES and not targets & {"text", "subject", "outcome", "kind"}:
        raise UsageError(
            "the file has no column for the text",
            "Name it in the first line, for example: name,date,kind,text.",
        )
    needed = {"due", "date"} if holds == "reminders" else {"date", "paid_on", "due"}
    if not targets & needed:
        word = "due" if holds == "reminders" else "date"
        raise UsageError(
            "the file has no column for the date",
            f"Name it in the first line, for example: name,{word},text.",
        )


@cache
def _own_words() -> frozenset[str]:
    """Return the folded headers that name no part of a contact."""
    texts = (*SALE_HEADERS.values(), *ACTIVITY.values())
    return frozenset(fold_header(text) for each in texts for text in each.split("|"))


def score(headers: Sequence[str]) -> int:
    """Return the number of headers of sales, interactions and reminders among some cells."""
    return len(_own_words().intersection(map(fold_header, headers)))


# A table with a column of each of these sets has sales, whichever program wrote it.
_DAYS: Final = frozenset({"date", "paid_on"})
_SUMS: Final = frozenset({"amount", "total", "line_total", "price"})
_DETAILS: Final = frozenset({"currency", "ref", "product", "quantity", "price", "fee"})
_TEXTS: Final = frozenset({"text", "subject"})
_REACH: Final = frozenset({"phone", "street", "city", "postcode", "country"})


def looks_like_sales(headers: Sequence[str]) -> bool:
    """Return whether a table of an unknown program has the columns of sales."""
    found = _find_meanings(headers, SALES)
    return _has_all(found, _DAYS, _SUMS, _DETAILS, _NAMING)


def find_likely_rows(headers: Sequence[str]) -> str:
    """Return what the rows of a table of contacts may be instead; empty if nothing else.

    A table with phone numbers or addresses has contacts, although it may have a date and a note.
    """
    if _has_all(_find_meanings(headers, SALES), _DAYS, _SUMS, _NAMING):
        return SALES
    found = _find_meanings(headers, REMINDERS)
    if not (_has_all(found, _NAMING, _TEXTS) and found.isdisjoint(_REACH)):
        return ""
    if "due" in found:
        return REMINDERS
    return INTERACTIONS if {"date", "kind"} <= found else ""


def _has_all(found: Collection[str], *sets: frozenset[str]) -> bool:
    return not any(each.isdisjoint(found) for each in sets)


def _find_meanings(headers: Sequence[str], holds: str) -> set[str]:
    """Return what the columns of a table with such headers have, if it holds such rows."""
    known = _synonyms(holds)
    bare = (_CURRENCY_IN_HEADER.sub("", each) for each in headers)
    return {known.get(fold_header(each), "") for each in bare}
