"""The market view: customers and revenue by the values of a field."""
