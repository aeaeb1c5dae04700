"""Pictures of the business: a chart, a sentence, and the list behind it.

The page of a month and the screen of insights show them; each is built from the report that has the
figures.
"""
