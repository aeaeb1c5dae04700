"""Who holds a file, as the system's table of locks tells it."""

import os

from cardcrm.store.lock_owners import find_lock_owners


def test_writers_of_the_box_or_its_shared_memory_are_named_once(tmp_path):
    box = tmp_path / "cards.db"
    box.touch()
    shared = tmp_path / "cards.db-shm"
    shared.touch()
    one, two = box.stat().st_ino, shared.stat().st_ino
    table = tmp_path / "locks"
    table.write_text(
        f"1: POSIX  ADVISORY  WRITE 1 08:01:{two} 120 120\n"
        f"2: POSIX  ADVISORY  WRITE 1 08:01:{one} 0 EOF\n"
        f"3: POSIX  ADVISORY  READ 999999 08:01:{one} 0 EOF\n"
        f"4: -> POSIX  ADVISORY  WRITE 999998 08:01:{one} 0 EOF\n"
        f"5: POSIX  ADVISORY  WRITE {os.getpid()} 08:01:{one} 0 EOF\n"
        "6: FLOCK  ADVISORY  WRITE 77 08:01:1 0 EOF\n"
        "7: OFDLCK ADVISORY  WRITE -1 08:01:1 0 EOF\n"
        "garbage\n"
    )
    found = find_lock_owners(box, table)
    assert [each.rpartition("(")[2] for each in found] == ["process 1)", "process 999998)"]
    assert len(find_lock_owners(box, table, readers=True)) == 3


def test_nobody_is_named_where_the_system_does_not_tell(tmp_path):
    assert find_lock_owners(tmp_path / "cards.db", tmp_path / "none") == []
