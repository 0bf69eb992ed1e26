"""Downloader middlewares: what every request and response passes, whatever the spider."""
