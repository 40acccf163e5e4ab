"""Chooses the packages that a plugin needs, with empty wheels for those that the sandbox has or cannot have."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from hostcore.libraries.advice import ADVICE, alternative
from hostcore.libraries.guest_python import GUEST_PYTHON
from hostcore.libraries.pip import EMPTY, OFFLINE, REPORT, Pip
from hostcore.libraries.pip_trace import Kind, Trace, Wanted, parsed
from hostcore.libraries.provided import NEWEST, PROVIDED, fitting_versions, write_empty_wheel
from hostcore.libraries.report import Reported, applies, needed, read_report, without_condition
from hostcore.libraries.wheel_name import normalized

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
            if not run.has_succeeded:
                if not self._replaced_more(run.trace):
                    raise UnresolvableError(self._problem(run.trace))
                continue
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

    def _add_empty(self, name: str, version: str) -> bool:
        """Give pip an empty wheel. Returns whether it is a new one."""
        if (name, version) in self._empty:
            return False
        write_empty_wheel(self._pip.folder / EMPTY, name, version)
        self._empty.add((name, version))
        return True

    def _replaced_more(self, trace: Trace) -> bool:
        """Give pip more empty wheels, for packages that others want and that cannot be had."""
        wanted = [(each, requirement) for each in trace.wanted() if each.by and (requirement := parsed(each))]
        kinds = trace.left_out()
        is_new = False
        for name in trace.unavailable() - {normalized(root.name) for root in self._roots}:
            unusable = kinds.get(name, frozenset()) & _UNUSABLE
            if name not in self._replaced and not unusable:
                continue
            if name not in PROVIDED:
                self._reasons.setdefault(name, _reason(unusable))
            specifiers = [requirement.specifier for _, requirement in wanted if normalized(requirement.name) == name]
            for version in fitting_versions(specifiers):
                is_new |= self._add_empty(name, version)
        return is_new

    def _notices(self, by: dict[str, str]) -> Iterator[str]:
        for name, owner in by.items():
            advice = ADVICE.get(name)
            if name in PROVIDED:
                continue
            if name in self._replaced:
                yield f"{owner} wants {name}, which {self._reasons[name]}; it is left out, and an import of it fails"
            elif advice is not None:
                yield f"{f'{owner} wants {name}, which' if owner else name} {advice}"

    def _problem(self, trace: Trace) -> str:
        """Say why pip found nothing."""
        host = trace.unreachable()
        if host:
            return f"{host} cannot be reached or does not answer as an index does; {OFFLINE}"
        conflict = trace.conflict()
        unavailable = trace.unavailable()
        for wanted in trace.wanted():
            requirement = parsed(wanted)
            if requirement is not None and normalized(requirement.name) in unavailable:
                return _unavailable(wanted, normalized(requirement.name), trace)
        return f"the requirements contradict each other: {conflict}" if conflict else trace.last_error()


def _unavailable(wanted: Wanted, name: str, trace: Trace) -> str:
    subject = f"{wanted.by} wants {wanted.requirement}, which" if wanted.by else wanted.requirement
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
