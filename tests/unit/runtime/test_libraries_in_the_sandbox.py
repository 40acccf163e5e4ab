"""A plugin's libraries in the sandbox: imports, files, metadata, and what becomes of their exceptions."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from hostcore.errors import NotFetchedError, PluginCrashedError, PluginReportedError
from hostcore.libraries.archive import LARGEST_ENTRY
from hostcore.libraries.lock import Lock, lock_text
from hostcore.libraries.store import WheelStore
from hostcore.runtime.loader import BYTECODE, WHEELS
from hostcore.runtime.plugin import Plugin
from tests.memory import growth
from tests.sandbox import Sandbox
from tests.wheels import wheel_content, wheel_file

SENSOR = '''"""A library for a sensor at 0x50, where nothing answers."""
import os
import struct
from importlib import resources

from host import i2c

from .names import UNIT


class Sensor:
    def __init__(self, address=0x50):
        self.address = address

    def probe(self):
        try:
            i2c.write(self.address, b"")
        except OSError as error:
            raise ValueError(f"No I2C device at address: 0x{self.address:x} (errno {error.errno})")

    def checksum(self):
        raise RuntimeError("Checksum did not validate")

    def unpack(self):
        return struct.unpack("<H", b"x")

    def parse(self):
        import json
        return json.loads("{")

    def defect(self):
        return {}["gain"]


class Told(RuntimeError):
    def __str__(self):
        raise KeyError("text")


def tell():
    raise Told


def open_largest():
    return resources.files("drv").joinpath("largest.bin").read_bytes()


def read_files():
    beside = os.path.join(os.path.dirname(__file__), "font.bin")
    with open(beside, "rb") as font:
        return [font.read().hex(), resources.files("drv").joinpath("font.bin").read_bytes().hex()]
'''
FILES = {
    "drv/__init__.py": SENSOR,
    "drv/names.py": 'UNIT = "lx"\n',
    "drv/long.py": "TABLE = [\n" + "".join(f"    ({number}, 'row {number}'),\n" for number in range(3000)) + "]\n",
    "drv/broken.py": "x = 1\ndef f(:\n",
    "drv/wants_numpy.py": "import numpy\n",
    "drv/at_import.py": "from host import i2c\nfirst = i2c.read(0x50, 1)\n",
    "drv/font.bin": b"\x01\x02",
    "drv/largest.bin": (bytes(range(256)) + os.urandom(256)) * (LARGEST_ENTRY // 512),
    "drv/rot13.py": b"# coding: rot13\nk = 1\n",
}
METADATA = '# /// script\n# dependencies = ["drv"]\n# ///\n'

Load = Callable[..., Plugin]


@pytest.fixture
def load(sandbox: Sandbox, cache_folder: Path) -> Load:
    """Loads a plugin with this body of `read`, after the package drv was fetched for it."""
    package = WheelStore(cache_folder / WHEELS).add(wheel_file("drv"), wheel_content("drv", FILES))
    lock = lock_text(Lock(dependencies=("drv",), packages=(package,)))
    (sandbox.folder / "probe.lock").write_text(lock, encoding="utf-8")

    def load(body: str, *permissions: str, top: str = "import drv") -> Plugin:
        return sandbox.load(f"{METADATA}{top}\ndef read():\n    {body}\n", *permissions)

    return load


def test_a_plugin_imports_packages_and_their_modules(load: Load) -> None:
    plugin = load(
        'return {"unit": drv.UNIT, "rows": len(long.TABLE), "file": drv.__file__}',
        top="from drv import long\nimport drv",
    )
    assert plugin.read() == {"unit": "lx", "rows": 3000, "file": "drv-1.0/drv/__init__.py"}


def test_bytecode_of_any_size_is_kept_for_the_next_instance(load: Load, cache_folder: Path) -> None:
    top = "import drv.long, inspect"
    load("return {}", top=top)
    kept = {file: file.stat().st_mtime_ns for file in (cache_folder / BYTECODE).iterdir()}
    plugin = load('return {"source": inspect.getsource(drv.long)[:9]}', top=top)
    assert plugin.read() == {"source": "TABLE = ["}
    assert {file: file.stat().st_mtime_ns for file in kept} == kept


def test_a_library_reads_the_files_beside_its_modules(load: Load) -> None:
    assert load('return {"files": drv.read_files()}').read() == {"files": ["0102", "0102"]}


def test_a_file_of_a_library_cannot_be_written(load: Load) -> None:
    plugin = load('open("drv-1.0/drv/font.bin", "wb")')
    with pytest.raises(PluginCrashedError, match=r"PermissionError: drv/font.bin is a file of a library"):
        plugin.read()


def test_a_file_of_the_largest_size_costs_the_host_little(sandbox: Sandbox, load: Load) -> None:
    """A list of bytes would take 100 times its size in the host."""
    plugin = load('return {"bytes": len(drv.open_largest())}')
    plugin.read()
    with growth() as grown:
        assert plugin.read() == {"bytes": LARGEST_ENTRY}
    assert grown.peak < 12 * LARGEST_ENTRY


def test_a_path_outside_of_the_libraries_is_not_there_as_on_linux(load: Load) -> None:
    plugin = load(
        """
    try:
        open("/proc/cpuinfo")
    except FileNotFoundError as error:
        return {"errno": error.errno, "file": error.filename, "text": str(error)}"""
    )
    assert plugin.read() == {
        "errno": 2,
        "file": "/proc/cpuinfo",
        "text": "[Errno 2] the sandbox sees no files but those of libraries: '/proc/cpuinfo'",
    }


def test_a_library_finds_the_version_of_a_package(load: Load) -> None:
    plugin = load('return {"version": metadata.version("DRV")}', top="from importlib import metadata")
    assert plugin.read() == {"version": "1.0"}


@pytest.mark.parametrize(
    ("call", "text"),
    [
        ("checksum", r"Checksum did not validate \(RuntimeError in drv-1\.0/drv/__init__\.py line 22\)"),
        ("probe", r"No I2C device at address: 0x50 \(errno 121\) \(ValueError in drv-1\.0/drv/__init__\.py line 19\)"),
        ("parse", r"JSONDecodeError in drv-1\.0/drv/__init__\.py line 29"),
    ],
)
def test_what_a_library_says_of_its_sensor_is_an_error_and_not_a_crash(load: Load, call: str, text: str) -> None:
    plugin = load(f"drv.Sensor().{call}()", "i2c:1:0x50")
    for _ in range(2):
        with pytest.raises(PluginReportedError, match=text):
            plugin.read()


def test_an_exception_that_cannot_tell_its_text_is_an_error_all_the_same(load: Load) -> None:
    with pytest.raises(PluginReportedError, match=r"Told, whose text raises KeyError \(Told in drv-1\.0/drv"):
        load("drv.tell()").read()


def test_a_missing_permission_is_not_hidden_by_a_library(load: Load) -> None:
    plugin = load("drv.Sensor().probe()")
    with pytest.raises(PluginReportedError, match="does not let probe use 0x50 on i2c-1"):
        plugin.read()


@pytest.mark.parametrize(("call", "text"), [("defect", "KeyError: 'gain'"), ("unpack", "struct.error")])
def test_another_exception_of_a_library_is_a_crash_whose_traceback_shows_its_source(
    load: Load, call: str, text: str
) -> None:
    plugin = load(f"drv.Sensor().{call}()")
    with pytest.raises(PluginCrashedError, match=text) as crash:
        plugin.read()
    assert 'File "probe.py", line 6, in read' in crash.value.traceback
    assert f'File "drv-1.0/drv/__init__.py", line {25 if call == "unpack" else 32}, in {call}' in crash.value.traceback
    assert ('return {}["gain"]' if call == "defect" else "struct.unpack") in crash.value.traceback


def test_the_same_exception_from_the_plugins_own_code_is_a_crash(load: Load) -> None:
    with pytest.raises(PluginCrashedError, match="RuntimeError: mine"):
        load('raise RuntimeError("mine")').read()


def test_a_sensor_that_a_library_uses_at_import_is_reported_and_tried_again(load: Load) -> None:
    plugin = load("return {}", "i2c:1:0x50", top="import drv.at_import")
    for _ in range(2):
        with pytest.raises(PluginReportedError, match=r"0x50: no device acknowledged.*use the sensor in setup\(\)"):
            plugin.read()


def test_a_library_that_is_no_python_names_its_line(load: Load) -> None:
    with pytest.raises(PluginCrashedError, match="SyntaxError") as crash:
        load("return {}", top="import drv.broken")
    assert 'File "drv-1.0/drv/broken.py", line 2' in crash.value.traceback


def test_a_traceback_shows_no_code_of_the_host(load: Load) -> None:
    with pytest.raises(PluginCrashedError, match="numpy, which runs native code") as crash:
        load("return {}", top="import drv.wants_numpy")
    files = [line.strip() for line in crash.value.traceback.splitlines() if "File" in line]
    assert files == ['File "probe.py", line 4, in <module>', 'File "drv-1.0/drv/wants_numpy.py", line 1, in <module>']


def test_a_library_in_an_encoding_of_no_source_says_so(load: Load) -> None:
    with pytest.raises(
        PluginCrashedError, match=r"drv/rot13.py cannot be read: its encoding is rot13; allowed are utf-8"
    ):
        load("return {}", top="import drv.rot13")


def test_a_plugin_whose_libraries_are_missing_says_what_to_run(sandbox: Sandbox) -> None:
    with pytest.raises(NotFetchedError, match="run: wasi-host fetch probe"):
        sandbox.load(f"{METADATA}import drv\ndef read(): return {{}}")
