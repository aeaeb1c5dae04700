"""A week of two sellers, played through the real program: from a web form to an invoice.

Ann and Bob share the leads of a form. The test reads each answer as they do, and the figures of
the week at its end.
"""

import json
import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow

FORM = """Submission Date,Full Name,Email,Phone,Company,Your Message,Budget
2026-11-22 18:05,Lena Lind,lena@example.com,0113 496 0101,Lind Ltd,A new roof for the barn,5000
2026-11-22 20:40,Marc Moss,marc@example.com,0113 496 0102,,Two windows,
2026-11-23 07:10,Nora North,nora@example.com,0113 496 0103,North plc,Gutters,800
2026-11-23 08:15,Omar Ode,omar@example.com,,,Just asking,
"""
MON, TUE, WED, THU, FRI = (f"2026-11-{day}" for day in range(23, 28))
AMBIGUOUS = 4


class Office:
    """The program as a seller runs it: who, when, and the line; it answers on both streams."""

    def __init__(self, folder):
        self.folder = folder
        (folder / "config.toml").touch()
        self.environment = {
            **os.environ,
            "PYTHONPATH": str(Path(__file__).parents[1] / "src"),
            "CARDCRM_DB": str(folder / "cards.db"),
            "CARDCRM_CONFIG": str(folder / "config.toml"),
            "TZ": "Europe/London",
        }

    def run(self, user, when, line, code=0):
        """Run a line, check its exit code, and return what it says."""
        done = subprocess.run(
            [sys.executable, "-m", "cardcrm", *shlex.split(line)],
            env=self.environment | {"CARDCRM_USER": user, "CARDCRM_NOW": when},
            cwd=self.folder, text=True, capture_output=True, stdin=subprocess.DEVNULL,
            check=False,
        )  # fmt: skip
        said = (done.stdout + done.stderr).strip()
        assert done.returncode == code, f"{line}: {said}"
        return said

    def rows(self, user, when, line):
        """Return the rows of a list as programs read them."""
        return json.loads(self.run(user, when, f"{line} --format json"))


@pytest.fixture
def office(tmp_path):
    (tmp_path / "form.csv").write_text(FORM, "utf-8")
    return Office(tmp_path)


def test_a_week_of_sales(office):
    run, rows = office.run, office.rows

    # Before the week: products, a discount, targets, and the rule that shares the leads.
    for line in (
        'config set firm.name "Leeds Roofs Ltd"',
        "product add Roof --price 500",
        "product add Gutter --price 80",
        "price add autumn --product Roof --discount 10%",
        "target set ann 2026-11 2000",
        "target set bob 2026-11 1000",
        "lead rules all --owners ann,bob",
    ):
        run("ann", f"{MON}T08:30", line)

    # Monday: the leads of the form are shared in turn, and wait for an answer.
    said = run("ann", f"{MON}T09:00", "import form.csv --as leads --source web")
    assert "form.csv: 4 leads created, 0 updated, 0 unchanged, 0 refused" in said
    found = rows("ann", f"{MON}T09:00", "lead list --sort id")
    assert [(each["contact"], each["owner"]) for each in found] == [
        ("Lena Lind", "ann"), ("Marc Moss", "bob"), ("Nora North", "ann"), ("Omar Ode", "bob"),
    ]  # fmt: skip
    assert found[0]["text"] == "A new roof for the barn\nBudget: 5000"
    assert run("ann", f"{MON}T09:00", "due").startswith(
        "Mon 23 Nov 2026: 4 leads without an answer"
    )
    said = run("ann", f"{MON}T09:00", "calls")
    assert "40  Nora North: new lead came in 110 minutes ago: Gutters Budget: 800" in said
    assert "left out: 1 without a phone number" in said

    said = run("ann", f"{MON}T09:30", "call lena no-answer")
    assert said.endswith("next step 1, due Tue 24 Nov: call again")
    said = run("ann", f"{MON}T09:40", "call nora reached wants an offer --next 'send it' --due wed")
    assert "due Wed 25 Nov: send it; lead 3 is in process" in said
    said = run("bob", f"{MON}T10:00", "call marc back tue 14:00 --text 'in a meeting'")
    assert "due Tue 24 Nov 14:00: call back; lead 2 is in process" in said
    run("bob", f"{MON}T10:05", "log omar sent the brochure --kind mail --out")
    waiting = rows("ann", f"{MON}T17:00", "due")["leads_due"]
    assert [each["contact"] for each in waiting] == ["Lena Lind"]
    omar = rows("bob", f"{MON}T17:00", "lead show omar")
    assert omar["response_seconds"] == (10 * 60 + 5 - (8 * 60 + 15)) * 60

    # Tuesday: the second try reaches Lena, and three leads become deals.
    first = rows("ann", f"{TUE}T09:30", "calls --owner me")[0]
    assert first["contact"] == "Lena Lind"
    assert "to do: call again, due today" in first["reason"]
    said = run("ann", f"{TUE}T09:30", "call lena reached likes the idea --minutes 12")
    assert said.endswith("done 1 call again; lead 1 is in process")
    said = run("ann", f"{TUE}T09:40", "lead convert lena --amount 1000 --close 2026-11-30")
    assert said == (
        "converted lead 1 of Lena Lind (Lind Ltd): deal 1 A new roof for the barn, Qualification"
    )
    run("ann", f"{TUE}T09:45", "lead convert nora --amount 800 --close 2026-11-27")
    said = run("ann", f"{TUE}T09:50", "deal move 1 proposal")
    assert said == (
        "moved deal 1 A new roof for the barn (Lena Lind) from Qualification to Proposal, 50%"
    )
    run("bob", f"{TUE}T14:05", "call marc reached two oak windows")
    run(
        "bob", f"{TUE}T14:10",
        "lead convert marc --title 'Oak windows' --amount 900 --close 2026-12-10",
    )  # fmt: skip
    said = run("bob", f"{TUE}T14:15", "call marc reached again --next measure --due fri")
    assert said.endswith("due Fri 27 Nov: measure (deal 3)")

    # Bob claims his customer; Ann hears of it.
    assert run("bob", f"{TUE}T15:00", "claim marc --for 7d") == (
        "bob has claimed Marc Moss until Tue 1 Dec"
    )
    said = run("ann", f"{TUE}T15:30", "claim marc --for 7d", code=AMBIGUOUS)
    assert "bob" in said
    assert "bob" in run("ann", f"{TUE}T15:31", "log marc asked for the address --kind note")

    # Wednesday: an offer with the discount of the price list, as a page to print.
    said = run("ann", f"{WED}T10:00", "quote add 1 --line '2 x Roof' --line '1 x Gutter'")
    assert "Q-0001 A new roof for the barn (Lena Lind): 980.00 GBP" in said
    offered = rows("ann", f"{WED}T10:05", "quote show 1")
    assert [each["discount"] for each in offered["lines"]] == [10, 0]
    run("ann", f"{WED}T10:10", "quote write 1 offer.html")
    page = (office.folder / "offer.html").read_text("utf-8")
    assert all(word in page for word in ("Leeds Roofs Ltd", "Q-0001", "Roof", "980.00"))
    run("ann", f"{WED}T10:15", "quote send 1")
    run("ann", f"{WED}T10:20", "deal move 1 negotiation")

    # A mistake is undone; another deal is really lost.
    run("ann", f"{WED}T11:00", "deal lose 1 --reason pricing")
    assert run("ann", f"{WED}T11:01", "undo").startswith("undone: deal lose 1 --reason pricing")
    deal = rows("ann", f"{WED}T11:02", "deal show 1")
    assert (deal["status"], deal["stage"]) == ("open", "Negotiation")
    assert rows("ann", f"{WED}T11:02", "quote show 1")["status"] == "sent"
    run("ann", f"{WED}T11:05", "deal lose 2 --reason competition --note 'took a neighbor'")

    # Thursday: accepted, so the deal is won and is a sale; an invoice, and a part of it paid.
    said = run("ann", f"{THU}T11:00", "quote accept 1")
    assert "won deal 1" in said
    assert "sale 1 over 980.00 GBP on Thu 26 Nov" in said
    said = run("ann", f"{THU}T11:10", "invoice add --quote 1 --due 14d")
    assert said == (
        "added invoice 1 R-0001 (Lena Lind): due Thu 10 Dec, amount 980.00 GBP, quote Q-0001"
    )
    said = run("ann", f"{THU}T11:20", "invoice paid R-0001 500")
    assert said.endswith("still open: 480.00 GBP")

    # Friday: the figures of the week.
    lena = rows("ann", f"{FRI}T16:00", "show lena")
    assert (lena["stage"], lena["by_currency"][0]["revenue"]["amount"]) == ("customer", "980.00")
    assert [each["open"]["amount"] for each in lena["invoices"]] == ["480.00"]
    assert lena["leads"] == lena["deals"] == []
    marc = next(
        each
        for each in rows("bob", f"{FRI}T16:00", "calls --owner bob")
        if each["contact"] == "Marc Moss"
    )
    assert "to do: measure, due today" in marc["reason"]
    forecast = rows("ann", f"{FRI}T16:00", "report forecast")
    keys = ("month", "currency", "weighted", "low", "high", "deals")
    assert [[each[key] for key in keys] for each in forecast] == [
        ["2026-12", "GBP", 90.0, 0.0, 900.0, 1]
    ]
    period = f"--from 2026-11-01 --to {FRI}"
    performance = rows("ann", f"{FRI}T16:00", f"report performance {period}")
    assert [
        (each["user"], each["won_amount"]["amount"], each["attainment"], each["won"], each["lost"])
        for each in performance
    ] == [("ann", "980.00", 0.49, 1, 1), ("bob", "0.00", 0.0, 0, 0)]
    rate = rows("ann", f"{FRI}T16:00", f"report winrate {period}")[0]
    assert (rate["won"], rate["lost"], rate["win_rate"]) == (1, 1, 0.5)
    assert rate["value_rate"] == pytest.approx(980 / (980 + 800))
    statuses = [each["status"] for each in rows("ann", f"{FRI}T16:00", "lead list --all --sort id")]
    assert statuses == ["converted", "converted", "converted", "assigned"]
    assert run("ann", f"{FRI}T16:30", "db check").endswith("is intact")
