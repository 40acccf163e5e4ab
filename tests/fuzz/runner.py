"""Runs the cases of all targets, several batches at a time, and keeps what it finds."""

from __future__ import annotations

import select
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

from tests.fuzz.batch import Batch, Finding
from tests.fuzz.target import KNOWN, Case

KEPT = Path(__file__).parents[2] / ".fuzz"
"""The folder of the findings' inputs and reports. Git ignores it."""
ENOUGH = 20
"""Findings of one target after which its other cases are left out: most will have the same cause."""
LOOK = 0.1
"""Seconds between two looks at the batches."""


def run(cases: Iterable[Case], at_once: int, advance: Callable[[str, int], None]) -> Iterator[Finding]:
    """Run cases, and yield each finding as it is found. Blocks between two findings.

    Args:
        cases: the cases, target by target.
        at_once: most batches that run at the same time.
        advance: takes the name of a target, and how many of its cases have ended since the last call.
    """
    waiting, running = deque(_batches(cases)), dict[Batch, int]()
    found: dict[str, int] = {}
    try:
        while waiting or running:
            while waiting and len(running) < at_once:
                group = waiting.popleft()
                name = group[0].target.name
                if found.get(name, 0) < ENOUGH:
                    running[Batch(group)] = 0
                else:
                    advance(name, len(group))
            select.select([batch.pipe for batch in running], [], [], LOOK)
            for batch in list(running):
                name, done = batch.cases[0].target.name, batch.done
                advance(name, done - running[batch])
                running[batch] = done
                if not batch.ended():
                    continue
                told = running.pop(batch)
                findings, left = batch.close()
                advance(name, len(batch.cases) - len(left) - told)
                if left:
                    waiting.appendleft(left)
                found[name] = found.get(name, 0) + len(findings)
                yield from findings
    finally:
        for batch in running:
            batch.kill()


def _batches(cases: Iterable[Case]) -> Iterator[tuple[Case, ...]]:
    group: list[Case] = []
    for case in cases:
        if group and (case.target is not group[0].target or len(group) == case.target.batch):
            yield tuple(group)
            group = []
        group.append(case)
    if group:
        yield tuple(group)


def keep(finding: Finding, folder: Path = KEPT) -> Path:
    """Write a finding's input and report. Returns the file of the input."""
    case = finding.case
    folder.mkdir(exist_ok=True)
    file = folder / f"{case.target.name}-{case.known.name if case.known else f'{case.seed}-{case.number}'}"
    file.write_bytes(finding.content)
    file.with_name(f"{file.name}.txt").write_text(f"{case}\n{finding.problem}\n", encoding="utf-8")
    return file


def told(finding: Finding, file: Path) -> Sequence[str]:
    """What a person reads about a finding: what happened, how to repeat it, how to make it a test."""
    case = finding.case
    again = f"python -m tests.fuzz --seed {case.seed} --only {case.target.name} --case {case.number}"
    test = f"cp {file} {KNOWN / case.target.name}/NAME"
    steps = [] if case.known else [f"  again: {again}", f"  to make it a test: {test}"]
    return [f"FOUND {case}: {finding.problem.strip().splitlines()[-1][:300]}", f"  report: {file}.txt", *steps]
