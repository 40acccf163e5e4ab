"""Wheels of PyPI that the tests use, pinned by their hashes in pinned.lock. They are fetched once, and kept."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from zipfile import ZipFile

from packaging.requirements import Requirement

from hostcore.libraries.guest_python import GUEST_PYTHON
from hostcore.libraries.lock import Lock, LockedPackage, lock_path, read_lock, write_lock
from hostcore.libraries.metadata import requirements, script_metadata
from hostcore.libraries.store import WheelStore
from hostcore.libraries.wheel_metadata import headers
from hostcore.libraries.wheel_name import normalized

PINNED = Path(__file__).with_name("pinned.lock")
PATIENCE = 300.0
"""The most seconds that pip may take."""
GUEST = ("--platform", "any", "--python-version", GUEST_PYTHON, "--implementation", "py", "--abi", "none")
"""Options of pip that select wheels for the Python in the sandbox."""


class PinnedWheels:
    """The pinned wheels, in a folder of wheels.

    Args:
        folder: the folder.
        lock: pins them.
    """

    def __init__(self, folder: Path, lock: Path = PINNED) -> None:
        self._store = WheelStore(folder)
        self._packages = {each.name: each for each in read_lock(lock).packages}

    def download(self) -> None:
        """Fetch the wheels that are not in the folder yet. Uses the network only if one is missing.

        Raises:
            subprocess.SubprocessError: pip failed, or took too long.
        """
        missing = [each for each in self._packages.values() if not self._store.has(each)]
        if not missing:
            return
        with TemporaryDirectory() as folder:
            wanted = Path(folder, "wanted.txt")
            lines = [f"{each.name}=={each.version} --hash=sha256:{each.sha256}\n" for each in missing]
            wanted.write_text("".join(lines), encoding="utf-8")
            options = ("--quiet", "--disable-pip-version-check", "--no-deps", "--require-hashes", "--only-binary=:all:")
            command = (sys.executable, "-m", "pip", "download", *options, *GUEST, "--dest", folder, "-r", str(wanted))
            subprocess.run(command, check=True, timeout=PATIENCE, capture_output=True)
            for path in Path(folder).glob("*.whl"):
                self._store.add(path.name, path.read_bytes())

    def fetch(self, plugin: Path) -> None:
        """Write the lock of a plugin, as ``wasi-host fetch`` does: all that it needs and that is pinned."""
        metadata = script_metadata(plugin.read_text(encoding="utf-8"))
        assert metadata is not None
        needed = {each.name: each for wanted in requirements(metadata) for each in self._with_needs(wanted.name)}
        write_lock(lock_path(plugin), Lock(metadata.dependencies, tuple(needed.values())))

    def unpack(self, folder: Path) -> None:
        """Unpack all wheels into a folder, from which plain CPython can import them."""
        for package in self._packages.values():
            with ZipFile(BytesIO(self._store.read(package))) as wheel:
                wheel.extractall(folder)

    def _with_needs(self, name: str) -> Iterator[LockedPackage]:
        """A package and all that it depends on. What is not pinned is provided by the sandbox."""
        package = self._packages.get(normalized(name))
        if package is None:
            return
        yield package
        wheel = self._store.open(package)
        metadata = wheel.find_data(f"{wheel.name.folder}.dist-info/METADATA")
        assert metadata is not None
        for text in headers(metadata).get("requires-dist", []):
            wanted = Requirement(text)
            if wanted.marker is None or wanted.marker.evaluate({"extra": ""}):
                yield from self._with_needs(wanted.name)
