"""Translate the words of other programs for kinds, directions, outcomes and priorities.

The words are compared without case and accents, in nine languages.
"""

import html
import re
from functools import cache
from typing import Final

from cardcrm.text import fold

_KINDS: Final = {
    "call": "call | phone | telephone | anruf | telefonat | telefon | appel | coup de fil | llamada"
            " | chiamata | telefonata | chamada | ligacao | telefoontje | belletje | gesprek"
            " | samtal | telefonsamtal | rozmowa | polaczenie | voicemail",
    "mail": "email | e-mail | mail | letter | newsletter | brief | correo | courriel | lettre"
            " | posta | carta | lettera | epost | e-post | list | poczta",
    "meeting": "meeting | appointment | demo | video | zoom | teams | conference | lunch | dinner"
               " | coffee | breakfast | event | presentation | webinar | besprechung | termin"
               " | treffen | mittagessen | reunion | rendez-vous | rdv | cita | riunione"
               " | appuntamento | incontro | reuniao | encontro | vergadering | afspraak | mote"
               " | traff | spotkanie | prezentacja",
    "visit": "visit | site | showroom | besuch | vor ort | visite | visita | bezoek | besok"
             " | wizyta",
    "message": "message | sms | text | whatsapp | chat | nachricht | signal | telegram | dm"
               " | linkedin | facebook | instagram | messenger | mensaje | messaggio | mensagem"
               " | bericht | meddelande | wiadomosc | slack",
    "note": "note | notes | notiz | nota | notitie | anteckning | notatka | task | todo | to-do"
            " | to do | aufgabe | tache | tarea | attivita | compito | tarefa | taak | uppgift"
            " | zadanie | deadline | other | cadence | comment | memo",
}  # fmt: skip
_DIRECTIONS: Final = {
    "in": "in | inbound | incoming | received | eingehend | eingang | entrant | entrante | recue"
          " | recibida | recibido | entrata | in entrata | ricevuta | ricevuto | recebida"
          " | recebido | inkomend | inkommande | mottagen | przychodzace | przychodzaca | odebrane",
    "out": "out | outbound | outgoing | sent | made | dialed | ausgehend | ausgang | gesendet"
           " | sortant | envoye | saliente | enviado | uscita | in uscita | inviata | inviato"
           " | enviada | uitgaand | utgaende | skickat | wychodzace | wychodzaca | wyslane",
}  # fmt: skip
_NO_ANSWER: Final = (
    "no answer | unanswered | not reached | not answered | no response | busy | left voicemail"
    " | left a voicemail | voicemail | wrong number | no show | missed | missed call"
    " | nicht erreicht | niemand erreicht | keine antwort | besetzt | mailbox | verpasst"
    " | pas de reponse | sans reponse | occupe | messagerie | sin respuesta | no contesta"
    " | ocupado | buzon de voz | nessuna risposta | non risponde | occupato | sem resposta"
    " | nao atendeu | geen antwoord | geen gehoor | in gesprek | inget svar | upptaget"
    " | brak odpowiedzi | zajete | nie odebrano | nieodebrane"
)
_DONE: Final = (
    "done | yes | true | y | x | 1 | completed | complete | closed | held | finished | erledigt"
    " | abgeschlossen | ja | wahr | fertig | fait | faite | termine | terminee | oui | vrai | hecho"
    " | hecha | completado | completada | terminado | si | cierto | fatto | fatta | completato"
    " | completata | feito | feita | concluido | concluida | sim | gedaan | klaar | afgerond | klar"
    " | avklarad | fardig | zrobione | wykonane | ukonczone | tak | ✓ | ✔"
)
_OPEN: Final = (
    " | no | false | n | 0 | to do | todo | open | not started | in progress | planned | pending"
    " | waiting on someone else | waiting | deferred | scheduled | active | offen | geplant | nein"
    " | falsch | nicht begonnen | a faire | en cours | non | faux | pendiente | abierto"
    " | en progreso | aperto | da fare | in corso | aberto | pendente | a fazer | em andamento"
    " | nao | nee | te doen | gepland | nej | att gora | planerad | nie | do zrobienia | otwarte"
    " | w toku | zaplanowane"
)
_PRIORITIES: Final = {
    9: "urgent | highest | critical | very high | asap | dringend | sehr hoch | tres haute"
       " | urgente | muy alta | molto alta | muito alta | bradskande | pilne | pilny | a",
    7: "high | hoch | haute | elevee | important | wichtig | alta | alto | hoog | hog | wysoki"
       " | wysoka | yes | ja | b",
    5: "medium | mittel | moyenne | media | medio | gemiddeld | medel | sredni | srednia | c",
    3: "low | lowest | niedrig | gering | basse | faible | baja | bassa | baixa | laag | lag"
       " | niski | niska | d",
    0: " | none | normal | no | keine | aucune | ninguna | nessuna | nenhuma | geen | ingen | brak"
       " | normale | standard",
}  # fmt: skip
_RECURRENCES: Final = {
    "daily": "taglich | tous les jours | quotidien | diario | diaria | cada dia | giornaliero"
             " | ogni giorno | diariamente | dagelijks | dagligen | codziennie",
    "weekly": "wochentlich | toutes les semaines | hebdomadaire | semanal | cada semana"
              " | settimanale | ogni settimana | semanalmente | wekelijks | varje vecka"
              " | co tydzien | cotygodniowo",
    "2w": "biweekly | bi-weekly | fortnightly | every two weeks | alle zwei wochen | alle 2 wochen"
          " | quincenal | om de twee weken",
    "monthly": "monatlich | tous les mois | mensuel | mensual | cada mes | mensile | ogni mese"
               " | mensal | mensalmente | maandelijks | varje manad | co miesiac",
    "3m": "quarterly | vierteljahrlich | trimestriel | trimestral | trimestrale | per kwartaal"
          " | varje kvartal | co kwartal",
    "yearly": "annual | annually | jahrlich | annuel | tous les ans | anual | cada ano | annuale"
              " | ogni anno | anualmente | jaarlijks | varje ar | co rok",
    "weekdays": "every weekday | werktags | jours ouvres | dias laborables",
}  # fmt: skip
_NEVER: Final = frozenset({"", "none", "never", "no", "once", "does not repeat", "nie", "jamais",
                           "nunca", "mai", "nooit", "aldrig", "nigdy", "false"})  # fmt: skip
_TAG: Final = re.compile(
    r"</?(?:p|br|div|li|ul|ol|span|b|i|a|strong|em|h\d|table|tr|td)\b[^>]*>", re.IGNORECASE
)
_LINE_TAG: Final = re.compile(r"<br\s*/?>|</(?:p|div|li|tr|h\d)>", re.IGNORECASE)


@cache
def _index(name: str) -> dict[str, str]:
    tables = {"kind": _KINDS, "direction": _DIRECTIONS, "every": _RECURRENCES}
    return {
        part.strip(): value for value, texts in tables[name].items() for part in texts.split("|")
    }


@cache
def _words(texts: str) -> frozenset[str]:
    return frozenset(part.strip() for part in texts.split("|"))


def translate_kind(text: str) -> tuple[str, bool]:
    """Return our kind for a word of another program, and whether the word is known."""
    key = fold(text.replace("_", " "))
    known = _index("kind")
    if key in known:
        return known[key], True
    found = [known[word] for word in re.split(r"[\s/(),:-]+", key) if word in known]
    return (found[-1] if found else "note"), bool(found) or not key


def translate_direction(*texts: str) -> str:
    """Return ``in`` or ``out`` for the first text that says so, else an empty text."""
    known = _index("direction")
    for text in texts:
        key = fold(text.replace("_", " "))
        if key in known:
            return known[key]
        for word in re.split(r"[\s/(),:-]+", key):
            if word in known and word not in ("in", "out"):
                return known[word]
    return ""


def is_no_answer(outcome: str) -> bool:
    """Return whether an outcome says that no one was reached."""
    return fold(outcome.replace("_", " ")) in _words(_NO_ANSWER)


def is_done(text: str) -> bool | None:
    """Return whether a text says done or not; None for another text, such as a date."""
    key = fold(text.replace("_", " "))
    if key in _words(_DONE):
        return True
    return False if key in _words(_OPEN) else None


def translate_priority(text: str) -> int | None:
    """Return a priority from 0 to 9; None for an unknown word."""
    key = fold(text.strip("!* "))
    if key.isdigit() and len(key) == 1:
        return int(key)
    for value, texts in _PRIORITIES.items():
        if key in _words(texts):
            return value
    return None


def translate_recurrence(text: str) -> str:
    """Return the words of a recurrence as `dates.recurrence` knows them; "" for none."""
    key = fold(text)
    return "" if key in _NEVER else _index("every").get(key, text.removeprefix("RRULE:"))


def strip_html(text: str) -> str:
    """Return a text without the tags of a web page, if it has some."""
    if "<" not in text or not _TAG.search(text):
        return html.unescape(text) if "&" in text and ";" in text else text
    plain = re.sub(r"<[^<>]{0,2000}>", "", _LINE_TAG.sub("\n", text))
    return html.unescape(plain).strip()
