"""Words of the generated databases: names, cities and sentences.

A few hundred given and a few thousand family names, all made up or in common use, are picked with
the skew of real address books.
"""

# ruff: noqa: E501, SIM905 - lists of words are read as words

GIVEN = """
Aaron Abigail Ada Adam Adrian Agnes Aisha Alan Albert Alex Alice Amelia Amir Amy Andrea Andrew Angela
Anita Ann Anna Anthony Arthur Audrey Barbara Ben Bernard Beth Brian Bruno Camille Carl Carla Carmen
Caroline Catherine Cecilia Charles Charlotte Chloe Chris Clara Claire Colin Conor Craig Daisy Daniel
Daphne David Dawn Deborah Dennis Diana Diego Donald Dora Dylan Eddie Edith Edward Eileen Elaine Eleanor
Elena Eliza Ella Elsie Emily Emma Eric Esther Eva Evan Fatima Felix Fiona Florence Frances Frank Fred
Freya Gareth Gavin Gemma George Gerald Gina Giulia Gordon Grace Graham Greta Hannah Harold Harriet Harry
Hassan Hazel Heather Helen Henry Hugh Ian Ibrahim Imogen Ingrid Irene Iris Isaac Isabel Ivan Ivy Jack
Jacob James Jamie Jane Janet Jason Jean Jenny Jeremy Jessica Joan Joanna Joe Johan John Jonas Jorge Jose
José Joseph Joyce Juan Judith Julia Julian June Karen Karl Kate Keith Kelly Ken Kevin Laura Lauren Leah
Lena Leo Leon Leonard Lewis Liam Lily Linda Lisa Louis Louise Lucas Lucy Luke Lydia Lynn Mabel Malcolm
Marcus Margaret Maria Marie Marion Mark Marta Martha Martin Mary Matilda Matthew Maureen Max May Megan
Mia Michael Michelle Miguel Mohammed Mona Monica Nadia Naomi Natalie Nathan Neil Nicholas Nicola Nigel
Nina Noah Nora Oliver Olivia Omar Oscar Owen Pamela Patricia Patrick Paul Paula Peter Philip Phoebe Pia
Priya Rachel Raj Ralph Rebecca Renée Rhys Richard Rita Robert Robin Roger Rosa Rose Rosie Roy Ruby Rupert
Ruth Ryan Sally Sam Samuel Sandra Sarah Scott Sean Selma Sharon Sheila Simon Sofia Sonia Sophie Stella
Stephen Steve Stuart Susan Sven Sylvia Tara Teresa Terry Thea Theo Thomas Tim Tina Toby Tom Tony Tracy
Ursula Vera Veronica Victor Victoria Viola Violet Wanda Wendy William Yusuf Yvonne Zara Zoë
""".split()

_STEMS = """
Ack Alder Apple Arm Ash Ast Bar Beck Bir Black Blen Bolt Bram Brad Brook Brough Burn Cald Carl Chad
Chat Clay Cliff Cold Cot Crow Dal Darl Den Dew Drum East Eck Elm Far Fen Fox Gar Glen Green Hal Hamp
Hart Hazel Hather Hol Horn Hunt Kel Ken King Lang Lin Lock Long Mar Mid Mil Mor Nether New Nor Oak Old
Orm Pem Pick Quin Rad Raven Red Ridge Roth Rush Sand Shel Sher Sil Stan Sten Sut Thorn Til Tur Under Wal
War Wake West Whit Wil Wind Wood Wyn Yar
""".split()
_ENDS = """
acre bank beck borough bottom bourne bridge brook burn bury by cliffe combe cote croft dale den don
field ford gate grove ham hill hirst holme hope hurst land lake ley man mere more mouth ridge row
shaw side son stead stone stow thorpe ton tree wall ward water well wick wood worth yard
""".split()
_COMMON = """
Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker White Edwards Green Hall
Wood Harris Clarke Khan Ahmed García Müller Schmidt Martin Dubois Rossi Nowak O'Brien Murphy Kelly Singh
""".split()
FAMILY = [*_COMMON, *(stem + end for stem in _STEMS for end in _ENDS)]

CITIES = """
London Leeds York Manchester Bristol Sheffield Liverpool Bradford Glasgow Edinburgh Cardiff Harrogate
Wakefield Huddersfield Halifax Hull Durham Newcastle Lancaster Preston Chester Derby Nottingham Lincoln
Norwich Ipswich Oxford Reading Swindon Exeter Plymouth Truro Bath Gloucester Worcester Ripon Skipton Selby
Otley Ilkley Whitby Scarborough Malton Thirsk Kendal Buxton Matlock Bakewell Ludlow Hexham
""".split()
TRADES = """
Bakery Builders Carpets Catering Cleaning Consulting Dairy Design Electrical Energy Engineering Events
Florists Foods Furniture Garage Gardens Screen Haulage Homes Hotels Interiors Joinery Legal Logistics
Media Motors Paints Partners Plumbing Printing Property Roofing Security Services Software Steel Studio
Supplies Textiles Timber Tools Travel Upholstery
""".split()
TITLES = """
owner manager director buyer foreman secretary accountant partner head\xa0of\xa0buying architect chef
engineer teacher site\xa0manager office\xa0manager
""".split()
TAGS = """
customer newsletter retail trade vip garden wedding cold warm supplier press school church council north
south monthly invoice prospect referral fair-2024 fair-2025 fair-2026 late-payer friend
""".split()
SOURCES = ("", "", "web", "fair", "referral", "walk-in", "phone")
STAGES = ("lead", "prospect", "customer", "customer", "customer", "lapsed", "partner", "other")
KINDS = ("call", "mail", "meeting", "visit", "message", "note")
TODO = ("call back", "send the quote", "ask how it went", "chase the invoice", "confirm delivery")
PRODUCTS = [
    f"{size} {label}"
    for size in ("Small", "Medium", "Large", "Grand")
    for label in """Bouquet Wreath Basket Vase Planter Hamper Candle Card Ribbon Seedling Rose Orchid
    Lily Fern Tulip Dahlia Peony Iris Moss Compost""".split()
]

# "order" is in most sentences, as some word is in most notes of every firm; the last few are rare.
TEXTS = (
    "asked about the order and when it will be ready",
    "order confirmed, delivery on the usual day, pays on invoice",
    "wants a quote for a larger order before the end of the month",
    "no answer, left a message about the order",
    "happy with the last order, may recommend us to the neighbors",
    "order was late; apologized and offered a discount on the next",
    "talked about prices for the coming season and a standing order",
    "met at the fair, took our leaflet and a sample",
    "called about the invoice, will settle the order by Friday",
    "changed the order: two more of the large, none of the small",
    "asked for opening hours over the holidays",
    "moved to a new address, order goes there from now on",
)
RARE = """
amaryllis bartering calendula dovetail eucalyptus filigree gypsophila hessian ikebana jacquard kiln
lavender marquetry nasturtium oilcloth parquet quince rattan sisal terracotta umber velvet wisteria
xylophone yarrow zinnia
""".split()
