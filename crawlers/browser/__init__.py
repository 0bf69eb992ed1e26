"""The browser: rendered pages and captures, always in a child process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from crawlers.browser.capture import capture_page, capture_pending

__all__ = ["capture_page", "capture_pending"]


def __getattr__(name: str) -> Any:
    # The child imports this package too and must not drag the store in with it.
    if name in __all__:
        from crawlers.browser import capture

        return getattr(capture, name)
    raise AttributeError(name)
