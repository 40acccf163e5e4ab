"""The files of a plugin's libraries: data beside their modules, and the metadata of their packages."""

import builtins
import errno
import io
import os
import re
import sys
from collections.abc import Callable, Iterator
from importlib.metadata import Distribution, DistributionFinder
from importlib.resources.abc import Traversable, TraversableResources
from typing import IO, Any

FindData = Callable[[str], bytes | None]
"""Returns a file's content for its path inside the wheel, or None."""

_open = builtins.open


class LibraryFile(Traversable):
    """A file or folder inside a wheel, for `importlib.resources`. Folders cannot be listed.

    Args:
        path: its path inside the wheel.
        find_data: has the files.
    """

    def __init__(self, path: str, find_data: FindData) -> None:
        self._path, self._find_data = path, find_data

    @property
    def name(self) -> str:
        """The last part of the path."""
        return self._path.rpartition("/")[2]

    def joinpath(self, *parts: Any) -> "LibraryFile":
        """Return a file or folder inside this folder."""
        return LibraryFile("/".join([self._path, *map(str, parts)]), self._find_data)

    def is_file(self) -> bool:
        """Return whether there is a file at the path."""
        return self._find_data(self._path) is not None

    def is_dir(self) -> bool:
        """Return whether there is no file at the path, which may then be a folder."""
        return not self.is_file()

    def iterdir(self) -> Iterator[Traversable]:
        """Refuse."""
        raise NotImplementedError(f"the folder {self._path} is inside a wheel, and cannot be listed in the sandbox")

    def open(self, mode: str = "r", *arguments: Any, **options: Any) -> IO[Any]:
        """Open the file to read it."""
        return _opened(self._path, mode, _content(self._path, self._find_data), *arguments, **options)


class LibraryResources(TraversableResources):
    """The files of one package, for `importlib.resources`.

    Args:
        folder: the package's folder inside the wheel.
        find_data: has the files.
    """

    def __init__(self, folder: str, find_data: FindData) -> None:
        self._folder, self._find_data = folder, find_data

    def files(self) -> Traversable:
        """Return the package's folder."""
        return LibraryFile(self._folder, self._find_data)


class LibraryDistribution(Distribution):
    """The metadata of one package, for `importlib.metadata`.

    Args:
        name: the package's name, normalized (PEP 503).
        find_data: has the files.
    """

    def __init__(self, name: str, find_data: FindData) -> None:
        self._name, self._find_data = name, find_data

    def read_text(self, filename: str) -> str | None:
        """Return a file of the package's dist-info folder; None if there is no such file."""
        content = self._find_data(f"{self._name}.dist-info/{filename}")
        return None if content is None else content.decode("utf-8", "replace")

    def locate_file(self, path: Any) -> Any:
        """Return the path, which is inside the wheel."""
        return path


def find_distributions(context: DistributionFinder.Context, find_data: FindData) -> Iterator[Distribution]:
    """Yield the package that `context` names, if the plugin's libraries have it."""
    if context.name:
        found = LibraryDistribution(re.sub(r"[-_.]+", "-", context.name).lower(), find_data)
        if found.read_text("METADATA") is not None:
            yield found


def let_open_find_files(find_data: FindData) -> None:
    """Let `open` read the files of libraries, which open them beside their `__file__`."""

    def opened(file: Any, mode: str = "r", *arguments: Any, **options: Any) -> IO[Any]:
        path = _inside_wheel(file)
        if path is None:
            try:
                return _open(file, mode, *arguments, **options)
            except FileNotFoundError:  # it has the number of WASI
                raise missing_file(file, "the sandbox sees no files but those of libraries") from None
        return _opened(path, mode, _content(path, find_data), *arguments, **options)

    builtins.open = io.open = opened  # type: ignore[assignment]


def _inside_wheel(file: Any) -> str | None:
    """Return the path inside the wheel; None if the file is not one of a library."""
    if not isinstance(file, str | os.PathLike):
        return None
    package, _, path = os.path.normpath(os.fsdecode(file)).partition("/")
    if not package or not path:
        return None
    loaders = (getattr(module, "__loader__", None) for module in [*sys.modules.values()])
    return path if any(str(getattr(each, "path", "")).startswith(f"{package}/") for each in loaders) else None


def missing_file(path: Any, reason: str) -> FileNotFoundError:
    """Create the exception for a file that does not exist, with the number that Linux gives."""
    return FileNotFoundError(errno.ENOENT, reason, path)


def _content(path: str, find_data: FindData) -> bytes:
    content = find_data(path)
    if content is None:
        raise missing_file(path, "the library has no such file")
    return content


def _opened(path: str, mode: str, content: bytes, *arguments: Any, **options: Any) -> IO[Any]:
    if set(mode) - set("rbt"):
        raise PermissionError(f"{path} is a file of a library, and can only be read")
    if "b" in mode:
        return io.BytesIO(content)
    encoding = options.get("encoding") or (arguments[1] if len(arguments) > 1 else None)
    return io.TextIOWrapper(io.BytesIO(content), encoding or "utf-8")
