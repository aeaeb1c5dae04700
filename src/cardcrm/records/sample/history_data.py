"""The history of Petal & Stem that does not follow a pattern: interactions, sales and reminders.

Every day is counted from today, so the shop is always in the middle of its work.
"""

# ruff: noqa: E501 - a table is read line by line

# Single sales: name, days back, [(product, how many)], discount in percent, channel.
SALES = (
    ("Whitcombe Weddings", 402, (("Bridal bouquet", 1), ("Wedding arch", 1), ("Buttonhole", 8)), 5, "phone"),
    ("Beatrice Müller", 395, (("Bridal bouquet", 1), ("Buttonhole", 4), ("Table flowers", 10)), 0, "shop"),
    ("Whitcombe Weddings", 340, (("Bridal bouquet", 1), ("Table flowers", 14)), 5, "phone"),
    ("Ingrid Solberg", 352, (("Wreath workshop", 1),), 0, "shop"),
    ("Kenji Morita", 352, (("Wreath workshop", 2),), 0, "shop"),
    ("The Aire Grand Hotel", 330, (("Table flowers", 40), ("Lobby arrangement", 2)), 10, "phone"),
    ("Grace Oyelaran", 300, (("Seasonal bouquet", 1), ("Delivery", 1)), 0, "web"),
    ("Whitcombe Weddings", 214, (("Bridal bouquet", 1), ("Wedding arch", 1), ("Buttonhole", 12)), 5, "phone"),
    ("Oliver Pask", 205, (("Hand-tied roses", 3), ("Delivery", 1)), 0, "phone"),
    ("The Aire Grand Hotel", 199, (("Wreath workshop", 10),), 10, "phone"),
    ("Zara Whitlock", 180, (("Seasonal bouquet", 1),), 0, "web"),
    ("Whitcombe Weddings", 152, (("Bridal bouquet", 2), ("Table flowers", 18)), 5, "phone"),
    ("Callum Drysdale", 148, (("Potted orchid", 2),), 10, "shop"),
    ("Calder & Finch Solicitors", 143, (("Table flowers", 20), ("Reception arrangement", 2)), 0, "phone"),
    ("Bramble Kitchen", 112, (("Table flowers", 15),), 0, "phone"),
    ("Whitcombe Weddings", 95, (("Bridal bouquet", 1), ("Wedding arch", 1), ("Buttonhole", 10)), 5, "phone"),
    ("Rosie Tattersall", 90, (("Wreath workshop", 1),), 0, "shop"),
    ("Chloe Barraclough", 66, (("Bridal bouquet", 1), ("Buttonhole", 6), ("Table flowers", 14)), 0, "shop"),
    ("St Aidan's Church", 64, (("Reception arrangement", 4), ("Seasonal bouquet", 6)), 0, "phone"),
    ("Ingrid Solberg", 62, (("Wreath workshop", 1), ("Potted orchid", 1)), 0, "shop"),
    ("Sofia Lindqvist", 55, (("Seasonal bouquet", 1),), 0, "shop"),
    ("Calder & Finch Solicitors", 51, (("Lobby arrangement", 1), ("Hand-tied roses", 6)), 0, "phone"),
    ("Whitcombe Weddings", 41, (("Bridal bouquet", 1), ("Buttonhole", 6), ("Table flowers", 12)), 5, "phone"),
    ("Zara Whitlock", 38, (("Seasonal bouquet", 1), ("Delivery", 1)), 0, "web"),
    ("Grace Oyelaran", 30, (("Wreath workshop", 1),), 0, "web"),
    ("The Aire Grand Hotel", 18, (("Table flowers", 24),), 10, "phone"),
)  # fmt: skip

# Refunds: name, days back, pence, why.
REFUNDS = (
    ("Oliver Pask", 201, 4200, "one bunch of roses arrived wilted"),
    ("Bramble Kitchen", 93, 3200, "two table vases broken on delivery"),
)

NO_ANSWER = "no answer"

# Days back, who took part, kind, in or out, text, minutes, outcome.
# An attempt with NO_ANSWER reached no one.
HISTORY = (
    (360, "Eleanor Whitcombe", "meeting", "", "First meeting at the wedding fair; she is looking for a florist who quotes quickly.", 40, ""),
    (352, "Ingrid Solberg, Kenji Morita", "visit", "in", "Both came to the wreath workshop and stayed for tea.", 150, ""),
    (341, "Eleanor Whitcombe", "mail", "out", "Sent the price list and photos of the two arches.", None, ""),
    (338, "Marcus Adeyemi", "meeting", "", "Christmas dinner for 160: forty tables, white and gold.", 45, "ordered"),
    (322, "Tom Calder", "call", "in", "Asked whether we deliver to Ilkley; yes, with a day's notice.", 6, ""),
    (310, "Luca Ferrante", "visit", "out", "Measured the tables; eight small vases, nothing that smells over food.", 30, "ordered"),
    (300, "Grace Oyelaran", "message", "in", "Loved the bouquet, put a picture online.", None, ""),
    (288, "Wendy Applegarth", "call", "out", "Would like smaller bunches now that she lives alone.", 9, ""),
    (270, "Hannah Thwaite", "call", "out", "Tulips are early this year; agreed on 600 stems a week.", 12, ""),
    (255, "Reverend Joan Ashby", "call", "in", "Easter: two pedestals and the font.", 10, "ordered"),
    (249, "Wendy Applegarth", "visit", "in", "Last Saturday bouquet; said she may be moving to her daughter's.", 5, ""),
    (236, "Geoffrey Hargreave", "meeting", "", "Went through the wreath catalogue; wants two new designs by summer.", 50, ""),
    (221, "Eleanor Whitcombe, Callum Drysdale", "visit", "out", "Looked at the barn at Ripley with Callum; the arch fits under the beam.", 90, ""),
    (205, "Oliver Pask", "call", "in", "Complained about wilted roses; refund promised.", 8, "refund"),
    (190, "Beatrice Müller", "mail", "in", "Thank-you note with pictures of the day.", None, ""),
    (176, "Priya Raman", "visit", "in", "New reception desk is narrower: arrangements 40 cm wide at most.", 10, ""),
    (163, "Marcus Adeyemi", "mail", "out", "Summer concept for the lobby: grasses and delphinium.", None, "agreed"),
    (150, "Hannah Thwaite", "mail", "in", "Price list for autumn, dahlias up by four percent.", None, ""),
    (142, "Sofia Lindqvist", "call", "in", "Kitchen yard gate is locked before seven from now on.", 4, ""),
    (131, "Daniel Osei", "meeting", "", "School fair: would like forty small posies for the stall.", 25, ""),
    (118, "Ingrid Solberg", "message", "in", "Asked when the autumn workshop is.", None, ""),
    (104, "Fatima Rahmani", "visit", "in", "Bouquet for her sister's exam; paid cash.", 5, ""),
    (95, "Luca Ferrante", "call", "in", "Two vases broken on delivery; credited.", 5, "refund"),
    (93, "Eleanor Whitcombe", "visit", "out", "Set up the arch at Ripley; took down the next morning.", 180, ""),
    (88, "Yusuf Karim", "visit", "in", "Roses for the anniversary last time were a success.", 5, ""),
    (80, "Stanisław Zięba", "call", "in", "Wants something without yellow for his wife's name day.", 4, ""),
    (77, "Callum Drysdale", "mail", "in", "Sent the photographs for our window.", None, ""),
    (70, "Agnes Pickersgill", "visit", "out", "Delivered the orchid and watered the others.", 15, ""),
    (66, "Peter Mallinson", "visit", "in", "Changed to pink roses until spring.", 5, ""),
    (62, "Ingrid Solberg, Rosie Tattersall", "visit", "in", "Autumn workshop, dried flowers; both asked for the next date.", 120, ""),
    (57, "Geoffrey Hargreave", "call", "out", "The two new wreath designs are ready to be looked at.", 7, ""),
    (52, "Chloe Barraclough", "message", "in", "Moved flat; the new address will follow.", None, ""),
    (48, "Reverend Joan Ashby", "mail", "in", "Advent list: wreath with four candles, garland for the porch.", None, ""),
    (45, "Priya Raman", "call", "out", "Contract runs until March; she is happy and will ask the partners.", 11, ""),
    (41, "Eleanor Whitcombe", "mail", "in", "Two couples for next June; asked for a quote for each.", None, ""),
    (36, "Noor Hadid", "meeting", "", "Met at the craft fair; has a café opening in spring.", 10, ""),
    (33, "Hannah Thwaite", "call", "in", "Frost took the last dahlias; chrysanthemums instead.", 8, ""),
    (30, "Grace Oyelaran", "visit", "in", "Came to the wreath workshop with a friend.", 120, ""),
    (27, "Luca Ferrante", "call", "out", "Left a message about the Christmas tables.", None, NO_ANSWER),
    (24, "Amara Nwosu", "mail", "in", "Wedding for 60 guests, asked for ideas in sage and cream.", None, ""),
    (21, "Marcus Adeyemi, Sofia Lindqvist", "meeting", "", "Planned the Christmas lobby: a four-metre garland and two trees.", 60, "ordered"),
    (19, "Amara Nwosu, Ben Holroyd", "meeting", "", "Both came to the shop; they love eucalyptus, not gypsophila.", 55, "quote"),
    (16, "Liam Gaunt", "mail", "in", "Asked on the web form whether we do subscriptions.", None, ""),
    (14, "Dorothy Calder", "visit", "out", "Delivered Tom's flowers; she was well and talked about her garden.", 20, ""),
    (13, "Theo Lambourne", "call", "in", "Foundry Studios would like plants for two floors; sent him to our web page.", 9, ""),
    (12, "Geoffrey Hargreave", "call", "in", "Wreath for Thursday, white lilies, note to follow.", 5, "ordered"),
    (10, "Eleanor Whitcombe", "meeting", "", "Went through both June weddings. The Hartley couple wants the arch, the other one only tables.", 70, "quote"),
    (9, "Hannah Thwaite", "call", "out", "Ordered garland and 40 amaryllis for the hotel.", 6, "ordered"),
    (8, "Margaret Sykes", "visit", "in", "Friday bouquet; Harold is home from hospital.", 10, ""),
    (6, "Priya Raman", "mail", "in", "Partners ask what a bigger arrangement for the foyer would cost.", None, ""),
    (5, "Daniel Osei", "call", "in", "Fair is fixed; needs the price for forty posies before the governors meet.", 6, "quote"),
    (3, "Eleanor Whitcombe", "call", "in", "Hartley couple settled on peonies; asked for the quote by the end of the week.", 12, ""),
    (2, "Marcus Adeyemi", "message", "out", "Sent a picture of the garland sample.", None, ""),
    (1, "Margaret Sykes", "visit", "in", "Picked up her bouquet early, off to see the grandchildren.", 5, ""),
    (0, "Theo Lambourne", "mail", "out", "Sent a first idea with twelve plants a floor.", None, ""),
    (301, "Lantern Coffee", "mail", "in", "Found us on the web; wants small vases for nine tables.", None, ""),
    (204, "Kirkgate Playhouse", "call", "in", "The new house manager compares the prices of three florists.", 9, ""),
    (131, "Kirkgate Playhouse", "call", "out", "Asked about the autumn season; she will call back.", 4, ""),
    (58, "Lantern Coffee", "visit", "out", "A second café opens in spring and is to look like the first.", 30, ""),
)  # fmt: skip

# Days from today, at what hour (None for any), who, what, promised, priority, how often.
REMINDERS = (
    (-6, None, "Priya Raman", "price for a bigger foyer arrangement", True, 2, ""),
    (-3, None, "Oliver Pask", "ask again about the open invoice", False, 0, ""),
    (-1, None, "Luca Ferrante", "try again: Christmas tables", False, 1, ""),
    (-1, None, "Liam Gaunt", "answer about subscriptions", True, 0, ""),
    (0, 10, "Eleanor Whitcombe", "call with the quote for the Hartley wedding", True, 3, ""),
    (0, None, "Dales Growers", "order for Thursday", False, 2, "weekly"),
    (0, 16, "Daniel Osei", "price for forty posies", True, 1, ""),
    (1, None, "Amara Nwosu", "send three ideas with pictures", True, 2, ""),
    (2, None, "Tom Calder", "deliver to Dorothy for her birthday", True, 2, "yearly"),
    (2, 9, "Marcus Adeyemi", "hang the lobby garland", True, 3, ""),
    (4, None, "Calder & Finch Solicitors", "reception flowers", False, 0, "2w"),
    (5, None, "Reverend Joan Ashby", "Advent wreath to the church", True, 1, ""),
    (6, None, "Geoffrey Hargreave", "show him the two new designs", False, 0, ""),
    (9, None, "Yusuf Karim", "offer roses for the anniversary", False, 0, "yearly"),
    (12, None, "Theo Lambourne", "ask what the partners said", False, 0, ""),
    (18, None, "Peter Mallinson", "roses on the first", False, 0, "monthly"),
    (
        25,
        None,
        "Margaret Sykes",
        "golden wedding is two years off: note their wishes",
        False,
        0,
        "",
    ),
    (30, None, "Noor Hadid", "ask about the café opening", False, 0, ""),
    (96, None, "Amara Nwosu", "wedding day", False, 0, ""),
)

SEGMENTS = (
    ("wedding-leads", "tag:wedding stage:prospect"),
    ("contracts", "tag:contract"),
    ("slipping", "stage:customer last>60d"),
    ("subscribers", "tag:subscription"),
    ("market-stall", "tag:market"),
    ("vips", "tag:vip"),
)
