"""The deals of the sample shop in three pipelines: orders of the shop, weddings, and contracts."""

from typing import NamedTuple

from cardcrm.records.deals.pipelines import StageDraft

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


class SampleDeal(NamedTuple):
    """A deal: the ``path`` has the days back on which it came into each stage, its end included.

    ``close`` is the expected close in days from today. ``end`` is “won”, or the reason why it was
    lost. ``step`` is the text of the reminder that is its next step.
    """

    title: str
    who: str
    pipeline: str
    pounds: int
    path: tuple[tuple[int, str], ...]
    close: int | None = None
    end: str = ""
    step: str = ""
    owner: str = ""
    source: str = ""
    competitor: str = ""
    roles: tuple[tuple[str, str], ...] = ()
    probability: str = ""
    lines: tuple[str, ...] = ()


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
    SampleDeal("Hartley wedding", "Eleanor Whitcombe", "Weddings", 2400,
        ((38, "Enquiry"), (31, "Consultation"), (6, "Quote sent")), 12,
        step="call with the quote for the Hartley wedding", source="referral"),
    SampleDeal("Nwosu wedding", "Amara Nwosu", "Weddings", 1850,
        ((21, "Enquiry"), (9, "Consultation")), 30, step="send three ideas with pictures",
        source="web"),
    SampleDeal("Holroyd wedding", "Ben Holroyd", "Weddings", 0, ((44, "Enquiry"),),
        source="fair", owner="milo"),
    SampleDeal("Plants for the office", "Theo Lambourne", "Contracts", 960, ((16, "Visit"),), 50,
        step="ask what the partners said", source="web"),
    SampleDeal("Church flowers for a year", "Reverend Joan Ashby", "Contracts", 1400,
        ((70, "Visit"), (52, "Trial"), (20, "Offer")), -4, step="Advent wreath to the church",
        source="customer"),
    SampleDeal("Gifts for clients", "Oliver Pask", "Sales", 750,
        ((95, "Qualification"), (80, "Proposal"), (60, "Lost")), 20, end="budget"),
    SampleDeal("Müller wedding", "Beatrice Müller", "Weddings", 2100,
        ((150, "Enquiry"), (139, "Consultation"), (120, "Quote sent"), (101, "Date held"),
        (72, "Won")), -60, end="won", source="fair"),
    SampleDeal("Arrangement for the spa", "Sofia Lindqvist", "Contracts", 5200,
        ((190, "Visit"), (171, "Trial"), (140, "Offer"), (131, "Signature"), (118, "Won")), -110,
        end="won", source="customer", roles=(("decision maker", "Sofia Lindqvist"),)),
    SampleDeal("Opening of the café", "Noor Hadid", "Sales", 0,
        ((33, "Qualification"), (17, "Demo")), 35, step="ask about the café opening",
        source="web", owner="milo", lines=("12 x Table flowers", "1 x Reception arrangement")),
    SampleDeal("Solberg wedding", "Ingrid Solberg", "Weddings", 1600,
        ((130, "Enquiry"), (118, "Consultation"), (99, "Quote sent"), (88, "Lost")), -80,
        end="pricing", source="web", competitor="Petals Direct"),
    SampleDeal("Forty posies", "Daniel Osei", "Sales", 180, ((3, "Qualification"),), 8,
        step="price for forty posies", source="customer"),
)  # fmt: skip
