"""Declare the answers about mail that is fetched."""

from docs.generator.answers.declaration import Answer, Key

_COUNTS = (
    "read logged unknown_count replied:integer bounces automatic unsubscribed:integer "
    "complaints confirmed undecided opened_cases skipped_count refused_count"
)

KEYS = {
    "read": Key("integer", "messages that were not read before"),
    "skipped_count": Key("integer", "messages that no person wrote"),
    "logged": Key("integer", "messages that were logged"),
    "bounces": Key("integer", "messages of yours that came back"),
    "automatic": Key("integer", "automatic answers"),
    "confirmed": Key("integer", "consents that a reply gave"),
    "complaints": Key("integer", "complaints about messages of yours, or about a product"),
    "undecided": Key("integer", "requests to opt out the address of someone else"),
    "reports": Key("[address_report]", "addresses that the messages are about"),
    "report_kind": Key("text", "unsubscribe, complaint, bounce, consent or request"),
    "sender": Key("text", "address that a mail came from"),
    "ignored": Key("[text]", "addresses that are offered no more"),
    "accounts": Key("[fetched_account]", "mail accounts with what was fetched"),
    "account": Key("text", "name of the mail account"),
    "opened_cases": Key("integer", "cases that mail to the help desk opened"),
    "problems": Key("[text]", "what could not be done, such as to acknowledge a case"),
    "absences": Key("[absence]", "senders of automatic answers"),
    "accounts_forgotten": Key("[text]", "mail accounts that were forgotten"),
    "mail_silent": Key("[silent_account]", "mail accounts that were not fetched for too long"),
    "mail_troubled": Key("[troubled_mail]", "mail that was not sent, by status"),
    "login": Key("text", "user and server of a mail account"),
    "last_success": Key("day", "day on which it was last fetched to the end"),
    "message_count": Key("integer", "messages so far"),
    "last_message": Key("day", "day of the last message"),
    "offer_status": Key("text", "offered, taken or ignored"),
}

OBJECTS = {
    "fetched_account": f"account {_COUNTS} absences reports problems error:text",
    "address_report": "report_kind email contact sender",
    "absence": "email until",
    "troubled_mail": "status count:integer",
    "silent_account": "account login last_success error:text",
}

ANSWERS = {
    "mail fetch": Answer(("{accounts}", "{accounts_forgotten}")),
    "mail offers": Answer(
        (
            "[{address name message_count last_message subject offer_status}]",
            "{contact_ids}",
            "{ignored}",
        ),
    ),
}
