"""Write all generated files, parts and pictures: ``python -m docs.generator``."""

import argparse

from cardcrm.cli import completion_index
from docs.generator import (
    command_pictures,
    json_schema,
    man_pages,
    month_picture,
    pages,
    screen_pictures,
)


def main() -> None:
    """Write the index of commands, the schema, the pages, then the pictures."""
    argparse.ArgumentParser(prog="python -m docs.generator", description=__doc__).parse_args()
    completion_index.write()
    json_schema.write()
    pages.write()
    man_pages.write()
    command_pictures.write()
    screen_pictures.write()
    month_picture.write()


if __name__ == "__main__":
    main()
