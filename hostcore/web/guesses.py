"""Counts wrong tokens. Guessing must be slow, and must not lock out a visitor with the right token."""

from __future__ import annotations

from functools import lru_cache
from ipaddress import IPv6Address, ip_address, ip_network

from hostcore.clock import NS_PER_S, Clock

MOST_WRONG = 10
"""Wrong tokens from one network before answers to its tokens are slow, right or wrong ones."""
PAUSE_SECONDS = 1.0
"""Seconds that a slow answer takes. A visitor that hangs up earlier has learned nothing. It has 448 connections
at most, which makes 448 guesses a second. That is nothing against the 64 bits of a token."""
FORGET_SECONDS = 60
"""Seconds without a wrong token after which the network's answers are quick again."""
MOST_NETWORKS = 1000
"""Most networks that are remembered. The one that has been quiet for longest is forgotten first."""


class Guesses:
    """Counts wrong tokens for each network. Use on one event loop only.

    Args:
        clock: measures when wrong tokens are forgotten.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._wrong: dict[str, tuple[int, int]] = {}
        """For each network: number of wrong tokens, and when to forget them. The network quiet for longest is first."""

    def pause(self, visitor: str) -> float:
        """Seconds that the answer to a token from this address must take."""
        count, forgotten_ns = self._wrong.get(network_of(visitor), (0, 0))
        return PAUSE_SECONDS if count >= MOST_WRONG and self._clock.monotonic_ns() < forgotten_ns else 0.0

    def count(self, visitor: str) -> bool:
        """Count a wrong token from this address. Returns whether this was the one that makes its answers slow."""
        network, now = network_of(visitor), self._clock.monotonic_ns()
        count, forgotten_ns = self._wrong.pop(network, (0, 0))
        count = count + 1 if now < forgotten_ns else 1
        self._wrong[network] = count, now + FORGET_SECONDS * NS_PER_S
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
