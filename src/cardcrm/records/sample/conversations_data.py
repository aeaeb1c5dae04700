"""The talks of all three who work in the shop, about deals and about what customers asked.

Each is older than the last entry of its contact in `history_data`. Questions by mail and message
come before their answers, so that the times to an answer can be measured.
"""

# ruff: noqa: E501 - a table is read line by line

from typing import NamedTuple

from cardcrm.records.sample.deals_data import APPRENTICE, PARTNER


class SampleTalk(NamedTuple):
    """An interaction: days back, the time, the contact, its kind and direction, and the author."""

    back: int
    hour: int
    minute: int
    who: str
    kind: str
    direction: str
    text: str
    minutes: int | None = None
    outcome: str = ""
    author: str = ""


CONVERSATIONS = (
    SampleTalk(300, 15, 40, "Grace Oyelaran", "message", "out", "Thanked her and asked whether we may show the picture.", author=PARTNER),
    SampleTalk(300, 16, 5, "Lantern Coffee", "mail", "out", "Sent prices for nine small vases and offered a visit.", author=PARTNER),
    SampleTalk(268, 9, 30, "Eleanor Whitcombe", "mail", "in", "The Fairfax couple marries in a hotel garden; is the arch free?"),
    SampleTalk(268, 11, 10, "Eleanor Whitcombe", "mail", "out", "The arch is free; proposed a day to meet the couple."),
    SampleTalk(259, 14, 0, "Eleanor Whitcombe", "meeting", "", "Fairfax couple: white and green, no lilies.", 45, "quote"),
    SampleTalk(240, 10, 15, "Lantern Coffee", "visit", "out", "First week of vases on trial; the counter gets a bigger one.", 20, author=PARTNER),
    SampleTalk(240, 11, 30, "Sofia Lindqvist", "call", "in", "Wants a wreath workshop for ten of her staff.", 8, author=APPRENTICE),
    SampleTalk(222, 9, 45, "Sofia Lindqvist", "mail", "out", "Three dates for the workshop, ten places each.", author=APPRENTICE),
    SampleTalk(219, 16, 20, "Eleanor Whitcombe", "call", "in", "Swinton: two brides, two bouquets that match and are not the same.", 15),
    SampleTalk(214, 12, 0, "Geoffrey Hargreave", "call", "out", "Fourteen wreaths a year at one price; he will ask his brother.", 12),
    SampleTalk(205, 18, 50, "Grace Oyelaran", "mail", "in", "Marries in autumn; wants thirty tables and likes wild flowers.", author=PARTNER),
    SampleTalk(204, 9, 20, "Grace Oyelaran", "mail", "out", "Congratulated her and proposed two days for a talk.", author=PARTNER),
    SampleTalk(201, 13, 15, "Geoffrey Hargreave", "visit", "out", "Agreed on the wreaths; signs next week.", 25, "agreed"),
    SampleTalk(196, 17, 0, "Grace Oyelaran", "meeting", "", "Thirty tables, ten buttonholes; compares with Petals Direct.", 50, author=PARTNER),
    SampleTalk(190, 11, 0, "Marcus Adeyemi", "call", "in", "Conference in the summer: thirty tables for two days.", 9),
    SampleTalk(176, 10, 30, "Grace Oyelaran", "mail", "out", "Sent the quote.", author=PARTNER),
    SampleTalk(171, 9, 10, "Marcus Adeyemi", "mail", "out", "Sent the offer for the conference tables."),
    SampleTalk(171, 15, 0, "Sofia Lindqvist", "visit", "out", "Two weeks of flowers on trial in the spa.", 30),
    SampleTalk(168, 10, 0, "Priya Raman", "call", "in", "Summer party of the partners: twenty tables in the yard.", 10),
    SampleTalk(160, 14, 45, "Priya Raman", "mail", "out", "Sent the quote for the summer party."),
    SampleTalk(159, 9, 5, "Priya Raman", "mail", "in", "May the tables be yellow and white?"),
    SampleTalk(159, 9, 50, "Priya Raman", "mail", "out", "Yes, sunflowers and daisies at the same price."),
    SampleTalk(150, 8, 40, "Chloe Barraclough", "mail", "in", "We spoke at the fair: the old mill, sixty guests.", author=PARTNER),
    SampleTalk(149, 17, 30, "Chloe Barraclough", "mail", "out", "Sent pictures of the mill and two dates."),
    SampleTalk(149, 16, 0, "Marcus Adeyemi", "call", "out", "Blooms & Co asks a fifth less for the conference.", 7),
    SampleTalk(149, 18, 0, "Hannah Thwaite", "mail", "out", "Took the dahlias at the new price."),
    SampleTalk(139, 11, 0, "Chloe Barraclough", "meeting", "", "Cream and copper; she carries a small bouquet.", 55, "quote"),
    SampleTalk(131, 13, 0, "Eleanor Whitcombe", "call", "in", "The Dearden couple wants no arch, only tables.", 11, author=PARTNER),
    SampleTalk(127, 9, 0, "Luca Ferrante", "visit", "in", "Ten years of Bramble Kitchen: fifteen tables, rosemary.", 15, "ordered", PARTNER),
    SampleTalk(120, 10, 50, "Chloe Barraclough", "mail", "out", "Sent the quote for the wedding."),
    SampleTalk(118, 15, 30, "Eleanor Whitcombe", "mail", "out", "Sent the quote for the Dearden couple.", author=PARTNER),
    SampleTalk(117, 12, 15, "Ingrid Solberg", "message", "out", "Told her the dates of the autumn workshops.", author=APPRENTICE),
    SampleTalk(100, 10, 0, "Daniel Osei", "call", "in", "The school has no money for the hall this year.", 6, author=PARTNER),
    SampleTalk(99, 16, 45, "Ingrid Solberg", "mail", "out", "Sent the quote for the wedding in May.", author=APPRENTICE),
    SampleTalk(92, 9, 30, "Reverend Joan Ashby", "mail", "in", "Harvest festival: can you do the pillars again?"),
    SampleTalk(90, 14, 0, "Reverend Joan Ashby", "call", "out", "Four pillars and six bouquets for the helpers.", 8, author=APPRENTICE),
    SampleTalk(83, 10, 0, "Reverend Joan Ashby", "mail", "out", "Sent the quote for the harvest festival.", author=APPRENTICE),
    SampleTalk(70, 11, 20, "Priya Raman", "visit", "out", "Brought six plants for the boardroom on trial.", 20, author=PARTNER),
    SampleTalk(61, 20, 10, "Kenji Morita", "mail", "in", "Marries in spring and remembers the workshop.", author=PARTNER),
    SampleTalk(60, 9, 15, "Kenji Morita", "mail", "out", "Proposed two evenings for a talk.", author=PARTNER),
    SampleTalk(47, 18, 0, "Kenji Morita", "meeting", "", "Twenty tables, very plain, one branch each.", 40, "quote", PARTNER),
    SampleTalk(44, 9, 40, "Marcus Adeyemi", "mail", "in", "Charity dinner on short notice: two dozen tables.", author=APPRENTICE),
    SampleTalk(44, 10, 25, "Marcus Adeyemi", "mail", "out", "Two dozen tables can be done; the quote follows.", author=APPRENTICE),
    SampleTalk(36, 12, 30, "Marcus Adeyemi", "call", "out", "Went through the tables of the charity dinner.", 9, "agreed", APPRENTICE),
    SampleTalk(33, 17, 15, "Kenji Morita", "mail", "out", "Sent the quote.", author=PARTNER),
    SampleTalk(31, 15, 0, "Eleanor Whitcombe", "meeting", "", "The Hartley couple came along; they love the arch.", 60),
)  # fmt: skip
