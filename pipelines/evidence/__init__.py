"""Evidence: WARC files, signed case packages, and the checker that anyone can run on them."""
