"""Recognize the program that wrote a table by a combination of its headers.

This module is data. A program may give headers a meaning of their own; a meaning without a property
leaves the column a custom field. Ids of a known program are kept with its name, so that a contact
is recognized by them in the next export, whatever it is called by then.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Final

from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.headers import Target

_FIELD: Final[Target] = ("field", "")
_BIRTHDAY: Final[Target] = ("day", "birthday")


@dataclass(frozen=True)
class Program:
    """A program: its name, the headers that tell its files, and meanings of headers.

    ``space`` is the name that goes before its ids, empty if it has none. ``date_order`` is the
    order of day and month in its dates where the file does not tell.
    """

    name: str
    signature: str
    meanings: Mapping[str, Target] = field(default_factory=dict)
    space: str = ""
    date_order: str = ""

    @property
    def targets(self) -> Mapping[str, Target]:
        """The meanings by folded header."""
        return _fold_targets(self.name, self.signature)


PROGRAMS: Final = (
    # Outlook, desktop and web: the title is a form of address, and the job has its own column.
    Program(
        "Outlook",
        "first name | last name | title | suffix | job title",
        {"title": ("prefix", ""), "email type": _FIELD, "location": _FIELD, "account": _FIELD},
    ),
    Program(
        "Outlook",
        "anrede | vorname | nachname | ort geschaftlich",
        {"ort": _FIELD, "partner": ("relation", "spouse"), "privat": _FIELD, "email typ": _FIELD,
         "konto": _FIELD, "beruf": _FIELD, "position": ("title", "")},
    ),
    Program("Outlook", "prénom | nom | ville (bureau)", {"titre": ("prefix", "")}),
    Program("Google Contacts", "name prefix | name suffix | phonetic first name"),
    Program("Google Contacts", "given name | family name | group membership"),
    # Thunderbird: three columns for a birthday, of which the last reads like “birthday”.
    Program("Thunderbird", "birth year | birth month | birth day", {"birth day": ("birth", "day")}),
    Program(
        "Thunderbird",
        "geburtsjahr | geburtsmonat | geburtstag",
        {"geburtstag": ("birth", "day")},
    ),
    # Mailchimp: a guess from the place where a mail was opened, not an address; its dates of
    # birthdays are month and day.
    Program(
        "Mailchimp",
        "leid | euid",
        {"region": _FIELD, "cc": _FIELD, "euid": ("ref", ""), "timezone": _FIELD},
        space="mailchimp",
        date_order="month",
    ),
    Program("HubSpot", "record id | associated company", space="hubspot"),
    Program("HubSpot", "record id | lifecycle stage", space="hubspot"),
    Program("HubSpot", "record id | contact owner", space="hubspot"),
    Program("HubSpot", "record id | company owner", space="hubspot"),
    Program("HubSpot", "record id | lead status", space="hubspot"),
    Program("HubSpot", "record id | company name | create date", space="hubspot"),
    Program("HubSpot", "record id | first name | last name | email", space="hubspot"),
    Program(
        "Salesforce",
        "id | isdeleted | masterrecordid",
        {"accountid": _FIELD, "ownerid": _FIELD},
        space="salesforce",
    ),
    Program("Salesforce", "id | firstname | lastname | leadsource", space="salesforce"),
    Program(
        "Salesforce",
        "id | accountid | lastname",
        {"accountid": _FIELD, "ownerid": _FIELD},
        space="salesforce",
    ),
    Program("Salesforce", "contact id | account name | mailing city", space="salesforce"),
    Program("Salesforce", "salutation | account name | mailing city"),
    Program(
        "Pipedrive",
        "person id | person name",
        {"person id": ("ref", ""), "organization id": _FIELD},
        space="pipedrive",
    ),
    Program(
        "Pipedrive",
        "organization id | organization name",
        {"organization id": ("ref", "")},
        space="pipedrive",
    ),
    Program("Pipedrive", "person name | organization name"),
    Program("Shopify", "customer id | accepts email marketing", space="shopify"),
    Program("Shopify", "default address company | accepts email marketing", space="shopify"),
    Program("Shopify", "total spent | total orders | accepts email marketing", space="shopify"),
    Program(
        "Square",
        "square customer id",
        {"square customer id": ("ref", ""), "reference id": _FIELD, "memo": ("note", "")},
        space="square",
    ),
    Program(
        "Stripe",
        "id | delinquent | email",
        {"id": ("ref", ""), "status": _FIELD, "description": _FIELD, "plan": _FIELD},
        space="stripe",
    ),
    Program(
        "Stripe",
        "id | created utc | email | name",
        {"id": ("ref", ""), "status": _FIELD, "description": _FIELD},
        space="stripe",
    ),
    Program("QuickBooks", "opening balance | company | email"),
    Program("QuickBooks", "opening balance | full name"),
    Program("Brevo", "email | email blacklisted"),
    Program("Brevo", "contact id | email | sms", {"contact id": ("ref", "")}, space="brevo"),
    Program("listmonk", "uuid | email | attributes | status"),
    Program(
        "LinkedIn",
        "first name | last name | connected on",
        {"url": ("social", "linkedin")},
    ),
    Program(
        "WooCommerce",
        "customer id | username | order count",
        space="woocommerce",
    ),
    Program("WooCommerce", "username | total spend | aov"),
    Program("Odoo", "name | company type"),
    Program("Odoo", "display name | company type"),
    Program("Atomic CRM", "first seen | last seen | has newsletter", {"status": _FIELD}),
    Program("Google Forms", "timestamp | email address"),
    Program("Google Forms", "zeitstempel | emailadresse"),
    Program("Google Forms", "horodateur | adresse email"),
    Program("Google Forms", "informazioni cronologiche | indirizzo email"),
)  # fmt: skip


# Headers that mean something else beside certain words of a language: the words, the meanings.
_LANGUAGES: Final = (
    ("telefone | sobrenome | endereço | cidade | telemóvel | morada", {"aniversário": _BIRTHDAY}),
    ("namn | efternamn | e-post | företag", {"titel": ("title", "")}),
    ("code postal | société | prénom", {"service": ("field", "department")}),
)


def find_language_targets(keys: Iterable[str]) -> Mapping[str, Target]:
    """Return the meanings of folded headers in the language of a table."""
    found = set(keys)
    return {
        fold_header(text): target
        for words, meanings in _LANGUAGES
        if not _fold_all(words).isdisjoint(found)
        for text, target in meanings.items()
    }


def find_program(keys: frozenset[str]) -> Program | None:
    """Return the first program whose signature is among some folded headers."""
    return next((each for each in PROGRAMS if _fold_all(each.signature) <= keys), None)


@cache
def _fold_all(texts: str) -> frozenset[str]:
    return frozenset(fold_header(text) for text in texts.split("|"))


@cache
def _fold_targets(name: str, signature: str) -> Mapping[str, Target]:
    program = next(each for each in PROGRAMS if (each.name, each.signature) == (name, signature))
    return {fold_header(text): target for text, target in program.meanings.items()}
