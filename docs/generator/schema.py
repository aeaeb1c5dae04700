"""Generate the reference of the database from its tables and the declarations of the nouns."""

import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docs.generator.markdown import table

INSTANT = "UTC instant"
DAY = "local day"
MONEY = "minor units of the currency"

# Meanings that no declaration has: columns that are computed, and the tables of the journal.
MEANINGS = {
    "id": "Number of the row, never given twice.",
    "uid": "Permanent id, as in exported files; UUID.",
    "created_at": f"When the row was added; {INSTANT}.",
    "author": "User who added it.",
    "contact.sort_key": "Text by which names are sorted.",
    "contact.last_on": f"Day of the last interaction, notes and attempts included; {DAY}.",
    "contact.touch_by": f"Day on which the cadence runs out; {DAY}.",
    "contact.touched_on": f"Day of the last touch, also by a touch of its people; {DAY}.",
    "contact.snoozed_from": f"Last touch when it was snoozed; a later one ends that; {DAY}.",
    "contact.bare": "1 for a contact without any contact point, else 0.",
    "contact.vcard_n": "The name as the vCard that it was imported from had it.",
    "contact.stated": "Parts of the name that the user or a file stated, separated by spaces.",
    "contact.created_on": f"When the contact was added; {DAY}.",
    "tag.written": "The tag as it was written; empty if that is `name`.",
    "point.value": "The address: email, phone in international form, or web address.",
    "point.label": "Label, such as work or home.",
    "point.opted_out": "1 for an address that must not be written to, else 0.",
    "point.invalid": "1 for an address that does not work, else 0.",
    "media.data": "The file, in base64; empty if it is elsewhere.",
    "address.label": "Label, such as work or home.",
    "yearly_day.label": "Label, such as birthday.",
    "field.name": "Name in queries.",
    "field.label": "Name for people.",
    "field.choices": "Values of a field of the type `choice`, one a line.",
    "field_value.text": "The value as people read it.",
    "relation.kind": "Kind of relation, such as spouse.",
    "relation.other_id": "The related contact; id (`contact`).",
    "merged_id.old_id": "Number of a contact that was merged into `contact_id`.",
    "distinct_pair.contact_id": "A contact; id (`contact`).",
    "distinct_pair.other_id": "Another contact, which is different; id (`contact`).",
    "interaction.on_date": f"Day on which it took place; {DAY}.",
    "interaction.at": f"When it took place, if the time is known; {INSTANT}.",
    "interaction.message_id": "Message-ID of the mail, without angle brackets; empty for others.",
    "interaction.thread_id": "Message-ID of the first mail of its thread.",
    "interaction.reply_to_id": "Message-ID of the mail that it answers.",
    "received_mail.done_at": f"When it was marked as needing no answer; {INSTANT}.",
    "reminder.promise": "1 if the contact was told of it, else 0.",
    "reminder.done_at": f"When it was done, empty while it is open; {INSTANT}.",
    "reminder.rule": "Recurrence; an RRULE of RFC 5545.",
    "yearly_day.day": "Date, or as much of it as is known: `1985-11-25`, `--11-25`, `1985`.",
    "yearly_day.month_day": "Month and day, `11-25`, for search.",
    "field_value.number": "The number or the amount of money, as a decimal; empty for other types.",
    "reminder.series_at": "Occurrence of the recurrence, if due at another time; local time.",
    "reminder.last_done_at": f"When an earlier occurrence was last done; {INSTANT}.",
    "contact_value.contact_id": "Id of the contact (`contact`).",
    "contact_value.currency": "Currency of the sums.",
    "contact_value.own": "1 for the sums of the contact's own sales, 0 with those of its people.",
    "contact_value.total": "1 for the row that counts: with its people's sales, if there are any.",
    "contact_value.revenue": f"Sales minus refunds; {MONEY}.",
    "contact_value.margin": f"Revenue minus cost, empty if a cost is unknown; {MONEY}.",
    "contact_value.orders": "Number of sales above 0.",
    "contact_value.days": "Number of days with a sale above 0.",
    "contact_value.first_on": f"Day of the first order; {DAY}.",
    "contact_value.last_on": f"Day of the last order; {DAY}.",
    "contact_value.people": "Number of people whose sales are included.",
    "forgotten.kind": "Kind of what is hashed: uid, name, email or phone.",
    "forgotten.hash": "HMAC-SHA-256 of it, with the key of the setting `forgotten_key`.",
    "forgotten.on_date": f"When the contact was forgotten; {DAY}.",
    "alert.kind": "reorder, up-sell, cross-sell, falling (revenue) or margin.",
    "alert.contact_id": "Contact that it is about; id (`contact`).",
    "alert.product_id": "Product that it is about; id (`product`).",
    "alert.currency": "Currency of the amount.",
    "alert.amount": f"Money that it may bring or save; {MONEY}.",
    "alert.confidence": "Share of the cases in which it came true, from 0 to 1.",
    "alert.reason": "The reason in words.",
    "alert.place": "Rank among alerts of its kind; empty once it is too old to be shown.",
    "alert.raised_on": f"Day on which it was first found; {DAY}.",
    "alert.last_sale": "Id of the last sale before the refresh; later ones may answer it.",
    "pipeline.position": "Place among the pipelines, from 1.",
    "stage.probability": "Probability of winning a deal in it; thousandths of a percent.",
    "stage.merged_id": "Stage that took its deals when it was removed; id (`stage`).",
    "stage.retired": "1 for a stage that was removed and has a history, else 0.",
    "pipeline.retired": "1 for a pipeline that was removed and has a history, else 0.",
    "deal.own_probability": "Probability in place of that of its stage; thousandths of a percent.",
    "deal.status": "Kind of its stage: `open`, `won` or `lost`.",
    "stage_change.from_id": "Former stage, empty for the first one; id (`stage`).",
    "stage_change.to_id": "New stage; id (`stage`).",
    "stage_change.author": "User who moved it.",
    "invoice.on_date": f"Date; {DAY}.",
    "invoice.paid": f"Paid so far, empty for nothing; {MONEY}.",
    "invoice.paid_on": f"Day on which all of it was paid; {DAY}.",
    "invoice.due_on": f"Day by which it is to be paid; {DAY}.",
    "invoice.tax": f"Tax in the amount, empty if it is unknown; {MONEY}.",
    "invoice.disputed": "1 if the customer disputes it, else 0.",
    "dunning_notice.days": "Days after the due day from which its step came.",
    "campaign_cost.author": "User who added it.",
    "feedback.kind": "wish or complaint.",
    "feedback.status": "open, planned, done or declined.",
    "consent.address": "Email address, in lower case.",
    "consent.at": f"When it was given or withdrawn; the newest counts; {INSTANT}.",
    "consent.proof": "Proof, such as a Message-ID, or an IP address and the URL of a form.",
    "suppressed.hash": "HMAC-SHA-256 of the address, with the key of the setting `forgotten_key`.",
    "suppressed.reason": "opt-out, complaint, bounce, or erased: opted out when it was removed.",
    "suppressed.source": "hand or mail.",
    "suppressed.on_date": f"Day on which it was added; {DAY}.",
    "claim.until_on": f"Last day of the claim; {DAY}.",
    "territory.query": "Query that finds its contacts; `all` for those in no other one.",
    "territory.position": "Place, from 1: the first territory that finds a contact has it.",
    "territory.assigns": "1 if new contacts and leads get its owner, else 0.",
    "team.members": "Users in the team; with commas between.",
    "price.price": "Unit price, empty for a discount; with `price_rest`.",
    "price.discount": "Discount, empty for a price; thousandths of a percent.",
    "price.quantity": "Least quantity of a line; thousandths.",
    "lead.status": "new, assigned, in process, converted, recycled or dead.",
    "lead_change.author": "User who changed it.",
    "lead_rule.owners": "Users who get the leads that it finds, in turn; with commas between.",
    "service_case.type": "question, incident, complaint or request.",
    "service_case.status": "new, assigned, waiting-customer, waiting-us, solved or closed.",
    "service_case.opinion": "Words of the customer about the solution.",
    "service_case.merged_id": "Case that it was merged into; id (`service_case`).",
    "case_change.author": "User who changed it.",
    "asset.service_every": "Interval of service in words: a span, units of its counter, or both.",
    "asset.base_reading": "Reading of its counter at the last service; thousandths.",
    "asset.reminder_id": "Open reminder of the next service; id (`reminder`).",
    "asset_entry.kind": "start (the first reading), reading or service.",
    "asset_entry.on_date": f"When it was; {DAY}.",
    "asset_entry.interaction_id": "Interaction that was logged; id (`interaction`).",
    "asset_entry.author": "User who entered it.",
    "contract.renewal": "Term by which it renews itself in words; empty if it ends.",
    "contract.notice": "Period of notice in words.",
    "sla.position": "Place among the others, from 1: the first one that fits a case counts.",
    "sla.contacts": "Query of the customers for whom it counts; empty for all.",
    "sla.first_minutes": "Working minutes to the first response, empty without a limit.",
    "sla.next_minutes": "Working minutes to each further response, empty without a limit.",
    "sla.solve_minutes": "Working minutes to the solution, empty without a limit.",
    "sla.hours": "Intervals of the week, such as mon-fri 9:00-17:00.",
    "sla.holidays": "Countries and days, with commas between.",
    "sla.zone": "IANA name of the time zone; empty for that of the reader.",
    "partner.type": "dealer, reseller, distributor, agent, affiliate or other.",
    "partner.commission": "Commission on the sales that it brings; thousandths of a percent.",
    "partner.text": "Agreement in words.",
    "payout.text": "Note, such as a reference.",
    "registration.text": "Subject of the lead.",
    "testimonial.public": "1 if the customer agreed that it is published, else 0.",
    "quote.version": "Version; all versions of a quote share the number.",
    "quote.tax": f"Tax in the amount, empty if the rate of a line is unknown; {MONEY}.",
    "quote_line.optional": "1 if it is outside of the total, else 0.",
    "quote_line.taken": "1 if it was optional until the customer took it, else 0.",
    "template_file.data": "The file, in base64.",
    "message_file.data": "The file, in base64.",
    "promotion.code": "Code, in capitals.",
    "promotion.discount": "Discount on sales that redeem it; thousandths of a percent.",
    "promotion.max_uses": "How often it can be redeemed in all, empty without a limit.",
    "promotion.max_per_customer": "How often a customer can redeem it, empty without a limit.",
    "campaign.channel": "mail, call, visit, letter or message.",
    "campaign.text": "Text of the reminders of calls and visits.",
    "campaign.per_day": "Calls or visits on a working day, empty for all on the first one.",
    "campaign_contact.address": "Phone number, profile or postal address that was found.",
    "campaign_contact.reminder_id": "Reminder of the call or visit; id (`reminder`).",
    "campaign_contact.interaction_id": "Letter or message as it was logged; id (`interaction`).",
    "campaign_contact.sent_at": f"When the letter or message was sent; {INSTANT}.",
    "campaign.query": "Query that finds its contacts.",
    "campaign.rival_id": "Second template, which about half of the contacts get; id (`template`).",
    "campaign.holdout": "Share of the contacts that get nothing; thousandths of a percent.",
    "campaign.conversion_days": "Days in which a sale counts as a result.",
    "campaign.status": "draft, scheduled, sending, paused, stopped or done.",
    "campaign.due_at": f"When it is to be queued; {INSTANT}.",
    "campaign.started_at": f"When it was queued; {INSTANT}.",
    "sequence.steps": "Its file, in TOML.",
    "sequence.purpose": "Purpose of its mails, empty for personal ones; repeats the file.",
    "sequence.status": "active or paused.",
    "enrollment.status": "active, done or stopped.",
    "enrollment.due_at": f"When it goes on, empty once it has ended; {INSTANT}.",
    "enrollment.event": "Event by which the contact entered, such as the year of a birthday.",
    "enrollment_step.step": "Label of the step.",
    "enrollment_step.result": "done, or skipped as the condition did not hold.",
    "enrollment_step.at": f"When it was done; {INSTANT}.",
    "place.id": "Id.",
    "place.kind": "city, postcode, or the region of either: city-region, postcode-region.",
    "place.name": "Name of the town, or of the town of a postal code.",
    "place.name_key": "Its name or another name of it, without case and accents, for search.",
    "place.country": "Country; two letters of ISO 3166.",
    "place.region": "Code of the region in GeoNames.",
    "place.district": "Code of the district in GeoNames.",
    "place.postcode": "Postal code without spaces.",
    "place.latitude": "Degrees north of the equator.",
    "place.longitude": "Degrees east of Greenwich.",
    "place.population": "Number of people, 0 if it is unknown.",
    "place_choice.place": "The town that was chosen, with its region and country.",
    "location.contact_id": "Contact of the address; id (`contact`).",
    "location.address_id": "Id of the address (`address`).",
    "location.accuracy": "How exactly it is located: exact, postcode, city or region.",
    "location.latitude": "Degrees north of the equator.",
    "location.longitude": "Degrees east of Greenwich.",
    "location.band": "Tenths of a degree of latitude, rounded down, for search.",
    "location.x": "Vector from the center of the earth, towards 0° north and 0° east.",
    "location.y": "Vector from the center of the earth, towards 0° north and 90° east.",
    "location.z": "Vector from the center of the earth, towards the north pole.",
    "location.choice_id": "Choice of town that it follows from; id (`place_choice`).",
    "setting.name": "Name of a setting that is stored in the database.",
    "setting.value": "Its value.",
    "step.at": f"When a command changed the database; {INSTANT}.",
    "step.author": "User.",
    "step.host": "Machine.",
    "step.command": "The command line.",
    "step.kind": "Kind: do, undo or redo.",
    "step.target_id": "Id of the step (`step`) that an undo or redo reverts.",
    "step.undone": "1 once the step is undone, else 0.",
    "change.step_id": "Id of the step (`step`) that the change belongs to.",
    "change.op": "Kind of change: insert, load, update, delete or unload.",
    "change.tbl": "Table of the changed row.",
    "change.row_id": "Id of the changed row.",
    "change.old": "Former values of its columns, as JSON.",
    "change.new": "New values of its columns, as JSON.",
}  # fmt: skip
SUMMARIES = {
    "alert": "Alerts: what the sales suggest to do; replaced by `alert refresh`.",
    "contact_value": "Sums of the sales of each contact by currency; computed from `sale`.",
    "location": "Addresses with their coordinates; computed from `address` and `place`.",
    "place": "Towns, postal codes and regions that `places load` has read.",
    "setting": "Settings that belong to the database rather than to a user.",
    "step": "The journal: one row for each command that changed something.",
    "change": "The journal: one row for each changed row.",
}


def tables() -> str:
    """Describe every table: its columns, their types, meanings and units."""
    types = find_types()
    parts = []
    for name, columns in find_columns("tables"):
        rows = [
            (f"`{column}`", sql, describe(types.get(name), name, column)) for column, sql in columns
        ]
        summary = SUMMARIES.get(name) or f"{types[name].plural.capitalize()}."
        parts += [f"### {name}", summary, table(("Column", "Type", "Meaning"), rows)]
    return "\n\n".join(parts)


def views() -> str:
    """List the views with their columns."""
    rows = [
        (f"`{name}`", ", ".join(f"`{column}`" for column, _ in columns))
        for name, columns in find_columns("views")
    ]
    return table(("View", "Columns"), rows)


def find_types() -> dict[str, Any]:
    """Return the declarations of all tables by their names."""
    from cardcrm.records import registry

    return {part.table_name: part for each in registry.all_types() for part in each.with_parts()}


def find_columns(kind: str) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """Yield the name and the columns, with their types, of each table or view of a new database."""
    import sqlite_utils

    from cardcrm.store import open_store

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cards.db"
        open_store(path, create=True).close()
        database = sqlite_utils.Database(path)
        for each in getattr(database, kind):
            if not each.name.startswith("sqlite_") and "_fts" not in each.name:
                yield each.name, [(column.name, column.type) for column in each.columns]
        database.close()


def describe(type_: Any, table_name: str, column: str) -> str:
    """Return the meaning of a column and its unit; an empty text if nothing is known of it."""
    stated = MEANINGS.get(f"{table_name}.{column}", MEANINGS.get(column, ""))
    if stated or type_ is None:
        return stated
    for field in type_.fields:
        if column == field.folded:
            return f"`{field.column}` without case and accents, for search."
        if column == field.non_ascii_key:
            return f"`{field.column}` without case and accents, for search; empty for ASCII."
    field = type_.field_of_column(column)
    if field is None:
        return ""
    if column == getattr(field, "currency", None):
        return "Currency of the amounts; a code of ISO 4217."
    if column == getattr(field, "rest", None):
        return f"Part of `{field.column}` beyond its minor units; ten-thousandths of one."
    return f"{_meaning(field)}{_unit(field, column)}"


def _meaning(field: Any) -> str:
    text = field.help.partition(": ")[0].rstrip(".") or field.label
    return f"{text[0].upper()}{text[1:]}"


def _unit(field: Any, column: str) -> str:
    """Return the unit of a column, or the values that it can have."""
    from cardcrm.records import fields

    if isinstance(field, fields.Day):
        return f"; {INSTANT}, if a time is known." if column != field.column else f"; {DAY}."
    if isinstance(field, fields.Choice):
        return f": {', '.join(f'`{each}`' for each in field.choices)}."
    if isinstance(field, fields.Reference):
        return f"; id (`{field.to}`)."
    units = {
        "Discount": "thousandths of a percent",
        fields.Instant: INSTANT,
        fields.MoneyAmount: MONEY,
        fields.Quantity: "thousandths",
        fields.Flag: "0 or 1",
        fields.Uid: "UUID",
    }
    for kind, unit in units.items():
        found = type(field).__name__ == kind if isinstance(kind, str) else isinstance(field, kind)
        if found:
            return f"; {unit}."
    return "."
