"""Wheels: their modules and files, and what is refused."""

from __future__ import annotations

import sys

import pytest

from hostcore.errors import WheelError
from hostcore.libraries.wheel import LibraryModule, Wheel
from hostcore.libraries.wheel_name import is_package_name, normalized, parse_wheel_name, same_version
from tests.wheels import archive, wheel_content, wheel_file


def wheel(name: str, files: dict[str, str | bytes], *, version: str = "1.0", requires_python: str = "") -> Wheel:
    content = wheel_content(name, files, version=version, requires_python=requires_python)
    return Wheel(wheel_file(name, version), content)


def refusal(file: str, content: bytes) -> str:
    with pytest.raises(WheelError) as caught:
        Wheel(file, content)
    assert str(caught.value).isprintable()
    return str(caught.value)


# Modules


def test_a_module_is_found_by_its_name_and_shown_under_its_wheel() -> None:
    found = wheel("adafruit-circuitpython-sht4x", {"adafruit_sht4x.py": "x = 1\n"}, version="1.0.27")
    assert found.find_module("adafruit_sht4x") == LibraryModule(
        "adafruit_circuitpython_sht4x-1.0.27/adafruit_sht4x.py", False, "x = 1\n"
    )
    assert found.find_module("adafruit") is None
    assert found.package == "adafruit-circuitpython-sht4x"


def test_a_package_has_modules_and_packages() -> None:
    files = {"bus/__init__.py": "", "bus/i2c.py": "a", "bus/deep/__init__.py": "b", "bus/deep/er.py": "c"}
    found = wheel("bus", {**files})
    assert sorted(found.modules) == ["bus", "bus.deep", "bus.deep.er", "bus.i2c"]
    assert found.find_module("bus") == LibraryModule("bus-1.0/bus/__init__.py", True, "")
    assert found.find_module("bus.deep") == LibraryModule("bus-1.0/bus/deep/__init__.py", True, "b")
    assert found.find_module("bus.deep.er") == LibraryModule("bus-1.0/bus/deep/er.py", False, "c")


def test_a_folder_without_init_is_a_namespace_package() -> None:
    found = wheel("luma-core", {"luma/core/__init__.py": "a", "luma/more/deep/x.py": "b", "luma/data/font.bin": b"1"})
    assert found.namespaces == {"luma", "luma.more", "luma.more.deep"}
    assert found.find_module("luma") == LibraryModule("luma_core-1.0/luma/__init__.py", True, "")
    assert found.find_module("luma.data") is None


@pytest.mark.parametrize("order", [("a.py", "a/__init__.py"), ("a/__init__.py", "a.py")])
def test_a_package_precedes_a_module_of_its_name(order: tuple[str, str]) -> None:
    found = wheel("a", dict.fromkeys(order, "")).find_module("a")
    assert found is not None and found.is_package


def test_files_that_no_import_can_name_are_no_modules() -> None:
    found = wheel("a", {"a-b.py": "", "1.py": "", "x/2/y.py": "", "a.pth": "import os", "a.pyi": "", "a.pyc": b""})
    assert dict(found.modules) == {}


def test_files_for_other_folders_than_the_modules_are_left_out() -> None:
    found = wheel(
        "a",
        {
            "a-1.0.data/purelib/a.py": "1",
            "a-1.0.data/platlib/b.py": "2",
            "a-1.0.data/scripts/c.py": "3",
            "a-1.0.data/data/share/d.py": "4",
            "a-1.0.data/headers/e.h": "5",
        },
    )
    assert sorted(found.modules) == ["a", "b"]
    assert found.find_module("a") == LibraryModule("a-1.0/a.py", False, "1")
    assert found.find_data("b.py") == b"2"


@pytest.mark.parametrize(
    ("content", "source"),
    [
        (b"\xef\xbb\xbfx = 1\r\ny = 2\r\n", "x = 1\ny = 2\n"),
        (b"# -*- coding: latin-1 -*-\nx = '\xb0'\n", "# -*- coding: latin-1 -*-\nx = '°'\n"),
    ],
    ids=["byte order mark and carriage returns", "another encoding"],
)
def test_a_source_is_decoded_as_python_does(content: bytes, source: str) -> None:
    found = wheel("a", {"a.py": content}).find_module("a")
    assert found is not None and found.source == source


@pytest.mark.parametrize("content", [b"x = '\xb0'\n", b"# coding: klingon\n", b"\xef\xbb\xbf# coding: latin-1\n"])
def test_a_source_that_cannot_be_decoded_raises_when_it_is_imported(content: bytes) -> None:
    found = wheel("a", {"a.py": content}).find_module("a")
    assert found is not None
    with pytest.raises(SyntaxError, match=r"^a\.py cannot be read: "):
        exec(found.source, {})


# Files


def test_files_are_found_by_their_path_inside_the_wheel() -> None:
    found = wheel("fonts", {"fonts/__init__.py": "x", "fonts/font5x8.bin": bytes(range(256))})
    assert found.find_data("fonts/font5x8.bin") == bytes(range(256))
    assert found.find_data("fonts/__init__.py") == b"x"
    assert found.find_data("fonts") is None
    assert found.find_data("../fonts/__init__.py") is None
    assert dict(found.read_all())["fonts/font5x8.bin"] == bytes(range(256))


def test_the_metadata_is_found_without_knowing_the_version() -> None:
    found = wheel("RPi.bme280", {}, version="0.2.4")
    metadata = found.find_data("RPi.bme280-0.2.4.dist-info/METADATA")
    assert metadata is not None and b"Version: 0.2.4" in metadata
    assert found.find_data("rpi-bme280.dist-info/METADATA") == metadata
    assert found.find_data("rpi-bme280.dist-info/entry_points.txt") is None


# Names


@pytest.mark.parametrize(
    ("file", "name", "version"),
    [
        ("pynmea2-1.19.0-py3-none-any.whl", "pynmea2", "1.19.0"),
        ("RPi.bme280-0.2.4-py2.py3-none-any.whl", "RPi.bme280", "0.2.4"),
        ("a-1.0+local.1-2build-py314-none-any.whl", "a", "1.0+local.1"),
        ("a-1!2.0rc1-py36.py37-none-any.whl", "a", "1!2.0rc1"),
    ],
)
def test_a_file_name_is_taken_apart(file: str, name: str, version: str) -> None:
    found = parse_wheel_name(file)
    assert (found.name, found.version, found.folder) == (name, version, f"{name}-{version}")


@pytest.mark.parametrize(
    "file",
    [
        "",
        "a.whl",
        "a-1.0.tar.gz",
        "a-1.0-py3-none.whl",
        "../a-1.0-py3-none-any.whl",
        "a/b-1.0-py3-none-any.whl",
        "a-1.0-py3-none-any.whl\n",
        "a\x00-1.0-py3-none-any.whl",
        ".a-1.0-py3-none-any.whl",
        "é-1.0-py3-none-any.whl",
        "a" * 200 + "-1.0-py3-none-any.whl",
    ],
)
def test_another_file_name_is_refused(file: str) -> None:
    assert "no file name of a wheel; allowed is one such as" in refusal(file, b"")


@pytest.mark.parametrize("tags", ["cp311-cp311-linux_armv7l", "py3-none-manylinux2014_aarch64", "cp37-abi3-any"])
def test_a_native_wheel_is_refused_by_its_name(tags: str) -> None:
    assert "numpy has native code for " in refusal(f"numpy-2.0-{tags}.whl", b"")


@pytest.mark.parametrize("python", ["py2", "cp314", "py315", "py27.pp3", "py3x"])
def test_a_wheel_for_another_python_is_refused_by_its_name(python: str) -> None:
    assert refusal(f"a-1.0-{python}-none-any.whl", b"").endswith(
        f"a is for {python}, but the Python in the sandbox is 3.14"
    )


def test_names_and_versions_are_compared_as_indexes_do() -> None:
    assert normalized("RPi._-bme280") == "rpi-bme280"
    assert same_version("1.0", "1.0.0") and same_version("1.0-1", "1.0_1") and same_version("1.0-1", "1.0.post1")
    assert not same_version("1.0", "1.1") and not same_version("x", "y") and not same_version("1" * 999, "2")
    assert is_package_name("RPi.bme280") and not is_package_name("-r") and not is_package_name("")


# Metadata


@pytest.mark.parametrize(
    "requires_python", ["", ">=3.7", ">= 3.8.1", ">=2.7, !=3.0.*", ">=3.14", "~=3.9", "<4.0,>=3.6"]
)
def test_a_package_for_the_python_of_the_sandbox_is_taken(requires_python: str) -> None:
    assert wheel("a", {}, requires_python=requires_python).package == "a"


@pytest.mark.parametrize("requires_python", [">=3.15", "<3.14", "==3.11.*", "nonsense", ">=3.14.1", ">=3.7," * 50])
def test_a_package_that_needs_another_python_is_refused(requires_python: str) -> None:
    content = wheel_content("a", {}, requires_python=requires_python)
    found = refusal(wheel_file("a"), content)
    assert f"a-1.0-py3-none-any.whl: needs Python {requires_python[:50]}" in found
    assert found.endswith("but the Python in the sandbox is 3.14")


INFO = "a-1.0.dist-info"


@pytest.mark.parametrize(
    ("files", "message"),
    [
        ({f"{INFO}/METADATA": "Name: b\nVersion: 1.0\n\n"}, "says in METADATA that it is b 1.0"),
        ({f"{INFO}/METADATA": "Name: a\nVersion: 2.0\n\n"}, "says in METADATA that it is a 2.0"),
        ({f"{INFO}/METADATA": "\nName: a\nVersion: 1.0\n"}, "says in METADATA that it is"),
        ({f"{INFO}/METADATA": b"Name: \xff\x1b[1m\nVersion: 1.0\n"}, "says in METADATA that it is �\\x1b[1m 1.0"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 2.0\nTag: py3-none-any\n"}, "is in version '2.0' of the wheel format"),
        ({f"{INFO}/WHEEL": ""}, "is in version '' of the wheel format, allowed is 1.x"),
        ({f"{INFO}/WHEEL": "Wheel-Version: 1.0\nTag: cp311-cp311-any\n"}, "says in WHEEL that it is for 'cp311-cp31"),
        ({"b-1.0.dist-info/METADATA": ""}, "has 2 folders NAME-VERSION.dist-info, allowed is one"),
        ({"a/_native.cpython-314-arm-linux-gnueabihf.so": b""}, "a has native code (a/_native.cpython-314-arm-linux"),
        ({"a-1.0.data/platlib/x.PYD": b""}, "a has native code (x.PYD); only pure Python runs in the sandbox"),
        ({"a.py": "1", "a-1.0.data/purelib/a.py": "2"}, "has two files that would be installed at one path"),
        ({"../a.py": ""}, "has the path ../a.py, allowed are paths inside the archive"),
    ],
)
def test_a_wheel_that_contradicts_its_name_is_refused(files: dict[str, str | bytes], message: str) -> None:
    assert f"a-1.0-py3-none-any.whl: {message}" in refusal("a-1.0-py3-none-any.whl", wheel_content("a", files))


def test_a_wheel_without_metadata_is_refused() -> None:
    file = "a-1.0-py3-none-any.whl"
    assert refusal(file, archive({"a.py": ""})).endswith("has 0 folders NAME-VERSION.dist-info, allowed is one")
    assert refusal(file, archive({f"{INFO}/WHEEL": ""})).endswith(f"has no {INFO}/METADATA")
    assert refusal(file, b"<html>404</html>").endswith("is no zip archive, or only the start of one")


def test_a_damaged_entry_is_found_when_it_is_read() -> None:
    content = wheel_content("a", {"a.py": "x = 1\n" * 50})
    at = content.rindex(b"PK\x03\x04") + 30 + len("a.py")
    damaged = Wheel(wheel_file("a"), content[:at] + bytes([content[at] ^ 0xFF]) + content[at + 1 :])
    with pytest.raises(WheelError, match=r"^a-1\.0-py3-none-any\.whl: a\.py is damaged$"):
        damaged.find_module("a")


def test_a_wheel_is_never_imported() -> None:
    wheel("boom", {"boom_of_a_test.py": "raise SystemExit"}).find_module("boom_of_a_test")
    assert "boom_of_a_test" not in sys.modules
