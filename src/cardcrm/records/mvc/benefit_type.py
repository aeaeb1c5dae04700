"""The declaration of benefits, which MVC members get."""

from cardcrm.records.contacts.contact_field_types import Cadence
from cardcrm.records.fields import REFUSE, Day, MoneyAmount, Reference, Text, Uid
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

BENEFIT = declare(
    RecordType(
        "benefit",
        "benefits",
        (
            Uid(),
            Text("name", label="benefit", phrase="name", folded="name_key", required=True,
                 unique=True, listed=True, searchable=True, help="Name.",
                 example="Free delivery"),
            Cadence("every", label="every", heading="every (days)", listed=True,
                    help="Days between two times that a member gets it; once without it."),
            MoneyAmount("cost", least=0, listed=True, help="Cost to the firm of one."),
        ),
        title="{name}",
        sort="name",
        summary="Benefits of the best customers: how often they get them, and the cost.",
    )
)  # fmt: skip

GIFT = declare(
    RecordType(
        "gift",
        "gifts",
        (
            Uid(),
            Day("on_date", key="on", looks="back", default="today", required=True, listed=True,
                phrase="date", help="Date.", no_future="A gift is a benefit that was given."),
            Reference("contact_id", required=True, listed=True, help="Customer."),
            Reference("benefit_id", to="benefit", option="benefit", required=True, listed=True,
                      on_delete=REFUSE, example="Basket", help="Benefit that was given.",
                      if_refused="Remove its gifts first: cardcrm gift list benefit:{id}"),
            MoneyAmount("cost", least=0, listed=True, help="Cost to the firm."),
            Text("text", non_ascii_key="text_key", label="note", listed=True, searchable=True,
                 help="Note.", example="with a letter"),
        ),
        title="{benefit_id} on {on_date}",
        words="text",
        sort="-on",
        summary="Benefits that were given to customers.",
    )
)  # fmt: skip
