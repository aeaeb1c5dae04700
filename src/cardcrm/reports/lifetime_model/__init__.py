"""Model the future of customers: how often they will buy, what they will spend, who has left.

Purchases follow the BG/NBD model, amounts the Gamma-Gamma model; both are fitted by maximum
likelihood. `docs/explanation/customer-value.md` explains them without statistics.

- P. Fader, B. Hardie, K. L. Lee, “Counting Your Customers” the Easy Way: An Alternative to the
  Pareto/NBD Model, Marketing Science 24 (2005).
- P. Fader, B. Hardie, The Gamma-Gamma Model of Monetary Value (2013).

Time is in weeks, as in these papers. ``repeats`` is the number of purchases after the first (x),
``recency`` the time from the first to the last purchase (t_x), ``age`` the time from the first
purchase to today (T).
"""
