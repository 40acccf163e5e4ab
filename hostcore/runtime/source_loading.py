"""Loads plugins into their instances: a Python source as code that another instance has compiled, if there is any."""

from __future__ import annotations

from typing import Any

from hostcore.compat.demo.contract import EXPORTS
from hostcore.errors import PluginFileError
from hostcore.hostcall import Err
from hostcore.log.plugin_log import PluginLog
from hostcore.log.safe_text import log_line
from hostcore.runtime.crash import refused_line
from hostcore.runtime.instance import Instance
from hostcore.runtime.prepared import Prepared

INTERFACES = {"driver#read": "driver", "display#update": "display", "page#render": "page", **EXPORTS}
"""Exported functions of the contracts, and the kind of plugin that has each."""

LOAD, LOAD_CODE = "python-runtime#load", "python-runtime#load-code"
"""Functions of the Python runtime. A recording has `LOAD` in either case, because its replay has code of its own."""


def load_source(instance: Instance, path: str, source: str, code: str) -> Any:
    """Load a plugin. Blocks while it loads.

    Args:
        instance: of the Python runtime, fresh.
        path: the file name that tracebacks show.
        source: Python.
        code: what the same Python runtime made of it; "" to let the instance compile it. That takes it up to a
            megabyte of memory, which it does not give back.

    Returns:
        The kinds of the plugin, or an `hostcore.hostcall.Err` with a text for a person.

    Raises:
        PluginCrashedError: the instance crashed; close it.
    """
    if code:
        return instance.invoke(LOAD_CODE, (path, source, code), recorded_as=(LOAD, (path, source)))
    return instance.invoke(LOAD, (path, source))


def load(prepared: Prepared, instance: Instance, log: PluginLog) -> frozenset[str]:
    """Load a plugin into its instance, and return its kinds. Blocks while it loads.

    Raises:
        PluginFileError: it does not compile, or is no plugin.
        PluginCrashedError: the instance crashed; close it.
    """
    spec = prepared.spec
    try:
        if prepared.source is None:
            provides = frozenset(INTERFACES[each] for each in instance.exported if each in INTERFACES)
        else:
            provides = _load_source(prepared, instance, prepared.source)
    finally:
        log.flush()
    if not provides:
        raise PluginFileError(spec.name, "exports none of driver.read, display.update, page.render (wit/plugin.wit)")
    return provides


def _load_source(prepared: Prepared, instance: Instance, source: str) -> frozenset[str]:
    spec = prepared.spec
    loaded = load_source(instance, spec.path.name, source, prepared.code)
    if isinstance(loaded, Err):
        problem = log_line(str(loaded.value))
        raise PluginFileError(spec.name, problem, refused_line(problem, spec.path.name))
    return frozenset(loaded)
