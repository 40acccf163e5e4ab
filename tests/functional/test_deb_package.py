"""The Debian package: the host in a venv of its own, with its command, man page and completion, and no service."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from hostcore import deb_package
from tests.programs import require
from tests.wheels import wheel_content, wheel_file

pytestmark = pytest.mark.thorough  # it runs pip
NAME = "wasi-python-host"
PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
HOME = "./opt/wasi-host"
DATA = f"{NAME.replace('-', '_')}-1.0.data/data/share"
FILES = {f"{DATA}/{source}": f"content of {source}\n" for source in deb_package.SHARED}
CODE = {"tui/__init__.py": "", "tui/__main__.py": "def main() -> int:\n    print('the screen')\n    return 3\n"}
METADATA = f"Metadata-Version: 2.1\nName: {NAME}\nVersion: 1.0\nProvides-Extra: web\nProvides-Extra: screen-web\n"


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package of a small wheel, built without a network."""
    require("dpkg-deb", packages="dpkg")
    if PYTHON not in deb_package.GLIBC:
        pytest.skip(f"no Debian has Python {PYTHON}")
    folder = tmp_path_factory.mktemp("project")
    for name in ("dist", "deb"):
        (folder / name).mkdir()
    for name in ("CHANGELOG.md", "LICENSE"):
        (folder / name).write_text(name, encoding="utf-8")
    files = {**FILES, **CODE, f"{NAME.replace('-', '_')}-1.0.dist-info/METADATA": METADATA}
    wheel = folder / "dist" / wheel_file(NAME)
    wheel.write_bytes(wheel_content(NAME, files))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PIP_NO_INDEX", "1")
        patch.setattr(deb_package, "MORE", ())
        return deb_package.build(wheel, "arm64", folder / "deb")


def told(*command: str | Path) -> str:
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout


def test_it_says_for_which_python_and_machine_it_is(package: Path) -> None:
    assert package.name == f"wasi-host_1.0-1~py{PYTHON}_arm64.deb"
    fields = told("dpkg-deb", "--field", package)
    assert "Architecture: arm64\n" in fields
    assert f"Depends: python3 (>= {PYTHON}~), python3 (<< 3.{sys.version_info.minor + 1}~)" in fields


def test_everyone_can_read_it_and_only_root_can_change_it(package: Path) -> None:
    lines = told("dpkg-deb", "--contents", package).splitlines()
    assert {line.split()[1] for line in lines} == {"root/root"}
    assert {line.split()[0] for line in lines} <= {"drwxr-xr-x", "-rw-r--r--", "-rwxr-xr-x", "lrwxrwxrwx"}


def test_it_has_the_command_the_man_page_and_completion(package: Path) -> None:
    places = {line.split()[5]: line for line in told("dpkg-deb", "--contents", package).splitlines()}
    for target in deb_package.SHARED.values():
        assert f"./usr/share/{target}" in places
    assert places["./usr/bin/wasi-host"].endswith("-> /opt/wasi-host/bin/wasi-host")
    assert places[f"{HOME}/bin/python3"].endswith(f"-> /usr/bin/python{PYTHON}")
    assert f"{HOME}/lib/python{PYTHON}/site-packages/tui/__main__.py" in places
    assert not [place for place in places if place.startswith(f"{HOME}/lib") and "/share/" in place]


def test_it_starts_nothing_and_enables_no_service(package: Path, tmp_path: Path) -> None:
    told("dpkg-deb", "--control", package, tmp_path / "control")
    assert [each.name for each in (tmp_path / "control").iterdir()] == ["control"]
    assert "systemd" not in told("dpkg-deb", "--contents", package)


def test_nothing_in_it_names_the_computer_that_built_it(package: Path, tmp_path: Path) -> None:
    told("dpkg-deb", "--extract", package, tmp_path / "root")
    files = [each for each in (tmp_path / "root").rglob("*") if each.is_file() and not each.is_symlink()]
    assert files
    assert not [each for each in files if str(package.parent.parent).encode() in each.read_bytes()]
