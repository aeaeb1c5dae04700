"""Recognize the tables of other programs by several of their headers.

This module is data. A program's columns have their usual meaning, as in `sale_headers` or
`activity_headers`, unless ``meanings`` gives another. A column of an empty meaning is not needed.
"""

from typing import Final, NamedTuple

SALES, INTERACTIONS, REMINDERS, ACTIVITIES = "sales", "interactions", "reminders", "activities"
DEALS: Final = "deals"
LEADS: Final = "leads"


class Program(NamedTuple):
    """A table of another program.

    The rows are ``holds``; activities are interactions if done, reminders if not. ``meanings`` maps
    headers to the meanings of columns. The ``zone`` is that of its times. Rows of one id are one
    sale if ``is_grouped``. A list of payments ``is_payments``: some pay orders that are known
    from other files. A table that ``adds_lines`` has the lines of sales, but not all of what was
    paid. Only the types in ``sale_types`` are sales, if there are any. The ``channel`` is that of
    sales whose row names none.
    """

    name: str
    label: str
    holds: str
    signature: str
    meanings: dict[str, str]
    zone: str = ""
    is_grouped: bool = False
    is_payments: bool = False
    adds_lines: bool = False
    sale_types: frozenset[str] = frozenset()
    is_month_first: bool = False
    channel: str = ""


def _words(text: str) -> frozenset[str]:
    return frozenset(part.strip() for part in text.split("|"))


_SHOPIFY_ORDER = {
    "name": "ref", "id": "id", "created at": "date", "paid at": "paid_on", "total": "total",
    "subtotal": "net", "lineitem name": "product", "lineitem price": "price",
    "lineitem quantity": "quantity", "lineitem sku": "sku", "lineitem discount": "line_discount",
    "billing name": "name", "billing company": "org", "billing phone": "phone",
    "shipping name": "other_name", "shipping company": "", "shipping phone": "other_phone",
    "payment reference": "payment_ref", "payment references": "payment_ref",
    "payment id": "payment_ref", "location": "", "notes": "note", "note attributes": "",
    "billing street": "", "billing address1": "street", "billing address2": "street",
    "shipping street": "", "shipping address1": "", "shipping address2": "", "source": "channel",
    "vendor": "", "employee": "", "tags": "", "receipt number": "", "discount code": "code",
    "lineitem compare at price": "", "shipping city": "", "shipping zip": "",
    "shipping province": "", "shipping country": "", "payment method": "", "device id": "",
    "phone": "phone", "financial status": "status", "cancelled at": "cancelled",
    "billing province name": "", "shipping province name": "",
    "accepts marketing": "mail_consent",
}  # fmt: skip

PROGRAMS: Final[tuple[Program, ...]] = (
    Program(
        "shopify", "Shopify orders", SALES,
        "lineitem quantity | lineitem name | financial status",
        _SHOPIFY_ORDER,
        is_grouped=True,
        channel="web",
    ),
    Program(
        "shopify", "Shopify orders", SALES,
        "lineitem quantity | lineitem name | name",
        _SHOPIFY_ORDER,
        is_grouped=True,
        channel="web",
    ),
    Program(
        "square", "Square items", SALES,
        "item | qty | gross sales | net sales | transaction id",
        {
            "transaction id": "id", "item": "product", "qty": "quantity", "sku": "sku",
            "gross sales": "line_gross", "discounts": "", "net sales": "line_net",
            "tax": "line_tax", "payment id": "part_id", "notes": "note", "event type": "type",
            "customer id": "customer_id", "customer name": "name", "price point name": "variant",
            "date": "date", "time": "time", "time zone": "zone", "category": "", "details": "",
            "customer reference id": "", "unit": "", "count": "", "gtin": "", "token": "",
            "employee": "", "commission": "", "location": "", "channel": "channel",
            "device name": "",
        },
        is_grouped=True,
        adds_lines=True,
        channel="shop",
    ),
    Program(
        "square", "Square transactions", SALES,
        "gross sales | net sales | total collected | transaction id",
        {
            "transaction id": "id", "total collected": "total", "fees": "fee", "tax": "tax",
            "gross sales": "", "discounts": "", "net sales": "", "tip": "", "net total": "",
            "partial refunds": "", "event type": "type", "payment id": "part_id",
            "customer id": "customer_id", "customer name": "name", "description": "text",
            "details": "", "source": "channel", "card": "", "cash": "",
            "transaction status": "status",
            "customer reference id": "", "staff name": "", "staff id": "", "location": "",
            "service charges": "", "refund reason": "note", "order reference id": "",
            "third party fees": "", "gift card sales": "", "date": "date", "time": "time",
            "time zone": "zone",
        },
        channel="shop",
    ),
    Program(
        "stripe", "Stripe payments", SALES,
        "id | amount | amount refunded | currency",
        {
            "id": "id", "amount": "total", "amount refunded": "refunded", "fee": "fee",
            "customer email": "email", "customer id": "customer_id", "invoice id": "related",
            "customer description": "other_name", "card name": "other_name",
            "paymentintent id": "payment_ref", "payment intent id": "payment_ref",
            "order id metadata": "related", "order number metadata": "related",
            "name metadata": "other_name", "email metadata": "other_email",
            "statement descriptor": "", "description": "text", "seller message": "",
            "created date utc": "date", "created utc": "date", "captured": "",
            "refunded date utc": "refunded_on", "transfer": "", "source type": "",
            "converted currency": "fee_currency", "converted amount": "",
            "converted amount refunded": "", "card address line": "", "tax": "",
            "card tax": "", "mode": "", "destination": "", "dispute status": "",
        },
        zone="UTC",
        is_payments=True,
    ),
    Program(
        "stripe", "Stripe balance", SALES,
        "id | type | source | amount | fee | net",
        {
            "id": "part_id", "source": "id", "amount": "total", "fee": "fee", "net": "",
            "created utc": "date", "available on utc": "", "description": "text",
            "customer email": "email", "customer id": "customer_id", "status": "",
        },
        zone="UTC",
        is_payments=True,
        sale_types=_words("charge | payment | refund | payment_refund | payment refund"),
    ),
    Program(
        "paypal", "PayPal activity", SALES,
        "gross | fee | net | from email address | transaction id",
        {
            "transaction id": "id", "gross": "total", "net": "", "from email address": "email",
            "to email address": "", "reference txn id": "related", "invoice number": "related",
            "custom number": "related", "item title": "product_text", "item id": "",
            "contact phone number": "phone", "subject": "text", "note": "note", "balance": "",
            "shipping and handling amount": "", "sales tax": "", "insurance amount": "",
            "quantity": "", "receipt id": "", "balance impact": "impact", "timezone": "zone",
            "time zone": "zone", "description": "type", "invoice id": "related",
            "address status": "", "country code": "", "country": "country",
        },
        is_payments=True,
    ),
    Program(
        "paypal", "PayPal activity", SALES,
        "brutto | gebühr | netto | absender e mail adresse | transaktionscode",
        {
            "transaktionscode": "id", "brutto": "total", "netto": "",
            "absender e mail adresse": "email", "empfänger e mail adresse": "",
            "zugehöriger transaktionscode": "related", "rechnungsnummer": "related",
            "artikelbezeichnung": "product_text", "betreff": "text", "hinweis": "note",
            "guthaben": "", "auswirkung auf guthaben": "impact", "beschreibung": "type",
            "artikelnummer": "", "anzahl": "", "empfangsnummer": "", "telefon": "phone",
        },
        is_payments=True,
    ),
    Program(
        "paypal", "PayPal activity", SALES,
        "brut | frais | net | de l'adresse email | numéro de transaction",
        {
            "numéro de transaction": "id", "brut": "total", "net": "", "frais": "fee",
            "de l'adresse email": "email", "à l'adresse email": "", "numéro de facture": "related",
            "titre de l'objet": "product_text", "impact sur le solde": "impact", "solde": "",
        },
        is_payments=True,
    ),
    Program(
        "woocommerce", "WooCommerce orders", SALES,
        "order | n revenue formatted | status | customer | product s",
        {
            "order": "id", "n revenue formatted": "formatted", "n revenue": "total",
            "product s": "products",
            "net sales": "total", "net sales formatted": "formatted", "items sold": "",
            "coupon s": "code",
            "customer type": "", "attribution": "", "customer": "name",
        },
        channel="web",
    ),
    Program(
        "woocommerce", "WooCommerce orders", SALES,
        "order id | order date | order total | billing email",
        {
            "order id": "id", "order number": "ref", "order date": "date", "paid date": "paid_on",
            "line items": "line_items", "transaction id": "payment_ref", "refund items": "",
            "order subtotal": "net", "fee total": "", "fee tax total": "", "shipping tax total": "",
            "customer id": "customer_id", "customer user": "", "billing first name": "given",
            "billing last name": "family", "tax total": "tax", "discount total": "discount",
            "shipping items": "", "fee items": "", "tax items": "", "coupon items": "",
            "order notes": "", "download permissions": "", "customer email": "other_email",
            "customer ip address": "", "customer user agent": "", "wt import key": "",
            "tax total incl": "", "cart discount": "", "order discount": "", "shipping method": "",
            "payment method": "", "payment method title": "", "order key": "",
        },
        channel="web",
        is_grouped=True,
    ),
    Program(
        "woocommerce", "WooCommerce orders", SALES,
        "order number | order status | order date",
        {
            "order number": "ref", "order id": "id", "order status": "status",
            "order date": "date", "order total amount": "total", "order total": "total",
            "cart discount amount": "discount", "order subtotal amount": "net",
            "order shipping amount": "shipping", "order refund amount": "refunded",
            "order total tax amount": "tax", "item name": "product", "item cost": "price",
            "quantity": "quantity", "email billing": "email", "first name billing": "given",
            "last name billing": "family", "customer note": "note", "coupon code": "code",
            "discount amount": "", "discount amount tax": "", "item": "",
            "order line total": "line_total", "order line tax": "",
        },
        channel="web",
        is_grouped=True,
    ),
    Program(
        "odoo", "Odoo sales orders", SALES,
        "order reference | customer | total",
        {
            "order reference": "ref", "external id": "id", "salesperson": "", "company": "",
            "customer reference": "related", "customer": "org_and_name",
            "order lines": "product", "creation date": "date",
            "sales team": "", "activities": "", "next activity": "", "tags": "", "website": "",
            "invoice status": "", "untaxed amount": "net", "taxes": "tax", "status": "status",
            "order lines description": "", "delivery date": "", "expected date": "",
            "customer email": "email", "customer display name": "", "expiration": "",
        },
        is_grouped=True,
    ),
    Program(
        "odoo", "Odoo sales orders", SALES,
        "name | date order | partner id | amount total",
        {
            "name": "ref", "id": "id", "date order": "date", "partner id": "org_and_name",
            "partner id name": "org_and_name", "partner id email": "email",
            "partner id id": "customer_id",
            "amount total": "total", "amount untaxed": "net", "amount tax": "tax",
            "state": "status", "order line product id": "product", "user id": "",
            "order line product id name": "product", "order line name": "",
            "order line product uom qty": "quantity", "order line price unit": "price",
            "order line price subtotal": "line_total", "order line price total": "",
            "currency id": "currency", "currency id name": "currency", "company id": "",
            "create date": "", "team id": "", "invoice status": "",
        },
        is_grouped=True,
    ),
    Program(
        "quickbooks", "QuickBooks sales by customer", SALES,
        "date | transaction type | num | product service | amount",
        {
            "num": "ref", "no": "ref", "product service": "product", "qty": "quantity",
            "sales price": "price", "amount": "line_total", "balance": "",
            "memo description": "text", "transaction type": "type", "create date": "",
            "customer full name": "name", "product service full name": "product",
            "due date": "", "class": "", "location": "", "account": "",
        },
        is_grouped=True,
    ),
    Program(
        "quickbooks", "QuickBooks transactions", SALES,
        "date | transaction type | num | amount",
        {
            "num": "ref", "no": "ref", "transaction type": "type", "memo description": "text",
            "amount": "total", "open balance": "outstanding", "due date": "", "posting": "",
            "account": "", "account full name": "", "split": "", "item split account": "",
            "balance": "", "name": "name", "class": "", "location": "",
        },
    ),
    Program(
        "quickbooks", "QuickBooks sales", SALES,
        "date | type | no | customer | amount | status",
        {
            "no": "ref", "type": "type", "amount": "total", "memo": "text", "status": "status",
            "due date": "", "balance": "outstanding", "open balance": "outstanding", "source": "",
            "method": "", "class": "", "location": "", "action": "", "attachments": "",
        },
    ),
    Program(
        "etsy", "Etsy orders", SALES,
        "sale date | order id | order value | order total",
        {
            "order id": "id", "sale date": "date", "order total": "total", "full name": "name",
            "buyer": "other_name", "order value": "net", "sales tax": "tax", "order net": "",
            "card processing fees": "fee", "adjusted order total": "", "status": "status",
            "number of items": "", "payment method": "", "date shipped": "", "sku": "",
            "inperson discount": "", "inperson location": "", "buyer user id": "",
            "coupon code": "code", "coupon details": "", "order type": "", "payment type": "",
            "first name": "given", "last name": "family", "discount amount": "discount",
            "shipping discount": "", "currency": "currency", "adjusted net order amount": "",
            "adjusted card processing fees": "", "street 1": "street", "street 2": "street",
            "ship city": "city", "ship state": "region", "ship zipcode": "postcode",
            "ship country": "country",
        },
        channel="etsy",
        is_month_first=True,
    ),
    Program(
        "pipedrive", "Pipedrive activities", ACTIVITIES,
        "activity subject | activity type | activity due date",
        {
            "activity id": "id", "activity subject": "subject", "activity type": "kind",
            "activity due date": "date", "activity due time": "time", "activity done": "done",
            "activity note": "text", "activity assigned to user": "owner",
            "activity duration": "minutes", "person name": "name", "person email": "email",
            "activity contact person": "name", "activity organization": "org",
            "person phone": "phone", "organization name": "org", "deal title": "deal",
            "activity deal": "deal", "activity add time": "", "activity marked as done time": "",
            "activity creator": "", "activity public description": "", "activity location": "",
            "activity priority": "priority", "activity lead": "",
            "activity last notification time": "",
        },
    ),
    Program(
        "hubspot", "HubSpot activities", ACTIVITIES,
        "record id | call title | activity date",
        {
            "record id": "id", "call title": "subject", "activity date": "date",
            "call notes": "text", "call outcome": "outcome", "call direction": "direction",
            "call duration": "duration", "activity assigned to": "owner",
            "associated contact": "name", "associated contact ids": "customer_id",
            "associated company": "org", "call status": "", "create date": "",
        },
    ),
    Program(
        "hubspot", "HubSpot activities", ACTIVITIES,
        "record id | task title | due date",
        {
            "record id": "id", "task title": "subject", "due date": "date", "task notes": "text",
            "task status": "done", "task type": "kind", "priority": "priority",
            "assigned to": "owner", "activity assigned to": "owner", "task priority": "priority",
            "associated contact": "name", "associated contact ids": "customer_id",
            "associated company": "org", "create date": "", "completed at": "",
            "associated deal": "deal",
        },
    ),
    Program(
        "hubspot", "HubSpot activities", ACTIVITIES,
        "activity type | activity date | associated contact",
        {
            "record id": "id", "activity type": "kind", "activity date": "date",
            "associated contact": "name", "associated contact ids": "customer_id",
            "associated company": "org", "activity assigned to": "owner", "create date": "",
            "body preview": "text", "note body": "text", "associated deal": "deal",
        },
    ),
    Program(
        "salesforce", "Salesforce tasks", ACTIVITIES,
        "id | whoid | subject | activitydate",
        {
            "id": "id", "whoid": "customer_id", "whatid": "", "subject": "subject",
            "activitydate": "date", "status": "done", "priority": "priority", "ownerid": "",
            "description": "text", "type": "kind", "tasksubtype": "kind", "isclosed": "done",
            "calldurationinseconds": "seconds", "calldisposition": "outcome",
            "calltype": "direction", "who name": "name", "who email": "email",
            "isdeleted": "", "accountid": "", "createddate": "", "lastmodifieddate": "",
            "ishighpriority": "", "isreminderset": "", "reminderdatetime": "",
            "completeddatetime": "", "owner name": "owner", "isrecurrence": "", "isarchived": "",
        },
    ),
    Program(
        "salesforce", "Salesforce activities", ACTIVITIES,
        "assigned | subject | date | status | task",
        {
            "assigned": "owner", "subject": "subject", "date": "date", "status": "done",
            "priority": "priority", "contact": "name", "lead": "name", "company account": "org",
            "account name": "org", "full comments": "text", "comments": "text", "task": "",
            "activity id": "id", "activity type": "kind", "call duration": "seconds",
            "task subtype": "kind", "opportunity": "deal",
        },
    ),
)  # fmt: skip

# Files that hold neither, although some columns are called alike.
OTHER_FILES: Final = (("sigma | payout id", "a list of payouts"),)
