"""Take the pictures of README.md from a running demo: `make screenshots` (needs `make run` in another terminal)."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from playwright.sync_api import BrowserContext

from tests.browser import DESKTOP, PHONE, browser_context

ORIGIN = os.environ.get("SCREENSHOTS_OF", "http://127.0.0.1:8000")
LOGIN = Path(os.environ.get("SCREENSHOTS_LOGIN", "var/demo/login.txt"))


def _take(context: BrowserContext, folder: Path, suffix: str) -> None:
    user, password = LOGIN.read_text(encoding="utf-8").split()
    page = context.new_page()
    page.goto(f"{ORIGIN}/login")
    page.get_by_test_id("login-user").fill(user)
    page.get_by_test_id("login-password").fill(password)
    page.get_by_test_id("login-submit").click()
    page.goto(f"{ORIGIN}/queue", wait_until="networkidle")
    page.screenshot(path=folder / f"queue{suffix}.png")
    page.get_by_test_id("lead-row").first.get_by_test_id("lead-title").click()
    page.wait_for_url("**/leads/*")
    page.wait_for_load_state("networkidle")
    page.screenshot(path=folder / f"lead{suffix}.png")


def main(folder: Path) -> None:
    """Log in and save queue and lead, wide and narrow."""
    folder.mkdir(parents=True, exist_ok=True)
    for suffix, viewport in (("", DESKTOP), ("-phone", PHONE)):
        with browser_context(viewport) as context:
            _take(context, folder, suffix)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
