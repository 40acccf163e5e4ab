"""A plugin's source says what it is: a driver, a display, a page, or a script. Tested in plain Python."""

from __future__ import annotations

import importlib.util
from textwrap import dedent
from types import ModuleType

import pytest

from tests.plain_python import GUEST


@pytest.fixture(scope="module")
def kinds() -> ModuleType:
    """The guest's module, which imports nothing of the sandbox."""
    spec = importlib.util.spec_from_file_location("kinds", GUEST / "kinds.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


DRIVERS = {
    "a function": "def read(): pass",
    "an async function": "async def read(): pass",
    "a function with defaults": "def read(channel=0, *, fast=True): pass",
    "any arguments": "def read(*arguments, **options): pass",
    "a name": "read = lambda: {}",
    "one of several names": "read, other = (lambda: {}), 1",
    "a starred name": "other, *read = 1, 2",
    "an annotated name": "read: object = print",
    "an import": "from drv import read",
    "a renamed import": "from drv import measure as read",
    "if": "if True:\n    def read(): pass",
    "else": "if False:\n    pass\nelse:\n    def read(): pass",
    "try": "try:\n    def read(): pass\nfinally:\n    pass",
    "except": "try:\n    import nothing\nexcept ImportError:\n    def read(): pass",
    "finally": "try:\n    pass\nfinally:\n    def read(): pass",
    "with": "with open('x'):\n    def read(): pass",
    "for": "for _ in range(1):\n    def read(): pass",
    "while": "while True:\n    def read(): pass\n    break",
    "match": "match 1:\n    case 1:\n        def read(): pass",
    "a test of its own": "def read(): pass\nif __name__ == '__main__':\n    while True:\n        print(read())",
    "a loop that ends": "while True:\n    try:\n        x = 1; break\n    except OSError: pass\ndef read(): pass",
}
"""How sources define `read`."""


@pytest.mark.parametrize("source", DRIVERS.values(), ids=DRIVERS)
def test_a_driver_may_define_its_function_in_any_way(kinds: ModuleType, source: str) -> None:
    does_something = f"print('started')\n{source}\n"
    assert not kinds.is_script(does_something)
    assert kinds.provided(does_something) == ["driver"]


@pytest.mark.parametrize(
    ("source", "interface"),
    [("def update(readings): pass", "display"), ("def render(all, *, dark=False): pass", "page")],
)
def test_displays_and_pages_take_the_readings(kinds: ModuleType, source: str, interface: str) -> None:
    assert not kinds.is_script(f"print()\n{source}")
    assert kinds.provided(source) == [interface]


SCRIPTS = {
    "a call": "print(1)",
    "a condition": "if __name__ == '__main__':\n    main()",
    "match": "match 1:\n    case 1: print()",
    "a helper that reads a register": "def read(register): pass\nprint(read(5))",
    "a helper with a keyword": "def read(*, register): pass\nprint(read(register=5))",
    "a helper that shows several values": "def update(line, text): pass\nupdate(1, '')",
    "a method": "class Sensor:\n    def read(self): pass\nprint(Sensor().read())",
    "an inner function": "def main():\n    def read(): pass\nmain()",
    "a loop without end": "def read(): pass\nwhile True:\n    print(read())",
    "a loop that Ctrl-C ends": "def read(): pass\ntry:\n    while 1: print(read())\nexcept KeyboardInterrupt: pass",
}
"""Sources that do something and have no function that the host could call, or that never end."""


@pytest.mark.parametrize("source", SCRIPTS.values(), ids=SCRIPTS)
def test_a_script_does_something_by_itself(kinds: ModuleType, source: str) -> None:
    assert kinds.is_script(dedent(source))


@pytest.mark.parametrize("source", ["", "x = 1", "import json", "def main(): pass", '"""Only words."""'])
def test_a_source_that_does_nothing_is_neither(kinds: ModuleType, source: str) -> None:
    assert not kinds.is_script(source)
    assert kinds.provided(source) == []
