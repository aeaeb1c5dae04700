"""Declare the answers about campaigns."""

from docs.generator.answers.declaration import Answer, Key

_COUNTS = (
    "queued waiting sent:integer delivered failed bounced replied:integer "
    "unsubscribed:integer converted:integer revenue"
)
_UPLIFT = "holdout:integer holdout_converted uplift low high"

KEYS = {
    "mailed": Key("integer", "contacts that get the mail, call, visit, letter or message"),
    "found": Key("integer", "contacts that the query finds"),
    "url": Key("text", "URL that opens the profile"),
    "letter_count": Key("integer", "letters that were written"),
    "is_sent": Key("boolean", "true where the letters were logged as sent"),
    "queued": Key("integer", "mails, calls, visits, letters or messages that were queued"),
    "waiting": Key("integer", "those of them that are not sent or done yet"),
    "failed": Key("integer", "mails that the server refused, or that were given up"),
    "delivered": Key("integer", "mails that were sent and did not come back"),
    "bounced": Key("integer", "mails that came back"),
    "holdout_converted": Key("integer", "contacts held out who bought something in that time"),
    "uplift": Key("number", "share of converted contacts less that of those held out"),
    "complete_on": Key("day", "day from which no sale counts any more"),
    "due_count": Key("integer", "mails that are due"),
    "campaign_count": Key("integer", "scheduled campaigns that are due"),
    "retried": Key("integer", "mails that are tried again later"),
    "uncertain": Key("integer", "mails that may have arrived or not"),
    "canceled": Key("integer", "mails that were canceled, as the address must not be mailed"),
    "waiting_for": Key("[held_back]", "mails that a limit holds back, by reason"),
    "mail_texts": Key("[mail_text]", "contacts by the template and language that they get"),
    "template_test": Key("planned_test", "size of the test of two templates"),
    "buyers": Key("integer", "contacts who bought in as many days before"),
    "per_template": Key("integer", "contacts for each template"),
    "campaign_groups": Key("[campaign_group]", "the same by a field of the contacts"),
    "detectable": Key("number", "lowest share of buyers that the test tells from that before"),
    "needed": Key("integer", "contacts for each template that show a rise by a quarter"),
    "better_template": Key("text", "template that converts better, once no sale counts any more"),
    "template_difference": Key("number", "share of the first template less that of the second"),
    "template_low": Key("number", "lower end of its 95% interval"),
    "template_high": Key("number", "upper end of its 95% interval"),
    "templates": Key("[template_result]", "the same by template"),
}

OBJECTS = {
    "left_out_contacts": "reason count",
    "template_result": f"template {_COUNTS}",
    "held_back": "reason count",
    "mail_text": "template language count",
    "planned_test": "buyers contacts:integer per_template detectable needed",
    "campaign_group": (
        f"name queued sent:integer replied:integer unsubscribed:integer converted:integer revenue "
        f"{_UPLIFT}"
    ),
}

_PREVIEW = (
    "{name found mailed holdout:integer left_out:[left_out_contacts] mail_texts missing_fields "
    "template_test}"
)
_RESULTS = (
    f"{_COUNTS} {_UPLIFT} complete_on better_template template_difference template_low "
    "template_high templates promotions cost profit return_on_investment"
)

ANSWERS = {
    "mail run": Answer(
        (
            "{sent:integer failed retried uncertain canceled waiting waiting_for}",
            "{due_count campaign_count waiting_for}",
        ),
        "the second form with --dry-run",
    ),
    "message cancel": Answer(("[message]",)),
    "message retry": Answer(("[message]",)),
    "campaign preview": Answer((_PREVIEW,)),
    "campaign letters": Answer(("{path letter_count is_sent}",)),
    "campaign next": Answer(("{contact_id contact address url text waiting:integer}",)),
    "campaign test": Answer(("[{contact_id to subject}]",)),
    "campaign send": Answer((_PREVIEW, "campaign"), "the first form with --dry-run"),
    "campaign schedule": Answer(("campaign",)),
    "campaign pause": Answer(("campaign",)),
    "campaign resume": Answer(("campaign",)),
    "campaign stop": Answer(("campaign",)),
    "campaign results": Answer(
        (f"{{{_RESULTS}}}", f"{{{_RESULTS} campaign_groups}}"), "the second form with --by"
    ),
}
