"""What keeps a plugin's page from acting: HTTP headers, and HTML without the elements that lead elsewhere."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src data:; connect-src 'self'; "
    "frame-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
)
"""Content Security Policy Level 3. A frame made of ``srcdoc`` is no request, so ``frame-src 'none'`` lets it be, and
keeps it from going anywhere else."""
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
"""A script up to its end tag, which stays: alone it means nothing."""
_LEADING_ELSEWHERE = re.compile(
    "<(?=link|meta|base|script|iframe|frame|object|embed|fencedframe|portal|area|math|template)", re.IGNORECASE
)
_LINK = re.compile(r"<(/?)a(?=[\t\n\f\r />])", re.IGNORECASE)


def defused(html: str) -> str:
    """`html` without elements that load, lead, run or hide: their start tags become comments, and links plain text.

    Scripts go with what is in them, which would be seen otherwise.

    A browser makes such an element only where these very letters follow a ``<`` (HTML Living Standard, 13.2.5.6, tag
    open state), and ``<!`` with a letter behind it begins a comment that ends at the next ``>`` (13.2.5.42). So none is
    left, however broken the rest is. Links are not harmless: Chromium connects to where one leads before it is clicked,
    and opens it in a new window for who holds Ctrl.
    """
    return _LINK.sub(r"<\1span", _LEADING_ELSEWHERE.sub("<!", _SCRIPT.sub("", html)))
