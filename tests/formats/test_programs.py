"""Test that exports of other programs are recognized by their headers."""

import io

import pytest

from cardcrm.formats.csv.header_keys import fold_header
from cardcrm.formats.csv.reader import read_csv
from cardcrm.formats.file_reader import detect_rows
from cardcrm.records.contacts.drafts import (
    AddressDraft,
    AnniversaryDraft,
    ContactDraft,
    ContactPointDraft,
    RelationDraft,
)
from cardcrm.records.contacts.names import name_of
from tests.support.import_entries import without_remarks


def card(**cells: str) -> ContactDraft:
    """Return the draft of a file with one row; argument names are its columns."""
    return row(list(cells.items()))


def row(cells: list[tuple[str, str]], sign: str = ",") -> ContactDraft:
    lines = [sign.join(f'"{text}"' for text in texts) for texts in zip(*cells, strict=True)]
    [entry] = without_remarks(read_csv(io.StringIO("\n".join(lines) + "\n", newline="")))
    return entry.draft


HAND_MADE = {
    "english": ("Name,Company,Phone,Mobile,E-mail,Street,Postcode,City,Birthday,Notes", ","),
    "german": ("Name;Firma;Telefon;Handy;E-Mail;Straße;PLZ;Ort;Geburtstag;Notiz", ";"),
    "french": (
        "Nom;Société;Téléphone;Portable;Courriel;Rue;Code postal;Ville;Date de naissance;Remarques",
        ";",
    ),
    "spanish": (
        "Nombre;Empresa;Teléfono;Móvil;Correo;Calle;CP;Ciudad;Fecha de nacimiento;Notas",
        ";",
    ),
    "dutch": (
        "Naam;Bedrijf;Telefoon;Mobiel;E-mail;Straat;Postcode;Plaats;Geboortedatum;Opmerkingen",
        ";",
    ),
}


@pytest.mark.parametrize("language", HAND_MADE)
@pytest.mark.parametrize("shape", [str, str.upper, str.lower])
def test_headers_are_recognized_in_five_languages(language, shape):
    header, sign = HAND_MADE[language]
    cells = [
        "Jane Doe",
        "Acme",
        "111",
        "222",
        "j@example.com",
        "Rue 1",
        "123",
        "Köln",
        "5 May",
        "x",
    ]
    draft = row(list(zip(shape(header).split(sign), cells, strict=True)), sign)
    assert draft == ContactDraft(
        name="Jane Doe",
        org="Acme",
        points=(
            ContactPointDraft("phone", "111"),
            ContactPointDraft("phone", "222", "mobile"),
            ContactPointDraft("email", "j@example.com"),
        ),
        addresses=(AddressDraft(street="Rue 1", postcode="123", city="Köln"),),
        days=(AnniversaryDraft("birthday", "5 May"),),
        note="x",
    )


def test_given_and_family_name_are_joined_in_any_language():
    for given, family in [("Vorname", "Nachname"), ("Prénom", "Nom"), ("Nombre", "Apellidos"),
                          ("Voornaam", "Achternaam"), ("FIRST_NAME", "last-name")]:  # fmt: skip
        draft = row([(family, "Doe"), (given, "Jane")])
        assert (draft.given, draft.family) == ("Jane", "Doe")
        assert name_of(draft).name == "Jane Doe"


def test_google_export_with_new_columns():
    draft = row(
        [
            ("First Name", "Jane"), ("Middle Name", "Q"), ("Last Name", "Doe"),
            ("Name Prefix", "Dr"), ("Organization Name", "Acme"), ("Organization Title", "Buyer"),
            ("Organization Department", "Sales"), ("Birthday", "--05-01"),
            ("Labels", "* myContacts ::: Friends ::: * starred"),
            ("E-mail 1 - Label", "* Work"), ("E-mail 1 - Value", "j@example.com ::: k@example.com"),
            ("E-mail 2 - Label", "Studio"), ("E-mail 2 - Value", "s@example.com"),
            ("Phone 1 - Label", "Mobile"), ("Phone 1 - Value", "123"),
            ("Address 1 - Label", "Home"), ("Address 1 - Formatted", "1 Elm St\nLeeds"),
            ("Address 1 - Street", "1 Elm St"), ("Address 1 - City", "Leeds"),
            ("Address 2 - Label", "Work"), ("Address 2 - Formatted", "9 Oak St\nYork"),
            ("Website 1 - Label", "Blog"), ("Website 1 - Value", "https://example.com/a;b"),
            ("Event 1 - Label", "Anniversary"), ("Event 1 - Value", "2001-02-03"),
            ("Relation 1 - Label", "Spouse"), ("Relation 1 - Value", "Joe Doe"),
            ("Custom Field 1 - Label", "Shoe"), ("Custom Field 1 - Value", "39"),
        ]
    )  # fmt: skip
    assert (draft.prefix, draft.given, draft.middle, draft.family) == ("Dr", "Jane", "Q", "Doe")
    assert (draft.org, draft.title) == ("Acme", "Buyer")
    assert draft.tags == ("Friends", "starred")
    assert draft.points == (
        ContactPointDraft("email", "j@example.com", "work"),
        ContactPointDraft("email", "k@example.com", "work"),
        ContactPointDraft("email", "s@example.com", "Studio"),
        ContactPointDraft("phone", "123", "mobile"),
        ContactPointDraft("web", "https://example.com/a;b", "blog"),
    )
    assert draft.addresses == (
        AddressDraft("home", "1 Elm St", "Leeds"),
        AddressDraft("work", "9 Oak St\nYork"),
    )
    assert draft.days == (
        AnniversaryDraft("birthday", "--05-01"),
        AnniversaryDraft("anniversary", "2001-02-03"),
    )
    assert draft.relations == (RelationDraft("spouse", "Joe Doe"),)
    assert set(draft.fields) == {("department", "Sales"), ("Shoe", "39")}


def test_google_label_mark_without_text_is_ignored():
    draft = row(
        [
            ("Name", "Jane Doe"), ("Group Membership", "* My Contacts ::: VIP"),
            ("E-mail 1 - Type", "* "), ("E-mail 1 - Value", "j@example.com"),
        ]
    )  # fmt: skip
    assert draft.tags == ("VIP",)
    assert draft.points == (ContactPointDraft("email", "j@example.com"),)


def test_google_export_with_old_columns():
    draft = row(
        [
            ("Name", "Jane Doe"), ("Given Name", "Jane"), ("Family Name", "Doe"),
            ("Group Membership", "* myContacts"), ("E-mail 1 - Type", "* Home"),
            ("E-mail 1 - Value", "j@example.com"), ("Phone 1 - Type", "Work"),
            ("Phone 1 - Value", "1"), ("Organization 1 - Name", "Acme"),
            ("Organization 1 - Title", "Buyer"), ("IM 1 - Service", "Skype"),
            ("IM 1 - Value", "jane.doe"),
        ]
    )  # fmt: skip
    assert (draft.name, draft.org, draft.title, draft.tags) == ("Jane Doe", "Acme", "Buyer", ())
    assert draft.points == (
        ContactPointDraft("email", "j@example.com", "home"),
        ContactPointDraft("phone", "1", "work"),
        ContactPointDraft("social", "jane.doe", "Skype"),
    )


def test_outlook_title_is_a_form_of_address():
    draft = row(
        [
            ("Title", "Mrs"), ("First Name", "Jane"), ("Middle Name", ""), ("Last Name", "Doe"),
            ("Suffix", "Jr."), ("Company", "Acme"), ("Job Title", "Buyer"),
            ("Business Street", "1 Elm St"), ("Business Street 2", "Floor 2"),
            ("Business City", "Leeds"), ("Home City", "York"), ("Business Fax", "9"),
            ("Business Phone", "1"), ("Business Phone 2", "2"), ("Birthday", "0/0/00"),
            ("E-mail Address", "j@example.com"), ("E-mail Type", "SMTP"),
            ("E-mail 2 Address", "k@example.com"), ("E-mail 2 Type", "SMTP"),
            ("Gender", "Unspecified"), ("Priority", "Normal"), ("Hobby", "Chess"),
        ]
    )  # fmt: skip
    assert (draft.prefix, draft.suffix, draft.title, draft.days) == ("Mrs", "Jr.", "Buyer", ())
    assert draft.addresses == (
        AddressDraft("work", "1 Elm St\nFloor 2", "Leeds"),
        AddressDraft("home", city="York"),
    )
    assert [(point.value, point.label) for point in draft.points] == [
        ("9", "work fax"), ("1", "work"), ("2", "work"), ("j@example.com", ""),
        ("k@example.com", ""),
    ]  # fmt: skip
    assert set(draft.fields) == {("Hobby", "Chess")}


def test_what_outlook_fills_in_german_is_left_out():
    draft = row(
        [
            ("Vorname", "Jane"), ("Nachname", "Doe"), ("E-Mail-Adresse", "j@example.com"),
            ("E-Mail-Typ", "SMTP"), ("Geburtstag", "0.0.00"), ("Jahrestag", "0.0.00"),
            ("Geschlecht", "Keine Angabe"), ("Priorität", "Normal"), ("Privat", "Aus"),
            ("Vertraulichkeit", "Normal"), ("Hobby", "Schach"),
        ]
    )  # fmt: skip
    assert (draft.days, draft.fields) == ((), (("Hobby", "Schach"),))


def test_hubspot_contacts_and_companies():
    person = row(
        [
            ("Record ID", "51"), ("First Name", "Jane"), ("Last Name", "Doe"),
            ("Email", "j@example.com"), ("Phone Number", "1"), ("Contact owner", "ann"),
            ("Lead Status", "New"), ("Lifecycle Stage", "Lead"), ("Associated Company", "Acme"),
            ("Associated Company IDs", "7;8"),
        ]
    )  # fmt: skip
    assert (person.ref, person.owner, person.stage, person.org) == (
        "hubspot:51", "ann", "Lead", "Acme"
    )  # fmt: skip
    assert person.fields == (("Lead Status", "New"), ("Associated Company IDs", "7;8"))
    org = row([("Record ID", "7"), ("Company name", "Acme"), ("Website URL", "acme.example.com"),
               ("Company owner", "ann"), ("Create Date", "2024-01-02")])  # fmt: skip
    assert (org.kind, org.name, org.ref, org.owner) == ("org", "Acme", "hubspot:7", "ann")
    assert org.points == (ContactPointDraft("web", "acme.example.com"),)


def test_mailchimp_opt_out_is_kept_and_guessed_region_is_not():
    draft = row(
        [
            ("Email Address", "j@example.com"), ("First Name", "Jane"), ("Last Name", "Doe"),
            ("MEMBER_RATING", "2"), ("CC", "gb"), ("REGION", "lds"), ("LEID", "1"), ("EUID", "a"),
            ("TAGS", "vip,new"), ("UNSUB_TIME", "2024-01-02 03:04:05"),
        ]
    )  # fmt: skip
    assert draft.points == (ContactPointDraft("email", "j@example.com", opted_out=True),)
    assert (draft.addresses, draft.tags) == ((), ("vip", "new"))
    assert ("UNSUB_TIME", "2024-01-02 03:04:05") in draft.fields


def test_salesforce_contact_report():
    draft = card(**{
        "Salutation": "Mr", "First Name": "Joe", "Last Name": "Doe", "Email": "j@example.com",
        "Phone": "1", "Account Name": "Acme", "Title": "CTO", "Mailing City": "Leeds",
        "Mailing State/Province": "WY", "Mailing Zip/Postal Code": "LS1",
    })  # fmt: skip
    assert (draft.prefix, draft.org, draft.title) == ("Mr", "Acme", "CTO")
    assert draft.addresses == (AddressDraft(city="Leeds", region="WY", postcode="LS1"),)


def test_shopify_customers():
    draft = card(**{
        "Customer ID": "'6", "First Name": "Jane", "Last Name": "Doe", "Email": "j@example.com",
        "Accepts Email Marketing": "no", "Default Address Company": "Acme",
        "Default Address Address1": "1 Elm St", "Default Address Address2": "Flat 2",
        "Default Address City": "Leeds", "Default Address Country Code": "GB",
        "Default Address Zip": "'LS1", "Phone": "'+441134960101", "Accepts SMS Marketing": "no",
        "Total Spent": "12.00", "Note": "x", "Tags": "vip, new",
    })  # fmt: skip
    assert (draft.ref, draft.org, draft.note, draft.tags) == (
        "shopify:6", "Acme", "x", ("vip", "new")
    )  # fmt: skip
    assert draft.points == (
        ContactPointDraft("email", "j@example.com", opted_out=True),
        ContactPointDraft("phone", "+441134960101"),
    )
    assert draft.addresses[0].street == "1 Elm St\nFlat 2"
    assert draft.addresses[0].postcode == "LS1"
    assert draft.fields == (("Accepts SMS Marketing", "no"), ("Total Spent", "12.00"))


@pytest.mark.parametrize(
    ("header", "kind"),
    [
        ("Name,Email,Financial Status,Paid at,Lineitem quantity,Lineitem name,Id", "sales"),
        ("Record ID,Deal Name,Deal Stage,Amount,Deal owner", "deals"),
        (
            "Date,Time,Time Zone,Gross Sales,Net Sales,Tax,Tip,Total Collected,Transaction ID,"
            "Payment ID,Customer ID,Customer Name",
            "sales",
        ),
        ("Name,Email,Phone", "contacts"),
    ],
)
def test_the_header_tells_what_the_rows_are(tmp_path, header, kind):
    (tmp_path / "a.csv").write_text(f"{header}\n")
    assert detect_rows(tmp_path / "a.csv", "csv") == kind


def test_headers_match_without_case_accents_and_punctuation():
    assert fold_header("  E-Mail_Adresse: ") == fold_header("emailadresse") == "emailadresse"
    assert fold_header("Straße") == "strasse"
    assert fold_header("Prénom") == "prenom"
