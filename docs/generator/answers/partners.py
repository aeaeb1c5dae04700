"""Declare the answers about partners, referrals and testimonials."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "partnerships": Key("[partnership]", "agreement and registrations in force", nullable=False),
    "percent": Key("number", "rate of the commission in percent"),
    "unpaid": Key("money", "unpaid commission at the end of the period"),
    "unpaid_before": Key("money", "unpaid commission before the first day"),
    "earned": Key("money", "commission earned"),
    "commissions": Key("[commission_line]", "sales that count for the partner, the oldest first"),
    "payouts": Key("[payout_line]", "payments of commission, the oldest first"),
    "rounding": Key("text", "rule by which commission is computed and rounded"),
    "registrations": Key("[registration]", "leads of the partner that are protected now"),
    "sale_id": Key("integer", "number of the sale"),
    "is_active": Key("boolean", "true while an agreement is in force"),
    "lead_count": Key("integer", "leads that were registered"),
    "days_to_close": Key("number", "median number of days from opening a deal to winning it"),
    "depth": Key("integer", "steps below the root of the tree, which has 0"),
    "referrer_id": Key("integer", "number of the contact who referred this one"),
    "value": Key("money", "what the contact and its organization paid"),
    "brought": Key("integer", "contacts that it referred directly"),
    "all_brought": Key("integer", "contacts that it referred, directly or through others"),
    "worth": Key("money", "what the contacts that it referred paid"),
}

OBJECTS = {
    "partnership": "id role partner_id until percent",
    "commission_line": (
        "on:day sale_id contact_id contact deal_id reason amount net percent earned"
    ),
    "payout_line": "on:day amount text",
    "partner_score": (
        "partner_id partner type is_active lead_count opened_deals won lost win_rate "
        "days_to_close customers revenue margin earned unpaid"
    ),
    "referral": "id contact depth referrer_id value brought all_brought worth",
    "advocate": "id contact orders last_sale brought rating revenue",
}

_PARTNER = "partner unpaid registrations open_deals"

ANSWERS = {
    **{f"partner {verb}": Answer((_PARTNER,)) for verb in ("add", "end", "pay")},
    "partner show": Answer((_PARTNER, "[partner]")),
    "partner register": Answer(("registration",)),
    "partner statement": Answer(
        (
            "{partner_id partner since until currency unpaid_before revenue earned paid:money "
            "unpaid commissions payouts rounding}",
        )
    ),
    "report partners": Answer(("[partner_score]",)),
    "report referrals": Answer(("[referral]",)),
    "testimonial suggest": Answer(("[advocate]",)),
}
