"""Test that mail reaches no one who refused it, also between queuing and sending."""

import pytest

from cardcrm.records.campaigns.recipients import SHARED
from cardcrm.records.mail import outbox
from tests.support.mail_servers import deliver_to, follow_script

pytestmark = pytest.mark.engines("sqlite", "postgresql")


@pytest.fixture
def smtp(monkeypatch):
    with deliver_to(monkeypatch, "me@firm.example") as server:
        yield server


@pytest.fixture
def run(typed):
    """Run a command that must end with a code; return its data and messages."""

    def check(*words, code=0):
        found, out, err = typed(*words)
        assert found == code, out + err
        return " ".join((out + err).split())

    return check


@pytest.fixture
def people(run):
    """Add Ann, Bob and a template."""
    for name in ("Ann", "Bob"):
        run("add", name, "--email", f"{name.lower()}@example.com", "--tag", "garden")
    run("template", "add", "hello", "--subject", "Hello", "--text", "Good day")


@pytest.fixture
def deliver(run, smtp):
    """Send what is due; return the addresses that got it."""

    def send():
        run("mail", "run")
        return sorted(to for to, _ in smtp.take())

    return send


def use_port(patch, port):
    """Make a server on this machine the one that the program sends mail to."""
    given = {"HOST": "127.0.0.1", "PORT": str(port), "SECURITY": "none", "FROM": "me@firm.example"}
    for name, value in given.items():
        patch.setenv(f"CARDCRM_MAIL_{name}", value)


def add_campaign(run, name="spring", **options):
    texts = {"segment": "tag:garden", "template": "hello", **options}
    words = [word for key, text in texts.items() for word in (f"--{key}", text)]
    run("campaign", "add", name, *words)


# Purposes


@pytest.mark.parametrize("typed_as", ["Newsletter", " newsletter ", "NEWSLETTER"])
def test_a_purpose_in_any_case_needs_the_consent(run, people, deliver, typed_as):
    run("consent", "set", "ann", "--purpose", "newsletter", "--withdraw")
    add_campaign(run, purpose=typed_as)
    shown = run("campaign", "send", "spring", "--yes", code=3)
    assert "reaches no one" in shown
    assert deliver() == []
    assert "newsletter" in run("campaign", "list", "purpose:Newsletter", "--columns", "purpose")


@pytest.mark.parametrize("typed_as", ["two words", "Two-Words", "two  WORDS"])
def test_a_withdrawal_holds_for_a_purpose_of_two_words(run, people, deliver, typed_as):
    run("consent", "set", "ann", "--purpose", "two words", "--withdraw")
    add_campaign(run, purpose=typed_as)
    run("campaign", "send", "spring", "--yes")
    assert deliver() == ["bob@example.com"]


@pytest.mark.parametrize("typed_as", ["über", "Über", "U\N{COMBINING DIAERESIS}ber"])
def test_consent_is_required_for_a_purpose_with_an_umlaut(run, people, deliver, typed_as):
    assert "consent is needed for: über" in run("consent", "require", typed_as)
    run("consent", "set", "bob", "--purpose", "ÜBER")
    add_campaign(run, purpose=typed_as)
    run("campaign", "send", "spring", "--yes")
    assert deliver() == ["bob@example.com"]
    for query in ("consent:Über", "can-mail:ÜBER"):
        assert "Bob" in run("find", query)
    assert "bob@example.com" in run("consent", "list", "purpose:Über")


def test_an_invalid_purpose_is_refused_wherever_it_is_given(run, people):
    for words in (
        ("consent", "require", "news,offers"),
        ("campaign", "add", "spring", "--segment", "all", "--purpose", "any"),
    ):
        assert "invalid purpose" in run(*words, code=2)


# Removal


WELCOME = '[[step]]\nmail = "hello"\n[[step]]\nwait = "3 days"\n[[step]]\nmail = "hello"\n'


def statuses(store):
    return [tuple(row) for row in store.rows("SELECT status, error FROM message ORDER BY id")]


def test_a_removed_campaign_sends_nothing_until_undo_gives_it_back(run, people, deliver, store):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    run("campaign", "pause", "spring")
    run("campaign", "rm", "spring", "--yes")
    assert deliver() == []
    assert statuses(store) == [("canceled", "campaign removed")] * 2
    run("undo")
    assert statuses(store) == [("queued", "")] * 2
    assert deliver() == []
    run("campaign", "resume", "spring")
    assert deliver() == ["ann@example.com", "bob@example.com"]


def test_a_removed_sequence_sends_nothing_until_undo_gives_it_back(run, people, deliver, store):
    run("sequence", "add", "welcome", "--file", WELCOME)
    run("sequence", "enroll", "welcome", "tag:garden", "--yes")
    run("sequence", "run", "welcome")
    run("sequence", "rm", "welcome", "--yes")
    assert deliver() == []
    assert statuses(store) == [("canceled", "enrollment removed")] * 2
    run("undo")
    assert deliver() == ["ann@example.com", "bob@example.com"]


# Segments


@pytest.mark.parametrize("query", ["vip", "@vip", "@vip tag:garden", "segment:outer"])
def test_a_removed_segment_is_no_word_to_look_for(run, people, smtp, monkeypatch, query):
    run("add", "Cleo", "--email", "cleo@example.com", "--note", "a vip friend")
    run("segment", "add", "vip", "name:ann")
    run("segment", "add", "outer", "@vip")
    add_campaign(run, segment=query)
    run("campaign", "schedule", "spring", "tomorrow")
    run("segment", "rm", "vip", "--yes")
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-25T10:00")
    shown = run("mail", "run", code=1)
    assert "the campaign spring was not queued: unknown segment “vip”" in shown
    assert smtp.take() == []
    for words in (("preview", "spring"), ("edit", "spring", "--segment", "@vpi")):
        assert "unknown segment" in run("campaign", *words, code=3)


# Retries


def campaign_status(store):
    return store.value("SELECT status FROM campaign")


def test_a_retried_message_of_a_campaign_that_is_done_is_sent(run, people, monkeypatch, store):
    add_campaign(run)
    with follow_script(RCPT=["550 no", "550 no", "550 no"]) as (accepted, port):
        use_port(monkeypatch, port)
        run("campaign", "send", "spring", "--yes")
        assert "2 failed" in run("mail", "run")
        assert campaign_status(store) == "done"
        run("message", "retry", "1")
        assert campaign_status(store) == "sending"
        assert "1 failed" in run("mail", "run")
        run("message", "retry", "1", "2")
        run("campaign", "pause", "spring")
        assert (run("mail", "run"), accepted) == ("", [])
        run("campaign", "resume", "spring")
        assert "2 sent" in run("mail", "run")
    assert (len(accepted), campaign_status(store)) == (2, "done")


def test_an_uncertain_message_of_a_campaign_that_is_done_is_sent_again(
    run, people, monkeypatch, store
):
    add_campaign(run)
    with follow_script(text=["drop"]) as (accepted, port):
        use_port(monkeypatch, port)
        run("campaign", "send", "spring", "--yes")
        assert "1 sent, 1 uncertain" in run("mail", "run")
        assert campaign_status(store) == "done"
        run("message", "retry", "1", "--yes")
        assert "1 sent" in run("mail", "run")
    assert (len(accepted), campaign_status(store)) == (2, "done")


def test_a_message_that_undo_gives_back_to_a_campaign_that_is_done_is_sent(
    run, people, deliver, store, monkeypatch
):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    run("message", "rm", "2", "--yes")
    monkeypatch.setenv("CARDCRM_USER", "bob")
    assert deliver() == ["ann@example.com"]
    assert campaign_status(store) == "done"
    monkeypatch.delenv("CARDCRM_USER")
    run("undo")
    assert deliver() == ["bob@example.com"]


def test_a_message_of_a_campaign_that_was_stopped_is_not_sent_again(run, people, deliver, store):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    run("campaign", "stop", "spring")
    assert "the campaign spring was stopped" in run("message", "retry", "1", code=4)
    assert deliver() == []
    assert statuses(store) == [("canceled", "campaign stopped")] * 2


# Frequency cap


def test_the_cap_holds_between_the_batches_of_a_run(run, deliver, monkeypatch):
    monkeypatch.setenv("CARDCRM_MAIL_CAP", "1")
    run("template", "add", "hello", "--subject", "Hello", "--text", "Good day")
    for number in range(12):
        run("add", f"P{number}", "--email", f"p{number}@example.com", "--tag", "garden")
    for name in ("spring", "summer"):
        add_campaign(run, name)
        run("campaign", "send", name, "--yes")
    assert deliver() == sorted(f"p{number}@example.com" for number in range(12))
    monkeypatch.setenv("CARDCRM_NOW", "2026-11-30T10:00")
    assert len(deliver()) == 12


# Contacts who are gone


@pytest.mark.parametrize("status", ["deceased", "closed"])
def test_contacts_who_are_gone_get_no_campaign(run, people, deliver, store, status):
    run("add", "Twin", "--email", "ANN@example.com", "--tag", "garden")
    run("edit", "ann", "--status", status)
    add_campaign(run)
    shown = run("campaign", "send", "spring", "--dry-run")
    assert status in shown
    run("campaign", "send", "spring", "--yes")
    assert deliver() == ["ANN@example.com", "bob@example.com"]
    assert store.count_rows("message") == 2


@pytest.mark.parametrize("status", ["deceased", "closed"])
def test_mail_to_contacts_who_are_gone_since_is_canceled(run, people, deliver, store, status):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    run("sequence", "add", "welcome", "--file", WELCOME)
    run("sequence", "enroll", "welcome", "tag:garden", "--yes")
    run("sequence", "run", "welcome")
    run("mail", "ann", "--subject", "To you", "Dear Ann")
    run("edit", "ann", "--status", status)
    assert deliver() == ["ann@example.com", "bob@example.com", "bob@example.com"]
    reasons = [error for state, error in statuses(store) if state == "canceled"]
    assert reasons == [status, "sequence stopped: contact is not active"]


def test_mail_to_a_segment_leaves_out_contacts_who_are_gone(run, people, deliver):
    run("segment", "add", "everyone", "tag:garden")
    run("edit", "ann", "--status", "deceased")
    assert "left out: 1 deceased" in run("mail", "@everyone", "--template", "hello", "--yes")
    assert deliver() == ["bob@example.com"]


# Addresses


def test_mail_to_an_address_that_was_corrected_since_is_canceled(run, people, deliver, store):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    run("mail", "ann", "--subject", "To you", "Dear Ann")
    run("edit", "ann", "--email", "right@example.com", "--remove", "ann@example.com")
    assert deliver() == ["bob@example.com"]
    moved = "the contact does not have this address any more"
    assert statuses(store) == [("canceled", moved), ("sent", ""), ("canceled", moved)]
    run("mail", "ann", "--subject", "To you", "Dear Ann")
    assert deliver() == ["right@example.com"]


def test_mail_of_a_merged_contact_goes_to_its_address(run, people, deliver):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    run("merge", "ann", "bob", "--yes")
    assert deliver() == ["ann@example.com"]


# Letters and messages


@pytest.fixture
def letters(run, tmp_path):
    """Queue a campaign of a channel to three contacts; return what it writes."""
    for number, name in enumerate(("Ann", "Bob", "Cleo", "Dan")):
        run("add", name, "--email", f"{name.lower()}@example.com", "--tag", "garden",
            "--street", f"{number} High St", "--city", "Leeds",
            "--social", f"https://x.com/{name.lower()}")  # fmt: skip
    run("template", "add", "hello", "--subject", "Hello", "--text", "Dear {{ contact.name }}")
    path = tmp_path / "letters.csv"

    def write(*words):
        shown = run("campaign", "letters", "spring", "--output", str(path), "--force", *words)
        return [each for each in ("Ann", "Bob", "Cleo", "Dan") if each in path.read_text()], shown

    return write


def refuse_since(run):
    run("consent", "set", "ann", "--purpose", "offers", "--withdraw")
    run("edit", "bob", "--status", "deceased")


def test_letters_leave_out_those_who_refused_since(run, letters, store):
    add_campaign(run, channel="letter")
    run("campaign", "send", "spring", "--yes")
    assert letters()[0] == ["Ann", "Bob", "Cleo", "Dan"]
    refuse_since(run)
    run("edit", "dan", "--remove", "3 High St, Leeds")
    names, shown = letters("--sent")
    assert names == ["Cleo"]
    for reason in ("1 deceased", "1 consent to offers was withdrawn", "1 no postal address"):
        assert reason in shown
    assert campaign_status(store) == "sending"
    run("edit", "dan", "--street", "4 High St", "--city", "York")
    assert letters("--sent")[0] == ["Dan"]
    assert campaign_status(store) == "done"


def test_messages_leave_out_those_who_refused_since(run, letters, store):
    add_campaign(run, channel="message")
    run("campaign", "send", "spring", "--yes")
    refuse_since(run)
    run("edit", "cleo", "--social", "https://x.com/cleopatra", "--remove", "https://x.com/cleo")
    shown = run("campaign", "next", "spring", "--no-open")
    assert "https://x.com/cleopatra" in shown
    assert "left out: 1 deceased, 1 consent to offers was withdrawn" in shown
    assert "To: Dan" in run("campaign", "next", "spring", "--no-open", "--sent")
    assert "all messages are sent" in run("campaign", "next", "spring", "--no-open", "--sent")
    assert campaign_status(store) == "done"


WRITINGS = ("bob@müller.example", "BOB@xn--mller-kva.example")


@pytest.fixture(params=[WRITINGS, WRITINGS[::-1], ("bob@MÜLLER.example", "bob@müller.example")])
def twins(run, request):
    """Add two contacts with one mailbox, whose domain is written in two ways."""
    for name, address in zip(("Ann", "Bob"), request.param, strict=True):
        run("add", name, "--email", address, "--tag", "garden")
    run("template", "add", "hello", "--subject", "Hello", "--text", "Good day")
    return request.param


def unsubscribed(store):
    return store.value("SELECT count(*) FROM message WHERE unsubscribed_at IS NOT NULL")


def test_a_campaign_goes_once_to_a_mailbox_in_two_writings(run, twins, deliver, store):
    add_campaign(run)
    run("campaign", "send", "spring", "--yes")
    assert deliver() == [twins[0]]
    outbox.mark_unsubscribed(store, twins[1])
    assert unsubscribed(store) == 1


def test_a_sequence_goes_once_to_a_mailbox_in_two_writings(run, twins, deliver, store):
    run("sequence", "add", "welcome", "--file", f'purpose = "offers"\n{WELCOME}')
    for name in ("ann", "bob"):
        run("sequence", "enroll", "welcome", name)
        run("sequence", "run", "welcome")
    assert deliver() == [twins[0]]
    assert store.value("SELECT reason FROM enrollment WHERE contact_id = 2") == SHARED


def test_mail_to_a_segment_goes_once_to_a_mailbox_in_two_writings(run, twins, deliver):
    run("segment", "add", "all-of-them", "tag:garden")
    assert SHARED in run("mail", "@all-of-them", "--template", "hello", "--yes")
    assert deliver() == [twins[0]]


@pytest.mark.parametrize("written", WRITINGS)
def test_a_withdrawal_names_the_address_in_any_writing(run, store, written):
    run("add", "Ann", "--email", WRITINGS[0], "--email", "ann@example.com")
    run("opt-out", written, "--purpose", "offers")
    found = store.rows("SELECT address FROM consent ORDER BY id")
    assert [row[0] for row in found] == ["bob@xn--mller-kva.example"]


# Pauses, times, lists and profiles


def test_mail_that_a_sequence_has_queued_waits_while_it_is_paused(run, people, deliver):
    run("sequence", "add", "welcome", "--file", WELCOME)
    run("sequence", "enroll", "welcome", "tag:garden", "--yes")
    run("sequence", "run", "welcome")
    run("sequence", "pause", "welcome")
    assert deliver() == []
    run("sequence", "resume", "welcome")
    assert deliver() == ["ann@example.com", "bob@example.com"]


@pytest.mark.parametrize("when", ["2020-01-01", "2026-11-20", "2026-11-21 19:59"])
def test_a_campaign_is_not_scheduled_for_the_past(run, people, deliver, when):
    add_campaign(run)
    shown = run("campaign", "schedule", "spring", when, code=2)
    assert f"{when} has passed" in shown
    assert "cardcrm campaign send spring" in shown
    assert deliver() == []
    run("campaign", "schedule", "spring", "today")
    assert deliver() == ["ann@example.com", "bob@example.com"]


@pytest.mark.parametrize(
    "handle", ["@jane@example.social", "https://x.com/jane", "https://example.social/@jane"]
)
def test_a_profile_is_opted_out(run, smtp, handle):
    run("add", "Jane", "--social", handle, "--email", "jane@example.com")
    name = "mastodon:@jane@example.social" if "example.social" in handle else handle
    assert "opted out" in run("opt-out", name)
    run("template", "add", "hello", "--text", "Good day")
    add_campaign(run, segment="all", channel="message")
    assert "1 opted out" in " ".join(run("campaign", "preview", "spring").split())
    run("mail", "jane", "--subject", "To you", "Dear Jane")
    run("opt-out", name, "--undo")
    assert "queued 1 contact" in run("campaign", "send", "spring", "--yes")
    assert "no contact matches" in run("opt-out", "mastodon:@bob@example.social", code=3)
