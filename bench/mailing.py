"""Measure mail against the bare means: inserting, smtplib, the parser of the library, starting.

Campaigns and messages are written into temporary copies of a database.
"""

import contextlib
import shutil
import smtplib
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from email import message_from_bytes, policy
from functools import partial
from pathlib import Path
from typing import Any

from bench.databases import NOW, SMALL, Plan
from bench.files import run_timed
from bench.measure import (
    FLOOR,
    Line,
    Runner,
    command,
    environment,
    paired_line,
    report,
    run_in_turns,
    time_call,
)
from bench.shell import open_database
from cardcrm.config import Config
from cardcrm.mail.missing_fields import CampaignCheck
from cardcrm.records import records
from cardcrm.records.campaigns import campaigns
from cardcrm.records.campaigns.campaign_type import CAMPAIGN
from cardcrm.records.mail import outbox
from cardcrm.records.mail.template_type import TEMPLATE
from cardcrm.store import Store

MAILS = 10_000  # sent in a run
MESSAGES = 100_000  # in a mailbox
EXAMPLE = 2_000  # of them, whose bare parse is measured
QUEUE, SEND, READ, IDLE = 3.0, 1 / 0.7, 2.0, 1.5
_SENDER = "me@example.com"
_TEXT = "Dear {{ contact.name }},\n\nthe spring list is out.\n\n{{ user.name }}\n"
_SMTP = {
    "CARDCRM_MAIL_HOST": "127.0.0.1",
    "CARDCRM_MAIL_SECURITY": "none",
    "CARDCRM_MAIL_FROM": _SENDER,
}


def measure(plan: Plan, runs: int) -> list[Line]:
    """Measure queueing, sending, reading, and a run with nothing to do."""
    with tempfile.TemporaryDirectory(dir=plan.path.parent) as name:
        folder = Path(name)
        return [
            _measure_queue(plan, folder, max(runs // 5, 2)),
            *_measure_sending(folder, max(runs // 5, 2)),
            *_measure_reading(plan, folder),
            _measure_idle(plan, runs),
        ]


# Queue


def _measure_queue(plan: Plan, folder: Path, runs: int) -> Line:
    """Queue a campaign to all contacts, against inserting the same rows without anything else."""
    times: list[float] = []
    floors: list[float] = []
    for number in range(runs):
        report(f"  queue {number + 1} of {runs}")
        taken, rows = _queue(plan, folder)
        times.append(taken)
        floors.append(_insert(plan, folder, rows))
    label = f"queueing a campaign to {len(rows):,} contacts, against the bare insert"
    return _paired(label, times, floors, QUEUE)


def _paired(label: str, times: list[float], floors: list[float], bound: float) -> Line:
    """Return a line for runs that took turns."""
    ratio = statistics.median(mine / bare for mine, bare in zip(times, floors, strict=True))
    return Line(label, statistics.median(times), statistics.median(floors), bound, paired=ratio)


@contextlib.contextmanager
def _copy(path: Path, folder: Path) -> Iterator[Path]:
    """Lend a copy of a database, which is removed afterwards."""
    database = Path(shutil.copy(path, folder / "copy.db"))
    try:
        yield database
    finally:
        for file in folder.glob("copy.db*"):
            file.unlink()


def _queue(plan: Plan, folder: Path) -> tuple[float, list[tuple[Any, ...]]]:
    """Return the milliseconds of queueing a campaign, and the rows of its messages."""
    with _copy(plan.path, folder) as database, open_database(database) as store:
        campaign = _add_campaign(store)
        check = CampaignCheck(store, Config({"mail.from": _SENDER}, {}))
        taken = time_call(partial(campaigns.queue, store, campaign, "example.com", leave_out=check))
        return taken, [tuple(row) for row in store.rows("SELECT * FROM message")]


def _insert(plan: Plan, folder: Path, rows: list[tuple[Any, ...]]) -> float:
    """Return the milliseconds of inserting messages in one transaction, without a journal."""

    def work() -> None:
        store.engine.begin()
        store.engine.insert_with_ids("message", list(store.engine.column_names("message")), rows)
        store.engine.commit()

    with _copy(plan.path, folder) as database, open_database(database) as store:
        _add_campaign(store)
        return time_call(work)


def _add_campaign(store: Store) -> int:
    given = {"name": "spring", "subject": "Spring", "text": _TEXT}
    records.add(store, TEMPLATE, given)
    given = {"name": "spring", "segment": "tag:vip or -tag:vip", "template": "spring"}
    return records.add(store, CAMPAIGN, given).id


# Send


def _measure_sending(folder: Path, runs: int) -> list[Line]:
    """Send a campaign by `mail run`, against the same mails by smtplib over one connection."""
    lines = []
    for kind in ("ready", "of a template"):
        times: list[float] = []
        floors: list[float] = []
        for number in range(runs):
            report(f"  sending {kind}, {number + 1} of {runs}")
            with _sink() as port, _copy(SMALL.path, folder) as database:
                floors.append(time_call(partial(_send_bare, port)))
                _fill_outbox(database, is_ready=kind == "ready")
                times.append(_run_timed(database, port))
        label = f"`mail run` sending {MAILS:,} mails {kind}, against smtplib alone"
        lines.append(_paired(label, times, floors, SEND))
    return lines


def _run_timed(database: Path, port: int) -> float:
    env = environment(database) | _SMTP | {"CARDCRM_MAIL_PORT": str(port)}
    start = time.perf_counter()
    subprocess.run(command("mail", "run"), env=env, check=True, capture_output=True)
    return (time.perf_counter() - start) * 1000


def _fill_outbox(database: Path, *, is_ready: bool) -> None:
    """Queue the mails that are due, with their text or a template."""
    with open_database(database) as store:
        given = {"name": "spring", "subject": "Spring", "text": _TEXT}
        template = records.add(store, TEMPLATE, given).id
        ids = [row[0] for row in store.rows("SELECT id FROM contact ORDER BY id")]
        ready = {"subject": "Spring", "text": _plain_text("Jane Doe")} if is_ready else {}
        drafts = [
            outbox.Draft(
                ids[number % len(ids)],
                f"contact.{number}@example.com",
                template_id=None if is_ready else template,
                due_at=f"{NOW[:10]}T00:00:00Z",
                **ready,
            )
            for number in range(MAILS)
        ]
        outbox.enqueue(store, drafts, "example.com")


def _plain_text(name: str) -> str:
    return f"Dear {name},\n\nthe spring list is out.\n\nbench\n"


def _send_bare(port: int) -> None:
    """Send as many mails over one connection, the bytes of which are ready."""
    head = f"From: {_SENDER}\r\nTo: a@example.com\r\nSubject: Spring\r\nMessage-ID: <1@b>\r\n\r\n"
    content = (head + _plain_text("Jane Doe").replace("\n", "\r\n")).encode()
    with smtplib.SMTP("127.0.0.1", port) as connection:
        for number in range(MAILS):
            connection.sendmail(_SENDER, [f"contact.{number}@example.com"], content)


@contextlib.contextmanager
def _sink() -> Iterator[int]:
    """Run a server in a process of its own that drops what it takes; lend its port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    words = ["-n", "-c", "aiosmtpd.handlers.Sink", "-l", f"127.0.0.1:{port}"]
    server = subprocess.Popen([sys.executable, "-m", "aiosmtpd", *words])
    try:
        _await(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _await(port: int) -> None:
    for _ in range(200):
        with contextlib.suppress(OSError), smtplib.SMTP("127.0.0.1", port, timeout=1):
            return
        time.sleep(0.05)
    raise TimeoutError("the mail server did not start")


# Read


def _measure_reading(plan: Plan, folder: Path) -> list[Line]:
    """Read an mbox file and a Maildir, against the parser of the library alone."""
    mbox, maildir = folder / "inbox.mbox", folder / "inbox"
    messages = [_write_message(number, plan) for number in range(MESSAGES)]
    _write_mbox(mbox, messages)
    _write_maildir(maildir, messages)
    floor = time_call(lambda: _parse(messages[:EXAMPLE])) * MESSAGES / EXAMPLE
    lines = []
    for label, words in (
        (f"`log-mail` of an mbox of {MESSAGES:,} messages", ("log-mail", str(mbox))),
        (f"`mail fetch` of a Maildir of {MESSAGES:,} messages",
         ("mail", "fetch", "--maildir", str(maildir))),
    ):  # fmt: skip
        report(f"  {label}")
        with _copy(SMALL.path, folder) as database:
            taken, peak, error = run_timed(command(*words), database, keep=True)
        note = error or f"peak memory {peak:.0f} MiB"
        lines.append(Line(f"{label}, against parsing them", taken, floor, READ, note=note))
    return lines


def _parse(messages: list[bytes]) -> None:
    for each in messages:
        message_from_bytes(each, policy=policy.default)


def _write_message(number: int, plan: Plan) -> bytes:
    """Return a message in text and HTML of an unknown correspondent."""
    sender = f"contact.{number}@example.net"
    lines = "\n".join(f"line {each} of a message about order {number}" for each in range(20))
    return (
        f"Received: from mx.example.net by mail.example.com; Fri, 20 Nov 2026 10:00:00 +0000\n"
        f"From: Contact {number} <{sender}>\nTo: me@example.com\nSubject: Order {number}\n"
        f"Date: Fri, 20 Nov 2026 10:{number // 60 % 60:02}:{number % 60:02} +0000\n"
        f"Message-ID: <{number}.{plan.name}@example.net>\nMIME-Version: 1.0\n"
        'Content-Type: multipart/alternative; boundary="b"\n\n'
        f"--b\nContent-Type: text/plain; charset=utf-8\n\n{lines}\n"
        f"--b\nContent-Type: text/html; charset=utf-8\n\n<p>{lines}</p>\n--b--\n"
    ).encode()


def _write_mbox(path: Path, messages: list[bytes]) -> None:
    with path.open("wb") as file:
        for each in messages:
            file.write(b"From - Fri Nov 20 10:00:00 2026\n" + each + b"\n")


def _write_maildir(path: Path, messages: list[bytes]) -> None:
    for each in ("cur", "new", "tmp"):
        (path / each).mkdir(parents=True)
    for number, each in enumerate(messages):
        (path / "cur" / f"1700000000.{number:06}.host:2,S").write_bytes(each)


# A run with nothing to do


def _measure_idle(plan: Plan, runs: int) -> Line:
    runners = {
        "floor": Runner(FLOOR),
        "run": Runner(command("mail", "run"), environment(plan.path) | _SMTP),
    }
    failed = run_in_turns(runners, runs)
    label = f"`mail run` with nothing to do, {plan.contacts:,} contacts"
    if failed:
        return Line(label, note=" ".join(failed.values()))
    return paired_line(label, runners["run"], runners["floor"], IDLE)
