"""Add what the sample shop knows, and where it was of use."""

from collections.abc import Sequence

from cardcrm import dates
from cardcrm.records import records, registry
from cardcrm.records.contacts.uids import new_uid
from cardcrm.records.knowledge import answers, articles
from cardcrm.records.sample.knowledge_data import (
    ANSWERS,
    ARTICLES,
    HELPED,
    LINKS,
    RECORDING,
    SCRIPT,
    USES,
)
from cardcrm.store import Store


def add_knowledge(store: Store, cases: Sequence[int]) -> None:
    """Add answers, articles, a call script and a recording; ``cases`` are those of the sample."""
    own = [_add(store, "answer", name=name, text=text) for name, text in ANSWERS]
    written = [
        _add(store, "article", title=title, text=text, product=product)
        for title, text, product in ARTICLES
    ]
    for article, case in LINKS:
        articles.link(store, written[article], cases[case])
    for article, case in HELPED:
        articles.vote(store, written[article], helped=True, case_id=cases[case])
    for answer, case in USES:
        answers.note_use(store, own[answer], cases[case], None)
    _add(store, "script", name="complaint", tree=SCRIPT)
    _add_recording(store)


def _add(store: Store, noun: str, **texts: str) -> int:
    return records.add(store, registry.record_type(noun), texts).id


def _add_recording(store: Store) -> None:
    """Add the recording as a row, as its file does not exist."""
    at = dates.current_instant()
    own = {"uid": new_uid(), "author": store.author.name, "created_at": at}
    store.insert("recording", **RECORDING, **own)
