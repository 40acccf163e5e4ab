"""Compares what a component imports and exports with the contracts, before anything of it is linked."""

from __future__ import annotations

from collections.abc import Iterable

from hostcore.compat.demo import contract as demo
from hostcore.errors import PluginFileError
from hostcore.runtime.exports import CONTRACT, Export, exported_functions, short_name
from hostcore.runtime.native import wit
from hostcore.runtime.native.interfaces import InstanceType, Other
from hostcore.runtime.shapes import Rule, is_poll, rule_for
from hostcore.runtime.surface import Interface
from hostcore.runtime.type_text import MOST_RESOURCES, Resources, TypeTooLargeError, function_text
from hostcore.wasi.types import RESOURCE

POLL = "() -> a record that JSON can hold, or a list of such records"
"""The type of a function that returns readings."""
_MOST_TEXT = 300
"""Most characters of a type in an error."""


class ContractCheck:
    """The check of one component.

    Args:
        plugin: the plugin's name, for errors.

    Every method raises PluginFileError if a member is not what the contract says. The error names the member, the type
    that the component declares, and the type that is expected.
    """

    def __init__(self, plugin: str) -> None:
        self._plugin = plugin
        self._resources = Resources()

    def imports(self, interfaces: Iterable[Interface]) -> None:
        """Check imports. A member that the contract does not know is refused."""
        for interface in interfaces:
            short = short_name(interface.name)
            if interface.members is None:
                raise self._error(f"imports {short}, but not as an interface; build it against wit/")
            for name, type_ in interface.members.items():
                if isinstance(type_, wit.ResourceType):
                    self._resource(short, name, type_)
            for name, type_ in interface.members.items():
                self._import(f"{short}#{name}", type_)

    def exports(self, interfaces: Iterable[Interface]) -> dict[str, Export]:
        """Check exports. The result has each function of an accepted version, by its name as in `LinkedComponent`."""
        found = dict(exported_functions(interfaces))
        for member, export in found.items():
            self._export(member, export.type)
        if not found:
            raise self._error(
                f"exports nothing of {CONTRACT} or {demo.PACKAGE}; a plugin exports driver, display or page (wit/)"
            )
        return found

    def _resource(self, interface: str, name: str, type_: wit.ResourceType) -> None:
        """Note a resource that the interface defines. Others were defined by an interface before it."""
        rule = rule_for(f"{interface}#{name}")
        if rule is None or RESOURCE in rule.allowed:
            self._resources.add(name, type_)
            if len(self._resources) > MOST_RESOURCES:
                raise self._error(
                    f"imports at least {len(self._resources)} types of resources; up to {MOST_RESOURCES} are allowed"
                )
        elif self._resources.name_of(type_) != name:
            raise self._unknown(f"{interface}#{name}", rule)

    def _import(self, member: str, type_: object) -> None:
        if isinstance(type_, InstanceType | Other):
            raise self._error(f"imports {_dotted(member)}, which is neither a function nor a type")
        rule = rule_for(member)
        if rule is not None and isinstance(type_, wit.FuncType):
            if not rule.allowed:
                raise self._unknown(member, rule)
            self._compare(member, rule, type_)

    def _export(self, member: str, type_: wit.FuncType) -> None:
        if member in demo.POLLS:
            declared = self._text(member, type_)
            if not is_poll(type_):
                raise self._differs(
                    member, declared, "() -> a record, or a list of records, that JSON can hold", "wit/demo/"
                )
            return
        rule = rule_for(member)
        if rule is not None and rule.allowed:
            self._compare(member, rule, type_)

    def _compare(self, member: str, rule: Rule, type_: wit.FuncType) -> None:
        declared = rule.abbreviated(self._text(member, type_))
        if declared not in rule.allowed:
            raise self._differs(member, declared, " or ".join(rule.allowed), rule.source)

    def _text(self, member: str, type_: wit.FuncType) -> str:
        try:
            return function_text(type_, self._resources)
        except TypeTooLargeError as error:
            raise self._error(f"the type of its {_dotted(member)} has {error}") from None

    def _unknown(self, member: str, rule: Rule) -> PluginFileError:
        return self._error(
            f"imports {_dotted(member)}, which {rule.source} does not have in this version of the host. "
            "Rebuild it against wit/"
        )

    def _differs(self, member: str, declared: str, expected: str, source: str) -> PluginFileError:
        how = " with wasi-host build" if member.startswith("python-wire#") else ""
        return self._error(
            f"its {_dotted(member)} is {declared[:_MOST_TEXT]}, not {expected[:_MOST_TEXT]} as {source} says. "
            f"Rebuild it against wit/{how}"
        )

    def _error(self, problem: str) -> PluginFileError:
        return PluginFileError(self._plugin, problem)


def _dotted(member: str) -> str:
    return member.replace("#", ".")[:_MOST_TEXT]
