"""Writes the source of a plugin for a library."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from textwrap import shorten

from hostcore.libraries.draft.choice import Choice, choose
from hostcore.libraries.draft.constants import is_address_name
from hostcore.libraries.draft.outline import LibraryClass, Outline
from hostcore.libraries.draft.supplies import Supplier, Supply, Wiring
from hostcore.log.safe_text import escaped, log_line
from hostcore.permissions import Permission
from hostcore.quick_dataclass import dataclass

WIDTH = 112
"""Most characters of a line with a comment, about."""
STARTS = ("begin", "sensor_init", "start_ranging", "start_periodic_measurement")
"""Methods without arguments that a chip needs before its first measurement."""
MOST_VALUES = 30
"""The most measurements of a draft."""
MOST_NAMES = 12
"""The most names of a library that are listed if no class of it looks like a driver."""


_OWN_NAMES = frozenset(
    {"board", "channel", "digitalio", "display", "pixels", "read", "sensor", "serial", "setup", "smbus2", "update"}
)
"""Names that a draft uses itself. A class with such a name gets another one."""


@dataclass(frozen=True, slots=True)
class Draft:
    """A plugin for a library."""

    source: str
    permissions: tuple[Permission, ...]
    """The permissions that it likely needs. Writing it grants nothing."""
    what: str
    """The class that it uses, such as ``adafruit_sht4x.SHT4x``; "" if no class looks like a driver."""
    gives_address: bool = False
    """Whether it gives the class an I2C address."""
    addresses: tuple[int, ...] = ()
    """The I2C addresses that the class and its module name, as far as they are known."""


@dataclass(frozen=True, slots=True)
class Library:
    """A library that a draft is for."""

    requirement: str
    """As in `dependencies`, such as ``adafruit-circuitpython-sht4x``."""
    version: str
    chip: str
    """The name of its chip."""
    outline: Outline
    class_name: str = ""
    """The class that is known to work, with its module; "" if none is."""


def draft(library: Library, wiring: Wiring) -> Draft:
    """Return a plugin that uses the library.

    Args:
        library: the library.
        wiring: the buses that the draft uses.
    """
    choice = choose(library.outline, library.chip, library.class_name)
    if choice is None:
        return Draft("\n".join(_without_class(library)) + "\n", (), "")
    supplier = Supplier(choice.main, wiring)
    arguments = supplier.arguments()
    permissions = tuple(dict.fromkeys(supplier.permissions))
    lines = [
        *_metadata(library, permissions),
        *_docstring(library),
        "",
        *_imports(choice, arguments),
        "",
        "",
        *_setup(choice, arguments),
        "",
        "",
        *_use(choice),
    ]
    what, gives_address = (
        f"{choice.main.module}.{choice.main.name}",
        any(is_address_name(each.parameter) for each in arguments),
    )
    return Draft("\n".join(lines) + "\n", permissions, what, gives_address, choice.main.addresses)


def metadata_only(requirement: str) -> str:
    """Return a source that only names a library, to fetch it."""
    return "\n".join(_header([requirement], [])) + "\n"


def _metadata(library: Library, permissions: Iterable[Permission]) -> Iterator[str]:
    return _header([library.requirement], [str(each) for each in permissions])


def _header(dependencies: list[str], permissions: list[str]) -> Iterator[str]:
    yield "# /// script"
    yield f"# dependencies = {json.dumps(dependencies)}"
    if permissions:
        yield "#"
        yield "# [tool.wasi-host]"
        yield f"# permissions = {json.dumps(permissions)}"
    yield "# ///"


def _docstring(library: Library) -> Iterator[str]:
    yield f'"""Uses {log_line(library.requirement)} {log_line(library.version)}.'
    yield ""
    yield "wasi-host wrote this from the names in the library, which it did not run. Check what is only likely."
    yield '"""'


def _imports(choice: Choice, arguments: Iterable[Supply]) -> Iterator[str]:
    modules = {module for each in arguments for module in each.modules}
    yield from (f"import {module}" for module in sorted(modules))
    classes = [choice.main, *([choice.channel] if choice.channel else [])]
    yield from sorted(map(_import_of, classes))
    if choice.rivals:
        yield f"# It also has {', '.join(choice.rivals)}."


def _import_of(imported: LibraryClass) -> str:
    called = _called(imported)
    other = f" as {called}" if called != imported.name else ""
    return f"from {imported.module} import {imported.name}{other}"


def _called(imported: LibraryClass) -> str:
    """The name of a class in the draft."""
    return f"{imported.name}_class" if imported.name in _OWN_NAMES else imported.name


def _setup(choice: Choice, arguments: tuple[Supply, ...]) -> Iterator[str]:
    name = _object_of(choice)
    yield "def setup() -> None:"
    yield '    """Create the device. The host calls this before the first call, and again after an error."""'
    yield f"    global {name}" + (", channel" if choice.channel else "")
    guesses = ", ".join(each.parameter for each in arguments if not each.is_certain)
    likely = f"  # likely: check {guesses}" if guesses else ""
    yield f"    {name} = {_called(choice.main)}({_listed(choice.main, arguments)}){likely}"
    for method in STARTS:
        if choice.main.member(method) is not None:
            yield f"    {name}.{method}()"
    if choice.channel:
        yield f"    channel = {_called(choice.channel)}({name}, 0)  # likely: the first input"


def _listed(of: LibraryClass, arguments: Iterable[Supply]) -> str:
    """The arguments as source. A bus or pin that comes first needs no name."""
    first = of.parameters[0].name if of.parameters else ""
    return ", ".join(
        each.value if each.parameter == first and each.modules else f"{each.parameter}={each.value}"
        for each in arguments
    )


def _use(choice: Choice) -> Iterator[str]:
    if choice.is_display or choice.is_leds:
        return _update(choice)
    return _read(choice)


def _update(choice: Choice) -> Iterator[str]:
    name = _object_of(choice)
    yield "def update(readings: dict) -> None:"
    yield '    """Show the readings of all drivers. The host calls this after each round."""'
    if choice.is_leds:
        yield f"    {name}.fill((0, 32, 0))"
        yield f"    {name}.show()"
        return
    yield f"    {name}.fill(0)"
    yield f"    {name}.rect(0, 0, {name}.width, {name}.height, 1)"
    yield f"    {name}.fill_rect(4, 4, 8 * len(readings), 8, 1)"
    yield f"    {name}.show()"


def _read(choice: Choice) -> Iterator[str]:
    measured, name = choice.measured, "channel" if choice.channel else _object_of(choice)
    yield "def read() -> dict:"
    yield '    """Return one reading. The host calls this once per interval."""'
    if measured.whole:
        yield f"    return {name}.{measured.whole}()"
        return
    if measured.update:
        yield f"    {name}.{measured.update}()"
    if not measured.values:
        members = ", ".join(each.name for each in choice.main.members[:MOST_NAMES])
        yield f"    # No member looks like a measurement. The class has: {members or 'none'}."
        yield "    return {}"
        return
    yield "    return {"
    for each in measured.values[:MOST_VALUES]:
        line = f'        "{each.key}": {name}.{each.access},'
        yield f"{line}  # {summary}" if (summary := _plain(each.summary, WIDTH - len(line))) else line
    yield "    }"


def _without_class(library: Library) -> Iterator[str]:
    """Yield a plugin that only imports the library, and lists what it has."""
    outline = library.outline
    names = [f"{module}.{name}" for module, name in outline.functions]
    names += [f"{each.module}.{each.name}" for each in outline.classes if not each.name.startswith("_")]
    modules = sorted({name.partition(".")[0] for name in names[:MOST_NAMES]})
    yield from _metadata(library, ())
    yield from _docstring(library)
    yield ""
    yield from (f"import {module}" for module in modules)
    yield ""
    yield ""
    yield "def read() -> dict:"
    yield '    """Return one reading. The host calls this once per interval."""'
    yield "    # No class of the library looks like the driver of a chip. It has:"
    yield from (f"    # {name}" for name in names[:MOST_NAMES])
    yield "    return {}"


def _plain(summary: str, width: int) -> str:
    """The first words of a docstring, without the marks of Sphinx, in one line."""
    plain = re.sub(r":\w+:|`", "", summary)
    return shorten(escaped(plain), max(width, 20), placeholder=" ...")


def _object_of(choice: Choice) -> str:
    return "display" if choice.is_display else "pixels" if choice.is_leds else "sensor"
