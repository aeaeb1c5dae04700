"""Fields that are empty for some contacts: found before any mail is queued."""

import random
from functools import partial

import pytest

from cardcrm.config import Config
from cardcrm.errors import IncompleteError, MissingValueError, UsageError
from cardcrm.mail.missing_fields import CampaignCheck, Gap, describe_gap, find_gaps, write_query
from cardcrm.mail.rendering import render
from cardcrm.records import records
from cardcrm.records.campaigns import campaigns
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.contacts import contacts, custom_fields
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.mail import field_patterns, templates
from cardcrm.records.mail.template_fields import FIELDS
from cardcrm.records.mail.template_reads import find_reads
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.query_sql import contact_query

SETTINGS = Config({"firm.name": "Roofs Ltd", "mail.from": "me@roofs.example"}, {})
both = pytest.mark.engines("sqlite", "postgresql")


def write(store, name, text, **texts):
    return records.add(store, TEMPLATE, {"name": name, "text": text, **texts}).id


def find(store, template, ids, **about):
    return find_gaps(
        store, template, ids, partial(render, store, template, settings=SETTINGS, **about)
    )


def find_one_by_one(store, template, ids):
    """Return the contacts for whom a field is empty, by filling in the template for each."""
    found = {}
    for each in ids:
        try:
            render(store, template, each, settings=SETTINGS)
        except MissingValueError as error:
            found.setdefault(error.key, []).append(each)
    return {field: tuple(some) for field, some in found.items()}


@pytest.mark.parametrize(
    ("source", "fields", "compared"),
    [
        ("{{ contact.city }} {{ contact.job | default('x') }}", {"contact.city"}, set()),
        ("{{ contact.job | upper | default('x') }}", {"contact.job"}, set()),
        ("{{ contact.job | default(contact.role) }}", {"contact.job", "contact.role"}, set()),
        ("{% if contact.job | default('') %}{{ firm.name }}{% endif %}",
         {"contact.job", "firm.name"}, set()),
        ("{% if contact.city == 'Leeds' %}{{ contact.job }}{% endif %}",
         {"contact.city", "contact.job"}, {"contact.city"}),
        ("{{ 'a' if 'vip' in contact.tags else contact.job }}",
         {"contact.tags", "contact.job"}, {"contact.tags"}),
        ("{% if contact.job is defined %}x{% endif %}", {"contact.job"}, set()),
        ("{% for t in contact.tags %}{{ t }}{{ loop.index }}{% endfor %}", {"contact.tags"}, set()),
        ("{{ contact.fields['shoe-size'] }} {{ contact['city'] }} {{ organization }}",
         {"contact.fields.shoe-size", "contact.city", "organization"}, set()),
        ("no field", set(), set()),
    ],
)  # fmt: skip
def test_fields_with_a_fallback_are_not_read_and_compared_ones_are_told_apart(
    source, fields, compared
):
    assert find_reads(source, is_html=False) == (fields, compared)


TEXTS = (
    "{{ contact.first_name }}",
    "{{ contact.prefix }} {{ contact.last_name }}",
    "{{ contact.prefix | default('Dear') }} {{ contact.city }}",
    "{% if contact.city == 'Leeds' %}{{ contact.street }}{% endif %}",
    "{% if contact.city %}{{ contact.postcode }}{% else %}{{ contact.job }}{% endif %}",
    "{% if 'vip' in contact.tags %}{{ contact.role }}{% endif %}",
    "{{ organization.city }}",
    "{% if organization %}{{ organization.email }}{% endif %}",
    "{{ contact.fields.shoe_size }}",
    "{{ contact.email }} {{ contact.phone | default('-') }}",
    "{{ contact.birthday }}{% for t in contact.tags %}{{ t }}{% endfor %}",
    "{{ contact.owner or contact.ref }}",
    "{% include 'place' %} {{ contact.language }}",
    "{{ contact.city if contact.job else contact.region }}",
)


def add_at_random(store, chance, orgs):
    """Add a contact that has each field or not."""

    def some(value):
        return value if chance.random() < 0.6 else ""

    points = [ContactPointDraft("email", f"{chance.random()}@example.com",
                                opted_out=chance.random() < 0.3)
              for _ in range(chance.randrange(3))]  # fmt: skip
    places = [AddressDraft(some("1 High St"), some(chance.choice(["Leeds", "York"])),
                           postcode=some("LS1"))
              for _ in range(chance.randrange(3))]  # fmt: skip
    fields = [("shoe-size", "42")] if chance.random() < 0.5 else []
    draft = ContactDraft(
        some("Ann ") + some("Smith ") or "Cher", prefix=some("Dr."), title=some("baker"),
        role=some("buyer"), language=some(chance.choice(["de", "fr-CH", "en"])),
        org=some(chance.choice(orgs)), points=tuple(points), addresses=tuple(places),
        fields=tuple(fields), tags=("vip",) if chance.random() < 0.5 else (),
    )  # fmt: skip
    return contacts.add(store, draft).id


@both
def test_the_groups_find_what_filling_in_every_mail_finds(store):
    chance = random.Random(15)
    custom_fields.add(store, "shoe-size")
    ids = [contacts.add(store, ContactDraft(name, kind="org")).id for name in ("Acme", "Bolt")]
    ids += [add_at_random(store, chance, ["Acme", "Bolt"]) for _ in range(60)]
    write(store, "place", "{{ contact.city }}")
    for number, text in enumerate(TEXTS):
        name = f"t{number}"
        write(store, name, text, subject="{{ contact.job | default('x') }}")
        if number % 2:
            write(store, name, "{{ contact.region }}", language="de")
        expected = find_one_by_one(store, name, ids)
        found = {each.field: each.contact_ids for each in find(store, name, ids)}
        assert found == expected, text
        assert expected, text


@both
def test_values_are_not_told_apart_in_too_many_groups(store, monkeypatch):
    monkeypatch.setattr(field_patterns, "MAX_GROUPS", 4)
    ids = [contacts.add(store, ContactDraft("Ann", title=f"job {n}")).id for n in range(9)]
    ids.append(contacts.add(store, ContactDraft("Bob")).id)
    write(store, "hi", "{% if contact.job == 'x' %}{% endif %}{{ contact.job }}")
    [gap] = find(store, "hi", ids)
    assert (gap.contact_ids, gap.total) == ((ids[-1],), 10)
    assert find(store, "hi", ids[:-1]) == []
    assert find(store, "hi", []) == []


def test_a_message_names_three_and_where_to_find_the_others(store):
    ids = [contacts.add(store, ContactDraft(f"Ann {n}")).id for n in range(5)]
    write(store, "hi", "{{ contact.city }}")
    [gap] = find(store, "hi", ids)
    assert describe_gap(store, gap) == (
        "template hi: contact.city is empty for 5 of 5 contacts (1 Ann 0, 2 Ann 1, 3 Ann 2, …)"
    )
    assert write_query(store, gap, "tag:vip or ann") == "(tag:vip or ann) city:none"
    assert write_query(store, gap._replace(field="contact.first_name"), "vip") == "vip given:none"
    custom_fields.add(store, "shoe-size")
    named = gap._replace(field="contact.fields.shoe_size")
    assert write_query(store, named) == "shoe-size:none"
    assert write_query(store, gap._replace(field="organization.city")) == ""


def test_what_all_lack_is_refused_as_before(store):
    ids = [contacts.add(store, ContactDraft("Ann")).id]
    write(store, "deal", "{{ deal.title }}")
    with pytest.raises(UsageError, match="needs a deal"):
        find(store, "deal", ids)
    write(store, "firm", "{{ firm.bank }}")
    with pytest.raises(UsageError, match=r"firm\.bank is not set"):
        find(store, "firm", ids)


@pytest.fixture
def campaign(store):
    """A campaign to twenty contacts, four of whom have no city, with two templates."""
    for number in range(20):
        points = (ContactPointDraft("email", f"c{number}@example.com"),)
        place = (AddressDraft(city="Leeds"),) if number % 5 else ()
        contacts.add(store, ContactDraft(f"Ann {number}", points=points, addresses=place))
    write(store, "one", "{{ contact.city }}", subject="Hello")
    write(store, "two", "{{ contact.city }}", subject="Hello")
    given = {"name": "spring", "segment": "ann", "template": "one", "rival": "two",
             "holdout": "30%"}  # fmt: skip
    return records.add(store, CAMPAIGN, given)


@both
def test_an_empty_field_is_an_error_before_anything_is_queued(store, campaign):
    with pytest.raises(IncompleteError) as caught:
        campaigns.queue(store, campaign.id, "example.com",
                        leave_out=CampaignCheck(store, SETTINGS))  # fmt: skip
    assert sum(each["count"] for each in caught.value.missing_fields) == 4
    assert store.value("SELECT count(*) FROM message") == 0
    assert store.value("SELECT status FROM campaign") == "draft"


@both
def test_incomplete_contacts_are_left_out_also_of_those_held_out(store, campaign):
    check = CampaignCheck(store, SETTINGS, skips=True)
    done = campaigns.queue(store, campaign.id, "example.com", leave_out=check).recipients
    assert done.refused == {"contact.city is empty": 4}
    without = {1, 6, 11, 16}
    sql = "SELECT contact_id FROM message UNION ALL SELECT contact_id FROM holdout"
    reached = [row[0] for row in store.rows(sql)]
    assert len(reached) == 16
    assert without.isdisjoint(reached)
    assert all(
        each.startswith("the campaign spring leaves out ") and " contact" in each
        for each in check.warnings
    )


def test_a_campaign_for_nobody_is_refused_even_if_incomplete_ones_are_left_out(store, campaign):
    for each in ("one", "two"):
        found = templates.find_template(store, each)
        records.edit(store, TEMPLATE, [found.id], {"text": "{{ contact.job }}"})
    check = CampaignCheck(store, SETTINGS, skips=True)
    with pytest.raises(IncompleteError, match=r"contact\.job is empty for"):
        campaigns.queue(store, campaign.id, "example.com", leave_out=check)


def test_a_campaign_of_mail_needs_a_subject(store, campaign):
    found = templates.find_template(store, "two")
    records.edit(store, TEMPLATE, [found.id], {"subject": ""})
    with pytest.raises(UsageError, match="the template two has no subject"):
        campaigns.queue(store, campaign.id, "example.com",
                        leave_out=CampaignCheck(store, SETTINGS, skips=True))  # fmt: skip


def test_the_query_of_every_field_is_one_that_find_takes(store):
    fields = [f"contact.{name}" for name in FIELDS["contact"]]
    queries = {each: write_query(store, Gap("offer", each, (1,), 1)) for each in fields}
    assert {each for each in fields if not queries[each]} <= {"contact.ref", "contact.fields"}
    for each in filter(None, queries.values()):
        contact_query.parse(store, each)
