"""Runs the same Python code with original libraries on the emulated machine, and with the modules of the sandbox.

In both cases, the code reaches the same devices of the emulated kernel.
"""

from __future__ import annotations

import json
from typing import Any

from hostcore.runtime.plugin import Plugin
from tests.emulation.worker import Worker
from tests.sandbox import Sandbox

RUNNER = """
import json

def render(readings):
    namespace = {}
    exec(readings["source"], namespace)
    return json.dumps(namespace["answer"])
"""
"""A plugin that runs code."""

OUTCOME = """
def plain(value):
    if isinstance(value, (bytes, bytearray, tuple, list)):
        return [type(value).__name__, *map(plain, value)]
    return value

def outcome(call):
    try:
        result = call()
    except Exception as error:
        builtin = next(each for each in type(error).__mro__ if each.__module__ == "builtins")
        return ["raised", builtin.__name__, error.errno if isinstance(error, OSError) else None]
    return ["returned", type(result).__name__, plain(result)]

answer = []

def note(call):
    answer.append(outcome(call))
"""
"""`note(call)` adds what the call returns or raises to the answer. An exception is known by its nearest built-in class
and its errno, which is what a driver can catch."""


class BothWays:
    """The original libraries, and the sandbox.

    Args:
        linux: a process on the emulated machine.
        sandbox: a sandbox with that machine.
        permissions: what the plugin may use.
    """

    def __init__(self, linux: Worker, sandbox: Sandbox, *permissions: str) -> None:
        self._linux = linux
        self._plugin: Plugin = sandbox.load(RUNNER, *permissions, name="both")

    def original(self, code: str) -> list[Any]:
        """The noted outcomes of `code` with the original libraries."""
        found: list[Any] = json.loads(json.dumps(self._linux.run(OUTCOME + code)))
        return found

    def ours(self, code: str) -> list[Any]:
        """The noted outcomes of `code` in the sandbox."""
        found: list[Any] = json.loads(self._plugin.render(json.dumps({"source": OUTCOME + code})))
        return found
