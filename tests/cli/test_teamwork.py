"""Work that several users share: claims, what colleagues did, territories, teams, hand-over."""

import datetime as dt
import json
import threading
from contextlib import closing

import pytest

from cardcrm import api, dates
from cardcrm.errors import ConflictError
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.records.teamwork import claims
from cardcrm.store import open_store

OK, FAILED, USAGE, NOT_FOUND, CONFLICT = 0, 1, 2, 3, 4


@pytest.fixture
def now():
    return "2026-11-29T12:00"


@pytest.fixture
def run(typed, monkeypatch):
    """Run a line of words as a user; return the code and the words. _ stands for a space."""
    monkeypatch.setenv("CARDCRM_USER", "ann")
    typed("add", "Jane Doe")

    def run_(user, line, *more):
        monkeypatch.setenv("CARDCRM_USER", user)
        words = [word.replace("_", " ") for word in line.split()]
        code, out, err = typed(*words, *more)
        return code, (err + out).strip()

    return run_


def answer(run, user, line, *more):
    out = run(user, line, *more, "--json")[1]
    return json.loads(out[out.index("[" if out[0] == "[" else "{") :])


def warnings(run, user, line):
    """Return the lines below the answer to a line."""
    return [each.strip() for each in run(user, line)[1].split("\n")[1:]]


# claims


def test_a_claim_keeps_others_off_until_it_ends(run, monkeypatch):
    assert run("ann", "claim jane --for 14d --why quote") == (
        OK, "ann has claimed Jane Doe until Sun 13 Dec (quote)"
    )  # fmt: skip
    code, said = run("bob", "claim jane")
    assert code == CONFLICT
    assert "ann has claimed Jane Doe until Sun 13 Dec (quote)" in said
    assert "--force" in said
    assert run("ann", "claim jane --for 2d") == (
        OK,
        "ann has claimed Jane Doe until Tue 1 Dec (quote)",
    )
    assert [each["until"] for each in answer(run, "ann", "claim list --all")] == ["2026-12-01"]
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-02T09:00")
    assert answer(run, "bob", "claim list") == []
    assert run("bob", "claim jane --until 2026-12-05")[0] == OK
    both = answer(run, "bob", "claim list --all --sort id")
    assert [(each["user"], each["until"]) for each in both] == [
        ("ann", "2026-12-01"), ("bob", "2026-12-05"),
    ]  # fmt: skip
    assert run("bob", "db check")[0] == OK


def test_force_takes_a_claim_over_and_says_so(run):
    run("ann", "claim jane --for 14d")
    assert run("bob", "claim jane --for 3d --force") == (
        OK,
        "bob has claimed Jane Doe until Wed 2 Dec; replaced the claim of ann until 2026-12-13",
    )
    assert [each["user"] for each in answer(run, "bob", "claim list")] == ["bob"]
    run("bob", "undo")
    assert [each["user"] for each in answer(run, "bob", "claim list")] == ["ann"]
    assert run("bob", "claim jane --release")[0] == CONFLICT
    assert run("bob", "claim jane --release --force")[1] == "released Jane Doe (claim of ann)"
    assert run("bob", "claim jane --release")[0] == NOT_FOUND


def test_a_claim_is_found_and_shown(run):
    run("ann", "add Bob Ray")
    run("ann", "claim jane --for 14d")
    found = [each["name"] for each in answer(run, "bob", "find claimed:ann")]
    assert found == ["Jane Doe"]
    assert [each["name"] for each in answer(run, "ann", "find claimed:me")] == ["Jane Doe"]
    assert [each["name"] for each in answer(run, "bob", "find claimed:none")] == ["Bob Ray"]
    assert answer(run, "bob", "find claimed:bob") == []
    assert "claimed by ann until Sun 13 Dec" in run("bob", "show jane")[1]
    assert "claimed by ann until Sun 13 Dec" in run("bob", "brief jane")[1]
    assert answer(run, "bob", "show jane")["claims"] == [
        {"id": 1, "user": "ann", "until": "2026-12-13", "text": None}
    ]


def test_claims_are_listed_by_any_query(run, monkeypatch):
    for user, line in (
        ("zoe", "claim jane --for 2d --why untilled"),
        ("ann", "add Tom Fox"),
        ("zed", "claim tom --for 9d"),
    ):
        run(user, line)
    query = "claim list user:zoe or user:zed"
    assert len(answer(run, "ann", query)) == 2
    monkeypatch.setenv("CARDCRM_NOW", "2026-12-03T09:00")
    assert [each["user"] for each in answer(run, "ann", query)] == ["zed"]
    assert answer(run, "ann", "claim list untilled") == []
    assert [each["user"] for each in answer(run, "ann", "claim list until<today")] == ["zoe"]
    monkeypatch.setenv("CARDCRM_NOW", "2027-01-03T09:00")
    assert "no claims found; to list all: cardcrm claim list --all" in run("ann", "claim list")[1]


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("claim jane --for -3d", USAGE, "past"),
        ("claim jane --until yesterday", USAGE, "past"),
        ("claim jane --for 3d --until fri", USAGE, "not both"),
        ("claim jane --release --for 3d", USAGE, "--release"),
        ("claim unknown_person", NOT_FOUND, "unknown person"),
        ("claim jane --user _", USAGE, "a claim needs a user"),
        ("claim edit 1 --user bob", CONFLICT, "cara has claimed"),
    ],
)
def test_odd_claims_are_refused(run, line, code, word):
    run("ann", "add Tom Fox")
    if "edit" in line:
        run("ann", "claim tom --for 3d")
        run("cara", "claim jane --for 3d")
        line = "claim edit 1 --contact jane"
    found, said = run("ann", line)
    assert (found, word in said) == (code, True), said


def test_a_contact_that_goes_takes_its_claims_along(run):
    run("ann", "claim jane")
    run("ann", "rm jane --yes")
    assert answer(run, "ann", "claim list --all") == []
    run("ann", "undo")
    assert [each["contact"] for each in answer(run, "ann", "claim list")] == ["Jane Doe"]
    run("ann", "forget jane --yes")
    assert answer(run, "ann", "claim list --all") == []
    assert run("ann", "db check")[0] == OK


@pytest.mark.parametrize(
    ("spans", "user", "note"),
    [
        (("3d", "4d"), "bob", "claim before merging contact 2: ann until 2026-12-02 (quote)"),
        (("4d", "3d"), "ann", "claim of merged contact 2: bob until 2026-12-02 (visit)"),
        (("4d", "4d"), "bob", "claim before merging contact 2: ann until 2026-12-03 (quote)"),
    ],
)
def test_of_the_claims_of_merged_contacts_the_last_to_end_stays(run, spans, user, note):
    run("ann", "add Janet Doe")
    run("ann", f"claim 1 --for {spans[0]} --why quote")
    run("bob", f"claim 2 --for {spans[1]} --why visit")
    before = answer(run, "cara", "claim list")
    run("ann", "merge 1 2 --yes")
    assert [each["user"] for each in answer(run, "cara", "claim list")] == [user]
    assert run("cara", "claim 1")[0] == CONFLICT
    assert answer(run, "ann", "show 1")["note"] == note
    assert run("ann", "db check")[0] == OK
    run("ann", "undo")
    assert answer(run, "cara", "claim list") == before


def test_a_contact_merged_with_one_that_the_same_user_claimed_has_one_claim(run):
    run("ann", "add Janet Doe")
    run("ann", "claim 1 --for 3d")
    run("ann", "claim 2 --for 4d")
    run("ann", "merge 1 2 --yes")
    assert [each["until"] for each in answer(run, "ann", "claim list")] == ["2026-12-03"]
    assert answer(run, "ann", "show 1")["note"] == ""


def test_of_two_claims_at_once_one_wins(store, location):
    contact = contacts.add(store, ContactDraft(name="Jane Doe"))
    until = dates.today(store.locale.zone) + dt.timedelta(days=3)
    start, won, lost = threading.Barrier(2), [], []

    def claim(user):
        own = open_store(location, user=user)
        start.wait()
        try:
            claims.claim(own, contact.id, user, until)
            won.append(user)
        except ConflictError:
            lost.append(user)
        finally:
            own.close()

    threads = [threading.Thread(target=claim, args=(user,)) for user in ("ann", "bob")]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert (len(won), len(lost)) == (1, 1)


# colleagues


def test_a_line_says_what_a_colleague_did(run):
    assert warnings(run, "bob", "log jane --kind call --on yesterday wants_a_quote") == []
    line = "bob called Jane Doe yesterday: “wants a quote”"
    for each in (
        "log jane sent it",
        "remind jane ask --due fri",
        "call jane reached",
        "sell jane 5 roses",
        "deal add Roof --contact jane",
    ):
        assert warnings(run, "ann", each) == [line], each
    # A second colleague sees the latest, and how much else there is.
    found = warnings(run, "cara", "log jane hello")
    assert found[0].endswith("more in the last 7 days)")
    assert found[0].startswith("ann ")


def test_the_line_tells_claims_plans_and_kinds(run):
    run("bob", "claim jane --for 3d --why offer")
    run("bob", "remind jane ring_her --due 2d --for bob")
    run("bob", "log jane --kind mail --in asked")
    assert warnings(run, "ann", "log jane hello") == [
        "bob has claimed Jane Doe until Wed 2 Dec: “offer”",
        "bob logged mail from Jane Doe today: “asked”",
        "bob has a reminder for Jane Doe, due in 2 days: “ring her”",
    ]
    data = answer(run, "ann", "log jane hello")
    assert data["warnings"][1] == "bob logged mail from Jane Doe today: “asked”"


def test_the_claim_of_an_organization_counts_for_its_people(run):
    run("ann", "add Tom Fox --org Acme")
    run("bob", "claim acme --for 3d")
    assert warnings(run, "ann", "log tom hello") == ["bob has claimed Acme until Wed 2 Dec"]


@pytest.fixture
def three_leads(run):
    """Save a segment of three contacts, of which a colleague contacted one and claims another."""
    run("ann", "add Tom Fox --org Acme")
    run("ann", "add Ida Fox")
    run("ann", "segment add leads stage:lead kind:person")
    run("bob", "log jane --kind call --on yesterday asked")
    run("bob", "log ida --kind note quiet")
    run("bob", "log tom --kind call --on 2026-11-01 asked")
    run("cara", "claim acme --for 3d")
    return run


CONTACTED = "1 of 3 was contacted by colleagues in the last 7 days: Jane Doe by bob yesterday"
CLAIMED = "1 of 3 is claimed by colleagues: Tom Fox by cara until Wed 2 Dec"


@pytest.mark.parametrize("line", ["log @leads sent it", "remind @leads ask --due fri"])
def test_a_line_counts_the_contacts_of_a_segment_that_colleagues_contacted(three_leads, line):
    for option in ("--dry-run", "--yes"):
        assert warnings(three_leads, "ann", f"{line} {option}")[-2:] == [CONTACTED, CLAIMED]
    code, said = three_leads("ann", line)  # which asks first
    assert code == USAGE
    assert said.split("\n")[:2] == [CONTACTED, CLAIMED]
    out = three_leads("ann", f"{line} --yes --json")[1]
    assert json.loads(out[out.index("[") :])[0]["warnings"] == [CONTACTED, CLAIMED]


def test_a_line_counts_the_participants_that_colleagues_contacted(three_leads, monkeypatch):
    run = three_leads
    run("bob", "log ida --kind mail sent")
    assert warnings(run, "ann", "log jane sent it --with ida") == [
        "2 of 2 were contacted by colleagues in the last 7 days: "
        "Ida Fox by bob today, Jane Doe by bob yesterday"
    ]
    monkeypatch.setenv("CARDCRM_COLLEAGUE_DAYS", "0")
    assert warnings(run, "ann", "log jane sent it --with ida") == []


def test_nothing_is_said_without_colleagues_or_after_the_days(run, monkeypatch):
    run("ann", "log jane --kind call hello")
    assert warnings(run, "ann", "log jane hello") == []
    assert warnings(run, "ANN", "log jane hello") == []
    run("bob", "log jane --kind call --on 2026-11-21 hello")
    run("bob", "log jane --kind call --on 2026-11-22 hi")
    assert len(warnings(run, "ann", "log jane hello")) == 1
    monkeypatch.setenv("CARDCRM_COLLEAGUE_DAYS", "0")
    assert warnings(run, "ann", "log jane hello") == []
    assert "warnings" not in answer(run, "ann", "log jane hello")


def test_a_user_in_other_letters_is_not_a_colleague(run):
    run("Jörg", "log jane --kind call hello")
    run("Jörg", "sell jane 5 roses")
    run("Jörg", "deal add Roof --contact jane")
    run("Jörg", "remind jane ring --due 2d --for Jörg")
    run("Jörg", "claim jane --for 3d")
    assert len(warnings(run, "ann", "log jane hello")) == 3
    run("ann", "undo")
    assert warnings(run, "JÖRG", "log jane hello") == []
    assert run("JÖRG", "claim jane --release")[0] == OK


# two deals about one product


@pytest.fixture
def with_products(run):
    run("ann", "product add Vase --price 5")
    run("ann", "product add Tray --price 5")
    run("ann", "add Tom Fox --org Acme")
    run("ann", "add Ida Fox --org Acme")
    return run


def test_two_open_deals_about_one_product_are_pointed_out(with_products):
    run = with_products
    assert warnings(run, "ann", "deal add One --contact tom --line Vase") == []
    assert warnings(run, "ann", "deal add Two --contact jane --line Vase") == []
    assert warnings(run, "ann", "deal add Three --contact ida --line Vase --line Tray") == [
        "deal 1 One (Tom Fox, owner ann) is open for Vase as well; see: cardcrm deal show 1"
    ]
    assert warnings(run, "ann", "deal add Four --contact ida") == []
    found = run("ann", "deal edit 4 --line Tray")[1]
    assert "deal 3 Three (Ida Fox, owner ann) is open for Tray as well" in found
    ids = [each["id"] for each in answer(run, "ann", "deal list double:yes --sort id")]
    assert ids == [1, 3, 4]
    assert [each["id"] for each in answer(run, "ann", "deal list double:no")] == [2]
    run("ann", "deal win 3")
    assert answer(run, "ann", "deal list double:yes") == []


def test_the_lines_of_a_quote_count_as_well(with_products):
    run = with_products
    run("ann", "deal add One --contact tom")
    run("ann", "deal add Two --contact tom --line Vase")
    found = run("ann", "quote add 1 --line", "2 x Vase")[1]
    assert "deal 2 Two (Tom Fox, owner ann) is open for Vase as well" in found
    assert [each["id"] for each in answer(run, "ann", "deal list double:yes --sort id")] == [1, 2]


# territories


@pytest.fixture
def with_places(run):
    for line in (
        "add Tom Fox --city Leeds --tag vip",
        "add Acme --kind org --city Leeds",
        "add Ida Ray --org Acme",
        "add Eve Lin --city York --tag vip",
    ):
        run("ann", line)
    run("ann", "territory add north --owner ann --where", "city:leeds or tag:north")
    run("ann", "territory add vips --owner bob --where tag:vip")
    return run


def names(run, query):
    return [each["name"] for each in answer(run, "ann", f"find {query}")]


def test_the_first_territory_that_finds_a_contact_has_it(with_places):
    run = with_places
    assert names(run, "territory:north") == ["Acme", "Tom Fox", "Ida Ray"]
    assert names(run, "territory:vips") == ["Eve Lin"]
    assert names(run, "territory:none") == ["Jane Doe"]
    assert len(names(run, "territory:any")) == 4
    assert names(run, "-territory:north") == ["Jane Doe", "Eve Lin"]
    run("ann", "territory edit vips --position 1")
    assert names(run, "territory:vips") == ["Tom Fox", "Eve Lin"]
    assert names(run, "territory:north") == ["Acme", "Ida Ray"]
    run("ann", "territory add rest --where all")
    assert names(run, "territory:rest") == ["Jane Doe"]
    assert names(run, "territory:none") == []
    run("ann", "undo")
    run("ann", "undo")
    assert names(run, "territory:vips") == ["Eve Lin"]


def test_overlaps_are_pointed_out(with_places):
    found = with_places("ann", "territory show vips")[1]
    assert "1 contact is in north and vips; north comes first and has them" in found
    assert "is in" not in with_places("ann", "territory add rest --where all")[1]


def test_a_territory_has_figures_and_filters_deals_and_leads(with_places):
    run = with_places
    run("ann", "deal add One --contact tom --amount 100")
    run("ann", "deal add Two --contact eve --amount 50")
    run("ann", "lead add --contact ida --text hi")
    run("ann", "sell ida 30 roses")
    run("ann", "sell acme 12 roses")
    found = answer(run, "ann", "territory show north")
    assert (found["contact_count"], found["without_owner"], found["open_deals"]) == (3, 3, 1)
    assert found["open_amounts"] == [{"amount": "100.00", "currency": "GBP"}]
    assert found["revenues"] == [{"amount": "42.00", "currency": "GBP"}]
    assert [each["id"] for each in answer(run, "ann", "deal list territory:vips")] == [2]
    assert [each["id"] for each in answer(run, "ann", "lead list territory:north")] == [1]
    report = run("ann", "report pipeline --where territory:vips --json")[1]
    assert "50.00" in report


def test_assigning_sets_owners_and_can_be_undone(with_places):
    run = with_places
    run("ann", "edit tom --owner cara")
    assert "would give 3 contacts an owner:" in run("ann", "territory assign --dry-run")[1]
    assert run("ann", "territory assign")[0] == USAGE  # no one can be asked
    assert run("ann", "territory assign --yes")[0] == OK
    assert names(run, "owner:ann") == ["Acme", "Ida Ray"]
    assert names(run, "owner:bob") == ["Eve Lin"]
    found = answer(run, "ann", "territory assign --all")
    assert [(each["contact"], each["old_owner"], each["owner"]) for each in found] == [
        ("Tom Fox", "cara", "ann")
    ]
    run("ann", "undo 2")
    assert names(run, "owner:ann") == []
    assert names(run, "owner:cara") == ["Tom Fox"]


def test_the_hint_to_assign_can_be_pasted(with_places):
    run = with_places
    hint = 'to give them to ann: cardcrm territory assign "the south"'
    said = run("ann", "territory add the_south --owner ann --where", "-tag:vip")[1]
    assert f"2 without an owner; {hint}" in said
    assert "of other owners" not in said
    run("ann", "undo")
    run("ann", "edit jane --owner cara")
    said = run("ann", "territory add the_south --owner ann --where", "-tag:vip")[1]
    assert f"1 of other owners; {hint} --all" in said
    assert f"1 without an owner; {hint}" in said


def test_an_owner_in_capitals_is_the_owner_of_the_territory(with_places):
    run = with_places
    run("ann", "territory edit north --owner Jörg")
    run("ann", "edit tom --owner JÖRG")
    found = answer(run, "ann", "territory show north")
    assert (found["without_owner"], found["other_owner"]) == (2, 0)
    assigned = answer(run, "ann", "territory assign north --all --yes")
    assert [each["contact"] for each in assigned] == ["Acme", "Ida Ray"]


def test_new_contacts_and_leads_get_the_owner_of_their_territory(with_places, location, tmp_path):
    run = with_places
    run("ann", "add Una Hill --city Leeds")
    assert names(run, "owner:any") == []
    run("ann", "territory edit north --assign")
    run("ann", "add Uli Hill --city Leeds")
    run("ann", "add Uwe Hill --city Leeds --owner cara")
    file = tmp_path / "new.csv"
    file.write_text("name,city\nPia Moor,Leeds\nPam Moor,York\nPol Moor,Leeds\n")
    run("ann", "import", str(file))
    assert names(run, "owner:ann") == ["Uli Hill", "Pia Moor", "Pol Moor"]
    run("ann", "undo")
    assert names(run, "name:moor") == []
    draft = api.ContactDraft("Max Moor", addresses=(api.AddressDraft(city="Leeds"),))
    with closing(api.open_store(location)) as own:
        assert api.add_contact(own, draft).owner == "ann"
    run("ann", "lead add --contact tom --text hi")
    run("ann", "lead add --contact eve --text hi")
    assert [each["owner"] for each in answer(run, "ann", "lead list --sort id")] == ["ann", None]


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("territory add x", USAGE, "needs a query"),
        ("territory add --where tag:vip", USAGE, "needs a name"),
        ("territory add x --where _", USAGE, "needs a query"),
        ("territory add x --where city:", OK, "added territory"),
        ("territory add x --where nofield:3", USAGE, "nofield"),
        ("territory add x --where territory:north", USAGE, "must not use territories"),
        ("territory add NORTH --where tag:vip", CONFLICT, "already exists"),
        ("territory edit north --query nofield:3", USAGE, "nofield"),
        ("find territory:nort", NOT_FOUND, "Did you mean north?"),
        ("find territory>3", USAGE, "territory"),
        ("territory assign nort", NOT_FOUND, "north"),
    ],
)
def test_odd_territories_are_refused(with_places, line, code, word):
    found, said = with_places("ann", line)
    assert (found, word in said) == (code, True), said


def test_a_segment_must_not_lead_a_territory_back_to_territories(with_places):
    run = with_places
    run("ann", "segment add mine territory:north")
    code, said = run("ann", "territory edit vips --query segment:mine")
    assert (code, "must not use territories" in said) == (USAGE, True)


# hand-over


@pytest.fixture
def with_records(run):
    for line in (
        "edit jane --owner ann",
        "add Tom Fox --owner ann",
        "add Eve Lin --owner bob --city York",
        "deal add Roof --contact jane --amount 5 --owner ann",
        "deal add Past --contact tom --amount 5 --owner ann",
        "deal lose 2 --reason pricing",
        "deal add Other --contact eve --amount 5 --owner bob",
        "lead add --contact eve --owner ann --text hi",
        "remind tom ring --due fri --for ann",
        "remind eve ring --due fri --for ann",
        "remind --no-contact tidy --due fri --for ann",
        "claim tom --for 3d",
        "log jane --kind call hello",
        "territory add north --where city:leeds --owner ann",
        "lead rules all --owners ann,cara",
    ):
        assert run("ann", line)[0] == OK, line
    run("ann", "done 1")
    return run


def handed(run, line):
    return {
        (each["noun"], each["user"]): each["ids"] for each in answer(run, "boss", f"{line} --json")
    }


def test_a_hand_over_takes_what_is_open_and_leaves_history(with_records):
    run = with_records
    expected = {
        ("contact", "bob"): [1, 2],
        ("deal", "bob"): [1],
        ("lead", "bob"): [1],
        ("reminder", "bob"): [2, 3],
        ("claim", "bob"): [1],
        ("territory", "bob"): [1],
        ("lead_rule", "cara, bob"): [1],
    }
    assert handed(run, "hand-over ann bob --dry-run") == expected
    assert run("boss", "hand-over ann bob")[0] == USAGE  # no one can be asked
    code, said = run("boss", "hand-over ann bob --yes")
    assert code == OK
    assert "handed over 9 records of ann:" in said
    assert "2 contacts to bob: contact 1 Jane Doe; contact 2 Tom Fox" in said
    owners = {each["id"]: each["owner"] for each in answer(run, "boss", "deal list --all")}
    assert owners == {1: "bob", 2: "ann", 3: "bob"}
    assert answer(run, "boss", "interaction list")[0]["author"] == "ann"
    assert handed(run, "hand-over ann bob --dry-run") == {}
    assert "changed" not in run("boss", "db check")[1]
    run("boss", "undo")
    assert handed(run, "hand-over ann bob --dry-run") == expected


def test_several_take_over_in_turn_by_contact(with_records):
    run = with_records
    found = handed(run, "hand-over ann bob,cara --dry-run")
    assert found["contact", "bob"] == [1]
    assert found["contact", "cara"] == [2]
    assert found["deal", "bob"] == [1]  # that of Jane, whom bob gets
    assert found["reminder", "bob"] == [2, 3]
    assert found["claim", "cara"] == [1]


def test_the_owners_of_territories_take_over(with_records):
    run = with_records
    run("ann", "territory add york --where city:york --owner dan")
    found = handed(run, "hand-over ann --by territory --dry-run")
    assert found["lead", "dan"] == [1]
    assert found["contact", None] == [1, 2]
    found = handed(run, "hand-over ann eli --by territory --dry-run")
    assert found["lead", "dan"] == [1]
    assert found["contact", "eli"] == [1, 2]


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("hand-over ann", USAGE, "who takes over?"),
        ("hand-over ann ann", USAGE, "another user"),
        ("hand-over ann ANN", USAGE, "another user"),
        ("hand-over anna bob", NOT_FOUND, "Did you mean ann?"),
        ("hand-over ann bobb", NOT_FOUND, "--new"),
        ("hand-over ann bobb --new --dry-run", OK, "to bobb"),
        ("hand-over ann xaver --dry-run", OK, "to xaver"),
        ("hand-over ann bob --by place", USAGE, "territory"),
        ("hand-over cara bob", OK, "1 lead rule to"),
        ("hand-over boss bob", NOT_FOUND, "unknown user"),
    ],
)
def test_odd_hand_overs_are_refused(with_records, line, code, word):
    found, said = with_records("ann", line, *(["--yes"] if "cara" in line else []))
    assert (found, word in said) == (code, True), said


def test_a_hand_over_takes_every_spelling_of_a_user(run):
    run("ann", "edit jane --owner Jörg")
    run("ann", "add Tom Fox --owner JÖRG")
    run("ann", "lead rules all --owners jÖrg,cara")
    assert run("ann", "hand-over jörg JÖRG --yes")[0] == USAGE
    assert handed(run, "hand-over jörg bob --dry-run") == {
        ("contact", "bob"): [1, 2],
        ("lead_rule", "cara, bob"): [1],
    }
    run("ann", "territory add all --where all --owner JÖRG")
    found = run("ann", "hand-over jörg --by territory --dry-run")[1]
    assert "2 contacts stay with" in found
    assert "1 territory stays with" in found
    assert "no one takes it over" in found


def test_me_is_the_user_in_every_list_of_users(run):
    run("ann", "team add sales --member me,bob")
    run("cara", "team edit sales --members bob,ME")
    assert answer(run, "ann", "team show sales")["members"] == "bob, cara"
    run("cara", "lead rules all --owners me,bob")
    assert answer(run, "ann", "lead rules")[0]["owners"] == "cara, bob"
    run("ann", "lead add --contact jane --text hi")
    run("cara", "lead assign 1 --to me")
    assert answer(run, "ann", "lead list")[0]["owner"] == "cara"


# teams


@pytest.fixture
def with_teams(run):
    for line in (
        "deal add One --contact jane --amount 100 --owner ann --close 2026-11-30",
        "deal add Two --contact jane --amount 50 --owner bob --close 2026-11-30",
        "deal add Three --contact jane --amount 7 --owner dan --close 2026-11-30",
        "deal win 1",
        "deal lose 2 --reason pricing",
        "target set ann 2026-11 400",
        "target set bob 2026-11 100",
        "team add sales --member ann,bob",
        "team add south --member bob --member cara",
    ):
        assert run("ann", line)[0] == OK, line
    return run


def test_the_figures_of_a_team_are_the_sums_of_its_members(with_teams):
    run = with_teams
    found = answer(run, "ann", "report performance --by team")
    keys = ("user", "won", "lost", "open_deals")
    assert [tuple(each[key] for key in keys) for each in found] == [
        ("sales", 1, 1, 0), ("south", 0, 1, 0),
    ]  # fmt: skip
    amounts = [(each["target_amount"]["amount"], each["won_amount"]["amount"]) for each in found]
    assert amounts == [("500.00", "100.00"), ("100.00", "0.00")]
    assert "in several teams, counted in each: bob" in run("ann", "report performance --by team")[1]
    # A slow sum over the rows of the users gives equal figures.
    users = {each["user"]: each for each in answer(run, "ann", "report performance")}
    for team, members in (("sales", ("ann", "bob")), ("south", ("bob",))):
        row = next(each for each in found if each["user"] == team)
        assert row["lost"] == sum(users[each]["lost"] for each in members)
        assert row["touches"] == sum(users[each]["touches"] for each in members)


def test_the_forecast_of_a_team_is_the_sum_of_its_members(with_teams):
    run = with_teams
    for user, line in (
        ("ann", "deal add Roof --contact jane --amount 300 --probability 50 --close 2026-12-01"),
        ("bob", "deal add Wall --contact jane --amount 100 --probability 50 --close 2026-12-01"),
        ("dora", "deal add Door --contact jane --amount 900 --close 2026-12-01"),
    ):
        assert run(user, line)[0] == OK, line
    found = answer(run, "ann", "report forecast --by-team")
    assert [(each["team"], each["deals"], each["weighted"]) for each in found] == [
        ("sales", 2, 200.0), ("south", 1, 50.0),
    ]  # fmt: skip
    assert "in several teams, counted in each: bob" in run("ann", "report forecast --by-team")[1]
    assert run("ann", "report forecast --by-team --by-owner")[0] == USAGE


def test_reports_take_a_team(with_teams):
    run = with_teams
    by_team = answer(run, "ann", "report winrate --by team")
    assert [(each["group"], each["won"], each["lost"]) for each in by_team] == [
        ("sales", 1, 1), ("south", 0, 1),
    ]  # fmt: skip
    one = answer(run, "ann", "report winrate --team south")
    assert [(each["won"], each["lost"]) for each in one] == [(0, 1)]
    assert answer(run, "ann", "report pipeline --team sales") == []
    assert answer(run, "ann", "report forecast --of deals --team sales,south") == []
    assert len(answer(run, "ann", "report performance --team sales")) == 2
    both = answer(run, "ann", "report winrate --team south --owner BOB")
    assert [(each["won"], each["lost"]) for each in both] == [(0, 1)]
    assert run("zoe", "report winrate --owner ZOE")[0] == OK


@pytest.mark.parametrize(
    ("line", "code", "word"),
    [
        ("report winrate --team nort", NOT_FOUND, "unknown team"),
        ("report winrate --team south --owner ann", USAGE, "ann is not in south"),
        ("report performance --by place", USAGE, "place"),
        ("team add SALES --member ann", CONFLICT, "already exists"),
        ("team edit south --members _", USAGE, "needs a member"),
    ],
)
def test_odd_teams_are_refused(with_teams, line, code, word):
    found, said = with_teams("ann", line)
    assert (found, word in said) == (code, True), said


def test_without_teams_the_report_says_how_to_add_one(run):
    run("ann", "deal add One --contact jane --amount 100 --close 2026-11-30")
    assert "no deals" in run("ann", "report performance --by team")[1]


def test_a_user_in_capitals_is_the_same_user(with_teams):
    run = with_teams
    for line in (
        "deal add Four --contact jane --amount 20 --owner Ann --close 2026-11-30",
        "deal win 4",
    ):
        assert run("ann", line)[0] == OK, line
    (row,) = answer(run, "ann", "report performance --owner ANN")
    assert (row["won"], row["won_amount"]["amount"]) == (2, "120.00")
    assert row["target_amount"]["amount"] == "400.00"
    (closed,) = answer(run, "ann", "report winrate --owner ann")
    assert closed["won"] == 2


def test_the_line_about_a_deal_names_who_opened_it(run):
    answer(run, "ann", "deal add Roof --contact jane --owner bob")
    assert any("ann opened a deal" in each for each in warnings(run, "bob", "log jane hello"))
    assert not any("opened a deal" in each for each in warnings(run, "ann", "log jane hello"))
    run("ann", "lead add --contact jane --text shed")
    converted = warnings(run, "ann", "lead convert 1")
    assert any("bob" in each for each in converted)
