"""The text of a library's file comes from the wheel of its version, if this computer has one."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.libraries.store import WheelStore
from hostcore.libraries.texts import library_texts
from tests.wheels import wheel_content, wheel_file

FILES = {"drv/__init__.py": "UNIT = 'lx'\n"}
HERE = wheel_file("drv").removesuffix("-py3-none-any.whl")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with one wheel."""
    WheelStore(tmp_path).add(wheel_file("drv"), wheel_content("drv", FILES))
    return tmp_path


def test_the_file_of_a_wheel_is_found(folder: Path) -> None:
    name = f"{HERE}/drv/__init__.py"
    assert library_texts(folder, [name, "light.py"]) == {name: "UNIT = 'lx'\n"}


@pytest.mark.parametrize(
    "name",
    ["drv-99.9/drv/__init__.py", f"{HERE}/drv/other.py", f"{HERE}/../../etc/passwd", f"/{HERE}", "/etc/passwd", ""],
)
def test_nothing_else_is_read(folder: Path, name: str) -> None:
    assert library_texts(folder, [name]) == {}


def test_a_damaged_wheel_has_no_text(folder: Path) -> None:
    (wheel,) = folder.glob("*.whl")
    content = wheel.read_bytes()
    wheel.chmod(0o600)
    wheel.write_bytes(content[: len(content) // 2])
    assert library_texts(folder, [f"{HERE}/drv/__init__.py"]) == {}


def test_without_wheels_there_is_no_text(tmp_path: Path) -> None:
    assert library_texts(tmp_path / "none", [f"{HERE}/drv/__init__.py"]) == {}


def test_two_texts_of_one_version_are_none(folder: Path) -> None:
    other = wheel_content("drv", {"drv/__init__.py": "UNIT = 'lm'\n", "drv/more.py": "x = 1\n"})
    WheelStore(folder).add(wheel_file("drv"), other)
    both, one = f"{HERE}/drv/__init__.py", f"{HERE}/drv/more.py"
    assert library_texts(folder, [both, one]) == {one: "x = 1\n"}
