"""One module a revision, named v<number>_<what>."""
