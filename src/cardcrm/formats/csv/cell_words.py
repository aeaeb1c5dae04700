"""List words in cells: fillers, yes and no, kinds of contacts, labels of other programs.

This module is data, as `headers` is.
"""

from typing import Final

# Values that Outlook writes into every row, although the user did not enter them.
FILLERS: Final[dict[str, str]] = {
    "priority | prioritat": "normal",
    "sensitivity | vertraulichkeit": "normal",
    "private": "false",
    "privat": "aus | falsch",
    "gender": "unspecified",
    "geschlecht": "keine angabe",
    "email type | e mail typ": "smtp",
    "birthday | anniversary": "0/0/00",
    "geburtstag | jahrestag": "0.0.00",
}

NO: Final = frozenset(
    {"", "0", "n", "no", "non", "nein", "nee", "false", "never", "falsch", "faux"}
)
YES: Final = frozenset({"1", "y", "yes", "oui", "ja", "si", "sí", "true", "x", "wahr", "vrai"})
ORG_WORDS: Final = frozenset(
    {"org", "organization", "organisation", "company", "business", "firma", "firm", "account"}
)
PERSON_WORDS: Final = frozenset({"person", "individual", "contact", "people", "customer", "kunde"})
# Labels that other programs capitalize; ours are lower case.
LABELS: Final = frozenset(
    {"home", "work", "other", "mobile", "main", "fax", "work fax", "home fax", "pager", "custom",
     "birthday", "anniversary", "spouse", "partner", "child", "mother", "father", "parent",
     "friend",
     "manager", "assistant", "home page", "profile", "blog"}
)  # fmt: skip
