"""The commands of pipelines: leads, opinions, cases, digest, intake, train, model, reassess, and the engineer's."""

from __future__ import annotations

import click

from pipelines.cli import cases, digest, intake, leads, models, opinions, upkeep, warc
from pipelines.cli.intake import PageReader


def commands(read_page: PageReader) -> list[click.Command]:
    """All commands of this package; `read_page` comes from the crawlers, which pipelines may not import."""
    return [
        *leads.commands(),
        *opinions.commands(),
        *cases.commands(),
        *digest.commands(),
        *intake.commands(read_page),
        *models.commands(),
        *warc.commands(),
        *upkeep.commands(),
    ]
