"""All that happens to a record after capture: store, ingest, review, cases, digest, evidence."""
