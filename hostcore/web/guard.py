"""Decides whether to answer a request, from its method, path and headers alone. Independent of the server.

A page of another site can make a browser send requests to this host. It cannot choose the headers that the browser
writes itself: Host (which reveals a name that was rebound to this address), Origin and Sec-Fetch-Site.
"""

from __future__ import annotations

import hmac
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from ipaddress import ip_address

from hostcore.clock import Clock
from hostcore.config.web import is_loopback
from hostcore.quick_dataclass import dataclass
from hostcore.web.guesses import MOST_WRONG, Guesses

COOKIE = "wasi-host"
"""Name of the cookie for a browser that logged in."""
_HOST = re.compile(r"(?:\[([0-9A-Fa-f:.]+)\]|([^\[\]:]+?)\.?)(?::[0-9]*)?")
"""uri-host and port of RFC 9110 section 7.2. The final dot of an absolute name is ignored."""
NEEDED = "a token is needed: Authorization: Bearer TOKEN, with token of [web] in host.toml"
_OWN_SITES = ("same-origin", "none")
"""Sec-Fetch-Site for requests from this host's pages, and for an address that a person typed (W3C Fetch Metadata)."""


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a request is refused."""

    status: int
    """The HTTP status (RFC 9110 section 15)."""
    problem: str
    """One line of text. It may quote the request, so escape it."""


class Names:
    """The names by which this server may be addressed.

    Args:
        host: the listening address, as in `hostcore.config.model.WebSettings`.
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

        If the server listens for other machines, every IP address is accepted, because nobody can rebind an address.
        """
        if len(hosts) != 1:
            return Refusal(400, f"found {len(hosts)} Host headers, allowed is one")
        name = _host_name(hosts[0])
        if name in self._own or (self._is_open and _is_address(name)):
            return None
        return Refusal(421, f"found the Host {hosts[0][:100]!r}, allowed are {', '.join(sorted(self._own))}")


def foreign(method: str, headers: Mapping[str, str]) -> Refusal | None:
    """None unless a page of another origin made the browser send this request. Following a link is allowed."""
    site = headers.get("Sec-Fetch-Site", "none")
    is_followed_link = method == "GET" and headers.get("Sec-Fetch-Mode") == "navigate"
    if site not in _OWN_SITES and not (is_followed_link and headers.get("Sec-Fetch-Dest") == "document"):
        return Refusal(403, f"found a request from a page of another site (Sec-Fetch-Site: {site[:40]})")
    origin = headers.get("Origin")
    if origin is not None and origin.partition("://")[2].lower() != headers.get("Host", "").lower():
        return Refusal(403, f"found a request from a page of {origin[:100]!r}; only pages of this server are allowed")
    return None


class Doorkeeper:
    """Lets visitors in who know the token.

    Args:
        token: the token; None lets everybody in.
        clock: measures for how long wrong tokens count.
        warn: receives one line of text when a visitor has tried too many tokens.
    """

    def __init__(self, token: str | None, clock: Clock, warn: Callable[[str], None]) -> None:
        self._token = None if token is None else token.encode()
        self._guesses, self._warn = Guesses(clock), warn
        self.cookie = secrets.token_urlsafe(32)
        """Value of the cookie. It reveals nothing about the token, and is worthless after the host ends."""

    @property
    def has_token(self) -> bool:
        """Whether a token is required."""
        return self._token is not None

    def pause(self, visitor: str) -> float:
        """Seconds that the answer to the next token must take, be it right or wrong. Ask before `judge`."""
        return self._guesses.pause(visitor)

    def refusal(self, headers: Mapping[str, str], visitor: str) -> Refusal | None:
        """None if the request has the token (RFC 6750 section 2.1), or the cookie from a login.

        Args:
            headers: headers of the request.
            visitor: address that the request came from.
        """
        scheme, _, token = headers.get("Authorization", "").partition(" ")
        if scheme.lower() == "bearer":
            return self.judge(token.strip(), visitor)
        if self._token is None or any(_is_same(found, self.cookie.encode()) for found in _cookies_of(headers)):
            return None
        return Refusal(401, NEEDED)

    def judge(self, token: str, visitor: str) -> Refusal | None:
        """None if `token` is right. Takes the same time for every wrong token."""
        if self._token is None:
            return None
        if _is_same(token, self._token):
            return None
        if self._guesses.count(visitor):
            self._warn(f"{MOST_WRONG} wrong tokens for the web came from {visitor}; its tokens get slow answers now")
        return Refusal(401, NEEDED)


def _is_same(found: str, wanted: bytes) -> bool:
    return hmac.compare_digest(found.encode(errors="replace"), wanted)


def _cookies_of(headers: Mapping[str, str]) -> list[str]:
    """Values of our cookie. A browser also sends the cookies of other ports of this machine, even under our name."""
    pairs = (pair.strip().partition("=") for pair in headers.get("Cookie", "").split(";"))
    return [value for name, _, value in pairs if name == COOKIE]


def _host_name(host: str) -> str:
    """The name in a Host header without port and brackets; "" if the header is malformed."""
    found = _HOST.fullmatch(host)
    return (found[1] or found[2]).lower() if found else ""


def _is_address(name: str) -> bool:
    try:
        ip_address(name)
    except ValueError:
        return False
    return True
