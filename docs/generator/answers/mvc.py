"""Declare the answers about the MVC program."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "membership": Key("text", "new, member or left"),
    "benefits_due": Key("[text]", "names of benefits that are due"),
    "fulfilled": Key(
        "boolean", "no touch is late and no benefit is due; null if nothing is promised"
    ),
    "amount_before": Key("money", "revenue or margin of as many days before joining"),
    "amount_since": Key("money", "revenue or margin since joining, at most of a year"),
    "change_rate": Key("number", "change as a part of the amount before"),
    "benefit_count": Key("integer", "benefits given to members"),
    "benefit_cost": Key("money", "cost of these"),
}

ANSWERS = {
    "mvc set": Answer(("[{id name membership}]",)),
    "mvc list": Answer(
        ("[{id name owner mvc cadence_days touched touch_by benefits_due fulfilled}]",)
    ),
    "mvc add": Answer(("[contact]",)),
    "mvc rm": Answer(("[contact]",)),
    "mvc give": Answer(("gift",)),
    "mvc report": Answer(
        (
            "[{group customers measure amount_before amount_since change_rate benefit_count "
            "benefit_cost}]",
        )
    ),
}
