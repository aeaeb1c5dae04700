"""Enter contacts by queries and events, each once."""

import datetime as dt

import pytest

from cardcrm.records import records, registry
from cardcrm.records.assets import contracts
from cardcrm.records.assets.asset_type import ASSET
from cardcrm.records.assets.contract_type import CONTRACT
from cardcrm.records.contacts import custom_fields, update
from cardcrm.records.contacts.drafts import ContactDraft, ContactPointDraft
from cardcrm.records.deals import deals, moves, pipelines
from cardcrm.records.importing import bulk_import
from tests.support.sequences import add_contact, add_sequence, run, states

pytestmark = pytest.mark.engines("sqlite", "postgresql")

START, NEXT_DAY = "2026-11-23T10:00", "2026-11-24T10:00"
TASK = '\n[[step]]\ntask = "Call"\n'


@pytest.fixture(autouse=True)
def clock(store, monkeypatch):
    monkeypatch.setenv("CARDCRM_NOW", START)
    return lambda now: monkeypatch.setenv("CARDCRM_NOW", now)


def edit(store, contact_id, **values):
    update.edit(store, [contact_id], update.Edit(values=tuple(values.items())))


def buy(store, contact_id, day, amount="10"):
    sale = {"contact": str(contact_id), "amount": amount, "on": day}
    records.add(store, registry.record_type("sale"), sale)


def entered(store):
    """Run the sequences and return the contacts that entered, in order."""
    run(store)
    return [each[0] for each in states(store)]


def test_contacts_of_a_query_enter_once(store):
    jane = add_contact(store, "Jane", tags=("new",))
    add_contact(store, "Bob")
    add_sequence(store, 'enter = "tag:new"' + TASK)
    assert entered(store) == [jane]
    assert entered(store) == [jane]
    anna = add_contact(store, "Anna", tags=("new",))
    assert entered(store) == [jane, anna]


def test_a_change_of_stage_counts_from_then_on(store):
    old = add_contact(store, "Old", stage="customer")
    new = add_contact(store, "New")
    add_sequence(store, 'on = "stage customer"' + TASK)
    assert entered(store) == []
    edit(store, old, note="Hello")
    edit(store, new, stage="customer")
    made = add_contact(store, "Made", stage="customer")
    assert entered(store) == [new, made]
    edit(store, new, stage="lapsed")
    edit(store, new, stage="customer")
    assert entered(store) == [new, made]


def test_an_import_changes_the_stage_of_known_contacts_only(store):
    """Start no sequence for each customer of an old list that is imported."""
    known = add_contact(store, "Known", "known@example.com")
    add_sequence(store, 'on = "stage customer"' + TASK)
    drafts = [
        ContactDraft(name, points=(ContactPointDraft("email", mail),), stage="customer")
        for name, mail in (("Known", "known@example.com"), ("Added", "added@example.com"))
    ]
    outcomes = bulk_import.import_drafts(store, drafts, mode="update")
    assert [each.status for each in outcomes] == ["updated", "created"]
    assert entered(store) == [known]
    assert entered(store) == [known]


def test_all_enters_everyone(store):
    people = [add_contact(store, name) for name in ("Jane", "Bob")]
    add_sequence(store, 'enter = "All"' + TASK)
    assert entered(store) == people


def test_the_first_sale_ever_enters_a_contact_once(store, clock):
    old, new = add_contact(store, "Old"), add_contact(store, "New")
    buy(store, old, "2026-01-05")
    clock("2026-11-23T10:05")
    add_sequence(store, 'on = "first sale"' + TASK)
    clock(NEXT_DAY)
    buy(store, old, "2026-11-24")
    buy(store, new, "2026-11-24")
    assert entered(store) == [new]
    buy(store, new, "2026-11-24")
    assert entered(store) == [new]


def test_the_first_sale_enters_no_contact_again(store, clock):
    clock("2026-11-23T10:05")
    jane = add_contact(store, "Jane")
    add_sequence(store, 'on = "first sale"\nagain = "always"' + TASK)
    buy(store, jane, "2026-11-23")
    for now in ("2026-11-23T10:10", "2026-11-23T10:15", "2026-11-24T10:00"):
        clock(now)
        assert entered(store) == [jane]


def test_a_sequence_does_not_start_itself_again_on_the_same_day(store, clock):
    jane = add_contact(store, "Jane")
    steps = "".join(f"[[step]]\nset = {{stage = '{each}'}}\n" for each in ("customer", "prospect"))
    add_sequence(store, f'on = "stage prospect"\nagain = "always"\n{steps}')
    edit(store, jane, stage="customer")
    edit(store, jane, stage="prospect")
    assert [entered(store) for _ in range(3)] == [[jane]] * 3
    clock(NEXT_DAY)
    edit(store, jane, stage="customer")
    edit(store, jane, stage="prospect")
    assert entered(store) == [jane, jane]


def test_a_lapsed_customer_enters_again_after_each_last_sale(store, clock):
    lapsed, fresh = add_contact(store, "Lapsed"), add_contact(store, "Fresh")
    buy(store, lapsed, "2026-05-27")
    buy(store, fresh, "2026-05-28")
    add_contact(store, "Never")
    add_sequence(store, 'on = "no sale 180 days"\nagain = "always"' + TASK)
    assert entered(store) == [lapsed]
    clock("2026-11-24T10:00")
    assert entered(store) == [lapsed, fresh]
    buy(store, lapsed, "2026-11-24")
    clock("2027-05-23T10:00")
    assert entered(store) == [lapsed, fresh, lapsed]


def test_deals_enter_with_the_stage_each_by_itself(store, clock):
    jane = add_contact(store, "Jane")
    pipelines.ensure_default(store)
    stage = store.value("SELECT name FROM stage ORDER BY position LIMIT 1 OFFSET 1")
    old = deals.add(store, {"title": "Old", "contact": str(jane), "stage": stage, "owner": ""})
    clock("2026-11-23T11:00")
    add_sequence(store, f'on = "deal stage {stage}"\nstop = ["deal closed"]\n'
                 '[[step]]\nwait = "5 days"\n[[step]]\ntask = "Call"\n')  # fmt: skip
    assert entered(store) == []
    made = [
        deals.add(store, {"title": each, "contact": str(jane), "stage": stage, "owner": ""})
        for each in ("Roof", "Floor")
    ]
    assert entered(store) == [jane, jane]
    found = [row[0] for row in store.rows("SELECT deal_id FROM enrollment ORDER BY id")]
    assert found == [each.record.id for each in made]
    assert old.record.id not in found
    moves.lose(store, made[0].record.id, "pricing")
    entered(store)
    assert [each[1:4:2] for each in states(store)] == [("stopped", "deal closed"), ("active", "")]
    clock("2026-11-29T11:00")
    entered(store)
    assert store.value("SELECT deal_id FROM reminder") == made[1].record.id


def test_won_deals_enter(store, clock):
    jane = add_contact(store, "Jane")
    add_sequence(store, 'on = "deal won"' + TASK)
    deal = deals.add(store, {"title": "Roof", "contact": str(jane), "owner": "", "amount": "5"})
    assert entered(store) == []
    moves.win(store, deal.record.id)
    assert entered(store) == [jane]


def test_leads_of_a_source_enter(store):
    jane, bob = add_contact(store, "Jane"), add_contact(store, "Bob")
    add_sequence(store, 'on = "lead website"' + TASK)
    for who, source in ((jane, "Website"), (bob, "fair")):
        lead = {"contact": str(who), "source": source, "text": "Offer"}
        records.add(store, registry.record_type("lead"), lead)
    assert entered(store) == [jane]


def test_birthdays_come_every_year(store, clock):
    jane, leap = add_contact(store, "Jane"), add_contact(store, "Leap")
    edit(store, jane, birthday="1980-11-26")
    edit(store, leap, birthday="1992-02-29")
    add_sequence(store, 'on = "birthday -3 days"' + TASK)
    assert entered(store) == [jane]
    clock("2026-11-24T10:00")
    assert entered(store) == [jane]
    clock("2027-02-25T10:00")
    assert entered(store) == [jane, leap]
    clock("2027-11-25T10:00")  # cron did not run for two days
    assert entered(store) == [jane, leap, jane]


def test_a_date_enters_once_for_each_date(store, clock):
    jane = add_contact(store, "Jane")
    custom_fields.add(store, "Contract end", "date")
    edit(store, jane, **{"contract-end": "2026-12-24"})
    add_sequence(store, 'on = "contract end -30 days"' + TASK)
    clock("2026-11-24T10:00")
    assert entered(store) == [jane]
    clock("2026-11-26T10:00")
    assert entered(store) == [jane]
    edit(store, jane, **{"contract-end": "2027-12-24"})
    clock("2027-11-24T10:00")
    assert entered(store) == [jane, jane]


@pytest.mark.parametrize(
    ("event", "names"),
    [("contract end -30 days", "Jane Bob"), ("contract-notice -23 days", "Jane Bob"),
     ("warranty end", "Bob"), ("service due -1 week", "Bob")],
)  # fmt: skip
def test_contacts_enter_by_the_days_of_their_contracts_and_assets(store, clock, event, names):
    who = {name: add_contact(store, name) for name in ("Jane", "Bob")}
    for name, end, renewal in (("Jane", "2026-12-24", ""), ("Bob", "2020-12-24", "12m")):
        terms = {"start": "2020-01-01", "end": end, "renewal": renewal, "notice": "1w"}
        records.add(store, CONTRACT, {"contact": f"#{who[name]}", "text": "care", **terms})
    asset = {"contact": f"#{who['Bob']}", "product": "Boiler", "warranty": "2026-11-24"}
    records.add(store, ASSET, asset | {"service_every": "12m", "serviced": "2025-12-01"})
    add_sequence(store, f'on = "{event}"' + TASK)
    assert entered(store) == []
    for moment in ("2026-11-24T10:00", "2026-11-26T10:00"):
        clock(moment)
        assert entered(store) == [who[name] for name in names.split()]


def test_a_contact_enters_after_the_end_of_a_contract_but_not_after_its_renewal(store, clock):
    jane, bob = add_contact(store, "Jane"), add_contact(store, "Bob")
    for who, renewal in ((jane, ""), (bob, "12m")):
        texts = {"contact": f"#{who}", "text": "care", "start": "2020-01-01", "end": "2026-11-20"}
        records.add(store, CONTRACT, texts | {"renewal": renewal})
    contracts.end_contract(store, 1, dt.date(2026, 11, 21))
    add_sequence(store, 'on = "contract end +3 days"' + TASK)
    clock("2026-11-24T10:00")
    assert entered(store) == [jane]


def test_an_event_can_be_narrowed_by_a_query(store):
    jane = add_contact(store, "Jane", tags=("vip",))
    bob = add_contact(store, "Bob")
    for each in (jane, bob):
        edit(store, each, birthday="1980-11-23")
    add_sequence(store, 'on = "birthday"\nenter = "tag:vip"' + TASK)
    assert entered(store) == [jane]


# The oracle: a plain look at each day of a year


def test_birthdays_agree_with_a_plain_count_over_a_year(store, clock):
    days = ("01-01", "02-28", "02-29", "03-01", "12-31", "06-15")
    people = [add_contact(store, f"P{each}") for each in range(len(days))]
    for who, day in zip(people, days, strict=True):
        edit(store, who, birthday=f"1984-{day}")
    add_sequence(store, 'on = "birthday +1 day"' + TASK)
    start = dt.date(2027, 12, 29)
    clock(f"{start - dt.timedelta(days=9)}T10:00")
    run(store)
    expected = []
    for number in range(0, 70, 5):
        today = start + dt.timedelta(days=number)
        clock(f"{today}T10:00")
        run(store)
        for who, day in zip(people, days, strict=True):
            born = dt.date.fromisoformat(f"{2028 if day < '12' else 2027}-{day}")
            if today - dt.timedelta(days=5) < born + dt.timedelta(days=1) <= today:
                expected.append(who)
    assert sorted(each[0] for each in states(store)) == sorted(expected)
    assert len(expected) == 5
