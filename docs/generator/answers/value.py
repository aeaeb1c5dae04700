"""Declare the answers about customer value and the models that predict it."""

from docs.generator.answers.declaration import Answer, Key

_PARAMETERS = ("r", "alpha", "a", "b", "p", "q", "v")

_FIGURES = (
    "rank revenue share margin orders purchases people_count average_order first_sale last_sale "
    "recency frequency monetary rfm standing lifetime_value lifetime_basis"
)

KEYS = {
    "rank": Key("integer", "place in the ranking"),
    "people_count": Key("integer", "people whose sales are included"),
    "average_order": Key("money", "revenue per order"),
    "recency": Key("integer", "score from 1 to 5"),
    "frequency": Key("integer", "score from 1 to 5"),
    "monetary": Key("integer", "score from 1 to 5"),
    "rfm": Key("text", "the three scores"),
    "lifetime_value": Key("money", "expected value of the customer"),
    "lifetime_basis": Key("text", "margin, or revenue where a cost is missing"),
    "purchases_per_year": Key("number", "factor of the lifetime value"),
    "lifetime_years": Key("number", "factor of the lifetime value"),
    "lifetime_years_basis": Key("text", "given, assumed or measured"),
    "customers_of_unknown_cost": Key("integer", "customers with sales whose cost is missing"),
    "best_fifth": Key("integer", "number of customers in the best 20%"),
    "best_fifth_share": Key("number", "their part of all revenue, from 0 to 1"),
    "equity": Key("money", "discounted future sales to the customers of today"),
    "people_counted": Key(
        "integer", "people that the query finds, counted with their organizations"
    ),
    "people_revenue": Key(
        "money", "of the revenue, that of people of organizations who do not match the query"
    ),
    "other_revenue": Key("[money]", "revenue in other currencies"),
    "unit": Key("text", "unit of time of the parameters: week"),
    "tested_until": Key("day", "last day that the model knew in its test; null if not tested"),
    "model_is_better": Key("boolean", "the mean error is below that of the naive guess"),
    "state_basis": Key("text", "the basis of the state: model or habit; null if it is too early"),
    "fitted_on": Key("day", "day up to which the model knows the sales"),
    "repeating_customers": Key("integer", "customers with purchases on several days"),
    "repeat_purchases": Key("integer", "purchases after the first of each customer"),
    **{name: Key("number", f"parameter {name} of the model") for name in _PARAMETERS},
    **{
        f"{name}_error": Key("number", f"standard error of {name}, if the sales determine it")
        for name in _PARAMETERS
    },
    "spend_log_likelihood": Key("number", "log-likelihood of the amounts"),
    "spend_customers": Key("integer", "customers whose amounts were used"),
    "mean_purchase": Key("money", "mean amount of a purchase, over all customers"),
    "correlation": Key("number", "correlation of the number and the mean of repeat purchases"),
    "expected_purchases": Key("number", "purchases that the model expects within the horizon"),
    "future_value": Key("money", "those sales, discounted to today"),
    "horizon_days": Key("integer", "days that the prediction covers"),
    "future": Key("future", "figures of the model, if one is stored"),
    "equity_change": Key("money", "change since the last snapshot"),
    "changed_since": Key("day", "day of the last snapshot"),
    "bias": Key("number", "mean of predicted minus actual purchases"),
    "naive_bias": Key("number", "that of the naive guess"),
    "top_decile_capture": Key(
        "number", "part of the actual purchases by the tenth of the customers predicted best"
    ),
    "naive_top_decile_capture": Key("number", "that of the naive guess"),
    "best_top_decile_capture": Key("number", "the highest capture that is possible"),
    "actual_purchases": Key("integer", "purchases within the horizon"),
    "naive_purchases": Key("number", "purchases by the naive guess"),
    "actual_value": Key("money", "sales within the horizon"),
    "value_mae": Key("money", "mean absolute error of the sales to a customer"),
    "naive_value_mae": Key("money", "that of the naive guess"),
    "value_bias": Key("money", "mean of predicted minus actual sales"),
    "naive_value_bias": Key("money", "that of the naive guess"),
    "rates": Key("[used_rate]", "rates that were used"),
}

OBJECTS = {
    "currency_value": (
        "currency revenue margin orders average_order first_sale last_sale people_count rank? "
        "share? purchases? recency? frequency? monetary? rfm? standing? lifetime_value? "
        "lifetime_basis? purchases_per_year? lifetime_years? margin_rate? future?"
    ),
    "converted": "revenue rates left_out:[money]",
    "future": (
        "p_active expected_purchases expected_value future_value horizon_days fitted_on reason"
    ),
    "used_rate": "on currency rate base",
    "customer": f"id name {_FIGURES}",
}

ANSWERS = {
    "value": Answer(
        (
            "[customer]",
            "[{rank id name p_active expected_purchases expected_value future_value purchases "
            "last_sale method reason}]",
            "{id name state state_basis by_currency all_currencies expected_on usual_days}",
            "{currency customers orders? revenue? margin? customers_of_unknown_cost? best_fifth? "
            "best_fifth_share? lifetime_value? lifetime_years? lifetime_years_basis? "
            "people_counted? people_revenue? other_revenue? all_currencies?}",
        ),
        "the ranking, with `--by future` the second form; the figures of one customer, or those of "
        "all with `--total`",
    ),
    "value model": Answer(
        (
            "{currency unit fitted_on customers repeating_customers repeat_purchases r alpha a "
            "b p q v r_error alpha_error a_error b_error p_error q_error v_error "
            "log_likelihood spend_log_likelihood spend_customers mean_purchase correlation "
            "tested_until mae naive_mae reason}",
        ),
    ),
    "value equity": Answer(
        (
            "[{kind name customers equity share revenue equity_change changed_since "
            "horizon_days discount method reason}]",
        ),
    ),
    "value backtest": Answer(
        (
            "{currency until horizon_days customers mae naive_mae bias naive_bias "
            "top_decile_capture naive_top_decile_capture best_top_decile_capture "
            "actual_purchases expected_purchases naive_purchases actual_value "
            "expected_value value_mae naive_value_mae value_bias naive_value_bias "
            "model_is_better reason}",
        ),
    ),
}
