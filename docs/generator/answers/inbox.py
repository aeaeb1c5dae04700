"""Declare the answers about mail that waits for an answer."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "threads": Key("[thread]", "threads that wait for an answer, the most urgent first"),
    "offers": Key("[mail_offer]", "senders who are not contacts"),
    "requests": Key("[stop_request]", "requests to opt out the address of someone else"),
    "waiting_days": Key("integer", "days that it has waited"),
    "promise_id": Key("integer", "open promise to the contact that is due first"),
    "promise_text": Key("text", "what was promised"),
    "promise_due": Key("day", "day on which it is due"),
    "done_mails": Key("[integer]", "mails whose threads need no answer"),
}

OBJECTS = {
    "thread": "id contact_id contact owner email subject text received waiting_days account "
    "promise_id promise_text promise_due",
    "stop_request": "sender email contact_id contact received interaction_id",
    "mail_offer": "address name message_count last_message subject offer_status",
}

ANSWERS = {
    "mail inbox": Answer(("{threads offers requests}",)),
    "mail reply": Answer(
        ("{contact_id contact from to subject text html attachments}", "message attachments"),
        "the first with --preview",
    ),
    "mail done": Answer(("{done_mails}",)),
}
