"""Map the header texts of CSV columns to their meaning.

This module is data. ``COLUMNS`` maps a target to the header texts that mean it. Texts are compared
without case, accents, spaces and punctuation, and a second time without digits, so ``E-mail 2
Address`` is found under ``email address``. A target is (property, label):

- one value a row: ``name given middle family prefix suffix org title note source stage owner
  every ref uid kind``;
- contact points ``email phone web social``, parts of an address ``street city region postcode
  country``, anniversaries ``day`` and ``relation``, all with their label; the label ``#`` means
  that the label has its own column (``E-mail 1 - Label`` beside ``E-mail 1 - Value``);
- ``birth``: the year, the month and the day of a birthday, each with a column of its own;
- ``nickname`` and ``tags``, several in a cell; ``field``, a custom field of that name;
- ``consent`` (``no`` opts the email addresses out) and ``optout`` (anything but ``no`` does);
- ``label``, the label of the numbered columns of that family.
"""

from typing import Final

Target = tuple[str, str]

COLUMNS: Final[dict[Target, str]] = {
    ("name", ""): (
        "name | full name | fullname | contact | contact name | display name | customer"
        " | customer name"
        " | client | client name | person name | person | kunde | kundenname | ansprechpartner"
        " | vollständiger name | nom complet | nom et prénom | client nom | nombre completo"
        " | nombre y apellidos | cliente | contacto | naam | volledige naam | klant | klantnaam"
    ),
    ("given", ""): (
        "first name | given name | given | forename | christian name | vorname | rufname | prénom"
        " | nombre | nombre de pila | primer nombre | voornaam | person first name"
    ),
    ("middle", ""): (
        "middle name | additional name | second name | zweiter vorname | weitere vornamen"
        " | deuxième prénom | segundo nombre | tweede voornaam"
    ),
    ("family", ""): (
        "last name | family name | family | surname | nachname | familienname | zuname | nom"
        " | nom de famille | apellido | apellidos | achternaam | familienaam | person last name"
    ),
    ("prefix", ""): (
        "prefix | name prefix | salutation | honorific | anrede | namenspräfix | civilité"
        " | tratamiento | aanhef | aanspreektitel"
    ),
    ("suffix", ""): "suffix | name suffix | namenssuffix | suffixe | sufijo | achtervoegsel",
    ("nickname", ""): (
        "nickname | nicknames | nick | alias | spitzname | spitznamen | surnom | apodo | bijnaam"
        " | roepnaam"
    ),
    ("org", ""): (
        "org | organization | organisation | organization name | organisation name | company"
        " | company name | business | business name | firm | employer | account name"
        " | associated company | default address company | firma | firmenname | unternehmen"
        " | arbeitgeber | société | entreprise | raison sociale | empresa | compañía"
        " | razón social | bedrijf | bedrijfsnaam | organisatie | werkgever"
    ),
    ("title", ""): (
        "title | job title | job | position | organization title | role | funktion | beruf"
        " | stellung | titre | poste | fonction | cargo | puesto | functie | beroep | occupation"
    ),
    ("field", "department"): (
        "department | organization department | abteilung | département | departamento | afdeling"
    ),
    ("email", ""): (
        "email | emails | email address | email addresses | mail | mail address | primary email"
        " | emailadresse | mailadresse | courriel | adresse email | adresse mail | mél"
        " | correo | correo electrónico | dirección de correo | mailadres | emailadres"
        " | customer email | person email"
    ),
    ("email", "work"): (
        "work email | business email | email work | person email work | email geschäftlich"
        " | company email | email professionnel | email trabajo | werk email"
    ),
    ("email", "home"): (
        "home email | personal email | private email | email home | person email home"
        " | email privat | email personnel | email personal | privé email"
    ),
    ("email", "other"): "other email | email other | additional email | secondary email",
    ("email", "#"): "email value",
    ("label", "email"): "email label | email type",
    ("phone", ""): (
        "phone | phones | phone number | phone numbers | telephone | telephone number | tel"
        " | primary phone | default address phone | contact number | telefon | telefonnummer"
        " | rufnummer | téléphone | numéro de téléphone | teléfono | número de teléfono"
        " | telefoon | telefoonnummer | person phone"
    ),
    ("phone", "work"): (
        "business phone | work phone | office phone | phone work | business telephone"
        " | telefon geschäftlich | telefon büro | téléphone professionnel | teléfono trabajo"
        " | telefoon werk | billing phone"
    ),
    ("phone", "home"): (
        "home phone | private phone | phone home | telefon privat | téléphone domicile"
        " | teléfono casa | telefoon thuis"
    ),
    ("phone", "mobile"): (
        "mobile | mobile phone | mobile number | cell | cell phone | cellphone | handy"
        " | handynummer | mobil | mobiltelefon | mobilnummer | portable | téléphone portable"
        " | tél portable | móvil | teléfono móvil | celular | mobiel | mobiele telefoon | gsm"
    ),
    ("phone", "fax"): (
        "fax | fax number | faxnummer | telefax | télécopie | other fax | fax phone"
    ),
    ("phone", "work fax"): "business fax | work fax | fax geschäftlich",
    ("phone", "home fax"): "home fax | fax privat",
    ("phone", "other"): "other phone | phone other | alternative phone | secondary phone",
    ("phone", "main"): "company main phone | main phone",
    ("phone", "car"): "car phone",
    ("phone", "pager"): "pager",
    ("phone", "assistant"): "assistants phone",
    ("phone", "#"): "phone value",
    ("label", "phone"): "phone label | phone type",
    ("web", ""): (
        "web | website | web site | web page | webpage | url | website url | homepage | home page"
        " | internet | internetseite | site web | site internet | sitio web | página web"
        " | webseite | websites | company website"
    ),
    ("web", "home"): "personal web page",
    ("web", "#"): "website value",
    ("label", "web"): "website label | website type",
    ("social", "linkedin"): "linkedin | linkedin url | linkedin profile",
    ("social", "twitter"): "twitter | twitter handle | twitter username",
    ("social", "facebook"): "facebook | facebook url",
    ("social", "instagram"): "instagram | instagram handle",
    ("social", "mastodon"): "mastodon",
    ("social", "im"): "im address | imaddress",
    ("social", "#"): "im value",
    ("label", "social"): "im label | im service",
    ("street", ""): (
        "street | address | street address | address line | mailing street"
        " | default address address"
        " | strasse | straße | adresse | anschrift | straße und hausnummer | straße hausnummer"
        " | strasse nr | rue | dirección | calle | domicilio | straat | adres | straatnaam"
        " | billing street | organization address"
    ),
    ("city", ""): (
        "city | town | mailing city | default address city | billing city | ort | stadt | wohnort"
        " | ville | commune | ciudad | población | localidad | plaats | woonplaats | gemeente"
    ),
    ("region", ""): (
        "region | state | province | county | state province | mailing state | billing state"
        " | mailing state province | default address province code | default address province"
        " | bundesland | kanton | département région | estado | provincia | provincie"
    ),
    ("postcode", ""): (
        "postcode | post code | postal code | zip | zip code | zip postal code | mailing zip"
        " | mailing zip postal code | mailing postal code | default address zip | billing zip | plz"
        " | postleitzahl | code postal | cp | código postal"
    ),
    ("country", ""): (
        "country | country region | mailing country | default address country code"
        " | default address country | billing country | land | staat | pays | país"
    ),
    ("street", "work"): "business street | work street | work address | business address po box",
    ("city", "work"): "business city | work city",
    ("region", "work"): "business state | work state | work region",
    ("postcode", "work"): "business postal code | work postal code | work postcode | work zip",
    ("country", "work"): "business country region | business country | work country",
    ("street", "home"): "home street | home address | home address po box",
    ("city", "home"): "home city",
    ("region", "home"): "home state | home region",
    ("postcode", "home"): "home postal code | home postcode | home zip",
    ("country", "home"): "home country region | home country",
    ("street", "other"): "other street | other address | other address po box",
    ("city", "other"): "other city",
    ("region", "other"): "other state | other region",
    ("postcode", "other"): "other postal code | other postcode | other zip",
    ("country", "other"): "other country region | other country",
    ("formatted", "#"): "address formatted",
    ("street", "#"): "address street | address extended address | address po box",
    ("city", "#"): "address city",
    ("region", "#"): "address region",
    ("postcode", "#"): "address postal code",
    ("country", "#"): "address country",
    ("label", "address"): "address label | address type",
    ("day", "birthday"): (
        "birthday | birth date | birthdate | date of birth | dob | geburtstag | geburtsdatum"
        " | anniversaire | date de naissance | naissance | cumpleaños | fecha de nacimiento"
        " | verjaardag | geboortedatum"
    ),
    ("birth", "year"): "birth year | year of birth | geburtsjahr | année de naissance",
    ("birth", "month"): "birth month | month of birth | geburtsmonat | mois de naissance",
    ("birth", "day"): "day of birth | jour de naissance",
    ("day", "anniversary"): (
        "anniversary | wedding anniversary | wedding day | hochzeitstag | jahrestag"
        " | anniversaire de mariage | aniversario | trouwdag"
    ),
    ("day", "#"): "event value",
    ("label", "day"): "event label | event type",
    ("relation", "#"): "relation value",
    ("label", "relation"): "relation label | relation type",
    ("relation", "spouse"): "spouse | partner name",
    ("relation", "referred by"): "referred by",
    ("relation", "manager"): "managers name",
    ("relation", "assistant"): "assistants name",
    ("field", "#"): "custom field value",
    ("label", "field"): "custom field label | custom field type",
    ("note", ""): (
        "note | notes | comment | comments | remark | remarks | background | note content | notiz"
        " | notizen | bemerkung | bemerkungen | anmerkung | kommentar | remarque | remarques"
        " | commentaire | commentaires | nota | notas | comentario | comentarios | observaciones"
        " | notitie | notities | opmerking | opmerkingen"
    ),
    ("tags", ""): (
        "tags | tag | labels | label | category | categories | group | groups | group membership"
        " | keywords | kategorie | kategorien | gruppe | gruppen | schlagwort | schlagwörter"
        " | étiquette | étiquettes | catégorie | catégories | groupe | groupes | etiqueta"
        " | etiquetas | categoría | categorías | grupo | grupos | categorie | categorieën | groep"
        " | groepen"
    ),
    ("source", ""): (
        "source | lead source | leadsource | original source | quelle | herkunft | origine"
        " | origen | fuente | bron | herkomst"
    ),
    ("stage", ""): "stage | lifecycle stage | lifecyclestage | customer stage | lebenszyklusphase",
    ("owner", ""): (
        "owner | contact owner | company owner | account owner | lead owner | assigned to"
        " | zuständig | betreuer | responsable | propriétaire | propietario | eigenaar"
    ),
    ("every", ""): "every | cadence | contact every | touch every",
    ("ref", ""): (
        "ref | id | record id | customer id | contact id | company id | reference | kundennummer"
        " | kundennr | numéro client | número de cliente | klantnummer | debiteurnummer"
    ),
    ("uid", ""): "uid | uuid",
    ("kind", ""): "kind | contact type | contact kind | kontaktart",
    ("consent", ""): (
        "accepts email marketing | accepts marketing | email opt in | email optin | newsletter"
        " | has newsletter | marketing consent | email marketing consent"
    ),
    ("optout", ""): (
        "unsub time | unsubscribed | unsubscribed from all email | email opt out | opted out"
        " | opted out of email | has opted out of email | opt out | do not email | abgemeldet"
    ),
}

# Meanings of a header in one program, which is recognized by a combination of headers.
PROGRAMS: Final[tuple[tuple[str, dict[str, Target]], ...]] = (
    # Outlook, desktop and web: the title is a form of address, and the job has its own column.
    (
        "first name | last name | title | suffix | job title",
        {"title": ("prefix", ""), "email type": ("", "")},
    ),
    # Thunderbird: three columns for a birthday, of which the last reads like “birthday”.
    ("birth year | birth month | birth day", {"birth day": ("birth", "day")}),
    ("geburtsjahr | geburtsmonat | geburtstag", {"geburtstag": ("birth", "day")}),
    # Mailchimp: a guess from the place where a mail was opened, not an address.
    ("member rating | leid | euid", {"region": ("", ""), "cc": ("", "")}),
)

# Values that Outlook writes into every row, although the user did not enter them.
FILLERS: Final = frozenset(
    {
        ("priority", "normal"),
        ("sensitivity", "normal"),
        ("private", "false"),
        ("gender", "unspecified"),
        ("emailtype", "smtp"),
        ("birthday", "0/0/00"),
        ("anniversary", "0/0/00"),
    }
)

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
