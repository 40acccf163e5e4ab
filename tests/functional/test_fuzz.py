"""A short run of every target of `tests.fuzz`, and what its runner does with a case that is not survived."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hostcore import shipped
from tests.fuzz import batch, runner, target
from tests.fuzz.batch import Finding
from tests.fuzz.readings import SHAPES
from tests.fuzz.target import Case, Check, Target, cases_of
from tests.fuzz.targets import TARGETS

SEED = 11
CASES = 40


def run(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.fuzz", *arguments]
    return subprocess.run(command, cwd=shipped.folder(), capture_output=True, text=True, check=False)


@pytest.mark.thorough
def test_a_short_run_finds_nothing() -> None:
    done = run("--cases", str(CASES), "--seed", str(SEED))
    assert done.returncode == 0, done.stderr
    assert f"seed {SEED}" in done.stderr
    assert "0 findings" in done.stderr


def test_there_are_thirty_shapes_of_readings() -> None:
    assert len(SHAPES) == 30


@pytest.mark.parametrize("each", TARGETS, ids=lambda each: each.name)
def test_a_seed_makes_the_same_cases_again(each: Target) -> None:
    first, again, other = (
        [case.content() for case in cases_of(each, seed, range(20)) if not case.known] for seed in (1, 1, 2)
    )
    assert first == again != other


def misbehave(content: bytes) -> None:
    match content:
        case b"3":
            raise KeyError("three")
        case b"5":
            os.kill(os.getpid(), signal.SIGKILL)
        case b"7":
            raise SystemExit(0)
        case b"9":
            signal.pause()


@contextmanager
def ready(_folder: Path) -> Iterator[Check]:
    yield misbehave


NUMBERED = Target("numbered", 1, lambda chance: b"", ready, batch=100)


class Numbered(Case):
    """A case whose input is its number."""

    def content(self) -> bytes:
        return str(self.number).encode()


@pytest.fixture
def findings() -> list[Finding]:
    done: list[int] = []
    cases = [Numbered(NUMBERED, SEED, number) for number in range(9)]
    found = list(runner.run(cases, 1, lambda _, count: done.append(count)))
    assert sum(done) == len(cases)
    return found


def test_an_error_a_death_and_an_exit_name_their_case_and_the_others_run(findings: list[Finding]) -> None:
    problems = {each.content: each.problem.strip().splitlines()[-1] for each in findings}
    assert problems == {b"3": "KeyError: 'three'", b"5": "killed by SIGKILL", b"7": "SystemExit: 0"}


def test_a_hang_is_ended_and_names_its_case(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch, "HANG_SECONDS", 0.0)
    (finding,) = runner.run([Numbered(NUMBERED, SEED, 9)], 1, lambda *_: None)
    assert (finding.case.number, finding.problem) == (9, "it hung for 0 s")


def test_a_finding_is_kept_and_the_report_says_how_to_repeat_it_and_to_make_it_a_test(
    findings: list[Finding], tmp_path: Path
) -> None:
    finding = next(each for each in findings if each.content == b"5")
    file = runner.keep(finding, tmp_path / "kept")
    assert file.read_bytes() == b"5"
    assert "killed by SIGKILL" in file.with_name(f"{file.name}.txt").read_text(encoding="utf-8")
    told = "\n".join(runner.told(finding, file))
    assert f"python -m tests.fuzz --seed {SEED} --only numbered --case 5" in told
    assert f"cp {file} {target.KNOWN / 'numbered'}/NAME" in told


def test_a_known_input_is_a_case_of_every_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    (tmp_path / "numbered").mkdir()
    (tmp_path / "numbered" / "three").write_bytes(b"3")
    monkeypatch.setattr(target, "KNOWN", tmp_path)
    (finding,) = runner.run(cases_of(NUMBERED, SEED, range(1)), 1, lambda *_: None)
    assert finding.case.known == tmp_path / "numbered" / "three"
    assert "KeyError: 'three'" in finding.problem
