"""The database: the only room that knows SQLAlchemy. Rows go in and records come out."""

from pipelines.store.assessments import Answer
from pipelines.store.new_listings import NewListing
from pipelines.store.schema import status, upgrade
from pipelines.store.store import Store, Tx, open_store

__all__ = ["Answer", "NewListing", "Store", "Tx", "open_store", "status", "upgrade"]
