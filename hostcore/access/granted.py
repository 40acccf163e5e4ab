"""What one plugin is granted, and which of its accesses are known to be allowed."""

from __future__ import annotations

from hostcore.permissions import Permission

MOST_KNOWN = 256
"""Most objects of permissions that are kept for each plugin because they are known to be allowed."""


class Granted:
    """The permissions of one plugin, and the accesses that they are known to allow. All are replaced together.

    Attributes:
        permissions: what host.toml grants.
        allowed: the accesses. There is at most one for each address, line and mode that is granted.
        known: objects that are in `allowed`, by their ids. To find one there takes a fifth of the time, and each
            transfer asks. The objects are kept, so no other one can get its id.
    """

    __slots__ = ("allowed", "known", "permissions")

    def __init__(self, permissions: tuple[Permission, ...]) -> None:
        self.permissions = permissions
        self.allowed = set[Permission]()
        self.known = dict[int, Permission]()

    def remember(self, wanted: Permission) -> None:
        """Keep an object of `allowed`. Many effects make a new one each time, so there is a bound."""
        if len(self.known) < MOST_KNOWN:
            self.known[id(wanted)] = wanted
