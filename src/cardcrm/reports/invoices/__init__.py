"""The month of the accountant: invoices, payments, refunds and new customers."""
