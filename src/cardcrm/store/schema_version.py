"""The version of the tables that this program reads and writes.

It is apart from the migrations, whose statements take 1 ms to load and are needed only where a
database has another version.
"""

VERSION = 7
