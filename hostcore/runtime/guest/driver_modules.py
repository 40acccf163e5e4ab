"""The modules that drivers expect on a Raspberry Pi, such as `smbus2`: all files of the folder `modules`.

They are imported when the component is built, so every instance shares them, and importing one takes no time.
"""

import importlib
import pkgutil
import sys
from pathlib import Path

FOLDER = str(Path(__file__).parent / "modules")


def import_all() -> None:
    """Import every module of the folder. From then on, `import smbus2` finds it without a search."""
    sys.path.insert(0, FOLDER)  # before the `ctypes` of Python, which needs native code
    for found in pkgutil.walk_packages([FOLDER]):
        importlib.import_module(found.name)
