"""The component that runs any plugin's .py: it gets the source after it was instantiated."""

import gc

import standard_library  # noqa: F401 - makes its modules part of the component
from exports import PLUGIN, Display, Driver, Page
from plugin_code import use_host_log
from tracing import Tracing
from wit_world.exports.python_runtime import Exports

__all__ = ["Display", "Driver", "Page", "PythonRuntime"]


class PythonRuntime:
    """Interface `python-runtime`."""

    def trace(self) -> None:
        Tracing().start()

    def load(self, path: str, source: str) -> Exports:
        flags = Exports(0)
        for interface in PLUGIN.load(path, source):
            flags |= Exports[interface.upper()]
        return flags


use_host_log()
gc.collect()
gc.freeze()  # what every plugin shares is never looked at again, so its pages stay shared between instances
