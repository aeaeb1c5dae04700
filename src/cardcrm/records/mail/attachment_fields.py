"""The fields of a file that goes with a mail: part of a template, or of one message."""

from cardcrm.records.fields import Field, Integer, Key, Text


def file_fields() -> tuple[Field, ...]:
    """Return the fields of an attachment."""
    return (
        Text("name", required=True, headed=True, filter=None, help="Name of the file."),
        Key("type", required=True, filter=None, help="Media type, such as application/pdf."),
        Integer("size", required=True, least=0, filter=None, help="Size in bytes."),
        Text("data", required=True, filter=None, help="The file, in base64."),
    )
