"""The declaration of the stored models of lifetime value."""

from cardcrm.records.fields import Day, Integer, Key, Number
from cardcrm.records.record_type import RecordType
from cardcrm.records.registry import declare

_PARAMETERS = {
    "r": "Shape of the rates of purchase.",
    "alpha": "Scale of the rates of purchase; weeks.",
    "a": "First parameter of the probabilities to leave.",
    "b": "Second parameter of the probabilities to leave.",
}
_SPEND_PARAMETERS = {
    "p": "Shape of the amounts of one customer.",
    "q": "Shape of the means of customers.",
    "v": "Scale of the means of customers; major units of the currency.",
}

LIFETIME_MODEL = declare(
    RecordType(
        "lifetime_model",
        "models of lifetime value",
        (
            Key("currency", required=True, unique=True, help="Currency of the sales."),
            Day("fitted_on", looks="back", required=True, help="Day up to which sales count."),
            Integer("customers", required=True, help="Customers with a purchase."),
            Integer("repeating", required=True, help="Customers with several purchases."),
            Integer("purchases", required=True, help="Purchases after the first of a customer."),
            *(Number(key, required=True, help=text) for key, text in _PARAMETERS.items()),
            *(Number(f"{key}_error", help=f"Standard error of {key}.") for key in _PARAMETERS),
            Number("log_likelihood", required=True, help="Log-likelihood of the purchases."),
            *(Number(key, help=text) for key, text in _SPEND_PARAMETERS.items()),
            *(
                Number(f"{key}_error", help=f"Standard error of {key}.")
                for key in _SPEND_PARAMETERS
            ),
            Number("spend_log_likelihood", help="Log-likelihood of the amounts."),
            Integer("spend_customers", required=True, help="Customers with an amount."),
            Number("mean_spend", required=True,
                   help="Mean of the repeat purchases; major units of the currency."),
            Number("correlation", help="Correlation of number and mean of repeat purchases."),
            Day("tested_until", looks="back", help="Last day that the tested model knew."),
            Number("mae", help="Mean error of the tested model; purchases of a customer."),
            Number("naive_mae", help="Mean error of the naive guess; purchases of a customer."),
        ),
        title="{currency}",
        summary="Models of lifetime value, one for each currency; fitted to the sales.",
        is_local=True,
    )
)  # fmt: skip
