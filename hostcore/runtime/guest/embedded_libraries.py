"""The libraries of a sealed plugin. They are compiled when the component is built; nobody else has to provide them."""

from collections.abc import Mapping
from typing import NamedTuple

from componentize_py_types import Err
from library_finder import use_libraries
from plugin_code import compiled
from refusals import refuse


class EmbeddedModule(NamedTuple):
    """A module, with the attributes that the host's answer to `python_wire.find_module` has."""

    path: str
    is_package: bool
    source: str
    bytecode: str


def use_embedded_libraries(modules: Mapping[str, tuple[str, bool]], files: Mapping[str, bytes]) -> None:
    """Let `import` and `open` find the libraries of this component.

    Args:
        modules: the file name that tracebacks show, and whether it is a package, by the module's full name. The file
            name is the path inside the wheel after the wheel's name: ``adafruit_sht4x-1.0.27/adafruit_sht4x.py``.
        files: the content of all files, by their path inside the wheel.
    """
    found = {name: _embedded(path, is_package, files) for name, (path, is_package) in modules.items()}
    use_libraries(found.get, files.get)
    refuse()


def _embedded(path: str, is_package: bool, files: Mapping[str, bytes]) -> EmbeddedModule:
    """Compile a module. If it is not Python of this version, its import says so."""
    source = files.get(path.partition("/")[2], b"").decode("utf-8-sig", "replace")  # a namespace package has no file
    try:
        return EmbeddedModule(path, is_package, "", compiled(path, source))
    except Err:
        return EmbeddedModule(path, is_package, source, "")
