"""The catalog of Petal & Stem: prices, costs, the taxes in the prices, and how they changed."""

from typing import NamedTuple


class SampleProduct(NamedTuple):
    """A product: price and cost in pence, and the tax in the price in percent."""

    name: str
    sku: str
    category: str
    price: int
    cost: int
    tax: int = 20


PRODUCTS = (
    SampleProduct("Seasonal bouquet", "BQ-1", "Bouquets", 2800, 1150),
    SampleProduct("Hand-tied roses", "BQ-2", "Bouquets", 4200, 1900),
    SampleProduct("Reception arrangement", "AR-1", "Arrangements", 5500, 2300),
    SampleProduct("Lobby arrangement", "AR-2", "Arrangements", 14500, 6900),
    SampleProduct("Table flowers", "AR-3", "Arrangements", 1600, 620),
    SampleProduct("Bridal bouquet", "WD-1", "Weddings", 16500, 6400),
    SampleProduct("Wedding arch", "WD-2", "Weddings", 48000, 21000),
    SampleProduct("Buttonhole", "WD-3", "Weddings", 950, 300),
    SampleProduct("Funeral wreath", "FN-1", "Funerals", 8500, 3600),
    SampleProduct("Wreath workshop", "WS-1", "Workshops", 4500, 1500),
    SampleProduct("Potted orchid", "PL-1", "Plants", 2400, 1200),
    SampleProduct("Delivery", "DL-1", "Services", 600, 450),
    SampleProduct("Orchid feed", "PL-2", "Plants", 750, 310),
    SampleProduct("Herb pot", "PL-3", "Plants", 480, 210, tax=0),  # food is not taxed
    SampleProduct("Christmas wreath", "CH-1", "Christmas", 3200, 1300),
    SampleProduct("Flower subscription", "SB-1", "Subscriptions", 3500, 1600),
    SampleProduct("Dried flower kit", "KT-1", "Kits", 2200, 900),
)

# Former prices and costs in pence: product, {days back until which they held: pence}.
FORMER_PRICES = {"Seasonal bouquet": {210: 2400}}
FORMER_COSTS = {
    "Seasonal bouquet": {210: 1050},
    "Lobby arrangement": {720: 5200, 430: 5700, 180: 6300},
}

# Promotions: product, first and last day back, discount in percent.
PROMOTIONS = (("Potted orchid", 126, 113, 20),)


def find_price(product: SampleProduct, back: int) -> int:
    """Return the price on the day that is ``back`` days ago."""
    return _find(FORMER_PRICES.get(product.name, {}), back, product.price)


def find_cost(product: SampleProduct, back: int) -> int:
    """Return the cost on the day that is ``back`` days ago."""
    return _find(FORMER_COSTS.get(product.name, {}), back, product.cost)


def _find(former: dict[int, int], back: int, now: int) -> int:
    """Return the value that held longest ago among those that still held on the day."""
    return next((value for until, value in former.items() if back >= until), now)


def find_discount(product: SampleProduct, back: int) -> int:
    """Return the discount, in percent, of a promotion on the day ``back`` days ago."""
    found = (
        percent for name, first, last, percent in PROMOTIONS
        if name == product.name and first >= back >= last
    )  # fmt: skip
    return next(found, 0)
