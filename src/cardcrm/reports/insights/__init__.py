"""Insights: each is a chart, a sentence, and the list behind them.

The page of a month and the screen of insights show them; each is built from the report that has the
figures.
"""
