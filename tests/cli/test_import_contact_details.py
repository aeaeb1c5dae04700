"""Keep what the rows of sales, deals, leads and interactions say about contacts."""

import json

import pytest

TABLES = {
    "sales": ("Date,Customer,Email,Phone,Amount", "2026-11-01,{who},10 EUR"),
    "deals": ("Deal,Customer,Email,Phone,Amount", "Roof,{who},10 EUR"),
    "leads": ("Received,Full Name,Email,Phone,Message", "2026-11-01,{who},shed"),
    "interactions": ("Date,Customer,Email,Phone,Text", "2026-11-01,{who},hello"),
    "reminders": ("Due,Customer,Email,Phone,Text", "2026-12-24,{who},hello"),
}


@pytest.fixture
def now():
    return "2026-11-23T12:00"


@pytest.fixture
def load(typed, tmp_path):
    """Import rows of a kind, each with some contact; return the exit code and the words."""

    def load_(kind, *contacts, options=()):
        head, row = TABLES[kind]
        path = tmp_path / f"{kind}.csv"
        lines = [head, *(row.format(who=each) for each in contacts)]
        path.write_text("\n".join(lines) + "\n", "utf-8")
        code, _, err = typed("import", str(path), "--as", kind, *options)
        return code, err

    return load_


def fields(typed, who):
    return {each["label"]: each["text"] for each in shown(typed, who)["fields"]}


def shown(typed, who):
    return json.loads(typed("show", who, "--json")[1])


@pytest.mark.parametrize("kind", TABLES)
def test_an_unreadable_address_is_kept_as_text_of_its_contact(typed, load, kind):
    contacts = ("Ann Lee,ann(at)x.example,abc", "Bob Ray,n/a,", "Ann Lee,ann(at)x.example,abc")
    code, words = load(kind, *contacts)
    assert code == 0, words
    assert "line 2: invalid email address “ann(at)x.example”; kept as “email as wri" in words
    assert "line 2: invalid phone number “abc”; kept as “phone as written”" in words
    assert "line 3" not in words
    assert "line 4" not in words
    kept = {"email as written": "ann(at)x.example", "phone as written": "abc"}
    assert (fields(typed, "ann"), fields(typed, "bob")) == (kept, {})
    load(kind, *contacts)
    assert fields(typed, "ann") == kept
    assert typed("db", "check")[0] == 0


@pytest.mark.parametrize("kind", TABLES)
def test_a_row_with_an_unreadable_address_alone_is_refused_with_it(typed, load, kind):
    code, words = load(kind, ",nora@@broken,", "Bob Ray,,")
    assert code == 1
    assert "line 2, Email: invalid email address “nora@@broken”, and no other contact" in words
    assert typed("find", "nora")[1] == ""


def test_an_unreadable_address_does_not_describe_the_contact_of_nameless_sales(typed, load):
    typed("add", "Walk-in")
    code, words = load("sales", ",nora@@broken,", options=("--customer", "walk-in"))
    assert code == 0
    assert "line 2: invalid email address “nora@@broken”; the row went to the contact of" in words
    assert fields(typed, "walk-in") == {}


def test_undo_takes_kept_addresses_back(typed, load):
    typed("add", "Ann Lee")
    load("sales", "Ann Lee,ann(at)x.example,")
    assert fields(typed, "ann") == {"email as written": "ann(at)x.example"}
    typed("undo")
    assert fields(typed, "ann") == {}


@pytest.mark.parametrize(
    ("kind", "head", "row"),
    [
        ("leads", "Full Name,Email,Message,Source", "{0},{0}@x.example,shed,{1}"),
        ("deals", "Deal,Customer,Email,Amount,Source", "Roof,{0},{0}@x.example,10 EUR,{1}"),
    ],
)
def test_a_new_contact_has_the_source_of_its_row(typed, tmp_path, kind, head, row):
    path = tmp_path / "rows.csv"
    lines = [head, row.format("Ann", "Google"), row.format("Bob", "")]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    typed("import", str(path), "--as", kind, "--source", "web")
    assert [shown(typed, each)["source"] for each in ("ann", "bob")] == ["Google", "web"]
    found = json.loads(typed(kind[:-1], "list", "--all", "--sort", "id", "--json")[1])
    assert [each["source"] for each in found] == ["Google", "web"]


def test_new_deals_of_a_file_have_the_owner_that_is_given(typed, load):
    load("deals", "Ann Lee,,", options=("--owner", "eve"))
    assert json.loads(typed("deal", "list", "--json")[1])[0]["owner"] == "eve"
