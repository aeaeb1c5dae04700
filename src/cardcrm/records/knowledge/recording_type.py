"""The declaration of recordings: audio files that are played, or sent as a link."""

from typing import Any

from cardcrm.records.fields import Context, Text, Uid, author_field
from cardcrm.records.knowledge.knowledge_fields import OneWordName, created
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare


class AudioPath(Text):
    """The path of a file that exists when it is typed; it is stored as a whole path."""

    __slots__ = ()

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.records.knowledge.recordings import find_audio

        return find_audio(text)


class WebLink(Text):
    """A web address."""

    __slots__ = ()

    def _value(self, text: str, store: Context) -> Any:  # noqa: ARG002
        from cardcrm.records.knowledge.recordings import normalize_link

        return normalize_link(text)


RECORDING = declare(
    RecordType(
        "recording",
        "recordings",
        (
            Uid(),
            OneWordName(example="opening-hours"),
            AudioPath("path", option="file", required=True, listed=True, help="Audio file.",
                      example="hours.ogg"),
            WebLink("link", listed=True, help="Its web address, for replies.",
                    example="https://example.com/hours.ogg"),
            Text("text", non_ascii_key="text_key", listed=True, searchable=True,
                 help="Words that are spoken in it.", example="open from nine"),
            author_field(),
            created(),
        ),
        title="{name}",
        sort="name",
        summary="Recorded help: audio files that are played, or sent as a link.",
    )
)  # fmt: skip
