"""Declare the answers about work that several users share."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "claims": Key("[claim_in_force]", "claims in force", nullable=False),
    "released": Key("[claim_in_force]", "claims that were ended"),
    "without_owner": Key("integer", "contacts of a territory without an owner"),
    "other_owner": Key("integer", "contacts of a territory with the owner of another one"),
    "open_amounts": Key("[money]", "sums of the open deals, by currency"),
    "revenues": Key("[money]", "sums of the sales, by currency"),
    "territory": Key("text", "name of the territory"),
    "old_owner": Key("text", "owner before"),
}

OBJECTS = {"claim_in_force": "id user until text"}

_TERRITORY = "territory contact_count without_owner other_owner open_deals open_amounts revenues"

ANSWERS = {
    "claim add": Answer(
        ("claim", "{contact_id contact released}"), "the second form with --release"
    ),
    "territory add": Answer((_TERRITORY,)),
    "territory show": Answer((_TERRITORY, "[territory]")),
    "territory assign": Answer(("[{contact_id contact old_owner owner territory}]",)),
    "hand-over": Answer(("[{noun user count ids}]",)),
}
