"""Rows of any noun as CSV, XLSX or JSON lines, written and read by its declaration.

A contact is named by its permanent id as well as by its name, so that a file can be read into
another database. A row that is known there, by its own permanent id or by its name, is changed, not
added again. JSON lines also carry the lines that a row consists of.
"""
