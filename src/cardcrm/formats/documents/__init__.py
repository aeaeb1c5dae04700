"""Documents for customers: from a template with named fields to Markdown, HTML and PDF."""
