"""Declare the answers about campaigns."""

from docs.generator.answers.declaration import Answer, Key

_COUNTS = (
    "queued waiting sent delivered failed bounced replied unsubscribed converted:integer revenue"
)

KEYS = {
    "mailed": Key("integer", "contacts that get the mail"),
    "found": Key("integer", "contacts that the query finds"),
    "sent": Key("integer", "mails that were sent"),
    "failed": Key("integer", "mails that the server refused, or that were given up"),
    "replied": Key("integer", "mails that were answered"),
    "queued": Key("integer", "mails that were queued"),
    "waiting": Key("integer", "mails that are not sent yet"),
    "delivered": Key("integer", "mails that were sent and did not come back"),
    "bounced": Key("integer", "mails that came back"),
    "unsubscribed": Key("integer", "contacts who unsubscribed by an answer"),
    "holdout_converted": Key("integer", "contacts held out who bought something in that time"),
    "uplift": Key("number", "share of converted contacts less that of those held out"),
    "complete_on": Key("day", "day from which no sale counts any more"),
    "templates": Key("[template_result]", "the same by template"),
}

OBJECTS = {
    "left_out_contacts": "reason count",
    "template_result": f"template {_COUNTS}",
}

_PREVIEW = "{name found mailed holdout:integer left_out:[left_out_contacts]}"
_COMPARED = "holdout:integer holdout_converted uplift low high complete_on templates"

ANSWERS = {
    "campaign preview": Answer((_PREVIEW,)),
    "campaign send": Answer((_PREVIEW, "campaign"), "the first form with --dry-run"),
    "campaign schedule": Answer(("campaign",)),
    "campaign pause": Answer(("campaign",)),
    "campaign resume": Answer(("campaign",)),
    "campaign stop": Answer(("campaign",)),
    "campaign results": Answer(
        (f"{{{_COUNTS} holdout:integer holdout_converted uplift low high complete_on templates}}",)
    ),
}
