"""Write all generated parts, man pages and pictures: ``python -m docs.generator``."""

from docs.generator import command_pictures, man_pages, pages, screen_pictures


def main() -> None:
    """Write the pages and man pages first, then the pictures of commands and of the screen."""
    pages.write()
    man_pages.write()
    command_pictures.write()
    screen_pictures.write()


if __name__ == "__main__":
    main()
