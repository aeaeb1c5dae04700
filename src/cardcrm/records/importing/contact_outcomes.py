"""The outcome of one draft of an import of contacts."""

from typing import NamedTuple

from cardcrm.records.importing.overwrite import Change


class ContactOutcome(NamedTuple):
    """The result for one draft; a refused one has a problem. `outcomes` lists the statuses.

    ``added_org`` is the id of its organization, if that was added for it; ``foreign_uid`` is the
    uid of the draft, if its contact has another one. ``warnings`` are about impossible phone
    numbers that were stored, and ``regions`` are those assumed for national numbers. ``unreadable``
    values were kept as text. ``twin_id`` is another contact of the same name, of a draft that was
    added. ``other_values`` of the draft were not taken, as its contact has others.
    ``job_orgs`` are organizations added for further jobs. ``changes`` are those of an update.
    A draft of a contact that was forgotten ``is_forgotten``: its text is written nowhere.
    ``suppressed`` is the number of its addresses that the suppression list has marked.
    ``consents`` were recorded, ``respected`` ones left out, as the address has refused before, and
    those ``without_address`` too, as the contact has no email address.
    """

    status: str
    contact_id: int = 0
    problem: str = ""
    added_org: int = 0
    foreign_uid: str = ""
    warnings: tuple[str, ...] = ()
    regions: tuple[str, ...] = ()
    unreadable: tuple[str, ...] = ()
    twin_id: int = 0
    other_values: tuple[str, ...] = ()
    job_orgs: tuple[int, ...] = ()
    changes: tuple[Change, ...] = ()
    is_forgotten: bool = False
    suppressed: int = 0
    consents: int = 0
    respected: int = 0
    without_address: int = 0
