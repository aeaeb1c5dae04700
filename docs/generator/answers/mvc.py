"""Declare the answers about the program for the most valuable customers."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "membership": Key("text", "new, member or left"),
    "benefits_due": Key("[text]", "names of benefits that are due"),
    "kept_up": Key("boolean", "no touch is late and no benefit is due"),
    "revenue_since": Key("money", "revenue since joining, at most of a year"),
    "change_rate": Key("number", "change as a part of the revenue before"),
    "benefit_count": Key("integer", "benefits given to members"),
    "benefit_cost": Key("money", "cost of these"),
}

ANSWERS = {
    "mvc set": Answer(("[{id name membership}]",)),
    "mvc list": Answer(
        ("[{id name owner mvc cadence_days touched touch_by benefits_due kept_up}]",)
    ),
    "mvc add": Answer(("[contact]",)),
    "mvc rm": Answer(("[contact]",)),
    "mvc give": Answer(("gift",)),
    "mvc report": Answer(
        ("[{group customers revenue_before revenue_since change_rate benefit_count benefit_cost}]",)
    ),
}
