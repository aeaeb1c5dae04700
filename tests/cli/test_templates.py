"""Templates and `mail WHO`: what is saved, refused, shown and queued."""

import json

import pytest

OK, USAGE, NOT_FOUND, CONFLICT = 0, 2, 3, 4


@pytest.fixture
def run(typed, tmp_path, monkeypatch):
    """Run words where mail is set up, beside Jane and Bob; return the code and the words."""
    monkeypatch.setenv("CARDCRM_MAIL_HOST", "localhost")
    monkeypatch.setenv("CARDCRM_MAIL_FROM", "me@roofs.example")
    monkeypatch.chdir(tmp_path)
    typed("add", "Jane Doe", "--email", "jane@example.com", "--language", "de")
    typed("add", "Bob Roe", "--email", "bob@example.com")

    def run_(*words):
        code, out, err = typed(*words)
        return code, (err + out).strip()

    return run_


@pytest.fixture
def welcome(run, tmp_path):
    """A template in two languages, from files."""
    (tmp_path / "w.txt").write_text("Dear {{ contact.first_name }},\nwelcome.\n")
    (tmp_path / "w.html").write_text("<p>Dear {{ contact.name }}</p>")
    (tmp_path / "de.txt").write_text("Hallo {{ contact.first_name }}!\n")
    subject = "Hello {{ contact.first_name }}"
    assert run("template", "add", "welcome", "--subject", subject, "--text", "w.txt", "--html",
               "w.html") == (OK, "added template 1 welcome")  # fmt: skip
    assert run("template", "add", "welcome", "--language", "DE", "--subject", "Hallo", "--text",
               "de.txt") == (OK, "added template 2 welcome de")  # fmt: skip


def messages(run):
    return json.loads(run("message", "list", "--sort", "id", "--json")[1])


def test_a_template_is_refused_with_its_line_and_the_remedy(run):
    code, words = run("template", "add", "hi", "--text", "Dear\n{{ contact.frist_name }}")
    assert code == USAGE
    assert "template hi, text, line 2: unknown field contact.frist_name" in words
    assert "Did you mean contact.first_name?" in words
    code, words = run("template", "add", "hi", "--text", "missing.txt")
    assert (code, words.split("\n")[0]) == (NOT_FOUND, "error: no such file: missing.txt")
    assert run("template", "add", "a b", "--text", "x y")[0] == USAGE
    assert run("template", "add", "12", "--text", "x y")[0] == USAGE
    assert run("template", "add", "hi", "--text", "x y", "--language", "german")[0] == USAGE
    code, words = run("template", "add", "hi", "--text", "{% include 'sign' %} x")
    assert code == NOT_FOUND
    assert "cardcrm template add sign --text FILE" in words


@pytest.mark.usefixtures("welcome")
def test_a_language_is_named_behind_a_colon(run):
    code, words = run("template", "add", "WELCOME", "--text", "x y")
    assert code == CONFLICT
    assert "the template “welcome” already exists" in words
    assert json.loads(run("template", "show", "welcome:de", "--json")[1])["subject"] == "Hallo"
    code, words = run("template", "edit", "welcome:de", "--subject", "Servus")
    assert (code, words) == (OK, "changed template 2 welcome de: subject Hallo → Servus")
    assert run("template", "edit", "welcome", "--text", "{{ x }}")[0] == USAGE
    assert run("template", "rm", "welcome:de", "--yes")[0] == OK
    assert "unknown template “welcome:de”" in run("template", "show", "welcome:de")[1]


@pytest.mark.usefixtures("welcome")
def test_a_preview_is_shown_and_written_without_queueing(run, tmp_path):
    command = ("template", "preview", "welcome", "--for", "bob", "--output", "bob.html")
    assert run(*command)[0] == OK
    page = (tmp_path / "bob.html").read_text()
    assert "<p>Dear Bob Roe</p>" in page
    assert "default-src 'none'" in page
    assert run(*command)[0] == CONFLICT
    expected = "To:      Bob Roe <bob@example.com>\nSubject: Hello Bob\n\nDear Bob,\nwelcome."
    assert expected in run("mail", "bob", "--template", "welcome", "--preview")[1]
    shown = json.loads(run("mail", "jane", "--template", "welcome", "--preview", "--json")[1])
    assert (shown["to"], shown["text"]) == ("jane@example.com", "Hallo Jane!")
    assert messages(run) == []


@pytest.mark.usefixtures("welcome")
def test_a_mail_is_queued_with_its_texts(run):
    code, words = run("mail", "bob", "--template", "welcome", "--at", "2026-12-01")
    assert (code, words) == (
        OK,
        "queued message 1 to Bob Roe <bob@example.com>, not before Tue 2026-12-01 08:00; "
        "send with: cardcrm mail run",
    )
    code, words = run("mail", "jane", "--subject", "Samples", "they", "left", "today")
    assert (code, words.split(";")[0]) == (OK, "queued message 2 to Jane Doe <jane@example.com>")
    first, second = messages(run)
    assert (first["subject"], first["text"]) == ("Hello Bob", "Dear Bob,\nwelcome.")
    assert (first["html"], first["status"]) == ("<p>Dear Bob Roe</p>", "queued")
    assert first["due"].startswith("2026-12-01T")
    assert (second["text"], second["template"]) == ("they left today", None)


@pytest.mark.usefixtures("welcome")
def test_a_template_that_the_contact_has_had_is_named(run):
    assert "same template" not in run("mail", "bob", "--template", "welcome")[1]
    assert "same template" not in run("mail", "jane", "--template", "welcome")[1]
    words = run("mail", "bob", "--template", "welcome")[1]
    assert "message 1 of the same template: queued, " in words


@pytest.mark.usefixtures("welcome")
def test_an_address_that_opted_out_is_never_queued(run):
    run("edit", "bob", "--email", "robert@example.com")
    run("opt-out", "bob@example.com")
    assert "<robert@example.com>" in run("mail", "bob", "--template", "welcome")[1]
    code, words = run("mail", "bob", "--template", "welcome", "--to", "bob@example.com")
    assert code == CONFLICT
    assert "Bob Roe must not be mailed: bob@example.com: opted out" in words
    assert run("mail", "bob", "--template", "welcome", "--to", "x@example.com")[0] == USAGE
    assert len(messages(run)) == 1


def test_a_segment_is_asked_for_from_three_and_skips_who_must_not_be_mailed(run, welcome):
    for name in ("Ann", "Ben"):
        run("add", name, "--email", f"{name}@example.com")
    run("add", "Cy")
    run("opt-out", "ann@example.com")
    run("segment", "add", "everyone", "kind:person")
    command = ("mail", "@everyone", "--template", "welcome")
    code, words = run(*command, "--dry-run")
    assert code == OK
    assert words.startswith("would mail 3 contacts:")
    assert "left out: 1 no email address, 1 opted out" in words
    assert run(*command)[0] == USAGE
    assert messages(run) == []
    code, words = run(*command, "--yes")
    assert (code, words.split(";")[0]) == (OK, "queued 3 messages")
    assert {each["address"] for each in messages(run)} == {
        "jane@example.com", "bob@example.com", "Ben@example.com",
    }  # fmt: skip


def test_an_empty_field_of_one_contact_queues_nothing(run):
    run("template", "add", "hi", "--subject", "Hi", "--text", "{{ contact.city }} weather")
    run("edit", "jane", "--city", "Leeds")
    run("segment", "add", "everyone", "kind:person")
    code, words = run("mail", "@everyone", "--template", "hi", "--yes")
    assert code == USAGE
    assert "template hi: contact.city is empty for 1 of 2 contacts (2 Bob Roe)" in words
    assert messages(run) == []


def test_a_snippet_is_not_a_mail(run):
    run("template", "add", "sign", "--text", "Best wishes")
    code, words = run("mail", "bob", "--template", "sign")
    assert (code, "has no subject" in words) == (USAGE, True)
