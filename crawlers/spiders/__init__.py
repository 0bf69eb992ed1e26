"""Generic spiders, driven by recipes."""
