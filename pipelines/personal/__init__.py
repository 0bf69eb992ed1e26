"""Contacts and names in texts: what is found of them, and what of them is made unreadable."""
