"""A second evaluator of the filter language, written from its reference page alone.

``people.py`` invents contacts, ``evaluator.py`` decides in plain Python which of them a query
finds, ``queries.py`` invents queries, and ``test_oracle.py`` holds the program to the evaluator.
"""
