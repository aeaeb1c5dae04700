"""The knowledge of the sample shop: answers, articles, a call script and a recording."""

from typing import Final

# Name and text.
ANSWERS: Final = (
    (
        "photo-please",
        "Dear {{ contact.first_name | default('customer') }},\n\n"
        "I am sorry to hear that. Please send us a photo, and we see to it today.\n\n"
        "{{ user.name }}",
    ),
    (
        "new-flowers",
        "Dear {{ contact.first_name | default('customer') }},\n\n"
        "our van brings you new flowers on {{ values.day }}, free of charge.\n\n{{ user.name }}",
    ),
    (
        "paid-twice",
        "Dear {{ contact.first_name | default('customer') }},\n\n"
        "you were charged twice. The second payment goes back to your account today; the bank "
        "takes up to five days.\n\n{{ user.name }}",
    ),
)

# Title, text, and product.
ARTICLES: Final = (
    (
        "Watering a potted orchid",
        "# Watering a potted orchid\n\n"
        "- Once a week: put the pot into rain water for ten minutes, then let it drain.\n"
        "- No water into the heart of the leaves.\n"
        "- Yellow leaves mean too much water, wrinkled ones too little.\n",
        "Potted orchid",
    ),
    (
        "Flowers wilted early",
        "# Flowers wilted early\n\n"
        "Within five days of the delivery we replace them.\n\n"
        "1. Ask for a photo (answer `photo-please`).\n"
        "2. Book new flowers on the next van (answer `new-flowers`).\n"
        "3. Later than five days: cut the stems, fresh water, no sun.\n",
        "",
    ),
    (
        "Web shop charged twice",
        "# Web shop charged twice\n\n"
        "The payment page was sent twice. Refund the second payment, and answer `paid-twice`.\n",
        "",
    ),
)

# The places of an article, and of a case in the data of cases, that belong together.
LINKS: Final = ((0, 3), (1, 0))
HELPED: Final = ((0, 3), (1, 0), (1, 0))
USES: Final = ((0, 0), (1, 0))  # places of answers and cases

SCRIPT: Final = """\
title = "Complaint about flowers"

[hello]
say = "I am sorry to hear that, {{ contact.first_name | default('dear customer') }}."
ask = "What is wrong with the flowers?"
to = "when"

[when]
say = "When were they delivered?"
answers = { recent = { text = "within five days", to = "replace" }, older = "advice" }

[replace]
say = "We replace them."
ask = "Which day may the van come?"
to = "promised"

[promised]
say = "Thank you. You will get a message the day before."
outcome = "new flowers promised"

[advice]
say = "Cut the stems, give them fresh water and keep them out of the sun. Does that help?"
answers = { yes = "goodbye", no = "voucher" }

[voucher]
say = "I send you a voucher over 10 pounds."
outcome = "voucher promised"

[goodbye]
say = "I am glad. Goodbye!"
outcome = "advice given"
"""

RECORDING: Final = {
    "name": "opening-hours",
    "path": "/home/rosa/help/opening-hours.ogg",
    "link": "https://petalandstem.example.com/help/opening-hours.ogg",
    "text": "We are open from Monday to Saturday, from 9 to half past 5.",
}
