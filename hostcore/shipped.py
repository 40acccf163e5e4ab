"""Finds the files that come with the host: host.toml, plugins/, wit/ and the Python runtime component."""

from __future__ import annotations

from binascii import a2b_base64
from functools import cache
from pathlib import Path
from zlib import crc32

from hostcore import __version__

COMPONENT, COMPILED = "python-runtime.wasm.xz", "python-runtime.cwasm"
"""The Python runtime in a wheel, beside host.toml: its component, and that compiled for one kind of computer."""
DISTRIBUTION = "wasi_python_host"
"""The name of this project in the names of its files."""
_PACKAGE = Path(__file__).resolve().parent
AFTER_BUILD = Path("runtime", "immortal_objects.py")
"""Changes the Python runtime component when it is built."""


def folder() -> Path:
    """Return the folder with host.toml, plugins/ and wit/: in the installed package, or the top of the checkout."""
    installed = _PACKAGE / "shipped"
    return installed if installed.is_dir() else _PACKAGE.parent


def python_runtime() -> Path | None:
    """Return the prebuilt Python runtime component; None in a checkout, which builds it at the first start.

    It is compressed, because it is read only to compile it. A note beside it has its SHA-256 and its size.
    """
    installed = _PACKAGE / "shipped" / COMPONENT
    return installed if installed.is_file() else None


def compiled_runtime() -> Path | None:
    """Return the compiled Python runtime of a wheel for one kind of computer; None in a checkout."""
    installed = _PACKAGE / "shipped" / COMPILED
    return installed if installed.is_file() else None


def recorded_sha256(file: Path) -> str:
    """Return the SHA-256 that the RECORD of the installed package has for one of its files, as 64 hex digits.

    See "Recording installed projects" of the Python packaging guide. importlib.metadata takes 30 ms to import; this
    takes less than one.

    Returns:
        "" if the package has no RECORD, or the file is not in it.
    """
    folder = _PACKAGE.parent
    record = folder / f"{DISTRIBUTION}-{__version__}.dist-info" / "RECORD"
    wanted = f"{file.relative_to(folder).as_posix()},sha256="
    try:
        with record.open(encoding="utf-8") as lines:
            found = next((line for line in lines if line.startswith(wanted)), "")
        encoded = found.removeprefix(wanted).partition(",")[0]
        return a2b_base64(encoded.replace("-", "+").replace("_", "/") + "=" * (-len(encoded) % 4)).hex()
    except (OSError, ValueError):
        return ""


def code() -> Path:
    """Return a file of the host's own Python code."""
    return _PACKAGE / "__init__.py"


@cache
def sources_key() -> int:
    """Return a number that changes when a source of the Python runtime component changes.

    It is computed from the names and the content of the files, and from the version of what builds them. Checkouts with
    the same sources share what one of them has built. A process reads the files once, which takes 2 ms.
    """
    import importlib.util  # noqa: PLC0415 - only a checkout asks

    builder = importlib.util.find_spec("componentize_py")
    installed = Path(builder.origin).parents[1] if builder is not None and builder.origin else None
    key = (
        crc32(" ".join(sorted(each.name for each in installed.glob("componentize_py-*"))).encode()) if installed else 0
    )
    for path in sorted([*guest_sources().rglob("*.py"), *(folder() / "wit").glob("*.wit"), _PACKAGE / AFTER_BUILD]):
        key = crc32(path.read_bytes(), crc32(path.relative_to(_PACKAGE.parent).as_posix().encode(), key))
    return key


def guest_sources() -> Path:
    """Return the folder of the Python code that runs inside the sandbox."""
    return _PACKAGE / "runtime" / "guest"


def is_own(settings: Path) -> bool:
    """Return whether a settings file is a person's own.

    The built-in one is, too, if the working directory is its folder: that is a clone of the project.
    """
    return settings.parent != folder() or Path.cwd() == folder()
