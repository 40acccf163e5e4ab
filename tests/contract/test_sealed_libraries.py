"""A plugin with libraries, sealed into a component of its own: it needs nobody to provide them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hostcore.clock import VirtualClock
from hostcore.errors import PluginReportedError
from hostcore.runtime.component_builder import seal
from hostcore.runtime.embedded import Embedded
from hostcore.workshop import Workshop
from tests.sandbox import Sandbox

PLUGIN = """\
import fcntl
from importlib import metadata, resources

from lamp import glow
from lamp.colour import NAME


def chip():
    with open("/dev/i2c-1", "r+b", buffering=0) as bus:
        fcntl.ioctl(bus, 0x0703, 0x77)
        bus.write(bytes([0xD0]))
        return bus.read(1)[0]


def read():
    return {
        "chip": chip(),
        "glow": glow(),
        "colour": NAME,
        "data": resources.files("lamp").joinpath("data/table.txt").read_text(),
        "version": metadata.version("bright-lamp"),
    }


def render(readings):
    from lamp import fail

    fail()
"""
FILES = {
    "lamp/__init__.py": b"from .colour import LEVEL\n\n\ndef glow():\n    import colorsys\n\n"
    b"    return colorsys.hsv_to_rgb(0.0, 0.0, LEVEL)[0]\n\n\n"
    b"def fail():\n    raise OSError(121, 'the lamp is gone')\n",
    "lamp/colour.py": b"LEVEL = 0.5\nNAME = 'white'\n",
    "lamp/data/table.txt": b"1 2 3",
    "lamp/newer.py": b"this is not Python",
    "bright-lamp.dist-info/METADATA": b"Name: bright-lamp\nVersion: 1.2\n",
}
MODULES = {
    "lamp": ("bright_lamp-1.2/lamp/__init__.py", True),
    "lamp.colour": ("bright_lamp-1.2/lamp/colour.py", False),
    "lamp.newer": ("bright_lamp-1.2/lamp/newer.py", False),
}


@pytest.mark.thorough
@pytest.mark.timeout(600)  # sealing and compiling
def test_a_sealed_plugin_has_its_libraries_their_files_and_device_files(tmp_path: Path, cache_folder: Path) -> None:
    source, component = tmp_path / "shine.py", tmp_path / "shine.wasm"
    source.write_text(PLUGIN, encoding="utf-8")
    seal(source, component, Workshop(), Embedded(MODULES, FILES))
    sandbox = Sandbox(tmp_path, cache_folder, VirtualClock())
    try:
        plugin = sandbox.load_file(component, "i2c:1:0x77")
        found = {"chip": 0x61, "glow": 0.5, "colour": "white", "data": "1 2 3", "version": "1.2"}
        assert plugin.read() == found
        with pytest.raises(PluginReportedError, match="the lamp is gone"):
            plugin.render("{}")
    finally:
        sandbox.close()
