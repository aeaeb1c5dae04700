"""Quotes as PDF: what a page says, and that the font is inside."""

import re
import sys

import pytest

from cardcrm.errors import CardcrmError
from cardcrm.formats.documents import pdf_document
from cardcrm.formats.documents.blocks import Heading, Paragraph, Rule, Span, Table

EUROPE = (
    "ÀÉÎÕÜßẞ ĄĆĘŁŃÓŚŹŻ ŘŠŤŮŽ ĢĶĻŅ ŐŰ ĞİŞı ȘȚ ĦĠ ŊŦ Þð Æø Œœ ŵŷ ¿¡ €£₺₴₽ "
    "ΑΩάώϊΰ БЖЩЫЭЮЯҐЄІЇЎЂЉЊЋЏ ԱՖ ႠႿაჰ"
)


def words_of(line):
    return (Span(line),)


def test_the_font_has_the_letters_of_all_languages_of_europe():
    pytest.importorskip("reportlab")
    pdf_document.register_fonts()
    assert pdf_document.clean(EUROPE) == EUROPE
    assert pdf_document.clean("roof 屋") == "roof □"


def test_a_pdf_embeds_its_font_and_is_not_broken_by_markup():
    pytest.importorskip("reportlab")
    table = Table(
        ("Product", "Amount"),
        [("<b>&amp; <font color=red>", "5.00 GBP"), ("x" * 300, "1.00 GBP")],
        [("Total", "6.00 GBP")],
        (1,),
    )
    blocks = [
        Heading(1, words_of("A & B </para>")),
        Rule(),
        Paragraph((words_of(EUROPE), (Span("bold <i>", is_bold=True),))),
        table,
    ]
    content = pdf_document.to_pdf(blocks, "Quote Q-0001")
    assert content.startswith(b"%PDF-")
    assert content.count(b"/FontFile2") == 2  # the font and its bold
    assert count_pages(content) == 1


def test_a_long_table_goes_on_over_pages():
    pytest.importorskip("reportlab")
    rows = [(f"Product {number}", "1.00 GBP") for number in range(100)]
    content = pdf_document.to_pdf([Table(("Product", "Amount"), rows, (), (1,))], "Quote")
    assert count_pages(content) == 3


def count_pages(content):
    return len(re.findall(rb"/Type /Page\b", content))


def test_a_missing_library_is_named_with_its_remedy(monkeypatch):
    monkeypatch.setitem(sys.modules, "reportlab.lib.pagesizes", None)
    with pytest.raises(CardcrmError) as caught:
        pdf_document.to_pdf([], "Quote")
    assert caught.value.message == "PDF needs the library reportlab"
    assert "cardcrm[pdf]" in caught.value.hint


def test_a_text_longer_than_a_page_goes_on_over_pages():
    pytest.importorskip("reportlab")
    long = "long " * 3000
    table = Table(("Product", "Amount"), [(long, "1.00 GBP")], [("Total", "1.00 GBP")], (1,))
    blocks = [Heading(2, words_of(long)), Paragraph((words_of("x" * 9000),)), table]
    assert count_pages(pdf_document.to_pdf(blocks, "Quote")) > 5
