"""The form of a card: everything that the shell can write, and two who write at the same time."""

import pytest

from cardcrm.records.contacts import contacts, custom_fields, parts, update
from cardcrm.records.contacts.update import Edit
from cardcrm.store import journal
from cardcrm.tui.forms.confirm_dialog import Answer
from cardcrm.tui.forms.conflict_dialog import Side, Which
from cardcrm.tui.forms.fields import Choice, Offers
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.form_line import Cross, Row
from cardcrm.tui.screens.page import Page

MARCUS = 10
SOURCE = "fair of 2026"


async def put(hands, texts):
    """Write texts into fields, each after what stands there."""
    for name, text in texts.items():
        hands.app.screen.go(name)
        await hands.settle()
        await hands.write(text)


async def instead(hands, name, text):
    """Write a text in place of what stands in a field."""
    hands.app.screen.paper.widget(name).value = ""
    await hands.settle()
    await put(hands, {name: text})


async def pick(hands, name, word):
    """Choose a word of a few."""
    hands.app.screen.paper.widget(name).value = word
    await hands.settle()


async def click_on(hands, name, column=1):
    """Click on a field, whether it is drawn or a widget."""
    line = hands.app.screen.paper.line_of(name)
    start = next(each.start for each in line.spots() if each.field and each.field.name == name)
    x, y = line.region.offset
    await hands.pilot.click(offset=(x + start + column, y))
    await hands.settle()


def details(store, contact_id=MARCUS):
    return contacts.details(store, contact_id)


def test_everything_can_be_written_on_a_new_card(drive, store):
    size = custom_fields.add(store, "Glove size", "number")
    heard = custom_fields.add(store, "Heard of us", "choice", ("fair", "friend"))

    async def script(hands):
        await hands.press("a")
        await put(
            hands,
            {
                "name": "María del Carmen López",
                "org": "Bramble Kitchen",
                "title": "head of buying",
                "email-0-value": "maria@example.com",
                "email-0-label": "work",
                "email-1-value": "mcl@home.example",
                "phone-0-value": "0113 496 0777",
                "web-0-value": "maria.example",
                "social-0-value": "@maria",
                "address-0-street": "1 High St",
                "address-0-label": "office",
                "address-0-city": "Leeds",
                "address-1-city": "York",
                "tags": "vip trade",
                "owner": "rosa",
                "source": "fair",
                "every": "6w",
                "note": "likes\ntulips",
                "birthday": "17 May 1980",
                "day-0-value": "5 June 2010",
                "day-0-label": "wedding",
                "relation-0-label": "spouse",
                "relation-0-value": "Marcus Adeyemi",
                f"custom_{size.id}": "7,5",
                "nicknames": "Mari, Carmencita",
                "given": "María",
                "family": "del Carmen López",
            },
        )
        await pick(hands, "email-1-mark", "opted out")
        await pick(hands, "stage", "partner")
        await pick(hands, f"custom_{heard.id}", "friend")
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)
        assert hands.app.page.card.card.details.contact.title == "head of buying"

    drive(script)
    made = store.value("SELECT max(id) FROM contact")
    told = details(store, made)
    head = told.contact
    assert (head.name, head.given, head.family) == (
        "María del Carmen López",
        "María",
        "del Carmen López",
    )
    assert (head.org, head.stage, head.owner, head.source) == (
        "Bramble Kitchen",
        "partner",
        "rosa",
        "fair",
    )
    assert (head.cadence_days, head.note) == (42, "likes\ntulips")
    assert [(p.kind, p.value, p.label, p.opted_out) for p in told.points] == [
        ("email", "maria@example.com", "work", False),
        ("email", "mcl@home.example", "", True),
        ("phone", "+44 113 496 0777", "", False),
        ("web", "maria.example", "", False),
        ("social", "@maria", "", False),
    ]
    assert [(a.label, a.street, a.city) for a in told.addresses] == [
        ("office", "1 High St", "Leeds"),
        ("", "", "York"),
    ]
    assert {(day.label, day.day) for day in told.days} == {
        ("birthday", "1980-05-17"),
        ("wedding", "2010-06-05"),
    }
    assert (told.tags, told.nicknames) == (("trade", "vip"), ("Mari", "Carmencita"))
    assert [(value.label, value.text) for value in told.fields] == [
        ("Glove size", "7,5"),
        ("Heard of us", "friend"),
    ]
    assert [(each.kind, each.other_id) for each in told.relations] == [("spouse", MARCUS)]


def test_what_stands_on_a_card_is_mended_marked_and_taken_off_in_one_step(drive, store):
    more = {"email": "second@example.com"}
    update.edit(store, [MARCUS], Edit(values=(("city", "Leeds"), ("birthday", "17 May"))))
    before = details(store)
    emails = [point for point in before.points if point.kind == "email"]
    steps = len(journal.steps(store, 9999))

    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"email-1-value": more["email"], "email-0-label": "work"})
        await pick(hands, "email-0-mark", "dead")
        await instead(hands, "phone-0-value", "0113 496 0999")
        await instead(hands, "address-0-city", "York")
        await instead(hands, "birthday", "")
        await hands.press("ctrl+o")

    drive(script)
    after = details(store)
    told = [(p.value, p.label, p.invalid) for p in after.points if p.kind == "email"]
    assert told == [(emails[0].value, "work", True), (more["email"], "", False)]
    assert "+44 113 496 0999" in [point.value for point in after.points]
    assert (after.addresses[0].city, after.days) == ("York", ())
    assert len(journal.steps(store, 9999)) == steps + 1
    assert [p.id for p in after.points if p.id in {p.id for p in before.points}]


def test_a_form_that_was_opened_and_saved_writes_nothing(drive, store):
    steps = len(journal.steps(store, 9999))

    async def script(hands):
        for key in ("2", "end"):
            await hands.press(key)
        await hands.press("e", "enter")
        assert any("was so already" in note for note in hands.notices)

    drive(script)
    assert len(journal.steps(store, 9999)) == steps


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("name", "", "A card needs a name."),
        ("email-1-value", "jane@", "“jane@” is no e-mail address"),
        ("phone-1-value", "no", "“no” is no phone number"),
        ("tags", "a:b", "is no tag"),
        ("every", "soon", "soon"),
        ("birthday", "31 feb", "is no day of the year"),
        ("budget", "lots", "“lots” is no"),
    ],
)
def test_what_is_wrong_is_said_in_the_shells_words_and_gone_to(drive, store, name, text, said):
    before = details(store)
    if name == "budget":
        name = f"custom_{custom_fields.find(store, name).id}"

    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, name, text)
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Form)
        assert said in " ".join(hands.text().split())
        assert hands.app.screen.focused.id == f"field-{name}"
        assert hands.app.screen.focused.has_class("-wrong")

    drive(script)
    assert details(store) == before


def test_what_was_understood_is_said(drive):
    async def script(hands):
        await hands.press("a")
        await put(hands, {"phone-0-value": "01134960123"})
        assert "+44 113 496 0123" in hands.text()
        await put(hands, {"address-0-country": "Germany"})
        await instead(hands, "phone-0-value", "0221 1234567")
        assert "+49 221 1234567" in hands.text()
        await put(hands, {"every": "6w"})
        assert "every 42 days" in hands.text()

    drive(script)


# cards found while one types


def test_a_card_is_found_while_its_name_is_typed_and_chosen_by_keys(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"relation-1-label": "friend", "relation-1-value": "raman"})
        assert "Priya Raman  #12" in hands.text()
        await hands.press("down", "up", "down", "enter")
        assert hands.app.screen.value("relation-1-value") == "#12"
        assert not hands.app.screen.query(Offers)
        await hands.press("enter")

    drive(script)
    assert ("friend", 12) in [(each.kind, each.other_id) for each in details(store).relations]


def test_an_organisation_is_found_and_chosen_with_the_mouse(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "org", "bram")
        assert "Bramble Kitchen" in hands.text()
        await hands.pilot.click(Offers, offset=(3, 0))
        await hands.settle()
        assert hands.app.screen.value("org") == "Bramble Kitchen"
        await hands.press("enter")

    drive(script)
    assert contacts.get(store, MARCUS).org == "Bramble Kitchen"


def test_a_number_that_can_be_none_is_told_and_kept(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"phone-1-value": "12"})
        await hands.press("tab")
        assert "is too short for a phone number" in hands.text()
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    assert "12" in [point.value for point in details(store).points]


def test_escape_takes_what_is_offered_away_first_and_so_does_going_on(drive):
    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"relation-1-value": "raman"})
        await hands.press("escape")
        assert isinstance(hands.app.screen, Form)
        assert not hands.app.screen.query(Offers)
        await instead(hands, "relation-1-value", "raman")
        await hands.press("tab")
        assert not hands.app.screen.query(Offers)

    drive(script)


def test_a_name_that_fits_several_is_told_with_them(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"relation-1-label": "friend", "relation-1-value": "calder"})
        await hands.press("ctrl+o")
        assert "cards fit “calder”" in hands.text()
        assert isinstance(hands.app.screen, Form)

    drive(script)


def test_what_another_card_says_of_this_one_can_only_be_taken_off(drive, store):
    with store.transaction("test"):
        parts.add_relation(store, 12, "boss", f"#{MARCUS}")

    async def script(hands):
        await hands.press("2", "e")
        field = hands.app.screen.paper.widget("relation-1-value")
        assert field.disabled
        assert field.value == "Priya Raman"
        field.scroll_visible(animate=False)
        await hands.settle()
        cross = next(
            each for each in hands.app.screen.query(Cross) if "relation-1-value" in each.fields
        )
        await hands.pilot.click(cross)
        await hands.settle()
        assert field.value == ""
        await hands.press("ctrl+o")

    drive(script)
    assert contacts.relations_of(store, 12) == []


# two at one card


def test_both_win_where_they_wrote_in_different_fields(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"source": " of 2026"})
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),), tags=("vip",)))
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    told = details(store)
    assert (told.contact.source, told.contact.title) == (SOURCE, "chief")
    assert "vip" in told.tags


@pytest.mark.parametrize(
    ("keys", "stays"),
    [
        (("ctrl+o",), "head of events"),
        (("right", "ctrl+o"), "chief"),
        (("right", "left", "enter"), "head of events"),
        (("down", "space", "ctrl+o"), "chief"),
        (("down", "up", "space", "ctrl+o"), "head of events"),
    ],
)
def test_where_both_wrote_in_one_field_the_second_is_asked(drive, store, keys, stays):
    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "title", "head of events")
        await put(hands, {"source": " of 2026"})
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),)))
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Which)
        shown = hands.text()
        assert "role" in shown
        assert "yours   head of events" in shown
        assert "theirs  chief" in shown
        assert "theirs was written by colleague on " in shown
        assert "10:00" in shown
        assert contacts.get(store, MARCUS).source != SOURCE
        await hands.press(*keys)
        assert isinstance(hands.app.screen, Page)

    drive(script)
    told = contacts.get(store, MARCUS)
    assert (told.title, told.source) == (stays, SOURCE)


def test_the_mouse_says_which_stays(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "title", "head of events")
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),)))
        await hands.press("ctrl+o")
        await hands.pilot.click("#theirs-0")
        await hands.settle()
        assert "● theirs" in hands.text()
        await hands.press("ctrl+o")

    drive(script)
    assert contacts.get(store, MARCUS).title == "chief"


def test_one_may_go_back_to_the_form_instead_and_nothing_is_lost(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "title", "head of events")
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),)))
        await hands.press("ctrl+o", "escape")
        assert isinstance(hands.app.screen, Form)
        assert hands.app.screen.value("title") == "head of events"
        assert "nothing was saved" in hands.text()
        await hands.press("ctrl+o")
        await hands.pilot.press("ctrl+c")
        await hands.settle()
        assert isinstance(hands.app.screen, Form)

    drive(script)
    assert contacts.get(store, MARCUS).title == "chief"


def test_long_words_of_both_are_shown_cut_and_safe(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await put(hands, {"note": " mine\x1b[31m" + "long " * 300})
        update.edit(store, [MARCUS], Edit(values=(("note", "theirs " * 4000),)))
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Which)
        assert all(side.size.height <= 7 for side in hands.app.screen.query(Side))
        assert "\x1b" not in hands.text()

    drive(script, size=(80, 24))


# a card that is gone


def test_a_card_removed_meanwhile_may_be_saved_as_a_new_one(drive, store):
    email = next(p.value for p in details(store).points if p.kind == "email")

    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "title", "head of events")
        contacts.remove(store, [MARCUS])
        await hands.press("ctrl+o")
        assert "was removed meanwhile" in " ".join(hands.text().split())
        await hands.press("n")
        assert isinstance(hands.app.screen, Page)
        assert hands.app.page.card.card.details.contact.title == "head of events"

    drive(script)
    made = details(store, store.value("SELECT max(id) FROM contact"))
    assert (made.contact.name, made.contact.title) == ("Marcus Adeyemi", "head of events")
    assert email in [point.value for point in made.points]


@pytest.mark.parametrize("way", ["key", "mouse"])
def test_or_be_copied_and_stays_in_the_form(drive, store, way):
    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "title", "head of events")
        contacts.remove(store, [MARCUS])
        await hands.press("ctrl+o")
        if way == "key":
            await hands.press("c")
        else:
            await hands.pilot.click(hands.app.screen.query(Answer)[1])
            await hands.settle()
        assert "role: head of events" in hands.app.clipboard
        assert hands.app.screen.value("title") == "head of events"
        assert "nothing was saved" in hands.text()
        await hands.press("ctrl+o", "b")
        assert hands.app.screen.value("title") == "head of events"

    drive(script)
    assert store.value("SELECT count(*) FROM contact WHERE name = 'Marcus Adeyemi'") == 0


def test_once_it_is_brought_back_it_can_be_saved_after_all(drive, store):
    async def script(hands):
        await hands.press("2", "e")
        await instead(hands, "title", "head of events")
        contacts.remove(store, [MARCUS])
        await hands.press("ctrl+o", "escape")
        journal.undo(store)
        await hands.press("ctrl+o")
        assert isinstance(hands.app.screen, Page)

    drive(script)
    assert contacts.get(store, MARCUS).title == "head of events"


# going about in it


def test_up_and_down_go_from_line_to_line_and_the_page_keys_from_part_to_part(drive):
    async def script(hands):
        await hands.press("a")
        seen = []
        for key in ("down", "down", "down", "down", "up", "pagedown", "pagedown", "pageup"):
            await hands.press(key)
            seen.append(hands.app.screen.focused.id.removeprefix("field-"))
        assert seen == [
            "kind", "org", "title", "email-0-value", "title", "email-0-value", "tags",
            "email-0-value",
        ]  # fmt: skip

    drive(script, size=(80, 24))


def test_the_whole_form_can_be_reached_in_a_small_window(drive):
    async def script(hands):
        await hands.press("a")
        for _ in range(60):
            await hands.press("down")
            if hands.app.screen.focused.id == "field-note":
                await hands.press("tab")
        assert hands.app.screen.focused.id == "field-family"
        assert "family name" in hands.text()

    drive(script, size=(50, 14))


def test_the_mouse_reaches_fields_choices_and_crosses(drive):
    async def script(hands):
        await hands.press("2", "e")
        form = hands.app.screen
        await click_on(hands, "title")
        assert form.focused is form.paper.widget("title")
        for _ in range(2):  # a field that is only drawn takes a click as one that is a widget
            await click_on(hands, "kind", 10)
            assert form.value("kind") == "org"
            form.paper.widget("kind").value = "person"
        for mark in ("opted out", "dead"):
            await click_on(hands, "email-0-mark")
            assert form.value("email-0-mark") == mark
        await click_on(hands, "email-0-value", 3)
        await hands.press("X")
        assert form.value("email-0-value")[3] == "X"
        await hands.pilot.click(next(iter(form.query(Cross))))
        await hands.settle()
        assert form.value("email-0-value") == form.value("email-0-mark") == ""

    drive(script)


def test_another_blank_line_stands_below_the_last_that_is_written_in(drive):
    async def script(hands):
        await hands.press("a")
        form = hands.app.screen
        for number in range(3):
            assert f"email-{number + 1}-value" not in form.paper.fields
            await put(hands, {f"email-{number}-value": f"a{number}@example.com"})
        assert form.value("email-3-value") == ""
        lines = [line for line in form.query(Row) if line.fields[0].name.startswith("email")]
        assert [line.fields[0].name for line in lines] == [f"email-{n}-value" for n in range(4)]
        assert [line.is_blank for line in lines] == [False, False, False, True]
        assert all(isinstance(line.children[2], Choice) for line in lines[:3])

    drive(script)


def test_edit_begins_at_the_number_that_is_chosen_on_the_card(drive, store):
    async def script(hands):
        await hands.press("2", "enter")
        await hands.press(*["down"] * 2)
        value = hands.app.page.card.target.text
        await hands.press("e")
        assert hands.app.screen.focused.value == value

    drive(script)


@pytest.mark.parametrize("size", [(80, 24), (100, 60), (200, 60), (50, 20)])
def test_a_field_looks_the_same_drawn_as_when_one_can_write_in_it(drive, size):
    async def script(hands):
        await hands.press("2", "M", "e")
        form = hands.app.screen
        form.set_focus(None)
        await hands.settle()
        before = hands.text()
        for line in form.query(Row):
            for field in line.there:
                form.paper.widget(field.name)
        await hands.settle()
        await hands.pilot.pause(0.1)
        form.paper.scroll_home(animate=False)
        await hands.settle()
        assert hands.text() == before

    drive(script, size=size)


def test_a_form_makes_widgets_only_of_what_one_goes_to(drive):
    async def script(hands):
        await hands.press("a")
        form = hands.app.screen
        assert set(form.paper.widgets) == {"name", "note"}  # a long text wraps as it is written
        await hands.press("tab")
        assert form.focused is form.paper.widget("kind")
        assert "birthday" not in form.paper.widgets
        assert form.value("stage") == "lead"

    drive(script, size=(200, 60))
