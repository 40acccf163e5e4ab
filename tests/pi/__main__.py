"""``python -m tests.pi [STEP ...]``: emulates a small Pi, and prints what it can. Takes many minutes.

Exits with status 1 if a step fails, and with 2 if this computer cannot emulate it.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from hostcore.errors import HostError
from tests.pi.emulated import EmulatedPi, StepFailedError
from tests.pi.machine import CPU, Machine, MissingError, enter, make_machine, require_programs
from tests.pi.memory import MIB, Peak, Watcher, how_limited, make_room
from tests.pi.steps import COMPILE, INSTALL, STEPS, Step

LIMIT = 512 * MIB
"""Memory of a Zero 2 W. A real one needs some of it for its system, and none for an emulator."""
NO_LIMIT = 1 << 50
PROJECT = Path(__file__).parent.parent.parent


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a step."""

    step: str
    problem: str
    """"" if it passed."""
    remark: str
    seconds: float
    peak: Peak

    @property
    def passed(self) -> bool:
        """Whether it did what it should, and no process ran out of memory."""
        return not self.problem and not self.peak.ended

    def __str__(self) -> str:
        verdict = "PASS" if self.passed else "FAIL"
        ended = f"{self.peak.ended} processes were ended, because no memory was left" if self.peak.ended else ""
        text = "; ".join(filter(None, (self.problem, ended, self.remark)))
        return f"{verdict}  {self.step:<16}{self.seconds:>6.0f} s  {self.peak!s:<36}  {text}"


def main() -> int:
    """Do what the command line says."""
    options = _parser().parse_args()
    folder = options.folder.resolve()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        require_programs()
        wheel = options.wheel or _newest_wheel(PROJECT / "dist")
        enter(sys.argv[1:])
        machine = make_machine(folder, wheel.resolve())
        steps = _chosen(options.steps, machine)
    except (HostError, MissingError) as error:
        print(error, file=sys.stderr)
        return 2
    except subprocess.CalledProcessError:  # pip or mount said why
        return 2
    print(f"An emulated Pi: {CPU}, {LIMIT // MIB} MiB, {machine.wheel.name}")
    print(f"Memory: {how_limited()}. The emulator's own memory counts: a real Pi needs less.", flush=True)
    results = [_result(each, machine, folder / "home") for each in steps]
    failed = [each.step for each in results if not each.passed]
    print(f"{len(results) - len(failed)} of {len(results)} steps passed" + "".join(f", not {each}" for each in failed))
    return int(bool(failed))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tests.pi", description="Emulate a small Pi, and use the host on it."
    )
    parser.add_argument("steps", nargs="*", metavar="STEP", help="only these, on what is installed; default: all")
    parser.add_argument("--folder", type=Path, default=PROJECT / "build" / "pi", help="where the machine is kept")
    parser.add_argument("--wheel", type=Path, help="the wheel (default: the newest in dist/ for aarch64, or for any)")
    return parser


def _newest_wheel(folder: Path) -> Path:
    """Return the newest wheel for aarch64, else the newest one for any machine.

    Raises:
        MissingError: there is none.
    """
    for kind in ("manylinux*aarch64", "any"):
        if found := sorted(folder.glob(f"*-py3-none-{kind}.whl"), key=os.path.getmtime):
            return found[-1]
    raise MissingError(f"{folder} has no wheel for aarch64: make wheels")


def _chosen(names: Sequence[str], machine: Machine) -> list[Step]:
    """Return the steps to do. The first two prepare the others, and remain done."""
    every = [INSTALL, *([] if machine.is_compiled else [COMPILE]), *STEPS]
    known = {each.name: each for each in every}
    if unknown := [each for each in names if each not in known]:
        raise MissingError(f"there is no step {unknown[0]}; there are {', '.join(known)}")
    return [known[each] for each in names] or every


def _result(step: Step, machine: Machine, home: Path) -> Result:
    room = make_room(LIMIT if step.is_limited else NO_LIMIT)
    watcher, began, problem, remark = Watcher(room), time.monotonic(), "", ""
    try:
        remark = step.do(EmulatedPi(machine, home, room))
    except StepFailedError as failure:
        problem = str(failure)
    finally:
        seconds = time.monotonic() - began
        peak = watcher.close()
    result = Result(step.name, problem, remark, seconds, peak)
    print(result, flush=True)
    return result


if __name__ == "__main__":
    try:
        sys.exit(main())
    except KeyboardInterrupt:
        sys.exit(130)
