"""`sync` beside the real programs: Radicale as the server, vdirsyncer, khard."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.calendar_server import CalendarServer, carry, run_program, serve

pytestmark = pytest.mark.slow

KHARD = """
[addressbooks]
[[phone]]
path = {path}

[general]
default_action = list
editor = true
merge_editor = true

[contact table]
display = formatted_name
"""
PHONE_CARD = (
    "BEGIN:VCARD\r\nVERSION:3.0\r\nUID:phone-1\r\nFN:Pia Ford\r\nN:Ford;Pia;;;\r\n"
    "TEL;TYPE=CELL:+49 30 901820\r\nX-PHONE-RINGTONE:bells\r\nEND:VCARD\r\n"
)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[CalendarServer]:
    (tmp_path / "collections").mkdir()
    with serve(tmp_path / "collections") as found:
        found.make_collection("/ann/book/", "CR:addressbook")
        yield found


def test_contacts_travel_to_a_server_and_back(server, typed, tmp_path):
    folder = tmp_path / "contacts"
    folder.mkdir()
    book = f"{server.url}/ann/book/"
    typed("add", "Jane", "Doe", "--email", "jane@x.example", "--phone", "+44 20 7946 0958")
    assert typed("sync", str(folder))[0] == 0
    carry(tmp_path / "carrier", folder, book)
    status, listing = server.request("PROPFIND", "/ann/book/", "", Depth="1")
    assert status == 207
    assert listing.count(".vcf</href>") == 1

    # The phone adds a contact and changes one.
    assert server.request("PUT", "/ann/book/phone-1.vcf", PHONE_CARD)[0] == 201
    (file,) = folder.glob("*.vcf")
    href = f"/ann/book/{file.name}"
    card = server.request("GET", href)[1]
    assert server.request("PUT", href, card.replace("FN:", "TITLE:Buyer\r\nFN:"))[0] in (201, 204)
    carry(tmp_path / "carrier", folder, book)
    typed("edit", "jane", "--email", "work=j@work.example")
    code, _, said = typed("sync", str(folder))
    assert (code, "1 added, 1 changed" in said) == (0, True)
    jane = json.loads(typed("show", "jane", "--json")[1])
    assert (jane["title"], len(jane["contact_points"])) == ("Buyer", 3)
    assert json.loads(typed("show", "pia", "--json")[1])["uid"] == "phone-1"

    carry(tmp_path / "carrier", folder, book)
    assert "j@work.example" in server.request("GET", href)[1]
    assert server.request("GET", "/ann/book/phone-1.vcf")[1] == PHONE_CARD
    assert "nothing to do" in typed("sync", str(folder))[2]

    # The phone removes one.
    assert server.request("DELETE", "/ann/book/phone-1.vcf")[0] == 200
    carry(tmp_path / "carrier", folder, book)
    assert typed("sync", str(folder))[0] == 2
    assert typed("sync", str(folder), "--yes")[0] == 0
    assert typed("show", "pia")[0] == 3


def test_khard_lists_and_edits_the_contacts(typed, tmp_path):
    folder = tmp_path / "contacts"
    folder.mkdir()
    typed("add", "Jane", "Doe", "--org", "Acme", "--email", "jane@x.example", "--birthday",
          "1980-05-17")  # fmt: skip
    typed("sync", str(folder))
    config = tmp_path / "khard.conf"
    config.write_text(KHARD.format(path=folder))
    khard = ("khard", "-c", config)
    assert "Jane Doe" in run_program(*khard, "list", folder=tmp_path)
    fields = tmp_path / "new.yaml"
    fields.write_text("First name: Tom\nLast name: Okafor\nEmail:\n    home: tom@x.example\n")
    run_program(*khard, "new", "-a", "phone", "-i", fields, folder=tmp_path)
    changed = tmp_path / "jane.yaml"
    changed.write_text("First name: Jane\nLast name: Doe\nNote: likes roses\nTitle: Buyer\n")
    run_program(*khard, "edit", "-i", changed, "jane", folder=tmp_path, typed="yes\n")
    assert typed("sync", str(folder))[0] == 0
    jane = json.loads(typed("show", "jane", "--json")[1])
    assert (jane["note"], jane["title"]) == ("likes roses", "Buyer")
    assert json.loads(typed("show", "tom", "--json")[1])["contact_points"][0]["address"] == (
        "tom@x.example"
    )
    assert "nothing to do" in typed("sync", str(folder))[2]


TODOMAN = """
path = "{path}/*"
date_format = "%Y-%m-%d"
time_format = "%H:%M"
default_list = "tasks"
cache_path = "{cache}"
"""


def test_todos_travel_to_a_server_and_are_done_in_todoman(server, typed, tmp_path):
    server.make_collection("/ann/tasks/", "C:calendar")
    folder = tmp_path / "lists" / "tasks"
    folder.mkdir(parents=True)
    tasks = f"{server.url}/ann/tasks/"
    typed("remind", "--no-contact", "pay the rent", "--due", "2026-11-23")
    typed("remind", "--no-contact", "water", "--due", "2026-11-23 09:00", "--every", "weekly")
    assert typed("sync", str(folder), "--as", "todo")[0] == 0
    carry(tmp_path / "carrier", folder, tasks, calendar=True)
    assert server.request("PROPFIND", "/ann/tasks/", "", Depth="1")[1].count(".ics</href>") == 2

    # The phone checks one off.
    uid = json.loads(typed("reminder", "show", "1", "--json")[1])["uid"]
    text = server.request("GET", f"/ann/tasks/{uid}.ics")[1]
    done = text.replace("STATUS:NEEDS-ACTION", "STATUS:COMPLETED\r\nCOMPLETED:20261120T090000Z")
    assert server.request("PUT", f"/ann/tasks/{uid}.ics", done)[0] in (201, 204)
    carry(tmp_path / "carrier", folder, tasks, calendar=True)
    assert typed("sync", str(folder))[0] == 0
    found = json.loads(typed("reminder", "show", "1", "--json")[1])
    assert found["done"] == "2026-11-20T09:00:00Z"

    if not (Path(sys.executable).parent / "todo").exists():
        return  # todoman is not among the requirements of the tests
    config = tmp_path / "todoman.py"
    config.write_text(TODOMAN.format(path=folder.parent, cache=tmp_path / "cache.db"))
    todo = ("todo", "--config", config)
    assert "water" in run_program(*todo, "list", folder=tmp_path)
    run_program(*todo, "new", "--list", "tasks", "--due", "2026-12-24", "buy a tree",
                folder=tmp_path)  # fmt: skip
    listed = json.loads(run_program(*todo, "--porcelain", "list", folder=tmp_path))
    water = next(each["id"] for each in listed if each["summary"] == "water")
    run_program(*todo, "done", str(water), folder=tmp_path)
    assert typed("sync", str(folder))[0] == 0
    rows = {
        each["text"]: each["due"] for each in json.loads(typed("reminder", "list", "--json")[1])
    }
    assert rows == {"water": "2026-11-30T09:00:00Z", "buy a tree": "2026-12-24"}
    carry(tmp_path / "carrier", folder, tasks, calendar=True)
    assert typed("sync", str(folder))[2].endswith(": nothing to do\n")
