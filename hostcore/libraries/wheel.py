"""A wheel, read in memory: its modules and its other files. It is never unpacked and never imported by the host."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from hostcore.errors import WheelError
from hostcore.libraries.archive import LARGEST_ARCHIVE, Archive, ArchiveError
from hostcore.libraries.python_source import UnreadableError, decoded
from hostcore.libraries.wheel_metadata import ContradictionError, check_metadata, check_wheel_file
from hostcore.libraries.wheel_name import WheelName, normalized, parse_wheel_name
from hostcore.log.safe_text import log_line
from hostcore.quick_dataclass import dataclass

LARGEST_WHEEL = LARGEST_ARCHIVE
"""Bytes of a wheel."""
NATIVE = (".so", ".pyd", ".dll", ".dylib")
"""Ends of the names of native code."""
_INIT = "/__init__.py"
_LIBRARY_FOLDERS = ("purelib/", "platlib/")
"""Folders below ``NAME-VERSION.data/`` whose content belongs to the top, as an installer would put it."""


@dataclass(frozen=True)
class LibraryModule:
    """A module of a library."""

    path: str
    """The file name that tracebacks show: ``adafruit_circuitpython_sht4x-1.0.27/adafruit_sht4x.py``."""
    is_package: bool
    source: str
    """Its Python. "" for a namespace package (PEP 420), which has no file of its own."""


class Wheel:
    """A wheel of pure Python for the sandbox.

    Args:
        file: its file name.
        content: the whole file, which is kept in memory.

    Raises:
        WheelError: it is no wheel, exceeds a limit, contains native code, is for another Python, or contradicts
            itself or its name.

    Attributes:
        name: what its file name says.
    """

    def __init__(self, file: str, content: bytes) -> None:
        self.name: WheelName = parse_wheel_name(file)
        try:
            self._archive = Archive(content)
            self._metadata_folder = self._checked_metadata()
        except (ArchiveError, ContradictionError) as error:
            raise WheelError(str(error), file=file) from None
        self._files = {_installed(path): path for path in self._archive.entries if not _is_left_out(path)}
        self._require_single_files()
        self._require_pure()
        self._modules = _modules(self._files)
        self._namespaces = _namespaces(self._modules)

    @property
    def package(self) -> str:
        """The package's name as indexes spell it."""
        return normalized(self.name.name)

    @property
    def modules(self) -> Mapping[str, str]:
        """The path of each module's file by the module's full name. Namespace packages have no file."""
        return self._modules

    @property
    def namespaces(self) -> frozenset[str]:
        """The names of the namespace packages (PEP 420)."""
        return self._namespaces

    @property
    def files(self) -> Mapping[str, str]:
        """The paths of all files, as an installer would put them, with their paths in the archive."""
        return self._files

    def find_module(self, name: str) -> LibraryModule | None:
        """Return a module by its full name, such as ``adafruit_bus_device.i2c_device``; None if there is none.

        A source that cannot be decoded becomes one that raises SyntaxError, as Python itself does.

        Raises:
            WheelError: its entry in the archive is damaged.
        """
        path = self._modules.get(name)
        if path is not None:
            is_package = path.endswith(_INIT)
            return LibraryModule(f"{self.name.folder}/{path}", is_package, _decoded(path, self._read(path)))
        if name in self._namespaces:
            return LibraryModule(f"{self.name.folder}/{name.replace('.', '/')}{_INIT}", True, "")
        return None

    def mark(self, module: str) -> tuple[int, int]:
        """Return size and CRC-32 of a module's file, as the archive's directory says. Reads nothing of the file."""
        entry = self._archive.entries[self._files[self._modules[module]]]
        return entry.size, entry.crc

    def find_data(self, path: str) -> bytes | None:
        """Return a file by its path inside the wheel; None if there is none.

        The metadata has a second path without the version, such as ``rpi-bme280.dist-info/METADATA``, for a program
        that knows only the package's name.

        Raises:
            WheelError: like `find_module`.
        """
        if path.startswith(f"{self.package}.dist-info/"):
            path = f"{self._metadata_folder}/{path.partition('/')[2]}"
        return self._read(path) if path in self._files else None

    def read_all(self) -> Iterator[tuple[str, bytes]]:
        """Yield each file's path and content. Raises WheelError like `find_module`."""
        for path in self._files:
            yield path, self._read(path)

    def _read(self, path: str) -> bytes:
        try:
            return self._archive.read(self._files[path])
        except ArchiveError as error:
            raise WheelError(str(error), file=self.name.file) from None

    def _checked_metadata(self) -> str:
        """Check the two files of the folder ``NAME-VERSION.dist-info``, and return its name."""
        entries = self._archive.entries
        folders = {path.partition("/")[0] for path in entries}
        found = [each for each in folders if each.endswith(".dist-info")]
        if len(found) != 1:
            raise ContradictionError(f"has {len(found)} folders NAME-VERSION.dist-info, allowed is one")
        missing = [each for each in ("METADATA", "WHEEL") if f"{found[0]}/{each}" not in entries]
        if missing:
            raise ContradictionError(f"has no {log_line(found[0], 100)}/{missing[0]}")
        check_metadata(self.name, self._archive.read(f"{found[0]}/METADATA"))
        check_wheel_file(self.name, self._archive.read(f"{found[0]}/WHEEL"))
        return found[0]

    def _require_single_files(self) -> None:
        installed = sum(not _is_left_out(path) for path in self._archive.entries)
        if installed != len(self._files):
            raise WheelError("has two files that would be installed at one path", file=self.name.file)

    def _require_pure(self) -> None:
        native = next((path for path in self._files if path.lower().endswith(NATIVE)), None)
        if native is not None:
            problem = f"{self.package} has native code ({log_line(native, 100)}); only pure Python runs in the sandbox"
            raise WheelError(problem, file=self.name.file)


def _is_left_out(path: str) -> bool:
    """Return whether an installer would put a file elsewhere than beside the modules: scripts and headers."""
    top, _, below = path.partition("/")
    return top.endswith(".data") and not below.startswith(_LIBRARY_FOLDERS)


def _installed(path: str) -> str:
    """Return the path of a file as an installer would put it."""
    top, _, below = path.partition("/")
    return below.partition("/")[2] if top.endswith(".data") else path


def _modules(files: Mapping[str, str]) -> dict[str, str]:
    """Return the path of each module by its name. A package precedes a module of the same name, as in Python."""
    found: dict[str, str] = {}
    for path in files:
        name = path.removesuffix(_INIT).removesuffix(".py").replace("/", ".")
        if path.endswith(".py") and all(part.isidentifier() for part in name.split(".")):
            found[name] = path if path.endswith(_INIT) else found.get(name, path)
    return found


def _namespaces(modules: Mapping[str, str]) -> frozenset[str]:
    """Return the names of the folders above modules that are no packages themselves (PEP 420)."""
    found: set[str] = set()
    for name in modules:
        above = name.rpartition(".")[0]
        while above and above not in found:
            found.add(above)
            above = above.rpartition(".")[0]
    return frozenset(found - modules.keys())


def _decoded(path: str, content: bytes) -> str:
    try:
        return decoded(content)
    except UnreadableError as error:
        return f"raise SyntaxError({f'{path} cannot be read: {error}'!r})\n"
