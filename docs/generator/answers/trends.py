"""Declare the answers about trends, markets and behavior."""

from docs.generator.answers.declaration import Answer, Key

KEYS = {
    "warnings": Key("[text]", "what is doubtful, also on standard error"),
    "figure": Key(
        "text", "forecast figure: revenue, orders, new or lost; or any figure of a report"
    ),
    "seasonal_naive_mae": Key("number", "that of repeating the same month of last year"),
    "test_months": Key("integer", "months of the past from which forecasts were made"),
    "team": Key("text", "team whose members own the deals, with --by-team"),
    "commit": Key("number", "amounts of the open deals that are nearly sure; 90% and more"),
    "best_case": Key("number", "amounts of all open deals"),
    "without_amount": Key("integer", "deals without an amount"),
    "trend_low": Key("number", "lower bound of the band of the trend"),
    "trend_high": Key("number", "upper bound of the band of the trend"),
    "definition": Key("text", "definition of a figure"),
    "past": Key("[past_month]", "complete months so far, the oldest first"),
    "actual": Key("number", "figure of a month; revenue is in major units of the currency"),
    "so_far": Key("number", "what is sold of the running month by today; null for later months"),
    "total": Key("number", "sum of the forecast months; revenue in major units"),
    "expected": Key("number", "forecast figure of a month; revenue in major units"),
    "low": Key("number", "lower bound of the band or interval"),
    "high": Key("number", "upper bound of the band or interval"),
    "revenue_per_customer": Key("money", "revenue divided by customers"),
    "market_share": Key("number", "part of the stated market size, from 0 to 1"),
    "reachable": Key("integer", "contacts with an address or a number who did not buy"),
    "by": Key("text", "kind of the row: channel, weekday or hour"),
    "interaction_share": Key("number", "part of all interactions, from 0 to 1"),
    "incoming": Key("integer", "number of incoming interactions"),
    "attempts": Key("integer", "interactions that are not incoming and count as attempts"),
    "answered": Key("integer", "attempts that were answered"),
    "answer_rate": Key("number", "answered attempts, from 0 to 1; null for fewer than 5"),
    "expected_rate": Key("number", "answer rate, drawn towards the usual one"),
    "last_touch": Key("text", "days since the last touch"),
    "year_customers": Key("integer", "customers who first bought at least a year ago"),
    "repeat_share": Key("number", "of these, those who came back within a year; null for under 5"),
    "repeat_low": Key("number", "lower bound of its 95% interval"),
    "repeat_high": Key("number", "upper bound of its 95% interval"),
    "two_year_customers": Key("integer", "customers who first bought at least two years ago"),
    "retention_low": Key("number", "lower bound of its 95% interval"),
    "retention_high": Key("number", "upper bound of its 95% interval"),
    "factor": Key("text", "field and value, or behavior"),
    "measure": Key("text", "the figures compared: share, median, revenue or margin"),
    "target": Key("number", "share or median of the target"),
    "others": Key("number", "share or median of the other contacts"),
    "effect": Key("number", "difference of the shares, or Cliff's delta, from -1 to 1"),
    "p_value": Key("number", "probability of such a difference by chance"),
    "adjusted_p_value": Key("number", "p-value, adjusted for the number of comparisons"),
    "cluster": Key("integer", "number of the cluster, from 1"),
    "median_purchases": Key("number", "median of the days with an order"),
    "median_revenue": Key("money", "median of the revenue by customer"),
    "silhouette": Key("number", "clearness of the clusters: near 1 if clear, near 0 if not"),
}

OBJECTS = {
    "definition": "figure definition",
    "past_month": "month actual",
    "forecast_month": "month so_far? expected low high",
}

ANSWERS = {
    "report forecast": Answer(
        (
            "[{month:text currency:text owner:text? team:text? weighted:number? low? high? "
            "deals:integer? commit? best_case? without_amount? trend? trend_low? trend_high? "
            "so_far? method?}]",
            "{figure currency method mae naive_mae seasonal_naive_mae test_months confidence past "
            "forecast total reason}",
            "[definition]",
        ),
        "amounts are in major units, so that they can be added up; the keys of deals or of the "
        "trend are missing where `--of` leaves them out. The second form is that of `--backtest`, "
        "the third that of `--explain`",
    ),
    "report market": Answer(
        (
            "[{group customers revenue revenue_per_customer revenue_before growth share "
            "market_share reachable? score? warnings?}]",
        ),
        "the last two with `--focus`",
    ),
    "report channels": Answer(
        (
            "[{by name interaction_count interaction_share incoming attempts answered answer_rate "
            "low high expected_rate}]",
        )
    ),
    "report touches": Answer(("[{last_touch customers revenue revenue_per_customer share}]",)),
    "report sources": Answer(
        (
            "[{group customers year_customers repeat_share repeat_low repeat_high "
            "two_year_customers retention retention_low retention_high revenue "
            "revenue_per_customer}]",
        )
    ),
    "report drivers": Answer(
        ("[{factor measure target others effect low high p_value adjusted_p_value}]",)
    ),
    "report clusters": Answer(
        (
            "[{cluster name customers revenue share median_days median_purchases median_revenue "
            "product silhouette}]",
        )
    ),
}
