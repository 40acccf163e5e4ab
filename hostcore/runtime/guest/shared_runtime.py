"""The component that runs any plugin's .py. It receives the source after it was instantiated."""

import driver_modules
import heap
import standard_library  # noqa: F401 - makes its modules part of the component
from background import use_background
from exports import PLUGIN, Display, Driver, Page
from i2c_files import use_i2c_files
from library_finder import use_libraries
from linux_names import use_linux_names
from plugin_code import compiled, use_host_log
from refusals import refuse
from stepping import Stepping
from streams import use_whole_writes
from tracing import Tracing
from warm_up import warm_up
from wit_world.exports.python_runtime import Exports

__all__ = ["Display", "Driver", "Page", "PythonRuntime"]

EXPORTS = {
    frozenset(str(flag.name).lower() for flag in exports): exports for exports in map(Exports, range(1 << len(Exports)))
}
"""Every combination, created at build time: enum arithmetic touches many pages, which every instance would copy."""


class PythonRuntime:
    """Interface `python-runtime`."""

    def trace(self) -> None:
        Tracing().start()

    def trace_steps(self) -> None:
        Stepping().start()

    def load(self, path: str, source: str) -> Exports:
        return EXPORTS[frozenset(PLUGIN.load(path, source))]

    def load_code(self, path: str, source: str, code: str) -> Exports:
        return EXPORTS[frozenset(PLUGIN.load(path, source, code))]

    def run(self) -> None:
        PLUGIN.run()

    def compile(self, path: str, source: str) -> str:
        return compiled(path, source)


use_linux_names()  # first: the modules may look at the names when they are imported
driver_modules.import_all()
use_background()
use_libraries()
use_i2c_files()
refuse()
use_whole_writes()
use_host_log()
warm_up()
heap.settle()
