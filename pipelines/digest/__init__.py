"""The 周报: what a span of days brought, as Word, HTML and JSON of the same figures."""
