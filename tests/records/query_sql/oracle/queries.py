"""Invented queries over the fields of `people`, as text and as trees."""

from random import Random

from tests.records.query_sql.oracle import people
from tests.records.query_sql.oracle.evaluator import Filter, Group, Query, Word, fold

ORDER = ("<", "<=", ">", ">=")
DAYS = (
    "7d", "30d", "2w", "1m", "1y", "today", "yesterday", "2026", "2026-11", "2026-10-22",
    "2026-11-28", "2026-12-21",
)  # fmt: skip
AMOUNTS = ("0", "10", "500", "1,000", "1000", "1000.00", "-10", "700 EUR", "1,000 EUR", "50000 JPY")

# Values to ask for, by field; texts are cut and respelled.
TEXTS: dict[str, tuple[str, ...]] = {
    "name": tuple(f"{given} {family}" for given in people.GIVEN for family in people.FAMILY),
    "org": people.ORGS, "nick": people.NICKS, "title": people.TITLES, "street": people.STREETS,
    "city": people.CITIES, "region": people.REGIONS, "postcode": people.POSTCODES,
    "country": people.COUNTRIES, "source": people.SOURCES, "owner": people.OWNERS,
    "tag": people.TAGS, "relation": (*people.KINDS, "works at"), "product": people.PRODUCTS,
    "given": (*filter(None, people.GIVEN),), "family": (*filter(None, people.FAMILY),),
    "middle": ("Ann", "Maria", "van"),
    "prefix": ("Dr.", "Mrs"), "suffix": ("Jr.", "MD"), "promise": people.TASKS,
    "job": (*filter(None, people.JOBS), *people.ORGS), "hobby": people.HOBBIES,
    "level": people.LEVELS, "role": (*filter(None, people.ROLES),), "language": ("de", "en-GB"),
    "timezone": (*filter(None, people.ZONES),), "gender": (*filter(None, people.GENDERS),),
}  # fmt: skip
POINTS: dict[str, tuple[str, ...]] = {
    "email": (*people.EMAILS, "info@MÜLLER.de", "jorg.mass@", "xn--mller-kva.de"),
    "web": (
        "muller.de", "https://www.müller.de/über/", "acme.example", "jane_doe", "xn--mller-kva.de",
    ),
    "point": (*people.EMAILS, "muller.de", "example", "0113 496 0123"),
    "phone": (
        "0113 496 0123", "+44 (0)113 496 0123", "0044 113 496 0123", "+441134960123", "4960",
        "+33 1 42 68 53 00", "089 12345678", "999999",
    ),
}  # fmt: skip
LONG: dict[str, tuple[str, ...]] = {"note": people.NOTES, "text": people.TEXTS}
FIXED: dict[str, tuple[str, ...]] = {
    "kind": ("person", "org"), "stage": ("lead", "customer", "prospect", "partner", "other"),
    "status": ("active", "deceased", "closed"),
    "name-order": ("given-first", "family-first"),
    "consent": (*people.PURPOSES, "NEWSLETTER"), "can-mail": (*people.PURPOSES, "yes", "no"),
    "opted-out": ("yes", "no"), "segment": tuple(people.SEGMENTS),
    "claimed": (*people.OWNERS, "ZOË SMITH", "ANN"),
    "territory": tuple(people.TERRITORIES), "partner": (*people.ORGS, "osterr", "ACME"),
    "near": ("53.8,-1.55<10km", "0,0<0km", "50,0<500km", "-33.9,18.4", "-20,10<2000km"),
    "located": ("exact", "postcode", "city", "region"),
    "rfm": (
        "champions", "loyal", "at-risk", "cant-lose-them", "lost", "hibernating", "promising",
        "new-customers", "potential-loyal", "about-to-sleep", "need-attention",
        "5xx", "x1x", "xx5", "155", "xxx",
    ),
    "has": (
        "email", "phone", "web", "note", "org", "tag", "sales", "history", "birthday", "promise",
        "hobby", "renewal", "budget", "due", "source", "every", "relation", "product",
        "cadence", "job", "rfm",
    ),
}  # fmt: skip
NUMBERS: dict[str, tuple[str, ...]] = {
    "id": ("1", "7", "20", "45"), "every": ("30", "30d", "7d", "90"),
    "orders": ("0", "1", "2", "3", "-1", "1,000"), "shoe-size": ("38", "41.5", "40"),
    "latitude": ("0", "53.8", "-33.9"), "longitude": ("-1.55", "0", "18.4"),
}  # fmt: skip
MONEY = ("value", "margin", "budget")
DATES = (
    "created",
    "updated",
    "last",
    "touched",
    "cadence",
    "snoozed",
    "next",
    "due",
    "bought",
    "since",
    "renewal",
    "mvc",
    "testimonial",
)
BIRTHDAYS = ("1990-03-06", "1990", "1990-11", "03-06", "02-29", "mar", "nov", "feb")
SPANS = ("0d", "4d", "5d", "14d", "100d", "105d")

FIELDS = (
    *TEXTS, *POINTS, *LONG, *FIXED, *NUMBERS, *MONEY, *DATES, "birthday", "uid",
)  # fmt: skip


def respell(random: Random, text: str) -> str:
    """Return a text as someone else may type it."""
    pick = random.randrange(5)
    if pick == 0:
        return fold(text)
    if pick == 1:
        return text.upper() if "ß" not in text else text.title()
    if pick == 2:
        for letter, spelled in (("ä", "ae"), ("ö", "oe"), ("ü", "ue"), ("Ö", "Oe"), ("ß", "ss")):
            text = text.replace(letter, spelled)
    return text


def cut(random: Random, text: str) -> str:
    """Return a part of a text, perhaps all of it."""
    pick = random.randrange(4)
    if pick == 0:
        return text
    if pick == 1:
        return random.choice(text.split())
    start = 0 if pick == 2 else random.randrange(len(text))
    return text[start : start + random.randint(1, 6)].strip() or text


class Inventor:
    """Invents queries; ``uids`` are the permanent ids of the contacts."""

    def __init__(self, seed: int, uids: list[str]) -> None:
        self.random = Random(seed)
        self.uids = uids

    def query(self, depth: int = 0) -> Query:
        """Return a query, nested at most three deep."""
        random = self.random
        if depth == 3 or random.random() < 0.4:
            return self.word() if random.random() < 0.15 else self.filter(random.choice(FIELDS))
        joint = random.choice(("and", "or", "not"))
        count = 1 if joint == "not" else random.randint(2, 3)
        return Group(joint, tuple(self.query(depth + 1) for _ in range(count)))

    def word(self) -> Query:
        """Return a word of some field."""
        options = (*TEXTS["name"], *people.NICKS, *people.NOTES, *people.TEXTS, *people.CITIES)
        word = respell(self.random, cut(self.random, self.random.choice(options)))
        return Word(self.random.choice((word, *word.split()[:1])))

    def filter(self, field: str) -> Query:
        """Return a filter by a field, perhaps of several values, or its negation."""
        random = self.random
        op, value = self.condition(field)
        parts = [Filter(field, op, value)]
        if op in ":=" and random.random() < 0.15:
            more = self.condition(field)
            parts += [Filter(field, op, more[1])] if more[0] == op else []
        query = parts[0] if len(parts) == 1 else Group("or", tuple(parts))
        return Group("not", (query,)) if random.random() < 0.25 else query

    def condition(self, field: str) -> tuple[str, str]:
        """Return an operator that a field takes, and a value."""
        random = self.random
        if field not in ("segment", "has", "opted-out") and random.random() < 0.12:
            return random.choice((":", "=")), random.choice(("any", "none"))
        op = random.choice((":", "="))
        is_ordered = random.random() < 0.5
        if field in TEXTS:
            text = respell(random, cut(random, random.choice(TEXTS[field])))
            return (random.choice(ORDER) if random.random() < 0.2 else op), text
        if field in POINTS:
            return op, self.point(field, op)
        if field in LONG:
            return op, respell(random, random.choice(random.choice(LONG[field]).split()))
        if field in FIXED:
            return op, random.choice(FIXED[field])
        if field == "uid":
            return op, random.choice(self.uids)
        if field == "birthday":
            if is_ordered and random.random() < 0.5:
                return random.choice(("<", "<=")), random.choice(SPANS)
            ordered = random.choice(ORDER), random.choice(BIRTHDAYS[:3])
            return ordered if is_ordered else (op, random.choice(BIRTHDAYS))
        values = NUMBERS.get(field) or (AMOUNTS if field in MONEY else DAYS)
        return (random.choice(ORDER) if is_ordered else op), random.choice(values)

    def point(self, field: str, op: str) -> str:
        """Return a contact point, or a part of one unless the whole is asked for."""
        value = self.random.choice(POINTS[field])
        if field == "phone" or op == "=" or value[0] in "+0" or "xn--" in value:
            return value
        return respell(self.random, value[self.random.randrange(3) :])


def write(query: Query) -> str:
    """Return a query as a person types it."""
    if isinstance(query, Word):
        return _quote(query.text)
    if isinstance(query, Filter):
        return f"{query.field}{query.op}{_value(query)}"
    if query.joint == "not":
        return f"-({write(query.parts[0])})"
    if query.joint == "or" and _is_list(query):
        first = query.parts[0]
        values = (each.value for each in query.parts)
        return f"{first.field}{first.op}{','.join(map(_list_value, values))}"
    return "(" + f" {query.joint} ".join(map(write, query.parts)) + ")"


def _is_list(query: Group) -> bool:
    return all(isinstance(each, Filter) and each.op in ":=" for each in query.parts) and (
        len({(each.field, each.op) for each in query.parts}) == 1
    )


def _list_value(value: str) -> str:
    return value if value in ("any", "none") else _quote(value)  # values of their own in quotes


def _value(query: Filter) -> str:
    return query.value if query.value.replace(",", "").isalnum() else _quote(query.value)


def _quote(text: str) -> str:
    return f'"{text}"'
