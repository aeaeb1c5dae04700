"""The commands of dunning, of the costs of campaigns and of the month for the accountant."""

import json

import pytest

OK, USAGE, NOT_FOUND = 0, 2, 3


@pytest.fixture
def now():
    return "2026-10-12T12:00"


@pytest.fixture
def run(typed):
    """Run words beside two overdue invoices; return the code and the words."""
    typed("add", "Jane Doe", "--email", "jane@example.com", "--language", "de")
    typed("add", "Bob Ray")
    typed("config", "set", "mail.host", "localhost")
    typed("config", "set", "mail.from", "me@example.com")
    for number, who, amount in (("R1", "jane", "1250"), ("R2", "bob", "20")):
        typed("invoice", "add", number, "--contact", who, "--amount", amount,
              "--on", "2026-09-01", "--due", "2026-10-01")  # fmt: skip

    def run_(*words):
        code, out, err = typed(*words)
        return code, (err + out).strip()

    return run_


def rows(run, *words):
    return json.loads(run(*words, "--format", "json")[1])


def test_a_step_is_mailed_in_the_language_of_the_customer(run):
    run("template", "add", "ask", "--language", "de", "--subject", "{{ invoice.number }}", "--text",
        "{{ invoice.open }} {{ invoice.due }} {{ invoice.days }} {{ invoice.level }} "
        "{{ invoice.fee }}")  # fmt: skip
    run("dunning", "add", "ask", "--days", "7", "--template", "ask", "--fee", "5 EUR")
    planned = rows(run, "invoice", "dunning", "--dry-run")
    assert [(each["number"], each["action"], each["reason"]) for each in planned] == [
        ("R1", "mail", None), ("R2", "reminder", "Bob Ray has no email address"),
    ]  # fmt: skip
    assert rows(run, "message", "list") == []
    done = rows(run, "invoice", "dunning")
    assert [each["action"] for each in done] == ["mail", "reminder"]
    (mail,) = rows(run, "message", "list")
    assert (mail["subject"], mail["purpose"], mail["step"]) == ("R1", None, "dunning")
    assert mail["text"] == "1.250,00 GBP 1. Oktober 2026 11 1 5 EUR"
    shown = rows(run, "invoice", "show", "R1")["dunning"]
    assert [(each["level"], each["on"], each["status"]) for each in shown] == [
        (1, "2026-10-12", "queued")
    ]
    assert "level 1 ask  mail queued" in run("invoice", "show", "R1")[1]
    assert run("invoice", "paid", "R1")[1].endswith("withdrew 1 dunning notice that was still open")


def test_an_opt_out_of_all_mail_makes_a_reminder_and_a_refused_newsletter_does_not(run):
    run("template", "add", "ask", "--subject", "Hello", "--text", "Hello there")
    run("dunning", "add", "ask", "--days", "7", "--template", "ask")
    run("consent", "set", "jane", "--withdraw")
    assert rows(run, "invoice", "dunning", "--dry-run")[0]["action"] == "mail"
    run("opt-out", "jane")
    (first, _) = rows(run, "invoice", "dunning", "--dry-run")
    assert first["action"] == "reminder"
    assert "opted out" in first["reason"]


def test_cron_hears_nothing_when_nothing_is_to_be_done(run):
    assert "no dunning steps yet" in run("invoice", "dunning", "--dry-run")[1]
    run("dunning", "add", "late", "--days", "60")
    assert run("invoice", "dunning") == (OK, "")


def test_the_costs_of_a_campaign_are_listed_and_removed(run):
    run("template", "add", "ask", "--subject", "Hello", "--text", "Hello there")
    run("campaign", "add", "spring", "--segment", "all", "--template", "ask")
    assert rows(run, "campaign", "results", "spring")["cost"] is None
    added = run("campaign", "cost", "spring", "250", "--note", "print", "--on", "2026-10-02")
    assert added == (OK, "added a cost of 250.00 GBP for print to spring")
    run("campaign", "cost", "spring", "40")
    run("campaign", "cost", "spring", "10 EUR")
    listed = rows(run, "campaign", "cost", "spring")
    assert [(each["on"], each["note"]) for each in listed] == [
        ("2026-10-02", "print"), ("2026-10-12", None), ("2026-10-12", None),
    ]  # fmt: skip
    assert run("campaign", "cost", "spring", "--rm", "2")[0] == OK
    found = rows(run, "campaign", "results", "spring")
    assert (found["cost"]["amount"], found["return_on_investment"]) == ("250.00", -1)
    assert "do not count: 10.00 EUR" in run("campaign", "results", "spring")[1]
    assert run("campaign", "cost", "spring", "--rm", "9")[0] == NOT_FOUND
    assert run("campaign", "cost", "spring", "--note", "x")[0] == USAGE
    run("undo")
    assert len(rows(run, "campaign", "cost", "spring")) == 3
    assert len(rows(run, "campaign", "show", "spring")["costs"]) == 3


def test_the_month_for_the_accountant_is_written_in_each_format(run):
    run("invoice", "paid", "R2")
    month = ("report", "accountant", "--month", "2026-10")
    found = rows(run, *month)
    assert [(each["section"], each["amount"]["amount"]) for each in found["summary"]] == [
        ("paid", "20.00"), ("open", "1250.00"),
    ]  # fmt: skip
    assert [each["name"] for each in found["new_contacts"]] == ["Jane Doe", "Bob Ray"]
    assert run(*month, "--format", "csv")[1].splitlines() == [
        "section,age_group,tax_rate,document_count,net,currency,tax,amount",
        "paid,,,1,,GBP,,20.00", "open,1-30 days,,1,,GBP,,1250.00",
    ]  # fmt: skip
    assert "| paid" in run(*month, "--format", "markdown")[1]
    assert [each["number"] for each in rows(run, *month, "--rows")] == ["R2", "R1"]
    issued = rows(run, "report", "accountant")  # of September, the month before
    assert [each["section"] for each in issued["summary"]] == ["issued", "open"]
