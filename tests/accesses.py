"""Permissions from text, and whether an access passes."""

from __future__ import annotations

from hostcore.access.decisions import Access
from hostcore.errors import AccessDeniedError
from hostcore.permissions import Permission, parse_permission


def permissions(text: str) -> tuple[Permission, ...]:
    return tuple(map(parse_permission, text.split()))


def allowed(access: Access, wanted: str) -> bool:
    """Whether the access passes."""
    try:
        access.require(parse_permission(wanted))
    except AccessDeniedError:
        return False
    return True
