"""List the words of headers in nine languages: places, short forms, words that add nothing.

This module is data. All words are folded: without case and accents.
"""

from typing import Final


def _by_word(texts: dict[str, str]) -> dict[str, str]:
    return {word: meaning for meaning, words in texts.items() for word in words.split()}


# Words that say where a phone, an email or an address is.
PLACES: Final = _by_word(
    {
        "work": (
            "work business office bureau geschaftlich dienstlich beruflich buro arbeit"
            " professionnel professionnelle pro travail trabajo oficina laboral lavoro ufficio"
            " lavorativo lavorativa aziendale trabalho comercial escritorio profissional werk"
            " zakelijk zakelijke kantoor arbete jobb kontor arbets foretag słuzbowy słuzbowa"
            " praca pracy firmowy biuro biznes"
        ),
        "home": (
            "home private personal privat private privater privates personlich domicile maison"
            " personnel personnelle perso particulier casa particular personale abitazione"
            " privato privata pessoal residencial residencia thuis prive hem bostad dom domowy"
            " domowa prywatny prywatna"
        ),
        "other": (
            "other weitere weiterer weiteres andere anderer autre otro otra altro altra outro"
            " outra overig overige ander annan ovrig inny inna inne alternative alternate"
            " secondary additional"
        ),
        "billing": "billing rechnung rechnungs facturation facturacion fatturazione faktura",
        "shipping": (
            "shipping delivery liefer lieferung livraison envio spedizione levering leverans"
        ),
    }
)
CONNECTORS: Final = frozenset(
    [
        "a",
        "of",
        "the",
        "for",
        "to",
        "at",
        "de",
        "la",
        "le",
        "les",
        "l",
        "du",
        "des",
        "d",
        "do",
        "da",
        "dos",
        "das",
        "di",
        "del",
        "della",
        "dell",
        "el",
        "los",
        "las",
        "al",
        "au",
        "fur",
        "zum",
        "zur",
        "von",
        "der",
        "die",
        "das",
        "den",
        "per",
        "il",
        "lo",
        "van",
        "het",
        "een",
        "och",
        "i",
        "w",
        "z",
        "na",
    ]
)
# Short forms, and the words that they stand for.
SHORT_FORMS: Final = {
    "addr": "address",
    "adr": "address",
    "no": "number",
    "nr": "number",
    "nbr": "number",
    "num": "number",
    "numb": "number",
    "tel": "phone",
    "telno": "phone",
    "ph": "phone",
    "fon": "phone",
    "mob": "mobile",
    "cellular": "mobile",
    "mail": "email",
    "mails": "email",
    "mailaddress": "email address",
    "org": "organization",
    "co": "company",
    "comp": "company",
    "fname": "first name",
    "lname": "last name",
    "sname": "last name",
    "firstname": "first name",
    "lastname": "last name",
    "bday": "birthday",
    "dob": "birthday",
    "ctry": "country",
    "str": "street",
    "cmt": "comment",
    "cmts": "comments",
    "wk": "work",
    "hm": "home",
    "pcode": "postcode",
    "web": "website",
    "www": "website",
    "url": "website",
    "hp": "mobile",
}
# Words beside a known header that change nothing.
FILLING: Final = frozenset(
    [
        "your",
        "my",
        "our",
        "their",
        "his",
        "her",
        "its",
        "what",
        "is",
        "whats",
        "please",
        "enter",
        "write",
        "provide",
        "contact",
        "contacts",
        "client",
        "customer",
        "person",
        "member",
        "subscriber",
        "user",
        "lead",
        "primary",
        "main",
        "preferred",
        "principal",
        "default",
        "current",
        "latest",
        "full",
        "complete",
        "valid",
        "number",
        "line",
        "lines",
        "text",
        "field",
        "info",
        "information",
        "details",
        "detail",
        "address",
        "value",
        "id1",
        "kunde",
        "kunden",
        "kontakt",
        "haupt",
        "bevorzugte",
        "ihre",
        "ihr",
        "deine",
        "dein",
        "votre",
        "ton",
        "tu",
        "su",
        "sus",
        "il",
        "suo",
        "tuo",
        "seu",
        "sua",
        "uw",
        "jouw",
        "din",
        "ditt",
        "twoj",
        "twoja",
        "mailing",
        "postal",
    ]
)
# Common words that are one letter away from a known header.
NOT_CLOSE: Final = frozenset(
    [
        "count",
        "house",
        "rating",
        "plan",
        "cost",
        "data",
        "date",
        "time",
        "score",
        "stages",
        "statue",
        "reason",
        "legion",
        "grade",
        "trade",
        "points",
        "point",
        "posts",
        "price",
        "prices",
        "state",
        "stats",
        "unit",
        "units",
        "emails2",
        "tab",
        "tabs",
        "table",
        "labor",
        "tiles",
        "jobs",
        "notez",
        "contract",
        "contracts",
    ]
)

# Of two columns with names, these have the customer, which is then an organization, and the others
# the person there.
CUSTOMERS: Final = (
    "customer | customer name | client | client name | kunde | kundenname | name des kunden"
    " | client nom | cliente | cliente nome | nome do cliente | klant | klantnaam | kundnamn"
    " | klient | nazwa klienta"
)
CONTACT_PERSONS: Final = (
    "contact | contact name | contact person | person | person name | ansprechpartner"
    " | ansprechperson | kontakt | kontakt nazwa | kontaktperson | personne de contact | contacto"
    " | persona de contacto | contatto | persona di contatto | contato | pessoa de contato"
    " | pessoa de contacto | contactpersoon | osoba kontaktowa"
)
