"""Transactions done again, and those of which nobody knows at first whether they were kept."""

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
    """Work that fails some times before it is done."""

    def __init__(self, error, times):
        self.error, self.left, self.tries = error, times, 0

    def __call__(self):
        self.tries += 1
        if self.left:
            self.left -= 1
            raise self.error
        return "done"


@pytest.fixture(autouse=True)
def _short_pauses(monkeypatch):
    monkeypatch.setattr(retry, "_PAUSE", 0)


def _lost(*, unsure):
    error = ConnectionLostError("it went")
    error.is_commit_unknown, error.is_retryable = unsure, not unsure
    return error


def test_a_clash_is_tried_again_a_few_times_and_then_told():
    assert run_again(Failing(WriteConflictError("x"), 3)) == "done"
    for_ever = Failing(WriteConflictError("x"), 1000)
    with pytest.raises(WriteConflictError):
        run_again(for_ever)
    assert for_ever.tries == retry.MAX_ATTEMPTS


@pytest.mark.parametrize("error", [ConflictError("x"), StorageError("x"), _lost(unsure=True)])
def test_what_may_not_be_done_twice_is_done_once(error):
    work = Failing(error, 1)
    with pytest.raises(type(error)):
        run_again(work)
    assert work.tries == 1


def test_what_was_lost_before_it_was_kept_is_done_again():
    assert run_again(Failing(_lost(unsure=False), 1)) == "done"


def test_a_transaction_that_clashed_leaves_one_step(store):
    fail = Failing(WriteConflictError("x"), 2)

    def work():
        made = interactions.log(store, [1], "hello")
        fail()
        return made

    made = run_in_transaction(store, work, "log jane hello")
    assert [step.command for step in journal.steps(store, 1)] == ["log jane hello"]
    assert store.value("SELECT count(*) FROM interaction") == 1
    assert interactions.get(store, made.id).text == "hello"


def test_a_part_of_a_transaction_is_not_done_again_by_itself(store):
    fail = Failing(WriteConflictError("x"), 1)
    with pytest.raises(WriteConflictError), store.transaction():
        run_in_transaction(store, fail)
    assert fail.tries == 1


# on a real server


def test_two_who_wait_for_each_other_both_get_through(server_location):
    """One locks Jane and then John, the other John and then Jane: the server breaks one off."""
    ann, bob = (
        open_store(server_location, user=name, create=True, wait=30) for name in ("ann", "bob")
    )
    with contextlib.closing(ann), contextlib.closing(bob):
        for name in ("Jane", "John"):
            contacts.add(ann, ContactDraft(name=name))
        ann.engine.execute("SET deadlock_timeout = '50ms'", {})
        bob.engine.execute("SET deadlock_timeout = '50ms'", {})
        meeting = threading.Barrier(2)
        tries = []

        def change(store, first, second):
            def work():
                tries.append(store.author.name)
                store.update("contact", first, title=store.author.name)
                if len(tries) <= 2:
                    meeting.wait(10)
                store.update("contact", second, title=store.author.name)

            run_in_transaction(store, work, concurrent=True)

        thread = threading.Thread(target=change, args=(bob, 2, 1))
        thread.start()
        change(ann, 1, 2)
        thread.join()
        # One was broken off, and the other too where the first was back before it had its turn.
        assert len(tries) > 2
        assert len({row[0] for row in ann.rows("SELECT title FROM contact")}) == 1
        assert integrity.check_database(ann, print) == []


def test_on_a_server_that_is_strict_about_order_nobody_is_turned_away(server_location):
    """Where every transaction is serializable, one of two that read the same is broken off."""
    strict = f"{server_location}%20-cdefault_transaction_isolation%3Dserializable"
    with contextlib.closing(open_store(strict, user="ann", create=True)) as store:
        contacts.add(store, ContactDraft(name="Jane"))
    failures = []

    def work(number):
        try:
            with contextlib.closing(open_store(strict, user=f"u{number}", wait=30)) as mine:
                for turn in range(5):
                    interactions.log(mine, [1], f"{number} {turn}")
        except Exception as error:  # noqa: BLE001 - whatever it is, the test names it
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


class Cutting:
    """Stands between a program and a server, and cuts the line at the commit that it is told of."""

    def __init__(self, port):
        self.port = port
        self.mode = ""  # "before" the commit reaches the server, "after" it, or not at all
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
                answers = threading.Event()  # set where the next answer is to be lost
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
        _hang_up(client, server)

    def _back(self, client, server, lose):
        with contextlib.suppress(OSError):
            while (words := server.recv(65536)) and not lose.is_set():
                client.sendall(words)
        _hang_up(client, server)


def _hang_up(*ends):
    for each in ends:
        with contextlib.suppress(OSError):
            each.shutdown(socket.SHUT_RDWR)
        each.close()


@pytest.fixture
def line(server, server_location):
    """A store whose line to the server can be cut, and what cuts it."""
    open_store(server_location, create=True).close()
    cutting = Cutting(server.port)
    place = server_location.replace(
        f"host={server.data.parent}&port={server.port}", cutting.address
    )
    assert place != server_location
    box = open_store(place, user="ann", wait=5)
    contacts.add(box, ContactDraft(name="Jane"))
    yield box, cutting
    box.close()
    cutting.close()


@pytest.mark.parametrize("mode", ["before", "after"])
def test_a_line_cut_at_the_commit_leaves_the_change_there_once(line, mode):
    """Cut before the server heard of it, it is done again; cut after, it is found to be there."""
    store, cutting = line
    cutting.mode = mode
    interactions.log(store, [1], "hello")
    assert cutting.cuts == 1
    assert [row[0] for row in store.rows("SELECT text FROM interaction")] == ["hello"]
    assert store.value("SELECT count(*) FROM step") == 2
    assert integrity.check_database(store, print) == []


def test_what_has_talked_to_the_user_is_told_when_the_line_was_cut(line):
    store, cutting = line
    cutting.mode = "before"
    with (
        pytest.raises(ConnectionLostError, match="closed the connection") as told,
        store.transaction(),
    ):
        store.insert("segment", name="x", query="y")
    assert "Nothing was changed" in told.value.hint
    assert store.value("SELECT count(*) FROM segment") == 0
    cutting.mode = "after"
    with store.transaction():
        store.insert("segment", name="x", query="y")
    assert store.value("SELECT count(*) FROM segment") == 1


def test_when_nobody_can_tell_whether_it_was_kept_that_is_said(line):
    store, cutting = line
    cutting.mode = "before"
    cutting.port = 1  # and nobody answers any more
    store.engine.wait = 0.2
    with pytest.raises(ConnectionLostError, match="while saving the change") as told:
        interactions.log(store, [1], "hello")
    assert "journal" in told.value.hint


def test_a_typed_password_is_refused_before_anybody_is_called(server_location, capsys, monkeypatch):
    monkeypatch.setattr("cardcrm.cli.session.open_store", pytest.fail)
    place = server_location.replace("//cardcrm@", "//cardcrm:s3cret@")
    assert main(["--db", place, "find", "x"]) == 2
