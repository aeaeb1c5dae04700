"""Drafts of sales, interactions and reminders: what a row of a file says, before it is stored."""

from typing import Final, NamedTuple

from cardcrm.money import UNIT_SCALE
from cardcrm.records.contacts.drafts import AddressDraft

OTHER_CHARGES: Final = "Other charges"  # the product of what the lines of an order leave over


class Party(NamedTuple):
    """The contact that a row names, as written; any of its values may be empty.

    ``ref`` is its id in the program that wrote the file. A new contact that is ``opted_out`` gets
    no mailings; a known one is not changed, as its answer may have been for one order only.
    ``unread_email`` is the text of an email cell that holds no address, and ``source`` where a new
    contact comes from.
    """

    ref: str = ""
    email: str = ""
    phone: str = ""
    name: str = ""
    org: str = ""
    given: str = ""
    family: str = ""
    address: AddressDraft | None = None
    opted_out: bool = False
    unread_email: str = ""
    source: str = ""

    @property
    def key(self) -> tuple[str, ...]:
        """The values that the contact is found by; without any, the unreadable email address."""
        values = self[:7]
        return values if any(values) else (self.unread_email,)

    @property
    def label(self) -> str:
        """The value that people know the contact by."""
        full = self.name or f"{self.given} {self.family}".strip()
        return full or self.org or self.email or self.phone or self.ref


class ProductLine(NamedTuple):
    """A line of a sale: ``quantity`` in thousandths, ``price`` and ``cost`` of one in parts.

    A part is a ten-thousandth of a minor unit. In a refund, quantity and amount are negative.
    """

    product: str
    sku: str
    quantity: int
    price: int
    amount: int
    cost: int | None = None
    tax_rate: int | None = None
    tax: int | None = None


def charge(name: str, amount: int) -> ProductLine:
    """Return the line of a charge, such as shipping, or with a minus of what is taken off."""
    quantity = -1000 if amount < 0 else 1000
    return ProductLine(name, "", quantity, abs(amount) * UNIT_SCALE, amount)


class SaleDraft(NamedTuple):
    """Money paid on a local day, in minor units; a refund is negative.

    ``key`` identifies it in the program that wrote the file: ``shopify:450789469``. Without one it
    is known by its reference. ``related`` are ids of payments, orders and invoices that are this
    same sale in other files. A draft that ``adds_lines`` leaves the amount of a known sale alone,
    and that of a payment (``is_payment``) belongs to its order, if that is known. The amount
    contains the ``tax``; ``tax_rate`` is in thousandths of a percent, for all of it. The
    ``code`` may be several with commas between them.
    """

    line: int
    raw: str
    party: Party
    on_date: str
    currency: str
    amount: int
    text: str = ""
    ref: str = ""
    key: str = ""
    cost: int | None = None
    fee: int | None = None
    payment_ref: str = ""
    related: tuple[str, ...] = ()
    lines: tuple[ProductLine, ...] = ()
    is_payment: bool = False
    adds_lines: bool = False
    channel: str = ""
    tax: int | None = None
    tax_rate: int | None = None
    code: str = ""


class InteractionDraft(NamedTuple):
    """Something that happened with contacts, on a local day and perhaps at a UTC instant."""

    line: int
    raw: str
    party: Party
    on_date: str
    at: str | None
    kind: str
    text: str
    direction: str = ""
    outcome: str = ""
    no_answer: bool = False
    minutes: int | None = None
    author: str = ""
    key: str = ""
    others: tuple[Party, ...] = ()


class ReminderDraft(NamedTuple):
    """A follow-up, perhaps without a contact; ``done_at`` is the instant at which it was done."""

    line: int
    raw: str
    party: Party | None
    text: str
    due_on: str
    due_at: str | None = None
    rule: str = ""
    promise: bool = False
    priority: int = 0
    owner: str = ""
    done_at: str | None = None
    key: str = ""


class DealDraft(NamedTuple):
    """An opportunity: its stage and its pipeline by name, its days as local ISO days.

    The amount is in minor units, and the probability in thousandths of a percent; both are None
    where the file has none. Other values may be empty. ``uid`` is an id that is a UUID, as in an
    export of cardcrm. ``status`` says whether the deal is open, won or lost. ``partner`` is the
    contact who brought it, by name or number.
    """

    line: int
    raw: str
    party: Party
    title: str
    amount: int | None
    currency: str
    stage: str = ""
    pipeline: str = ""
    probability: int | None = None
    close_on: str = ""
    opened_on: str = ""
    closed_on: str = ""
    source: str = ""
    competitor: str = ""
    reason: str = ""
    note: str = ""
    owner: str = ""
    ref: str = ""
    key: str = ""
    uid: str = ""
    status: str = ""
    partner: str = ""


class LeadDraft(NamedTuple):
    """A request of a contact: of ``contact_id``, or else of the party that a row names.

    The day is a local ISO day, or empty if it is unknown; ``received_at`` is its UTC instant.
    """

    line: int
    raw: str
    party: Party
    text: str = ""
    source: str = ""
    owner: str = ""
    status: str = ""
    reason: str = ""
    received_on: str = ""
    received_at: str | None = None
    ref: str = ""
    key: str = ""
    contact_id: int = 0


HistoryDraft = SaleDraft | InteractionDraft | ReminderDraft | DealDraft | LeadDraft
