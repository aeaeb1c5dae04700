"""The definition of each figure in the reports about deals, for `--explain` and the documents."""

from collections.abc import Mapping

DEFINITIONS: Mapping[str, Mapping[str, str]] = {
    "forecast": {
        "deals": "open deals by the month of their expected close; lost and won ones never count",
        "weighted": "sum of amount × probability; a missing probability is that of the stage",
        "low, high": "band of 10,000 draws in which each deal is won by its probability, "
        "independently of the others",
        "commit": "amounts of the deals of at least 90% (--commit)",
        "best case": "amounts of all deals",
        "trend": "what the sales of the past make likely, by the named method",
    },
    "pipeline": {
        "deals": "open deals that are in the stage now",
        "amount": "sum of the amounts; deals without one add nothing",
        "weighted": "sum of amount × probability; a missing probability is that of the stage",
        "days": "mean number of days since they entered the stage",
        "late": "deals whose expected close is past",
        "rotting": "deals that stood still for longer than their stage allows, without a plan",
        "open (by month)": "deals opened by the end of the month and closed later or not at all, "
        "by the amounts that they have now",
    },
    "conversion": {
        "any": "deals that were in the stage at any time; went on: in a later stage afterwards, "
        "or won",
        "strict": "deals that were in each stage up to this one, in order; went on: in the next "
        "stage after that",
        "cumulative": "share of all deals (any), or of those of the first stage (strict)",
        "skips": "any does not count a deal in a stage that it skipped; strict counts it up to the "
        "skip",
        "moves back": "take nothing away; a deal counts once in a stage",
        "days": "deals belong to the days on which they were opened; those still open count",
        "interval": "95%, Wilson (1927)",
    },
    "velocity": {
        "velocity": "open deals × mean won amount × win rate / mean days to close, by day",
        "open": "open deals of today; with --by month those at the end of the month",
        "mean won": "mean amount of the deals that were won and have one",
        "win rate": "won / (won + lost), by number of deals",
        "days": "mean days from the opening to the close of deals that were won",
    },
    "winrate": {
        "win rate": "won / (won + lost) of the deals closed in these days, by number of deals",
        "by value": "the same of their amounts",
        "interval": "95%, Wilson (1927)",
    },
    "performance": {
        "won": "amounts of the deals won in the month, by their owner",
        "attainment": "won / target; not with --pipeline or --where: a target is for all deals",
        "expected": "won + weighted open deals with their expected close in the month",
        "coverage": "amounts of these open deals / what is missing to the target",
        "touches": "outgoing calls, mails, meetings, visits and messages of the user in the month "
        "that reached the contact",
    },
    "stage-times": {
        "stays": "times that a deal left the stage in these days; one that comes back stays again",
        "mean, median": "days from the entry into the stage to the leave",
        "now": "deals that are in the stage, and the mean of their days so far",
    },
    "slippage": {
        "deals": "deals with an expected close that are open, or were closed in these days",
        "moved": "those of which the expected close was changed from one day to another",
        "median days": "median of these changes in days; more is later",
    },
    "lost-reasons": {
        "deals": "deals lost in these days, by the reason given",
        "share": "part of all lost deals of the group",
        "amount": "sum of their amounts",
    },
    "activity": {
        "touches": "interactions with the contact between the opening and the close of the deal; "
        "notes and failed attempts do not count",
        "win rate": "won / (won + lost), with its 95% interval (Wilson 1927)",
        "comparison": "a buyer who is interested is also called more often, so it is not an effect",
    },
    "responses": {
        "questions": "incoming mails, messages and missed calls; several open ones are one",
        "answer": "the next touch by any channel within 7 days, for the user who logged it",
        "median": "median hours from the question to the answer",
        "within a day": "share of the answers within 24 hours",
        "first response": "with --leads, the first touch that went out after a lead came in; notes "
        "and attempts without an answer do not count",
        "9 of 10 within": "90th percentile of these times, by nearest rank",
    },
}
