"""Twisted's name resolver, told which addresses are not for us (a file of its own: few commands need Twisted)."""

from __future__ import annotations

from typing import Any

from twisted.internet.interfaces import IAddress, IHostnameResolver, IHostResolution, IResolutionReceiver
from zope.interface import implementer  # type: ignore[import-untyped]

from crawlers.addresses import ALLOWED, AllowedEndpoints, is_public


@implementer(IHostnameResolver)
class GuardedResolver:
    """Twisted's name resolver with the private addresses taken out, so that rebinding a name gains nothing."""

    def __init__(self, inner: Any, allowed: AllowedEndpoints = ALLOWED) -> None:
        self._inner = inner
        self._allowed = allowed

    def resolveHostName(  # Twisted's name
        self,
        resolutionReceiver: Any,
        hostName: str,
        portNumber: int = 0,
        addressTypes: Any = None,
        transportSemantics: str = "TCP",
    ) -> Any:
        receiver = resolutionReceiver
        if (hostName.lower().rstrip("."), portNumber) not in self._allowed:
            receiver = _PublicOnly(resolutionReceiver)
        return self._inner.resolveHostName(receiver, hostName, portNumber, addressTypes, transportSemantics)


@implementer(IResolutionReceiver)
class _PublicOnly:
    """Hands addresses on only when every one of the name is public."""

    def __init__(self, receiver: Any) -> None:
        self._receiver = receiver
        self._addresses: list[IAddress] = []

    def resolutionBegan(self, resolutionInProgress: IHostResolution) -> None:
        self._receiver.resolutionBegan(resolutionInProgress)

    def addressResolved(self, address: Any) -> None:
        self._addresses.append(address)

    def resolutionComplete(self) -> None:
        if all(is_public(str(getattr(address, "host", ""))) for address in self._addresses):
            for address in self._addresses:
                self._receiver.addressResolved(address)
        self._receiver.resolutionComplete()
