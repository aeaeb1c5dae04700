"""Names have five parts: those that are stated stay, the others are read from the name."""

import pytest

from cardcrm.records.contacts import contacts, update
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.names import name_of
from cardcrm.records.contacts.resolve import resolve
from cardcrm.store import Store, journal

# The name as written, and the parts as they are read: prefix, given, middle, family, suffix.
READ = [
    ("Jane Doe", ("", "Jane", "", "Doe", "")),
    ("Cher", ("", "Cher", "", "", "")),
    ("Sammy Davis, Jr.", ("", "Sammy", "", "Davis", "Jr.")),
    ("Sammy Davis Jr", ("", "Sammy", "", "Davis", "Jr")),
    ("John Smith, MD", ("", "John", "", "Smith", "MD")),
    ("John Smith III", ("", "John", "", "Smith", "III")),
    ("Sir Ian McKellen CH CBE", ("Sir", "Ian", "", "McKellen", "CH CBE")),
    ("Jane Smith QC MP", ("", "Jane", "", "Smith", "QC MP")),
    ("John Smith P.E.", ("", "John", "", "Smith", "P.E.")),
    ("Capt. John Smith ret.", ("Capt.", "John", "", "Smith", "ret.")),
    ("Ana de la Cruz OBE", ("", "Ana", "", "de la Cruz", "OBE")),
    ("JOHN SMITH MP", ("", "JOHN SMITH", "", "MP", "")),
    ("Elton CH", ("", "Elton", "", "CH", "")),
    ("Li Wei MA", ("", "Li Wei", "", "MA", "")),
    ("Jean Pierre Om", ("", "Jean Pierre", "", "Om", "")),
    ("Martin Luther King, Jr., PhD", ("", "Martin Luther", "", "King", "Jr., PhD")),
    ("Ann Lee, B.A., M.Sc.", ("", "Ann", "", "Lee", "B.A., M.Sc.")),
    ("Yo-Yo Ma", ("", "Yo-Yo", "", "Ma", "")),
    ("Jane Doe (Acme, Leeds)", ("", "Jane", "", "Doe", "")),
    ("Jane Doe [Acme]", ("", "Jane", "", "Doe", "")),
    ('Robert "Bob" Smith', ("", "Robert", "", "Smith", "")),
    ("Jane Doe, Acme Ltd", ("", "Jane", "", "Doe", "")),
    ("John Q. Smith", ("", "John", "Q.", "Smith", "")),
    ("J. K. Rowling", ("", "J. K.", "", "Rowling", "")),
    ("Mary Ann Evans", ("", "Mary Ann", "", "Evans", "")),
    ("Robin van Persie", ("", "Robin", "", "van Persie", "")),
    ("Vincent Van Gogh", ("", "Vincent", "", "Van Gogh", "")),
    ("Ludwig van Beethoven", ("", "Ludwig", "", "van Beethoven", "")),
    ("Rogier van der Weyden", ("", "Rogier", "", "van der Weyden", "")),
    ("Karl-Theodor zu Guttenberg", ("", "Karl-Theodor", "", "zu Guttenberg", "")),
    ("Otto von Bismarck", ("", "Otto", "", "von Bismarck", "")),
    ("María de la Cruz", ("", "María", "", "de la Cruz", "")),
    ("Ana Maria dos Santos", ("", "Ana Maria", "", "dos Santos", "")),
    ("José Ortega y Gasset", ("", "José", "", "Ortega y Gasset", "")),
    ("Leonardo di Caprio", ("", "Leonardo", "", "di Caprio", "")),
    ("Saud bin Faisal", ("", "Saud", "", "bin Faisal", "")),
    ("Dr. Anna Müller", ("Dr.", "Anna", "", "Müller", "")),
    ("Prof. Dr. med. Anna Müller", ("Prof. Dr. med.", "Anna", "", "Müller", "")),
    ("Mrs Müller", ("Mrs", "", "", "Müller", "")),
    ("Herr und Frau Müller", ("Herr und Frau", "", "", "Müller", "")),
    ("Mr. & Mrs. Smith", ("Mr. & Mrs.", "", "", "Smith", "")),
    ("Sir Elton", ("Sir", "Elton", "", "", "")),
    ("M. Dupont", ("M.", "", "", "Dupont", "")),
    ("Mme Claire Dupont", ("Mme", "Claire", "", "Dupont", "")),
    ("Sra. Anna García", ("Sra.", "Anna", "", "García", "")),
    ("Don Draper", ("", "Don", "", "Draper", "")),
    ("山田 太郎", ("", "太郎", "", "山田", "")),
    ("김 철수", ("", "철수", "", "김", "")),
    ("毛泽东", ("", "毛泽东", "", "", "")),
    ("Сергей Рахманинов", ("", "Сергей", "", "Рахманинов", "")),
    ("Γιάννης Παπαδόπουλος", ("", "Γιάννης", "", "Παπαδόπουλος", "")),
    ("محمد علي", ("", "محمد", "", "علي", "")),
    ("Björk Guðmundsdóttir", ("", "Björk", "", "Guðmundsdóttir", "")),
    ("Đặng Thái Sơn", ("", "Đặng Thái", "", "Sơn", "")),
    ("jane@example.com", ("", "jane@example.com", "", "", "")),
    ("+44 113 496 0123", ("", "+44 113 496 0123", "", "", "")),
    ("Dr.", ("", "Dr.", "", "", "")),
]


def parts(name: object) -> tuple[str, ...]:
    return tuple(getattr(name, part) for part in ("prefix", "given", "middle", "family", "suffix"))


@pytest.mark.parametrize(("written", "read"), READ)
def test_a_name_stays_as_written_and_its_parts_are_read(
    written: str, read: tuple[str, ...]
) -> None:
    name = name_of(ContactDraft(name=written))
    assert (name.name, parts(name), name.stated) == (written, read, "")


@pytest.mark.parametrize(
    ("written", "shown", "read"),
    [
        ("Smith, John", "John Smith", ("", "John", "", "Smith", "")),
        ("García Márquez, Ana", "Ana García Márquez", ("", "Ana", "", "García Márquez", "")),
        ("van der Berg, Jan", "Jan van der Berg", ("", "Jan", "", "van der Berg", "")),
        ("Davis, Sammy, Jr.", "Sammy Davis Jr.", ("", "Sammy", "", "Davis", "Jr.")),
        ("Smith, Dr. John", "Dr. John Smith", ("Dr.", "John", "", "Smith", "")),
        ("Smith, John Q.", "John Q. Smith", ("", "John", "Q.", "Smith", "")),
    ],
)  # fmt: skip
def test_a_name_that_begins_with_the_family_name_is_turned(
    written: str, shown: str, read: tuple[str, ...]
) -> None:
    name = name_of(ContactDraft(name=written))
    assert (name.name, parts(name)) == (shown, read)


@pytest.mark.parametrize(
    ("draft", "region", "shown", "read", "sort"),
    [
        (ContactDraft("Wang Wei", name_order="family-first"), "GB", "Wang Wei",
         ("", "Wei", "", "Wang", ""), "wang wei"),
        (ContactDraft("Nagy István"), "HU", "Nagy István", ("", "István", "", "Nagy", ""),
         "nagy istvan"),
        (ContactDraft("Nagy István", name_order="given-first"), "HU", "Nagy István",
         ("", "Nagy", "", "István", ""), "istvan nagy"),
        (ContactDraft(given="Wei", family="Wang", name_order="family-first"), "GB", "Wang Wei",
         ("", "Wei", "", "Wang", ""), "wang wei"),
        (ContactDraft(given="泽东", family="毛"), "GB", "毛泽东", ("", "泽东", "", "毛", ""),
         "毛 泽东"),
        (ContactDraft(given="太郎", family="山田"), "JP", "山田 太郎", ("", "太郎", "", "山田", ""),
         "山田 太郎"),
        (ContactDraft("Robin van Persie"), "NL", "Robin van Persie",
         ("", "Robin", "", "van Persie", ""), "persie robin van persie"),
        (ContactDraft("Björk Guðmundsdóttir"), "IS", "Björk Guðmundsdóttir",
         ("", "Björk", "", "Guðmundsdóttir", ""), "bjork gudmundsdottir"),
        (ContactDraft("Anna García Márquez", family="García Márquez"), "GB", "Anna García Márquez",
         ("", "Anna", "", "García Márquez", ""), "garcia marquez anna"),
        (ContactDraft("Dr. Anna García Márquez", given="Anna"), "GB", "Dr. Anna García Márquez",
         ("Dr.", "Anna", "", "García Márquez", ""), "garcia marquez anna"),
        (ContactDraft("Renée van der Harten", sort_as="Harten,Renée"), "GB",
         "Renée van der Harten", ("", "Renée", "", "van der Harten", ""), "harten renee"),
        (ContactDraft("Ann Test", prefix="Dr.", given="Ann", middle="Quentin", family="Test",
                      suffix="MBE"), "GB", "Ann Test", ("Dr.", "Ann", "Quentin", "Test", "MBE"),
         "test ann"),
        (ContactDraft(given="Ann", middle="Quentin", family="Test", suffix="MBE"), "GB",
         "Ann Quentin Test, MBE", ("", "Ann", "Quentin", "Test", "MBE"), "test ann"),
        (ContactDraft("The Acme Company", kind="org", sort_as="Acme"), "GB", "The Acme Company",
         ("", "", "", "", ""), "acme"),
    ],
)  # fmt: skip
def test_order_and_stated_parts_decide(
    draft: ContactDraft, region: str, shown: str, read: tuple[str, ...], sort: str
) -> None:
    name = name_of(draft, region)
    assert (name.name, parts(name), name.sort_key) == (shown, read, sort)


# Edits: the draft, the edits, the name to show and the parts afterwards.
EDITS = [
    (ContactDraft("Jane Doe"), [("family", "Roe")], "Jane Roe", ("", "Jane", "", "Roe", "")),
    (ContactDraft("Jane Doe"), [("given", "Joan")], "Joan Doe", ("", "Joan", "", "Doe", "")),
    (ContactDraft("Dr. Jane Q. Doe, MD"), [("family", "Roe")], "Dr. Jane Q. Roe, MD",
     ("Dr.", "Jane", "Q.", "Roe", "MD")),
    (ContactDraft("Doe, Jane", given="Jane", family="Doe", vcard_n="Doe;Jane;;;"),
     [("family", "Roe")], "Roe, Jane", ("", "Jane", "", "Roe", "")),
    (ContactDraft("Mum", given="Mary", family="Smith"), [("family", "Jones")], "Mum",
     ("", "Mary", "", "Jones", "")),
    (ContactDraft("Ann Test", given="Ann", middle="Quentin", family="Test"),
     [("family", "Roe")], "Ann Roe", ("", "Ann", "Quentin", "Roe", "")),
    (ContactDraft("Anna García Márquez"), [("family", "García Márquez")], "Anna García Márquez",
     ("", "Anna", "", "García Márquez", "")),
    (ContactDraft("Anna García Márquez", family="García Márquez"),
     [("name", "Ana García Márquez")], "Ana García Márquez",
     ("", "Ana", "", "García Márquez", "")),
    (ContactDraft("Ann Test", given="Ann", family="Test"), [("name", "Annie T. Jones")],
     "Annie T. Jones", ("", "Ann", "", "Test", "")),
    (ContactDraft("Jane Doe"), [("name", "Mary Ann Roe")], "Mary Ann Roe",
     ("", "Mary Ann", "", "Roe", "")),
    (ContactDraft("Jane Doe"), [("name", "Roe, Mary")], "Mary Roe", ("", "Mary", "", "Roe", "")),
    (ContactDraft("Wang Wei"), [("name_order", "family-first")], "Wang Wei",
     ("", "Wei", "", "Wang", "")),
    (ContactDraft(given="Wei", family="Wang"), [("name_order", "family-first")], "Wang Wei",
     ("", "Wei", "", "Wang", "")),
    (ContactDraft("Jane Doe"), [("prefix", "Dr.")], "Jane Doe", ("Dr.", "Jane", "", "Doe", "")),
    (ContactDraft("Jane Doe"), [("given", "Maria"), ("family", "Rossi")], "Maria Rossi",
     ("", "Maria", "", "Rossi", "")),
    (ContactDraft("Jane Doe"), [("family", "")], "Jane", ("", "Jane", "", "", "")),
    (ContactDraft("Jane Doe"), [("kind", "org")], "Jane Doe", ("", "", "", "", "")),
    (ContactDraft("Jane Doe"), [("kind", "org"), ("kind", "person")], "Jane Doe",
     ("", "Jane", "", "Doe", "")),
    (ContactDraft("Acme AG", kind="org", given="Jo", family="Müller"), [("name", "Acme SE")],
     "Acme SE", ("", "Jo", "", "Müller", "")),
]  # fmt: skip


@pytest.mark.parametrize(("draft", "edits", "shown", "wanted"), EDITS)
def test_an_edit_changes_what_it_names_and_nothing_that_was_stated(
    store: Store,
    draft: ContactDraft,
    edits: list[tuple[str, str]],
    shown: str,
    wanted: tuple[str, ...],
) -> None:
    contact = contacts.add(store, draft)
    update.edit(store, [contact.id], update.Edit(values=tuple(edits)))
    found = contacts.get(store, contact.id)
    assert (found.name, parts(found)) == (shown, wanted)
    journal.undo(store)
    assert contacts.get(store, contact.id) == contact


@pytest.mark.parametrize(
    ("who", "name"),
    [
        ("van persie", "Robin van Persie"),
        ("Mrs Müller", "Linda Müller"),
        ("Frau Dr. Müller", "Linda Müller"),
        ("Dr Lee", "Dr. Ann Lee"),
        ("quentin", "Ann Test"),
        ("Mrs Baker", "Mrs Baker"),
    ],
)
def test_a_contact_is_found_by_title_and_by_any_part(store: Store, who: str, name: str) -> None:
    for each in ("Robin van Persie", "Linda Müller", "Dr. Ann Lee", "Alexandra Lee", "Mrs Baker"):
        contacts.add(store, ContactDraft(each))
    contacts.add(store, ContactDraft("Ann Test", given="Ann", middle="Quentin", family="Test"))
    assert resolve(store, who).name == name
