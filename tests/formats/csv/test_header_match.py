"""Headers of tables are recognized in nine languages, by their words, or by their likeness."""

import pytest

from cardcrm.formats.csv.header_match import match_headers

CUSTOM = ("", "")
KNOWN = {
    ("email", ""): "Email Address | E-Mail-Adresse | Adresse e-mail | Correo electrónico | "
    "Indirizzo e-mail | Endereço de email | E-mailadres | E-postadress | Adres e-mail",
    ("phone", "mobile"): "Mobile | Handy | Téléphone portable | Teléfono móvil | Cellulare | "
    "Telemóvel | Mobiel | Mobilnummer | Telefon komórkowy",
    ("phone", "work"): "Work Phone | Telefon (geschäftlich) | Téléphone (bureau) | "
    "Teléfono del trabajo | Telefono ufficio | Telefone comercial | Telefoon werk | "
    "Telefon arbete | Telefon służbowy",
    ("phone", "home"): "Home Phone | Telefon privat | Téléphone domicile | Teléfono de casa | "
    "Telefono casa | Telefone residencial | Telefoon thuis | Telefon hem | Telefon domowy",
    ("city", "work"): "Business City | Ort geschäftlich | Ville (bureau) | Ciudad del trabajo",
    ("postcode", "home"): "Home ZipCode | homeZipCode | Postleitzahl privat | Code postal domicile",
    ("street", ""): "Street | Straße | Rue | Calle | Via | Morada | Straat | Gatuadress | Ulica",
    ("city", ""): "City | Ort | Ville | Ciudad | Città | Cidade | Plaats | Stad | Miasto",
    ("postcode", ""): "Zip | PLZ | Code postal | Código postal | CAP | CEP | Postnummer | "
    "Kod pocztowy",
    ("country", ""): "Country | Land | Pays | País | Paese | Kraj",
    ("org", ""): "Company | Firma | Société | Empresa | Azienda | Bedrijf | Företag | Nazwa firmy",
    ("title", ""): "Job Title | Funktion | Fonction | Cargo | Ruolo | Functie | Befattning | "
    "Stanowisko",
    ("day", "birthday"): "Birthday | Geburtstag | Date de naissance | Fecha de nacimiento | "
    "Data di nascita | Data de nascimento | Geboortedatum | Födelsedatum | Data urodzenia",
    ("note", ""): "Notes | Notizen | Remarques | Notas | Osservazioni | Observações | "
    "Opmerkingen | Anteckningar | Uwagi",
    ("language", ""): "Language | Preferred language | Sprache | Langue | Idioma | Lingua | "
    "Língua | Taal | Språk | Język",
    ("gender", ""): "Gender | Sex | Geschlecht | Sexe | Género | Sesso | Gênero | Geslacht | Kön | "
    "Płeć",
    ("timezone", ""): "Time Zone | TIMEZONE | Zeitzone | Fuseau horaire | Zona horaria | "
    "Fuso orario | Fuso horário | Tijdzone | Tidszon | Strefa czasowa",
    ("phone", "fax"): "Fax | Télécopie | Faks",
    ("optout", "email"): "Unsubscribed | Opt Out | EMAIL_BLACKLISTED | UNSUB_TIME | Abgemeldet | "
    "Désabonné | HasOptedOutOfEmail",
    ("invalid", "email"): "CLEAN_TIME | Email hard bounce reason | EmailBouncedDate",
    ("consent", "email"): "Newsletter | Accepts Marketing | Email Opt-In | Einwilligung",
}  # fmt: skip
GUESSES = {
    ("email", ""): "Email Addr | Emial | What is your email address?",
    ("phone", ""): "Contact Phone Number | Your phone",
    ("name", ""): "Frist Name | Please enter your full name",
    ("note", ""): "Notizen zum Kunden",
}
UNKNOWN = (
    "Customer Since | Email Sent | Order Count | Country of origin | Phone Provider | City Manager"
    " | Company Size | Name of dog | Last contacted | Annual Revenue | Count | Points"
    " | Unsubscribe link | Newsletter title | Subscription plan"
)


def list_cases(cases: dict[tuple[str, str], str]) -> list[tuple[str, tuple[str, str]]]:
    return [(text.strip(), target) for target, texts in cases.items() for text in texts.split("|")]


@pytest.mark.parametrize(("header", "target"), list_cases(KNOWN))
def test_a_header_is_known_in_every_language(header: str, target: tuple[str, str]) -> None:
    ((found, is_guess), _), _ = match_headers([header, "x"], {})
    assert (found, is_guess) == (target, False)


@pytest.mark.parametrize(("header", "target"), list_cases(GUESSES))
def test_a_near_header_is_a_guess(header: str, target: tuple[str, str]) -> None:
    ((found, is_guess), _), _ = match_headers([header, "x"], {})
    assert (found, is_guess) == (target, True)


@pytest.mark.parametrize("header", [text.strip() for text in UNKNOWN.split("|")])
def test_a_header_with_a_known_word_is_not_taken_for_it(header: str) -> None:
    assert match_headers([header, "x"], {})[0][0].target == CUSTOM


@pytest.mark.parametrize(
    ("headers", "targets"),
    [
        (["Customer", "Contact person"], ["org", "name"]),
        (["Ansprechpartner", "Kunde"], ["name", "org"]),
        (["Client", "Personne de contact"], ["org", "name"]),
        (["Company", "Contact person"], ["org", "name"]),
        (["Customer", "Company"], ["name", "org"]),
        (["Customer", "Full Name"], ["name", "name"]),
        (["Customer", "Contact person", "Company"], ["name", "name", "org"]),
    ],
)
def test_a_customer_with_a_contact_person_is_an_organization(
    headers: list[str], targets: list[str]
) -> None:
    assert [each.target[0] for each in match_headers(headers, {})[0]] == targets


def test_a_customer_that_was_called_a_name_stays_one() -> None:
    matches, _ = match_headers(["Customer", "Contact person"], {"customer": ("name", "")})
    assert [each.target[0] for each in matches] == ["name", "name"]


def test_a_given_meaning_counts_more_than_a_known_header() -> None:
    (first, second), _ = match_headers(["Email", "Phone"], {"email": ("note", "")})
    assert (first.target, second.target) == (("note", ""), ("phone", ""))
