"""The page of the inbox: what waits for an answer, and what is done with it."""

import pytest

from cardcrm.errors import ServiceError
from cardcrm.records import records, registry
from cardcrm.records.activity.mail_drafts import MailAddress, MailDraft
from cardcrm.records.activity.mail_log import MailOptions, log_mails
from cardcrm.records.deals import stored_deals
from cardcrm.records.mail import permission, received
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.mail.template_use import list_for_people
from cardcrm.tui.forms import inbox_actions
from cardcrm.tui.screens.mail_view import MailScreen
from tests.support.sequences import add_sequence

SETTINGS = {"mail.host": "localhost", "mail.from": "ann@example.org"}
PRIYA, LIAM, JOAN = 50, 43, 33  # interactions of the sample shop, as they wait


def setting(name):
    return SETTINGS.get(name, "")


def waiting(pilot):
    return [getattr(row, "id", row) for row in pilot.app.page.list.rows]


def message_of(store):
    return store.row("SELECT * FROM message ORDER BY id DESC")


@pytest.mark.engines("sqlite", "postgresql")
async def test_page_lists_threads_and_senders_beside_the_card(open_app, store):
    async with open_app(size=(100, 30)) as pilot:
        await pilot.press("9")
        assert waiting(pilot)[:4] == [PRIYA, LIAM, JOAN, "Not yet contacts"]
        assert "Priya Raman" in pilot.app.page.card.card.details.contact.name
        assert "! promised by 2026-11-15: price for a bigger" in pilot.text()
        await pilot.press("down")
        assert "Liam Gaunt" in pilot.app.page.card.card.details.contact.name
        received.mark_done(store, LIAM)
        await pilot.look_for_changes()
        assert waiting(pilot)[:2] == [PRIYA, JOAN]
        assert pilot.app.page.list.selected.id == JOAN


async def test_reply_of_a_template_keeps_its_html_while_the_text_is_the_same(
    open_app, store, monkeypatch
):
    texts = {"name": "hello", "subject": "Offer", "text": "Dear Priya", "html": "<p>Dear Priya"}
    records.add(store, TEMPLATE, texts)
    monkeypatch.setattr(inbox_actions, "edit_text", lambda _context, text: text)
    async with open_app(setting=setting) as pilot:
        await pilot.press("9", "r", "right", "enter")
        assert message_of(store)["html"].startswith("<p>Dear Priya\n<p>On 2026-11-14 at ")


async def test_reply_of_a_template_is_signed_with_the_name_beside_the_address(
    open_app, store, monkeypatch
):
    records.add(store, TEMPLATE, {"name": "hi", "subject": "S", "text": "Yours {{ user.name }}"})
    monkeypatch.setattr(inbox_actions, "edit_text", lambda _context, text: text)
    named = {**SETTINGS, "mail.name": "Ann Hollis"}
    async with open_app(setting=lambda name: named.get(name, "")) as pilot:
        await pilot.press("9", "r", "right", "enter")
        assert message_of(store)["text"].startswith("Yours Ann Hollis\n")


@pytest.mark.engines("sqlite", "postgresql")
async def test_reply_is_written_with_a_template_in_the_editor(open_app, store, monkeypatch):
    texts = {"name": "hello", "subject": "Offer", "text": "Dear Priya", "html": "<p>Dear Priya"}
    template = records.add(store, TEMPLATE, texts).id
    seen = []

    def edit(_context, text):
        seen.append(text)
        return text.replace("Dear Priya", "Dear Priya, 40 pounds")

    monkeypatch.setattr(inbox_actions, "edit_text", edit)
    async with open_app(setting=setting) as pilot:
        await pilot.press("9", "r", "right", "enter")
        assert "Queued the reply to Priya Raman; to send it: cardcrm mail run" in pilot.notices
        assert waiting(pilot)[0] == LIAM
        row = message_of(store)
        assert (row["subject"], row["contact_id"]) == ("Re: Foyer at Calder & Finch", 12)
        assert row["text"].startswith("Dear Priya, 40 pounds\n\nOn 2026-11-14 at ")
        assert "\n> Partners ask what a bigger" in row["text"]
        assert row["reply_to_id"] == received.get(store, PRIYA).message_id
        assert (row["template_id"], row["html"]) == (template, "")
        await pilot.press("u")
        assert waiting(pilot)[0] == PRIYA
    assert seen[0].startswith("Subject: Re: Foyer at Calder & Finch\n\nDear Priya\n\nOn 2026")


def add_templates(store, count):
    for number in range(1, count + 1):
        texts = {"name": f"note-{number}", "subject": "Note", "text": "Dear {{ contact.name }}"}
        records.add(store, TEMPLATE, texts)


async def test_templates_are_listed_and_chosen_by_their_names(open_app, store, monkeypatch):
    add_templates(store, 3)
    seen = []
    monkeypatch.setattr(inbox_actions, "edit_text", lambda _, text: seen.append(text) or text)
    async with open_app(setting=setting, size=(80, 24)) as pilot:
        await pilot.press("9", "r")
        for name in ("none", "note-1", "note-2", "note-3", "quote-follow-up", "win-back"):
            assert f" {name} " in pilot.text()
        await pilot.press("n", "o", "t", "e", "-", "3")
        assert pilot.app.screen.value("template") == "note-3"
        await pilot.press("down")
        assert pilot.app.screen.value("template") == "quote-follow-up"
        await pilot.press("up", "up")
        assert pilot.app.screen.value("template") == "note-2"
        await pilot.press("enter")
    assert "Dear Priya Raman" in seen[0]


async def test_many_templates_are_scrolled_and_clicked(open_app, store):
    add_templates(store, 30)
    async with open_app(setting=setting, size=(80, 24)) as pilot:
        await pilot.press("9", "r", *["down"] * 20)
        chosen = pilot.app.screen.value("template")
        assert f" {chosen} " in pilot.text()
        await pilot.click("ListChoice", offset=(2, 0))
        assert pilot.app.screen.value("template") != chosen


async def test_templates_of_sequences_come_last(open_app, store):
    add_templates(store, 1)
    add_sequence(store, '[[step]]\nmail = "note-1"\n')
    assert list_for_people(store)[-1] == "note-1"


async def test_reply_without_templates_opens_the_editor_at_once(open_app, store, monkeypatch):
    for noun in ("campaign", "template"):
        type_ = registry.record_type(noun)
        records.remove(store, type_, [row[0] for row in store.rows(f"SELECT id FROM {noun}")])
    answers = ["", "Subject: Re: Foyer\n\nYes"]
    monkeypatch.setattr(inbox_actions, "edit_text", lambda *_: answers.pop(0))
    async with open_app(setting=setting) as pilot:
        await pilot.press("9", "r")
        assert any("the reply is empty" in each for each in pilot.notices)
        await pilot.press("r")
        assert (message_of(store)["subject"], message_of(store)["text"]) == ("Re: Foyer", "Yes")


async def test_text_is_kept_while_the_reply_cannot_be_queued(open_app, store, monkeypatch):
    records.add(store, TEMPLATE, {"name": "hello", "subject": "Offer", "text": "Dear Priya"})
    seen = []

    def edit(_context, text):
        seen.append(text)
        if len(seen) == 1:
            return "Subject: x\n\n> only quoted"
        return "Subject: x\n\nmine"

    monkeypatch.setattr(inbox_actions, "edit_text", edit)
    async with open_app(setting=setting) as pilot:
        await pilot.press("9", "r", "enter")
        assert "the reply is empty" in pilot.text()
        await pilot.press("enter")
    assert seen[1] == "Subject: x\n\n> only quoted"
    assert message_of(store)["text"] == "mine"


async def test_reply_is_refused_to_an_address_that_opted_out(open_app, store, monkeypatch):
    permission.opt_out(store, "priya@calderfinch.example.com", source="hand")
    monkeypatch.setattr(inbox_actions, "edit_text", lambda *_: pytest.fail("was opened"))
    async with open_app(setting=setting) as pilot:
        await pilot.press("9", "r")
        assert any("Priya Raman must not be mailed" in each for each in pilot.notices)


async def test_failing_editor_is_an_error(open_app, monkeypatch):
    def fail(*_):
        raise ServiceError("the editor failed")

    monkeypatch.setattr(inbox_actions, "edit_text", fail)
    async with open_app(setting=setting) as pilot:
        await pilot.press("9", "r", "enter")
        assert "the editor failed" in pilot.text()


async def test_whole_mail_is_scrolled_and_answered_from_there(open_app, store):
    whole = "\n".join(f"line {each}" for each in range(300))
    jane = MailAddress("liam.gaunt@example.com", "Liam Gaunt")
    draft = MailDraft(
        "long@x", jane, (MailAddress("ann@example.org"),), None, "Long\n\nshort", subject="Long",
        full_text=f"\x1b[31mshort\u202e\n> {'quoted ' * 40}\n{whole}",
    )  # fmt: skip
    log_mails(store, [draft], MailOptions(frozenset({"ann@example.org"})))
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("9", "down", "down")
        assert pilot.app.page.list.selected.subject == "Long"
        await pilot.press("enter")
        assert isinstance(pilot.app.screen, MailScreen)
        text = pilot.text()
        assert "Subject: Long" in text
        assert "line 3" in text
        assert "line 200" not in text
        assert not set("\x1b\u202e") & set(text)
        await pilot.press("end")
        assert "line 299" in pilot.text()
        await pilot.press("home", "pagedown", "down")
        assert "Liam Gaunt <liam.gaunt@example.com>" in pilot.text()
        assert "line 20" in pilot.text()
        await pilot.press("x")
        assert not isinstance(pilot.app.screen, MailScreen)
        assert "The mail of Liam Gaunt needs no answer; u undoes it" in pilot.notices


async def test_sender_is_added_with_name_and_address_or_ignored(open_app, store):
    async with open_app(size=(100, 40)) as pilot:
        await pilot.press("9", "end", "x")
        assert "Ignoring events@moorview.example; u undoes it" in pilot.notices
        assert waiting(pilot)[-2] == "Not yet contacts"
        await pilot.press("end", "plus")
        assert pilot.app.screen.value("name") == "Otis Brandt"
        assert pilot.app.screen.value("email-0-value") == "otis.brandt@example.net"
        await pilot.press("ctrl+o")
        assert store.value("SELECT name FROM contact ORDER BY id DESC LIMIT 1") == "Otis Brandt"
        await pilot.press("9")
        assert waiting(pilot) == [PRIYA, LIAM, JOAN]


async def test_mail_becomes_a_deal_a_reminder_and_a_call(open_app, store):
    async with open_app() as pilot:
        with store.transaction():
            row_id = store.value("SELECT id FROM received_mail WHERE interaction_id = :i", i=LIAM)
            store.update("received_mail", row_id, subject="AW: Re: Subscriptions?")
        await pilot.press("9", "down", "d", "ctrl+o")
        deal = store.row("SELECT id, title FROM deal ORDER BY id DESC LIMIT 1")
        assert deal["title"] == "Subscriptions?"
        assert stored_deals.get(store, deal["id"]).contact_id == 34
        await pilot.press("n")
        assert pilot.app.screen.value("text") == "answer: Subscriptions?"
        await pilot.press("escape", "y", "l")
        await pilot.paste("rang him")
        await pilot.press("ctrl+o")
        assert "rang him" in store.value("SELECT text FROM interaction ORDER BY id DESC LIMIT 1")


async def test_only_mail_of_mine_is_listed(open_app, store):
    async with open_app() as pilot:
        await pilot.press("9")
        with store.transaction():
            store.update("contact", 12, owner="milo")
        await pilot.press("b")
        assert PRIYA not in waiting(pilot)
        assert "mine" in pilot.text().split("\n")[0]
        await pilot.press("b")
        assert PRIYA in waiting(pilot)
