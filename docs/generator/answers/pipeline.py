"""Declare the answers of reports about deals."""

from docs.generator.answers.declaration import Answer, Key

_NOTE = "`--explain` answers with the definitions"


def _rows(keys: str) -> Answer:
    return Answer((f"[{{{keys}}}]", "[definition]"), _NOTE)


KEYS = {
    "mean_days": Key("number", "mean number of days"),
    "late_deals": Key("integer", "deals whose expected close is past"),
    "rotting_deals": Key("integer", "deals that stood still for longer than their stage allows"),
    "opened_deals": Key("integer", "deals opened in the month"),
    "opened_amount": Key("money", "amounts of the deals opened"),
    "won": Key("integer", "deals won; of a factor of a score, past cases that were won"),
    "won_amount": Key("money", "amounts of the deals won"),
    "lost_amount": Key("money", "amounts of the deals lost"),
    "open_amount": Key("money", "amounts of the open deals"),
    "next_deals": Key("integer", "deals that went on"),
    "next_rate": Key("number", "part of the deals that went on, from 0 to 1"),
    "cumulative_rate": Key("number", "part of all deals that came to the stage, from 0 to 1"),
    "mean_won": Key("money", "mean amount of the deals won"),
    "win_rate": Key("number", "won deals of all closed ones, from 0 to 1"),
    "value_rate": Key("number", "won amounts of all closed ones, from 0 to 1"),
    "velocity": Key("money", "money that the deals bring a day"),
    "target_amount": Key("money", "amount that the user is to win in the month"),
    "attainment": Key("number", "won / target"),
    "missing_amount": Key("money", "amount that is missing to the target"),
    "expected_amount": Key("money", "won, and the weighted open deals of the month"),
    "coverage": Key("number", "open deals of the month / what is missing to the target"),
    "touches": Key("integer", "touches of the user in the month"),
    "moved_deals": Key("integer", "deals whose expected close was moved"),
    "moves": Key("integer", "moves of an expected close"),
    "later_moves": Key("integer", "moves to a later day"),
    "stays": Key("integer", "times that a deal left the stage"),
    "open_days": Key("number", "mean days so far of the deals that are in the stage"),
    "touch_count": Key("text", "number of touches: 0, 1-2, 3-5, 6-10 or 11+"),
    "questions": Key("integer", "incoming mails, messages and missed calls"),
    "answers": Key("integer", "questions that were answered within 7 days"),
    "median_hours": Key("number", "median hours to the answer"),
    "within_day": Key("number", "part of the answers within 24 hours, from 0 to 1"),
}

_STAGES = (
    "pipeline stage probability:number currency:text deals:integer amount weighted:money "
    "without_amount mean_days late_deals rotting_deals"
)
_MONTHS = (
    "month:text currency:text opened_deals opened_amount won won_amount lost lost_amount "
    "open_deals open_amount"
)
ANSWERS = {
    "report pipeline": Answer(
        (f"[{{{_STAGES}}}]", f"[{{{_MONTHS}}}]", "[definition]"),
        f"the second form is that of `--by-month`; {_NOTE}",
    ),
    "report conversion": _rows(
        "pipeline month:text stage definition deals:integer next_deals next_rate low high "
        "cumulative_rate open_deals lost"
    ),
    "report velocity": _rows(
        "group currency:text open_deals won lost mean_won win_rate mean_days velocity reason"
    ),
    "report winrate": _rows(
        "group currency:text won lost win_rate low high won_amount lost_amount value_rate "
        "without_amount mean_days"
    ),
    "report performance": _rows(
        "month:text user currency:text target_amount won_amount attainment missing_amount won lost "
        "open_deals open_amount weighted:money expected_amount coverage touches"
    ),
    "report stage-times": _rows(
        "pipeline stage month:text stays mean_days median_days:number open_deals open_days"
    ),
    "report lost-reasons": _rows(
        "group lost_reason:text currency:text deals:integer share lost_amount"
    ),
    "report slippage": _rows(
        "group deals:integer moved_deals share moves later_moves median_days:number"
    ),
    "report activity": _rows("month:text touch_count won lost win_rate low high"),
    "report responses": Answer(
        (
            "[{month:text user questions answers median_hours within_day}]",
            "[{month:text user leads_count answers median_hours slow_hours within_hour}]",
        ),
        "the second form with --leads",
    ),
    "target set": Answer(("target",)),
}
