"""Permanent ids: proper UUIDs, all different, later ones behind earlier ones."""

import time
import uuid

from cardcrm.records.contacts.uids import new_uid


def test_it_is_a_uuid_of_version_seven() -> None:
    uid = uuid.UUID(new_uid())
    assert str(uid) == str(uuid.UUID(bytes=uid.bytes))
    assert uid.version == 7
    assert uid.variant == uuid.RFC_4122


def test_it_begins_with_the_time() -> None:
    before = time.time_ns() // 1_000_000
    stamp = uuid.UUID(new_uid()).int >> 80
    assert before <= stamp <= time.time_ns() // 1_000_000


def test_no_two_are_alike() -> None:
    assert len({new_uid() for _ in range(10_000)}) == 10_000
