"""The folder of wheels, each under its SHA-256. Plugins with the same library share its wheel."""

from __future__ import annotations

import errno
from pathlib import Path

from hostcore.errors import StoreError
from hostcore.files import Folder
from hostcore.libraries.lock import LockedPackage, public_url
from hostcore.libraries.wheel import LARGEST_WHEEL, Wheel


class WheelStore:
    """The wheels that were fetched.

    The hash is checked each time a wheel is read, and then it is read from memory. So a file that is damaged, exchanged
    or changed under way is found before anything of it runs.

    Args:
        folder: the folder. It is created when the first wheel is added.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def path(self, sha256: str) -> Path:
        """Return the path of a wheel, which need not exist."""
        return self.folder / f"{sha256}.whl"

    def has(self, package: LockedPackage) -> bool:
        """Return whether the package's wheel is there. Its content is not checked."""
        return self.path(package.sha256).is_file()

    def add(self, file: str, content: bytes, url: str = "") -> LockedPackage:
        """Check a wheel completely, and add it to the folder. Blocks until it is on the disk.

        Args:
            file: its file name.
            content: all of it.
            url: the address that it came from, "" if there is none. The lock gets it without secrets (`public_url`).

        Raises:
            WheelError: it is not a pure wheel for the sandbox.
            StoreError: the disk is full or the folder cannot be written. No part of the wheel is left.
        """
        wheel = Wheel(file, content)
        for _ in wheel.read_all():  # a wheel that is damaged inside is refused now, not when its module is imported
            pass
        sha256, size = _sha256(content), len(content)
        package = LockedPackage(wheel.package, wheel.name.version, file, sha256, size, public_url(url))
        try:
            with Folder.open(self.folder, create=0o700) as folder:
                folder.remove_unfinished()
                folder.write(f"{package.sha256}.whl", content, mode=0o400)
        except OSError as error:
            raise StoreError(f"cannot be written to {self.folder}: {error.strerror}", file=file) from None
        return package

    def read(self, package: LockedPackage) -> bytes:
        """Return the content of a package's wheel.

        Raises:
            StoreError: it is missing, unreadable, or not what the lock says.
        """
        try:
            with Folder.open(self.folder) as folder:
                content = folder.read(f"{package.sha256}.whl", LARGEST_WHEEL)
        except FileNotFoundError:
            raise StoreError("was not fetched to this computer", file=package.wheel) from None
        except OSError as error:
            reason = "has more bytes than a wheel may have" if error.errno == errno.EFBIG else error.strerror
            raise StoreError(f"cannot be read from {self.folder}: {reason}", file=package.wheel) from None
        found = _sha256(content)
        if found != package.sha256 or len(content) != (package.size or len(content)):
            raise StoreError(
                f"is damaged: {self.path(package.sha256)} has {len(content):,} bytes and the SHA-256 {found}",
                file=package.wheel,
            )
        return content

    def open(self, package: LockedPackage) -> Wheel:
        """Read a package's wheel.

        Raises:
            StoreError: like `read`.
            WheelError: it is not a pure wheel for the sandbox.
        """
        return Wheel(package.wheel, self.read(package))


def _sha256(content: bytes) -> str:
    from hashlib import sha256  # noqa: PLC0415 - an ordinary start hashes nothing

    return sha256(content).hexdigest()
