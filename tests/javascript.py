"""The example driver in JavaScript, built with ``make javascript``: a minute, so once for each state of the sources."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path

import pytest

from hostcore import shipped

OLDEST_NODE = 18
"""What plugins/javascript/package.json asks for."""


def bh1750_js(cache_folder: Path) -> Path:
    """The component ``bh1750.wasm``; skips the test where it cannot be built, but not in CI.

    Args:
        cache_folder: the fixture of this name; kept there.
    """
    folder = cache_folder / "tests" / "javascript"
    done = folder / _key()
    folder.parent.mkdir(mode=0o700, exist_ok=True)
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not done.is_file():
            _require_node()
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(mode=0o700)
            _make(folder)
            shutil.rmtree(folder / "javascript")  # 200 MB of tools
            done.touch()
    return folder / "bh1750.wasm"


def _require_node() -> None:
    problem = _trouble_with_node()
    if problem and os.environ.get("CI") == "true":
        pytest.fail(problem)
    if problem:
        pytest.skip(problem)


def _trouble_with_node() -> str:
    if shutil.which("node") is None or shutil.which("npm") is None:
        return "the driver in JavaScript cannot be built: node and npm are missing (apt-get install nodejs npm)"
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        return f"the driver in JavaScript cannot be built: node is {version}, but {OLDEST_NODE} or newer is needed"
    return ""


def _make(folder: Path) -> None:
    command = ["make", "--silent", "javascript", f"BUILD={folder}"]
    done = subprocess.run(command, cwd=shipped.folder(), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert f'path = "{folder}/bh1750.wasm"' in done.stdout


def _key() -> str:
    """Changes with all that the component is built of."""
    sources = shipped.folder() / "plugins" / "javascript"
    files = [*sorted(sources.iterdir()), *sorted((shipped.folder() / "wit").glob("*.wit"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
