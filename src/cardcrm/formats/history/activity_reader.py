"""Read the rows of a table of interactions, reminders or both as drafts."""

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from cardcrm import dates
from cardcrm.dates.recurrence_words import parse_recurrence
from cardcrm.errors import UsageError
from cardcrm.formats.history import activity_words as words
from cardcrm.formats.history.columns import Columns
from cardcrm.formats.history.moments import Moment, MomentReader
from cardcrm.formats.history.programs import ACTIVITIES
from cardcrm.formats.history.row_cells import CellReader, Cells, Refused, Skipped, read_party
from cardcrm.formats.table import Record
from cardcrm.records.importing.history_drafts import InteractionDraft, Party, ReminderDraft
from cardcrm.text import normalize_block, normalize_line

Entry = InteractionDraft | ReminderDraft | Skipped | Refused

_SPAN: Final = re.compile(
    r"(?:(\d+)\s*(?:h|hr|hrs|hours?|std|stunden?|heures?)\.?)?\s*(?:(\d+)\s*(?:m|min|mins|minutes?|minuten?)?\.?)?"
    r"\s*(?:(\d+)\s*(?:s|sec|sek|seconds?)\.?)?",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(r"(?:(\d+):)?(\d+):(\d\d)")
_MILLISECONDS: Final = 1000  # HubSpot writes the length of calls in milliseconds
_MOST_MINUTES: Final = 100_000
_SEPARATORS: Final = re.compile(r"\s*[;\n]\s*|,\s+(?=\S+@)")


class ActivityReader:
    """The reader of the interactions and reminders of one file.

    A table of activities has both: those that are done are interactions, the others reminders.
    """

    def __init__(self, columns: Columns, cells: CellReader, moments: MomentReader) -> None:
        self.columns, self.cells, self.moments = columns, cells, moments
        self.program = columns.program
        self.is_mixed = bool(self.program and self.program.holds == ACTIVITIES)
        self.source = self.program.name if self.program else columns.holds
        self.rules: Counter[str] = Counter()

    def read(self, rows: Iterable[Record]) -> Iterator[Entry]:
        """Yield an entry for each row that is not empty."""
        for line, cells, raw, problem in rows:
            if problem:
                yield Refused(line, "", problem, raw)
                continue
            stripped = self.cells.strip(cells)
            if not any(stripped):
                continue
            found = self.cells.read(stripped)
            try:
                yield self._read_row(line, found, raw)
            except UsageError as error:
                yield self.cells.refuse(line, error.message, raw, self._parties(found)[0])

    def _read_row(self, line: int, cells: Cells, raw: str) -> Entry:
        if self.is_mixed:
            is_reminder = not self._is_done(cells)
        else:
            is_reminder = self.columns.holds == "reminders"
        return (
            self._reminder(line, cells, raw) if is_reminder else self._interaction(line, cells, raw)
        )

    def _is_done(self, cells: Cells) -> bool:
        done = words.is_done(cells.get("done", ""))
        if "done" in self.columns.targets:
            return done is not False or bool(cells.get("done") and done is None)
        return self._when(cells, "date").day <= self.moments.today

    def _when(self, cells: Cells, *names: str) -> Moment:
        """Return the moment in the first filled column of some meanings. Raises UsageError."""
        for name in names:
            if text := cells.get(name, ""):
                self.cells.target = name
                return self.moments.read(text, cells.get("time", ""), cells.get("zone", ""))
        self.cells.target = names[0]
        raise UsageError("no date")

    def _parties(self, cells: Cells) -> tuple[Party, tuple[Party, ...]]:
        """Return the contact of a row and the others who took part."""
        names = _split(cells.get("name", ""))
        own = {"name": names[0] if names else ""}
        own["customer_id"] = cells.get("customer_id", "").partition(";")[0]
        first = read_party({**cells, **own})
        others = [*names[1:], *_split(cells.get("participants", ""))]
        parties = (read_party({"name": each}) for each in others)
        return first, tuple(each for each in parties if each.label and each.label != first.label)

    # Interactions

    def _interaction(self, line: int, cells: Cells, raw: str) -> InteractionDraft:
        when = self._when(cells, "date", "due", "created")
        if when.day > self.moments.today:
            if not self.is_mixed:
                raise UsageError(f"{when.day} is in the future; import it with --as reminders")
            when = Moment(self.moments.today)
        elif when.at is not None and when.at > dates.current_instant():
            when = Moment(when.day)
        party, others = self._parties(cells)
        kind, is_known = words.translate_kind(cells.get("kind", ""))
        if not is_known and (implied := words.translate_kind(cells.get("subject", "")))[1]:
            kind = implied[0]
        elif not cells.get("kind"):
            kind = self._implied_kind(cells)
        outcome = normalize_line(cells.get("outcome", ""))
        self.cells.target = "minutes"
        return InteractionDraft(
            line, raw, party, when.day, when.at, kind,
            self._text(cells, "" if is_known else cells.get("kind", "")),
            words.translate_direction(cells.get("direction", ""), cells.get("kind", "")),
            outcome,
            words.is_no_answer(outcome),
            _read_minutes(cells),
            normalize_line(cells.get("owner", "")),
            self._key(cells),
            others,
        )  # fmt: skip

    def _implied_kind(self, cells: Cells) -> str:
        """Return the kind that the columns of a table imply: calls have a call's title."""
        headers = " ".join(each.header for each in self.columns.columns if each.target)
        for word, kind in (("call", "call"), ("meeting", "meeting"), ("email", "mail")):
            if self.program and re.search(
                rf"\b{word} (?:title|name|subject|notes)", headers, re.IGNORECASE
            ):
                return kind
        found = words.translate_kind(cells.get("subject", ""))
        return found[0] if self.is_mixed and found[1] and cells.get("subject") else "note"

    def _text(self, cells: Cells, kind: str) -> str:
        """Return the text: subject, description and what else has no field of its own."""
        subject = normalize_line(words.strip_html(cells.get("subject", "")))
        text = normalize_block(words.strip_html(cells.get("text", "")))
        if text.startswith(subject):
            subject = ""
        if kind:
            subject = f"{normalize_line(kind)}: {subject}" if subject else normalize_line(kind)
        deal = normalize_line(cells.get("deal", ""))
        parts = [subject, text, f"Deal: {deal}" if deal else ""]
        joined = "\n".join(filter(None, parts))
        joined = joined or normalize_line(cells.get("outcome", "") or cells.get("kind", ""))
        if not joined:
            self.cells.target = "text"
            raise UsageError("no text")
        return joined

    # Reminders

    def _reminder(self, line: int, cells: Cells, raw: str) -> ReminderDraft:
        due = self._due(cells)
        party, _ = self._parties(cells)
        text = normalize_line(self._text(cells, "").replace("\n", "; "))
        rule, text = self._rule(cells, text)
        self.cells.target = "priority"
        priority = words.translate_priority(cells.get("priority", ""))
        if priority is None:
            text = f"{text} (priority: {normalize_line(cells['priority'])})"
        return ReminderDraft(
            line, raw, party if any(party.key) else None, text, due.day, due.at, rule,
            words.is_done(cells.get("promise", "")) is True,
            priority or 0,
            normalize_line(cells.get("owner", "")),
            self._done_at(cells, due),
            self._key(cells),
        )  # fmt: skip

    def _due(self, cells: Cells) -> Moment:
        if not any(cells.get(name) for name in ("due", "date")) and self.is_mixed:
            return Moment(self.moments.today)  # a task without a date
        return self._when(cells, "due", "date")

    def _rule(self, cells: Cells, text: str) -> tuple[str, str]:
        """Return the rule of a recurrence; words that are not known stay in the text."""
        every = words.translate_recurrence(cells.get("every", ""))
        if not every:
            return "", text
        try:
            return parse_recurrence(every), text
        except UsageError:
            return "", f"{text} (repeats: {normalize_line(cells['every'])})"

    def _done_at(self, cells: Cells, due: Moment) -> str | None:
        """Return when a reminder was done: as written, else when it was due; never after now."""
        if self.is_mixed:
            return None
        text = cells.get("done") or cells.get("status", "")
        done, now = words.is_done(text), dates.current_instant()
        if done is False or not text:
            return None
        if done:
            zone = self.moments.zone
            noon = dates.to_instant(dt.date.fromisoformat(due.day), dt.time(12), zone)
            return min(due.at or noon, now)
        self.cells.target = "done" if cells.get("done") else "status"
        moment = self.moments.read(text, "", "")
        day = dt.date.fromisoformat(moment.day)
        return min(moment.at or dates.to_instant(day, dt.time(12), self.moments.zone), now)

    def _key(self, cells: Cells) -> str:
        own = normalize_line(cells.get("id", ""))
        if own:
            return f"{self.source}:activity:{own}"
        parts = ("date", "due", "time", "subject", "text", "kind", "name", "email", "phone",
                 "customer_id", "org", "given", "family")  # fmt: skip
        return "?" + "\x1f".join(cells.get(part, "") for part in parts)


def _split(text: str) -> list[str]:
    return [part for part in _SEPARATORS.split(text.strip()) if part]


def _read_minutes(cells: Cells) -> int | None:
    """Return the whole minutes of a duration, rounded up. Raises UsageError."""
    text = cells.get("minutes") or ""
    seconds = cells.get("seconds") or ""
    if duration := cells.get("duration", ""):
        if duration.isdigit():
            seconds = (
                str(int(duration) // _MILLISECONDS) if int(duration) >= _MILLISECONDS else duration
            )
        else:
            text = duration
    if seconds:
        return -(-_read_number(seconds) // 60)
    if not text:
        return None
    if clock := _CLOCK.fullmatch(text.strip()):
        hours, minutes, rest = int(clock[1] or 0), int(clock[2]), int(clock[3])
        if clock[1] is None and "minutes" in cells:  # Pipedrive: hours and minutes
            hours, minutes, rest = minutes, rest, 0
        return _limit(hours * 60 + minutes + (rest > 0))
    span = _SPAN.fullmatch(text.strip())
    if span and any(span.groups()):
        hours, minutes, rest = (int(each or 0) for each in span.groups())
        return _limit(hours * 60 + minutes + (rest > 0))
    return _limit(_read_number(text))


def _read_number(text: str) -> int:
    try:
        return round(float(text.replace(",", ".")))
    except (ValueError, OverflowError):
        raise UsageError(f"invalid duration “{normalize_line(text)}”") from None


def _limit(minutes: int) -> int:
    if not 0 <= minutes <= _MOST_MINUTES:
        raise UsageError(f"minutes must be between 0 and {_MOST_MINUTES:,}")
    return minutes
