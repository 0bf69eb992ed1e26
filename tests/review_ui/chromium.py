"""A real browser for the tests of the web: Debian's Chromium, sandbox on, never as root."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from crawlers.browser.launcher import UNPRIVILEGED, find_chromium


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """A headless Chromium; as root it is started through a script that first becomes nobody."""
    folder = Path(tempfile.mkdtemp(prefix="mingcha-test-", dir="/tmp"))
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(
                executable_path=_executable(folder),
                chromium_sandbox=True,
                env={"HOME": str(folder), "PATH": os.defpath},
            )
            yield browser
            browser.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _executable(folder: Path) -> str:
    chromium = find_chromium()
    if os.geteuid() != 0:
        return chromium
    shutil.chown(folder, UNPRIVILEGED)
    folder.chmod(0o755)
    wrapper = folder / "chromium"
    wrapper.write_text(
        "#!/bin/sh\n"
        # Playwright made its profile folder as root; a folder of nobody's own takes its place.
        'for word do shift; case "$word" in --user-data-dir=*) word="--user-data-dir=$HOME/profile";; esac; '
        'set -- "$@" "$word"; done\n'
        f"exec setpriv --reuid={UNPRIVILEGED} --regid=nogroup --clear-groups --no-new-privs "
        f'--inh-caps=-all --bounding-set=-all -- {chromium} "$@"\n'
    )
    wrapper.chmod(0o555)
    return str(wrapper)
