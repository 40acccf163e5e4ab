"""Who brought wrong tokens, and has to wait: guessing must stay slow, whatever token a person chose."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network
from math import ceil

from hostcore.clock import NS_PER_S, Clock

MOST_WRONG = 10
"""Wrong tokens from one network; then none is looked at until it has been quiet for `WAIT_SECONDS`."""
WAIT_SECONDS = 60
MOST_NETWORKS = 1000
"""Networks that are remembered; the one that has been quiet for longest is forgotten first."""


class Guesses:
    """Counts wrong tokens by where they came from. On one event loop.

    Args:
        clock: times them.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[int, int]] = {}
        """By network: how many, and when they are forgotten. The quietest is the first."""

    def wait(self, visitor: str) -> int:
        """For how many seconds tokens from this address are not looked at."""
        count, forgotten_ns = self._wrong.get(network_of(visitor), (0, 0))
        left_ns = forgotten_ns - self._clock.monotonic_ns()
        return ceil(left_ns / NS_PER_S) if count >= MOST_WRONG and left_ns > 0 else 0

    def count(self, visitor: str) -> bool:
        """A wrong token came from this address; returns whether it has to wait from now on."""
        network, now = network_of(visitor), self._clock.monotonic_ns()
        count, forgotten_ns = self._wrong.pop(network, (0, 0))
        count = count + 1 if now < forgotten_ns else 1
        self._wrong[network] = count, now + WAIT_SECONDS * NS_PER_S
        if len(self._wrong) > MOST_NETWORKS:
            del self._wrong[next(iter(self._wrong))]
        return count == MOST_WRONG


@lru_cache(maxsize=MOST_NETWORKS)
def network_of(visitor: str) -> str:
    """An IPv4 address, or the 64 bits of an IPv6 address that a visitor cannot choose (RFC 4291 section 2.5.1)."""
    try:
        address = ip_address(visitor.partition("%")[0])
    except ValueError:
        return visitor
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
