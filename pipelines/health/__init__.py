"""How sources are doing: bands learned from their runs, quarantine, alerts."""
