"""The declarations of folders and files that are in step with the database."""

from cardcrm.records.fields import Block, Choice, Flag, Integer, Key, Reference, Text
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare
from cardcrm.records.syncing.kinds import CALENDARS, CONTACTS, FOLDERS

_KINDS = (*FOLDERS, *CALENDARS.values())
_MOST = 2**63 - 1

SYNC_FOLDER = declare(
    RecordType(
        "sync_folder",
        "synchronized folders",
        (
            Key("host", help="Machine on which the folder is."),
            Key("path", required=True, listed=True, headed=True,
                help="Folder, or file of a calendar."),
            Choice("kind", _KINDS, required=True, default=CONTACTS, help="Content of its files."),
            Text("query", help="Query for the contacts that take part."),
            Integer("read_to", label="read up to", most=_MOST, empty=0,
                    help="Last change of the journal that the folder has."),
        ),
        title="{path}",
        is_local=True,
    )
)  # fmt: skip

SYNC_FILE = declare(
    RecordType(
        "sync_file",
        "synchronized files",
        (
            Reference("folder_id", to="sync_folder", label="folder", required=True),
            Key("name", required=True, listed=True, headed=True, help="Name of the file."),
            Key("uid", label="permanent id", required=True,
                help="Permanent id of the contact or reminder."),
            Integer("size", most=_MOST, empty=0, help="Bytes of the file."),
            Integer("mtime", label="changed", most=_MOST, empty=0,
                    help="When the file was changed; nanoseconds since 1970."),
            Key("hash", help="SHA-256 of the file."),
            Flag("matched", help="1 if the query found the contact."),
            Flag("pending", help="1 while the file lacks changes of the database."),
            Block("base", help="Content that file and database had last; JSON."),
        ),
        title="{name}",
        parent="folder_id",
        same_by=("name",),
        is_local=True,
    )
)  # fmt: skip
