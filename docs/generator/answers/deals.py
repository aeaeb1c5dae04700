"""Declare the answers about deals and pipelines."""

from docs.generator.answers.declaration import Answer, Key

_DEAL = "deal roles quotes next_steps stage_changes"
_STAGE = "{id pipeline name position kind probability rotting_days needs deal_count}"

KEYS = {
    "role": Key("text", "role of a person in a deal"),
    "roles": Key("[deal_role]", "people with a role in a deal"),
    "quotes": Key("[quote]", "quotes of a deal, the newest first"),
    "next_steps": Key("[reminder]", "open reminders of a deal, the next first"),
    "stage_changes": Key("[stage_change]", "stages of a deal, the oldest first"),
    "seconds": Key("integer", "seconds that a deal was in the former stage"),
    "from_id": Key("integer", "number of the former stage"),
    "to_id": Key("integer", "number of the new stage"),
    "position": Key("integer", "place of a pipeline, or of a stage in its pipeline"),
    "open_deals": Key("integer", "number of open deals"),
    "deals": Key("[contact_deal]", "open deals, the next close first"),
    "deals_due": Key("[due_deal]", "deals whose expected close is past, and rotting ones"),
    "rotting": Key("boolean", "it stood still for longer than its stage allows"),
    "deal_count": Key("integer", "number of deals"),
    "stages": Key("[text]", "names of the stages"),
    "rotting_days": Key("integer", "days without a step after which a deal rots"),
    "needs": Key("[text]", "facts to know of a deal before it enters"),
}

OBJECTS = {
    "contact_deal": "id title pipeline stage amount probability close owner",
    "due_deal": (
        "id title stage amount close entered rotting owner contact_id contact org phone email "
        "status mvc last_interaction"
    ),
    "deal_role": "contact_id contact role",
    "stage_change": "from_id from to_id to at seconds author",
}

ANSWERS = {
    **{f"deal {verb}": Answer((_DEAL,)) for verb in ("add", "move", "win", "lose", "reopen")},
    "deal show": Answer((_DEAL, "[deal]")),
    "pipeline list": Answer(("[{id name position open_deals stages}]",)),
    **{
        f"pipeline {verb}": Answer((f"[{_STAGE}]",))
        for verb in ("show", "add", "edit", "stage add", "stage edit", "stage move", "stage rm")
    },
    "pipeline rm": Answer((f"[{_STAGE}]",), "of the pipeline that takes the deals"),
}
