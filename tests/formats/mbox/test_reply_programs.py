"""Replies as Gmail, Apple Mail, Thunderbird and Outlook write them in ten languages."""

import datetime as dt

import pytest

from cardcrm.formats.mbox.mail_reader import read_mail
from cardcrm.formats.mbox.raw_messages import RawMessage
from tests.support.mails import mail

NOW = dt.datetime(2026, 11, 21, tzinfo=dt.UTC)
JANE = "Jane Doe <jane@example.com>"
OWN = "Yes, Tuesday suits us:\n- roses\n- peonies\n\nBest\nOtto"
OLD = ("Which day suits you?", "", "Jane")

# Gmail, Apple Mail and Thunderbird introduce the mail, and mark its lines.
MARKED = {
    "en": (
        f"On Fri, 20 Nov 2026 at 14:00, {JANE} wrote:",
        f"On 20 Nov 2026, at 14:00, {JANE} wrote:",
        "On 20/11/2026 14:00, Jane Doe wrote:",
    ),
    "de": (
        f"Am Fr., 20. Nov. 2026 um 14:00 Uhr schrieb {JANE}:",
        f"Am 20.11.2026 um 14:00 schrieb {JANE}:",
        "Am 20.11.26 um 14:00 schrieb Jane Doe:",
    ),
    "fr": (
        f"Le ven. 20 nov. 2026 à 14:00, {JANE} a écrit :",
        f"Le 20 nov. 2026 à 14:00, {JANE} a écrit :",
        "Le 20/11/2026 à 14:00, Jane Doe a écrit\u00a0:",
    ),
    "es": (
        "El vie, 20 nov 2026 a las 14:00, Jane Doe (<jane@example.com>) escribió:",
        f"El 20 nov 2026, a las 14:00, {JANE} escribió:",
        "El 20/11/26 a las 14:00, Jane Doe escribió:",
    ),
    "it": (
        f"Il giorno ven 20 nov 2026 alle ore 14:00 {JANE} ha scritto:",
        f"Il giorno 20 nov 2026, alle ore 14:00, {JANE} ha scritto:",
        "Il 20/11/26 14:00, Jane Doe ha scritto:",
    ),
    "nl": (
        f"Op vr 20 nov 2026 om 14:00 schreef {JANE}:",
        f"Op 20 nov. 2026, om 14:00 heeft {JANE} het volgende geschreven:",
        "Op 20-11-2026 om 14:00 schreef Jane Doe:",
    ),
    "pt": (
        f"{JANE} escreveu (sexta, 20/11/2026 à(s) 14:00):",
        f"No dia 20/11/2026, às 14:00, {JANE} escreveu:",
        "Às 14:00 de 20/11/2026, Jane Doe escreveu:",
    ),
    "pl": (
        f"pt., 20 lis 2026 o 14:00 {JANE} napisał(a):",
        f"Wiadomość napisana przez {JANE} w dniu 20 lis 2026, o godz. 14:00:",
        "W dniu 20.11.2026 o 14:00, Jane Doe pisze:",
    ),
    "sv": (
        f"Den fre 20 nov. 2026 kl 14:00 skrev {JANE}:",
        f"20 nov. 2026 kl. 14:00 skrev {JANE}:",
        "Den 2026-11-20 kl. 14:00, skrev Jane Doe:",
    ),
    "da": (
        f"Den fre. 20. nov. 2026 kl. 14.00 skrev {JANE}:",
        f"Den 20. nov. 2026 kl. 14.00 skrev {JANE}:",
        "Den 20.11.2026 kl. 14.00 skrev Jane Doe:",
    ),
}

# Outlook repeats the head of the mail and marks no line: the labels on the desktop, the label of
# the day on the web if it differs, and the line above them.
OUTLOOK = {
    "en": ("From:", "Sent:", "To:", "Subject:", "", "Original Message"),
    "de": ("Von:", "Gesendet:", "An:", "Betreff:", "", "Ursprüngliche Nachricht"),
    "fr": ("De :", "Envoyé :", "À :", "Objet :", "", "Message d'origine"),
    "es": ("De:", "Enviado el:", "Para:", "Asunto:", "Enviado:", "Mensaje original"),
    "it": ("Da:", "Inviato:", "A:", "Oggetto:", "", "Messaggio originale"),
    "nl": ("Van:", "Verzonden:", "Aan:", "Onderwerp:", "", "Oorspronkelijk bericht"),
    "pt": ("De:", "Enviada em:", "Para:", "Assunto:", "Enviada:", "Mensagem original"),
    "pl": ("Od:", "Wysłano:", "Do:", "Temat:", "Wysłane:", "Oryginalna wiadomość"),
    "sv": ("Från:", "Skickat:", "Till:", "Ämne:", "", "Ursprungligt meddelande"),
    "da": ("Fra:", "Sendt:", "Til:", "Emne:", "", "Oprindelig meddelelse"),
}


def check(text: str) -> None:
    """Assert that the reply is found, and that the whole text is kept."""
    draft = read_mail(RawMessage(1, mail(text, Subject="Arches"), 0), NOW)
    assert draft is not None
    assert draft.text == f"Arches\n\n{OWN}"
    assert all(line in draft.full_text for line in text.strip().split("\n"))


@pytest.mark.parametrize("line", [each for lines in MARKED.values() for each in lines])
@pytest.mark.parametrize("gap", ["\n", "\n\n"])
def test_reply_above_marked_lines(line: str, gap: str) -> None:
    quoted = "\n".join(f"> {each}".rstrip() for each in OLD)
    check(f"{OWN}\n\n{line}{gap}{quoted}\n")


@pytest.mark.parametrize("line", [each for lines in MARKED.values() for each in lines])
def test_reply_above_an_introduction_that_is_wrapped(line: str) -> None:
    """Gmail wraps lines at 78 letters, before an address or within it."""
    if "<" in line:
        quoted = "\n".join(f"> {each}".rstrip() for each in OLD)
        check(f"{OWN}\n\n{line.replace(' <', chr(10) + '<', 1)}\n\n{quoted}\n")


def head(labels: tuple[str, ...], *, is_web: bool, bold: str = "") -> str:
    """Return the head that Outlook repeats."""
    sender, sent, to, subject, web, _ = labels
    day = (web if is_web and web else sent, "20 2026 14:00")
    lines = ((sender, JANE), day, (to, "Otto <otto@example.net>"), (subject, "Arches"))
    return "\n".join(f"{bold}{label}{bold} {value}" for label, value in lines)


@pytest.mark.parametrize("language", OUTLOOK)
@pytest.mark.parametrize("bold", ["", "*"])
def test_reply_of_outlook_on_the_desktop(language: str, bold: str) -> None:
    labels = OUTLOOK[language]
    old = "\n".join(OLD)
    check(f"{OWN}\n\n{head(labels, is_web=False, bold=bold)}\n\n{old}\n")
    check(f"{OWN}\n\n-----{labels[-1]}-----\n{head(labels, is_web=False)}\n\n{old}\n")


@pytest.mark.parametrize("language", OUTLOOK)
def test_reply_of_outlook_on_the_web(language: str) -> None:
    old = "\n".join(OLD)
    check(f"{OWN}\n\n{'_' * 32}\n{head(OUTLOOK[language], is_web=True)}\n\n{old}\n")


@pytest.mark.parametrize("text", ["- roses / - peonies", "- roses\n- peonies", "-- roses\n-- two"])
def test_list_is_no_signature(text: str) -> None:
    draft = read_mail(RawMessage(1, mail(f"{text}\n", Subject="Arches"), 0), NOW)
    assert draft is not None
    assert (draft.text, draft.full_text) == (f"Arches\n\n{text}", "")
