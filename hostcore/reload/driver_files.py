"""Hands out the file of a driver to an editor on another computer, and takes the new text back."""

from __future__ import annotations

import errno
from pathlib import Path

from hostcore.config.model import Config
from hostcore.errors import HostError
from hostcore.events.facts import DriverFile
from hostcore.files import Folder
from hostcore.runtime.plugin_file import sha256_of

MOST_BYTES = 128 << 10
"""The most bytes of a driver that crosses: as JSON it has up to six times as many, which one message has room for."""


def driver_file(path: Path) -> DriverFile:
    """Return the file of a driver. Blocks while it is read.

    Raises:
        HostError: it is a component, is too long, is no UTF-8 text, or cannot be read.
    """
    _require_python(path)
    try:
        folder, name = Folder.of_file(path)
        with folder:
            content = folder.read(name, MOST_BYTES)
    except OSError as error:
        if error.errno == errno.EFBIG:
            raise HostError(
                f"{path} is too large to be edited from here: {error.strerror}. "
                "Edit it on its computer, or edit a copy and send that with wasi-host push"
            ) from None
        raise HostError(f"{path}: {error.strerror or error}") from None
    try:
        return DriverFile(path.name, content.decode(), sha256_of(content))
    except UnicodeDecodeError as error:
        raise HostError(f"{path} is not UTF-8 text (byte {error.start})") from None


def replace_driver(config: Config, path: Path, sha256: str, text: str) -> None:
    """Replace the text of a driver's file, completely or not at all. It keeps its owner and mode. Blocks until it is
    on the disk.

    Args:
        config: the settings of the host.
        path: the file. If it is a link, the file that it leads to is replaced.
        sha256: the digest that it must still have.
        text: the new text.

    Raises:
        HostError: as for `driver_file`; or it belongs to the installation, has another text, or cannot be written; or
            the settings let no front end change anything.
    """
    from hostcore.reload.granting import require_changeable  # noqa: PLC0415 - few sessions edit a driver
    from hostcore.reload.settings_file import require_own  # noqa: PLC0415

    _require_python(path)
    require_own(config.path)
    require_changeable(config, "replaced")
    try:
        content = text.encode()
    except UnicodeEncodeError:
        raise HostError(f"{path}: the new text is no UTF-8 text; nothing has changed") from None
    if len(content) > MOST_BYTES:
        raise HostError(
            f"{path}: the new text has {len(content)} bytes, and {MOST_BYTES} are allowed; use wasi-host push"
        )
    try:
        folder, name = Folder.of_file(path)
        with folder, folder.locked():
            present, found = folder.snapshot(name, MOST_BYTES)
            if sha256_of(present) != sha256:
                raise HostError(f"{path} was changed by somebody else since you opened it; nothing has changed now")
            folder.write(name, content, like=found)
    except OSError as error:
        raise HostError(f"{path}: cannot be written: {error.strerror or error}") from None


def _require_python(path: Path) -> None:
    if path.suffix != ".py":
        raise HostError(f"{path} is a component, which has no source to edit")
