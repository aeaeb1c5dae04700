"""Fill a database with contacts at several steps of a sequence, for its picture."""

import datetime as dt
import os
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from docs.generator.pages import DOCS

if TYPE_CHECKING:
    from cardcrm.records.records import Record
    from cardcrm.store import Store

_STEPS = DOCS.parent / "examples" / "sequences" / "welcome.toml"
_BEGIN = dt.datetime(2026, 10, 12, 9, tzinfo=dt.UTC)
_DAYS = 40
_NEWCOMERS = {0: 9, 9: 7, 20: 6, 29: 5, 38: 3}  # how many contacts enter on which day
_REPLIES = {4: 2, 12: 1, 15: 1}  # how many contacts answer their last mail on which day


def fill(database: Path) -> None:
    """Let contacts enter over some weeks, and carry their steps out day by day."""
    from cardcrm.records import records, registry, sample
    from cardcrm.records.sequences import enrollments, runs
    from cardcrm.store import Locale, open_store

    now = os.environ["CARDCRM_NOW"]
    locale = Locale(sample.REGION, sample.CURRENCY)
    with closing(open_store(database, user=sample.USER, locale=locale)) as store:
        tips = {"name": "tips", "subject": "How flowers last", "text": "Cut the stems."}
        os.environ["CARDCRM_NOW"] = _BEGIN.isoformat()
        records.add(store, registry.record_type("template"), tips)
        given = {"name": "welcome", "steps": _STEPS.read_text(encoding="utf-8")}
        sequence = records.add(store, registry.record_type("sequence"), given)
        ids = iter(_find_people(store))
        for day in range(_DAYS):
            os.environ["CARDCRM_NOW"] = (_BEGIN + dt.timedelta(days=day)).isoformat()
            people = [next(ids) for _ in range(_NEWCOMERS.get(day, 0))]
            enrollments.enroll(store, sequence, people)
            runs.run_due(store, "petal.example", lambda text, *_: text)
            _send(store)
            _answer(store, _REPLIES.get(day, 0))
    os.environ["CARDCRM_NOW"] = now


def _find_people(store: "Store") -> list[int]:
    """Return the people whom mail reaches."""
    from cardcrm.records.query_sql import columns, contact_query

    query = contact_query.parse(store, "kind:person has:email can-mail:offers status:active")
    return sorted(columns.find_ids(store, query))


def _send(store: "Store") -> None:
    """Mark the mails of the day as sent."""
    from cardcrm import dates
    from cardcrm.records.mail.message_status import QUEUED, SENT

    for each in _list_messages(store, QUEUED):
        with store.transaction():
            store.update("message", each.id, status=SENT, sent_at=dates.current_instant())


def _answer(store: "Store", count: int) -> None:
    """Let some contacts answer the mail that they got last."""
    from cardcrm import dates
    from cardcrm.records.mail import outbox
    from cardcrm.records.mail.message_status import SENT

    mails = [each for each in _list_messages(store, SENT) if not each.columns["replied_at"]]
    for each in mails[:count]:
        outbox.mark_replied(store, each.columns["message_id"], dates.current_instant())


def _list_messages(store: "Store", status: str) -> "list[Record]":
    """Return the mails of the sequence with a status."""
    from cardcrm.records import records, registry

    found = records.select(store, registry.record_type("message"))
    return [each for each in found if each.columns["status"] == status
            and each.columns["enrollment_id"]]  # fmt: skip
