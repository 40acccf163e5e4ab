"""The settings of `[web]` in host.toml."""

from __future__ import annotations

import re
from ipaddress import ip_address
from typing import Annotated

from hostcore.quick_dataclass import dataclass, field
from hostcore.toml.reader import KeyPath, integer, parsed

SHORTEST_TOKEN, LONGEST_TOKEN = 16, 256
"""The range of a token's length in characters. 16 hex digits are 64 bits, too many to guess over a network."""
_TOKEN = f"[!-~]{{{SHORTEST_TOKEN},{LONGEST_TOKEN}}}"
_HOST_NAME = r"(?=.{1,253}$)(?!-)[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63})*"
"""RFC 1123 section 2.1: letters, digits and hyphens; labels have at most 63 characters, names at most 253."""


def is_loopback(host: str) -> bool:
    """Return whether only this machine can reach `host`: 127.0.0.0/8, ::1 (RFC 6890) or localhost (RFC 6761)."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def parse_web_host(text: str) -> str:
    """Return an IP address or host name. The ValueError for other texts says what is allowed."""
    try:
        return str(ip_address(text))
    except ValueError:
        if re.fullmatch(_HOST_NAME, text) is None or re.fullmatch(r"[0-9.]+", text):
            raise ValueError(
                "an address or name of this machine: 127.0.0.1, 0.0.0.0 (all that IPv4 has), :: (all), raspi.local"
            ) from None
        return text


def read_token(found: object, at: KeyPath) -> str:
    """Read a token. Errors do not show it."""
    if not isinstance(found, str) or re.fullmatch(_TOKEN, found) is None:
        size = f"a text of {len(found)} characters" if isinstance(found, str) else "something that is not text"
        raise at.error(
            f"found {size}, allowed are {SHORTEST_TOKEN} to {LONGEST_TOKEN} ASCII letters, digits and signs, no spaces"
        )
    return found


@dataclass(frozen=True, slots=True)
class WebSettings:
    """``[web]``: pages, JSON, events and metrics over HTTP."""

    enabled: bool = False
    """Whether the web is on. ``wasi-host run --web`` turns it on in any case."""
    host: Annotated[str, parsed(parse_web_host)] = "127.0.0.1"
    """The address or name on which it listens."""
    port: Annotated[int, integer(0, 65_535)] = 3000
    """The TCP port; 0 chooses a free port."""
    token: Annotated[str | None, read_token] = field(default=None, repr=False)
    """The password for visitors; None lets everyone in."""

    @property
    def problem(self) -> str:
        """Return why these settings are not allowed, or ""."""
        if self.token is not None or is_loopback(self.host):
            return ""
        return (
            f"{self.host} can be reached from other machines, so a token is needed: token in [web] of host.toml, "
            f"at least {SHORTEST_TOKEN} characters, such as `openssl rand -hex 16` prints; or listen on 127.0.0.1"
        )
