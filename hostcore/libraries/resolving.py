"""Chooses the packages that a plugin needs, with empty wheels for those that the sandbox has or cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from hostcore.libraries.advice import ADVICE, alternative
from hostcore.libraries.guest_python import GUEST_PYTHON
from hostcore.libraries.pip import EMPTY, REPORT, Pip
from hostcore.libraries.pip_trace import Kind, Trace, Wanted, parsed
from hostcore.libraries.provided import NEWEST, PROVIDED, fitting_version, write_empty_wheel
from hostcore.libraries.report import Reported, applies, needed, read_report, without_condition
from hostcore.libraries.wheel_name import normalized
from hostcore.quick_dataclass import dataclass

if TYPE_CHECKING:
    from packaging.requirements import Requirement

MOST_RUNS = 6
"""Runs of pip for one plugin. One is usual; each further one has found out about another package."""
_UNUSABLE = {Kind.NATIVE, Kind.SOURCE}


class UnresolvableError(Exception):
    """The libraries of a plugin cannot be had together. The text names who wants what, and an alternative."""


@dataclass(frozen=True)
class Plan:
    """What to download."""

    packages: tuple[Reported, ...]
    notices: tuple[str, ...] = ()
    """One line for each package that is left out, or will not work."""


def plan(roots: Sequence[Requirement], pip: Pip) -> Plan:
    """Choose the newest versions that fit together. Blocks like `Pip.resolve`.

    Raises:
        UnresolvableError: a package has no pure wheel, does not exist, or others contradict each other.
        ReportError, PipError, BuildError: like `Pip.resolve` and `read_report`.
        OSError: the disk is full.
    """
    return _Resolver(roots, pip).plan()


class _Resolver:
    """Runs pip until it has an answer."""

    def __init__(self, roots: Sequence[Requirement], pip: Pip) -> None:
        self._roots = [each for each in roots if applies(each) and normalized(each.name) not in PROVIDED]
        self._pip = pip
        self._further: dict[str, str] = {}  # requirements that hold in the sandbox only
        self._empty: set[tuple[str, str]] = set()
        self._reasons = {name: str(each) for name, each in ADVICE.items() if each.is_native}

    def plan(self) -> Plan:
        self._refuse_native_roots()
        for name in (*PROVIDED, *self._reasons):
            self._add_empty(name, NEWEST)
        for _ in range(MOST_RUNS if self._roots else 0):
            run = self._pip.resolve([*map(without_condition, self._roots), *self._further.values()])
            if self._replaced_more(run.trace, has_failed=not run.has_succeeded):
                continue
            if not run.has_succeeded:
                raise UnresolvableError(run.network_problem or _problem(run.trace))
            found = needed(self._roots, read_report(self._pip.folder / REPORT), self._replaced)
            further = found.missing.keys() - self._further.keys()
            if not further:
                return Plan(tuple(found.packages.values()), tuple(self._notices(found.by)))
            self._further |= found.missing
        if self._roots:
            raise UnresolvableError(f"pip found no versions that fit together in {MOST_RUNS} runs")
        return Plan(())

    @property
    def _replaced(self) -> frozenset[str]:
        return frozenset(name for name, _ in self._empty)

    def _refuse_native_roots(self) -> None:
        for root in self._roots:
            reason = self._reasons.get(normalized(root.name))
            if reason is not None:
                raise UnresolvableError(f"{root.name} {reason}")

    def _add_empty(self, name: str, version: str) -> None:
        """Give pip an empty wheel."""
        if (name, version) not in self._empty:
            write_empty_wheel(self._pip.folder / EMPTY, name, version)
            self._empty.add((name, version))

    def _replaced_more(self, trace: Trace, *, has_failed: bool) -> bool:
        """Give pip more empty wheels, for packages that others want and that cannot be had. Returns whether it did.

        A success is no reason to stop: pip may have chosen an old version of a library that wanted less.
        """
        wanted = [requirement for each in trace.wanted() if each.by and (requirement := parsed(each))]
        before = len(self._empty)
        if has_failed:
            self._note_unusable(wanted, trace)
        replaced = self._replaced
        for requirement in wanted:
            name = normalized(requirement.name)
            if name in replaced:
                self._add_empty(name, fitting_version(requirement.specifier))
        return len(self._empty) > before

    def _note_unusable(self, wanted: Sequence[Requirement], trace: Trace) -> None:
        """Replace what others want and no index has as a pure wheel, and what only the host's Python would need."""
        kinds = trace.left_out()
        for name in trace.unavailable() - self._replaced - {normalized(root.name) for root in self._roots}:
            unusable = kinds.get(name, frozenset()) & _UNUSABLE
            is_needed = any(applies(each) for each in wanted if normalized(each.name) == name)
            if unusable or not is_needed:
                self._reasons[name] = _reason(unusable) if unusable else "no index has"
                self._add_empty(name, NEWEST)

    def _notices(self, by: dict[str, str]) -> Iterator[str]:
        for name, owner in by.items():
            advice = ADVICE.get(name)
            if name in PROVIDED:
                continue
            if name in self._replaced:
                yield f"{owner} wants {name}, which {self._reasons[name]}; it is left out, and an import of it fails"
            elif advice is not None:
                yield f"{f'{owner} wants {name}, which' if owner else name} {advice}"


def _problem(trace: Trace) -> str:
    """Say why pip found nothing."""
    if refused := trace.refused():
        return f"{refused} {Kind.SOURCE.value}"
    conflict = trace.conflict()
    unavailable = trace.unavailable()
    for wanted in trace.wanted():
        requirement = parsed(wanted)
        if requirement is not None and normalized(requirement.name) in unavailable:
            return _unavailable(wanted, normalized(requirement.name), trace)
    return f"the requirements contradict each other: {conflict}" if conflict else trace.last_error()


def _unavailable(wanted: Wanted, name: str, trace: Trace) -> str:
    requirement = wanted.requirement.partition(";")[0].strip()  # without its condition
    subject = f"{wanted.by} wants {requirement}, which" if wanted.by else requirement
    kinds = trace.left_out().get(name, frozenset())
    versions = trace.versions(name)
    if versions:
        return (
            f"{subject} no index has for Python {GUEST_PYTHON}; there are {versions}"
            if wanted.by
            else (f"{subject}: no index has such a version for Python {GUEST_PYTHON}; there are {versions}")
        )
    if kinds:
        return f"{subject} {_reason(kinds)}{alternative(name)}"
    return (
        f"{subject} no index has; is the name right?"
        if wanted.by
        else (f"{subject}: no index has a package of this name; is it right?")
    )


def _reason(kinds: frozenset[Kind]) -> str:
    """Return the reason that concerns most versions: an old source is no reason if the new versions are native."""
    kind = next(each for each in (Kind.NATIVE, Kind.OTHER_PYTHON, Kind.SOURCE) if each in kinds)
    return f"{kind.value} than the sandbox's {GUEST_PYTHON}" if kind is Kind.OTHER_PYTHON else kind.value
