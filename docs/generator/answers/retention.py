"""Declare the answers about customers who stay and leave."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "customers_before": Key("integer", "customers of the period or the day before"),
    "retained": Key("integer", "customers of the period before who bought again"),
    "lost": Key("integer", "customers of the period before who did not buy again"),
    "new_customers": Key("integer", "customers with their first purchase"),
    "returned": Key("integer", "customers who had bought, but not in the period before"),
    "defection_rate": Key("number", "lost / customers before, from 0 to 1"),
    "standing_before": Key("text", "standing on the earlier day; null without a sale until then"),
    "joined": Key("integer", "customers who have come to the standing since then"),
    "departed": Key("integer", "customers who have left the standing since then"),
    "basis": Key("text", "source of the probability: model, or habit of the customer"),
    "silent_days": Key("integer", "days since the last purchase"),
    "renewal": Key("integer", "number of the renewal, from 1"),
    "faced": Key("integer", "subscriptions that came to the renewal; null in the forecast"),
    "renewed": Key("integer", "subscriptions that were renewed; null in the forecast"),
    "observed_survival": Key("number", "share renewed so far, from 0 to 1; null in the forecast"),
    "expected_survival": Key("number", "this share by the model"),
    "renewal_rate": Key("number", "probability of the renewal by the model"),
    "offer": Key("text", "what is subscribed to: products, or all purchases"),
    "subscriptions": Key("integer", "number of subscriptions"),
    "ended": Key("integer", "number of subscriptions that have ended"),
    "beta": Key("number", "parameter of the model"),
}

ANSWERS = {
    "report retention": Answer(
        (
            "[{period customers_before retained lost new_customers returned customers retention "
            "defection_rate}]",
        )
    ),
    "report cohorts": Answer(("[{cohort cohort_size age period customers share revenue}]",)),
    "report rfm": Answer(
        (
            "[{standing customers revenue share customers_before joined departed}]",
            "[{standing_before standing customers}]",
        ),
        "the second form with `--moves`",
    ),
    "report at-risk": Answer(
        (
            "[{id name value_at_risk yearly_revenue p_active basis usual_days silent_days "
            "last_sale purchases reason}]",
        )
    ),
    "report subscriptions": Answer(
        (
            "[{renewal faced renewed observed_survival expected_survival renewal_rate offer "
            "subscriptions ended alpha beta log_likelihood}]",
        )
    ),
}
