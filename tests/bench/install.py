"""What an install without extras takes: the MB of each package, and the memory of pip and of the first start.

It builds the wheel of this kind of computer, and fetches what it requires.
"""

from __future__ import annotations

import os
import subprocess
import sys
import venv
from collections.abc import Iterator, Mapping
from importlib.metadata import distributions
from pathlib import Path
from tempfile import TemporaryDirectory

from hostcore import shipped
from hostcore.extras import PACKAGE
from tests.bench.measure import MEGA, Aim, Figure

TITLE = "An install without extras, from the wheel, with the bytecode that pip writes"

BEFORE = {
    PACKAGE: 39.0e6, "componentize-py": 48.6e6, "wasmtime": 31.0e6, "pygments": 8.6e6, "setuptools": 8.0e6,
    "textual": 6.4e6, "rich": 2.7e6,
}  # fmt: skip
"""Bytes of the largest packages when componentize-py was one of them, and the wheel had the component as it is."""
BEFORE_ALL, BEFORE_CACHE = 155.6e6, 43.1e6
"""Bytes of all packages then, without pip, and of what the first start compiled into ~/.cache."""
SMALL = 2e6
"""Bytes. Packages below are added up."""
PEAK, HALF = Aim(most=200 * MEGA), Aim(factor=2)


def figures() -> Iterator[Figure]:
    """Install the wheel into an environment of its own, and start it once. Takes a minute, and more the first time."""
    with TemporaryDirectory(prefix="wasi-host-install-") as folder:
        home = Path(folder)
        wheel = _wheel()
        venv.create(home / "venv", symlinks=True)
        pip = [sys.executable, "-m", "pip", "--python", home / "venv/bin/python", "install", "--quiet", wheel]
        pip_peak = _peak([*map(str, pip)], {"PIP_DISABLE_PIP_VERSION_CHECK": "1"})
        sizes = package_sizes(home / "venv")
        yield from _packages(sizes)
        start = [str(home / "venv/bin/wasi-host"), "run", "--rounds", "1"]
        start_peak = _peak(start, {"HOME": str(home), "XDG_CACHE_HOME": str(home / "cache")})
        cache = sum(file.stat().st_size for file in (home / "cache").rglob("*") if file.is_file())
        whole = sum(sizes.values())
        yield Figure("all packages, without pip", whole, MEGA, BEFORE_ALL, "before")
        yield Figure(
            "the same with what the first start writes", whole + cache, MEGA, BEFORE_ALL + BEFORE_CACHE, "before", HALF
        )
        yield Figure("the wheel", wheel.stat().st_size, MEGA)
        yield Figure("most memory of pip", pip_peak, MEGA, aim=PEAK)
        yield Figure("most memory of the first start", start_peak, MEGA, aim=PEAK)


def package_sizes(environment: Path) -> Mapping[str, int]:
    """Return the bytes of the files of each package in a venv, the largest package first."""
    packages = [str(each) for each in environment.glob("lib/python3*/site-packages")]
    sizes = {
        each.metadata["Name"].lower(): sum(
            path.stat().st_size for file in each.files or () if (path := Path(str(each.locate_file(file)))).is_file()
        )
        for each in distributions(path=packages)
    }
    return dict(sorted(sizes.items(), key=lambda pair: -pair[1]))


def _packages(sizes: Mapping[str, int]) -> Iterator[Figure]:
    for name, size in sizes.items():
        if size >= SMALL:
            yield Figure(name, size, MEGA, BEFORE.get(name), "before" if name in BEFORE else "")
    small = [size for size in sizes.values() if size < SMALL]
    yield Figure(f"{len(small)} smaller packages", sum(small), MEGA)


def _wheel() -> Path:
    """Build the wheel, or take it from an earlier build of the same sources."""
    command = [sys.executable, "-m", "hostcore.platform_wheels", os.uname().machine]
    done = subprocess.run(command, cwd=shipped.folder(), check=True, capture_output=True, text=True)
    return Path(done.stdout.split()[-1])


def _peak(command: list[str], environment: Mapping[str, str]) -> int:
    """Run a command, and return the most memory in bytes that one of its processes had at a time (getrusage(2)).

    A small process starts it, because Linux counts what a process had before it became another program.
    """
    measured = [sys.executable, "-S", "-c", _MEASURE, *command]
    done = subprocess.run(measured, env={**os.environ, **environment}, check=True, stdout=subprocess.PIPE, text=True)
    return int(done.stdout.split()[-1]) * 1024


_MEASURE = (
    "import resource, subprocess, sys; subprocess.run(sys.argv[1:], check=True, stdout=sys.stderr); "
    "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
)
