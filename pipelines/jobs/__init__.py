"""Jobs: what is done when nobody types a command. The store says what is due; a worker carries it out in a child
process; embedded that worker belongs to `mingcha serve`, on PostgreSQL there may be any number of them."""

from __future__ import annotations

from pipelines.jobs.kinds import KIND_NAMES, Done, JobFunction, Jobs, Stopping

__all__ = ["KIND_NAMES", "Done", "JobFunction", "Jobs", "Stopping"]
