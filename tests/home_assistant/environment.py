"""An environment with the core of Home Assistant and its MQTT integration, as they are on PyPI.

Home Assistant needs a newer Python than this project, and 250 packages. Its MQTT integration alone needs 60, which
takes half a minute once. Only hass-nabucasa, Home Assistant's cloud, has a stand-in (`cloud/`): it is imported for one
variable, and would bring 20 packages.
"""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

VERSION = "2026.2.3"
"""The newest for Python 3.13. Later ones need 3.14."""
PYTHON = "python3.13"
HERE = Path(__file__).parent
ROOT = HERE.parent.parent
FOLDER = ROOT / "build" / "home-assistant"
COMPONENTS = frozenset(
    """alarm_control_panel auth backup binary_sensor button climate cover device_automation device_tracker diagnostics
    event fan file_upload frontend hassio homeassistant http image light lock mqtt network number onboarding
    panel_custom persistent_notification person repairs scene sensor sun switch system_health update valve
    websocket_api zeroconf zone""".split()  # noqa: SIM905 - as short as it can be
)
"""The components whose code is unpacked. Of the others, there is the manifest."""


def python() -> Path:
    """Return the Python that runs Home Assistant. It is installed when it is first asked for.

    The test is skipped if there is no Python that is new enough.
    """
    found = next(_pythons(), None)
    if found is None:
        pytest.skip(f"Home Assistant {VERSION} needs Python 3.13, and none is installed here")
    runs, ready = FOLDER / "bin" / "python", FOLDER / f"ready-{VERSION}"
    FOLDER.parent.mkdir(exist_ok=True)
    with FOLDER.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not ready.exists():
            shutil.rmtree(FOLDER, ignore_errors=True)
            subprocess.run([found, "-m", "venv", "--without-pip", FOLDER], check=True)
            _install(runs)
            ready.touch()
    return runs


def _pythons() -> Iterator[str]:
    """All Pythons that are new enough, also those of pyenv, which are not on the path."""
    versions = sorted(Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")).glob("versions/3.13.*/bin/python"))
    for candidate in (PYTHON, *map(str, versions)):
        path = shutil.which(candidate)
        if path and subprocess.run([path, "-c", ""], capture_output=True, check=False).returncode == 0:
            yield path


def _install(runs: Path) -> None:
    quick = ("--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:")
    pip = (sys.executable, "-m", "pip")
    packages = str(HERE / "packages.txt")
    subprocess.run([*pip, "--python", str(runs), "install", *quick, "--no-compile", "-r", packages], check=True)
    wheels = FOLDER / "wheel"
    of_newer = ("--python-version", "3.13.2", "--dest", str(wheels))
    subprocess.run([*pip, "download", *quick, *of_newer, f"homeassistant=={VERSION}"], check=True)
    packages_folder = next((FOLDER / "lib").glob("python3.*/site-packages"))
    with zipfile.ZipFile(next(wheels.glob("*.whl"))) as wheel:
        wheel.extractall(packages_folder, [name for name in wheel.namelist() if _is_needed(name)])
    shutil.rmtree(wheels)


def _is_needed(name: str) -> bool:
    top, *levels = Path(name).parts
    if top != "homeassistant" or levels[:1] != ["components"]:
        return name.endswith((".py", "METADATA")) and top.startswith("homeassistant")
    return name.endswith("manifest.json") or len(levels) == 2 or (name.endswith(".py") and levels[1] in COMPONENTS)
