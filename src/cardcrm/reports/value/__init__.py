"""What customers are worth: so far, by the simple formula, and by the models of the future.

The models are in `lifetime_model`; `docs/explanation/customer-value.md` has the formulas.
"""
