"""The mail that asks for a consent, in the languages of contacts; a template can replace it."""

from typing import Final, NamedTuple

from cardcrm.records.mail.contact_languages import choose_code


class ConsentText(NamedTuple):
    """The subject and the text, with ``purpose`` and ``firm`` to fill in."""

    subject: str
    text: str

    def fill(self, firm: str, purpose: str) -> "ConsentText":
        """Return the text for a firm and a purpose."""
        return ConsentText(
            self.subject.format(purpose=purpose), self.text.format(firm=firm, purpose=purpose)
        )


def choose_text(languages: str) -> ConsentText:
    """Return the text in the first known language of a contact, else in English."""
    return TEXTS[choose_code(languages, TEXTS)]


TEXTS: Final = {
    "en": ConsentText(
        "Please confirm: {purpose}",
        """\
{firm} would like to send you: {purpose}

If you agree, reply “Yes” to this mail, and leave the subject as it is.
Otherwise there is nothing to do.
""",
    ),
    "de": ConsentText(
        "Bitte bestätigen: {purpose}",
        """\
{firm} möchte Ihnen gerne senden: {purpose}

Wenn Sie einverstanden sind, antworten Sie bitte mit „Ja“ und lassen den Betreff, wie er ist.
Sonst brauchen Sie nichts zu tun.
""",
    ),
    "fr": ConsentText(
        "Merci de confirmer : {purpose}",
        """\
{firm} souhaite vous envoyer : {purpose}

Si vous êtes d’accord, répondez « Oui » à ce message sans en changer l’objet.
Sinon, vous n’avez rien à faire.
""",
    ),
    "es": ConsentText(
        "Por favor, confirme: {purpose}",
        """\
{firm} desea enviarle: {purpose}

Si está de acuerdo, responda «Sí» a este mensaje sin cambiar el asunto.
Si no, no tiene que hacer nada.
""",
    ),
    "it": ConsentText(
        "Conferma richiesta: {purpose}",
        """\
{firm} vorrebbe inviarle: {purpose}

Se è d’accordo, risponda «Sì» a questo messaggio senza cambiare l’oggetto.
Altrimenti non deve fare nulla.
""",
    ),
    "pt": ConsentText(
        "Por favor, confirme: {purpose}",
        """\
{firm} gostaria de lhe enviar: {purpose}

Se concorda, responda «Sim» a esta mensagem sem alterar o assunto.
Caso contrário, não precisa de fazer nada.
""",
    ),
    "nl": ConsentText(
        "Graag bevestigen: {purpose}",
        """\
{firm} wil u graag sturen: {purpose}

Als u akkoord gaat, antwoord dan met “Ja” en laat het onderwerp zoals het is.
Anders hoeft u niets te doen.
""",
    ),
    "sv": ConsentText(
        "Bekräfta: {purpose}",
        """\
{firm} vill gärna skicka dig: {purpose}

Om du samtycker, svara ”Ja” på det här mejlet utan att ändra ämnet.
Annars behöver du inte göra något.
""",
    ),
    "da": ConsentText(
        "Bekræft venligst: {purpose}",
        """\
{firm} vil gerne sende dig: {purpose}

Hvis du er indforstået, så svar ”Ja” på denne mail uden at ændre emnet.
Ellers skal du ikke gøre noget.
""",
    ),
    "pl": ConsentText(
        "Prosimy o potwierdzenie: {purpose}",
        """\
{firm} chce przesyłać Państwu: {purpose}

Jeśli wyrażają Państwo zgodę, prosimy odpowiedzieć „Tak”, nie zmieniając tematu.
W przeciwnym razie nie trzeba nic robić.
""",
    ),
}
