"""The libraries of one plugin, as its instance asks for them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from hostcore.errors import LibraryError, LockError, NotFetchedError, PluginFileError, StoreError, WheelError
from hostcore.libraries.lock import DEPENDENCIES, Lock, lock_path, lock_text, read_lock
from hostcore.libraries.metadata import ScriptMetadata, script_metadata
from hostcore.libraries.provided import is_provided
from hostcore.libraries.store import WheelStore
from hostcore.libraries.taken_names import owner_of
from hostcore.libraries.wheel import LibraryModule, Wheel
from hostcore.quick_dataclass import dataclass

MOST_BYTES = 32 << 20
"""Bytes of all wheels of a plugin, which are kept in memory. It is twice the largest wheel."""
MOST_FILES = 20_000
"""Files of all wheels of a plugin. Each takes about 500 bytes of memory."""
IGNORED = frozenset({"benchmarks", "conftest", "doc", "docs", "example", "examples", "setup", "test", "tests"})
"""Names at the top of many wheels that were put there by mistake. Two wheels may have them."""


@dataclass(frozen=True)
class Distribution:
    """A package whose wheel is here."""

    name: str
    version: str


class Libraries:
    """The modules and files of a plugin's libraries. Its methods can be called from any thread.

    Args:
        wheels: the wheels. If two have a file of the same path, the first one's is found.
        key: changes with the content of the lock.

    Raises:
        WheelError: two packages have a module of the same name with other content, or a package has a module that
            belongs to Python or the host.
    """

    def __init__(self, wheels: Sequence[Wheel], key: str) -> None:
        self.key = key
        self._wheels = tuple(wheels)
        self._require_own_names()
        self._require_single_modules()

    def find_module(self, name: str) -> LibraryModule | None:
        """Return a module by its full name; None if no library has it. Takes about a millisecond.

        A module whose entry in the wheel is damaged becomes one that raises ImportError.
        """
        namespace: LibraryModule | None = None
        for wheel in self._wheels:
            try:
                found = wheel.find_module(name)
            except WheelError as error:
                return LibraryModule(f"{wheel.name.folder}/{name}.py", False, f"raise ImportError({str(error)!r})\n")
            if found is not None and name in wheel.modules:
                return found
            namespace = namespace or found
        return namespace

    def find_data(self, path: str) -> bytes | None:
        """Return a file by its path inside its wheel; None if no library has it, or if it is damaged."""
        for wheel in self._wheels:
            try:
                content = wheel.find_data(path)
            except WheelError:
                return None
            if content is not None:
                return content
        return None

    def distributions(self) -> tuple[Distribution, ...]:
        """Return the packages, in the order of the lock."""
        return tuple(Distribution(wheel.package, wheel.name.version) for wheel in self._wheels)

    def modules(self) -> Iterator[tuple[str, LibraryModule]]:
        """Yield all modules with their names, namespace packages too, each once."""
        names = dict.fromkeys(name for wheel in self._wheels for name in [*wheel.namespaces, *wheel.modules])
        for name in names:
            module = self.find_module(name)
            if module is not None:
                yield name, module

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield all files with their paths inside their wheels, each once."""
        for path in dict.fromkeys(path for wheel in self._wheels for path in wheel.files):
            content = self.find_data(path)
            if content is not None:
                yield path, content

    def _require_own_names(self) -> None:
        for wheel in self._wheels:
            for name in {each.partition(".")[0] for each in wheel.modules}:
                owner = owner_of(name)
                if owner is not None and name not in IGNORED:
                    problem = f"{wheel.package} has a module {name}, but that name belongs to {owner}"
                    raise WheelError(problem, file=wheel.name.file)

    def _require_single_modules(self) -> None:
        first: dict[str, Wheel] = {}
        for wheel in self._wheels:
            for name in wheel.modules:
                other = first.setdefault(name, wheel)
                is_ignored = other is wheel or name.partition(".")[0] in IGNORED
                if not is_ignored and wheel.mark(name) != other.mark(name):  # starts of shared namespaces are equal
                    problem = f"{wheel.package} and {other.package} both have a module {name}, with other content"
                    raise WheelError(problem, file=wheel.name.file)


def libraries_for(plugin: str, path: Path, source: str, store: WheelStore) -> Libraries | None:
    """Return the libraries that a plugin's metadata names. Uses no network.

    Args:
        plugin: the plugin's name.
        path: its file. The lock lies beside it.
        source: its Python.
        store: the wheels that were fetched.

    Returns:
        None if it names none that must be fetched.

    Raises:
        NotFetchedError: the lock or a wheel is missing, damaged, or not for the libraries that the metadata names.
        PluginFileError: the metadata is wrong, or a library cannot run in the sandbox.
    """
    try:
        metadata = script_metadata(source, path.name)
        if metadata is None or all(map(is_provided, metadata.dependencies)):
            return None
        return open_libraries(_lock_for(path, metadata), store)
    except (LockError, StoreError) as error:
        raise NotFetchedError(plugin, f"{error}; run: wasi-host fetch {plugin}") from None
    except LibraryError as error:
        raise PluginFileError(plugin, str(error)) from None


def open_libraries(lock: Lock, store: WheelStore) -> Libraries:
    """Read all wheels of a lock.

    Raises:
        StoreError: a wheel is missing or damaged.
        WheelError: a wheel is not for the sandbox, or they do not fit together.
    """
    return open_together(((package.wheel, store.read(package)) for package in lock.packages), _key(lock))


def open_together(contents: Iterable[tuple[str, bytes]], key: str = "") -> Libraries:
    """Open the wheels of one plugin.

    Args:
        contents: the file name and the content of each. Not all of them are read if they are too many.
        key: changes with the content of the lock.

    Raises:
        WheelError: a wheel is not for the sandbox, or they do not fit together.
    """
    wheels: list[Wheel] = []
    size = files = 0
    for file, content in contents:
        size += len(content)
        if size > MOST_BYTES:
            raise WheelError(f"the libraries up to it have {size:,} bytes, allowed are {MOST_BYTES:,}", file=file)
        wheels.append(Wheel(file, content))
        files += len(wheels[-1].files)
        if files > MOST_FILES:
            raise WheelError(f"the libraries up to it have {files:,} files, allowed are {MOST_FILES:,}", file=file)
    return Libraries(wheels, key)


def _lock_for(path: Path, metadata: ScriptMetadata) -> Lock:
    file = lock_path(path)
    lock = read_lock(file)
    if lock.dependencies != metadata.dependencies:
        raise LockError(f"is for other dependencies than {path.name} names", file=file.name, key=DEPENDENCIES)
    return lock


def _key(lock: Lock) -> str:
    from hashlib import sha256  # noqa: PLC0415 - an ordinary start hashes nothing

    return sha256(lock_text(lock).encode()).hexdigest()
