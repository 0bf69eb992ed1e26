"""Text (and poster pictures) in, assessment out; knows no database, network, crawler or web."""
