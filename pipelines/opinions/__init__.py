"""The second reader: a language model of the office's own that reads uncertain leads and says what it thinks."""
