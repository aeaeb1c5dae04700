"""The deals of the sample shop in three pipelines: orders of the shop, weddings, and contracts."""

from typing import NamedTuple

from cardcrm.records.deals.pipelines import StageDraft

PARTNER, APPRENTICE = "milo", "ines"

PIPELINES = (
    (
        "Weddings",
        (
            StageDraft("Enquiry", 10_000, 10),
            StageDraft("Consultation", 30_000, 14),
            StageDraft("Quote sent", 50_000, 10, needs="amount"),
            StageDraft("Date held", 80_000, 21, needs="amount, close"),
        ),
    ),
    (
        "Contracts",
        (
            StageDraft("Visit", 20_000, 14),
            StageDraft("Trial", 40_000, 30),
            StageDraft("Offer", 60_000, 14, needs="amount"),
            StageDraft("Signature", 85_000, 7, needs="amount, close"),
        ),
    ),
)


Lines = tuple[tuple[str, int], ...]


class SampleDeal(NamedTuple):
    """A deal: the ``path`` has the days back on which it came into each stage, its end included.

    ``close`` is the expected close in days from today. ``reason`` tells why it was lost, and
    ``step`` is the text of the reminder that is its next step. ``sale`` is how many days back the
    sale was that it became; a contract has none, as each delivery of it is a sale.
    """

    title: str
    who: str
    pipeline: str
    pounds: int
    path: tuple[tuple[int, str], ...]
    close: int | None = None
    reason: str = ""
    note: str = ""
    step: str = ""
    owner: str = ""
    source: str = ""
    competitor: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    probability: str = ""
    lines: Lines = ()
    discount: int = 0  # percent
    sale: int | None = None


DEALS = (
    SampleDeal("Lobby garland and tree", "Marcus Adeyemi", "Sales", 640,
        ((26, "Qualification"), (19, "Demo"), (8, "Proposal")), 9, step="hang the lobby garland",
        source="customer", competitor="Blooms & Co", roles=(("decision maker", "Sofia Lindqvist"),
        ("champion", "Marcus Adeyemi")), probability="75%"),
    SampleDeal("Flowers for the second office", "Priya Raman", "Sales", 1200,
        ((48, "Qualification"), (30, "Proposal"), (11, "Negotiation")), 14,
        step="price for a bigger foyer arrangement", source="customer"),
    SampleDeal("Tables every week", "Luca Ferrante", "Contracts", 3600,
        ((64, "Visit"), (41, "Trial")), 40, step="try again: Christmas tables",
        source="referral"),
    SampleDeal("Hartley wedding", "Eleanor Whitcombe", "Weddings", 0,
        ((38, "Enquiry"), (31, "Consultation"), (6, "Quote sent")), 12,
        step="call with the quote for the Hartley wedding", source="referral", discount=5,
        lines=(("Bridal bouquet", 1), ("Wedding arch", 1), ("Buttonhole", 12),
        ("Table flowers", 24))),
    SampleDeal("Nwosu wedding", "Amara Nwosu", "Weddings", 1850,
        ((21, "Enquiry"), (9, "Consultation")), 30, step="send three ideas with pictures",
        source="web"),
    SampleDeal("Holroyd wedding", "Ben Holroyd", "Weddings", 0, ((44, "Enquiry"),),
        source="fair", owner=PARTNER),
    SampleDeal("Plants for the office", "Theo Lambourne", "Contracts", 960, ((16, "Visit"),), 50,
        step="ask what the partners said", source="web"),
    SampleDeal("Church flowers for a year", "Reverend Joan Ashby", "Contracts", 0,
        ((70, "Visit"), (52, "Trial"), (20, "Offer")), -4, step="Advent wreath to the church",
        source="customer", lines=(("Reception arrangement", 24),)),
    SampleDeal("Gifts for clients", "Oliver Pask", "Sales", 750,
        ((95, "Qualification"), (80, "Proposal"), (60, "Lost")), 20, reason="budget"),
    SampleDeal("Barraclough wedding", "Chloe Barraclough", "Weddings", 0,
        ((150, "Enquiry"), (139, "Consultation"), (120, "Quote sent"), (101, "Date held"),
        (72, "Won")), -60, source="fair", sale=66,
        lines=(("Bridal bouquet", 1), ("Buttonhole", 6), ("Table flowers", 14))),
    SampleDeal("Arrangement for the spa", "Sofia Lindqvist", "Contracts", 5200,
        ((190, "Visit"), (171, "Trial"), (140, "Offer"), (131, "Signature"), (118, "Won")), -110,
        source="customer", roles=(("decision maker", "Sofia Lindqvist"),)),
    SampleDeal("Opening of the café", "Noor Hadid", "Sales", 0,
        ((33, "Qualification"), (17, "Demo")), 35, step="ask about the café opening",
        source="web", owner=PARTNER, lines=(("Table flowers", 12), ("Reception arrangement", 1))),
    SampleDeal("Solberg wedding", "Ingrid Solberg", "Weddings", 0,
        ((130, "Enquiry"), (118, "Consultation"), (99, "Quote sent"), (88, "Lost")), -80,
        reason="pricing", note="Petals Direct asks a third less", source="web",
        competitor="Petals Direct", lines=(("Bridal bouquet", 1), ("Wedding arch", 1),
        ("Buttonhole", 8), ("Table flowers", 16))),
    SampleDeal("Forty posies", "Daniel Osei", "Sales", 180, ((3, "Qualification"),), 8,
        step="price for forty posies", source="customer"),

    # Weddings
    SampleDeal("Fairfax wedding", "Eleanor Whitcombe", "Weddings", 0,
        ((268, "Enquiry"), (259, "Consultation"), (250, "Quote sent"), (236, "Won")), -214,
        source="referral", discount=5, sale=214,
        lines=(("Bridal bouquet", 1), ("Wedding arch", 1), ("Buttonhole", 12))),
    SampleDeal("Two brides at Swinton", "Eleanor Whitcombe", "Weddings", 0,
        ((230, "Enquiry"), (219, "Consultation"), (200, "Quote sent"), (187, "Date held"),
        (170, "Won")), -152, source="referral", discount=5, sale=152,
        lines=(("Bridal bouquet", 2), ("Table flowers", 18))),
    SampleDeal("Barn wedding at Ripley", "Eleanor Whitcombe", "Weddings", 0,
        ((246, "Enquiry"), (221, "Consultation"), (204, "Quote sent"), (190, "Date held"),
        (162, "Won")), -95, source="referral", roles=(("champion", "Callum Drysdale"),),
        discount=5, sale=95,
        lines=(("Bridal bouquet", 1), ("Wedding arch", 1), ("Buttonhole", 10))),
    SampleDeal("Dearden wedding", "Eleanor Whitcombe", "Weddings", 0,
        ((140, "Enquiry"), (131, "Consultation"), (118, "Quote sent"), (96, "Date held"),
        (74, "Won")), -41, source="referral", owner=PARTNER, discount=5, sale=41,
        lines=(("Bridal bouquet", 1), ("Buttonhole", 6), ("Table flowers", 12))),
    SampleDeal("Oyelaran wedding", "Grace Oyelaran", "Weddings", 0,
        ((205, "Enquiry"), (196, "Consultation"), (176, "Quote sent"), (158, "Lost")), -120,
        reason="competition", source="web", competitor="Petals Direct", owner=PARTNER,
        lines=(("Bridal bouquet", 1), ("Buttonhole", 10), ("Table flowers", 30))),
    SampleDeal("Tattersall wedding", "Rosie Tattersall", "Weddings", 0,
        ((118, "Enquiry"), (101, "Lost")), reason="timing", note="postponed by two years",
        source="web", owner=PARTNER),
    SampleDeal("Second June wedding", "Eleanor Whitcombe", "Weddings", 640,
        ((38, "Enquiry"), (10, "Consultation")), 16, source="referral", owner=PARTNER),
    SampleDeal("Morita wedding", "Kenji Morita", "Weddings", 0,
        ((61, "Enquiry"), (47, "Consultation"), (33, "Quote sent")), 28, source="web",
        owner=PARTNER, lines=(("Bridal bouquet", 1), ("Buttonhole", 14), ("Table flowers", 20))),

    # Contracts
    SampleDeal("Reception flowers for a year", "Priya Raman", "Contracts", 0,
        ((262, "Visit"), (256, "Offer"), (240, "Signature"), (228, "Won")), -225,
        source="customer", lines=(("Reception arrangement", 26),)),
    SampleDeal("Tables of the coffee house", "Lantern Coffee", "Contracts", 3400,
        ((265, "Visit"), (240, "Trial"), (215, "Offer"), (196, "Won")), -190, source="web",
        owner=PARTNER),
    SampleDeal("Wreaths for a year", "Geoffrey Hargreave", "Contracts", 0,
        ((236, "Visit"), (214, "Offer"), (201, "Signature"), (185, "Won")), -180,
        source="referral", lines=(("Funeral wreath", 14),)),
    SampleDeal("Foyer of the playhouse", "Kirkgate Playhouse", "Contracts", 0,
        ((211, "Visit"), (204, "Offer"), (186, "Lost")), -180, reason="pricing",
        note="the new house manager wants it a fifth cheaper", source="customer",
        competitor="Petals Direct", lines=(("Reception arrangement", 104),)),
    SampleDeal("Flowers for the school hall", "Daniel Osei", "Contracts", 600,
        ((128, "Visit"), (100, "Lost")), -90, reason="budget", source="referral", owner=PARTNER),
    SampleDeal("Plants for the boardroom", "Priya Raman", "Contracts", 840,
        ((96, "Visit"), (70, "Trial"), (49, "Lost")), -45, reason="features",
        note="wants plants that are watered by us every week", source="customer", owner=PARTNER),
    SampleDeal("Flowers for the second café", "Lantern Coffee", "Contracts", 0,
        ((58, "Visit"), (34, "Trial"), (12, "Offer")), 24, source="customer", owner=PARTNER,
        competitor="Petals Direct", lines=(("Table flowers", 260), ("Reception arrangement", 26)),
        discount=10),
    SampleDeal("Two new wreath designs", "Geoffrey Hargreave", "Contracts", 1900,
        ((57, "Visit"), (30, "Trial")), 45, step="show him the two new designs",
        source="customer"),

    # Orders and events
    SampleDeal("Workshop for the housekeepers", "Sofia Lindqvist", "Sales", 0,
        ((240, "Qualification"), (222, "Proposal"), (210, "Won")), -199, source="customer",
        owner=APPRENTICE, discount=10, sale=199, lines=(("Wreath workshop", 10),)),
    SampleDeal("Conference tables", "Marcus Adeyemi", "Sales", 1150,
        ((205, "Qualification"), (190, "Demo"), (171, "Proposal"), (149, "Negotiation"),
        (140, "Lost")), -130, reason="pricing", source="customer", competitor="Blooms & Co"),
    SampleDeal("Summer party of the partners", "Priya Raman", "Sales", 0,
        ((176, "Qualification"), (168, "Demo"), (160, "Proposal"), (151, "Won")), -143,
        source="customer", sale=143,
        lines=(("Table flowers", 20), ("Reception arrangement", 2))),
    SampleDeal("Anniversary dinner", "Luca Ferrante", "Sales", 0,
        ((133, "Qualification"), (127, "Demo"), (119, "Won")), -112, source="customer",
        owner=PARTNER, sale=112, lines=(("Table flowers", 15),)),
    SampleDeal("Opening of the season", "Kirkgate Playhouse", "Sales", 780,
        ((131, "Qualification"), (99, "Lost")), -95, reason="silence", source="customer",
        owner=PARTNER),
    SampleDeal("Harvest festival", "Reverend Joan Ashby", "Sales", 0,
        ((92, "Qualification"), (83, "Proposal"), (71, "Won")), -64, source="customer",
        owner=APPRENTICE, sale=64,
        lines=(("Reception arrangement", 4), ("Seasonal bouquet", 6))),
    SampleDeal("Flowers for a photo shoot", "Callum Drysdale", "Sales", 320,
        ((90, "Qualification"), (78, "Lost")), -70, reason="no decision maker",
        source="referral", owner=APPRENTICE),
    SampleDeal("Farewell of a partner", "Tom Calder", "Sales", 0,
        ((64, "Qualification"), (58, "Won")), -51, source="customer", owner=PARTNER, sale=51,
        lines=(("Lobby arrangement", 1), ("Hand-tied roses", 6))),
    SampleDeal("Trees for the spa", "Sofia Lindqvist", "Sales", 900,
        ((48, "Qualification"), (33, "Lost")), -10, reason="competition", source="customer",
        competitor="Blooms & Co", owner=APPRENTICE),
    SampleDeal("Tables of the charity dinner", "Marcus Adeyemi", "Sales", 0,
        ((44, "Qualification"), (36, "Proposal"), (20, "Won")), -18, source="customer",
        owner=APPRENTICE, discount=10, sale=18, lines=(("Table flowers", 24),)),
)  # fmt: skip
