"""The warehouse: a star schema as Parquet files, by DuckDB (the extra `warehouse`).

Its modules import duckdb inside functions, so that no other command pays for it.
"""
