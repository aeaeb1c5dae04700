# ruff: noqa: E501 - the rows of files are as long as the programs write them
"""`import` of interactions and reminders, from tables made by hand and from other programs."""

import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Result

Import = Callable[..., dict[str, Any]]


@pytest.fixture
def run(typed: Callable[..., Result], monkeypatch: pytest.MonkeyPatch) -> Callable[..., Result]:
    monkeypatch.setenv("CARDCRM_REGION", "GB")
    monkeypatch.setenv("TZ", "Europe/London")
    time.tzset()
    return typed


@pytest.fixture
def read_file(run: Callable[..., Result], tmp_path: Path) -> Import:
    """Import a text as a file; return the answer."""

    def read(text: str, *options: str) -> dict[str, Any]:
        path = tmp_path / "rows.csv"
        path.write_text(text, encoding="utf-8")
        _, out, err = run("--json", "import", str(path), *options)
        assert out, err
        answer: dict[str, Any] = json.loads(out)
        return answer

    return read


def counts(answer: dict[str, Any]) -> tuple[int, int, int, int]:
    return answer["created"], answer["updated"], answer["unchanged"], len(answer["refused"])


def list_rows(run: Callable[..., Result], noun: str, *keys: str) -> list[str]:
    _, out, _ = run("--json", noun, "list", *(["--all"] if noun == "reminder" else []))
    rows = json.loads(out or "[]")
    return sorted(" | ".join(str(each[key] or "-") for key in keys) for each in rows)


def interactions(run: Callable[..., Result]) -> list[str]:
    return list_rows(run, "interaction", "on", "kind", "direction", "text", "outcome", "minutes")


def reminders(run: Callable[..., Result]) -> list[str]:
    return list_rows(run, "reminder", "due", "contact", "text", "priority", "rule", "done")


PIPEDRIVE = """\
Activity - Subject,Activity - Type,Activity - Due date,Activity - Due time,Activity - Done,Activity - Note,Activity - Assigned to user,Deal - Title,Person - Name,Person - Email,Organization - Name
First call,Call,2026-03-04,10:30,Done,"Needs two ovens<br>budget <b>20k</b>",Ines,Ovens,Nadia Cherif,nadia@example.fr,Boulangerie
Showroom visit,Meeting,2026-03-18,14:00,Done,Liked the oven,Former,,Nadia Cherif,nadia@example.fr,Boulangerie
Send the quote,Task,2026-12-24,09:00,To do,,Ines,Ovens,Nadia Cherif,nadia@example.fr,
Old reminder,Task,2019-01-10,,To do,Never done,Ines,,,,Boulangerie
"""


def test_done_activities_are_interactions_and_others_reminders(read_file: Import, run) -> None:
    answer = read_file(PIPEDRIVE)
    assert counts(answer) == (4, 0, 0, 0)
    assert interactions(run) == [
        "2026-03-04T10:30:00Z | call | - | First call\nNeeds two ovens\nbudget 20k\nDeal: Ovens | - | -",
        "2026-03-18T14:00:00Z | meeting | - | Showroom visit\nLiked the oven | - | -",
    ]
    assert reminders(run) == [
        "2019-01-10 | Boulangerie | Old reminder; Never done | - | - | -",
        "2026-12-24T09:00:00Z | Nadia Cherif | Send the quote; Deal: Ovens | - | - | -",
    ]
    assert counts(read_file(PIPEDRIVE)) == (0, 0, 4, 0)


def test_an_activity_that_is_done_now_closes_its_reminder(read_file: Import, run) -> None:
    read_file(PIPEDRIVE)
    assert counts(read_file(PIPEDRIVE.replace("To do,Never", "Done,Never"))) == (1, 0, 3, 0)
    assert len(interactions(run)) == 3
    done = [each for each in reminders(run) if "Old" in each]
    assert done[0].endswith("Z")


HUBSPOT = """\
Record ID,Call Title,Activity date,Call notes,Call outcome,Call direction,Call duration,Activity assigned to,Associated Contact,Associated Contact IDs
9001,Call with Jane,2026-03-01 10:00,<p>Asked for prices</p>,Connected,OUTBOUND,125000,Ann,Jane Doe (jane@example.com);Bob Ray (bob@example.com),11;12
9002,Call with Bob,2026-03-02 10:00,,Left voicemail,OUTBOUND,,Ann,Bob Ray (bob@example.com),12
"""


def test_calls_of_hubspot_come_in_with_outcome_and_participants(read_file: Import, run) -> None:
    run("add", "Bob Ray", "--email", "bob@example.com")
    assert counts(read_file(HUBSPOT)) == (2, 0, 0, 0)
    assert interactions(run) == [
        "2026-03-01T10:00:00Z | call | out | Call with Jane\nAsked for prices | Connected | 3",
        "2026-03-02T10:00:00Z | call | out | Call with Bob | Left voicemail | -",
    ]
    rows = json.loads(run("--json", "interaction", "list")[1])
    assert sorted(each["with"] for each in rows) == ["Bob Ray", "Jane Doe, Bob Ray"]
    assert [each["no_answer"] for each in rows] == [True, False]
    changed = HUBSPOT.replace("Asked for prices", "Asked for new prices")
    assert counts(read_file(changed)) == (0, 1, 1, 0)


SALESFORCE = """\
"Id","WhoId","Subject","ActivityDate","Status","Priority","Description","Type","IsClosed","CallDurationInSeconds","CallType"
"00T1","0031","Call","2026-02-01","Completed","Normal","talked","Call","true","301","Outbound"
"00T2","0031","Send letter","2026-12-05","Not Started","High","","","false","",""
"00T3","0099","Send letter","2026-12-05","Not Started","High","","","false","",""
"""


def test_tasks_of_salesforce_find_their_contacts_by_id(read_file: Import, run) -> None:
    read_file("name,ref\nJane Doe,0031\n")
    answer = read_file(SALESFORCE)
    assert interactions(run) == ["2026-02-01 | call | out | Call\ntalked | - | 6"]
    assert reminders(run) == ["2026-12-05 | Jane Doe | Send letter | 7 | - | -"]
    assert [(each["line"], each["reason"]) for each in answer["refused"]] == [
        (4, "no contact has the id “0099”"),
    ]


INTERACTIONS = """Kontakt;E-Mail;Datum;Uhrzeit;Art;Richtung;Notiz;Ergebnis;Dauer
Hans Schmidt;hans@example.de;03.02.2026;14:30;Anruf;eingehend;will zwei Angebote;;20
Hans Schmidt;hans@example.de;15.02.2026;;E-Mail;ausgehend;Angebot geschickt;;
Hans Schmidt;hans@example.de;16.02.2026;09:00;Telefonat;;nochmal versucht;nicht erreicht;
Hans Schmidt;hans@example.de;17.02.2027;09:00;Telefonat;;Zukunft;;
Hans Schmidt;hans@example.de;18.02.2026;09:00;Baustelle;;angesehen;;
;;18.02.2026;;Notiz;;ohne Kontakt;;
"""


def test_interactions_come_in_with_the_words_of_other_languages(read_file: Import, run) -> None:
    answer = read_file(INTERACTIONS, "--as", "interactions")
    assert interactions(run) == [
        "2026-02-03T14:30:00Z | call | in | will zwei Angebote | - | 20",
        "2026-02-15 | mail | out | Angebot geschickt | - | -",
        "2026-02-16T09:00:00Z | call | - | nochmal versucht | nicht erreicht | -",
        "2026-02-18T09:00:00Z | note | - | Baustelle\nangesehen | - | -",
    ]
    assert [(each["line"], each["column"]) for each in answer["refused"]] == [
        (5, "Datum"), (7, "Kontakt"),
    ]  # fmt: skip
    assert counts(read_file(INTERACTIONS, "--as", "interactions")) == (0, 0, 4, 2)
    touched = json.loads(run("--json", "find", "--columns", "name,touched")[1])
    assert touched[0]["touched"] == "2026-02-15"  # neither the note nor the attempt


REMINDERS = """contact,due,time,text,done,priority,owner,every
Jane Doe,2026-12-01,14:00,call back,no,high,ann,weekly
,2026-12-05,,pay the rent,,,,monatlich
Jane Doe,2026-01-05,,send card,yes,,,
Jane Doe,2026-01-06,,send gift,2026-01-04,,,
Jane Doe,,,no date,,,,
Jane Doe,2026-12-07,,odd rule,,,,every blue moon
"""


def test_reminders_come_in_done_or_open(read_file: Import, run) -> None:
    answer = read_file(REMINDERS, "--as", "reminders")
    assert reminders(run) == [
        "2026-01-05 | Jane Doe | send card | - | - | 2026-01-05T12:00:00Z",
        "2026-01-06 | Jane Doe | send gift | - | - | 2026-01-04T12:00:00Z",
        "2026-12-01T14:00:00Z | Jane Doe | call back | 7 | FREQ=WEEKLY | -",
        "2026-12-05 | - | pay the rent | - | FREQ=MONTHLY | -",
        "2026-12-07 | Jane Doe | odd rule (repeats: every blue moon) | - | - | -",
    ]
    assert [(each["line"], each["column"], each["reason"]) for each in answer["refused"]] == [
        (6, "due", "no date"),
    ]
    assert counts(read_file(REMINDERS, "--as", "reminders")) == (0, 0, 5, 1)


def test_undo_takes_interactions_and_reminders_back(read_file: Import, run) -> None:
    read_file(PIPEDRIVE)
    assert run("undo", "--yes")[0] == 0
    assert (interactions(run), reminders(run)) == ([], [])
    assert json.loads(run("--json", "find")[1] or "[]") == []
    assert run("db", "check")[0] == 0


def test_a_reminder_that_was_done_here_stays_done(read_file: Import, run) -> None:
    read_file(REMINDERS, "--as", "reminders")
    number = next(
        each["id"]
        for each in json.loads(run("--json", "reminder", "list", "--all")[1])
        if each["text"].startswith("odd")
    )
    assert run("done", str(number))[0] == 0
    assert counts(read_file(REMINDERS, "--as", "reminders")) == (0, 0, 5, 1)
