"""Permanent ids are what every other program takes for one."""

import uuid

from cardcrm.uid import new_uid


def test_a_uid_is_a_random_uuid_in_its_usual_writing():
    made = {new_uid() for _ in range(200)}
    assert len(made) == 200
    for text in made:
        parsed = uuid.UUID(text)
        assert (str(parsed), parsed.version, parsed.variant) == (text, 4, uuid.RFC_4122)
