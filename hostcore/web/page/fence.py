"""Keeps a plugin's page from acting: HTTP headers, and a filter for HTML elements that lead elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "frame-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content Security Policy Level 3. ``frame-src 'none'`` allows a frame made of ``srcdoc``, because that is no request,
and keeps the frame from navigating."""
HEADERS: Mapping[str, str] = MappingProxyType(
    {
        "Content-Security-Policy": POLICY,
        "X-DNS-Prefetch-Control": "off",
        "Referrer-Policy": "no-referrer",
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Cross-Origin-Resource-Policy": "same-origin",
        "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), serial=(), usb=()",
        "Cache-Control": "no-store",
    }
)
"""The headers of ``/``."""
_SCRIPT = re.compile(r"<script(?=[\t\n\f\r />]).*?(?=</script[\t\n\f\r />]|\Z)", re.IGNORECASE | re.DOTALL)
"""A script up to its end tag. The end tag stays; alone it has no effect."""
_LEADING_ELSEWHERE = re.compile(
    "<(?=link|meta|base|script|iframe|frame|object|embed|fencedframe|portal|area|math|template)", re.IGNORECASE
)
_LINK = re.compile(r"<(/?)a(?=[\t\n\f\r />])", re.IGNORECASE)


def defused(html: str) -> str:
    """Remove elements that load, lead, run or hide: their start tags become comments, and links become plain text.

    Scripts are removed with their content, which would become visible otherwise.

    A browser creates such an element only if exactly these letters follow a ``<`` (HTML Living Standard, 13.2.5.6, tag
    open state). ``<!`` followed by a letter begins a comment that ends at the next ``>`` (13.2.5.42). So no such
    element survives, even in broken HTML. Links are not harmless: Chromium connects to a link's host before a click,
    and a click with Ctrl opens a new window.
    """
    return _LINK.sub(r"<\1span", _LEADING_ELSEWHERE.sub("<!", _SCRIPT.sub("", html)))
