"""The migration to sales with a channel and a tax, and products with a category.

An unknown tax is NULL, which is not the same as a tax of 0. Rates are thousandths of a percent.
"""

SALES_FIGURES = """
ALTER TABLE sale ADD COLUMN channel TEXT NOT NULL DEFAULT '';
ALTER TABLE sale ADD COLUMN channel_key {key} NOT NULL DEFAULT '';
ALTER TABLE sale ADD COLUMN tax BIGINT;
ALTER TABLE sale ADD COLUMN tax_rate BIGINT;
ALTER TABLE sale_line ADD COLUMN tax_rate BIGINT;
ALTER TABLE sale_line ADD COLUMN tax BIGINT;
ALTER TABLE product ADD COLUMN category TEXT NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN category_key {key} NOT NULL DEFAULT '';
ALTER TABLE product ADD COLUMN tax_rate BIGINT;
"""
