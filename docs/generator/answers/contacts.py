"""Declare the answers about contacts, their parts, segments and custom fields."""

from docs.generator.answers.declaration import LIST_OF_NOUN, Answer, Key

_LIST = "the keys are the columns"

KEYS = {
    "address": Key("text", "email address, phone number, web or social address"),
    "opted_out": Key("boolean", "the address must not be written to"),
    "note": Key("text", "note"),
    "every": Key("integer", "days between touches"),
    "org_id": Key("integer", "number of the organization"),
    "contact_points": Key("[contact_point]", "email addresses, phone numbers, web addresses"),
    "addresses": Key("[address]", "postal addresses"),
    "nicknames": Key("[text]", "other names"),
    "tags": Key("[text]", "tags, in the order of the alphabet"),
    "fields": Key("[custom_value]", "values of custom fields"),
    "relations": Key("[relation]", "relations to other contacts"),
    "jobs": Key("[contact_job]", "further and former jobs"),
    "media": Key("[media]", "photos, logos, sounds and keys, without their content"),
    "vcard_lines": Key("[text]", "properties of vCards that have no field, as they were read"),
    "uri": Key("text", "address of a photo, logo, sound or key that is elsewhere"),
    "digest": Key("text", "SHA-256 of its content"),
    "people": Key("[person]", "people of an organization"),
    "reminders": Key("[contact_reminder]", "open reminders, the next first"),
    "interactions": Key("[contact_interaction]", "interactions, the newest first"),
    "sales": Key("[contact_sale]", "sales, the newest first"),
    "added_org": Key("named", "organization that was added for the person"),
    "last": Key("day", "day of the last interaction"),
    "cadence": Key("cadence", "days between touches, and the query that gives them"),
    "next": Key("day", "the next day it falls on; of a contact its next reminder"),
    "inverse": Key("boolean", "the relation is named from the other side"),
    "changes": Key("[change]", "each column that was changed, or would be"),
    "best_hour": Key("text", "hour at which calls are answered best, if that is known"),
    "choices": Key("[text]", "values to choose from"),
}

OBJECTS = {
    "contact_point": "{point}",
    "address": "{address}",
    "custom_value": "name label type text",
    "relation": "kind inverse id name",
    "media": "id kind type uri digest size",
    "person": "id name title",
    "named": "id name",
    "contact_job": "id title contact_id contact org_id org from to",
    "contact": (
        "{contact} last touched touch_by cadence snoozed nicknames contact_points addresses "
        "anniversaries tags fields relations jobs media vcard_lines people reminders deals "
        "invoices claims leads consents assets contracts partnerships feedback away_until "
        "interactions interaction_count sales sale_count by_currency all_currencies"
    ),
    "custom_field": "name label type choices contacts",
}

ANSWERS = {
    "add": Answer(("contact added_org?",)),
    "find": Answer(
        ("[contact_row*]", "[contact_row* count]", "{count}", "[{field help}]"),
        f"{_LIST}; with `--by` one of them and `count`",
    ),
    "show": Answer(("contact", "[contact]"), "an array for several contacts"),
    "brief": Answer(("contact alerts best_hour",)),
    "edit": Answer(("contact changes", "[contact changes]"), "an array for several contacts"),
    "tag": Answer(("contact changes", "[contact changes]"), "an array for several contacts"),
    "rm": Answer(("[contact]",)),
    "segment add": Answer(("segment contacts",)),
    "segment list": Answer(("[segment* contacts? count?]",), LIST_OF_NOUN),
    "segment show": Answer(("[contact_row*]",), _LIST),
    "field add": Answer(("[custom_field]",)),
    "field list": Answer(("[custom_field]",)),
    "field rm": Answer(("[custom_field]",)),
}
