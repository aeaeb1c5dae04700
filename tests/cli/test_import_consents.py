"""Columns of consent from the command line: what is recorded, told and exported."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

Run = Callable[..., tuple[int, str, str]]


def load(typed: Run, tmp_path: Path, header: str, *rows: str, options: tuple[str, ...] = ()):
    """Import a table, and return the words of the answer."""
    file = tmp_path / "a.csv"
    file.write_text("\n".join((header, *rows)) + "\n", encoding="utf-8")
    code, _, err = typed("import", str(file), *options)
    assert code == 0
    return err


def states(typed: Run) -> list[tuple[str, str, str]]:
    rows = json.loads(typed("consent", "list", "--json", "--sort", "id")[1])
    return [(each["contact"], each["purpose"], each["status"]) for each in rows]


def is_opted_out(typed: Run, who: str = "ann@example.com") -> bool:
    points = json.loads(typed("show", who, "--json")[1])["contact_points"]
    return any(each["opted_out"] for each in points)


def test_columns_of_a_purpose_are_read_and_told(typed: Run, tmp_path: Path):
    header = "Name,Email,Consent newsletter,Consent newsletter date,Newsletter source,Deals"
    row = "Ann Test,ann@example.com,subscribed,15/03/2026,fair,opted out"
    options = (
        "--map",
        "Newsletter source=consent newsletter source",
        "--map",
        "Deals=consent deals",
    )
    told = load(typed, tmp_path, header, row, options=("--dry-run", *options))
    assert "2 consents would be recorded, 0 opt-outs respected" in told
    told = load(typed, tmp_path, header, row, options=options)
    assert "2 consents recorded, 0 opt-outs respected" in told
    assert "Deals → consent to deals (1)" in told
    rows = json.loads(typed("consent", "list", "--json", "--sort", "id")[1])
    assert [(each["purpose"], each["status"], each["source"], each["proof"]) for each in rows] == [
        ("newsletter", "given", "fair", "a.csv, line 2"),
        ("deals", "withdrawn", "import", "a.csv, line 2"),
    ]
    assert rows[0]["at"] == "2026-03-15T00:00:00Z"
    assert not is_opted_out(typed)


@pytest.mark.parametrize(
    ("column", "value", "status"),
    [
        ("Newsletter", "yes", "given"), ("Newsletter", "no", "withdrawn"),
        ("Accepts Email Marketing", "yes", "given"), ("OPTIN_TIME", "2021-03-04 10:11:12", "given"),
        ("Email marketing consent", "SUBSCRIBED", "given"),
        ("Email marketing consent", "pending", "pending"),
        ("Newsletter status", "Subscribed", "given"),
        ("Newsletter status", "unconfirmed", "pending"),
        ("DOUBLE_OPT-IN", "Yes", "given"), ("DOUBLE_OPT-IN", "No", ""),
        ("Subscription status", "Subscribed", ""), ("Status", "Subscribed", ""),
        ("GDPR consent", "yes", ""), ("Einwilligung", "ja", ""),
        ("SMS marketing consent", "yes", ""), ("Unsubscribed from all email", "false", ""),
        ("Consent to surveys", "ja", "given"), ("Consent Surveys", "abgemeldet", "withdrawn"),
        ("Consent newsletter", "maybe", ""),
    ],
)  # fmt: skip
def test_only_a_yes_to_mailings_is_a_consent(
    typed: Run, tmp_path: Path, column: str, value: str, status: str
):
    load(typed, tmp_path, f"Name,Email,{column}", f"Ann,ann@example.com,{value}")
    assert [each[2] for each in states(typed)] == ([status] if status else [])


def test_a_row_that_opts_out_of_all_mail_gives_no_consent(typed: Run, tmp_path: Path):
    header = "Email Address,First Name,OPTIN_TIME,UNSUB_TIME,LEID,EUID"
    load(typed, tmp_path, header, "ann@example.com,Ann,2021-03-04 10:11:12,2022-01-01 10:00:00,1,2")
    assert states(typed) == []
    assert is_opted_out(typed)


def test_the_addresses_and_times_of_a_sign_up_are_the_proof(typed: Run, tmp_path: Path):
    header = "Email Address,First Name,OPTIN_IP,OPTIN_TIME,CONFIRM_TIME,CONFIRM_IP"
    row = "ann@example.com,Ann,192.0.2.1,2021-03-04 10:11:12,2021-03-04 10:15:00,192.0.2.7"
    told = load(typed, tmp_path, header, row)
    assert "OPTIN_IP → proof of consent, and custom field (1)" in told
    (consent,) = json.loads(typed("consent", "list", "--json")[1])
    assert consent["proof"] == (
        "OPTIN_IP 192.0.2.1; CONFIRM_TIME 2021-03-04 10:15:00; CONFIRM_IP 192.0.2.7"
    )
    assert consent["at"] == "2021-03-04T00:00:00Z"


def test_a_purpose_given_by_map_is_not_an_opt_out_of_all_mail(typed: Run, tmp_path: Path):
    header, row = "Name,Email,Newsletter", "Ann,ann@example.com,no"
    told = load(typed, tmp_path, header, row, options=("--map", "Newsletter=consent newsletter"))
    assert "opts the address out" not in told
    assert states(typed) == [("Ann", "newsletter", "withdrawn")]
    assert not is_opted_out(typed)
    told = load(typed, tmp_path, "Name,Email,Accepts Marketing", row)
    assert "--map 'Accepts Marketing=consent newsletter'" in told
    assert is_opted_out(typed)


def test_an_opt_out_here_is_respected_and_told(typed: Run, tmp_path: Path):
    typed("opt-out", "ann@example.com")
    header, row = "Name,Email,Consent newsletter", "Ann,ann@example.com,yes"
    told = load(typed, tmp_path, header, row, options=("--dry-run",))
    assert "0 consents would be recorded, 1 opt-out respected" in told
    _, out, _ = typed("import", str(tmp_path / "a.csv"), "--json")
    assert (json.loads(out)["files"][0]["consent_count"], states(typed)) == (0, [])
    assert json.loads(out)["files"][0]["opt_outs_respected"] == 1


def test_our_own_table_carries_consents_into_another_database(
    typed: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    typed("add", "Ann", "Test", "--email", "ann@example.com", "--email", "a2@example.com")
    typed("consent", "set", "ann", "--purpose", "newsletter", "--source", "paper",
          "--proof", "folder | 3; left", "--on", "2026-03-01")  # fmt: skip
    typed("consent", "set", "ann", "--purpose", "offers", "--withdraw", "--on", "2026-04-01")
    before = typed("consent", "list", "--format", "csv")[1]
    file = tmp_path / "all.csv"
    typed("export", "--to", str(file))
    assert "0 consents" not in typed("import", str(file))[2]
    monkeypatch.setenv("CARDCRM_DB", str(tmp_path / "other.db"))
    assert "3 consents recorded" in typed("import", str(file))[2]
    after = typed("consent", "list", "--format", "csv")[1]
    assert sorted(line.split(",", 1)[1] for line in after.splitlines()) == sorted(
        line.split(",", 1)[1] for line in before.splitlines()
    )


def test_a_list_has_the_purposes_consented_to(typed: Run):
    typed("add", "Ann", "--email", "ann@example.com")
    typed("add", "Bob", "--email", "bob@example.com")
    for purpose in ("offers", "newsletter", "surveys"):
        typed("consent", "set", "ann", "--purpose", purpose)
    typed("consent", "set", "ann", "--purpose", "surveys", "--withdraw")
    _, out, _ = typed("export", "--columns", "name,consent")
    assert out.splitlines() == ["name,consent", "Ann,newsletter offers", "Bob,"]


def test_a_column_that_was_added_to_our_own_table_can_opt_out(typed: Run, tmp_path: Path):
    typed("add", "Ann", "Test", "--email", "ann@example.com")
    file = tmp_path / "all.csv"
    typed("export", "--to", str(file))
    first, second = file.read_text().splitlines()
    file.write_text(f"{first},stop,news\n{second},yes,no\n")
    options = ("--map", "stop=optout", "--map", "news=consent newsletter")
    assert typed("import", str(file), *options)[0] == 0
    assert is_opted_out(typed)
    assert states(typed) == [("Ann Test", "newsletter", "withdrawn")]


def test_a_bad_purpose_in_map_names_the_form(typed: Run, tmp_path: Path):
    (tmp_path / "a.csv").write_text("Name,Email,X\nAnn,ann@example.com,yes\n")
    code, _, err = typed("import", str(tmp_path / "a.csv"), "--map", "X=consent none")
    assert (code, err.splitlines()) == (2, [
        "error: invalid purpose “none”",
        "hint: Use a word, such as newsletter; then date, source, basis or proof for a part.",
    ])  # fmt: skip
