"""Letters as PDF: a page for each, and text that is not markup."""

import re

from cardcrm.formats.documents.letter_pdf import LetterPage, write_letters


def letter(text="Dear Jane", to=("Jane Doe", "1 High St", "Leeds LS1 4AP")):
    return LetterPage("Roses & Co · Leeds", to, "21 November 2026", "Roses <new>", text)


def count_pages(content):
    return len(re.findall(rb"/Type /Page\b", content))


def test_each_letter_begins_a_page_and_a_long_one_goes_on():
    assert count_pages(write_letters([letter()])) == 1
    assert count_pages(write_letters([letter(), letter("Dear Bob <b>&\n\n屋" + "x" * 500)])) == 2
    assert count_pages(write_letters([letter("line\n" * 200), letter()])) > 3
    assert count_pages(write_letters([])) == 1
    assert count_pages(write_letters([letter(to=["x" * 300] * 30)])) >= 1


def test_the_fonts_are_embedded():
    content = write_letters([letter("Žluťoučký kůň")])
    assert content.startswith(b"%PDF")
    assert b"/FontFile2" in content
    assert b"DejaVuSans" in content
