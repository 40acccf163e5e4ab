"""The classes of a library, as its source tells them. The source is parsed, and never run."""

from __future__ import annotations

import ast
import warnings
from collections.abc import Iterator, Mapping
from contextlib import suppress
from enum import StrEnum
from keyword import iskeyword

from hostcore.libraries.draft.constants import (
    addresses_in_calls,
    is_address,
    is_address_name,
    last_name,
    numbers,
    numbers_of,
)
from hostcore.quick_dataclass import dataclass, replace

MAX_SOURCE, MAX_TOTAL = 128 << 10, 1 << 20
"""Most characters of a module, and of all modules, that are looked at. The largest module of 30 drivers that were tried
has 52 KiB. Parsing a module takes up to 500 times as many bytes of memory as it has characters."""
MAX_CLASSES, MAX_BASES = 500, 20
"""Most classes that are looked at, and most bases of one."""


class MemberKind(StrEnum):
    """How a value is taken from an object."""

    PROPERTY = "property"
    METHOD = "method"
    """A method that can be called without arguments."""
    REGISTER = "register"
    """A class attribute that reads a register, as adafruit_register makes them."""
    ATTRIBUTE = "attribute"
    """An attribute that the constructor creates."""


@dataclass(frozen=True, slots=True)
class Member:
    """A public member of a class."""

    name: str
    kind: MemberKind
    summary: str = ""
    """The first line of its docstring."""
    returns: str = ""
    """Its annotation as source text."""
    is_settable: bool = False
    """Whether the property has a setter, which makes it more likely a setting."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a constructor."""

    name: str
    annotation: str = ""
    """Source text."""
    is_required: bool = True
    number: int | None = None
    """Its default, if that is a whole number."""


@dataclass(frozen=True, slots=True)
class LibraryClass:
    """A class of a library, with everything that it inherits from other classes of the library."""

    module: str
    name: str
    bases: tuple[str, ...] = ()
    """The names of all classes that it inherits from, the nearest first. Those of other libraries are among them."""
    parameters: tuple[Parameter, ...] = ()
    members: tuple[Member, ...] = ()
    parts: tuple[tuple[str, str], ...] = ()
    """Attributes that hold an object of another class of the library: the attribute, and the class's name."""
    addresses: tuple[int, ...] = ()
    """I2C addresses that the class or its module names, the likeliest first."""

    def member(self, name: str) -> Member | None:
        """The public member of this name, if there is one."""
        return next((each for each in self.members if each.name == name), None)


@dataclass(frozen=True, slots=True)
class Outline:
    """The classes and functions of a library."""

    classes: tuple[LibraryClass, ...] = ()
    functions: tuple[tuple[str, str], ...] = ()
    """The module and the name of each public function."""


def outline(modules: Mapping[str, str]) -> Outline:
    """Return the outline of a library. Blocks for some milliseconds for each 100 KiB.

    Args:
        modules: the source of each module, by its dotted name. Modules that are not Python of this computer's version,
            are too large, or that no statement can import, are left out. Any text is safe.
    """
    known = {name: found for _, tree in _parsed(modules) for name, found in numbers(tree.body)}
    own: list[LibraryClass] = []
    functions: list[tuple[str, str]] = []
    for module, tree in _parsed(modules):  # again, because all trees together would take too much memory
        own += _classes(module, tree, known)
        functions += ((module, name) for name in _functions(tree))
    by_name = {each.name: each for each in own[:MAX_CLASSES]}
    return Outline(tuple(_with_inherited(each, by_name) for each in own[:MAX_CLASSES]), tuple(functions))


def _parsed(modules: Mapping[str, str]) -> Iterator[tuple[str, ast.Module]]:
    total = 0
    for name, source in modules.items():
        is_importable = not any(map(iskeyword, name.split(".")))
        if is_importable and len(source) <= MAX_SOURCE and total + len(source) <= MAX_TOTAL:
            total += len(source)
            tree = None  # the tree before it is free when the next one is made
            with suppress(SyntaxError, ValueError, RecursionError, MemoryError), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # a person who wants a plugin cannot change the library
                tree = ast.parse(source)
            if tree is not None:
                yield name, tree


def _functions(tree: ast.Module) -> Iterator[str]:
    """Yield the names of the public functions."""
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
            yield node.name


def _with_inherited(own: LibraryClass, known: Mapping[str, LibraryClass]) -> LibraryClass:
    """Add what a class inherits. Classes can inherit in a circle if the library is broken or hostile."""
    lineage, waiting = [own], list(own.bases)
    names = list(own.bases)
    while waiting and len(lineage) <= MAX_BASES:
        base = known.get(waiting.pop(0))
        if base is not None and base not in lineage:
            lineage.append(base)
            waiting += base.bases
            names += [each for each in base.bases if each not in names]
    members = {member.name: member for each in reversed(lineage) for member in each.members}
    return replace(
        own,
        bases=tuple(names),
        parameters=next((each.parameters for each in lineage if each.parameters), ()),
        members=tuple(members.values()),
        parts=tuple(part for each in lineage for part in each.parts),
        addresses=tuple(dict.fromkeys(address for each in lineage for address in each.addresses)),
    )


def _classes(module: str, tree: ast.Module, known: Mapping[str, list[int]]) -> Iterator[LibraryClass]:
    """Yield the classes of a module, without what they inherit."""
    of_module = list(numbers(tree.body))
    nodes = [node for node in tree.body if isinstance(node, ast.ClassDef)]
    used = addresses_in_calls(tree, {node.name for node in nodes}, known)
    for node in nodes:
        constructor = next(
            (each for each in node.body if isinstance(each, ast.FunctionDef) and each.name == "__init__"), None
        )
        parameters = tuple(_parameters(constructor, known)) if constructor else ()
        by_default = [each.number for each in parameters if each.number is not None and is_address_name(each.name)]
        named = [
            number for name, found in (*numbers(node.body), *of_module) if "ADDR" in name.upper() for number in found
        ]
        yield LibraryClass(
            module,
            node.name,
            bases=tuple(name for base in node.bases if (name := last_name(base))),
            parameters=parameters,
            members=tuple(_members(node, constructor)),
            parts=tuple(_parts(constructor)) if constructor else (),
            addresses=tuple(dict.fromkeys(filter(is_address, (*by_default, *used, *named)))),
        )


def _parameters(constructor: ast.FunctionDef, known: Mapping[str, list[int]]) -> Iterator[Parameter]:
    arguments = constructor.args
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [*[None] * (len(positional) - len(arguments.defaults)), *arguments.defaults]
    pairs = [*zip(positional, defaults, strict=True), *zip(arguments.kwonlyargs, arguments.kw_defaults, strict=True)]
    for argument, default in pairs[1:]:  # without self
        found = numbers_of(default, known) if default is not None else []
        annotation = _text(argument.annotation)
        yield Parameter(argument.arg, annotation, default is None, found[0] if found else None)


def _text(node: ast.expr | None) -> str:
    """An annotation as text, without quotes."""
    try:
        return ast.unparse(node).strip("'\"") if node is not None else ""
    except (RecursionError, ValueError):
        return ""


def _members(node: ast.ClassDef, constructor: ast.FunctionDef | None) -> Iterator[Member]:
    """Yield the public members that the class itself defines."""
    settable = {
        each.name
        for each in node.body
        if isinstance(each, ast.FunctionDef)
        and any(
            isinstance(decorator, ast.Attribute) and decorator.attr == "setter" for decorator in each.decorator_list
        )
    }
    following = [*node.body[1:], None]
    for each, after in zip(node.body, following, strict=True):
        if isinstance(each, ast.FunctionDef) and not each.name.startswith("_"):
            kind = _kind_of(each)
            if kind is not None:
                yield Member(each.name, kind, _summary(each), _text(each.returns), each.name in settable)
        elif isinstance(each, ast.Assign) and isinstance(each.value, ast.Call):
            reads = last_name(each.value.func).startswith(("RO", "Unary", "Struct"))
            for target in each.targets:
                if reads and isinstance(target, ast.Name) and not target.id.startswith("_"):
                    yield Member(target.id, MemberKind.REGISTER, _first_line(_literal(after)))
    if constructor is not None:
        yield from (Member(name, MemberKind.ATTRIBUTE) for name in _plain_attributes(constructor))


def _kind_of(function: ast.FunctionDef) -> MemberKind | None:
    """How a function of a class gives a value: as a property, as a method without arguments, or not at all."""
    decorators = [last_name(each) for each in function.decorator_list]
    if decorators == ["property"]:
        return MemberKind.PROPERTY
    arguments = function.args
    needed = len(arguments.posonlyargs) + len(arguments.args) - len(arguments.defaults)
    takes_none = needed <= 1 and all(default is not None for default in arguments.kw_defaults)
    return MemberKind.METHOD if not decorators and takes_none else None


def _summary(function: ast.FunctionDef) -> str:
    return _first_line(ast.get_docstring(function) or "")


def _first_line(text: str) -> str:
    return next((line.strip() for line in text.splitlines() if any(map(str.isalpha, line))), "")


def _literal(node: ast.stmt | None) -> str:
    """The text of a string that stands alone, as some libraries document an attribute."""
    value = node.value if isinstance(node, ast.Expr) else None
    return value.value if isinstance(value, ast.Constant) and isinstance(value.value, str) else ""


def _own_assignments(constructor: ast.FunctionDef) -> Iterator[tuple[str, ast.expr]]:
    """Yield the attributes of ``self`` that a constructor sets, and their values."""
    for node in ast.walk(constructor):
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        value = node.value if isinstance(node, ast.Assign | ast.AnnAssign) else None
        for target in targets:
            if value is not None and isinstance(target, ast.Attribute) and last_name(target.value) == "self":
                yield target.attr, value


def _plain_attributes(constructor: ast.FunctionDef) -> Iterator[str]:
    """Yield the public attributes that begin as None or a number, and get their value later."""
    for name, value in _own_assignments(constructor):
        if not name.startswith("_") and isinstance(value, ast.Constant) and not isinstance(value.value, str | bytes):
            yield name


def _parts(constructor: ast.FunctionDef) -> Iterator[tuple[str, str]]:
    for name, value in _own_assignments(constructor):
        if not name.startswith("_") and isinstance(value, ast.Call) and (called := last_name(value.func)):
            yield name, called
