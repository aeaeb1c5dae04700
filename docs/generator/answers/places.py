"""Declare the answers about places, routes and maps."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "km": Key("number", "kilometers in a straight line: from the place, or from the previous stop"),
    "total_km": Key("number", "kilometers from the start of the route"),
    "accuracy": Key("text", "how exactly it is located: exact, postcode, city or region"),
    "stop": Key("integer", "position on the route, from 1"),
    "arrival": Key("instant", "arrival at the stop"),
    "wait_minutes": Key("integer", "minutes until the stop opens"),
    "geo": Key("text", "link that phones open in their map"),
    "places": Key("integer", "number of towns or postal codes"),
    "place": Key("text", "town with its region and country, or value of the field"),
    "town": Key("text", "town as written in addresses"),
    "address_count": Key("integer", "addresses with the town"),
    "towns": Key("[text]", "towns that it may mean"),
    "similar": Key("[text]", "similar names of towns"),
    "located_contacts": Key("integer", "contacts whose address is located"),
}

OBJECTS = {
    "map_contact": "id name city accuracy latitude longitude",
}

ANSWERS = {
    "near": Answer(("[{id name city km accuracy latitude longitude}]",)),
    "route": Answer(
        (
            "[{stop id name street city km total_km arrival? wait_minutes? is_open? accuracy "
            "latitude longitude geo}]",
        ),
        "with `--end` the last row is the end, whose `id` is null unless it is a contact; the "
        "times are there with `--leave`",
    ),
    "map": Answer(("[map_contact]", "{path contacts}"), "the second form with `--html`"),
    "places load": Answer(("[{kind country places}]",)),
    "places list": Answer(("[{kind country places}]",)),
    "places locate": Answer(
        ("[{city region country address_count towns similar}]",), "the towns that stay open"
    ),
    "places choose": Answer(("{town place latitude longitude}",)),
    "report regions": Answer(("[{place contacts located_contacts customers revenue share}]",)),
}
