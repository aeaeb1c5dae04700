"""Tables of other programs from the command line: what is recognized, reported and updated."""

import json
import struct
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import xlsxwriter

from docs.generator.program_files import FILES
from tests.cli.conftest import Result

Run = Callable[..., Result]

# The values that `show` prints of the contact in the file of each program.
EXPECTED: dict[str, dict[str, Any]] = {
    "google.csv": {"name": "Ann Q Test, MBE", "org": "Acme", "title": "Buyer", "tags": ["vip"]},
    "google-old.csv": {"name": "Ann Test", "org": "Acme", "title": "Buyer"},
    "outlook.csv": {"name": "Ann Test", "org": "Acme", "title": "Buyer"},
    "outlook-de.csv": {"name": "Ann Test", "org": "Acme", "title": "Einkauf"},
    "hubspot.csv": {"name": "Ann Test", "org": "Acme", "stage": "customer", "owner": "rosa"},
    "hubspot-companies.csv": {"name": "Acme", "kind": "org", "owner": "rosa"},
    "pipedrive.csv": {"name": "Ann Test", "org": "Acme"},
    "pipedrive-orgs.csv": {"name": "Acme", "kind": "org"},
    "salesforce.csv": {"name": "Ann Test", "org": "Acme", "title": "Buyer"},
    "salesforce-leads.csv": {"name": "Ann Test", "org": "Acme", "title": "Buyer", "source": "Web"},
    "shopify.csv": {"name": "Ann Test", "org": "Acme", "tags": ["new", "vip"]},
    "square.csv": {"name": "Ann Test", "org": "Acme", "note": "likes tea"},
    "stripe.csv": {"name": "Ann Test"},
    "quickbooks.csv": {"name": "Ann Test", "org": "Acme"},
    "mailchimp.csv": {"name": "Ann Test", "tags": ["vip"]},
    "brevo.csv": {"name": "Ann Test"},
    "listmonk.csv": {"name": "Ann Test", "uid": "0b5e"},
    "linkedin.csv": {"name": "Ann Test", "org": "Acme", "title": "Buyer"},
    "woocommerce.csv": {"name": "Ann Test"},
    "odoo.csv": {"name": "Ann Test", "org": "Acme"},
    "thunderbird.csv": {"name": "Ann Test"},
    "gforms.csv": {"name": "Ann Test"},
    "atomic.csv": {"name": "Ann Test", "org": "Acme", "title": "Buyer", "note": "met at fair"},
}
OPTED_OUT = ("salesforce-leads.csv", "shopify.csv", "square.csv", "mailchimp.csv", "brevo.csv",
             "listmonk.csv", "atomic.csv")  # fmt: skip


def answer(run: Run, *words: str) -> dict[str, Any]:
    code, out, err = run("import", *words, "--format", "json")
    assert code in (0, 1), err
    found: dict[str, Any] = json.loads(out)
    return found


def shown(run: Run, who: str = "1") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(run("show", who, "--json")[1])
    return found


def points(run: Run, who: str = "1", kind: str = "email") -> dict[str, tuple[bool, bool]]:
    """Return the addresses of a contact: opted out, invalid."""
    return {
        each["address"]: (each["opted_out"], each["invalid"])
        for each in shown(run, who)["contact_points"]
        if each["kind"] == kind
    }


@pytest.mark.parametrize("name", FILES)
def test_the_file_of_a_program_is_recognized_and_nothing_is_lost(
    typed: Run, tmp_path: Path, name: str
) -> None:
    (program, text), expected = FILES[name], EXPECTED[name]
    (tmp_path / name).write_text(text, encoding="utf-8")
    report = answer(typed, str(tmp_path / name))
    assert (report["created"], report["refused"]) == (1, [])
    assert f"recognized as a file of {program}" in report["warnings"]
    lost = [column["reason"] for column in report["columns"] if not column["kept"]]
    assert set(lost) <= {"filled in by Outlook"}
    found = json.loads(typed("find", "not source:nowhere", "--json")[1])
    ids = [each["id"] for each in found if each["name"] != expected.get("org")]
    card = shown(typed, str(ids[0]))
    assert {key: card[key] for key in expected} == expected
    if name in OPTED_OUT:
        assert points(typed, str(ids[0])) == {"ann@example.com": (True, False)}
    again = answer(typed, str(tmp_path / name))
    assert (again["created"], again["updated"], again["unchanged"]) == (0, 0, 1)


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("Email,First Name,Status", "ann@example.com,Ann,{}"),
        ("Name,Email,Subscription status", "Ann,ann@example.com,{}"),
        ("Nom;Courriel;Statut", "Ann;ann@example.com;{}"),
    ],
)
@pytest.mark.parametrize(
    ("state", "marks"),
    [
        ("Unsubscribed", (True, False)), ("unsubscribed", (True, False)),
        ("opted-out", (True, False)), ("Blocklisted", (True, False)), ("complained", (True, False)),
        ("Non-Subscribed", (True, False)), ("cleaned", (False, True)), ("Bounced", (False, True)),
        ("hard bounce", (False, True)), ("désabonné", (True, False)), ("Abgemeldet", (True, False)),
        ("Subscribed", (False, False)), ("active", (False, False)), ("not bounced", (False, False)),
    ],
)  # fmt: skip
def test_a_state_of_refusal_or_failure_marks_the_address(
    typed: Run, tmp_path: Path, header: str, cells: str, state: str, marks: tuple[bool, bool]
) -> None:
    (tmp_path / "a.csv").write_text(f"{header}\n{cells.format(state)}\n", encoding="utf-8")
    answer(typed, str(tmp_path / "a.csv"))
    assert points(typed) == {"ann@example.com": marks}
    assert {each["label"]: each["text"] for each in shown(typed)["fields"]} == {
        header.replace(";", ",").split(",")[-1]: state
    }


@pytest.mark.parametrize(
    ("column", "value", "marks"),
    [
        ("Unsubscribed from all email", "true", (True, False)),
        ("Unsubscribed from all email", "false", (False, False)),
        ("Email Opt Out", "1", (True, False)), ("Email Opt Out", "0", (False, False)),
        ("EMAIL_BLACKLISTED", "Yes", (True, False)), ("UNSUB_TIME", "2026-01-02", (True, False)),
        ("CLEAN_TIME", "2026-01-02", (False, True)), ("Do Not Email", "x", (True, False)),
        ("Email hard bounce reason", "unknown user", (False, True)),
        ("Accepts Marketing", "no", (True, False)), ("Accepts Marketing", "yes", (False, False)),
        ("Newsletter", "nein", (True, False)), ("Email Marketing Consent", "UNSUBSCRIBED",
                                                (True, False)),
        ("Email Marketing Consent", "NEVER_SUBSCRIBED", (True, False)),
        ("Unsubscribe link", "https://x.example/u/1", (False, False)),
        ("OPTIN_TIME", "2026-01-02", (False, False)), ("SMS blacklisted", "yes", (False, False)),
    ],
)  # fmt: skip
def test_a_column_of_consent_marks_the_address(
    typed: Run, tmp_path: Path, column: str, value: str, marks: tuple[bool, bool]
) -> None:
    (tmp_path / "a.csv").write_text(f"Name,Email,{column}\nAnn,ann@example.com,{value}\n")
    answer(typed, str(tmp_path / "a.csv"))
    assert points(typed) == {"ann@example.com": marks}


NO = "Name,Email,Unsubscribed\nAnn Test,ann@example.com,yes\n"
YES = "Name,Email,Unsubscribed\nAnn Test,ann@example.com,no\n"
OTHER = "Name,Email,Unsubscribed\nA. Test,ann@example.com,no\n"
BOTH = "Name,Email,Unsubscribed\nAnn Test,ann@example.com,no\nA. Test,ann@example.com,yes\n"
LONG = f"Name,Email,Unsubscribed\n{'x' * 300},ann@example.com,yes\n"


@pytest.mark.parametrize(
    "files", [(NO, YES), (YES, NO), (NO, OTHER), (OTHER, NO), (BOTH,), (YES, LONG)]
)
@pytest.mark.parametrize("mode", ["", "--update", "--fill", "--skip"])
def test_a_person_who_said_no_is_never_mailable(
    typed: Run, tmp_path: Path, files: tuple[str, ...], mode: str
) -> None:
    for number, text in enumerate(files):
        (tmp_path / f"{number}.csv").write_text(text)
        answer(typed, str(tmp_path / f"{number}.csv"), *mode.split())
    found = json.loads(typed("find", "email:any", "--json")[1])
    assert found
    for each in found:
        assert points(typed, str(each["id"])) == {"ann@example.com": (True, False)}


def test_a_no_reaches_the_other_addresses_of_the_person(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage\n5,Ann,Test,a@example.com,lead\n"
    )
    (tmp_path / "b.csv").write_text(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Unsubscribed from all email\n"
        "5,Ann,Test,b@example.com,lead,true\n"
    )
    (tmp_path / "c.csv").write_text(
        "Record ID,First Name,Last Name,Email,Lifecycle Stage,Unsubscribed from all email\n"
        "5,Ann,Test,c@example.com,lead,false\n"
    )
    for name in "abc":
        answer(typed, str(tmp_path / f"{name}.csv"))
    assert set(points(typed).values()) == {(True, False)}
    assert "c@example.com" in points(typed)


HUBSPOT = "Record ID,First Name,Last Name,Email,Job Title,City,Lifecycle Stage\n"


def test_a_known_outside_id_updates_and_the_dry_run_shows_the_differences(
    typed: Run, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(HUBSPOT + "5,Ann,Test,ann@example.com,Buyer,Leeds,lead\n")
    (tmp_path / "b.csv").write_text(HUBSPOT + "5,Ann,Wed,ann@new.example,Chief,,customer\n")
    answer(typed, str(tmp_path / "a.csv"))
    before = shown(typed)
    trial = answer(typed, str(tmp_path / "b.csv"), "--dry-run")
    assert (trial["created"], trial["updated"]) == (0, 1)
    differences = {
        each["field"]: (each["old"], each["new"]) for each in trial["files"][0]["differences"]
    }
    assert differences == {
        "name": ("Ann Test", "Ann Wed"), "family name": ("Test", "Wed"),
        "title": ("Buyer", "Chief"), "stage": ("lead", "customer"),
        "email": ("ann@example.com", "ann@new.example"),
    }  # fmt: skip
    assert shown(typed) == before
    answer(typed, str(tmp_path / "b.csv"))
    after = shown(typed)
    assert (after["name"], after["title"], after["stage"]) == ("Ann Wed", "Chief", "customer")
    assert [each["address"] for each in after["contact_points"]] == ["ann@new.example"]
    assert [each["city"] for each in after["addresses"]] == ["Leeds"]
    typed("undo")
    assert shown(typed) == before


@pytest.mark.parametrize(
    ("mode", "title", "note"),
    [("", "Buyer", "hi"), ("--fill", "Buyer", "hi"), ("--update", "Chief", "hi"),
     ("--skip", "Buyer", "")],
)  # fmt: skip
def test_the_mode_tells_what_becomes_of_a_known_contact(
    typed: Run, tmp_path: Path, mode: str, title: str, note: str
) -> None:
    typed("add", "Ann", "Test", "--email", "ann@example.com", "--title", "Buyer")
    (tmp_path / "a.csv").write_text("Name,Email,Title,Note\nAnn Test,ann@example.com,Chief,hi\n")
    answer(typed, str(tmp_path / "a.csv"), *mode.split())
    found = shown(typed)
    assert (found["title"], found["note"] or "") == (title, note)


def test_two_modes_are_refused(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Name\nAnn\n")
    code, _, err = typed("import", str(tmp_path / "a.csv"), "--fill", "--skip")
    assert (code, "use only one of --update, --fill and --skip" in err) == (2, True)


def test_near_headers_are_mapped_and_said(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Full Nmae,Email Addr,Mobile No,Notes / Comments,What we call them, or so\n".replace(
            "them, or so", "them"
        )
        + "Ann Test,ann@example.com,07700 900123,hi,Annie\n"
    )
    report = answer(typed, str(tmp_path / "a.csv"))
    assert {each["column"]: (each["as"], each["guess"]) for each in report["columns"]} == {
        "Full Nmae": ("name", True),
        "Email Addr": ("email", True),
        "Mobile No": ("phone mobile", False),
        "Notes / Comments": ("note", False),
        "What we call them": ("What we call them", False),
    }


def test_a_column_is_assigned_remembered_listed_and_forgotten(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("Member,Since,Reach,Secret\nAnn,2020,ann@example.com,x\n")
    (tmp_path / "b.csv").write_text("Member,Since,Reach,Secret\nBob,2021,bob@example.com,y\n")
    maps = ("Member=name", "Reach=email work", "Secret=ignore", "Since=field:Member since")
    report = answer(
        typed, str(tmp_path / "a.csv"), *(word for each in maps for word in ("--map", each))
    )
    assert [each["column"] for each in report["columns"] if not each["kept"]] == ["Secret"]
    assert report["columns"][3]["reason"] == "ignored, as you asked"
    answer(typed, str(tmp_path / "b.csv"))
    bob = shown(typed, "bob")
    assert [(each["address"], each["label"]) for each in bob["contact_points"]] == [
        ("bob@example.com", "work")
    ]
    assert [(each["label"], each["text"]) for each in bob["fields"]] == [("Member since", "2021")]
    listed = json.loads(typed("config", "columns", "--json")[1])
    assert [each["column"] for each in listed] == ["member", "reach", "secret", "since"]
    assert typed("config", "columns", "--rm", str(listed[0]["id"]))[0] == 0
    assert len(json.loads(typed("config", "columns", "--json")[1])) == 3
    typed("undo", "1")
    assert len(json.loads(typed("config", "columns", "--json")[1])) == 4
    assert typed("import", str(tmp_path / "a.csv"), "--map", "Membr=name")[0] == 2
    code, _, err = typed("import", str(tmp_path / "a.csv"), "--map", "Member=nmae")
    assert (code, "unknown field “nmae”" in err, "Did you mean name?" in err) == (2, True, True)


def test_rows_that_are_no_contacts_are_told(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(
        "Name,Email,Amount\nAnn,ann@example.com,5\n,,\nName,Email,Amount\nTOTAL,,5.00\n"
        '"Copyright (c) 2026 Acme, all rights reserved",,\n'
    )
    report = answer(typed, str(tmp_path / "a.csv"))
    code, _, err = typed("import", str(tmp_path / "a.csv"))
    assert (code, "0 refused, 3 left out\n" in err) == (0, True)
    assert not list(tmp_path.glob("*.bad*"))
    assert [(each["line"], each["reason"]) for each in report["refused"]] == [
        (4, "this row repeats the header"),
        (5, "this row is a total, not an entry"),
        (6, "this row is a remark, not an entry"),
    ]
    assert "1 empty row was skipped" in report["warnings"]
    assert report["created"] == 1


def write_workbook(path: Path, rows: list[list[Any]], **formats: str) -> Path:
    book = xlsxwriter.Workbook(str(path))
    book.add_worksheet("About").write(0, 0, "My contacts")
    sheet = book.add_worksheet("People")
    for y, row in enumerate(rows, 2):
        for x, cell in enumerate(row):
            style = (
                book.add_format({"num_format": formats["zeros"]}) if x == 3 and formats else None
            )
            sheet.write(y, x, cell, style)
    book.close()
    return path


def test_a_workbook_is_read_as_it_is_written(typed: Run, tmp_path: Path) -> None:
    path = write_workbook(
        tmp_path / "a.xlsx",
        [
            ["Name", "Phone", "Email", "Zip", "Points"],
            ["Ann", 447700900123, "a@example.com", 1234, 12.5],
        ],
        zeros="00000",
    )
    report = answer(typed, str(path))
    assert (
        "read the sheet “People”; others: About (to read one: --sheet NAME)" in report["warnings"]
    )
    assert report["created"] == 1
    ann = shown(typed)
    assert list(points(typed, kind="phone")) == ["+44 7700 900123"]
    assert [each["postcode"] for each in ann["addresses"]] == ["01234"]
    assert [(each["label"], each["text"]) for each in ann["fields"]] == [("Points", "12.5")]
    code, _, err = typed("import", str(path), "--sheet", "Peple")
    assert (code, "no sheet is called “Peple”" in err, "Did you mean People?" in err) == (
        2, True, True,
    )  # fmt: skip
    assert answer(typed, str(path))["unchanged"] == 1


def test_a_workbook_of_too_many_cells_is_refused(typed: Run, tmp_path: Path) -> None:
    book = xlsxwriter.Workbook(str(tmp_path / "big.xlsx"))
    sheet = book.add_worksheet()
    sheet.write(0, 0, "Name")
    sheet.write(1_048_575, 16_383, "corner")
    book.close()
    code, _, err = typed("import", str(tmp_path / "big.xlsx"))
    assert (code, "the limit is 20,000,000 cells" in err) == (2, True)


def write_bomb(path: Path, *, is_honest: bool) -> None:
    """Write a workbook whose texts unpack to 2 GiB, or say that they are small and are not."""
    write_workbook(path, [["Name"], ["Ann"]])
    with zipfile.ZipFile(path) as archive:
        size = archive.getinfo("xl/sharedStrings.xml").file_size
    content = path.read_bytes()
    said = struct.pack("<I", 2 << 30 if is_honest else size - 9)
    path.write_bytes(content.replace(struct.pack("<I", size), said))


@pytest.mark.parametrize(
    ("is_honest", "said"),
    [(True, "the limit is 1,073,741,824 bytes"), (False, "is damaged or is not a workbook")],
)
def test_a_zip_bomb_is_refused(typed: Run, tmp_path: Path, is_honest: bool, said: str) -> None:
    write_bomb(tmp_path / "bomb.xlsx", is_honest=is_honest)
    code, _, err = typed("import", str(tmp_path / "bomb.xlsx"))
    assert (code, said in err) == (2, True)


def test_a_table_of_too_many_columns_is_refused(typed: Run, tmp_path: Path) -> None:
    names = ",".join(["name", *map(str, range(100_000))])
    (tmp_path / "wide.csv").write_text(f"{names}\nAnn\n")
    code, _, err = typed("import", str(tmp_path / "wide.csv"))
    assert (code, "at most 10,000 can be imported" in err) == (2, True)


@pytest.mark.parametrize(
    ("codec", "text", "said"),
    [
        ("cp1250", "Łucja;Łódź", "read as Windows-1250 (Central European), which is a guess"),
        ("cp1252", "Jörg;Köln", "read as Windows-1252 (Western European), which is a guess"),
        ("mac_roman", "Müller;Köln", "read as Mac Roman, which is a guess"),
        ("cp850", "Müller;Köln", "read as DOS 850 (Western European), which is a guess"),
        ("cp1251", "Иван;Москва", "read as Windows-1251 (Cyrillic), which is a guess"),
        ("cp1253", "Γιώργος;Αθήνα", "read as Windows-1253 (Greek), which is a guess"),
        ("cp1254", "Çağla;İstanbul", "read as Windows-1254 (Turkish), which is a guess"),
        ("utf-16", "Łucja;Łódź", ""), ("utf-8-sig", "Łucja;Łódź", ""), ("utf-32", "Łucja;Łódź", ""),
    ],
)  # fmt: skip
def test_the_encoding_of_a_table_is_guessed_and_said(
    typed: Run, tmp_path: Path, codec: str, text: str, said: str
) -> None:
    (tmp_path / "a.csv").write_bytes(f"Name;City\n{text}\n".encode(codec))
    report = answer(typed, str(tmp_path / "a.csv"))
    assert [each["name"] for each in json.loads(typed("find", "--json")[1])] == text.split(";")[:1]
    warnings = [each for each in report["warnings"] if "guess" in each]
    assert [each.partition(":")[0] for each in warnings] == [said] * bool(said)


def test_an_encoding_can_be_given(typed: Run, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes("Name,City\nGyőző,Pécs\n".encode("cp1250"))
    assert typed("import", str(tmp_path / "a.csv"), "--encoding", "nonsense")[0] == 2
    assert typed("import", str(tmp_path / "a.csv"), "--encoding", "utf-8")[0] == 2
    answer(typed, str(tmp_path / "a.csv"), "--encoding", "cp1250")
    assert shown(typed)["name"] == "Győző"


def test_several_files_are_summed_up(typed: Run, tmp_path: Path) -> None:
    for name in ("ann", "bob"):
        (tmp_path / f"{name}.csv").write_text(f"Name,Email\n{name},{name}@example.com\n,\nTotal,\n")
    report = answer(typed, str(tmp_path / "ann.csv"), str(tmp_path / "bob.csv"))
    assert {key: report[key] for key in ("created", "updated", "unchanged")} == {
        "created": 2, "updated": 0, "unchanged": 0,
    }  # fmt: skip
    assert [each["file"] for each in report["refused"]] == ["ann.csv", "bob.csv"]
    assert [(each["column"], each["count"]) for each in report["columns"]] == [
        ("Name", 2), ("Email", 2),
    ]  # fmt: skip
    assert [each["created"] for each in report["files"]] == [1, 1]


LONG = "w" * 300


@pytest.mark.parametrize(
    ("head", "row", "name", "fields"),
    [
        ("Name", LONG, f"{LONG[:199]}…", {"name as written": LONG}),
        ("Name,Company", f"Ann Lee,{LONG}", "Ann Lee", {"organization as written": LONG}),
        ("Name,Middle Name", f"Ann Lee,{LONG}", "Ann Lee", {"middle name as written": LONG}),
        ("First Name,Last Name", f"{LONG[:150]},{LONG[:140]}", f"{LONG[:150]} {LONG[:48]}…",
         {"name as written": f"{LONG[:150]} {LONG[:140]}"}),
        ("Name,Nickname,Tags", f"Ann Lee,{LONG},{LONG}", "Ann Lee",
         {"nickname as written": LONG, "tag as written": LONG}),
    ],
)  # fmt: skip
def test_an_absurdly_long_name_costs_neither_the_contact_nor_the_file(
    typed: Run, tmp_path: Path, head: str, row: str, name: str, fields: dict[str, str]
) -> None:
    (tmp_path / "a.csv").write_text(f"{head},Email\n{row},a@example.com\n")
    assert answer(typed, str(tmp_path / "a.csv"))["created"] == 1
    assert answer(typed, str(tmp_path / "a.csv"))["unchanged"] == 1
    card = shown(typed, "a@example.com")
    assert card["name"] == name
    assert {each["label"]: each["text"] for each in card["fields"]} == fields


def test_long_names_in_a_vcard_cost_neither_the_contact_nor_the_file(
    typed: Run, tmp_path: Path
) -> None:
    lines = (
        "FN:Jo Job", "ORG:Acme", f"ORG:{LONG}", f"item1.X-ABRELATEDNAMES:{LONG}",
        f"item1.X-ABLabel:{LONG}", f"item2.TEL:0113 496 0123\nitem2.X-ABLabel:{LONG}",
        f"CATEGORIES:{LONG}",
    )  # fmt: skip
    cards = ["\n".join(lines), f"FN:{LONG}\nKIND:group\nMEMBER:urn:uuid:x", "FN:Bob Ray"]
    text = "".join(f"BEGIN:VCARD\nVERSION:3.0\n{each}\nEND:VCARD\n" for each in cards)
    (tmp_path / "a.vcf").write_text(text)
    report = answer(typed, str(tmp_path / "a.vcf"))
    assert (report["created"], report["refused"]) == (2, [])
    fields = {each["label"]: each["text"] for each in shown(typed, "jo job")["fields"]}
    assert fields["organization as written"] == fields["tag as written"] == LONG
    assert fields[f"{LONG[:199]}…"] == LONG
