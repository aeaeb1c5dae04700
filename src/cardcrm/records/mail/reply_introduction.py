"""Write the line above the quoted mail of a reply, in the language of its reader.

Mail programs recognize these lines, and hide what is quoted below.
"""

from typing import Final

from cardcrm import dates
from cardcrm.records.mail.contact_languages import choose_code
from cardcrm.records.mail.received import Received
from cardcrm.store import Store

# By language: the word between the day and the time, and the line.
INTRODUCTIONS: Final = {
    "en": ("at", "On {when}, {name} wrote:"),
    "de": ("um", "Am {when} schrieb {name}:"),
    "fr": ("à", "Le {when}, {name} a écrit :"),
    "es": ("a las", "El {when}, {name} escribió:"),
    "it": ("alle", "Il giorno {when} {name} ha scritto:"),
    "pt": ("às", "Em {when}, {name} escreveu:"),
    "nl": ("om", "Op {when} schreef {name}:"),
    "sv": ("kl.", "Den {when} skrev {name}:"),
    "da": ("kl.", "Den {when} skrev {name}:"),
    "no": ("kl.", "Den {when} skrev {name}:"),
    "nb": ("kl.", "Den {when} skrev {name}:"),
    "pl": ("o", "W dniu {when} {name} napisał(a):"),
}


def introduce(store: Store, mail: Received) -> str:
    """Return the line above a quoted mail, with the moment when it was written."""
    word, line = INTRODUCTIONS[choose_code(mail.language, INTRODUCTIONS)]
    when = mail.on_date
    if mail.at is not None:
        at = dates.from_instant(mail.at, store.locale.zone)
        when = f"{at:%Y-%m-%d} {word} {at:%H:%M}"
    return line.format(when=when, name=mail.contact)
