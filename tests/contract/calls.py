"""The same calls through an original library on the emulated kernel, and through the guest's module in the sandbox."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from textwrap import dedent

from hostcore.events import TransferCompleted
from hostcore.place import GPIO
from tests.emulation.gpio import GpioChip
from tests.emulation.kernel import EmulatedKernel
from tests.emulation.preload import run_python
from tests.sandbox import Sandbox

CPU = "Hardware\t: BCM2711\nRevision\t: a03111\n"
"""/proc/cpuinfo of a Raspberry Pi 4: the libraries look for the revision."""
MARK = 53
"""The line that is driven between two cases."""

MAKE_CALLS = '''
def make_calls(names, calls):
    """Return the text of each call's result, or of its exception, and after each the warnings."""
    import warnings
    told = []
    for call in calls:
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                try:
                    code = compile(call, "call", "eval")
                except SyntaxError:
                    exec(compile(call, "call", "exec"), names)
                    told.append("done")
                else:
                    told.append(repr(eval(code, names)))
            except Exception as error:
                told.append(f"{type(error).__name__}: {error}")
        told += [f"warned: {each.message}" for each in warned if "lgpio" not in str(each.message)]
    return told
'''

Case = Sequence[str]
"""Statements and expressions, in order. They share their names."""


@dataclass(frozen=True, slots=True)
class Told:
    """What the calls of one case led to."""

    results: tuple[str, ...]
    """For each call its result or exception, followed by its warnings."""
    levels: tuple[tuple[int, bool], ...]
    """The levels that were driven, with their lines. A level that a line has already is left out."""


def theirs(kernel: EmulatedKernel, cases: Mapping[str, Case], prepare: str, finish: str = "") -> dict[str, Told]:
    """Make the calls in one ordinary Python on a machine with the chip "gpiochip0".

    Args:
        kernel: the machine.
        cases: the calls by the name of their case.
        prepare: statements that run before each case.
        finish: statements that run after each case.
    """
    chip = GpioChip()
    kernel.plug("gpiochip0", chip)
    (kernel.root / "proc/cpuinfo").write_text(CPU)
    program = f"""
import json, lgpio, os
os.environ.update(RPI_LGPIO_REVISION="a03111", RPI_LGPIO_CHIP="0", GPIOZERO_PIN_FACTORY="lgpio")
{MAKE_CALLS}
for name, calls in json.loads({json.dumps(dict(cases))!r}).items():
    names = {{}}
    exec({dedent(prepare)!r}, names)
    print(json.dumps([name, make_calls(names, calls)]), flush=True)
    exec({finish!r}, names)
    names.clear()
    mark = lgpio.gpiochip_open(0)
    lgpio.gpio_claim_output(mark, {MARK}, 1)
    lgpio.gpiochip_close(mark)
"""
    done = run_python(kernel.root, program)
    assert done.returncode == 0, done.stderr
    told = dict(json.loads(line) for line in done.stdout.splitlines())
    driven: list[list[tuple[int, bool]]] = [[]]
    for line, level in chip.driven:
        if line == MARK:
            driven.append([])
        else:
            driven[-1].append((line, level))
    return {name: Told(tuple(told[name]), changes(levels)) for name, levels in zip(cases, driven, strict=False)}


def ours(sandbox: Sandbox, calls: Case, prepare: str, *permissions: str) -> Told:
    """Make the calls in the sandbox."""
    source = f"""
import host
{MAKE_CALLS}
def read():
    names = {{}}
    exec({dedent(prepare)!r}, names)
    return {{"told": make_calls(names, host.settings()["calls"])}}
"""
    plugin = sandbox.load(source, *permissions, settings=json.dumps({"calls": list(calls)}))
    sandbox.events.clear()
    told = plugin.read()["told"]
    assert isinstance(told, list)
    return Told(tuple(map(str, told)), levels(sandbox))


def levels(sandbox: Sandbox) -> tuple[tuple[int, bool], ...]:
    """The levels that the sandbox's plugins drove, with their lines."""
    return changes(
        (event.address, bool(message.data[0]))
        for event in sandbox.events
        if isinstance(event, TransferCompleted) and event.bus == GPIO and isinstance(event.address, int)
        for message in event.messages
        if message.written
    )


def changes(driven: Iterable[tuple[int, bool]]) -> tuple[tuple[int, bool], ...]:
    """Leave out each level that its line has already."""
    present: dict[int, bool] = {}
    changed = []
    for line, level in driven:
        if present.get(line) is not level:
            present[line] = level
            changed.append((line, level))
    return tuple(changed)
