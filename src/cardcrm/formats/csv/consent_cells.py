"""Make the functions that read the cells of columns about consent to mail.

A row keeps the kinds of contact points that it refuses, or that do not work, and its consents by
purpose. A cell that says more than yes or no is a custom field as well.
"""

import re
from collections.abc import Callable, Mapping
from typing import Final

from cardcrm.formats.csv.consent_words import (
    NEWSLETTER,
    PERMIT,
    is_about_mailings,
    is_no,
    is_yes,
    read_consent,
    read_state,
)
from cardcrm.formats.csv.row_builder import CellHandler, RowBuilder, add_permit, add_proof
from cardcrm.formats.file_dates import normalize_cell
from cardcrm.records.mail.consent_status import GIVEN, WITHDRAWN

_DATED: Final = re.compile(
    r"\d{4}-\d\d-\d\d.*|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}(?:[ T].*)?", re.ASCII
)
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", re.ASCII)


def make_consent_handler(what: str, label: str, header: str) -> CellHandler:
    """Return the handler for a target about consent."""
    if what.startswith(PERMIT):
        return _make_permit_handler(what.removeprefix(PERMIT), label, header)
    return CONSENT_HANDLERS[what](label, header)


def _make_permit_handler(part: str, purpose: str, header: str) -> CellHandler:
    """Return the handler for a part of the consent to one purpose."""

    def handle(row: RowBuilder, cell: str) -> None:
        if part != "status":
            add_permit(row, purpose, part, normalize_moment(cell) if part == "at" else cell)
        elif not _take_status(row, purpose, cell):
            row.fields += ((header, cell),)

    return handle


def _take_status(row: RowBuilder, purpose: str, cell: str) -> bool:
    """Take a status, or the day on which consent was given; return whether a cell is one."""
    if _DATED.fullmatch(cell):
        add_permit(row, purpose, "status", GIVEN)
        add_permit(row, purpose, "at", normalize_moment(cell))
        return True
    status = read_consent(cell)
    if status:
        add_permit(row, purpose, "status", status)
    return bool(status)


def normalize_moment(cell: str) -> str:
    """Return an instant as it is, and the day of any other date."""
    return cell if _INSTANT.fullmatch(cell) else normalize_cell(cell)


def _make_consent_handler(channel: str, header: str) -> CellHandler:
    """Return the handler for consent, which is refused by a no or by a state such as withdrawn."""
    gives_consent = channel == "email" and is_about_mailings(header)

    def handle(row: RowBuilder, cell: str) -> None:
        refuses = is_no(cell) or read_state(cell) == "no"
        if refuses and (channel == "email" or not is_no(cell)):  # few people accept text messages
            row.refused += (channel,)
        if gives_consent:
            _take_status(row, NEWSLETTER, cell)
        if not (refuses and channel == "email" and is_no(cell)) and not (
            is_yes(cell) and (gives_consent or channel != "email")
        ):
            row.fields += ((header, cell),)

    return handle


def _make_opt_out_handler(channel: str, header: str) -> CellHandler:
    """Return the handler for opt-outs; a cell with a date or a reason is one as well."""

    def handle(row: RowBuilder, cell: str) -> None:
        if is_no(cell):
            return
        row.refused += (channel,)
        if not is_yes(cell):
            row.fields += ((header, cell),)

    return handle


def _make_invalid_handler(channel: str, header: str) -> CellHandler:
    """Return the handler for addresses that do not work."""

    def handle(row: RowBuilder, cell: str) -> None:
        if is_no(cell):
            return
        row.failed += (channel,)
        if not is_yes(cell):
            row.fields += ((header, cell),)

    return handle


def _make_state_handler(channel: str, header: str) -> CellHandler:
    """Return the handler for states, such as subscribed, unsubscribed or cleaned."""
    gives_consent = is_about_mailings(header)

    def handle(row: RowBuilder, cell: str) -> None:
        verdict = read_state(cell)
        status = read_consent(cell) if gives_consent and not verdict else ""
        if status not in ("", WITHDRAWN):  # a plain no is an answer to another question
            add_permit(row, NEWSLETTER, "status", status)
        if verdict == "no":
            row.refused += (channel,)
        elif verdict == "bad":
            row.failed += (channel,)
        row.fields += ((header, cell),)

    return handle


def _make_sign_up_handler(_channel: str, header: str) -> CellHandler:
    """Return the handler for the addresses and times of a sign-up, which prove the consent."""

    def handle(row: RowBuilder, cell: str) -> None:
        add_proof(row, NEWSLETTER, f"{header} {cell}")
        row.fields += ((header, cell),)

    return handle


CONSENT_HANDLERS: Final[Mapping[str, Callable[[str, str], CellHandler]]] = {
    "consent": _make_consent_handler,
    "optout": _make_opt_out_handler,
    "invalid": _make_invalid_handler,
    "mailstate": _make_state_handler,
    "signup": _make_sign_up_handler,
}
