"""The groups of the nouns that have quick verbs as well: interactions, reminders and sales."""

import csv
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from cardcrm.records import registry
from cardcrm.records.fields import Field, Flag

Typed = Callable[..., tuple[int, str, str]]


@pytest.fixture
def shop(typed: Typed) -> Typed:
    """Two contacts with something of each noun, on a Saturday evening."""
    for words in (
        ["add", "Jane Doe", "--tag", "vip"],
        ["add", "Bob Ray"],
        ["product", "add", "Boiler", "--price", "900"],
        ["log", "jane", "asked for a quote", "--kind", "call", "--on", "2026-11-05"],
        ["log", "bob", "a visit with @jane", "--kind", "visit", "--on", "2026-09-01"],
        ["remind", "jane", "send the quote", "--due", "wed", "--promise"],
        ["remind", "bob", "call back", "--due", "2027-01-10", "--for", "ann"],
        ["sell", "jane", "--product", "Boiler", "--on", "2026-11-10"],
        ["sell", "bob", "12", "flowers", "--on", "2026-10-10"],
    ):
        code, _, err = typed(*words)
        assert code == 0, err
    return typed


def ids(shop: Typed, noun: str, *words: str) -> list[int]:
    """Return the ids that a list shows, in their order."""
    code, out, err = shop(noun, "list", *words, "--format", "json")
    assert code == 0, err
    return [row["id"] for row in json.loads(out)]


@pytest.mark.parametrize(
    ("noun", "query", "found"),
    [
        ("interaction", "kind:call on>2026-10-01 who:jane", [1]),
        ("interaction", "who:jane", [1, 2]),
        ("interaction", "-who:bob", [1]),
        ("interaction", "on<30d", [1]),
        ("interaction", "quote", [1]),
        ("interaction", "visit ray", [2]),
        ("interaction", "QUÖTE", [1]),
        ("sale", "on>2026-11-01 product:boiler", [1]),
        ("sale", "-product:boiler", [2]),
        ("sale", "amount>100", [1]),
        ("sale", "flowers", [2]),
        ("reminder", "due<7d", [1]),
        ("reminder", "due>7d owner:ann", [2]),
        ("reminder", "promise:yes", [1]),
        ("reminder", "done:none who:tag:vip", [1]),
        ("product", "boil", [1]),
    ],
)
def test_every_noun_is_filtered_in_one_language(
    shop: Typed, noun: str, query: str, found: list[int]
) -> None:
    assert ids(shop, noun, query.replace("who:tag:vip", 'who:"tag:vip"')) == found


def test_lists_are_sorted_and_cut(shop: Typed) -> None:
    assert ids(shop, "sale", "--sort", "amount") == [2, 1]
    assert ids(shop, "interaction", "--sort", "on", "--limit", "1") == [2]
    code, out, _ = shop("reminder", "list", "--columns", "due,contact", "--format", "csv")
    assert (code, out) == (0, "due,contact\n2026-11-25,Jane Doe\n2027-01-10,Bob Ray\n")


def test_show_tells_all(shop: Typed) -> None:
    shown = json.loads(shop("interaction", "show", "2", "--format", "json")[1])
    assert (shown["kind"], shown["with"], shown["on"]) == (
        "visit",
        "Bob Ray, Jane Doe",
        "2026-09-01",
    )
    shown = json.loads(shop("sale", "show", "1", "--format", "json")[1])
    assert (shown["contact"], shown["product"]) == ("Jane Doe", "Boiler")


@pytest.mark.parametrize("noun", ["interaction", "reminder", "sale"])
def test_rm_removes_by_query_and_undo_restores(shop: Typed, noun: str) -> None:
    code, _, err = shop(noun, "rm", "--where", "who:bob", "--dry-run")
    assert code == 0, err
    assert err.startswith(f"would remove 1 {noun}:")
    assert len(ids(shop, noun)) == 2
    assert shop(noun, "rm", "--where", "who:bob", "--yes")[0] == 0
    assert len(ids(shop, noun)) == 1
    assert shop("undo")[0] == 0
    assert len(ids(shop, noun)) == 2
    assert shop("db", "check")[0] == 0


# words


@pytest.mark.parametrize("word", ["café", "CAFÉ", "Café"])
@pytest.mark.parametrize("noun", ["interaction", "reminder", "sale"])
def test_a_word_with_an_accent_is_found(shop: Typed, noun: str, word: str) -> None:
    shop("log", "bob", "met in the café", "--on", "2026-10-02")
    shop("remind", "bob", "book the café", "--due", "fri")
    shop("sell", "bob", "5", "two at the café")
    assert ids(shop, noun, word) == [3]


def test_a_word_finds_interactions_by_outcome_and_by_participant(shop: Typed) -> None:
    shop("log", "bob", "about prices", "--outcome", "ordered", "--on", "2026-10-02")
    assert ids(shop, "interaction", "ordered") == [3]
    assert ids(shop, "interaction", "doe") == [1, 2]
    assert ids(shop, "interaction", "-doe") == [3]


def test_a_recurrence_is_shown_in_words_and_kept_as_a_rule_in_data(shop: Typed) -> None:
    shop("remind", "bob", "water the plants", "--every", "2w", "--due", "fri")
    assert "every 2 weeks" in shop("reminder", "list", "plants")[1]
    out = shop("reminder", "list", "plants", "--columns", "every", "--format", "csv")[1]
    assert out == "every\nFREQ=WEEKLY;INTERVAL=2\n"


def test_rare_rows_of_a_long_list_are_found(shop: Typed) -> None:
    for number in range(3):
        shop("sell", "bob", str(number + 1), f"rare {number}", "--on", f"2026-10-0{number + 1}")
    assert ids(shop, "sale", "rare") == [5, 4, 3]
    assert ids(shop, "sale", "rare", "--sort", "on", "--limit", "2") == [3, 4]
    assert ids(shop, "sale", "rare", "--sort", "-id", "--limit", "1") == [5]


# every noun alike

NOUNS = ("interaction", "reminder", "sale", "product", "segment", "job")


@pytest.fixture
def full(shop: Typed) -> Typed:
    """The shop with a sale of several lines, segments, and something in most fields."""
    for line in (
        ["segment", "add", "vips", "tag:vip"],
        ["segment", "add", "quiet", "segment:vips last>30d"],
        ["sell", "bob", "--line", "2 x Boiler @ 100 -10%", "--line", "Pipe @ 5", "--ref", "R1"],
        ["sell", "bob", "-3", "money back"],
        ["remind", "bob", "water", "--every", "2w", "--due", "fri 9:00", "--priority", "4"],
        ["log", "bob", "now", "--in", "--minutes", "5", "--outcome", "fine"],
        ["product", "edit", "Boiler", "--sku", "B1", "--cost", "700"],
        ["done", "1"],
        ["add", "Acme", "--kind", "org"],
        [
            "job",
            "add",
            "Buyer",
            "--who",
            "jane",
            "--org",
            "acme",
            "--from",
            "2019-03",
            "--to",
            "2021",
        ],
    ):
        code, _, err = shop(*line)
        assert code == 0, err
    return shop


def rows(full: Typed, noun: str) -> list[dict[str, object]]:
    """Return all rows of a noun without what a file does not bring back."""
    words = [] if noun == "segment" else ["--all"] if noun in ("reminder", "product") else []
    out = full(noun, "list", *words, "--format", "json")[1]
    keys = ("id", "created", "author", "lines")
    return sorted(
        ({key: value for key, value in row.items() if key not in keys} for row in json.loads(out)),
        key=str,
    )


@pytest.mark.parametrize("noun", NOUNS)
def test_every_noun_has_every_command(shop: Typed, noun: str) -> None:
    out = shop(noun, "--help")[1]
    commands = ("add", "list", "show", "edit", "rm", "export", "import")
    places = [out.index(f"│ {each} ") for each in commands]
    assert places == sorted(places)
    for command in ("edit", "rm"):
        out = shop(noun, command, "--help")[1]
        assert all(each in out for each in ("--where", "--yes", "--dry-run"))
    out = shop(noun, "list", "--help")[1]
    assert all(each in out for each in ("--sort", "--columns", "--limit"))


@pytest.mark.parametrize("ending", ["csv", "jsonl"])
@pytest.mark.parametrize("noun", NOUNS)
def test_an_exported_file_is_read_back(full: Typed, tmp_path: Path, noun: str, ending: str) -> None:
    before, file = rows(full, noun), tmp_path / f"rows.{ending}"
    assert full(noun, "export", str(file))[0] == 0
    assert full(noun, "import", str(file))[2] == f"added 0 {noun}s, changed 0\n"
    for each in ("sale", noun) if noun == "product" else (noun,):
        everything = ["--all"] if each in ("reminder", "product") else []
        code, _, err = full(each, "rm", "--where", "id>0", *everything, "--yes")
        assert code == 0, err
    counted = registry.record_type(noun).counted(len(before))
    assert full(noun, "import", str(file))[2] == f"added {counted}, changed 0\n"
    lines = {"product": None, "product_ids": []} if noun == "sale" and ending == "csv" else {}
    assert rows(full, noun) == sorted(({**row, **lines} for row in before), key=str)
    assert full("db", "check")[0] == 0


@pytest.mark.parametrize(
    ("text", "cell"),
    [("=1+1", "'=1+1"), ("'=x", "''=x"), ("'5 stars", "''5 stars"), ('="five"', '\'="five"')],
)
def test_a_table_brings_every_text_back(shop: Typed, tmp_path: Path, text: str, cell: str) -> None:
    file = tmp_path / "sales.csv"
    shop("sell", "jane", "10", text)
    assert shop("sale", "export", str(file))[0] == 0
    with file.open(newline="") as stream:
        assert cell in [row["text"] for row in csv.DictReader(stream)]
    assert shop("sale", "import", str(file))[2] == "added 0 sales, changed 0\n"


def test_json_lines_bring_the_lines_of_a_sale(full: Typed, tmp_path: Path) -> None:
    before = json.loads(full("sale", "show", "3", "--json")[1])["lines"]
    assert [line["product"] for line in before] == ["Boiler", "Pipe"]
    full("sale", "export", str(tmp_path / "sales.jsonl"), "id:3")
    full("sale", "rm", "3", "--yes")
    assert full("sale", "import", str(tmp_path / "sales.jsonl"))[0] == 0
    [sale] = json.loads(full("sale", "list", "ref:R1", "--json")[1])
    assert json.loads(full("sale", "show", str(sale["id"]), "--json")[1])["lines"] == before


def test_csv_says_that_lines_are_left_out_and_json_lines_bring_them_back(
    full: Typed, tmp_path: Path
) -> None:
    shown = full("sale", "show", "3", "--json")[1]
    table, lines = tmp_path / "sales.csv", tmp_path / "sales.jsonl"
    full("sale", "export", str(lines))
    code, _, err = full("sale", "export", str(table))
    assert (code, f"left out the lines of 2 sales; JSON lines keep them: {lines}" in err) == (
        0,
        True,
    )
    assert "left out" not in full("sale", "export", str(table), "id:2", "--force")[2]
    full("sale", "export", str(table), "--force")
    full("sale", "rm", "--where", "id>0", "--yes")
    full("sale", "import", str(table))
    assert full("sale", "import", str(lines))[2] == "added 0 sales, changed 2\n"
    assert full("sale", "import", str(lines))[2] == "added 0 sales, changed 0\n"
    [sale] = json.loads(full("sale", "list", "ref:R1", "--json")[1])
    again = json.loads(full("sale", "show", str(sale["id"]), "--json")[1])
    assert again["lines"] == json.loads(shown)["lines"]
    assert full("db", "check")[0] == 0


def test_lines_of_unknown_products_need_the_catalog_first(full: Typed, tmp_path: Path) -> None:
    file = tmp_path / "sales.jsonl"
    full("sale", "export", str(file), "id:3")
    full("sale", "rm", "1", "3", "--yes")
    full("product", "rm", "pipe", "--yes")
    code, _, err = full("sale", "import", str(file))
    assert (code, "unknown product “Pipe”" in err) == (3, True)
    assert "cardcrm product export FILE" in err


def test_an_export_replaces_a_file_only_by_force(shop: Typed, tmp_path: Path) -> None:
    file = str(tmp_path / "products.csv")
    shop("product", "export", file)
    mine, theirs = shop("product", "export", file), shop("export", "--to", file)
    assert mine == theirs == (4, "", mine[2])
    assert "already exists\nhint: Name another file, or add --force.\n" in mine[2]
    assert shop("product", "export", file, "--force")[0] == 0
    missing = str(tmp_path / "none.csv")
    mine, theirs = shop("product", "import", missing), shop("import", missing)
    assert mine == theirs == (3, "", mine[2])
    assert shop("export", "--format", "vcard", "--to", str(tmp_path / "new.csv"))[0] == 2


def test_counts_of_an_export_and_an_import_are_data(shop: Typed, tmp_path: Path) -> None:
    file = str(tmp_path / "products.csv")
    out = shop("product", "export", file, "--json")[1]
    assert json.loads(out) == {"exported": 1, "path": file}
    out = shop("product", "import", file, "--json")[1]
    assert json.loads(out) == {"added": 0, "changed": 0, "path": file}


def test_a_part_of_a_name_finds_a_segment(shop: Typed) -> None:
    shop("segment", "add", "quiet-vips", "tag:vip")
    assert ids(shop, "segment", "quiet") == ids(shop, "segment", "name:vips") == [1]


def test_segments_are_listed_and_sorted_with_their_sizes(shop: Typed) -> None:
    shop("segment", "add", "all", "id>0")
    added = json.loads(shop("segment", "add", "vips", "tag:vip", "--json")[1])
    assert added == {"id": 2, "name": "vips", "query": "tag:vip", "contacts": 1}
    assert json.loads(shop("segment", "list", "vips", "--json")[1]) == [added]
    assert ids(shop, "segment", "--sort", "contacts") == [2, 1]
    assert ids(shop, "segment", "--sort", "-contacts", "--limit", "1") == [1]
    out = shop("segment", "list", "--columns", "contacts,name", "--format", "csv")[1]
    assert out == "contacts,name\n2,all\n1,vips\n"


def test_data_formats_hold_iso_dates_and_plain_numbers(full: Typed, tmp_path: Path) -> None:
    head, row = full("sale", "show", "4", "--format", "csv")[1].splitlines()
    shown = dict(zip(head.split(","), row.split(","), strict=True))
    assert (shown["on"], shown["amount"], shown["currency"]) == ("2026-11-21", "-3.00", "GBP")
    instant, file = "2026-11-27T09:00:00Z", tmp_path / "reminders.csv"
    assert instant in full("reminder", "list", "id:3", "--format", "csv")[1]
    assert json.loads(full("reminder", "show", "3", "--json")[1])["due"] == instant
    full("reminder", "export", str(file), "id:3")
    assert instant in file.read_text()
    size = dict(
        line.split(",", 1) for line in full("db", "info", "--format", "csv")[1].splitlines()
    )["size"]
    assert size.isdigit()


@pytest.mark.parametrize("noun", ["interaction", "reminder", "sale"])
def test_several_rows_are_the_same_objects_as_one(full: Typed, noun: str) -> None:
    option = "--due" if noun == "reminder" else "--on"
    one = json.loads(full(noun, "edit", "3", option, "2026-11-20", "--json")[1])
    assert one.pop("changes")
    two = json.loads(full(noun, "edit", "2,3", option, "2026-11-20", "--json")[1])
    assert [bool(each.pop("changes")) for each in two] == [each["id"] == 2 for each in two]
    assert one in two
    removed = json.loads(full(noun, "rm", "3", "--yes", "--json")[1])
    assert removed == [one]


def test_several_contacts_are_the_same_objects_as_one(shop: Typed) -> None:
    one = json.loads(shop("edit", "1", "--source", "fair", "--json")[1])
    two = json.loads(shop("edit", "1,2", "--source", "fair", "--json")[1])
    assert [each["id"] for each in two] == [1, 2]
    assert [each["field"] for each in one.pop("changes")] == ["source"]
    assert [each.pop("changes") == [] for each in two] == [True, False]
    assert two[0] == one
    assert json.loads(shop("rm", "1", "--yes", "--json")[1]) == [one]


def test_an_added_reminder_is_an_object(shop: Typed) -> None:
    added = json.loads(shop("remind", "bob", "water", "--due", "fri", "--json")[1])
    assert added == json.loads(shop("reminder", "show", str(added["id"]), "--json")[1])


def test_a_file_without_a_required_column_is_told_which(shop: Typed, tmp_path: Path) -> None:
    file = tmp_path / "sales.csv"
    file.write_text("name,amount\nJane Doe,5.00\n")
    code, _, err = shop("sale", "import", str(file))
    assert (code, "a sale needs a contact" in err) == (2, True)
    assert "hint: Fill in the column contact.\n" in err


def cleared(field: Field) -> str:
    return f"--no-{field.option}" if isinstance(field, Flag) else f"--{field.option}="


@pytest.mark.parametrize(
    ("noun", "option"),
    [
        (noun, cleared(each))
        for noun in NOUNS
        for each in registry.record_type(noun).editable
        if not each.is_required
    ],
)
def test_an_empty_value_clears_every_optional_field(full: Typed, noun: str, option: str) -> None:
    keys = {"product": "boiler", "segment": "vips"}
    numbers = {"interaction": "3", "reminder": "3", "sale": "3", "job": "1"}
    code, _, err = full(noun, "edit", (keys | numbers)[noun], option)
    assert code == 0, err
    assert full("db", "check")[0] == 0


def test_the_cost_of_a_sale_and_of_its_lines_is_cleared(shop: Typed) -> None:
    shop("sell", "bob", "30", "--product", "Vase", "--cost", "10")
    assert shop("sale", "edit", "3", "--cost", "")[2].endswith(": cost 10.00 GBP → none\n")
    shown = json.loads(shop("sale", "show", "3", "--json")[1])
    assert (shown["cost"], shown["lines"][0]["cost"]) == (None, None)


def test_the_amount_of_a_sale_with_lines_comes_from_them(full: Typed, tmp_path: Path) -> None:
    file = tmp_path / "sale.csv"
    full("sale", "export", str(file), "id:3")
    file.write_text(file.read_text().replace("185.00", "999.00"))
    code, _, err = full("sale", "import", str(file))
    assert (code, "the lines of sale 3 add up to its amount" in err) == (2, True)


def test_a_lead_who_buys_in_a_file_becomes_a_customer(shop: Typed, tmp_path: Path) -> None:
    shop("add", "Zoe Lee", "--stage", "lead")
    file = tmp_path / "sales.csv"
    file.write_text("contact,amount,currency,text\nZoe Lee,5.00,EUR,tea\n")
    assert shop("sale", "import", str(file))[0] == 0
    assert json.loads(shop("show", "zoe", "--json")[1])["stage"] == "customer"


@pytest.mark.parametrize("noun", ["interaction", "reminder", "sale"])
def test_a_text_is_given_once(shop: Typed, noun: str) -> None:
    code, _, err = shop(noun, "edit", "1", "one", "--text", "two")
    assert (code, "the text is given twice" in err) == (2, True)


def test_a_segment_is_renamed_unless_another_one_uses_it(full: Typed) -> None:
    code, _, err = full("segment", "edit", "vips", "--name", "best")
    assert (code, "the segment quiet uses segment:vips" in err) == (4, True)
    code, _, err = full("segment", "edit", "QUIET", "--name", "Slow Ones")
    assert (code, err) == (0, "changed segment 2 slow-ones: name quiet → slow-ones\n")
    assert full("segment", "edit", "Slow Ones", "segment:slow-ones")[0] == 2
    assert full("segment", "rm", "--where", "query:vip", "--yes")[0] == 0
    assert json.loads(full("segment", "list", "--json")[1]) == []


def test_a_product_in_use_stays(full: Typed) -> None:
    code, _, err = full("product", "rm", "boiler", "--yes")
    assert (code, "product 1 is used in sale 1" in err, "--retired" in err) == (4, True, True)
    code, _, err = full("product", "add", "BOILER")
    assert (code, "the product Boiler (B1) already exists" in err) == (4, True)
    code, _, err = full("product", "edit", "pipe", "--sku", "BOILER")
    assert (code, "the product Boiler (B1) already exists" in err) == (4, True)
    code, _, err = full("product", "edit", "--where", "boil", "--price", "950", "--yes")
    assert err == "changed product 1 Boiler: price 900.00 GBP → 950.00 GBP\n"


@pytest.mark.parametrize(
    ("words", "line"),
    [
        (["edit", "--stage", "lead"], "1 Jane Doe: stage customer → lead"),
        (["rm"], "contact 1 Jane Doe"),
        (["tag", "+x"], "1 Jane Doe: tag x added"),
    ],
)
def test_a_dry_run_names_the_contacts(shop: Typed, words: list[str], line: str) -> None:
    words = [words[0], "--where", "tag:vip", *words[1:], "--dry-run"]
    code, _, err = shop(*words)
    assert (code, err.splitlines()[1:]) == (0, [f"  {line}"])
    assert [each["id"] for each in json.loads(shop(*words, "--json")[1])] == [1]
    assert json.loads(shop("show", "jane", "--json")[1])["tags"] == ["vip"]


# several rows at once


@pytest.mark.parametrize("numbers", [["1", "2"], ["1,2"], ["#1", "#2"], ["1,", "2"]])
def test_numbers_after_the_first_are_numbers_of_rows(shop: Typed, numbers: list[str]) -> None:
    code, _, err = shop("interaction", "edit", *numbers, "--outcome", "sent")
    first, *rows = err.splitlines()
    assert (code, first, len(rows)) == (0, "changed 2 of 2 interactions:", 2)
    assert all(each.endswith(": outcome none → sent") for each in rows)
    assert ids(shop, "interaction", "outcome:sent") == [1, 2]
    assert "changed 2 of 2 reminders:" in shop("reminder", "edit", *numbers, "--due", "mon")[2]
    shop("product", "add", "Vase")
    assert len(json.loads(shop("product", "show", *numbers, "--json")[1])) == 2
    assert "changed 2 of 2 contacts:" in shop("edit", *numbers, "--stage", "lead")[2]
    assert shop("snooze", *numbers, "2w")[0] == 0
    assert shop("done", *numbers)[0] == 0
    assert ids(shop, "reminder") == []


def test_a_dry_run_names_the_changes_and_leaves_nothing(shop: Typed) -> None:
    shop("reminder", "edit", "2", "--priority", "4")
    words = ["reminder", "edit", "1,2", "--priority", "4"]
    code, _, err = shop(*words, "--dry-run")
    assert (code, err) == (
        0,
        "would change 1 of 2 reminders:\n"
        "  promise 1 send the quote (Jane Doe): priority none → 4\n",
    )
    assert ids(shop, "reminder", "priority:4") == [2]
    err = shop("reminder", "edit", "2", "--priority", "4", "--dry-run")[2]
    assert err == "would change none of 1 reminder\n"
    err = shop("sale", "edit", "2", "13.00", "--dry-run")[2]
    assert err.startswith(
        "would change 1 sale:\n  sale 2 12.00 GBP flowers (Bob Ray): amount 12.00 GBP → 13.00 GBP"
    )
    assert ids(shop, "sale", "amount:12") == [2]
    assert "edit 2 --priority 4" in shop("journal", "--limit", "1")[1]


def test_a_query_of_an_edit_finds_what_the_list_finds(shop: Typed) -> None:
    shop("remind", "jane", "call", "--due", "fri")
    shop("done", "1")
    words = ["reminder", "edit", "--where", "who:jane", "--priority", "4"]
    assert shop(*words)[2].startswith("changed reminder 3")
    assert shop(*words, "--all")[2].startswith("changed 1 of 2 reminders:\n")
    assert shop("reminder", "edit", "1", "--priority", "5")[0] == 0


def test_a_text_after_several_numbers_is_refused(shop: Typed) -> None:
    code, _, err = shop("reminder", "edit", "1", "2", "quotes")
    assert (code, "“2” may be the number of a reminder or the start of the text" in err) == (
        2,
        True,
    )
    assert shop("reminder", "edit", "1,2", "quotes")[0] == 0
    assert ids(shop, "reminder", "quotes") == [1, 2]
    assert shop("reminder", "edit", "1", "--text", "5")[0] == 0
    assert ids(shop, "reminder", "text:5") == [1]


@pytest.mark.parametrize(
    ("noun", "change", "check"),
    [
        ("interaction", ["--outcome", "agreed"], "outcome:agreed"),
        ("reminder", ["--for", "zoe"], "owner:zoe"),
        ("sale", ["--on", "2026-11-03"], "on:2026-11-03"),
    ],
)
def test_rows_that_a_query_finds_are_edited_in_one_step(
    shop: Typed, noun: str, change: list[str], check: str
) -> None:
    shop("log", "bob", "again", "--on", "2026-10-05")
    shop("remind", "bob", "again", "--due", "fri")
    shop("sell", "bob", "3", "again")
    words = [noun, "edit", "--where", "id>0", *change]
    code, _, err = shop(*words, "--dry-run")
    assert (code, err.splitlines()[0]) == (0, f"would change 3 {noun}s:")
    assert ids(shop, noun, check) == []
    code, _, err = shop(*words)
    assert (code, err.partition(": ")[2].partition(": ")[0]) == (
        2,
        f"confirmation needed to change 3 {noun}s",
    )
    assert err.splitlines()[0].count("; ") == 2
    code, _, err = shop(*words, "--yes")
    assert (code, err.splitlines()[0]) == (0, f"changed 3 of 3 {noun}s:")
    assert len(ids(shop, noun, check)) == 3
    assert shop("undo")[0] == 0
    assert ids(shop, noun, check) == []
    assert shop("redo")[0] == 0
    assert len(ids(shop, noun, check)) == 3


@pytest.mark.parametrize("noun", ["interaction", "reminder", "sale"])
def test_edit_needs_rows_and_a_change(shop: Typed, noun: str) -> None:
    assert shop(noun, "edit")[0] == 2
    code, _, err = shop(noun, "edit", "x1", "--on" if noun != "reminder" else "--due", "fri")
    assert code == 2
    assert "must be the number of" in err
    code, _, err = shop(noun, "edit", "--where", "id:1")
    assert code == 2
    assert "nothing to change" in err


def test_an_empty_value_clears_or_is_refused(shop: Typed) -> None:
    shop("remind", "bob", "water", "--every", "2w", "--due", "fri", "--for", "ann")
    assert shop("reminder", "edit", "3", "--every", "", "--for", "")[0] == 0
    assert ids(shop, "reminder", "every:none owner:none") == [1, 3]
    code, _, err = shop("reminder", "edit", "3", "--due", "")
    assert code == 2
    assert "a reminder needs a due date" in err
    shop("sale", "edit", "1", "--ref", "R1")
    assert shop("sale", "edit", "1", "--ref", "")[0] == 0
    assert ids(shop, "sale", "ref:none") == [1, 2]


# what lists and cards show


def test_a_list_of_reminders_leaves_out_those_that_are_done(shop: Typed) -> None:
    shop("done", "1")
    assert ids(shop, "reminder") == [2]
    assert ids(shop, "reminder", "--all") == [1, 2]
    assert ids(shop, "reminder", "done:any") == [1]
    assert ids(shop, "reminder", "done:yes") == [1]
    assert ids(shop, "reminder", "done:no") == [2]
    assert ids(shop, "reminder", "-done:none") == [1]


def test_a_sale_is_shown_with_its_lines(shop: Typed) -> None:
    shop("sell", "bob", "--line", "2 x Boiler @ 100 -10%")
    code, out, err = shop("sale", "show", "3")
    assert code == 0, err
    assert "bought" in out
    assert "10%" in out
    [line] = json.loads(shop("sale", "show", "3", "--format", "json")[1])["lines"]
    assert (line["product"], line["quantity"], line["discount"]) == ("Boiler", 2, 10)
    assert line["amount"]["amount"] == "180.00"


def test_a_product_is_named_by_name_number_or_article(shop: Typed) -> None:
    shop("product", "add", "Rose", "bouquet", "--sku", "RB1")
    for name in (["2"], ["#2"], ["rose", "bouquet"], ["RB1"]):
        assert json.loads(shop("product", "show", *name, "--format", "json")[1])["id"] == 2
    assert shop("product", "edit", "2", "--price", "5")[0] == 0
    assert shop("product", "show", "7")[0] == 3
    assert shop("product", "rm", "2", "--yes")[0] == 0
    assert ids(shop, "product") == [1]


def test_segments_are_filtered_sorted_and_edited(shop: Typed) -> None:
    shop("segment", "add", "vips", "tag:vip")
    shop("segment", "add", "others", "-tag:vip")
    out = shop("segment", "list", "name:vips", "--columns", "query,name", "--format", "csv")[1]
    assert out == "query,name\ntag:vip,vips\n"
    out = shop("segment", "list", "--sort", "-name", "--limit", "1", "--format", "ids")[1]
    assert out == "vips\n"
    assert shop("segment", "list", "--columns", "size")[0] == 2
    assert shop("segment", "list", "name:none-such")[2] == "no segments found\n"
    assert shop("segment", "edit", "best", "bob")[0] == 3
    assert shop("segment", "edit", "vips", "nonsense:3")[0] == 2
    assert shop("segment", "edit", "vips", "bob")[0] == 0
    assert shop("undo")[0] == 0
    out = shop("segment", "list", "name:vips", "--columns", "query", "--format", "csv")[1]
    assert out == "query\ntag:vip\n"


def test_json_for_short(shop: Typed) -> None:
    [reminder] = json.loads(shop("reminder", "list", "who:jane", "--json")[1])
    assert (reminder["text"], reminder["rule"]) == ("send the quote", None)
    [sale] = json.loads(shop("--json", "sale", "list", "id:1", "--columns", "id,ref")[1])
    assert sale == {"id": 1, "ref": None}
    code, _, err = shop("sale", "show", "9", "--json")
    assert (code, json.loads(err)["error"]["code"]) == (3, "not_found")


def test_a_job_adds_an_organization_that_is_missing(shop: Typed) -> None:
    assert shop("job", "add", "Buyer", "--who", "jane", "--org", "New Org")[0] == 0
    assert shop("job", "add", "Chair", "--who", "bob", "--org", "new org")[0] == 0
    assert shop("find", "kind:org", "--columns", "name", "--format", "csv")[1] == "name\nNew Org\n"
    assert (shop("undo")[0], shop("undo")[0]) == (0, 0)
    assert shop("find", "kind:org", "--format", "ids")[1] == ""


@pytest.mark.parametrize("org", ["#99", "99", "x@y.example"])
def test_a_job_adds_no_organization_for_a_number_or_address(shop: Typed, org: str) -> None:
    code, _, err = shop("job", "add", "Buyer", "--who", "jane", "--org", org)
    assert (code, err.partition("\n")[0]) == (3, f"error: no contact matches “{org.strip('#')}”")
    assert shop("find", "kind:org", "--format", "ids")[1] == ""
