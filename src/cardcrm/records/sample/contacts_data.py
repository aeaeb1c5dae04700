"""The contacts of Petal & Stem, a flower shop in Leeds that does not exist.

Every name is invented, every address ends in example.com, and the phone numbers are from the range
that is reserved for fiction. Birthdays are given as (days from today, age), so that some are always
near.
"""

# ruff: noqa: E501 - a contact on one line is read at a glance

from dataclasses import dataclass


@dataclass(frozen=True)
class SampleContact:
    """A contact of the sample; ``phone`` is the end of +44 113 496 0…, "" for none."""

    name: str
    phone: str = ""
    mail: str = ""
    kind: str = "person"
    org: str = ""
    title: str = ""
    street: str = ""
    city: str = "Leeds"
    tags: str = ""
    every: str = ""
    stage: str = "customer"
    source: str = "walk-in"
    note: str = ""
    nickname: str = ""
    birthday: tuple[int, int] | None = None
    wedding: tuple[int, int] | None = None
    fields: tuple[tuple[str, str], ...] = ()
    relations: tuple[tuple[str, str], ...] = ()
    owner: str = ""


def _org(name: str, phone: str, mail: str, **more: str) -> SampleContact:
    return SampleContact(name, phone, mail, kind="org", **more)  # type: ignore[arg-type]


ORGS = (
    _org("The Aire Grand Hotel", "110", "events@airegrand.example.com", street="1 Wharf Street",
         tags="hotel contract", source="fair",
         note="Lobby arrangement every Monday before 8. Deliver through the kitchen yard."),
    _org("Calder & Finch Solicitors", "118", "office@calderfinch.example.com", street="22 Park Row",
         tags="contract office", note="Reception flowers every other week, no lilies."),
    _org("Whitcombe Weddings", "124", "hello@whitcombe.example.com", city="Harrogate",
         street="9 Cold Bath Road", tags="wedding trade", source="referral"),
    _org("Bramble Kitchen", "131", "book@bramblekitchen.example.com", street="40 Call Lane",
         tags="restaurant"),
    _org("St Aidan's Church", "137", "parish@staidans.example.com", street="Roundhay Road",
         tags="church"),
    _org("Moorside Primary School", "142", "office@moorsideprimary.example.com", city="Otley",
         tags="school", stage="prospect", source="referral"),
    _org("Dales Growers", "150", "orders@dalesgrowers.example.com", city="Skipton",
         tags="supplier", stage="partner", source="fair",
         note="Order by Tuesday noon for Thursday. Tulips from January."),
    _org("Hargreave Funerals", "156", "care@hargreave.example.com", city="Bradford",
         tags="funeral trade"),
)  # fmt: skip

PEOPLE = (
    SampleContact("Eleanor Whitcombe", "125", "eleanor@whitcombe.example.com", org="Whitcombe Weddings",
        title="wedding planner", city="Harrogate", tags="vip wedding", every="2w", source="referral",
        nickname="Nell", birthday=(3, 41),
        fields=(("favourite flower", "peony"), ("budget", "12000"), ("next fair", "+45")),
        relations=(("referred by", "Marcus Adeyemi"),),
        note="Brings six to eight weddings a year. Always quote with and without the arch."),
    SampleContact("Marcus Adeyemi", "111", "marcus@airegrand.example.com", org="The Aire Grand Hotel",
        title="events manager", tags="vip hotel", every="3w", source="fair", birthday=(0, 38),
        fields=(("favourite flower", "amaryllis"), ("budget", "9000"))),
    SampleContact("Sofia Lindqvist", "112", "sofia@airegrand.example.com", org="The Aire Grand Hotel",
        title="head housekeeper", tags="hotel", every="2m", source="referral"),
    SampleContact("Priya Raman", "119", "priya@calderfinch.example.com",
        org="Calder & Finch Solicitors", title="office manager", tags="office", every="1m",
        birthday=(6, 45), fields=(("favourite flower", "iris"),)),
    SampleContact("Tom Calder", "120", "tom@calderfinch.example.com", org="Calder & Finch Solicitors",
        title="partner", tags="vip", source="referral",
        note="Pays privately for his mother's birthday bouquet.", birthday=(120, 57),
        relations=(("mother", "Dorothy Calder"),)),
    SampleContact("Dorothy Calder", "121", city="Ilkley", street="3 The Grove", tags="delivery",
        source="referral", birthday=(2, 84), fields=(("favourite flower", "sweet pea"),),
        note="Hard of hearing: ring twice, then the neighbour at number 5."),
    SampleContact("Luca Ferrante", "132", "luca@bramblekitchen.example.com", org="Bramble Kitchen",
        title="owner", tags="restaurant", every="1m", birthday=(40, 36),
        fields=(("favourite flower", "rosemary in anything"),)),
    SampleContact("Reverend Joan Ashby", "138", "joan@staidans.example.com", org="St Aidan's Church",
        title="vicar", tags="church", every="2m", nickname="Rev Joan", birthday=(75, 61)),
    SampleContact("Daniel Osei", "143", "d.osei@moorsideprimary.example.com",
        org="Moorside Primary School", title="deputy head", city="Otley", tags="school",
        stage="prospect", every="3m", source="referral",
        relations=(("referred by", "Reverend Joan Ashby"),)),
    SampleContact("Hannah Thwaite", "151", "hannah@dalesgrowers.example.com", org="Dales Growers",
        title="sales", city="Skipton", tags="supplier", every="2w", stage="partner", source="fair"),
    SampleContact("Geoffrey Hargreave", "157", "geoffrey@hargreave.example.com",
        org="Hargreave Funerals", title="director", city="Bradford", tags="funeral trade",
        every="6w", birthday=(200, 63)),
    SampleContact("Amara Nwosu", "160", "amara.nwosu@example.com", tags="wedding", stage="prospect",
        source="web", every="2w", fields=(("wedding date", "+96"), ("budget", "2400")),
        relations=(("partner", "Ben Holroyd"),), note="Civil ceremony, colours sage and cream."),
    SampleContact("Ben Holroyd", "161", "ben.holroyd@example.com", tags="wedding", stage="prospect",
        source="web"),
    SampleContact("Margaret Sykes", "162", "m.sykes@example.com", street="17 Oakwood Lane",
        tags="vip regular", every="3w", birthday=(1, 72), wedding=(25, 48),
        fields=(("favourite flower", "freesia"),), note="Friday bouquet since we opened."),
    SampleContact("Harold Sykes", "162", street="17 Oakwood Lane", tags="regular",
        relations=(("spouse", "Margaret Sykes"),), birthday=(160, 75)),
    SampleContact("Chloe Barraclough", "163", "chloe.b@example.com", tags="regular newsletter",
        every="2m", birthday=(12, 29), source="web"),
    SampleContact("Yusuf Karim", "164", "yusuf.karim@example.com", tags="regular", every="4m",
        birthday=(-4, 33), wedding=(9, 6)),
    SampleContact("Ingrid Solberg", "165", "ingrid.solberg@example.com", city="Horsforth",
        tags="newsletter workshop", every="3m", birthday=(88, 52)),
    SampleContact("Peter Mallinson", "166", "pmallinson@example.com", tags="regular", every="1m",
        birthday=(5, 66), note="Roses for his wife on the first of each month."),
    SampleContact("Grace Oyelaran", "167", "grace.oyelaran@example.com", city="Pudsey",
        tags="newsletter workshop", every="3m", source="web", birthday=(33, 27)),
    SampleContact("Oliver Pask", "168", "oliver.pask@example.com", tags="late-payer", every="3m"),
    SampleContact("Fatima Rahmani", "169", "fatima.rahmani@example.com", tags="regular", every="6w",
        birthday=(61, 44)),
    SampleContact("Wendy Applegarth", "170", "wendy.applegarth@example.com", city="Wetherby",
        tags="regular cold", every="2m", stage="lapsed", birthday=(140, 58)),
    SampleContact("Stanisław Zięba", "171", "s.zieba@example.com", tags="regular", every="3m",
        nickname="Stan", birthday=(19, 49)),
    SampleContact("Rosie Tattersall", "172", "rosie.t@example.com", city="Ilkley", tags="workshop",
        source="web", every="4m", birthday=(230, 31)),
    SampleContact("Liam Gaunt", "173", "liam.gaunt@example.com", tags="newsletter", stage="lead",
        source="web"),
    SampleContact("Noor Hadid", "174", "noor.hadid@example.com", tags="newsletter", stage="lead",
        source="fair"),
    SampleContact("Beatrice Müller", "175", "b.mueller@example.com", city="York", tags="wedding",
        stage="lapsed", source="referral", every="6m",
        relations=(("referred by", "Eleanor Whitcombe"),)),
    SampleContact("Callum Drysdale", "176", "callum.drysdale@example.com", title="photographer",
        city="Harrogate", tags="wedding trade", stage="partner", every="3m", source="fair",
        relations=(("colleague", "Eleanor Whitcombe"),)),
    SampleContact("Agnes Pickersgill", "177", street="Flat 4, Hyde Park Court", tags="delivery regular",
        every="3m", birthday=(4, 90)),
    SampleContact("Theo Lambourne", "178", "theo.lambourne@example.com", tags="office", stage="lead",
        org="Foundry Studios", title="studio manager", source="web"),
    SampleContact("Zara Whitlock", "179", "zara.whitlock@example.com", tags="newsletter regular", birthday=(-20, 24)),
    SampleContact("Kenji Morita", "180", "kenji.morita@example.com", tags="workshop",
        source="referral", relations=(("referred by", "Ingrid Solberg"),)),
)  # fmt: skip
