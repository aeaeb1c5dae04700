"""The programs that lock a file, read from the system's table of locks."""

import os

from cardcrm.store.lock_owners import find_lock_owners


def test_writers_of_the_file_or_its_shared_memory_are_named_once(tmp_path):
    database = tmp_path / "cards.db"
    database.touch()
    shared = tmp_path / "cards.db-shm"
    shared.touch()
    file_inode, shared_inode = database.stat().st_ino, shared.stat().st_ino
    table = tmp_path / "locks"
    table.write_text(
        f"1: POSIX  ADVISORY  WRITE 1 08:01:{shared_inode} 120 120\n"
        f"2: POSIX  ADVISORY  WRITE 1 08:01:{file_inode} 0 EOF\n"
        f"3: POSIX  ADVISORY  READ 999999 08:01:{file_inode} 0 EOF\n"
        f"4: -> POSIX  ADVISORY  WRITE 999998 08:01:{file_inode} 0 EOF\n"
        f"5: POSIX  ADVISORY  WRITE {os.getpid()} 08:01:{file_inode} 0 EOF\n"
        "6: FLOCK  ADVISORY  WRITE 77 08:01:1 0 EOF\n"
        "7: OFDLCK ADVISORY  WRITE -1 08:01:1 0 EOF\n"
        "garbage\n"
    )
    found = find_lock_owners(database, table)
    assert [each.rpartition("(")[2] for each in found] == ["process 1)", "process 999998)"]
    assert len(find_lock_owners(database, table, readers=True)) == 3


def test_no_program_is_named_where_the_system_has_no_table(tmp_path):
    assert find_lock_owners(tmp_path / "cards.db", tmp_path / "none") == []
