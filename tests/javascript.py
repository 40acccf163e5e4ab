"""The example driver in JavaScript, built with ``make javascript``. A minute, so each source is built once."""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
from pathlib import Path
from typing import NoReturn

import pytest

from hostcore import shipped

OLDEST_NODE = 18
"""The oldest Node version that plugins/javascript/package.json allows."""


def bh1750_js(cache_folder: Path) -> Path:
    """The component ``bh1750.wasm``. If it cannot be built, the test is skipped; in CI it fails.

    Args:
        cache_folder: the fixture with this name. The component is kept there.
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
            _build(folder)
            shutil.rmtree(folder / "javascript")  # 200 MB of tools
            done.touch()
    return folder / "bh1750.wasm"


def _require_node() -> None:
    if shutil.which("node") is None or shutil.which("npm") is None:
        _cannot_be_built("node and npm are missing (apt-get install nodejs npm)")
    version = subprocess.run(["node", "--version"], capture_output=True, text=True, check=True).stdout.strip()
    if int(version.removeprefix("v").partition(".")[0]) < OLDEST_NODE:
        _cannot_be_built(f"node is {version}, but {OLDEST_NODE} or newer is needed")


def _cannot_be_built(problem: str) -> NoReturn:
    give_up = pytest.fail if os.environ.get("CI") == "true" else pytest.skip
    give_up(f"the driver in JavaScript cannot be built: {problem}")


def _build(folder: Path) -> None:
    tools = _make(f"{folder}/javascript/for-building", folder)
    if tools.returncode:
        _cannot_be_built(f"npm could not fetch its tools: {tools.stderr[-500:]}")
    built = _make("javascript", folder)
    assert built.returncode == 0, built.stderr
    assert f'path = "{folder}/bh1750.wasm"' in built.stdout


def _make(target: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = ["make", "--silent", target, f"BUILD={folder}"]
    return subprocess.run(command, cwd=shipped.folder(), capture_output=True, text=True, check=False)


def _key() -> str:
    """A key that changes with everything that the component is built from."""
    sources = shipped.folder() / "plugins" / "javascript"
    files = [*sorted(sources.iterdir()), *sorted((shipped.folder() / "wit").glob("*.wit"))]
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.read_bytes())
    return digest.hexdigest()
