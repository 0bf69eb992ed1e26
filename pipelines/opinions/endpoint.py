"""Where a request to the second reader really goes: the checks of pipelines.outbound, told as faults of the reader."""

from __future__ import annotations

from pipelines import outbound
from pipelines.opinions.faults import AddressRefused, Unreachable
from pipelines.outbound import Route

__all__ = ["Route", "find_route"]


def find_route(url: str, *, public: bool) -> Route:
    """Look the host of `url` up now. Raises Unreachable when it has no address, AddressRefused unless every address of
    it is loopback or private (or public over https, with `public`)."""
    try:
        return outbound.find_route(url, public=public)
    except outbound.HostUnknown as exc:
        raise Unreachable(exc.message) from exc
    except outbound.NotThere as exc:
        mend = "；确要使用请设 MINGCHA_READER_PUBLIC=true" if exc.public else ""
        raise AddressRefused(exc.message + mend) from exc
