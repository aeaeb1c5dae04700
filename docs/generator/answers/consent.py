"""Declare the answers about consents and opt-outs."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "consents": Key("[consent_state]", "newest state of each address", nullable=False),
    "consent_id": Key("integer", "number of the consent"),
    "opted_out_points": Key("[opted_out_point]", "opted-out contact points", nullable=False),
    "suppressed": Key("[suppressed_count]", "suppressed addresses by reason", nullable=False),
}

OBJECTS = {
    "consent_state": "consent_id address:text purpose status source at",
    "suppressed_count": "reason count",
    "opted_out_point": "contact_id contact address reason on",
}

ANSWERS = {
    "consent set": Answer(("[consent]",)),
    "consent require": Answer(("[{purpose}]",)),
    "consent ask": Answer(("[consent]",)),
    "opt-out add": Answer(
        ("[{address opted_out invalid contact_count}]", "[consent]"), "the second with --purpose"
    ),
    "opt-out list": Answer(("{suppressed opted_out_points}",)),
}
