"""Counts wrong tokens. Guessing must be slow, even if the token is short."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from hostcore.clock import NS_PER_S, Clock

MOST_WRONG = 10
"""Wrong tokens from one network before it must wait. It must then send none for `WAIT_SECONDS`."""
WAIT_SECONDS = 60
MOST_NETWORKS = 1000
"""Most networks that are remembered. The one that has been quiet for longest is forgotten first."""


class Guesses:
    """Counts wrong tokens for each network. Use on one event loop only.

    Args:
        clock: measures the waiting time.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[int, int]] = {}
        """For each network: number of wrong tokens, and when to forget them. The network quiet for longest is first."""

    def wait(self, visitor: str) -> int:
        """Seconds for which tokens from this address are refused unseen."""
        count, forgotten_ns = self._wrong.get(network_of(visitor), (0, 0))
        left_ns = forgotten_ns - self._clock.monotonic_ns()
        return ceil(left_ns / NS_PER_S) if count >= MOST_WRONG and left_ns > 0 else 0

    def count(self, visitor: str) -> bool:
        """Count a wrong token from this address. Returns whether the address must wait now."""
        network, now = network_of(visitor), self._clock.monotonic_ns()
        count, forgotten_ns = self._wrong.pop(network, (0, 0))
        count = count + 1 if now < forgotten_ns else 1
        self._wrong[network] = count, now + WAIT_SECONDS * NS_PER_S
        if len(self._wrong) > MOST_NETWORKS:
            del self._wrong[next(iter(self._wrong))]
        return count == MOST_WRONG


@lru_cache(maxsize=MOST_NETWORKS)
def network_of(visitor: str) -> str:
    """The IPv4 address, or the first 64 bits of an IPv6 address: a visitor can choose the others (RFC 4291, 2.5.1)."""
    try:
        address = ip_address(visitor.partition("%")[0])
    except ValueError:
        return visitor
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
