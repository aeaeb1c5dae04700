"""The declaration of remembered choices: which of several towns of a name addresses mean."""

from cardcrm.records.fields import Key, Number, Text
from cardcrm.records.places.locations import CHOSEN, LOCATIONS
from cardcrm.records.record_type import Effect, RecordType
from cardcrm.records.registry import declare

PLACE_CHOICE = declare(
    RecordType(
        "place_choice",
        "choices of towns",
        (
            Key("city_key", key="city", required=True, listed=True, headed=True,
                help="Town as written in addresses, folded."),
            Key("region_key", key="region", listed=True, help="Their region, folded."),
            Key("country_key", key="country", listed=True, help="Their country, folded."),
            Text("place", required=True, listed=True, help="The town that is meant."),
            Number("latitude", least=-90, most=90, required=True, help="Degrees north."),
            Number("longitude", least=-180, most=180, required=True, help="Degrees east."),
        ),
        title="{city_key}: {place}",
        sort="city",
        effects=(Effect(LOCATIONS, via=CHOSEN),),
        heading=lambda row: f"town {row.get('city_key', '')}",
        summary="Choices of a town among several with the same name.",
    )
)  # fmt: skip
