"""The offers and bills of Petal & Stem: quotes, invoices, the price list, and monthly targets."""

from typing import NamedTuple

from cardcrm.records.quotes.quote_status import ACCEPTED, DRAFT, REFUSED, REPLACED, SENT
from cardcrm.records.sample.deals_data import APPRENTICE, PARTNER, Lines


class SampleQuote(NamedTuple):
    """A quote of a deal, with the lines and the discount of the deal unless it has its own.

    ``back`` is the day on which it was written and sent, and ``closed`` that of its end. One that
    follows another of its deal is the next version. ``reason`` is why its lines are cheaper.
    """

    deal: str
    back: int
    status: str
    closed: int | None = None
    valid: int = 30  # days
    lines: Lines = ()
    optional: Lines = ()
    discount: int | None = None
    reason: str = ""
    refusal: str = ""


_LOYAL = "brings six to eight weddings a year"
_MANY = "more than a hundred tables a year"

QUOTES = (
    SampleQuote("Fairfax wedding", 250, ACCEPTED, 236, reason=_LOYAL),
    SampleQuote("Barn wedding at Ripley", 204, REPLACED, 197, discount=0),
    SampleQuote("Foyer of the playhouse", 204, REFUSED, 186, refusal="too expensive"),
    SampleQuote("Two brides at Swinton", 200, ACCEPTED, 170, reason=_LOYAL),
    SampleQuote("Barn wedding at Ripley", 197, ACCEPTED, 162, valid=45, reason=_LOYAL),
    SampleQuote("Oyelaran wedding", 176, REFUSED, 158, refusal="went to Petals Direct"),
    SampleQuote("Summer party of the partners", 160, ACCEPTED, 151),
    SampleQuote("Barraclough wedding", 120, ACCEPTED, 72, valid=60),
    SampleQuote("Dearden wedding", 118, ACCEPTED, 74, valid=60, reason=_LOYAL),
    SampleQuote("Solberg wedding", 99, REFUSED, 88, refusal="too expensive"),
    SampleQuote("Harvest festival", 83, ACCEPTED, 71),
    SampleQuote("Tables of the charity dinner", 36, ACCEPTED, 20, reason="framework contract"),
    SampleQuote("Morita wedding", 33, SENT, valid=60),
    SampleQuote("Church flowers for a year", 20, SENT, valid=14),
    SampleQuote("Flowers for the second café", 12, REPLACED, 2, discount=0),
    SampleQuote("Hartley wedding", 6, SENT, optional=(("Reception arrangement", 2),),
        reason=_LOYAL),
    SampleQuote("Flowers for the second café", 2, DRAFT, reason=_MANY),
    SampleQuote("Nwosu wedding", 1, DRAFT, optional=(("Wedding arch", 1),),
        lines=(("Bridal bouquet", 1), ("Buttonhole", 8), ("Table flowers", 24))),
)  # fmt: skip


class SampleInvoice(NamedTuple):
    """An invoice for an accepted quote, or by hand for ``pounds``; ``paid`` is in pounds.

    ``settled`` is how many days back all of it was paid, and ``term`` its days until it is due.
    """

    who: str
    text: str
    back: int
    settled: int | None = None
    pounds: int = 0
    paid: int = 0
    quote: bool = True
    term: int = 30


INVOICES = (
    SampleInvoice("Whitcombe Weddings", "Fairfax wedding", 213, 190),
    SampleInvoice("Oliver Pask", "Hand-tied roses", 205, pounds=132, paid=42, quote=False),
    SampleInvoice("Whitcombe Weddings", "Two brides at Swinton", 151, 130),
    SampleInvoice("Calder & Finch Solicitors", "Summer party of the partners", 142, 128),
    SampleInvoice("Whitcombe Weddings", "Barn wedding at Ripley", 94, 51),
    SampleInvoice("Chloe Barraclough", "Barraclough wedding", 66, 66),
    SampleInvoice("St Aidan's Church", "Harvest festival", 63, 40),
    SampleInvoice("Whitcombe Weddings", "Dearden wedding", 40),
    SampleInvoice("The Aire Grand Hotel", "Tables of the charity dinner", 17, paid=150),
)


class SamplePrice(NamedTuple):
    """A price or a discount for a contact or a segment; the price is in pence."""

    reason: str
    who: str = ""
    segment: str = ""
    product: str = ""
    category: str = ""
    price: int | None = None
    percent: int | None = None
    quantity: int | None = None


PRICES = (
    SamplePrice(_LOYAL, "Whitcombe Weddings", category="Weddings", percent=5),
    SamplePrice("framework contract", "The Aire Grand Hotel", product="Lobby arrangement",
        price=13_800),
    SamplePrice("framework contract", "The Aire Grand Hotel", product="Table flowers", percent=10),
    SamplePrice(_MANY, segment="contracts", product="Table flowers", percent=10, quantity=100),
    SamplePrice("regular of the shop", segment="vips", category="Bouquets", percent=5),
)  # fmt: skip

# Targets in pounds: owner, for the first month, and by how much each month more.
TARGETS = (("rosa", 900, 25), (PARTNER, 500, 50), (APPRENTICE, 250, 10))
TARGET_MONTHS = range(-5, 2)  # from this month
