"""Generate the reference pages and pictures from the program itself.

A page marks a generated part with ``<!-- made: NAME -->`` and ``<!-- end -->``; the text around it
is written by hand. ``make docs`` writes all parts, and a test fails if one is out of date.
"""
