"""The properties that are named alike: those of custom fields, messengers and relations.

Programs have names of their own for what the standard lacks: ``X-MS-SPOUSE``,
``X-EVOLUTION-SPOUSE`` and ``X-KADDRESSBOOK-X-SpousesName`` name the same relation.
"""

import re
from typing import Final

# Properties of text that become custom fields, and are written again from the fields.
FIELDS: Final = {
    "BIRTHPLACE": "birthplace",
    "DEATHPLACE": "place of death",
    "EXPERTISE": "expertise",
    "HOBBY": "hobby",
    "INTEREST": "interest",
    "PRONOUNS": "pronouns",
    "GRAMGENDER": "grammatical gender",
    "ORG-DIRECTORY": "directory",
    "CONTACT-URI": "contact page",
    "CALURI": "calendar",
    "CALADRURI": "calendar address",
    "FBURL": "free and busy times",
    "CLASS": "access class",
    "MAILER": "mail program",
    "SOURCE": "vCard address",
    "X-MAIDENNAME": "maiden name",
    "X-PHONETIC-FIRST-NAME": "phonetic given name",
    "X-PHONETIC-MIDDLE-NAME": "phonetic middle name",
    "X-PHONETIC-LAST-NAME": "phonetic family name",
    "X-PHONETIC-ORG": "phonetic organization",
}
PROPERTIES_OF_FIELDS: Final = {label: name for name, label in FIELDS.items()}
DEPARTMENT: Final = "department"
VCARD_KIND: Final = "vCard kind"

# Other properties of text that become custom fields.
OTHER_FIELDS: Final = {
    "X-DEPARTMENT": DEPARTMENT,
    "X-KADDRESSBOOK-X-DEPARTMENT": DEPARTMENT,
    "X-KADDRESSBOOK-X-OFFICE": "office",
    "X-OFFICE": "office",
    "X-KADDRESSBOOK-X-PROFESSION": "profession",
    "X-PROFESSION": "profession",
    "X-ACCOUNT": "account",
    "X-MS-CUSTOMERID": "customer id",
    "X-PHONETIC-NAME": "phonetic name",
    "X-MS-YOMI-FIRSTNAME": "phonetic given name",
    "X-MS-YOMI-LASTNAME": "phonetic family name",
    "X-MS-ORG-YOMI": "phonetic organization",
    **{f"X-CUSTOM{number}": f"custom {number}" for number in range(1, 10)},
    **{f"X-PALM-CUSTOM{number}": f"custom {number}" for number in range(1, 10)},
}

# Properties of relations that others than RELATED have, by the kind of the relation.
RELATIONS: Final = {
    "spouse": "X-SPOUSE X-MS-SPOUSE X-EVOLUTION-SPOUSE X-KADDRESSBOOK-X-SPOUSESNAME X-SPOUSENAME",
    "manager": "X-MANAGER X-MS-MANAGER X-EVOLUTION-MANAGER X-KADDRESSBOOK-X-MANAGERSNAME "
               "X-MANAGERSNAME X-MANAGERNAME",
    "assistant": "X-ASSISTANT X-MS-ASSISTANT X-EVOLUTION-ASSISTANT X-ASSISTANTNAME "
                 "X-KADDRESSBOOK-X-ASSISTANTSNAME X-ASSISTANTSNAME",
    "child": "X-CHILD X-MS-CHILD X-EVOLUTION-CHILD X-CHILDREN X-MS-CHILDREN X-EVOLUTION-CHILDREN",
    "partner": "X-PARTNER X-MS-PARTNER X-EVOLUTION-PARTNER",
    "referred by": "X-MS-REFERREDBY X-REFERREDBY",
}  # fmt: skip
KINDS_OF_RELATIONS: Final = {
    name: kind for kind, names in RELATIONS.items() for name in names.split()
}
# Kinds of relations that a custom field stands for where the other person has no contact.
NAMED_RELATIONS: Final = frozenset(
    {*RELATIONS, "father", "mother", "parent", "brother", "sister", "sibling", "son", "daughter",
     "friend", "colleague", "co-worker", "domestic partner", "relative", "emergency", "kin"}
)  # fmt: skip

_MESSENGERS: Final = (
    "aim", "discord", "facebook", "gadugadu", "google-talk", "groupwise", "gtalk", "icq", "irc",
    "jabber", "kakaotalk", "linkedin", "mastodon", "matrix", "msn", "qq", "signal", "sip", "skype",
    "telegram", "threema", "twitter", "wechat", "whatsapp", "xing", "xmpp", "yahoo", "instagram",
)  # fmt: skip
MESSENGERS: Final = {
    **{f"X-{name.upper()}": name for name in _MESSENGERS},
    **{f"X-{name.upper()}-USERNAME": name for name in _MESSENGERS},
    **{f"X-{name.upper()}-ID": name for name in _MESSENGERS},
    "X-GOOGLE-TALK": "google-talk",
    "X-GADU-GADU": "gadugadu",
    "X-WV-ID": "wireless village",
    "X-MS-IMADDRESS": "im",
    "X-KADDRESSBOOK-X-IMADDRESS": "im",
}
_KDE_MESSENGER: Final = re.compile(r"X-MESSAGING/([\w-]+)-ALL", re.ASCII)

WEB_LABELS: Final = {
    "X-EVOLUTION-BLOG-URL": "blog",
    "X-KADDRESSBOOK-BLOGFEED": "blog",
    "X-EVOLUTION-VIDEO-URL": "video",
    "X-WEBSITE": "",
    "X-BLOG": "blog",
}

# Properties that say nothing of the contact, with the reason why they are not kept.
OMITTED: Final = {
    "PRODID": "it names the program that wrote the file",
    "REV": "it is the time of the last change in the other program",
    "PROFILE": "it names the format of the file",
    "NAME": "it names the file",
    "X-ABADR": "it names the country whose form the address has",
    "X-ABORDER": "it is the order on the screen of the other program",
    "X-MS-OL-DEFAULT-POSTAL-ADDRESS": "it numbers the addresses of the other program",
}


def find_messenger(name: str) -> str:
    """Return the messenger that a property is of; "" for any other property."""
    if name in MESSENGERS:
        return MESSENGERS[name]
    found = _KDE_MESSENGER.fullmatch(name)
    return found[1].lower() if found else ""
