"""The commands of assets and contracts, from the first entry to the recall."""

import json

import pytest

OK, FAILED, USAGE, NOT_FOUND, AMBIGUOUS = 0, 1, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-27T10:00"


@pytest.fixture
def say(typed):
    """Type a command, and return all that it answers."""

    def run(*words, code=OK):
        found, out, err = typed(*words)
        assert found == code, err
        return (err + out).strip()

    return run


@pytest.fixture
def rows(say):
    return lambda *words: json.loads(say(*words, "--format", "json"))


def test_an_asset_goes_from_the_first_entry_to_the_next_service(say, rows):
    say("add", "Jane", "Doe", "--phone", "+44 113 496 0001")
    added = say("asset", "add", "jane", "Wall", "boiler", "--serial", "SN123", "--service-every",
                "12m", "--since", "2023-12-01")  # fmt: skip
    assert added.splitlines()[0] == "added asset 1 Wall boiler SN123 (Jane Doe)"
    assert "added product Wall boiler to the catalog" in added
    assert "next service Tue 1 Dec, reminder 1" in added
    assert [each["text"] for each in rows("due")["coming"]] == ["service Wall boiler SN123"]
    assert rows("asset", "list", 'product:"Wall boiler"', "serial:SN1")[0]["next_service"] == (
        "2026-12-01"
    )
    assert "case 1 of Jane Doe" in say("case", "open", "jane", "it leaks", "--asset", "SN123")
    done = say("asset", "service", "1", "changed", "the", "filter", "--minutes", "40")
    assert "service of asset 1 Wall boiler SN123" in done
    assert "next service 27 Nov 2027, reminder 2" in done
    shown = rows("asset", "show", "1")
    assert [each["text"] for each in shown["service_history"]] == [
        "service of Wall boiler SN123: changed the filter"
    ]
    assert shown["asset_cases"] == [{"id": 1, "status": "new", "text": "it leaks"}]
    card = rows("show", "jane")
    assert [each["text"] for each in card["interactions"]] == [
        "service of Wall boiler SN123: changed the filter"
    ]
    assert card["assets"] == [
        {"id": 1, "product": "Wall boiler", "serial": "SN123", "warranty": None,
         "next_service": "2027-11-27"}
    ]  # fmt: skip
    assert "SN123" in say("show", "jane")
    assert "done 2" in say("done", "2", "--on", "today")
    assert [each["kind"] for each in rows("asset", "show", "1")["service_history"]] == [
        "service", "service",
    ]  # fmt: skip
    say("undo")
    assert len(rows("asset", "show", "1")["service_history"]) == 1
    say("asset", "retire", "1", "scrapped")
    assert rows("asset", "list") == []
    assert rows("due", "--days", "400")["coming"] == []


def test_a_reading_moves_the_reminder(say, rows):
    say("add", "Jane", "Doe")
    added = say("asset", "add", "jane", "Press", "--service-every", "500h")
    assert "to plan its next service, enter a reading: cardcrm asset reading 1 N" in added
    say("asset", "reading", "1", "100", "--on", "2026-11-07")
    assert "next service" in say("asset", "reading", "1", "200")
    assert rows("asset", "show", "1")["next_service"] == "2027-01-26"
    say("asset", "reading", "1", "150", code=USAGE)
    say("asset", "reading", "1", "640")
    assert rows("due")["today"][0]["text"] == "service Press, at 500 h"


def test_a_recall_lists_the_owners_and_plans_the_calls(say, rows):
    for name, serial in (("Jane Doe", "A80"), ("Bob Ray", "A7"), ("Ann Lee", "A75")):
        say("add", name)
        say("asset", "add", name, "Boiler", "--serial", serial)
    say("asset", "add", "jane", "Boiler", "--serial", "A200")
    say("asset", "add", "ann", "Boiler", "--serial", "A81")
    found = rows("asset", "recall", "Boiler", "--from", "A70", "--to", "A100")
    assert [each["serial"] for each in found] == ["A75", "A80", "A81"]
    assert "would add" in say("asset", "recall", "Boiler", "--remind", "mon", "--dry-run")
    assert "add --yes" in say("asset", "recall", "Boiler", "--remind", "mon", code=USAGE)
    say("asset", "recall", "Boiler", "--remind", "mon", "--text", "call them", "--yes")
    texts = [each["text"] for each in rows("due")["coming"]]
    assert "call them: A80, A200" in texts
    assert len(texts) == 3


def test_a_contract_goes_from_its_start_to_its_end(say, rows):
    say("add", "Jane", "Doe")
    added = say("contract", "add", "jane", "yearly", "maintenance", "--start", "2025-12-31",
                "--renewal", "12m", "--notice", "4w", "--price", "240")  # fmt: skip
    assert added == (
        "added contract 1 yearly maintenance (Jane Doe), until Wed 30 Dec, notice by Wed 2 Dec"
    )
    assert rows("due")["contracts_due"] == [
        {"id": 1, "text": "yearly maintenance", "deadline": "notice", "due": "2026-12-02",
         "renewal_term": "12 months", "contact_id": 1, "contact": "Jane Doe"}
    ]  # fmt: skip
    assert "notice by in 5 days" in say("due", "--format", "table")
    assert [each["per"] for each in rows("show", "jane")["contracts"]] == ["year"]
    assert "until" in say("contract", "end", "1")
    assert rows("contract", "list", "canceled")[0]["ends_on"] == "2026-12-30"
    assert "renewed contract 1" in say("contract", "renew", "1")
    say("contract", "end", "1", "--on", "today")
    assert rows("contract", "list") == []
    say("contract", "end", "1", code=AMBIGUOUS)


def test_a_list_says_which_terms_are_over_and_cron_stores_the_next(say, rows):
    say("add", "Jane", "Doe")
    say("contract", "add", "jane", "care", "--start", "2020-01-01", "--renewal", "12m")
    assert "to update: cardcrm contract renew" in say("contract", "list", "--format", "table")
    assert [each["ends_on"] for each in rows("contract", "renew")] == ["2026-12-31"]
    assert rows("contract", "renew") == []
    assert say("contract", "renew") == ""
