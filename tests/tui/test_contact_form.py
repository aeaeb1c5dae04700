"""The contact form: every field of the shell, and two users who edit at the same time."""

import pytest

from cardcrm.records.contacts import contacts, custom_fields, update, writer
from cardcrm.records.contacts.drafts import RelationDraft
from cardcrm.records.contacts.update import Edit
from cardcrm.store import journal
from cardcrm.tui.forms.choice_field import Choice
from cardcrm.tui.forms.completion_popup import CompletionList
from cardcrm.tui.forms.confirm_dialog import Answer
from cardcrm.tui.forms.conflict_dialog import ConflictDialog, Side
from cardcrm.tui.forms.form import Form
from cardcrm.tui.forms.form_line import FormLine
from cardcrm.tui.screens.page import Page

MARCUS = 10
SOURCE = "fair of 2026"


async def put(pilot, texts):
    """Type texts at the end of fields."""
    for name, text in texts.items():
        pilot.app.screen.go(name)
        await pilot.settle()
        await pilot.paste(text)


async def instead(pilot, name, text):
    """Replace the text of a field."""
    pilot.app.screen.fields.widget(name).value = ""
    await pilot.settle()
    await put(pilot, {name: text})


async def click_on_clear(pilot, name):
    """Click on the button that empties the entry of a field."""
    line = pilot.app.screen.fields.line_of(name)
    await pilot.click(line, offset=(line.size.width - 1, 0))
    await pilot.settle()


async def pick(pilot, name, word):
    """Choose a word of a choice field."""
    pilot.app.screen.fields.widget(name).value = word
    await pilot.settle()


async def click_on(pilot, name, column=1):
    """Click on a field, drawn or mounted."""
    line = pilot.app.screen.fields.line_of(name)
    start = next(each.start for each in line.spots() if each.field and each.field.name == name)
    x, y = line.region.offset
    await pilot.click(offset=(x + start + column, y))
    await pilot.settle()


def details(store, contact_id=MARCUS):
    return contacts.details(store, contact_id)


@pytest.mark.engines("sqlite", "postgresql")
async def test_new_contact_takes_every_field(open_app, store):
    size = custom_fields.add(store, "Glove size", "number")
    heard = custom_fields.add(store, "Heard of us", "choice", ("fair", "friend"))

    async with open_app() as pilot:
        await pilot.press("a")
        await put(
            pilot,
            {
                "name": "María del Carmen López",
                "org": "Bramble Kitchen",
                "title": "head of buying",
                "email-0-value": "maria@example.com",
                "email-0-label": "work",
                "email-1-value": "mcl@home.example",
                "phone-0-value": "0113 496 0777 (Mum)",
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
                "prefix": "Dra.",
                "given": "María",
                "family": "del Carmen López",
                "sort_as": "Carmen",
            },
        )
        await pick(pilot, "email-1-mark", "opted out")
        await pick(pilot, "stage", "partner")
        await pick(pilot, f"custom_{heard.id}", "friend")
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.page.card.card.details.contact.title == "head of buying"
    made = store.value("SELECT max(id) FROM contact")
    told = details(store, made)
    head = told.contact
    assert (head.name, head.given, head.family) == (
        "María del Carmen López",
        "María",
        "del Carmen López",
    )
    assert (head.prefix, head.sort_as, head.sort_key) == ("Dra.", "Carmen", "carmen")
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
        ("phone", "+44 113 496 0777", "Mum", False),
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
        ("Glove size", "7.5"),
        ("Heard of us", "friend"),
    ]
    assert [(each.kind, each.other_id) for each in told.relations] == [("spouse", MARCUS)]


@pytest.mark.engines("sqlite", "postgresql")
async def test_edits_marks_and_removals_are_one_step(open_app, store):
    more = {"email": "second@example.com"}
    update.edit(store, [MARCUS], Edit(values=(("city", "Leeds"), ("birthday", "17 May"))))
    before = details(store)
    emails = [point for point in before.points if point.kind == "email"]
    steps = len(journal.steps(store, 9999))

    async with open_app() as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"email-1-value": more["email"], "email-0-label": "work"})
        await pick(pilot, "email-0-mark", "invalid")
        await instead(pilot, "phone-0-value", "0113 496 0999")
        await instead(pilot, "address-0-city", "York")
        await instead(pilot, "birthday", "")
        await pilot.press("ctrl+o")
    after = details(store)
    told = [(p.value, p.label, p.invalid) for p in after.points if p.kind == "email"]
    assert told == [(emails[0].value, "work", True), (more["email"], "", False)]
    assert "+44 113 496 0999" in [point.value for point in after.points]
    assert (after.addresses[0].city, after.days) == ("York", ())
    assert len(journal.steps(store, 9999)) == steps + 1
    assert [p.id for p in after.points if p.id in {p.id for p in before.points}]


async def test_the_notice_after_an_edit_names_the_changes(open_app):
    async with open_app() as pilot:
        for key in ("2", "end", "e"):
            await pilot.press(key)
        pilot.app.screen.fields.widget("title").value = "head of roses"
        await pilot.settle()
        await pilot.press("enter")
        assert " → head of roses" in pilot.notices[-1]


async def test_saving_an_unchanged_form_writes_nothing(open_app, store):
    steps = len(journal.steps(store, 9999))

    async with open_app() as pilot:
        for key in ("2", "end"):
            await pilot.press(key)
        await pilot.press("e", "enter")
        assert any("No change to" in note for note in pilot.notices)
    assert len(journal.steps(store, 9999)) == steps


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("name", "", "A contact needs a name."),
        ("email-1-value", "jane@", "invalid email address “jane@”"),
        ("phone-1-value", "no", "invalid phone number “no”"),
        ("tags", "a:b", "invalid tag"),
        ("every", "soon", "soon"),
        ("birthday", "31 feb", "invalid date"),
        ("budget", "lots", "“lots”"),
    ],
)
async def test_errors_match_the_shell_and_focus_their_field(open_app, store, name, text, said):
    before = details(store)
    if name == "budget":
        name = f"custom_{custom_fields.find(store, name).id}"

    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, name, text)
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Form)
        assert said in " ".join(pilot.text().split())
        assert pilot.app.screen.focused.id == f"field-{name}"
        assert pilot.app.screen.focused.has_class("-error")
    assert details(store) == before


async def test_understood_values_are_shown(open_app):
    async with open_app() as pilot:
        await pilot.press("a")
        await put(pilot, {"phone-0-value": "01134960123"})
        assert "+44 113 496 0123" in pilot.text()
        await put(pilot, {"address-0-country": "Germany"})
        await instead(pilot, "phone-0-value", "0221 1234567")
        assert "+49 221 1234567" in pilot.text()
        await put(pilot, {"every": "6w"})
        assert "every 42 days" in pilot.text()


# suggestions


async def test_contact_is_suggested_and_chosen_by_keys(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"relation-1-label": "friend", "relation-1-value": "raman"})
        assert "Priya Raman  #12" in pilot.text()
        await pilot.press("down", "up", "down", "enter")
        assert pilot.app.screen.value("relation-1-value") == "#12"
        assert not pilot.app.screen.query(CompletionList)
        await pilot.press("enter")
    assert ("friend", 12) in [(each.kind, each.other_id) for each in details(store).relations]


async def test_organization_is_suggested_and_chosen_by_mouse(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "org", "bram")
        assert "Bramble Kitchen" in pilot.text()
        await pilot.click(CompletionList, offset=(3, 0))
        await pilot.settle()
        assert pilot.app.screen.value("org") == "Bramble Kitchen"
        await pilot.press("enter")
    assert contacts.get(store, MARCUS).org == "Bramble Kitchen"


async def test_invalid_number_is_reported_and_kept(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"phone-1-value": "12"})
        await pilot.press("tab")
        assert "is too short for a phone number" in pilot.text()
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    assert "12" in [point.value for point in details(store).points]


async def test_escape_or_tab_closes_suggestions_first(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"relation-1-value": "raman"})
        await pilot.press("escape")
        assert isinstance(pilot.app.screen, Form)
        assert not pilot.app.screen.query(CompletionList)
        await instead(pilot, "relation-1-value", "raman")
        await pilot.press("tab")
        assert not pilot.app.screen.query(CompletionList)


async def test_ambiguous_name_lists_its_matches(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"relation-1-label": "friend", "relation-1-value": "calder"})
        await pilot.press("ctrl+o")
        assert "contacts match “calder”" in pilot.text()
        assert isinstance(pilot.app.screen, Form)


async def test_inverse_relation_can_only_be_cleared(open_app, store):
    with store.transaction("test"):
        writer.add_relations(store, 12, [RelationDraft("boss", f"#{MARCUS}")])

    async with open_app() as pilot:
        await pilot.press("2", "e")
        field = pilot.app.screen.fields.widget("relation-1-value")
        assert field.disabled
        assert field.value == "Priya Raman"
        field.scroll_visible(animate=False)
        await pilot.settle()
        await click_on_clear(pilot, "relation-1-value")
        assert field.value == ""
        await pilot.press("ctrl+o")
    assert contacts.relations_of(store, 12) == []


# edit conflicts


@pytest.mark.engines("sqlite", "postgresql")
async def test_edits_of_different_fields_are_merged(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"source": " of 2026"})
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),), tags=("vip",)))
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    told = details(store)
    assert (told.contact.source, told.contact.title) == (SOURCE, "chief")
    assert "vip" in told.tags


@pytest.mark.engines("sqlite", "postgresql")
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
async def test_edits_of_one_field_are_a_conflict(open_app, store, keys, stays):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "title", "head of events")
        await put(pilot, {"source": " of 2026"})
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),)))
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, ConflictDialog)
        shown = pilot.text()
        assert "title" in shown
        assert "yours   head of events" in shown
        assert "theirs  chief" in shown
        assert "changed by colleague on " in shown
        assert "10:00" in shown
        assert contacts.get(store, MARCUS).source != SOURCE
        await pilot.press(*keys)
        assert isinstance(pilot.app.screen, Page)
    told = contacts.get(store, MARCUS)
    assert (told.title, told.source) == (stays, SOURCE)


async def test_mouse_chooses_the_value_to_keep(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "title", "head of events")
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),)))
        await pilot.press("ctrl+o")
        await pilot.click("#theirs-0")
        await pilot.settle()
        assert "● theirs" in pilot.text()
        await pilot.press("ctrl+o")
    assert contacts.get(store, MARCUS).title == "chief"


@pytest.mark.engines("sqlite", "postgresql")
async def test_conflict_dialog_can_return_to_the_form(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "title", "head of events")
        update.edit(store, [MARCUS], Edit(values=(("title", "chief"),)))
        await pilot.press("ctrl+o", "escape")
        assert isinstance(pilot.app.screen, Form)
        assert pilot.app.screen.value("title") == "head of events"
        assert "not saved" in pilot.text()
        await pilot.press("ctrl+o")
        await pilot.press_only("ctrl+c")
        await pilot.settle()
        assert isinstance(pilot.app.screen, Form)
    assert contacts.get(store, MARCUS).title == "chief"


async def test_long_conflicting_texts_are_cut_and_cleaned(open_app, store):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("2", "e")
        await put(pilot, {"note": " mine\x1b[31m" + "long " * 300})
        update.edit(store, [MARCUS], Edit(values=(("note", "theirs " * 4000),)))
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, ConflictDialog)
        assert all(side.size.height <= 7 for side in pilot.app.screen.query(Side))
        assert "\x1b" not in pilot.text()


# deleted contacts


@pytest.mark.engines("sqlite", "postgresql")
async def test_contact_deleted_meanwhile_can_be_saved_as_new(open_app, store):
    email = next(p.value for p in details(store).points if p.kind == "email")

    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "title", "head of events")
        contacts.remove(store, [MARCUS])
        await pilot.press("ctrl+o")
        assert "was deleted meanwhile" in " ".join(pilot.text().split())
        await pilot.press("n")
        assert isinstance(pilot.app.screen, Page)
        assert pilot.app.page.card.card.details.contact.title == "head of events"
    made = details(store, store.value("SELECT max(id) FROM contact"))
    assert (made.contact.name, made.contact.title) == ("Marcus Adeyemi", "head of events")
    assert email in [point.value for point in made.points]


@pytest.mark.engines("sqlite", "postgresql")
@pytest.mark.parametrize("way", ["key", "mouse"])
async def test_text_for_a_deleted_contact_can_be_copied(open_app, store, way):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "title", "head of events")
        contacts.remove(store, [MARCUS])
        await pilot.press("ctrl+o")
        if way == "key":
            await pilot.press("c")
        else:
            await pilot.click(pilot.app.screen.query(Answer)[1])
            await pilot.settle()
        assert "title: head of events" in pilot.app.clipboard
        assert pilot.app.screen.value("title") == "head of events"
        assert "not saved" in pilot.text()
        await pilot.press("ctrl+o", "b")
        assert pilot.app.screen.value("title") == "head of events"
    assert store.value("SELECT count(*) FROM contact WHERE name = 'Marcus Adeyemi'") == 0


@pytest.mark.engines("sqlite", "postgresql")
async def test_contact_brought_back_by_undo_can_be_saved(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        await instead(pilot, "title", "head of events")
        contacts.remove(store, [MARCUS])
        await pilot.press("ctrl+o", "escape")
        journal.undo(store)
        await pilot.press("ctrl+o")
        assert isinstance(pilot.app.screen, Page)
    assert contacts.get(store, MARCUS).title == "head of events"


# moving in the form


async def test_arrow_keys_move_by_line_and_page_keys_by_section(open_app):
    async with open_app(size=(80, 24)) as pilot:
        await pilot.press("a")
        seen = []
        for key in ("down", "down", "down", "down", "up", "pagedown", "pagedown", "pageup"):
            await pilot.press(key)
            seen.append(pilot.app.screen.focused.id.removeprefix("field-"))
        assert seen == [
            "kind", "org", "title", "email-0-value", "title", "email-0-value", "tags",
            "email-0-value",
        ]  # fmt: skip


async def test_every_field_is_reachable_in_a_small_window(open_app):
    async with open_app(size=(50, 14)) as pilot:
        await pilot.press("a")
        for _ in range(60):
            await pilot.press("down")
            if pilot.app.screen.focused.id == "field-note":
                await pilot.press("tab")
        assert pilot.app.screen.focused.id == "field-sort_as"
        assert "sorted as" in pilot.text()


async def test_mouse_reaches_fields_choices_and_clear_buttons(open_app):
    async with open_app() as pilot:
        await pilot.press("2", "e")
        form = pilot.app.screen
        await click_on(pilot, "title")
        assert form.focused is form.fields.widget("title")
        for _ in range(2):  # a field that is only drawn takes a click as one that is a widget
            await click_on(pilot, "kind", 10)
            assert form.value("kind") == "org"
            form.fields.widget("kind").value = "person"
        for mark in ("opted out", "invalid"):
            await click_on(pilot, "email-0-mark")
            assert form.value("email-0-mark") == mark
        await click_on(pilot, "email-0-value", 3)
        await pilot.press("X")
        assert form.value("email-0-value")[3] == "X"
        await click_on_clear(pilot, "email-0-value")
        assert form.value("email-0-value") == form.value("email-0-mark") == ""


async def test_an_opt_out_is_lifted_after_a_question_alone(open_app, store):
    with store.transaction():
        (row,) = store.rows("SELECT id, contact_id FROM point WHERE value LIKE 'eleanor@%'")
        store.update("point", row["id"], opted_out=1)

    def is_out():
        return store.value("SELECT opted_out FROM point WHERE id = :id", id=row["id"])

    async with open_app() as pilot:
        await pilot.press("/", *"eleanor", "enter", "e")
        form = pilot.app.screen
        await pick(pilot, "email-0-mark", "")
        await pilot.press("ctrl+o")
        assert "opted out. Allow messages again?" in pilot.text()
        await pilot.press("n")
        assert (pilot.app.screen, is_out()) == (form, 1)
        await pilot.press("ctrl+o", "y")
        assert isinstance(pilot.app.screen, Page)
        assert is_out() == 0


async def test_blank_entry_follows_the_last_filled_one(open_app):
    async with open_app() as pilot:
        await pilot.press("a")
        form = pilot.app.screen
        for number in range(3):
            assert f"email-{number + 1}-value" not in form.fields.fields
            await put(pilot, {f"email-{number}-value": f"a{number}@example.com"})
        assert form.value("email-3-value") == ""
        lines = [line for line in form.query(FormLine) if line.fields[0].name.startswith("email")]
        assert [line.fields[0].name for line in lines] == [f"email-{n}-value" for n in range(4)]
        assert [line.is_blank for line in lines] == [False, False, False, True]
        assert all(isinstance(line.children[2], Choice) for line in lines[:3])


async def test_edit_starts_at_the_selected_number(open_app, store):
    async with open_app() as pilot:
        await pilot.press("2", "enter")
        await pilot.press(*["down"] * 2)
        value = pilot.app.page.card.target.text
        await pilot.press("e")
        assert pilot.app.screen.focused.value == value


@pytest.mark.parametrize("size", [(80, 24), (100, 60), (200, 60), (50, 20)])
async def test_drawn_fields_look_like_mounted_ones(open_app, size):
    async with open_app(size=size) as pilot:
        await pilot.press("2", "M", "e")
        form = pilot.app.screen
        form.set_focus(None)
        await pilot.settle()
        before = pilot.text()
        for line in form.query(FormLine):
            for field in line.visible_fields:
                form.fields.widget(field.name)
        await pilot.settle()
        await pilot.pause(0.1)
        form.fields.scroll_home(animate=False)
        await pilot.settle()
        assert pilot.text() == before


async def test_only_visited_fields_are_mounted(open_app):
    async with open_app(size=(200, 60)) as pilot:
        await pilot.press("a")
        form = pilot.app.screen
        assert set(form.fields.widgets) == {"name", "note"}  # a long text wraps as it is written
        await pilot.press("tab")
        assert form.focused is form.fields.widget("kind")
        assert "birthday" not in form.fields.widgets
        assert form.value("stage") == "lead"
