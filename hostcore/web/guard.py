"""Who may ask for what: decided from a request's method, path and headers alone. Pure: no server.

A web page from elsewhere can have a browser send requests here. What it cannot do is choose the headers that a browser
writes itself: Host (which tells a name that was rebound to this address), Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from hostcore.clock import Clock
from hostcore.config.web import is_loopback
from hostcore.web.guesses import MOST_WRONG, Guesses

COOKIE = "wasi-host"
"""The cookie of a browser that knew the token."""
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]+?)\.?)(?::[0-9]*)?")
"""uri-host and port of RFC 9110 section 7.2; the final dot of an absolute name does not count."""
NEEDED = "a token is needed: Authorization: Bearer TOKEN, with token of [web] in host.toml"
_OWN_SITES = ("same-origin", "none")
"""What Sec-Fetch-Site says of a page of ours, and of a person who typed the address (W3C Fetch Metadata)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is not answered as it wants."""

    status: int
    """The HTTP status (RFC 9110 section 15)."""
    problem: str
    """One line for a person. May quote the request: escape it."""


class Names:
    """By which names this server may be called.

    Args:
        host: what it listens on, as `hostcore.config.model.WebSettings` has it.
        machine: the machine's host name.
    """

    def __init__(self, host: str, machine: str) -> None:
        self._is_open = not is_loopback(host)
        own = {host.lower(), "localhost", "127.0.0.1", "::1"}
        if self._is_open:
            short = machine.lower().partition(".")[0]
            own |= {machine.lower(), short, f"{short}.local"}
        self._own = frozenset(own)

    def refusal(self, hosts: Sequence[str]) -> Refusal | None:
        """None if a request with these Host headers is meant for this server.

        An address is a good name where others may come in: nobody can rebind it.
        """
        if len(hosts) != 1:
            return Refusal(400, f"found {len(hosts)} Host headers, allowed is one")
        name = _host_name(hosts[0])
        if name in self._own or (self._is_open and _is_address(name)):
            return None
        return Refusal(421, f"found the Host {hosts[0][:100]!r}, allowed are {', '.join(sorted(self._own))}")


def foreign(method: str, headers: Mapping[str, str]) -> Refusal | None:
    """None unless a page of another origin has a browser send this request; following its links is allowed."""
    site = headers.get("Sec-Fetch-Site", "none")
    is_followed_link = method == "GET" and headers.get("Sec-Fetch-Mode") == "navigate"
    if site not in _OWN_SITES and not (is_followed_link and headers.get("Sec-Fetch-Dest") == "document"):
        return Refusal(403, f"found a request from a page elsewhere (Sec-Fetch-Site: {site[:40]})")
    origin = headers.get("Origin")
    if origin is not None and origin.partition("://")[2].lower() != headers.get("Host", "").lower():
        return Refusal(403, f"found a request from a page of {origin[:100]!r}, allowed are those of this server")
    return None


class Doorkeeper:
    """Lets in who knows the token.

    Args:
        token: the token; None lets in everybody.
        clock: times those who do not know it.
        warn: takes one line for a person: somebody tries many tokens.
    """

    def __init__(self, token: str | None, clock: Clock, warn: Callable[[str], None]) -> None:
        self._token = None if token is None else token.encode()
        self._guesses, self._warn = Guesses(clock), warn
        self.cookie = secrets.token_urlsafe(32)
        """What the cookie holds. It tells nothing about the token, and is worthless once the host has ended."""

    @property
    def has_token(self) -> bool:
        """Whether there is anything to know."""
        return self._token is not None

    def refusal(self, headers: Mapping[str, str], visitor: str) -> Refusal | None:
        """None if a request brings the token (RFC 6750 section 2.1) or the cookie that was given for it.

        Args:
            headers: the request's.
            visitor: the address that it came from.
        """
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.judge(token.strip(), visitor)
        if self._token is None or any(_is_same(found, self.cookie.encode()) for found in _cookies_of(headers)):
            return None
        return Refusal(401, NEEDED)

    def judge(self, token: str, visitor: str) -> Refusal | None:
        """None if this is the token; takes the same time for every wrong one."""
        if self._token is None:
            return None
        if wait := self._guesses.wait(visitor):
            return Refusal(429, f"too many wrong tokens came from {visitor}; the next is looked at in {wait} s")
        if _is_same(token, self._token):
            return None
        if self._guesses.count(visitor):
            self._warn(f"{MOST_WRONG} wrong tokens for the web came from {visitor}, which has to wait now")
        return Refusal(401, NEEDED)


def _is_same(found: str, wanted: bytes) -> bool:
    return hmac.compare_digest(found.encode(errors="replace"), wanted)


def _cookies_of(headers: Mapping[str, str]) -> list[str]:
    """The values of our cookie. A browser sends those of every port of this machine with it, of the same name too."""
    pairs = (pair.strip().partition("=") for pair in headers.get("Cookie", "").split(";"))
    return [value for name, _, value in pairs if name == COOKIE]


def _host_name(host: str) -> str:
    """The name in a Host header without port and brackets; "" where it is none."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
