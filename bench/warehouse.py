"""Measure the warehouse on 10,000,000 sale lines: `python -m bench.warehouse`.

It makes a shop of 1,000,000 customers whose sales all have lines, exports its star, exports again
after a sale, runs queries over the Parquet files, and runs the same queries on a PostgreSQL server
with partitioned facts and over the tables of the database itself.
"""

import resource
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from bench import shop, table
from bench.databases import FOLDER
from bench.measure import command, environment, report
from bench.server import SETTINGS
from tests.support import postgresql

LINES = shop.Shop("lines", 1_000_000, 5_170_000, with_lines=1.0)
RUNS = 3
# The same words on both engines.
QUERIES = {
    "revenue by month": "SELECT year_month, sum(amount), sum(margin), count(DISTINCT sale_id) "
    "FROM fact_sale_line JOIN dim_date ON date = on_date GROUP BY year_month ORDER BY 1",
    "one month by product": "SELECT name, sum(quantity), sum(amount) FROM fact_sale_line f "
    "JOIN dim_product p ON p.product_id = f.product_id WHERE on_date BETWEEN DATE '2026-10-01' "
    "AND DATE '2026-10-31' GROUP BY name ORDER BY 3 DESC LIMIT 20",
    "revenue by city of the time and category": "SELECT c.city, p.category, sum(f.amount) "
    "FROM fact_sale_line f JOIN dim_customer c ON c.customer_id = f.customer_id "
    "AND c.valid_from <= f.on_date AND f.on_date < c.valid_to "
    "JOIN dim_product p ON p.product_id = f.product_id GROUP BY 1, 2 ORDER BY 3 DESC LIMIT 20",
    "best 20 customers": "SELECT customer_id, sum(amount) FROM fact_sale_line "
    "GROUP BY customer_id ORDER BY 2 DESC LIMIT 20",
}
# The same questions of the tables of the database.
BARE = {
    "revenue by month": "SELECT substr(s.on_date, 1, 7), sum(l.amount), count(DISTINCT s.id) "
    "FROM sale s JOIN sale_line l ON l.sale_id = s.id GROUP BY 1 ORDER BY 1",
    "best 20 customers": "SELECT s.contact_id, sum(l.amount) FROM sale s "
    "JOIN sale_line l ON l.sale_id = s.id GROUP BY 1 ORDER BY 2 DESC LIMIT 20",
}


def main() -> None:
    """Measure, and print a line for each figure."""
    print(table.machine(), flush=True)
    path = shop.ensure(LINES, report)
    star = FOLDER / "star"
    shutil.rmtree(star, ignore_errors=True)
    env = environment(path)

    def cardcrm(*words: str) -> str:
        found = subprocess.run(command(*words), env=env, check=True, capture_output=True, text=True)
        return found.stdout

    _time("export --star, all tables", lambda: cardcrm("export", "--star", str(star)))
    _print("size of the database", f"{path.stat().st_size / 2**20:,.0f} MiB")
    files = list(star.rglob("*.parquet"))
    size = sum(each.stat().st_size for each in files) / 2**20
    _print("size of the star", f"{size:,.0f} MiB in {len(files)} files")
    cardcrm("sell", "1000", "12.50", "flowers")
    _time("export --star, after one sale", lambda: cardcrm("export", "--star", str(star)))
    cardcrm("undo")
    sql = "SELECT count(*), sum(amount) FROM fact_sale_line"
    _print("sale lines and their amount", cardcrm("warehouse", "sql", sql, "--format", "csv"))
    for name, query in QUERIES.items():
        _best(f"warehouse sql: {name}", lambda query=query: cardcrm("warehouse", "sql", query))
    for name, query in BARE.items():
        _best(f"db sql: {name}", lambda query=query: cardcrm("db", "sql", query), runs=1)
    _measure_server(star, cardcrm)


def _measure_server(star: Path, cardcrm: Callable[..., str]) -> None:
    import psycopg

    server = postgresql.create_server(**SETTINGS)
    try:
        with psycopg.connect(server.url, autocommit=True) as connection:
            connection.execute("CREATE DATABASE star")
        address = server.url_of("star")
        _time("warehouse copy", lambda: cardcrm("warehouse", "copy", address, "--dir", str(star)))
        with psycopg.connect(address) as connection:
            connection.execute("SET search_path = warehouse")
            size = connection.execute("SELECT pg_database_size('star')").fetchone()
            _print("size on the server", f"{size[0] / 2**20:,.0f} MiB")
            for name, query in QUERIES.items():
                _best(
                    f"PostgreSQL: {name}", lambda query=query: connection.execute(query).fetchall()
                )
    finally:
        server.remove()


def _time(label: str, action: Callable[[], object]) -> None:
    """Run once, and print the time, the processor time and the most memory of commands so far."""
    start, before = time.perf_counter(), _processor_time()
    action()
    took, used = time.perf_counter() - start, _processor_time() - before
    memory = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    _print(label, f"{took:,.1f} s, {used:,.1f} s of a processor, at most {memory:,.0f} MiB")


def _processor_time() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _best(label: str, action: Callable[[], object], runs: int = RUNS) -> None:
    times = []
    for _ in range(runs):
        start = time.perf_counter()
        action()
        times.append(time.perf_counter() - start)
    _print(label, f"{min(times):,.2f} s")


def _print(label: str, value: str) -> None:
    print(f"{label:50} {value.strip()}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
