"""Generate contacts of whom it is known which are the same person.

The generator imitates how an address book gets duplicates: slips of the typist, names in another
order, nicknames, initials, moves, new phones and emails, missing fields. It adds what looks like
duplicates and is none: families with one phone, twins, a father and his son of one name, namesakes,
colleagues with one switchboard and one info@ address.

A `World` is a list of names, streets and towns. The weights of `records.deduplication` were tuned
on `TUNING` alone, and are reported on `REPORT`, which has other names, another language, other
nicknames and other seeds.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import combinations
from random import Random
from typing import Final

from bench import vocabulary
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft


@dataclass(frozen=True)
class World:
    """The words of one set of contacts; ``nicknames`` has forms of given names."""

    men: tuple[str, ...]
    women: tuple[str, ...]
    family: tuple[str, ...]
    streets: tuple[str, ...]
    towns: tuple[str, ...]
    nicknames: Mapping[str, str]
    number_first: bool
    postcode: Callable[[Random, int], str]
    phone: Callable[[Random], str]
    domains: tuple[str, ...]


@dataclass(frozen=True)
class Rates:
    """The probabilities of each kind of difference between two entries of one person."""

    slip: float
    swap: float
    nickname: float
    initial: float
    move: float
    email: float
    phone: float
    missing: float


LIGHT: Final = Rates(0.05, 0.02, 0.05, 0.02, 0.05, 0.10, 0.05, 0.10)
MEDIUM: Final = Rates(0.12, 0.04, 0.08, 0.04, 0.10, 0.20, 0.12, 0.15)
HEAVY: Final = Rates(0.25, 0.06, 0.10, 0.05, 0.12, 0.20, 0.12, 0.12)
LEVELS: Final = {"light": LIGHT, "medium": MEDIUM, "heavy": HEAVY}


@dataclass(frozen=True)
class Person:
    """One entry; ``truth`` is equal for the entries of one person."""

    truth: int
    given: str
    family: str
    street: str = ""
    number: str = ""
    town: str = ""
    postcode: str = ""
    phone: str = ""
    email: str = ""
    number_first: bool = field(default=True, repr=False)

    @property
    def draft(self) -> ContactDraft:
        """The draft that enters the person, with the name in one text as most files have it."""
        street = [self.number, self.street] if self.number_first else [self.street, self.number]
        address = AddressDraft(
            street=" ".join(street).strip(), city=self.town, postcode=self.postcode
        )
        values = (("email", self.email), ("phone", self.phone))
        return ContactDraft(
            name=f"{self.given} {self.family}".strip(),
            points=tuple(ContactPointDraft(kind, value) for kind, value in values if value),
            addresses=(address,) if self.town or self.street else (),
        )


def generate(world: World, rates: Rates, people: int, seed: int) -> list[Person]:
    """Return the entries of a number of people in a random order, duplicates among them."""
    return _Generator(world, rates, Random(seed)).run(people)


def true_pairs(entries: list[Person]) -> set[tuple[int, int]]:
    """Return the places of all pairs of entries of one person."""
    places: dict[int, list[int]] = {}
    for place, each in enumerate(entries):
        places.setdefault(each.truth, []).append(place)
    return {pair for each in places.values() for pair in combinations(each, 2)}


class _Generator:
    def __init__(self, world: World, rates: Rates, random: Random) -> None:
        self.world, self.rates, self.random = world, rates, random
        self.next = 0

    def run(self, people: int) -> list[Person]:
        entries: list[Person] = []
        while self.next < people:
            for person in self._group():
                copies = self._choose((0.78, 0.18, 0.04))
                entries += [person, *(self._corrupt(person) for _ in range(copies))]
        self.random.shuffle(entries)
        return entries

    def _choose(self, shares: tuple[float, ...]) -> int:
        return self.random.choices(range(len(shares)), shares)[0]

    def _group(self) -> Iterator[Person]:
        """Yield a person, or several who have much in common."""
        kinds = (self._single, self._couple, self._family, self._namesakes, self._colleagues,
                 self._sons)  # fmt: skip
        yield from kinds[self._choose((0.62, 0.14, 0.06, 0.08, 0.08, 0.02))]()

    def _single(self) -> Iterator[Person]:
        yield self._person()

    def _couple(self) -> Iterator[Person]:
        man = self._person(given=self.random.choice(self.world.men))
        woman = self._same_household(man, self.random.choice(self.world.women))
        yield man
        yield woman

    def _family(self) -> Iterator[Person]:
        """Yield parents and twins, with one phone, and some with one email address."""
        first = self._person()
        names = self.random.sample(self.world.men + self.world.women, 4)
        yield replace(first, given=names[0])
        for name in names[1:]:
            member = self._same_household(first, name)
            yield replace(member, email=first.email) if self.random.random() < 0.3 else member

    def _same_household(self, first: Person, given: str) -> Person:
        person = replace(first, truth=self._number(), given=given)
        return replace(person, email=self._email(person))

    def _namesakes(self) -> Iterator[Person]:
        first = self._person()
        yield first
        yield self._person(given=first.given, family=first.family)

    def _colleagues(self) -> Iterator[Person]:
        first = self._person()
        yield first
        email = f"info@{first.family.lower().replace(' ', '')}{first.truth}.example"
        for _ in range(self.random.randint(2, 4)):
            other = self._person()
            yield replace(
                other, street=first.street, number=first.number, town=first.town,
                postcode=first.postcode, phone=first.phone,
                email=email if self.random.random() < 0.5 else other.email,
            )  # fmt: skip

    def _sons(self) -> Iterator[Person]:
        """Yield a father and a son of the same name, as “Jr.” tells."""
        father = self._person(given=self.random.choice(self.world.men))
        yield father
        son = replace(father, truth=self._number(), family=f"{father.family} Jr.")
        yield replace(son, email=f"{father.family.lower()[:5]}jr{son.truth}@{self._domain()}")

    def _number(self) -> int:
        self.next += 1
        return self.next

    def _skewed(self, values: tuple[str, ...]) -> str:
        """Return a value; the first ones are the commonest, as in real lists of names."""
        return values[int(len(values) * self.random.random() ** 1.7)]

    def _person(self, given: str = "", family: str = "") -> Person:
        names = self.world.men if self.random.random() < 0.5 else self.world.women
        person = Person(
            self._number(),
            given or self._skewed(names),
            family or self._skewed(self.world.family),
            phone=self.world.phone(self.random) if self.random.random() < 0.9 else "",
            number_first=self.world.number_first,
        )
        person = self._move(person) if self.random.random() < 0.9 else person
        return replace(person, email=self._email(person) if self.random.random() < 0.85 else "")

    def _move(self, person: Person) -> Person:
        town = self.random.randrange(len(self.world.towns))
        return replace(
            person,
            street=self.random.choice(self.world.streets),
            number=str(self.random.randint(1, 120)),
            town=self.world.towns[town],
            postcode=self.world.postcode(self.random, town),
        )

    def _domain(self) -> str:
        return self.random.choice(self.world.domains)

    def _email(self, person: Person) -> str:
        given, family = (
            "".join(filter(str.isascii, each.lower().replace(" ", "")))
            for each in (person.given, person.family)
        )
        number = self.random.randint(1, 999)
        year = self.random.randint(40, 99)
        styles = (
            f"{given}.{family}{number}",
            f"{given[:1]}{family}{number}",
            f"{family}.{given}{number}",
            f"{given}{year}{family[:2]}{number}",
            f"{family}{number}{given[:1]}",
        )
        return f"{self.random.choice(styles)}@{self._domain()}"

    # Differences

    def _is(self, probability: float) -> bool:
        return self.random.random() < probability

    def _corrupt(self, person: Person) -> Person:
        """Return another entry of a person."""
        rates = self.rates
        changed = self._move(person) if self._is(rates.move) else person
        if self._is(rates.email):
            changed = replace(changed, email=self._email(changed))
        if self._is(rates.phone):
            changed = replace(changed, phone=self.world.phone(self.random))
        changed = self._mistype(self._rename(changed))
        if self._is(rates.swap):
            changed = replace(changed, given=changed.family, family=changed.given)
        for names in (("street", "number", "town", "postcode"), ("phone",), ("email",)):
            if self._is(rates.missing):
                changed = replace(changed, **dict.fromkeys(names, ""))
        return changed

    def _rename(self, person: Person) -> Person:
        """Return a person perhaps with a nickname or an initial."""
        if self._is(self.rates.nickname):
            return replace(person, given=self.world.nicknames.get(person.given, person.given))
        initial = self._is(self.rates.initial)
        return replace(person, given=f"{person.given[0]}.") if initial else person

    def _mistype(self, person: Person) -> Person:
        """Return a person perhaps with slips, half as likely in an address as in a name."""
        for name in ("given", "family", "street", "email", "phone", "town"):
            if self._is(self.rates.slip / (1 if name in ("given", "family") else 2)):
                person = replace(person, **{name: self._slip(getattr(person, name))})
        return person

    def _slip(self, text: str) -> str:
        """Return a text with a letter or digit left out, added, changed, or swapped."""
        body = text.rpartition(".")[0] if "@" in text else text  # keep the address valid
        places = [at for at, char in enumerate(body) if char.isalnum()]
        if len(places) < 3:
            return text
        at = self.random.choice(places[1:])
        own = text[at]
        other = self.random.choice("0123456789" if own.isdigit() else "aeinrstlo")
        kind = self._choose((0.25, 0.25, 0.3, 0.2)) if not own.isdigit() else 2
        if kind == 3 and text[at - 1].isalnum():
            return text[: at - 1] + own + text[at - 1] + text[at + 1 :]
        return text[:at] + ("", own + other, other, own)[kind] + text[at + 1 :]


def _uk_postcode(random: Random, town: int) -> str:
    area = f"{'LYMBSG'[town % 6]}S{town % 40 + 1}"
    unit = random.choice("ABDEFGHJ") + random.choice("LNPQRSTUWXYZ")
    return f"{area} {random.randint(1, 9)}{unit}"


def _uk_phone(random: Random) -> str:
    return f"+44 {random.choice(('113', '114', '161', '117'))} 4{random.randint(100000, 999999)}"


def _de_postcode(random: Random, town: int) -> str:
    return f"{10000 + town * 1500 + random.randint(0, 40)}"


def _de_phone(random: Random) -> str:
    return f"+49 {random.choice(('30', '89', '40', '221'))} {random.randint(1000000, 9999999)}"


_TUNING_MEN = """
James John Robert Michael William David Richard Thomas Charles Christopher Daniel Matthew Anthony
Mark Donald Steven Andrew Kenneth Joshua Kevin Brian George Edward Ronald Timothy Jason Jeffrey
Ryan Jacob Gary Nicholas Eric Jonathan Stephen Larry Justin Scott Brandon Benjamin Samuel Gregory
Frank Alexander Raymond Patrick Jack Dennis Jerry Tyler Aaron Henry Douglas Peter Zachary Nathan
Walter Harold Jeremy Carl Keith Roger Arthur Terry Lawrence Sean Albert Joe Ethan Austin Graham
""".split()  # noqa: SIM905 - a list of words is read as words
_TUNING_WOMEN = """
Mary Patricia Jennifer Linda Elizabeth Barbara Susan Jessica Sarah Karen Lisa Nancy Betty Margaret
Sandra Ashley Kimberly Emily Donna Michelle Carol Amanda Dorothy Melissa Deborah Stephanie Rebecca
Sharon Laura Cynthia Kathleen Amy Angela Shirley Anna Brenda Pamela Emma Nicole Helen Samantha
Katherine Christine Debra Rachel Carolyn Janet Catherine Maria Heather Diane Ruth Julie Olivia
Joyce Virginia Victoria Kelly Lauren Christina Joan Evelyn Judith Megan Andrea Cheryl Hannah
""".split()  # noqa: SIM905 - a list of words is read as words
_TUNING_NICKNAMES = {
    "James": "Jim", "John": "Johnny", "Robert": "Bob", "Michael": "Mike", "William": "Bill",
    "David": "Dave", "Richard": "Rick", "Thomas": "Tom", "Charles": "Charlie", "Daniel": "Dan",
    "Matthew": "Matt", "Anthony": "Tony", "Steven": "Steve", "Andrew": "Andy", "Kenneth": "Ken",
    "Edward": "Ted", "Ronald": "Ron", "Timothy": "Tim", "Nicholas": "Nick", "Benjamin": "Ben",
    "Samuel": "Sam", "Gregory": "Greg", "Patricia": "Pat", "Jennifer": "Jen", "Elizabeth": "Liz",
    "Barbara": "Barb", "Susan": "Sue", "Margaret": "Peggy", "Kimberly": "Kim", "Dorothy": "Dot",
    "Deborah": "Debbie", "Rebecca": "Becky", "Katherine": "Kate", "Christine": "Chris",
    "Victoria": "Vicky", "Judith": "Judy", "Stephanie": "Steph", "Samantha": "Sam",
}  # fmt: skip

TUNING: Final = World(
    tuple(_TUNING_MEN),
    tuple(_TUNING_WOMEN),
    tuple(vocabulary.FAMILY[:1200]),
    tuple(f"{stem} {kind}" for stem in ("High", "Church", "Mill", "Park", "Station", "Victoria",
          "Green", "Manor", "Kings", "Queens", "New", "North", "Albert", "Chapel", "Bridge")
          for kind in ("Street", "Road", "Lane", "Close")),
    tuple(vocabulary.CITIES),
    _TUNING_NICKNAMES,
    number_first=True,
    postcode=_uk_postcode,
    phone=_uk_phone,
    domains=("mail.example", "post.example", "gmail.com", "hotmail.co.uk", "btinternet.com"),
)  # fmt: skip

_REPORT_MEN = """
Andreas Stefan Thorsten Jürgen Wolfgang Matthias Uwe Bernd Ralf Günter Dietmar Holger Sven Jörg
Sebastian Tobias Florian Lukas Maximilian Moritz Hans Karl Heinrich Friedrich Ludwig Konrad Ulrich
Detlef Norbert Armin Egon Mehmet Ali Murat Pavel Marek Jiří Václav Zoltán László Giuseppe Salvatore
Luca Marco Étienne Olivier Thierry Benoît Loïc Pierre Jean-Luc Åke Lennart Göran Björn Henrik Søren
Joaquín Íñigo Álvaro Rubén Sergio Dmitri Sergei Alexej Vladimir Oleksandr Eberhard Hartmut
""".split()  # noqa: SIM905 - a list of words is read as words
_REPORT_WOMEN = """
Sabine Petra Ulrike Heike Birgit Gabriele Renate Ursula Ingrid Monika Helga Karin Brigitte Elke
Silke Kerstin Anke Katrin Nadine Tanja Jana Franziska Johanna Charlotte Friederike Elisabeth
Magdalena Mathilde Gudrun Hannelore Ayşe Fatma Zeynep Jiřina Božena Zsuzsanna Ágnes Chiara Giulia
Francesca Aurélie Élodie Mireille Geneviève Solène Marie-Claire Åsa Gunilla Annika Ingeborg Solveig
Concepción Begoña Inés Rocío Dolores Svetlana Tatjana Oksana Ljudmila Waltraud Roswitha Mechthild
""".split()  # noqa: SIM905 - a list of words is read as words
_REPORT_NICKNAMES = {
    "Andreas": "Andi", "Stefan": "Steffen",
    "Wolfgang": "Wolf", "Matthias": "Matze", "Bernd": "Berni",
    "Sebastian": "Basti", "Tobias": "Tobi", "Florian": "Flo", "Lukas": "Luki", "Maximilian": "Max",
    "Hans": "Johannes", "Friedrich": "Fritz", "Ulrich": "Uli", "Salvatore": "Totò",
    "Giuseppe": "Beppe", "Heinrich": "Heinz", "Dmitri": "Dima", "Sergei": "Sergey",
    "Alexej": "Alexey", "Oleksandr": "Alexander", "Gabriele": "Gabi", "Ursula": "Uschi",
    "Monika": "Moni", "Brigitte": "Gitte", "Katrin": "Kathrin", "Franziska": "Franzi",
    "Johanna": "Hanna", "Charlotte": "Lotte", "Friederike": "Rike", "Elisabeth": "Sissi",
    "Magdalena": "Leni", "Concepción": "Concha", "Francesca": "Franca", "Svetlana": "Sveta",
    "Tatjana": "Tanja", "Ingeborg": "Inge", "Waltraud": "Traudl", "Renate": "Nate",
    "Jürgen": "Juergen", "Günter": "Guenter",
    "Jörg": "Joerg", "Göran": "Goran", "Étienne": "Etienne",
}  # fmt: skip
_REPORT_FAMILY = """
Müller Schmidt Schneider Fischer Weber Meyer Wagner
Becker Schulz Hoffmann Schäfer Koch Bauer Richter
Klein Wolf Schröder Neumann Schwarz Zimmermann Braun Krüger Hofmann Hartmann Lange Schmitt Werner
Krause Meier Lehmann Schmid Schulze Maier Köhler Herrmann König Walter Mayer Huber Kaiser Fuchs
Peters Lang Scholz Möller Weiß Jung Hahn
Schubert Vogel Friedrich Keller Günther Frank Berger Winkler
Roth Beck Lorenz Baumann Franke Albrecht Schuster Simon Ludwig Böhm Winter Kraus Martin Schumacher
Krämer Vogt Stein Jäger Otto Sommer Groß Seidel Heinrich Brandt Haas Schreiber Graf Dietrich Ziegler
Kuhn Kühn Pohl Engel Horn Busch Bergmann Thomas
Voigt Sauer Arnold Wolff Pfeiffer Öztürk Yılmaz Demir
Nováková Dvořák Černý Kowalski Wiśniewski Wójcik Nagy Szabó Kovács Rossi Bianchi Esposito Romano
Lefèvre Moreau Dubois Fournier Girard Mercier Faure Rousseau Andersson Johansson Lindqvist Sørensen
García Fernández Muñoz Ibáñez Etxeberria Ivanov Petrov Kuznetsov Shevchenko Kovalenko
""".split()  # noqa: SIM905 - a list of words is read as words
_COMPOUNDS = [
    first + second
    for first in ("Alten", "Berg", "Brunn", "Eich", "Feld", "Gries", "Hagen", "Kirch", "Linden",
                  "Mühl", "Nieder", "Ober", "Rosen", "Stein", "Wald", "Wiesen", "Zell", "Buch")
    for second in ("bacher", "berger", "brand", "dorfer", "egger", "hauser", "hofer", "kamp",
                   "mann", "müller", "ner", "rieder", "thaler", "weger", "wirth", "inger")
]  # fmt: skip

REPORT: Final = World(
    tuple(_REPORT_MEN),
    tuple(_REPORT_WOMEN),
    tuple(each for each in _REPORT_FAMILY + _COMPOUNDS if each not in vocabulary.FAMILY),
    tuple(f"{stem}{end}" for stem in ("Haupt", "Bahnhof", "Garten", "Schiller", "Goethe", "Linden",
          "Berg", "Kirch", "Schul", "Wald", "Ring", "Mozart", "Birken", "Rosen", "Mühlen")
          for end in ("straße", "weg", "gasse", "platz")),
    ("Berlin", "München", "Köln", "Hamburg", "Bremen", "Nürnberg", "Leipzig", "Dresden", "Münster",
     "Göttingen", "Freiburg", "Augsburg", "Kiel", "Lübeck", "Erfurt", "Mainz", "Kassel", "Graz",
     "Linz", "Zürich", "Basel", "Würzburg", "Regensburg", "Potsdam", "Rostock", "Jena", "Ulm"),
    _REPORT_NICKNAMES,
    number_first=False,
    postcode=_de_postcode,
    phone=_de_phone,
    domains=("web.de", "gmx.net", "posteo.de", "firma.example", "t-online.de"),
)  # fmt: skip
