"""Names of many cultures pass through every format as they are."""

import io
import itertools
from collections.abc import Iterator

import pytest

from cardcrm.formats.csv.reader import read_csv
from cardcrm.formats.csv.writer import write_csv
from cardcrm.formats.vcard.reader import read_vcard
from cardcrm.formats.vcard.writer import write_vcard
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.contacts.stored_drafts import read_drafts
from cardcrm.records.importing.bulk_import import import_drafts
from cardcrm.records.importing.outcomes import UNCHANGED
from cardcrm.store import Store
from tests.support.import_entries import without_remarks

GIVEN = [
    "Jane", "Jean-Luc", "Anna María", "O", "İpek", "Ægir", "Nguyễn", "太郎", "철수", "محمد",
    "Ἀριστοτέλης", "D'Arcy", "Иван", "Abd al-Rahman", "Mary; Ann", "a\\b",
]  # fmt: skip
FAMILY = [
    "Doe", "van der Berg", "García Márquez", "O’Brien", "Smith-Jones", "山田", "김", "bin Laden",
    "Müller", "Ní Dhomhnaill", "de la Cruz y Santos", "Łukasiewicz", "Smith, Jones",
]  # fmt: skip
OTHERS = [("", "", ""), ("Dr.", "Quentin", "MBE"), ("Prof. Dr.", "Q. R.", "Jr., PhD")]

STATED = [
    ContactDraft("", prefix=prefix, given=given, middle=middle, family=family, suffix=suffix)
    for given, family in itertools.product(GIVEN, FAMILY)
    for prefix, middle, suffix in OTHERS[:: 2 if given != "Jane" else 1]
]


def written(drafts: list[ContactDraft], version: str) -> str:
    stream = io.StringIO(newline="")
    write = write_csv if version == "csv" else write_vcard
    write(drafts, stream, *([version] if version != "csv" else []))
    return stream.getvalue()


def read(text: str, version: str) -> list[ContactDraft]:
    reader = read_csv if version == "csv" else read_vcard
    return [entry.draft for entry in without_remarks(reader(io.StringIO(text, newline="")))]


def stored(store: Store) -> list[ContactDraft]:
    ids = [row[0] for row in store.rows("SELECT id FROM contact ORDER BY id")]
    return list(read_drafts(store, ids))


@pytest.mark.parametrize("version", ["csv", "3.0", "4.0"])
def test_four_hundred_hard_names_keep_their_parts(store: Store, version: str) -> None:
    assert len(STATED) > 400
    import_drafts(store, STATED)
    first = stored(store)
    text = written(first, version)
    outcomes = import_drafts(store, read(text, version))
    assert {outcome.status for outcome in outcomes} == {UNCHANGED}
    names = [(each.name, each.given, each.middle, each.family, each.suffix) for each in first]
    back = read(text, version)
    assert [
        (each.name, each.given, each.middle, each.family, each.suffix) for each in back
    ] == names
    assert written(back, version) == text


N_LINES = [
    "Stevenson;John;Philip,Paul;Dr.;Jr.,M.D.,A.C.P.",
    "Doe;Jane;;;Ph.D.\\, M.D.",
    "Doe;Jane",
    "Doe;Jane;;;;",
    ";;;;",
    "Doe;;;;",
    ";Cher;;;",
    "van der Harten;Rene,J.;Sir;R.D.O.N.;",
    "González y Vargas;Eduardo;;;;Vargas;II",
    "  Doe ;Jane;;;",
    "Doe;Mary\\; Ann;a\\\\b;;",
    "毛;泽东;;;",
]


def lines_of(text: str) -> Iterator[str]:
    yield from (
        line
        for line in text.replace("\r\n ", "").splitlines()
        if line.startswith(("FN:", "N:", "N;", "SORT-STRING"))
    )


@pytest.mark.parametrize("n", N_LINES)
@pytest.mark.parametrize("version", ["3.0", "4.0"])
def test_n_and_fn_go_out_as_they_came_in(store: Store, n: str, version: str) -> None:
    lines = ["FN:Doe\\, Jane (Acme)", f"N:{n}"]
    text = "\n".join(["BEGIN:VCARD", f"VERSION:{version}", *lines, "END:VCARD", ""])
    import_drafts(store, read(text, version))
    once = written(stored(store), version)
    assert list(lines_of(once)) == [line.strip().replace("N:  Doe", "N:Doe") for line in lines]
    import_drafts(store, read(once, version))
    assert written(stored(store), version) == once


def test_a_comma_of_version_2_separates_nothing(store: Store) -> None:
    import_drafts(store, read("BEGIN:VCARD\nVERSION:2.1\nN:Doe;Jane;;;Jr., MD\nEND:VCARD\n", "4.0"))
    assert "N:Doe;Jane;;;Jr.\\, MD" in written(stored(store), "4.0")


@pytest.mark.parametrize(
    ("version", "line"),
    [
        ("4.0", 'N;SORT-AS="Harten,Rene":van der Harten;Rene;;;'),
        ("3.0", "SORT-STRING:Harten"),
    ],
)
def test_the_sort_name_is_kept(store: Store, version: str, line: str) -> None:
    n = [] if line.startswith("N") else ["N:van der Harten;Rene;;;"]
    text = "\n".join(
        ["BEGIN:VCARD", f"VERSION:{version}", "FN:Rene van der Harten", line, *n, "END:VCARD", ""]
    )
    import_drafts(store, read(text, version))
    assert line in list(lines_of(written(stored(store), version)))
    assert store.value("SELECT sort_key FROM contact").startswith("harten")


def test_a_file_that_states_parts_corrects_those_that_were_read(store: Store) -> None:
    import_drafts(store, [ContactDraft("Anna García Márquez")])
    import_drafts(
        store, [ContactDraft("Anna García Márquez", given="Anna", family="García Márquez")]
    )
    [draft] = stored(store)
    assert (draft.given, draft.family) == ("Anna", "García Márquez")
    again = import_drafts(
        store, [ContactDraft("Anna García Márquez", given="A.", family="Márquez")]
    )
    assert [outcome.status for outcome in again] == [UNCHANGED]
