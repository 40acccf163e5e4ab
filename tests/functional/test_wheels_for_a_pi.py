"""pip compiles nothing on a 64-bit Pi: all that the package requires has wheels for both Pythons of its system."""

from __future__ import annotations

import json
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest
from packaging.requirements import Requirement

from hostcore import shipped
from hostcore.deb_package import GLIBC, MORE

PROJECT = tomllib.loads((shipped.folder() / "pyproject.toml").read_text(encoding="utf-8"))["project"]
NEEDS_A_COMPILER = "spidev"
"""The extra that a host does without."""
EXTRAS = sorted(PROJECT["optional-dependencies"].keys() - {"dev", NEEDS_A_COMPILER})


def required(python: str) -> Iterator[str]:
    """What the package and its extras require with this Python on a Pi. pip would look at this computer's Python."""
    every = [*PROJECT["dependencies"], *(each for extra in EXTRAS for each in PROJECT["optional-dependencies"][extra])]
    for each in map(Requirement, every):
        if each.marker is None or each.marker.evaluate({"python_version": python, "platform_machine": "aarch64"}):
            each.marker = None
            yield str(each)


@pytest.mark.thorough
@pytest.mark.parametrize("python", sorted(GLIBC))
def test_a_pi_gets_wheels_for_everything(python: str, tmp_path: Path) -> None:
    platforms = [f"--platform=manylinux_2_{minor}_aarch64" for minor in range(GLIBC[python], 16, -1)]
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--ignore-installed", "--report=-"]
    command += ["--only-binary=:all:", f"--python-version={python}", "--implementation=cp", f"--target={tmp_path}"]
    command += [*platforms, "--platform=manylinux2014_aarch64", *required(python)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if "Failed to establish a new connection" in done.stderr:
        pytest.skip("PyPI cannot be reached")
    assert done.returncode == 0, done.stderr
    found = {each["metadata"]["name"].lower() for each in json.loads(done.stdout)["install"]}
    assert {"wasmtime", "textual", "gpiod", "smbus2", "gpiozero", "aiohttp", "componentize-py"} <= found


def test_no_extra_but_its_own_requires_the_library_that_needs_a_compiler() -> None:
    assert not [each for each in required("3.11") if each.startswith(NEEDS_A_COMPILER)]


def test_the_debian_package_has_what_the_hardware_of_a_pi_needs_apart_from_debians_lgpio() -> None:
    packed = {Requirement(each).name for each in MORE}
    assert {Requirement(each).name for each in PROJECT["optional-dependencies"]["pi"]} - {"lgpio"} <= packed
