"""Who may ask for what: decided from a request's method, path and headers alone. Pure: no server.

A web page from elsewhere can have a browser send requests here. What it cannot do is choose the headers that a browser
writes itself: Host (which tells a name that was rebound to this address), Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import ip_address

from hostcore.config.web import is_loopback

COOKIE = "wasi-host"
"""The cookie of a browser that knew the token."""
_COOKIE_PURPOSE = b"wasi-host web cookie"
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]+?)\.?)(?::[0-9]*)?")
"""uri-host and port of RFC 9110 section 7.2; the final dot of an absolute name does not count."""
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
    """

    def __init__(self, token: str | None) -> None:
        self._token = None if token is None else token.encode()
        self.cookie = "" if self._token is None else hmac.new(self._token, _COOKIE_PURPOSE, hashlib.sha256).hexdigest()
        """What the cookie holds: it proves the token without being it, and a new token makes it worthless."""

    @property
    def has_token(self) -> bool:
        """Whether there is anything to know."""
        return self._token is not None

    def knows(self, token: str) -> bool:
        """Whether this is the token; takes the same time for every wrong one."""
        return self._token is None or hmac.compare_digest(token.encode(errors="replace"), self._token)

    def lets_in(self, headers: Mapping[str, str]) -> bool:
        """Whether a request brings the token (RFC 6750 section 2.1) or the cookie that was given for it."""
        if self._token is None:
            return True
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.knows(token.strip())
        return hmac.compare_digest(_cookie_of(headers).encode(errors="replace"), self.cookie.encode())


def _cookie_of(headers: Mapping[str, str]) -> str:
    """Our cookie's value, or ""; a browser sends those of every port of this machine with it, however odd."""
    pairs = (pair.strip().partition("=") for pair in headers.get("Cookie", "").split(";"))
    return next((value for name, _, value in pairs if name == COOKIE), "")


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
