"""Further customers of Petal & Stem, who are known by what they buy and when.

Like those of `contacts_data` they do not exist. ``first`` and ``last`` are the days back between
which they buy, and ``every`` is the number of days between two purchases.
"""

from typing import NamedTuple


class SampleCustomer(NamedTuple):
    """A customer and the pattern of the purchases: products take turns."""

    name: str
    city: str
    first: int
    last: int
    every: int
    products: tuple[str, ...]


_ROSES, _BOUQUET, _ORCHID = "Hand-tied roses", "Seasonal bouquet", "Potted orchid"
_HERB, _KIT = "Herb pot", "Dried flower kit"

# Two organizations: the playhouse goes, the café comes.
PLAYHOUSE, CAFE = "Kirkgate Playhouse", "Lantern Coffee"

# Regular customers of the shop.
WALK_INS = (
    SampleCustomer("Alan Priestley", "Leeds", 1040, 9, 31, (_BOUQUET, _BOUQUET, _ROSES)),
    SampleCustomer("Barbara Holdsworth", "Horsforth", 990, 16, 42, (_ORCHID, _BOUQUET)),
    SampleCustomer("Christine Naylor", "Leeds", 1010, 22, 27, (_BOUQUET, _HERB)),
    SampleCustomer("Dennis Rawnsley", "Pudsey", 880, 40, 61, (_ROSES,)),
    SampleCustomer("Evelyn Broadbent", "Leeds", 930, 6, 36, (_ORCHID,)),
    SampleCustomer("Frank Illingworth", "Bradford", 760, 51, 73, (_ROSES, _BOUQUET)),
    SampleCustomer("Gillian Ramsden", "Leeds", 820, 12, 24, (_BOUQUET,)),
    SampleCustomer("Howard Binns", "Otley", 700, 370, 48, (_BOUQUET, _HERB)),
    SampleCustomer("Irene Schofield", "Leeds", 640, 18, 39, (_ORCHID, _HERB)),
    SampleCustomer("Joyce Tempest", "Ilkley", 590, 33, 55, (_BOUQUET,)),
    SampleCustomer("Keith Womersley", "Wetherby", 540, 290, 66, (_ROSES,)),
    SampleCustomer("Linda Crabtree", "Leeds", 480, 4, 21, (_BOUQUET, _BOUQUET, _HERB)),
    SampleCustomer("Martin Haigh", "Leeds", 410, 28, 45, (_ROSES, _HERB)),
    SampleCustomer("Norma Firth", "Harrogate", 330, 14, 34, (_ORCHID, _BOUQUET)),
    SampleCustomer("Phyllis Waddington", "Leeds", 240, 11, 30, (_BOUQUET,)),
    SampleCustomer("Roger Thackray", "Skipton", 130, 20, 37, (_BOUQUET, _ROSES)),
)

# Customers of the stall on the market, which the shop gave up 425 days ago.
MARKET_CLOSED = 425
MARKET = (
    SampleCustomer("Doris Entwistle", "Leeds", 1060, MARKET_CLOSED, 28, (_BOUQUET,)),
    SampleCustomer("Clive Hepworth", "Bradford", 1030, MARKET_CLOSED, 35, (_BOUQUET, _HERB)),
    SampleCustomer("Nasreen Akhtar", "Leeds", 970, MARKET_CLOSED, 21, (_BOUQUET,)),
    SampleCustomer("Terry Boothroyd", "Pudsey", 900, MARKET_CLOSED, 42, (_ROSES, _HERB)),
    SampleCustomer("Jean Illsley", "Leeds", 850, MARKET_CLOSED, 28, (_BOUQUET, _HERB)),
    SampleCustomer("Winston Carr", "Leeds", 790, MARKET_CLOSED, 49, (_ROSES,)),
    SampleCustomer("Pauline Hirst", "Bradford", 740, MARKET_CLOSED, 35, (_BOUQUET,)),
    SampleCustomer("Derek Sugden", "Otley", 690, MARKET_CLOSED, 42, (_HERB, _BOUQUET)),
)


class SampleSubscriber(NamedTuple):
    """A subscriber: the first payment in days back, and the number of months paid, 0 for all."""

    name: str
    city: str
    first: int
    months: int = 0


# Subscribers from the web shop, which opened 800 days ago. Many leave early, few leave late.
SUBSCRIBERS = (
    SampleSubscriber("Aisha Bello", "Leeds", 800),
    SampleSubscriber("Connor Whelan", "Leeds", 796, 1),
    SampleSubscriber("Emily Garside", "York", 781, 3),
    SampleSubscriber("Farid Haddad", "Leeds", 765, 1),
    SampleSubscriber("Georgia Lumb", "Ilkley", 742),
    SampleSubscriber("Hugo Renshaw", "Harrogate", 720, 2),
    SampleSubscriber("Imogen Tate", "Leeds", 690, 8),
    SampleSubscriber("Jack Sowerby", "York", 655, 1),
    SampleSubscriber("Katya Morozova", "Leeds", 610, 14),
    SampleSubscriber("Lewis Ogden", "Otley", 580, 2),
    SampleSubscriber("Maya Chaudhry", "Bradford", 545),
    SampleSubscriber("Niamh Brennan", "Leeds", 505, 1),
    SampleSubscriber("Owen Parry", "York", 470, 5),
    SampleSubscriber("Phoebe Lister", "Leeds", 425),
    SampleSubscriber("Quentin Marsh", "Harrogate", 390, 3),
    SampleSubscriber("Ruby Dyson", "Leeds", 345, 1),
    SampleSubscriber("Samir Patel", "Bradford", 310),
    SampleSubscriber("Tilda Frost", "Ilkley", 260, 2),
    SampleSubscriber("Ursula Beck", "Leeds", 205),
    SampleSubscriber("Victor Lindley", "York", 140, 4),
)

# Eight customers bought a kit from the web shop once, and never again: name, days back.
KITS = (
    ("Emily Garside", 640), ("Imogen Tate", 560), ("Katya Morozova", 500), ("Aisha Bello", 430),
    ("Maya Chaudhry", 350), ("Chloe Barraclough", 270), ("Grace Oyelaran", 220),
    ("Georgia Lumb", 160),
)  # fmt: skip
