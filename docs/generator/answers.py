"""Declare the JSON of each command, once for the reference page, the schema and the tests.

A key has one type in all answers. The keys of a noun and their types come from its `RecordType`;
`KEYS` has the others. An answer is an object, or an array of objects in brackets, and may have
several forms. An object is the list of its keys; one with a question mark may be missing, and one
with a colon has a type of its own.
"""

from collections.abc import Iterator
from typing import NamedTuple

from cardcrm.records import registry
from cardcrm.records.contacts.contact_type import ADDRESS, ANNIVERSARY, CONTACT, POINT
from cardcrm.records.fields import Field, Reference, References
from cardcrm.records.record_type import RecordType


class Key(NamedTuple):
    """A key: its type in JSON, what it means, and whether its value may be null."""

    type: str
    meaning: str
    nullable: bool = True


SCALARS = {
    "text": "text",
    "integer": "whole number",
    "number": "number",
    "boolean": "true or false",
    "day": "day: `2026-11-27`",
    "instant": "instant: `2026-11-21T09:00:00Z`",
    "moment": "day, or instant where a time is known",
    "money": '`{"amount": "12.50", "currency": "GBP"}`',
}

_PARAMETERS = ("r", "alpha", "a", "b", "p", "q", "v")

# The keys that no noun declares. An array is its elements in brackets.
KEYS: dict[str, Key] = {
    "id": Key("integer", "number of the row"),
    "uid": Key("text", "permanent id, as in exported files"),
    "on": Key("moment", "when it happened"),
    "text": Key("text", "what happened, what to do, or what was bought"),
    "with": Key("text", "names of the participants"),
    "rule": Key("text", "recurrence, an RRULE; of a cadence the query that gives it"),
    "done": Key("instant", "when it was done"),
    "promise": Key("boolean", "the contact was told of it"),
    "author": Key("text", "user who made the entry"),
    "discount": Key("number", "discount in percent"),
    "address": Key("text", "email address, phone number, web or social address"),
    "opted_out": Key("boolean", "the address must not be written to"),
    "day": Key("text", "ISO day, or as much of it as is known: `--05-17`, `1985-04`"),
    "note": Key("text", "note"),
    "every": Key("integer", "days between touches"),
    "kind": Key("text", "kind of the contact, contact point, interaction, relation or rows"),
    "org": Key("text", "organization"),
    "status": Key("text", "active, deceased or closed; of a reminder, that of its contact"),
    "org_id": Key("integer", "number of the organization"),
    "warnings": Key("[text]", "what is doubtful, also on standard error"),
    # parts of a contact
    "contact_points": Key("[contact_point]", "email addresses, phone numbers, web addresses"),
    "addresses": Key("[address]", "postal addresses"),
    "anniversaries": Key("[anniversary]", "birthday and other days; in `due` those that come"),
    "nicknames": Key("[text]", "other names"),
    "tags": Key("[text]", "tags, in the order of the alphabet"),
    "fields": Key("[custom_value]", "values of custom fields"),
    "relations": Key("[relation]", "relations to other contacts"),
    "jobs": Key("[contact_job]", "further and former jobs"),
    "media": Key("[media]", "photos, logos, sounds and keys, without their content"),
    "vcard_lines": Key("[text]", "properties of vCards that have no field, as they were read"),
    "uri": Key("text", "address of a photo, logo, sound or key that is elsewhere"),
    "digest": Key("text", "SHA-256 of its content"),
    "people": Key("[person]", "people of an organization"),
    "reminders": Key("[contact_reminder]", "open reminders, the next first"),
    "interactions": Key("[contact_interaction]", "interactions, the newest first"),
    "interaction_count": Key("integer", "number of all interactions"),
    "role": Key("text", "role of a person in a deal"),
    "roles": Key("[deal_role]", "people with a role in a deal"),
    "next_steps": Key("[reminder]", "open reminders of a deal, the next first"),
    "stage_changes": Key("[stage_change]", "stages of a deal, the oldest first"),
    "seconds": Key("integer", "seconds that a deal was in the former stage"),
    "from_id": Key("integer", "number of the former stage"),
    "to_id": Key("integer", "number of the new stage"),
    "position": Key("integer", "place of a pipeline, or of a stage in its pipeline"),
    "open_deals": Key("integer", "number of open deals"),
    "deals": Key("[contact_deal]", "open deals, the next close first"),
    "deals_due": Key("[due_deal]", "deals whose expected close is past, and rotting ones"),
    "rotting": Key("boolean", "it stood still for longer than its stage allows"),
    "deal_count": Key("integer", "number of deals"),
    "stages": Key("[text]", "names of the stages"),
    "rotting_days": Key("integer", "days without a step after which a deal rots"),
    "needs": Key("[text]", "facts to know of a deal before it enters"),
    "sales": Key("[contact_sale]", "sales, the newest first"),
    "sale_count": Key("integer", "number of sales"),
    "by_currency": Key("[currency_value]", "figures of the customer in each currency"),
    "all_currencies": Key("converted", "sum in the default currency, if all rates are known"),
    "added_org": Key("named", "organization that was added for the person"),
    "last": Key("day", "day of the last interaction"),
    "touched": Key("day", "day of the last touch"),
    "cadence": Key("cadence", "days between touches, and the query that gives them"),
    "days": Key("integer", "days"),
    "snoozed": Key("day", "day until which the cadence is snoozed"),
    "touch_by": Key("day", "day by which the cadence wants a touch"),
    "created": Key("day", "local day on which the row was added"),
    "updated": Key("day", "local day of the last change"),
    "next": Key("day", "the next day it falls on; of a contact its next reminder"),
    "due": Key("moment", "when it is due"),
    "age": Key("integer", "years on the `next` day; of a cohort the periods since its first"),
    "type": Key("text", "type of a custom field: text, number, money, date or choice"),
    "inverse": Key("boolean", "the relation is named from the other side"),
    "due_on": Key("day", "local day on which it is due"),
    "due_at": Key("instant", "instant at which it is due, if a time is known"),
    "at": Key("instant", "instant of the interaction, or of the journal step"),
    "participants": Key("[named]", "contacts that took part"),
    "lines": Key("[sale_line]", "lines of the sale or deal"),
    # changes
    "changes": Key("[change]", "each column that was changed, or would be"),
    "row": Key("text", "noun and number of the row that was changed"),
    "change": Key("text", "added, changed or removed"),
    "field": Key("text", "column that was changed; in `find --fields` the name of a filter"),
    "old": Key("text", "value before, as its column has it: money in minor units"),
    "new": Key("text", "value after, likewise"),
    "reminder": Key("reminder", "reminder that was added with `--next`"),
    "next_reminder": Key("reminder", "reminder that was added with `--next`"),
    "is_new": Key("boolean", "false where a sale with this `--ref` existed already"),
    "change_count": Key("integer", "number of changes in the step"),
    "host": Key("text", "machine"),
    "state": Key("text", "undone; of an expected order late, coming or likely lost"),
    "command": Key("text", "command line of the step"),
    # duplicates
    "score": Key("number", "probability that both contacts are one, or rank of a group, 0 to 1"),
    "reasons": Key("[text]", "evidence in words, what speaks for it first"),
    "ids": Key("[integer]", "numbers of both contacts, the lower one first"),
    "names": Key("[text]", "names of both contacts"),
    "different": Key("boolean", "the contacts are recorded as different ones"),
    "key": Key("text", "field of a contact, or what is counted"),
    "first": Key("text", "value of the contact to keep"),
    "second": Key("text", "value of the duplicate"),
    "merged": Key("text", "value after the merge"),
    # due
    "date": Key("day", "day of the digest"),
    "overdue": Key("[due_reminder]", "reminders of past days"),
    "today": Key("[due_reminder]", "reminders of today"),
    "coming": Key("[due_reminder]", "reminders of the days to come"),
    "losing_touch": Key("[lost_contact]", "contacts whose cadence has run out"),
    "touch_soon": Key("[lost_contact]", "contacts whose cadence runs out soon"),
    "totals": Key("[total]", "number of items in each section, also of those not listed"),
    "section": Key("text", "name of the section"),
    "count": Key("integer", "number"),
    "exact": Key("boolean", "false where the count is a lower bound"),
    "days_late": Key("integer", "days since then"),
    "cadence_days": Key("integer", "days between touches"),
    "last_interaction": Key("last_interaction", "the last interaction with the contact"),
    # figures
    "rank": Key("integer", "place in the ranking"),
    "revenue": Key("money", "sum of sales and refunds"),
    "share": Key("number", "part of the whole, such as all revenue, from 0 to 1"),
    "margin": Key("money", "revenue minus cost, where all costs are known"),
    "orders": Key("integer", "number of sales above 0"),
    "purchases": Key("integer", "number of days with an order"),
    "people_count": Key("integer", "people whose sales are included"),
    "average_order": Key("money", "revenue per order"),
    "first_sale": Key("day", "day of the first sale"),
    "last_sale": Key("day", "day of the last sale"),
    "recency": Key("integer", "score from 1 to 5"),
    "frequency": Key("integer", "score from 1 to 5"),
    "monetary": Key("integer", "score from 1 to 5"),
    "rfm": Key("text", "the three scores"),
    "standing": Key("text", "standing by the scores, such as Champions"),
    "lifetime_value": Key("money", "expected value of the customer"),
    "lifetime_basis": Key("text", "margin, or revenue where a cost is missing"),
    "purchases_per_year": Key("number", "factor of the lifetime value"),
    "lifetime_years": Key("number", "factor of the lifetime value"),
    "margin_rate": Key("number", "factor of the lifetime value, from 0 to 1"),
    "lifetime_years_basis": Key("text", "given, assumed or measured"),
    "customers": Key("integer", "number of customers"),
    "customers_of_unknown_cost": Key("integer", "customers with sales whose cost is missing"),
    "best_fifth": Key("integer", "number of customers in the best 20%"),
    "best_fifth_share": Key("number", "their part of all revenue, from 0 to 1"),
    "equity": Key("money", "discounted future sales to the customers of today"),
    "other_revenue": Key("[money]", "revenue in other currencies"),
    # models of customer value
    "unit": Key("text", "unit of time of the parameters: week"),
    "fitted_on": Key("day", "day up to which the model knows the sales"),
    "repeating_customers": Key("integer", "customers with purchases on several days"),
    "repeat_purchases": Key("integer", "purchases after the first of each customer"),
    **{name: Key("number", f"parameter {name} of the model") for name in _PARAMETERS},
    **{
        f"{name}_error": Key("number", f"standard error of {name}, if the sales determine it")
        for name in _PARAMETERS
    },
    "log_likelihood": Key("number", "log-likelihood of the model"),
    "spend_log_likelihood": Key("number", "log-likelihood of the amounts"),
    "spend_customers": Key("integer", "customers whose amounts were used"),
    "mean_purchase": Key("money", "mean amount of a purchase, over all customers"),
    "correlation": Key("number", "correlation of the number and the mean of repeat purchases"),
    "p_active": Key("number", "probability that the customer has not left, from 0 to 1"),
    "expected_purchases": Key("number", "purchases that the model expects within the horizon"),
    "expected_value": Key("money", "sales expected within the horizon, or from a suggestion"),
    "future_value": Key("money", "those sales, discounted to today"),
    "horizon_days": Key("integer", "days that the prediction covers"),
    "method": Key("text", "method of the figure in words"),
    "future": Key("future", "figures of the model, if one is stored"),
    "equity_change": Key("money", "change since the last snapshot"),
    "changed_since": Key("day", "day of the last snapshot"),
    "until": Key("day", "last day"),
    "mae": Key("number", "mean absolute error"),
    "naive_mae": Key("number", "that of the naive guess"),
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
    "period": Key("text", "month as 2026-11, quarter as 2026-Q4, week as 2026-W48, day, year"),
    "refunds": Key("money", "sum of refunds"),
    "net": Key("money", "revenue, or amount of a sale, without tax, where that is known"),
    "tax": Key("money", "tax that the revenue or amount contains, where that is known"),
    "tax_unknown": Key("money", "revenue whose tax is unknown"),
    "revenue_before": Key("money", "revenue of the time before"),
    "growth": Key("number", "change against the time before: 0.1 is 10% more"),
    "is_over": Key("boolean", "false for a period that is unfinished or cut off"),
    "weekday": Key("text", "day of the week"),
    "customer": Key("text", "name of the customer"),
    "product_id": Key("integer", "number of the product; null for sales without one"),
    "category": Key("text", "category of products"),
    "segment": Key("text", "name of a segment"),
    "tag": Key("text", "tag"),
    "group": Key("text", "value of the field by which contacts are grouped, or name of a group"),
    "organization": Key("text", "organization"),
    "orders_per_customer": Key("number", "mean number of orders"),
    "purchases_per_customer": Key("number", "mean number of days with an order"),
    "expected_on": Key("day", "day on which the next order is expected"),
    "currency_code": Key("text", "currency"),
    "converted": Key("money", "revenue at the stated rates, if they are known"),
    "rates_used": Key("text", "rates in words"),
    # customers who stay and leave
    "customers_before": Key("integer", "customers of the period or the day before"),
    "retained": Key("integer", "customers of the period before who bought again"),
    "lost": Key("integer", "customers of the period before who did not buy again"),
    "new_customers": Key("integer", "customers with their first purchase"),
    "returned": Key("integer", "customers who had bought, but not in the period before"),
    "retention": Key("number", "part of the customers who stayed, from 0 to 1"),
    "defection_rate": Key("number", "lost / customers before, from 0 to 1"),
    "cohort": Key("text", "period of the first purchase"),
    "cohort_size": Key("integer", "customers with their first purchase in it"),
    "standing_before": Key("text", "standing on the earlier day; null without a sale until then"),
    "joined": Key("integer", "customers who have come to the standing since then"),
    "departed": Key("integer", "customers who have left the standing since then"),
    "value_at_risk": Key("money", "expected value × (1 - probability of being active)"),
    "basis": Key("text", "source of the probability: model, or habit of the customer"),
    "usual_days": Key("number", "median of the days between purchases"),
    "silent_days": Key("integer", "days since the last purchase"),
    "renewal": Key("integer", "number of the renewal, from 1"),
    "faced": Key("integer", "subscriptions that came to the renewal; null in the forecast"),
    "renewed": Key("integer", "subscriptions that were renewed; null in the forecast"),
    "observed_survival": Key("number", "share renewed so far, from 0 to 1; null in the forecast"),
    "expected_survival": Key("number", "this share by the model"),
    "renewal_rate": Key("number", "probability of the renewal by the model"),
    "subscriptions": Key("integer", "number of subscriptions"),
    "ended": Key("integer", "number of subscriptions that have ended"),
    "alpha": Key("number", "parameter of the model"),
    "beta": Key("number", "parameter of the model"),
    # most valuable customers
    "membership": Key("text", "new, member or left"),
    "benefits_due": Key("[text]", "names of benefits that are due"),
    "kept_up": Key("boolean", "no touch is late and no benefit is due"),
    "revenue_since": Key("money", "revenue since joining, at most of a year"),
    "change_rate": Key("number", "change as a part of the revenue before"),
    "benefit_count": Key("integer", "benefits given to members"),
    "benefit_cost": Key("money", "cost of these"),
    # products
    "group_id": Key("integer", "number of the product or customer; null for other groups"),
    "other_product": Key("text", "product that is bought with it"),
    "other_product_id": Key("integer", "number of that product"),
    "support": Key("number", "share of baskets with both products, from 0 to 1"),
    "confidence": Key("number", "confidence of a band or a rule, from 0 to 1"),
    "confidence_back": Key("number", "share of baskets with the other product that have this one"),
    "lift": Key("number", "how much more often than by chance; 1 is chance"),
    "unknown_cost_revenue": Key("money", "revenue whose cost is unknown; not in the margin"),
    "unknown_cost_count": Key("integer", "sales, or lines of sales, whose cost is unknown"),
    "units": Key("number", "units sold, less those returned"),
    "trend": Key("number", "change of the revenue against the period before: 0.1 is 10% more"),
    "repeat_customers": Key("integer", "customers who bought it on more than one day"),
    "repeat_rate": Key("number", "their part of all its customers, from 0 to 1"),
    "average_paid": Key("money", "average price of one that was paid"),
    "average_list": Key("money", "average price of one before discounts"),
    "discount_share": Key("number", "part of the list price that discounts took, from 0 to 1"),
    "change_on": Key("day", "day from which sales are compared with those before"),
    "change_found": Key("boolean", "true where that day was found in the sales"),
    "before": Key("span_figures", "sales before that day"),
    "after": Key("span_figures", "sales from that day on, or during the promotion"),
    "since": Key("day", "first day"),
    "day_count": Key("integer", "number of days"),
    "units_a_day": Key("number", "units sold on a day"),
    "revenue_a_day": Key("money", "revenue of a day"),
    "units_ratio": Key("number", "units a day after / before"),
    "units_ratio_low": Key("number", "lower end of its 95% interval"),
    "units_ratio_high": Key("number", "upper end of its 95% interval"),
    "revenue_change": Key("number", "change of the revenue a day: 0.1 is 10% more"),
    "others_change": Key("number", "change of the revenue a day of all other products"),
    "price_changes": Key("[price_change]", "changes of the unit price, the oldest first"),
    "price_before": Key("money", "unit price before"),
    "price_after": Key("money", "unit price after"),
    "months": Key("[product_month]", "each month from the first to the last sale"),
    "raised_on": Key("day", "day on which it was first found"),
    "alerts": Key("[alert]", "what the sales suggest to do, the most valuable first"),
    "alert_count": Key("integer", "number of alerts"),
    "removed_count": Key("integer", "number of alerts that are gone"),
    # trends, market and behavior
    "figure": Key("text", "forecast figure: revenue, orders, new or lost"),
    "seasonal_naive_mae": Key("number", "that of repeating the same month of last year"),
    "test_months": Key("integer", "months of the past from which forecasts were made"),
    "month_before": Key("month_figures", "the month before, or as many days of it"),
    "year_before": Key("month_figures", "the same month a year before, or as many days of it"),
    "revenue_by_month": Key("[month_revenue]", "24 months, the latest first"),
    "best_customers": Key("[best_customer]", "customers with the highest revenue of the month"),
    "customers_at_risk": Key("[customer_at_risk]", "customers who are most likely lost"),
    "customers_won": Key("[customer_won]", "customers with their first purchase in the month"),
    "cohorts": Key("[cohort_shares]", "customers by the month of their first purchase"),
    **{
        f"after_{age}": Key("number", f"part who bought {age} months later, from 0 to 1")
        for age in (1, 3, 6, 11)
    },
    "best_products": Key("[best_product]", "products with the highest revenue of the month"),
    "product_pairs": Key("[product_pair]", "products bought together within a year"),
    "to_do": Key("[to_do]", "what to do next"),
    "missing": Key("[missing_section]", "parts without enough data"),
    "past": Key("[past_month]", "complete months so far, the oldest first"),
    "forecast": Key("[forecast_month]", "months to come"),
    "month": Key("text", "month: `2026-11`"),
    "actual": Key("number", "figure of a month; revenue is in major units of the currency"),
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
    "best_hour": Key("text", "hour at which calls are answered best, if that is known"),
    "last_touch": Key("text", "days since the last touch"),
    "repeat_share": Key("number", "customers with orders on two days; null for fewer than 5"),
    "repeat_low": Key("number", "lower bound of its 95 % interval"),
    "repeat_high": Key("number", "upper bound of its 95 % interval"),
    "old_customers": Key("integer", "customers who first bought at least two years ago"),
    "retention_low": Key("number", "lower bound of its 95 % interval"),
    "retention_high": Key("number", "upper bound of its 95 % interval"),
    "factor": Key("text", "field and value, or behavior"),
    "measure": Key("text", "the figures compared: share or median"),
    "target": Key("number", "share or median of the target"),
    "others": Key("number", "share or median of the other contacts"),
    "effect": Key("number", "difference of the shares, or Cliff's delta, from -1 to 1"),
    "p_value": Key("number", "probability of such a difference by chance"),
    "adjusted_p_value": Key("number", "p-value, adjusted for the number of comparisons"),
    "cluster": Key("integer", "number of the cluster, from 1"),
    "median_days": Key("number", "median of the days since the last order"),
    "median_purchases": Key("number", "median of the days with an order"),
    "median_revenue": Key("money", "median of the revenue by customer"),
    "silhouette": Key("number", "clearness of the clusters: near 1 if clear, near 0 if not"),
    # lists of contacts and definitions
    "contacts": Key("integer", "number of contacts"),
    "choices": Key("[text]", "values to choose from"),
    "help": Key("text", "meaning"),
    "better": Key("text", "number as it should be stored"),
    "problem": Key("text", "what is wrong"),
    # files
    "exported": Key("integer", "number of rows written"),
    "path": Key("text", "file; of a server database its address"),
    "added": Key("integer", "number of rows added"),
    "changed": Key("integer", "number of rows changed"),
    "unchanged": Key("integer", "number of entries that say nothing new"),
    "refused": Key("[refusal]", "entries that were refused or left out, at most 1,000"),
    "refused_count": Key("integer", "number of refused entries; only these make exit code 1"),
    "reason": Key(
        "text",
        "why an entry was refused, a column is not kept, a file was left, a customer is listed, or "
        "a figure is missing",
    ),
    "line": Key("integer", "line of the file, from 1"),
    "column": Key("text", "column of a table, or property of a vCard"),
    "as": Key("text", "field that has the values of the column"),
    "kept": Key("boolean", "false where the values of the column are not stored"),
    "guess": Key("boolean", "the name of the column is only close to a known one"),
    "columns": Key("[file_column]", "each column or property of the files"),
    "differences": Key("[difference]", "changes of known contacts, at most 1,000"),
    "files": Key("[imported_file]", "each file that was read"),
    "file": Key("text", "file that was read; of a conflict the value of the file"),
    "skipped": Key("[skipped_mail]", "messages that no person wrote to you"),
    "unknown": Key("[unknown_correspondent]", "correspondents who are not contacts, at most 100"),
    "unknown_count": Key("integer", "number of correspondents who are not contacts"),
    "contacts_created": Key("integer", "number of contacts added for correspondents"),
    "doubtful_dates": Key("integer", "number of messages without a usable Date header"),
    "cut_count": Key("integer", "number of messages that were cut at the limit of their size"),
    "messages": Key("[logged_mail]", "messages that were logged, at most 100"),
    "contact_ids": Key("[integer]", "numbers of the contacts"),
    "organizations": Key("integer", "number of organizations added for people"),
    "groups": Key("integer", "number of groups that became tags"),
    "left_out": Key("integer", "rows without an entry, such as totals and failed payments"),
    "program": Key("text", "program that wrote the file"),
    "unreadable": Key("integer", "number of values that were kept as text"),
    "not_taken": Key("[text]", "values of rows whose contacts have others"),
    "odd_phones": Key("integer", "number of invalid phone numbers, kept as written"),
    "regions": Key("[text]", "countries assumed for national phone numbers"),
    "bad_file": Key("text", "file of the bad entries"),
    "date_order": Key("text", "order of day and month that was assumed"),
    # forgetting
    "forgotten": Key("boolean", "false where only the plan was asked for"),
    "erased_rows": Key("[noun_count]", "rows that are erased, by noun"),
    "kept_rows": Key("[noun_count]", "rows that are kept without the contact, by noun"),
    "struck_out": Key("[mention]", "texts about others in which the contact is struck out"),
    "mentions": Key("[mention]", "texts about others with a part of the name, or with the name"),
    "shared": Key("[shared_value]", "values that stay because another contact has them too"),
    "copies": Key("[known_copy]", "copies of the database that still hold the contact"),
    "synced_files": Key("[text]", "files of a sync that still hold the contact"),
    "imports": Key("[text]", "commands of the imports that brought the contact in"),
    "noun": Key("text", "noun"),
    "former_ids": Key("[integer]", "numbers of contacts that were merged into this one"),
    "held": Key("[held_row]", "rows that are about the contact"),
    "facts": Key("[fact]", "values of a row that are not empty"),
    "history": Key("[past_change]", "values of its rows in the journal, the oldest first"),
    "folder": Key("text", "folder that is in step with the database"),
    "to_database": Key("sync_counts", "contacts or reminders that the database got"),
    "to_folder": Key("sync_counts", "files that the folder got"),
    "deleted": Key("integer", "number of contacts, reminders or files removed"),
    "conflicts": Key("[conflict]", "fields that both sides had changed"),
    "taken": Key("text", "side whose value was taken: database, file or both"),
    "database": Key("text", "value of the database"),
    "pending": Key("[deletion]", "deletions that wait for `--yes` or `--keep`"),
    "remove_from": Key("text", "side that still has it: database or folder"),
    "left": Key("[left_file]", "files that were left as they are"),
    "notes": Key("[text]", "further remarks"),
    "entries": Key("integer", "number of entries of the calendar"),
    "written": Key("boolean", "false where the file was up to date"),
    # database and settings
    "server": Key("text", "address of the server"),
    "engine": Key("text", "database engine and version"),
    "schema_version": Key("integer", "version of the tables"),
    "size": Key("integer", "bytes"),
    "connections": Key("integer", "open connections to the server"),
    "clock": Key("number", "seconds by which the clock of the server is ahead"),
    "contact_count": Key("integer", "number of contacts"),
    "reminder_count": Key("integer", "number of reminders"),
    "journal_step_count": Key("integer", "number of journal steps"),
    "backup_count": Key("integer", "number of backups beside the database"),
    "last_change": Key("instant", "instant of the last change"),
    "last_command": Key("text", "command of the last change"),
    "rows": Key("integer", "number of rows"),
    "removed": Key("[text]", "old backups that were removed"),
    "restored_from": Key("text", "backup"),
    "replaced": Key("text", "where the old file is now"),
    "table": Key("text", "table"),
    "written_files": Key("integer", "files that an export has written"),
    "written_rows": Key("integer", "rows in the files that were written"),
    "written_months": Key("text", "months whose facts were written"),
    "meaning": Key("text", "what a column of the star holds"),
    "hash": Key("text", "hash of its rows"),
    "area": Key("text", "part of the database"),
    "from": Key("text", "origin of the value; of a job its first year, month or day"),
    "current": Key("text", "value in force"),
    "user": Key("text", "user of the mail server"),
    "stored": Key("boolean", "the keyring has the password"),
    # errors
    "code": Key("text", "kind of error, from the table above"),
    "message": Key("text", "the problem"),
    "hint": Key("text", "the remedy"),
    "near": Key("[text]", "similar names"),
    "candidates": Key("[candidate]", "contacts that match"),
    "detail": Key("text", "what tells the contact from the others"),
    "error": Key("error", "the error, on standard error"),
}  # fmt: skip

# The keys that name a row of `report revenue`.
_GROUPS = (
    "period? product? category? customer? channel? segment? weekday? city? owner? source? country? "
    "organization? stage? tag? group?"
)
_REVENUE = "revenue net tax tax_unknown sale_count refunds margin revenue_before growth"

_REMINDED = "text due_on due_at rule promise priority owner"
_CONTACT_OF = "contact_id contact org phone email status mvc last_interaction"
_FIGURES = (
    "rank revenue share margin orders purchases people_count average_order first_sale last_sale "
    "recency frequency monetary rfm standing lifetime_value lifetime_basis"
)

# The keys of each object that is not a noun of its own.
OBJECTS: dict[str, str] = {
    "anniversary": "label day? next age "
    + " ".join(f"{key}?" for key in _CONTACT_OF.split()),
    "contact_point": "{point}",
    "address": "{address}",
    "custom_value": "name label type text",
    "relation": "kind inverse id name",
    "media": "id kind type uri digest size",
    "person": "id name title",
    "named": "id name",
    "contact_reminder": f"id uid {_REMINDED}",
    "contact_interaction": (
        "id uid kind direction at minutes outcome text no_answer on author participants"
    ),
    "contact_deal": "id title pipeline stage amount probability close owner",
    "due_deal": f"id title stage amount close entered rotting owner {_CONTACT_OF}",
    "deal_role": "contact_id contact role",
    "stage_change": "from_id from to_id to at seconds author",
    "contact_sale": "on id uid amount cost tax channel text ref lines",
    "sale_line": "product_id? product quantity price cost discount amount tax_rate? tax?",
    "currency_value": (
        "currency revenue margin orders average_order first_sale last_sale people_count "
        + " ".join(
            f"{key}?"
            for key in (
                *_FIGURES.split(), "purchases_per_year", "lifetime_years", "margin_rate", "future"
            )
            if key
            not in ("revenue", "margin", "orders", "average_order", "first_sale", "last_sale",
                    "people_count")
        )
    ),
    "converted": "revenue rates left_out:[money]",
    "future": (
        "p_active expected_purchases expected_value future_value horizon_days fitted_on reason"
    ),
    "used_rate": "on currency rate base",
    "change": "row change field old new",
    "due_reminder": f"id {_REMINDED} {_CONTACT_OF}",
    "lost_contact": f"touch_by cadence_days {_CONTACT_OF} days_late?",
    "cadence": "days rule",
    "contact_job": "id title contact_id contact org_id org from to",
    "last_interaction": "on kind text",
    "total": "section count exact",
    "alert": (
        "id kind contact_id contact product_id product reason expected_value confidence raised_on"
    ),
    "span_figures": (
        "since until day_count units revenue units_a_day revenue_a_day average_list average_paid "
        "discount_share"
    ),
    "price_change": "on price_before price_after",
    "product_month": "period units revenue average_list average_paid discount_share share",
    "price_report": (
        "product_id product currency change_on change_found before after "
        "units_ratio "
        "units_ratio_low units_ratio_high method revenue_change others_change reason "
        "price_changes months"
    ),
    "candidate": "id name detail",
    "error": "code message hint near? candidates?",
    "contact": (
        "{contact} last touched touch_by cadence snoozed nicknames contact_points addresses "
        "anniversaries tags fields relations jobs media vcard_lines people reminders deals "
        "interactions interaction_count sales sale_count by_currency all_currencies"
    ),
    "customer": f"id name {_FIGURES}",
    "step": "id at author host change_count state command",
    "setting": "name current from help",
    "custom_field": "name label type choices contacts",
    "noun_count": "noun count",
    "mention": "noun id field text",
    "shared_value": "text contact_id contact",
    "held_row": "noun id facts",
    "fact": "field text",
    "past_change": "at author command row change field old new",
    "known_copy": "path date",
    "file_written": "exported path",
    "page_written": "path",
    "month_figures": "since until revenue orders customers growth",
    "month_revenue": "month revenue revenue_before",
    "best_customer": "id name revenue share orders",
    "customer_at_risk": "id name value_at_risk last_sale reason",
    "customer_won": "id name first_sale revenue",
    "cohort_shares": "cohort cohort_size after_1 after_3 after_6 after_11",
    "best_product": "id product revenue units customers",
    "product_pair": "product other_product count lift",
    "to_do": "text command contact_id",
    "missing_section": "section reason",
    "past_month": "month actual",
    "forecast_month": "month expected low high",
    "file_read": "added changed path",
    "sync_counts": "added changed deleted",
    "conflict": "name field taken file database",
    "deletion": "name uid file remove_from",
    "left_file": "file reason",
    "synced": "folder to_database to_folder conflicts pending left notes",
    "calendar": "entries path written",
    "refusal": "file line column reason",
    "difference": "line id name field old new",
    "file_column": "column as kept count guess reason",
    "imported_file": (
        "file kind created:integer updated:integer unchanged refused_count left_out bad_file "
        "organizations? groups? odd_phones? unreadable? not_taken? regions? date_order? "
        "differences? contacts:integer? program? "
        "skipped? unknown? unknown_count? contacts_created? doubtful_dates? cut_count? messages?"
    ),
    "skipped_mail": "reason count",
    "unknown_correspondent": "name email count",
    "logged_mail": "id message_id status direction contact_ids",
}  # fmt: skip


class Answer(NamedTuple):
    """The answer of a command: its forms, and what to know about it."""

    forms: tuple[str, ...]
    note: str = ""


_LIST_OF_NOUN = "`--columns` limits the keys; `--by` leaves one of them and `count`"


def _noun_answers() -> Iterator[tuple[str, Answer]]:
    """Yield the answers of the commands that every noun has."""
    for type_ in registry.listed_types():
        name, command = type_.name.replace(" ", "_"), type_.name.replace(" ", "-")
        yield f"{command} add", Answer((name,))
        yield f"{command} list", Answer((f"[{name}* count?]",), _LIST_OF_NOUN)
        yield f"{command} show", Answer((name, f"[{name}]"))
        yield (
            f"{command} edit",
            Answer((f"{name} changes", f"[{name} changes]"), "an array for several rows"),
        )
        yield f"{command} rm", Answer((f"[{name}]",))
        yield f"{command} export", Answer(("file_written",))
        yield f"{command} import", Answer(("file_read",))


_LIST = "the keys are the columns"
_DEAL = "deal roles next_steps stage_changes"
_STAGE = "{id pipeline name position kind probability rotting_days needs deal_count}"

ANSWERS: dict[str, Answer] = {
    "add": Answer(("contact added_org?",)),
    "find": Answer(
        ("[contact_row*]", "[contact_row* count]", "{count}", "[{field help}]"),
        f"{_LIST}; with `--by` one of them and `count`",
    ),
    "show": Answer(("contact", "[contact]"), "an array for several contacts"),
    "brief": Answer(("contact alerts best_hour",)),
    "edit": Answer(("contact changes", "[contact changes]"), "an array for several contacts"),
    "tag": Answer(("contact changes", "[contact changes]"), "an array for several contacts"),
    "rm": Answer(("[contact]",)),
    "forget": Answer(
        (
            "{id name forgotten erased_rows kept_rows struck_out mentions shared copies "
            "synced_files imports}",
        ),
        "with `--dry-run` the plan",
    ),
    "dupes": Answer(
        ("[{score ids names reasons}]", "[{ids names different}]"),
        "the second form with `--not` and `--maybe`",
    ),
    "merge": Answer(("contact", "[{key first second merged}]"), "an array with `--dry-run`"),
    **dict(_noun_answers()),
    "log": Answer(
        ("interaction reminder", "[interaction]", "[contact]"),
        "with @SEGMENT an array; with `--dry-run` the contacts",
    ),
    "interaction add": Answer(("interaction reminder", "[interaction]", "[contact]"), "as `log`"),
    "remind": Answer(
        ("reminder", "[reminder]", "reminder*", "[contact]"),
        "with @SEGMENT an array; with `--dry-run` the contacts, or the reminder without its number",
    ),
    "reminder add": Answer(("reminder", "[reminder]", "reminder*", "[contact]"), "as `remind`"),
    "due": Answer(
        (
            "{date overdue today coming losing_touch touch_soon anniversaries deals_due alerts "
            "totals}",
        ),
    ),
    "done": Answer(("[reminder next_reminder]", "[alert]"), "the second form for alerts"),
    "snooze": Answer(
        ("[reminder]", "[{contact_id contact snoozed touch_by}]", "[alert]"),
        "of a contact its next touch",
    ),
    "sell": Answer(("sale is_new",)),
    "sale add": Answer(("sale is_new",), "as `sell`"),
    **{f"deal {verb}": Answer((_DEAL,)) for verb in ("add", "move", "win", "lose", "reopen")},
    "deal show": Answer((_DEAL, "[deal]")),
    "pipeline list": Answer(("[{id name position open_deals stages}]",)),
    **{
        f"pipeline {verb}": Answer((f"[{_STAGE}]",))
        for verb in ("show", "add", "edit", "stage add", "stage edit", "stage move", "stage rm")
    },
    "pipeline rm": Answer((f"[{_STAGE}]",), "of the pipeline that takes the deals"),
    "value": Answer(
        (
            "[customer]",
            "[{rank id name p_active expected_purchases expected_value future_value purchases "
            "last_sale method reason}]",
            "{id name by_currency all_currencies expected_on usual_days}",
            "{currency customers orders? revenue? margin? customers_of_unknown_cost? best_fifth? "
            "best_fifth_share? lifetime_value? lifetime_years? lifetime_years_basis? "
            "other_revenue? all_currencies?}",
        ),
        "the ranking, with `--by future` the second form; the figures of one customer, or those of "
        "all with `--total`",
    ),
    "value model": Answer(
        (
            "{currency unit fitted_on customers repeating_customers repeat_purchases r alpha a "
            "b p q v r_error alpha_error a_error b_error p_error q_error v_error "
            "log_likelihood spend_log_likelihood spend_customers mean_purchase correlation "
            "reason}",
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
            "expected_value value_mae naive_value_mae value_bias naive_value_bias reason}",
        ),
    ),
    "report repeat": Answer(
        (
            "{customers repeat_customers repeat_rate orders purchases orders_per_customer "
            "purchases_per_customer median_days reason}",
        )
    ),
    "report next-orders": Answer(
        ("[{id name state expected_on days_late usual_days last_sale purchases}]",)
    ),
    "report month": Answer(
        (
            "{month since until is_over currency revenue orders customers month_before "
            "year_before revenue_by_month best_customers customers_at_risk customers_won cohorts "
            "best_products product_pairs forecast to_do missing}",
            "page_written",
        ),
        "with `--html`, as of every report, the path of the page",
    ),
    "report revenue": Answer(
        (
            f"[{{{_GROUPS} product_id? contact_id? {_REVENUE} share is_over?}}]",
            f"[{{currency_code {_REVENUE} converted:money rates_used}}]",
        ),
        "each row has the key of its grouping; the second form by currency",
    ),
    "suggest": Answer(("[{kind product_id product reason expected_value confidence}]",)),
    "alert list": Answer(("[alert]",)),
    "alert refresh": Answer(("[{alert_count added removed_count}]",)),
    "alert dismiss": Answer(("[alert]",)),
    "report baskets": Answer(
        (
            "[{product_id product other_product_id other_product count support confidence "
            "confidence_back lift}]",
        ),
    ),
    "report margins": Answer(
        (
            "[{group_id name revenue cost margin margin_rate unknown_cost_revenue "
            "unknown_cost_count}]",
        ),
    ),
    "report products": Answer(
        (
            "[{id product category retired units revenue share trend customers repeat_customers "
            "repeat_rate first_sale last_sale average_paid average_list discount_share}]",
        ),
    ),
    "report pricing": Answer(("price_report",)),
    "report promotion": Answer(("price_report",)),
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
            "[{id name value_at_risk expected_value p_active basis usual_days silent_days "
            "last_sale purchases reason}]",
        )
    ),
    "report subscriptions": Answer(
        (
            "[{renewal faced renewed observed_survival expected_survival renewal_rate "
            "subscriptions ended alpha beta log_likelihood}]",
        )
    ),
    "mvc set": Answer(("[{id name membership}]",)),
    "mvc list": Answer(
        ("[{id name owner mvc cadence_days touched touch_by benefits_due kept_up}]",)
    ),
    "mvc add": Answer(("[contact]",)),
    "mvc rm": Answer(("[contact]",)),
    "mvc give": Answer(("gift",)),
    "mvc report": Answer(
        ("[{group customers revenue_before revenue_since change_rate benefit_count benefit_cost}]",)
    ),
    "report forecast": Answer(
        (
            "{figure currency method mae naive_mae seasonal_naive_mae test_months confidence past "
            "forecast reason}",
        ),
        "`reason` says why months or bands are missing",
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
            "[{group customers repeat_share repeat_low repeat_high old_customers retention "
            "retention_low retention_high revenue revenue_per_customer}]",
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
    "log-mail": Answer(("{created:integer updated:integer unchanged refused columns files}",)),
    "sync": Answer(("synced", "[synced]"), "an array for several folders"),
    "calendar write": Answer(("calendar", "[calendar]"), "an array for several calendars"),
    "import": Answer(("{created:integer updated:integer unchanged refused columns files}",)),
    "export": Answer(
        (
            "file_written",
            "[contact]",
            "[contact_row*]",
            "{id name held mentions former_ids imports history}",
            "[{table written_files written_rows rows written_months}]",
        ),
        "without `--to` the contacts themselves, with `--columns` as `find` lists them; with "
        "`--person` all that is held on one; with `--star` the tables that were written",
    ),
    "warehouse sql": Answer(("[{*}]",), "the keys are the columns of the query"),
    "warehouse tables": Answer(("[{table column type meaning}]",)),
    "warehouse copy": Answer(("[{table rows}]",)),
    "segment add": Answer(("segment contacts",)),
    "segment list": Answer(("[segment* contacts? count?]",), _LIST_OF_NOUN),
    "segment show": Answer(("[contact_row*]",), _LIST),
    "field add": Answer(("[custom_field]",)),
    "field list": Answer(("[custom_field]",)),
    "field rm": Answer(("[custom_field]",)),
    "undo": Answer(("[step]",)),
    "redo": Answer(("[step]",)),
    "journal": Answer(("[step]", "[change]"), "with ID the changes of that step"),
    "db info": Answer(
        (
            "{path server engine schema_version size connections clock contact_count "
            "interaction_count reminder_count sale_count journal_step_count last_change "
            "last_command region currency backup_count}",
        )
    ),
    "db backup": Answer(("{path size rows removed}",)),
    "db restore": Answer(("{path restored_from replaced contact_count journal_step_count}",)),
    "db copy": Answer(("[{table rows hash}]",)),
    "db check": Answer(("[{area problem}]",), "exit code 1 if there is a problem"),
    "db phones": Answer(("[{id name phone better problem}]",)),
    "db sql": Answer(("[{*}]",), "the keys are the columns of the query"),
    "config list": Answer(("[setting]",)),
    "config get": Answer(("setting",)),
    "config set": Answer(("setting",)),
    "config unset": Answer(("setting",)),
    "config path": Answer(("{path}",)),
    "config password": Answer(("{user stored}",)),
    "config cadence": Answer(("[cadence_rule]",)),
    "config columns": Answer(("[import_column]",)),
    "config rates": Answer(("[rate]",)),
    "demo": Answer(("{path contact_count}",)),
}

# Commands without an answer.
SILENT = {"tui": "It opens the screen."}


def record_types() -> dict[str, RecordType]:
    """Return the nouns whose fields are keys, by the names of their objects."""
    nouns = {each.name.replace(" ", "_"): each for each in registry.listed_types()}
    lines = {part.name: part for each in nouns.values() for part in each.line_types}
    parts = {"point": POINT, "address": ADDRESS, "anniversary": ANNIVERSARY, "contact": CONTACT}
    more = {name: registry.record_type(name) for name in ("rate", "cadence_rule", "import_column")}
    return {**nouns, **lines, **parts, **more}


def fields_to_keys(type_: RecordType) -> Iterator[tuple[str, Key]]:
    """Yield the keys of a noun: each field, and the ids of what it refers to."""
    for field in type_.fields:
        if field.column == type_.parent and type_.name in ("point", "address", "yearly_day"):
            continue
        if isinstance(field, Reference):
            yield field.column, Key("integer", f"number of the {field.to}", not field.is_required)
        elif isinstance(field, References):
            yield field.ids_column, Key("[integer]", f"numbers of the {field.to}s")
        yield field.json_key, Key(field.json_type, _meaning(field), not field.is_required)


def _meaning(field: Field) -> str:
    return (field.help or f"{field.label}").rstrip(".")
