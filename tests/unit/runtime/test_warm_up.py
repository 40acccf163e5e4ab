"""The build warms the code that all plugins run, and leaves nothing else behind."""

from __future__ import annotations

from tests.sandbox import Sandbox

LOOKS = """
import linecache, sys
import host
from host import _wire
def read():
    code = _wire.ask.__code__
    specialized = code._co_code_adaptive != code.co_code
    return {
        "file": _wire.plugin_file, "lines": sorted(linecache.cache), "settings": host.settings(),
        "plugin": vars(sys.modules["plugin"]) is globals(), "specialized": specialized,
    }
"""


def test_a_plugin_finds_warm_code_and_nothing_of_the_driver_that_warmed_it(sandbox: Sandbox) -> None:
    found = sandbox.load(LOOKS, settings='{"own": 1}').read()
    assert found == {
        "file": "probe.py",
        "lines": ["probe.py"],
        "settings": {"own": 1},
        "plugin": True,
        "specialized": True,
    }
