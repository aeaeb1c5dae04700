"""Compute what customers are worth: so far, by the simple formula, and by the models.

The models are in `lifetime_model`; `docs/explanation/customer-value.md` has the formulas.
"""
