"""Retried transactions, and commits whose outcome is unknown at first."""

import contextlib
import socket
import threading

import pytest

from cardcrm.cli.run import main
from cardcrm.errors import ConflictError, ConnectionLostError, StorageError, WriteConflictError
from cardcrm.records.activity import interactions
from cardcrm.records.contacts import contacts
from cardcrm.records.contacts.drafts import ContactDraft
from cardcrm.store import integrity, journal, open_store, retry
from cardcrm.store.retry import retry as run_again
from cardcrm.store.retry import run_in_transaction


@pytest.fixture
def store(empty_store):
    contacts.add(empty_store, ContactDraft(name="Jane"))
    return empty_store


class Failing:
    """A function that fails a few times before it succeeds."""

    def __init__(self, error, times):
        self.error, self.left, self.attempts = error, times, 0

    def __call__(self):
        self.attempts += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(retry, "_PAUSE", 0)


def _lost_connection(*, is_commit_unknown):
    error = ConnectionLostError("lost")
    error.is_commit_unknown, error.is_retryable = is_commit_unknown, not is_commit_unknown
    return error


def test_a_write_conflict_is_retried_a_few_times():
    assert run_again(Failing(WriteConflictError("x"), 3)) == "done"
    always = Failing(WriteConflictError("x"), 1000)
    with pytest.raises(WriteConflictError):
        run_again(always)
    assert always.attempts == retry.MAX_ATTEMPTS


@pytest.mark.parametrize(
    "error", [ConflictError("x"), StorageError("x"), _lost_connection(is_commit_unknown=True)]
)
def test_other_errors_are_not_retried(error):
    work = Failing(error, 1)
    with pytest.raises(type(error)):
        run_again(work)
    assert work.attempts == 1


def test_a_connection_lost_before_the_commit_is_retried():
    assert run_again(Failing(_lost_connection(is_commit_unknown=False), 1)) == "done"


def test_a_retried_transaction_leaves_one_step(store):
    fail = Failing(WriteConflictError("x"), 2)

    def work():
        made = interactions.log(store, [1], "hello")
        fail()
        return made

    made = run_in_transaction(store, work, "log jane hello")
    assert [step.command for step in journal.steps(store, 1)] == ["log jane hello"]
    assert store.value("SELECT count(*) FROM interaction") == 1
    assert interactions.get(store, made.id).text == "hello"


def test_a_part_of_a_transaction_is_not_retried_alone(store):
    fail = Failing(WriteConflictError("x"), 1)
    with pytest.raises(WriteConflictError), store.transaction():
        run_in_transaction(store, fail)
    assert fail.attempts == 1


# on a real server


def test_both_sides_of_a_deadlock_succeed(server_location):
    """Lock Jane and then John, and the other way round: the server cancels one of the two."""
    ann, bob = (
        open_store(server_location, user=name, create=True, wait=30) for name in ("ann", "bob")
    )
    with contextlib.closing(ann), contextlib.closing(bob):
        for name in ("Jane", "John"):
            contacts.add(ann, ContactDraft(name=name))
        ann.engine.execute("SET deadlock_timeout = '50ms'", {})
        bob.engine.execute("SET deadlock_timeout = '50ms'", {})
        meeting = threading.Barrier(2)
        attempts = []

        def change(store, first, second):
            def work():
                attempts.append(store.author.name)
                store.update("contact", first, title=store.author.name)
                if len(attempts) <= 2:
                    meeting.wait(10)
                store.update("contact", second, title=store.author.name)

            run_in_transaction(store, work, concurrent=True)

        thread = threading.Thread(target=change, args=(bob, 2, 1))
        thread.start()
        change(ann, 1, 2)
        thread.join()
        # The server canceled one, and perhaps the other too when the first was retried early.
        assert len(attempts) > 2
        assert len({row[0] for row in ann.rows("SELECT title FROM contact")}) == 1
        assert integrity.check_database(ann, print) == []


def test_all_writers_succeed_on_a_serializable_server(server_location):
    """Let the server cancel one of two transactions that read the same rows."""
    strict = f"{server_location}%20-cdefault_transaction_isolation%3Dserializable"
    with contextlib.closing(open_store(strict, user="ann", create=True)) as store:
        contacts.add(store, ContactDraft(name="Jane"))
    failures = []

    def work(number):
        try:
            with contextlib.closing(open_store(strict, user=f"u{number}", wait=30)) as mine:
                for turn in range(5):
                    interactions.log(mine, [1], f"{number} {turn}")
        except Exception as error:  # noqa: BLE001 - the test reports any error
            failures.append(error)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []
    with contextlib.closing(open_store(server_location)) as store:
        assert store.value("SELECT count(*) FROM interaction") == 20
        assert integrity.check_database(store, print) == []


class CuttingProxy:
    """A proxy between a program and a server that cuts the connection at a commit."""

    def __init__(self, port):
        self.port = port
        self.mode = ""  # "before" the commit reaches the server, "after" it, or "" for never
        self.cuts = 0
        self.door = socket.create_server(("127.0.0.1", 0))
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def address(self):
        return f"host=127.0.0.1&port={self.door.getsockname()[1]}&sslmode=disable"

    def close(self):
        self.door.close()

    def _serve(self):
        with contextlib.suppress(OSError):
            while True:
                client, _ = self.door.accept()
                try:
                    server = socket.create_connection(("127.0.0.1", self.port))
                except OSError:
                    client.close()
                    continue
                answers = threading.Event()  # set when the next answer is to be dropped
                for work in (self._forward, self._back):
                    threading.Thread(
                        target=work, args=(client, server, answers), daemon=True
                    ).start()

    def _forward(self, client, server, lose):
        with contextlib.suppress(OSError):
            while words := client.recv(65536):
                if self.mode and b"; COMMIT" in words:
                    self.mode, mode = "", self.mode
                    self.cuts += 1
                    if mode == "before":
                        break
                    lose.set()
                server.sendall(words)
        _close_all(client, server)

    def _back(self, client, server, lose):
        with contextlib.suppress(OSError):
            while (words := server.recv(65536)) and not lose.is_set():
                client.sendall(words)
        _close_all(client, server)


def _close_all(*ends):
    for each in ends:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@pytest.fixture
def proxied(server, server_location):
    """A store whose connection can be cut, and the proxy that cuts it."""
    open_store(server_location, create=True).close()
    proxy = CuttingProxy(server.port)
    place = server_location.replace(f"host={server.data.parent}&port={server.port}", proxy.address)
    assert place != server_location
    box = open_store(place, user="ann", wait=5)
    contacts.add(box, ContactDraft(name="Jane"))
    yield box, proxy
    box.close()
    proxy.close()


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_connection_cut_at_the_commit_leaves_one_change(proxied, mode):
    """Cut before the commit arrives it is retried; cut afterwards it is found in the database."""
    store, proxy = proxied
    proxy.mode = mode
    interactions.log(store, [1], "hello")
    assert proxy.cuts == 1
    assert [row[0] for row in store.rows("SELECT text FROM interaction")] == ["hello"]
    assert store.value("SELECT count(*) FROM step") == 2
    assert integrity.check_database(store, print) == []


def test_a_transaction_that_may_not_be_retried_reports_the_lost_connection(proxied):
    store, proxy = proxied
    proxy.mode = "before"
    with (
        pytest.raises(ConnectionLostError, match="closed the connection") as told,
        store.transaction(),
    ):
        store.insert("segment", name="x", query="y")
    assert "Nothing was changed" in told.value.hint
    assert store.value("SELECT count(*) FROM segment") == 0
    proxy.mode = "after"
    with store.transaction():
        store.insert("segment", name="x", query="y")
    assert store.value("SELECT count(*) FROM segment") == 1


def test_an_unknown_outcome_is_reported(proxied):
    store, proxy = proxied
    proxy.mode = "before"
    proxy.port = 1  # nothing listens there
    store.engine.wait = 0.2
    with pytest.raises(ConnectionLostError, match="while saving the change") as told:
        interactions.log(store, [1], "hello")
    assert "journal" in told.value.hint


def test_a_typed_password_is_refused_before_connecting(server_location, capsys, monkeypatch):
    monkeypatch.setattr("cardcrm.cli.session.open_store", pytest.fail)
    place = server_location.replace("//cardcrm@", "//cardcrm:s3cret@")
    assert main(["--db", place, "find", "x"]) == 2
