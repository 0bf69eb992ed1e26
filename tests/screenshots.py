"""Take the pictures of README.md from a running demo: `make screenshots` (needs `make run` in another terminal)."""

from __future__ import annotations

import sys
from pathlib import Path

from crawlers.browser.launch import open_browser

ORIGIN = "http://127.0.0.1:8000"
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}


def main(folder: Path, login_file: Path = Path("var/demo/login.txt"), origin: str = ORIGIN) -> None:
    """Log in as the demo user and save queue and lead, wide and narrow."""
    user, password = login_file.read_text(encoding="utf-8").split()
    folder.mkdir(parents=True, exist_ok=True)
    with open_browser() as browser:
        for suffix, viewport in (("", DESKTOP), ("-phone", PHONE)):
            page = browser.new_page()
            page.set_viewport_size(viewport)  # type: ignore[arg-type]
            page.goto(f"{origin}/login")
            if page.get_by_test_id("login-user").count():
                page.get_by_test_id("login-user").fill(user)
                page.get_by_test_id("login-password").fill(password)
                page.get_by_test_id("login-submit").click()
            page.goto(f"{origin}/queue")
            page.screenshot(path=folder / f"queue{suffix}.png")
            page.get_by_test_id("lead-row").first.get_by_test_id("lead-title").click()
            page.wait_for_url("**/leads/*")
            page.screenshot(path=folder / f"lead{suffix}.png")
            page.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
