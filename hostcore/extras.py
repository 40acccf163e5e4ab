"""The command that installs an extra of this package, in the way in which the host itself was installed."""

from __future__ import annotations

import os
import sys
from importlib.metadata import PackageNotFoundError, requires
from pathlib import Path
from shlex import join

from hostcore import shipped

PACKAGE = "wasi-python-host"


def install_command(extra: str) -> str:
    """Return the command that adds an extra to this very host, such as ``pipx inject wasi-python-host ...``.

    Args:
        extra: its name in pyproject.toml, such as ``build``.
    """
    prefix, checkout = Path(sys.prefix), shipped.folder()
    if (checkout / "pyproject.toml").is_file():
        return join([sys.executable, "-m", "pip", "install", "--editable", f"{checkout}[{extra}]"])
    if (prefix / "pipx_metadata.json").is_file():
        return join(["pipx", "inject", PACKAGE, *requirements(extra)])
    if (prefix / "uv-receipt.toml").is_file():  # such a venv has no pip
        return join(["uv", "pip", "install", "--python", str(prefix), *requirements(extra)])
    needed = [] if os.access(prefix, os.W_OK) else ["sudo"]  # as in /opt, where the Debian package is
    return join([*needed, sys.executable, "-m", "pip", "install", f"{PACKAGE}[{extra}]"])


def requirements(extra: str) -> list[str]:
    """Return what the installed package says that an extra requires here, such as ``componentize-py==0.25.1``.

    If it does not say so, return the extra itself.
    """
    from packaging.requirements import Requirement  # noqa: PLC0415 - most installs need no list

    try:
        every = [Requirement(each) for each in requires(PACKAGE) or []]
    except PackageNotFoundError:
        every = []
    found = []
    for each in every:
        marker, each.marker = each.marker, None
        if marker and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""}):
            found.append(str(each))
    return found or [f"{PACKAGE}[{extra}]"]
