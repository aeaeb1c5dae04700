"""Write all generated parts and pictures: ``python -m docs.generator``."""

from docs.generator import command_pictures, pages, screen_pictures


def main() -> None:
    """Write the pages first, then the pictures of commands and of the screen."""
    pages.write()
    command_pictures.write()
    screen_pictures.write()


if __name__ == "__main__":
    main()
