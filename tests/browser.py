"""A real browser for tests and screenshots: Debian's Chromium, sandbox on, unprivileged even when we are root."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import BrowserContext, ViewportSize, sync_playwright

from crawlers.browser.launcher import UNPRIVILEGED, find_chromium

DESKTOP: ViewportSize = {"width": 1280, "height": 800}
PHONE: ViewportSize = {"width": 390, "height": 844}
_FLAGS = (
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def executable_for(folder: Path, profile: Path) -> str:
    """Chromium itself, or a wrapper that drops root first (Chromium's sandbox refuses root)."""
    chromium = find_chromium()
    if os.geteuid() != 0:
        return chromium
    account = pwd.getpwnam(UNPRIVILEGED)
    os.chown(profile, account.pw_uid, account.pw_gid)
    folder.chmod(0o755)
    wrapper = folder / "chromium"
    wrapper.write_text(
        f"#!/bin/sh\nHOME={profile} exec setpriv --reuid={account.pw_uid} --regid={account.pw_gid} --clear-groups -- "
        f'{chromium} "$@"\n'
    )
    wrapper.chmod(0o555)
    return str(wrapper)


@contextmanager
def browser_context(viewport: ViewportSize = DESKTOP) -> Iterator[BrowserContext]:
    """A fresh browser profile; everything is gone at the end."""
    folder = Path(tempfile.mkdtemp(prefix="mingcha-test-browser-", dir="/tmp"))
    profile = folder / "profile"
    profile.mkdir(mode=0o700)
    try:
        with sync_playwright() as playwright:
            context = playwright.chromium.launch_persistent_context(
                profile,
                executable_path=executable_for(folder, profile),
                chromium_sandbox=True,
                args=list(_FLAGS),
                viewport=viewport,
                locale="zh-CN",
                timezone_id="Asia/Shanghai",
            )
            try:
                yield context
            finally:
                context.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)
