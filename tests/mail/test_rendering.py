"""Mails made of templates: fields of contacts, deals and quotes, languages, empty values."""

import html

import pytest

from cardcrm.config import Config
from cardcrm.errors import NotFoundError, UsageError
from cardcrm.mail import template_data
from cardcrm.mail.rendering import render
from cardcrm.records import records
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.contacts import contact_queries, contacts
from cardcrm.records.contacts.drafts import AddressDraft, ContactDraft, ContactPointDraft
from cardcrm.records.deals import deals
from cardcrm.records.invoices.invoice_type import INVOICE
from cardcrm.records.mail.template_fields import FIELDS, LINE
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.records.quotes import quotes
from cardcrm.records.quotes.offered_line import parse_quote_line
from cardcrm.records.service.case_type import CASE

SETTINGS = Config({"firm.name": "Roofs Ltd", "mail.from": "me@roofs.example"}, {})
pytestmark = pytest.mark.engines("sqlite", "postgresql")


def add(store, name="Jane Doe", **values):
    points = (ContactPointDraft("email", "jane@example.com"),)
    place = (AddressDraft(city="Leeds"),)
    draft = ContactDraft(name, points=points, addresses=place, **values)
    return contacts.add(store, draft).id


def write(store, name, text="x", **texts):
    return records.add(store, TEMPLATE, {"name": name, "text": text, **texts}).id


def add_deal(store, title, contact_id):
    return deals.add(store, {"title": title, "contact": f"#{contact_id}"}).record.id


def make(store, template, contact_id, **about):
    return render(store, template, contact_id, settings=SETTINGS, **about)


def test_a_login_that_is_not_an_address_is_not_the_email_of_the_sender(store):
    write(store, "sign", "{{ user.email | default('none') }}")
    jane = add(store)
    for user, email in (("jane", "none"), ("jane@roofs.example", "jane@roofs.example")):
        assert render(store, "sign", jane, settings=Config({"mail.user": user}, {})).text == email


def test_a_mail_has_the_fields_of_the_contact_the_firm_and_the_sender(store):
    write(store, "sign", "{{ firm.name }} {{ user.email }}", html="<i>{{ firm.name }}</i>")
    write(store, "hi", "{{ contact.city }} {% include 'SIGN' %}", html="{% include 'sign' %}",
          subject="Hello {{ contact.first_name }}")  # fmt: skip
    made = make(store, "hi", add(store))
    assert made.subject == "Hello Jane"
    assert made.text == "Leeds Roofs Ltd me@roofs.example"
    assert made.html == "<i>Roofs Ltd</i>"


@pytest.mark.parametrize(("author", "name"), [("", "Jane Doe"), ("bob", "bob")])
def test_the_sender_has_the_name_beside_the_address(store, author, name):
    write(store, "hi", "{{ user.name }}")
    settings = Config({"mail.name": "Jane Doe"}, {})
    assert render(store, "hi", add(store), user=author, settings=settings).text == name


def test_a_quote_is_shown_in_the_notation_of_the_language(store):
    contact = add(store, language="de-AT, en")
    deal = add_deal(store, "Roof", contact)
    line = parse_quote_line("2 x tile @ 1234.50", "EUR", optional=False)
    quote_id = quotes.add(store, {"deal": f"#{deal}", "on": "2026-03-01"}, [line]).record.id
    lines = "{% for l in quote.lines %}{{ l.quantity }} {{ l.product }} {{ l.price }}{% endfor %}"
    text = "{{ quote.amount }} {{ quote.date }} {{ deal.title }} " + lines
    write(store, "offer", text)
    write(store, "offer", text, language="de")
    made = make(store, "offer", contact, quote_id=quote_id)
    assert made.text == "2.469,00 EUR 1. März 2026 Roof 2 tile 1.234,50 EUR"
    assert make(store, "offer", add(store, "Bob"), quote_id=quote_id).text.startswith(
        "2,469.00 EUR 1 March 2026"
    )


@pytest.mark.parametrize(
    ("languages", "chosen"),
    [("", ""), ("de", "de"), ("de-AT", "de-AT"), ("de-CH", "de"), ("fr, de_at", "de-AT"),
     ("fr", ""), ("pt;de", "de")],
)  # fmt: skip
def test_the_language_is_that_of_the_contact(store, languages, chosen):
    for each in ("", "de", "de-AT"):
        write(store, "hi", language=each)
    made = make(store, "hi", add(store, language=languages))
    assert made.language == chosen


def test_an_empty_field_names_template_contact_and_field(store):
    contact = add(store, "Acme", kind="org")
    write(store, "hi", "Dear {{ contact.first_name }}")
    with pytest.raises(UsageError, match=f"template hi for {contact} Acme: contact.first_name"):
        make(store, "hi", contact)
    write(store, "offer", "{{ quote.number }}")
    with pytest.raises(UsageError, match=r"template offer for .* needs a quote"):
        make(store, "offer", contact)
    write(store, "sale", "{{ values.coupon }}")
    with pytest.raises(UsageError, match="needs the value coupon"):
        make(store, "sale", contact)
    assert make(store, "sale", contact, values={"coupon": "A"}).text == "A"
    with pytest.raises(NotFoundError) as caught:
        make(store, "ofer", contact)
    assert caught.value.near == ("offer",)


def test_no_field_can_add_a_header(store):
    """Keep the subject one line whatever a value holds."""
    contact = add(store)
    write(store, "hi", subject="Code {{ values.coupon }}")
    made = make(store, "hi", contact, values={"coupon": "A\r\nBcc: all@example.com\nX: \x00y"})
    assert not set("\r\n\x00") & set(made.subject)
    assert made.subject.startswith("Code A Bcc: all@example.com")


@pytest.mark.parametrize(
    "value",
    [
        "{{ 7 * 7 }}", "{{ contact.find('name') }}", "{% include 'secret' %}", "{# gone #}",
        "{{ ''.__class__.__mro__ }}", "{{ contact.name | safe }}", "{% raw %}x",
        "<script>alert(1)</script>", "<img src=x onerror='alert(1)'>", '" onclick="x', "'><b>",
        "&lt;b&gt;", "</textarea><a href='javascript:x'>",
    ],
)  # fmt: skip
def test_what_a_field_holds_is_neither_a_template_nor_html(store, value):
    write(store, "secret", "the secret text", html="<b>the secret text</b>")
    contact = add(store, value)
    deal = add_deal(store, value, contact)
    line = parse_quote_line(f"2 x {value.replace('@', '')} @ 5", "EUR", optional=False)
    quote_id = quotes.add(store, {"deal": f"#{deal}"}, [line]).record.id
    fields = "{{ contact.name }}|{{ deal.title }}|{{ values.given }}|"
    fields += "{% for l in quote.lines %}{{ l.product }}{% endfor %}"
    write(store, "hi", fields, subject="{{ contact.name }}", html=f"<p title='{fields}'></p>")
    made = make(store, "hi", contact, quote_id=quote_id, values={"given": value})
    assert made.text == "|".join([value] * 4)
    assert made.subject == value
    inner = made.html.removeprefix("<p title='").removesuffix("'></p>")
    assert not set("<>'\"") & set(inner)
    assert html.unescape(inner) == made.text


def test_a_template_can_be_named_by_its_number(store):
    number = write(store, "hi", "all")
    german = write(store, "hi", "de", language="de")
    contact = add(store, language="de")
    assert make(store, number, contact).template_id == german
    assert make(store, german, add(store, "Bob")).template_id == number


def test_the_checked_fields_are_those_that_are_filled_in(store):
    contact = add(store, org="Acme")
    deal = add_deal(store, "Roof", contact)
    line = parse_quote_line("2 x tile @ 5", "EUR", optional=False)
    quote_id = quotes.add(store, {"deal": f"#{deal}"}, [line]).record.id
    firm = dict.fromkeys(FIELDS["firm"], "x")
    campaign_id = records.add(store, CAMPAIGN, {"name": "spring", "segment": "all"}).id
    invoice = records.add(store, INVOICE, {"contact": f"#{contact}", "amount": "5"}).id
    dunned = template_data.Dunned(invoice, 1, "")
    case = records.add(store, CASE, {"contact": f"#{contact}", "text": "a leak"}).id
    about = template_data.About(
        deal, quote_id, firm=firm, campaign_id=campaign_id, case_id=case, dunned=dunned
    )
    given = template_data.gather(store, contact_queries.details(store, contact), about, "en")
    assert {name: set(each.values) for name, each in given.items() if name != "values"} == {
        name: set(known) for name, known in FIELDS.items()
    }
    assert set(given["quote"].find("lines")[0].values) == set(LINE)
