"""Scores of leads: odds ratios against published figures, factors against a slow second way."""

import math

import pytest

from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.deals import deals, moves
from cardcrm.records.importing.history_drafts import LeadDraft, Party
from cardcrm.records.leads import lead_rules, leads
from cardcrm.reports.leads.lead_score import score_leads
from cardcrm.reports.leads.won_factors import learn_factors, list_properties
from cardcrm.reports.statistics.odds_ratio import find_odds_ratio


@pytest.mark.parametrize(
    ("counts", "ratio", "low", "high"),
    [
        ((647, 622, 2, 27), 14.04, 3.33, 59.30),  # Doll and Hill (1950): men who smoked
        ((20, 80, 10, 90), 2.25, 0.99, 5.09),
        ((5, 0, 10, 20), 21.48, 1.08, 426.68),  # 0.5 is added to each count
    ],
)
def test_odds_ratios_are_those_of_the_formula_and_of_a_published_table(counts, ratio, low, high):
    found = find_odds_ratio(*counts)
    assert [round(each, 2) for each in (found.ratio, *found.interval)] == pytest.approx(
        [ratio, low, high], abs=0.01
    )


def test_an_interval_with_1_in_it_is_no_difference():
    assert not find_odds_ratio(10, 10, 12, 11).is_significant
    assert find_odds_ratio(30, 5, 10, 40).is_significant


SOURCES = ("referral", "web", "fair")


@pytest.fixture
def cases(store):
    """Add 60 closed cases of three sources, some with a phone number or in Leeds; return them."""
    found = []
    for at in range(60):
        source, has_phone, in_leeds = SOURCES[at % 3], at % 4 == 0, at % 5 == 0
        won = (at % 3 == 0 and at % 7 != 0) or at % 11 == 0
        points = (ContactPointDraft("phone", f"01134960{at:03}"),) if has_phone else ()
        addresses = (AddressDraft(city="Leeds"),) if in_leeds else ()
        draft = ContactDraft(f"P {at}", points=points, addresses=addresses)
        contact_id = contacts.add(store, draft).id
        if at % 2:
            texts = {"title": "T", "contact": f"#{contact_id}", "amount": "5", "source": source}
            deal_id = deals.add(store, texts).record.id
        else:
            lead = leads.add(store, LeadDraft(0, "", Party(), "x", source, contact_id=contact_id))
            if not won:
                leads.close(store, lead.lead.id, "no")
                deal_id = 0
            else:
                converted = leads.convert(store, lead.lead.id, {"amount": "5"})
                deal_id = converted.deal.record.id
        if won:
            moves.win(store, deal_id, has_sale=False)
        elif deal_id:
            moves.lose(store, deal_id, "other")
        keys = [("source", source)]
        keys += [("has a phone number", "")] if has_phone else []
        keys += [("city", "leeds")] if in_leeds else []
        found.append((won, keys))
    return found


def test_factors_are_those_of_a_slow_count(store, cases):
    learned = learn_factors(store)
    wins = sum(won for won, _ in cases)
    assert (learned.won, learned.lost, learned.reason) == (wins, 60 - wins, "")
    assert set(learned.factors) == {
        ("source", "referral"), ("source", "web"), ("source", "fair"), ("city", "leeds"),
        ("has a phone number", ""),
    }  # fmt: skip
    for key, factor in learned.factors.items():
        a = sum(won and key in keys for won, keys in cases)
        b = sum(not won and key in keys for won, keys in cases)
        c, d = wins - a, 60 - wins - b
        assert (factor.won, factor.cases, factor.other_won) == (a, a + b, c)
        if a and b and c and d:
            assert factor.odds.ratio == pytest.approx(a * d / (b * c))
            half = 1.959964 * math.sqrt(1 / a + 1 / b + 1 / c + 1 / d)
            assert factor.odds.interval.low == pytest.approx(a * d / (b * c) / math.exp(half))
        assert bool(factor.points) == factor.odds.is_significant


def test_a_lead_gets_the_points_of_rules_and_of_what_was_learned(store, cases):
    lead_rules.set_rule(store, "source:referral", 20, None)
    lead_rules.set_rule(store, 'contact:"has:phone"', -5, None)
    draft = LeadDraft(0, "", Party(name="New One", phone="01134969999"), "x", "referral")
    lead_id = leads.add(store, draft).lead.id
    assert ("source", "referral") in list_properties(store, lead_id)
    score = score_leads(store, [lead_id])[lead_id]
    referral = learn_factors(store).factors["source", "referral"]
    assert referral.points == 20
    assert (20, "rule source:referral") in score.points
    assert (-5, 'rule contact:"has:phone"') in score.points
    assert (20, referral.reason) in score.points
    assert score.total == sum(each.points for each in score.points)


def test_too_few_cases_teach_nothing(store):
    learned = learn_factors(store)
    assert (learned.factors, learned.reason) == (
        {},
        "nothing is learned yet: it takes 10 past leads or deals that were won and 10 that were "
        "not; so far: 0 and 0",
    )
