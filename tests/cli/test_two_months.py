"""Play two months of a campaign and a sequence against a plain account of each contact.

A server takes the mail, and the answers come back through a Maildir folder: replies, bounces,
absences and requests to unsubscribe. Each day the shell runs what cron would.
"""

import datetime as dt
import json
import re
from collections import defaultdict

import pytest

from cardcrm.store import open_store
from tests.support.mail_servers import deliver_to
from tests.support.mails import mail

pytestmark = pytest.mark.engines("sqlite", "postgresql")

START = dt.date(2026, 10, 5)  # a Monday
DAYS = 60
ME = "ann@example.org"
CAMPAIGN_DAY, NEWCOMERS_DAY, SALE_DAY, STOP_DAY = 3, 2, 6, 4
AWAY_DAYS = 20
STEPS = """
purpose = "offers"
enter = "tag:new"
stop = ["reply", "bounce", "unsubscribe", "purchase"]
[[step]]
mail = "first"
[[step]]
wait = "5 days"
[[step]]
mail = "second"
[[step]]
wait = "7 days"
[[step]]
if = "tag:vip"
task = "Ring {{ contact.first_name }}"
[[step]]
mail = "third"
"""
KINDS = ("silent", "reply", "bounce", "away", "unsubscribe", "buy", "stopped", "forged")
PEOPLE = [(number, KINDS[number % len(KINDS)]) for number in range(24)]


@pytest.fixture
def smtp(monkeypatch):
    with deliver_to(monkeypatch, ME) as server:
        yield server


def address(number):
    return f"p{number}@example.com"


def is_newcomer(number):
    return number >= 12


# The account: one contact at a time, from what the rules say


def account_for(number, kind):
    """Return the mails that a contact must get, by day, and how its enrollment must end."""
    day = NEWCOMERS_DAY if is_newcomer(number) else 0
    mails, ended, heard = [], {}, False  # `ended` by the day after which nothing more is sent
    steps = [("first", 0), ("second", 5), ("third", 7)]
    due = day
    for position, (name, wait) in enumerate(steps):
        due += wait
        if kind == "away" and mails:
            back = mails[0][1] + AWAY_DAYS + 1
            due = max(due, back)
        if ended and due > ended["day"]:
            break
        mails.append((name, due))
        answers = {"reply": ("first", "replied"), "bounce": ("first", "mail came back"),
                   "unsubscribe": ("second", "unsubscribed")}  # fmt: skip
        if kind in answers and answers[kind][0] == name and not heard:
            ended, heard = {"day": due, "reason": answers[kind][1]}, True
        if kind == "buy" and not ended and _next_due(steps, position, due) > SALE_DAY:
            ended = {"day": SALE_DAY, "reason": "bought"}
        if kind == "stopped" and not ended and _next_due(steps, position, due) > STOP_DAY:
            ended = {"day": STOP_DAY, "reason": "stopped by hand"}
    state = ("stopped", ended["reason"]) if ended else ("done", "")
    return mails, state


def _next_due(steps, position, due):
    return due + steps[position + 1][1] if position + 1 < len(steps) else DAYS


def in_campaign(number, kind):
    """Return whether a contact may be mailed on the day of the campaign."""
    mails, _ = account_for(number, kind)
    return not (kind == "bounce" and mails[0][1] < CAMPAIGN_DAY)


# The answers


def answers_of(number, kind, name, sent, day):
    """Return what comes back to a mail of the sequence."""
    at = f"{dt.datetime.combine(day, dt.time(11)):%a, %d %b %Y %H:%M:%S} +0000"
    sent_id = sent["Message-ID"]
    head = {"From": f"P{number} <{address(number)}>", "To": ME, "Date": at,
            "Message_ID": f"<a{number}-{name}-{day}@example.com>"}  # fmt: skip
    if kind == "reply" and name == "first":
        yield mail("Yes, please.", **head, Subject="Re: Hello", In_Reply_To=sent_id)
    elif kind == "bounce" and name == "first":
        yield bounce(number, sent_id, at)
    elif kind == "away" and name == "first":
        until = day + dt.timedelta(days=AWAY_DAYS)
        text = f"I am away until {until.day} {until:%B %Y}."
        yield mail(text, **head, Subject="Away", In_Reply_To=sent_id, Auto_Submitted="auto-replied")
    elif kind == "unsubscribe" and name == "second":
        token = re.search(r"subject=unsubscribe%20(\w+)", sent["List-Unsubscribe"])[1]
        yield mail("", **head, Subject=f"unsubscribe {token}")
    elif kind == "forged" and name == "first":
        yield bounce(number, "<invented@example.org>", at)
        yield mail("", **head, Subject="unsubscribe AAAAAAAAAAAAAAAAAAAAAAAAAA",
                   Auto_Submitted="auto-replied")  # fmt: skip


def bounce(number, sent_id, at):
    return BOUNCE.format(number=number, sent=sent_id, at=at, to=address(number)).encode()


BOUNCE = """\
From: MAILER-DAEMON@example.com
To: ann@example.org
Subject: Undelivered Mail Returned to Sender
Message-ID: <bounce{number}@mx.example.com>
Date: {at}
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="B"

--B
Content-Type: text/plain

The mail could not be delivered.

--B
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example.com

Final-Recipient: rfc822; {to}
Action: failed
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 unknown user

--B
Content-Type: text/rfc822-headers

Message-ID: {sent}
From: ann@example.org
To: {to}

--B--
"""


# The two months


class Months:
    """The days, one after the other."""

    def __init__(self, typed, server, folder, clock):
        self.typed, self.server, self.folder, self.clock = typed, server, folder, clock
        self.got = defaultdict(list)
        self.campaign = []
        self.count = 0

    def run(self, *words):
        code, out, err = self.typed(*words)
        assert code == 0, (words, out, err)
        return out

    def set_clock(self, day, time):
        self.clock(f"{START + dt.timedelta(days=day)}T{time}")

    def play(self):
        self.set_clock(0, "09:00")
        for number, kind in PEOPLE:
            self.run("add", f"P{number} Doe", "--email", address(number))
            if kind == "silent":
                self.run("tag", f"P{number}", "+vip")
        for name in ("first", "second", "third", "offer"):
            self.run("template", "add", name, "--subject", f"Mail {name}", "--text", "Hello there")
        self.run("campaign", "add", "autumn", "--segment", "has:email", "--template", "offer")
        self.run("sequence", "add", "welcome", "--file", STEPS)
        old = [address(number) for number, _ in PEOPLE if not is_newcomer(number)]
        self.run("sequence", "enroll", "welcome", " or ".join(old), "--yes")
        for day in range(DAYS):
            self.play_day(day)

    def play_day(self, day):
        self.set_clock(day, "10:00")
        if day == NEWCOMERS_DAY:
            for number, _ in PEOPLE:
                if is_newcomer(number):
                    self.run("tag", f"P{number}", "+new")
        if day == CAMPAIGN_DAY:
            self.run("campaign", "send", "autumn", "--yes")
        self.run("mail", "run")
        self.set_clock(day, "11:30")
        for to, sent in self.server.take():
            number = int(to[1:].partition("@")[0])
            name = sent["Subject"].removeprefix("Mail ")
            if name == "offer":
                self.campaign.append(number)
                continue
            self.got[number].append((name, day))
            today = START + dt.timedelta(days=day)
            for each in answers_of(number, PEOPLE[number][1], name, sent, today):
                self.deliver(each)
        self.run("mail", "fetch", "--maildir", str(self.folder), "--json")
        self.act_by_hand(day)

    def act_by_hand(self, day):
        for number, kind in PEOPLE:
            if kind == "buy" and day == SALE_DAY:
                self.run("sell", f"P{number}", "20", "rose")
            if kind == "stopped" and day == STOP_DAY:
                self.run("sequence", "stop", f"P{number}", "welcome")

    def deliver(self, content):
        self.count += 1
        (self.folder / "new" / f"1796{self.count:06}.M1.host").write_bytes(content)


def test_two_months(typed, cli_location, smtp, tmp_path, monkeypatch):
    folder = tmp_path / "Mail"
    for each in ("new", "cur", "tmp"):
        (folder / each).mkdir(parents=True)
    months = Months(typed, smtp, folder, lambda now: monkeypatch.setenv("CARDCRM_NOW", now))
    months.play()
    expected = {number: account_for(number, kind) for number, kind in PEOPLE}
    assert dict(months.got) == {number: mails for number, (mails, _) in expected.items()}
    store = open_store(cli_location)
    rows = store.rows("SELECT contact_id, status, reason FROM enrollment ORDER BY contact_id")
    assert {row[0] - 1: (row[1], row[2]) for row in rows} == {
        number: state for number, (_, state) in expected.items()
    }
    reminders = store.rows("SELECT text FROM reminder ORDER BY text")
    vips = sorted(f"Ring P{number}" for number, kind in PEOPLE if kind == "silent")
    assert [row[0] for row in reminders] == vips
    mailed = [number for number, kind in PEOPLE if in_campaign(number, kind)]
    assert sorted(months.campaign) == mailed
    store.close()
    results = json.loads(months.run("sequence", "results", "welcome", "--json"))
    sent = {each["step"]: (each["sent"], each["replied"]) for each in results["step_counts"]}
    for name, replied in (("first", 3), ("second", 0), ("third", 0)):
        count = sum(name == each for mails, _ in expected.values() for each, _ in mails)
        assert sent[f"mail-{name}"] == (count, replied)
    reasons = defaultdict(int)
    for _, (_, reason) in expected.values():
        reasons[reason] += bool(reason)
    assert {each["reason"]: each["count"] for each in results["stopped_by"]} == {
        reason: count for reason, count in reasons.items() if reason
    }
    campaign = json.loads(months.run("campaign", "results", "autumn", "--json"))
    assert (campaign["sent"], campaign["replied"]) == (len(mailed), 0)
