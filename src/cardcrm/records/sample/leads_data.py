"""The leads of the sample shop: requests from the web, fairs and customers, and their ends."""

from typing import NamedTuple


class SampleLead(NamedTuple):
    """A lead that came in some days ago at an hour, with its way through the statuses.

    The ``path`` has days back and statuses. ``deal`` is the title of the deal that it became.
    """

    who: str
    text: str
    source: str
    back: int
    hour: int
    path: tuple[tuple[int, str], ...] = ()
    owner: str = ""
    deal: str = ""
    reason: str = ""


LEADS = (
    SampleLead("Chloe Barraclough", "Flowers for a wedding in the old mill", "fair", 151, 11,
        ((150, "assigned"), (150, "converted")), deal="Barraclough wedding"),
    SampleLead("Ingrid Solberg", "Wedding in May: bouquet and table flowers", "web", 131, 21,
        ((130, "assigned"), (130, "converted")), deal="Solberg wedding"),
    SampleLead("Oliver Pask", "Christmas gifts for about forty clients", "web", 97, 9,
        ((96, "assigned"), (95, "converted")), deal="Gifts for clients"),
    SampleLead("Luca Ferrante", "Fresh tables every week?", "referral", 66, 15,
        ((65, "assigned"), (64, "converted")), deal="Tables every week"),
    SampleLead("Ben Holroyd", "Met at the wedding fair, date in June", "fair", 45, 16,
        ((44, "assigned"), (44, "converted")), owner="milo", deal="Holroyd wedding"),
    SampleLead("Noor Hadid", "Opening of a café in spring", "web", 35, 19,
        ((34, "assigned"), (33, "converted")), owner="milo", deal="Opening of the café"),
    SampleLead("Amara Nwosu", "Saw your pictures: do you have October free?", "web", 22, 20,
        ((21, "assigned"), (21, "converted")), deal="Nwosu wedding"),
    SampleLead("Theo Lambourne", "Plants for twelve desks", "web", 18, 10,
        ((17, "assigned"), (16, "converted")), deal="Plants for the office"),
    SampleLead("Geoffrey Hargreave", "Funeral flowers, this week", "web", 80, 8,
        ((79, "assigned"), (75, "dead")), reason="too late"),
    SampleLead("Tom Calder", "Price list, please", "fair", 45, 17,
        ((43, "assigned"), (30, "recycled")), owner="milo", reason="next season"),
    SampleLead("Daniel Osei", "Forty posies for the school play", "customer", 4, 14,
        ((3, "assigned"), (3, "converted")), deal="Forty posies"),
    SampleLead("Priya Raman", "Could you also do our kitchen?", "customer", 2, 17,
        ((1, "assigned"),)),
    SampleLead("Eleanor Whitcombe", "My sister marries next August", "customer", 2, 18),
    SampleLead("Marcus Adeyemi", "A tree for the hotel bar", "customer", 1, 19),
)  # fmt: skip
