"""PostgreSQL: one box in a schema of a server's database, for many writers at once.

Everything that only PostgreSQL understands stands here and in postgres_*.py.
"""

import contextlib
from collections.abc import Iterable, Iterator, Sequence

import psycopg

from cardcrm.errors import NoDatabaseError, StorageError
from cardcrm.store import migrations
from cardcrm.store.postgresql.errors import OLDEST, translated
from cardcrm.store.postgresql.search import TOLD, Searching, beginning
from cardcrm.store.postgresql.transactions import PostgresTurns


class PostgresEngine(PostgresTurns, Searching):
    """A box on a server. ``create`` makes its tables; ``wait`` is in seconds, for other writers."""

    name = "postgresql"
    join = "string_agg"
    card_index = "SELECT id, names, rest FROM card_fts"
    text_index = "SELECT id, body FROM text_fts"
    # Not IN: the planner expects so many ids of a search that it would read all cards beside it.
    among = "= ANY (ARRAY({}))"
    is_remote = True
    for_update = " FOR NO KEY UPDATE"  # rows that refer to it may come meanwhile
    sets = None  # it has its own indexes for every question, and a replica keeps nothing

    def __init__(
        self,
        location: str,
        *,
        create: bool = False,
        readonly: bool = False,
        raw: bool = False,
        wait: float = 5.0,
    ) -> None:
        super().__init__(location, wait, readonly=readonly)
        try:
            self._refuse_old_servers()
            if not raw:
                self._open(create=create)
        except BaseException:
            self._db.close()
            raise

    def _refuse_old_servers(self) -> None:
        if self._db.info.server_version < OLDEST * 10_000:
            raise StorageError(
                f"{self.location} runs PostgreSQL {self.version}, which is too old",
                f"It must be {OLDEST} or newer.",
            )

    def _open(self, *, create: bool) -> None:
        version = self.layout()
        if version == migrations.VERSION:
            return
        migrations.refuse_newer(self.location, version)
        if not version and not create:
            raise NoDatabaseError(
                f"there is no card box at {self.location}",
                "`cardcrm add NAME` starts one there.",
            )
        try:
            if not self._readonly:
                self.migrate()
                return
        except StorageError as error:
            if not version or not isinstance(
                error.__cause__, psycopg.errors.ReadOnlySqlTransaction
            ):
                raise
        raise StorageError(
            f"{self.location} has an older layout and cannot be changed here",
            "Open it once where it may be written to, on the primary server; make a copy with "
            "pg_dump before.",
        )

    def layout(self) -> int:
        """The number of the box's layout; 0 where there is no box."""
        try:
            found = self._db.execute("SELECT max(layout) FROM cardcrm_meta").fetchone()
        except psycopg.errors.UndefinedTable:
            return 0
        except psycopg.Error as error:
            raise translated(error, self.location, self.wait) from error
        return int(found[0] or 0) if found else 0

    def migrate(self) -> None:
        """Run the migrations that are missing."""
        from cardcrm.store.postgresql import schema as postgresql_schema

        postgresql_schema.migrate(self)

    # search

    @contextlib.contextmanager
    def filling(self) -> Iterator[None]:
        """While an empty box is filled: it is sorted and looked through once, at the end."""
        from cardcrm.store.postgresql import bulk_load

        bulk_load.lay_aside(self)
        self.is_filling = True
        try:
            yield
        finally:
            self.is_filling = False
        bulk_load.put_back(self)

    def index_cards(self, cards: Sequence[tuple[int, str, str]]) -> None:
        """Write the search text of cards in place of any older one."""
        from cardcrm.store.postgresql import search_index

        search_index.write_cards(self, cards)

    def index_texts(self, texts: Sequence[tuple[int, str]]) -> None:
        """Write the text of interactions and of notes (under minus the card's id)."""
        from cardcrm.store.postgresql import search_index

        search_index.write_texts(self, texts)

    def unindex(self, cards: Iterable[int], texts: Iterable[int]) -> None:
        """Take cards and texts out of the search index."""
        from cardcrm.store.postgresql import search_index

        search_index.remove(self, cards, texts)

    def clear_index(self) -> None:
        """Empty the search index, and give it trigrams if the server has come to know them."""
        from cardcrm.store.postgresql import schema as postgresql_schema

        self.execute("DROP TABLE IF EXISTS card_fts, text_fts", {})
        postgresql_schema.make_index(self)

    def few(self, words: Sequence[str], limit: int) -> list[int]:
        """Ids of up to ``limit`` cards that hold all the words."""
        from cardcrm.store.postgresql import candidates

        return candidates.few(self, words, limit)

    def word_exists(self, word: str) -> bool:
        """Whether any note or interaction holds a word, or one that begins so."""
        return bool(self.rows(TOLD, {"word": beginning(word)}))

    def narrow(self, words: Sequence[str], most: int) -> list[int] | None:
        """Ids of a few cards among which are all that hold the words."""
        from cardcrm.store import search_sql

        sql, params = search_sql.matching(self, words, "w")
        rows = self.rows(f"SELECT * FROM ({sql}) AS f LIMIT :most", {**params, "most": most + 1})
        return [row[0] for row in rows] if len(rows) <= most else None

    # what is wrong, and what is new

    def problems(self) -> list[str]:
        """The server looks after its own files."""
        return []

    def orphans(self) -> list[tuple[str, int, str]]:
        """The server lets nothing point to what is not there."""
        return []

    def index_problems(self) -> list[str]:
        """What search is slow without; what is in its indexes the server looks after."""
        from cardcrm.store.postgresql import schema as postgresql_schema

        return postgresql_schema.index_problems(self)

    def row_counts(self) -> dict[str, int]:
        """The number of rows of every table, those of the search index among them."""
        from cardcrm.store.postgresql import maintenance

        return maintenance.row_counts(self)

    def size(self) -> int:
        """The bytes that the box takes on the server, indexes and all."""
        from cardcrm.store.postgresql import maintenance

        return maintenance.size(self)

    def reached(self) -> str:
        """Who we are there, where that is, and which box: ``shop@db:5432/cards, schema public``."""
        from cardcrm.store.postgresql import maintenance

        return maintenance.reached(self)

    def connections(self) -> int:
        """How many connections the database has at this moment, this one among them."""
        from cardcrm.store.postgresql import maintenance

        return maintenance.connections(self)

    def clock_ahead(self) -> float:
        """By how many seconds the server's clock is ahead of this machine's."""
        from cardcrm.store.postgresql import maintenance

        return maintenance.clock_ahead(self)
