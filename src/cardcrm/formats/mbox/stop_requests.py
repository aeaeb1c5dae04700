"""Recognize the reply of a person who wants no more mail, in ten languages.

The whole text must be such a request: “unsubscribe” within a sentence about something else is not.
"""

import re
from typing import Final

from cardcrm.text import fold

# Folded: lower-case and without accents.
_REQUESTS: Final = frozenset(
    (
        # English
        "unsubscribe", "unsubscribe me", "please unsubscribe", "please unsubscribe me", "stop",
        "remove me", "please remove me", "remove", "opt out", "opt me out", "no more mail",
        "no more emails", "take me off your list", "please take me off your list",
        "remove me from your list", "please remove me from your list", "please stop",
        "remove me from this list", "please remove me from this list", "stop mailing me",
        "please remove me from your mailing list", "unsubscribe please", "stop emailing me",
        # German
        "abmelden", "abbestellen", "bitte abmelden", "bitte abbestellen", "austragen",
        "bitte austragen", "abmeldung", "newsletter abbestellen", "keine mails mehr",
        "bitte keine mails mehr", "bitte keine emails mehr", "keine emails mehr",
        "bitte aus dem verteiler nehmen", "bitte aus dem verteiler streichen",
        "bitte streichen sie mich aus dem verteiler", "kundigen", "bitte mich abmelden",
        # French
        "desabonner", "se desabonner", "me desabonner", "desinscription", "desinscrire",
        "desabonnement", "desinscrivez-moi", "desabonnez-moi", "merci de me desabonner",
        "merci de me desinscrire", "veuillez me desabonner", "veuillez me desinscrire",
        "plus de mails", "me desinscrire",
        # Spanish
        "baja", "darme de baja", "dar de baja", "darse de baja", "cancelar suscripcion",
        "por favor dadme de baja", "quiero darme de baja", "deme de baja", "no mas correos",
        "cancelar la suscripcion", "desuscribir", "desuscribirme",
        # Italian
        "cancellami", "disiscrivimi", "disiscrizione", "cancella iscrizione", "annulla iscrizione",
        "cancellatemi", "disiscrivetemi", "cancellazione", "rimuovimi", "rimuovetemi",
        "per favore cancellatemi", "non voglio piu ricevere email", "disiscrivi",
        # Dutch
        "afmelden", "uitschrijven", "graag afmelden", "graag uitschrijven", "schrijf me uit",
        "meld me af", "geen mail meer", "geen mails meer", "afmelding", "uitschrijving",
        # Portuguese
        "cancelar inscricao", "cancelar assinatura", "cancelar subscricao", "remover",
        "descadastrar", "remova-me", "removam-me", "sair da lista", "quero sair da lista",
        "me remova", "cancelar a subscricao", "anular subscricao",
        # Polish
        "wypisz", "wypisz mnie", "prosze mnie wypisac", "rezygnuje", "prosze o wypisanie",
        "wypisz sie", "anuluj subskrypcje", "rezygnacja", "prosze o usuniecie z listy",
        # Swedish
        "avregistrera", "avregistrera mig", "avsluta prenumeration", "avprenumerera",
        "avanmal", "avanmal mig", "ta bort mig", "avsluta prenumerationen", "inga fler mejl",
        # Danish
        "afmeld", "afmeld mig", "frameld", "frameld mig", "afmeld nyhedsbrev", "slet mig",
        "ikke flere mails", "afmeld venligst", "fjern mig", "fjern mig fra listen",
    )
)  # fmt: skip
_ENDS = re.compile(r"^[\s\W]+|[\s\W]+$")
_MAX_LENGTH: Final = 80  # characters of a line that may be a request
_THANKS = re.compile(r"\b(?:thanks|thank you|danke|merci|gracias|grazie|dank|obrigad[oa]|dzieki|"
                     r"dziekuje|tack|tak|please|bitte)$")  # fmt: skip


def asks_to_stop(text: str, subject: str = "") -> bool:
    """Return whether a reply is nothing but such a request; one without a text has a subject.

    The subject of a reply is that of our mail, so it counts only if the text is empty.
    """
    lines = [line for line in text.split("\n") if line.strip()]
    return _is_request(lines[0] if lines else subject) and len(lines) <= _MAX_LINES


_MAX_LINES: Final = 4  # with a greeting or a name below the request


def _is_request(line: str) -> bool:
    if len(line) > _MAX_LENGTH:
        return False
    words = " ".join(_ENDS.sub("", fold(line)).replace("e-m", "em").split())
    return words in _REQUESTS or _ENDS.sub("", _THANKS.sub("", words)) in _REQUESTS
