"""The commands of pipelines: leads, opinions, cases, digest, follow_ups, intake, models, jobs, and the engineer's."""

from __future__ import annotations

import click

from pipelines.cli import cases, digest, follow_ups, intake, jobs, leads, models, opinions, upkeep, warc
from pipelines.cli.intake import PageReader
from pipelines.jobs import Jobs


def commands(read_page: PageReader, job_functions: Jobs) -> list[click.Command]:
    """All commands of this package; `read_page` and some of the jobs come from the crawlers, which pipelines may not
    import."""
    return [
        *leads.commands(),
        *follow_ups.commands(),
        *opinions.commands(),
        *cases.commands(),
        *digest.commands(),
        *intake.commands(read_page),
        *models.commands(),
        *jobs.commands(job_functions),
        *warc.commands(),
        *upkeep.commands(),
    ]
