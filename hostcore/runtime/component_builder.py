"""Builds components from Python with componentize-py: the shared Python runtime, and sealed plugins."""

from __future__ import annotations

import ast
import re
import shutil
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

from hostcore import shipped
from hostcore.errors import BuildError, PluginFileError
from hostcore.files import read_bounded, write_whole
from hostcore.quick_dataclass import dataclass
from hostcore.runtime.compiling.capacity import slowness
from hostcore.runtime.embedded import NOTHING, Embedded
from hostcore.runtime.immortal_objects import make_immortal
from hostcore.runtime.plugin_file import MAX_SOURCE
from hostcore.workshop import Workshop

BUILD_SECONDS = 12.0
"""Typical seconds that componentize-py takes on a laptop."""
_COMPONENTIZE = (
    f"import sys; sys.path.append({str(Path(__file__).parents[2])!r}); "
    "from hostcore.workshop import be_modest; be_modest(); from componentize_py import script; script()"
)
_INTERFACES = {"read": "driver", "update": "display", "render": "page"}


def build_seconds() -> float:
    """Estimate the seconds that a build takes on this computer. Blocks for 0.02 s, on a small Pi for 0.3 s."""
    return BUILD_SECONDS * slowness()


def build_python_runtime(output: Path, workshop: Workshop) -> None:
    """Build the component that runs any plugin's .py. Blocks for seconds and takes 400 MB of memory.

    Raises:
        BuildError: componentize-py is not installed, failed, or was stopped.
    """
    job = _Job("Building the Python runtime", shipped.folder() / "wit", "python", "shared_runtime")
    _componentize(job, [shipped.guest_sources()], output, workshop)


def seal(source: Path, output: Path, workshop: Workshop, libraries: Embedded = NOTHING) -> None:
    """Build the plugin `source` into a stand-alone component. Blocks for seconds and takes 400 MB of memory.

    Args:
        source: the plugin's .py.
        output: the component to write.
        workshop: does the work.
        libraries: become part of the component.

    Raises:
        PluginFileError: the source is not Python, or defines none of the functions of a plugin.
        BuildError: componentize-py is not installed, failed, or was stopped.
    """
    text, tree = _parsed(source)
    interfaces = [_INTERFACES[name] for name in sorted(_defined(tree) & _INTERFACES.keys())]
    if not interfaces:
        raise PluginFileError(source.stem, f"{source} defines none of read(), update(readings), render(readings)")
    with tempfile.TemporaryDirectory(prefix="wasi-host-") as folder:
        work = Path(folder)
        _write_modules(work, source.name, text, tree, libraries)
        world = "sealed-" + (re.sub(r"[^a-z0-9]+", "-", source.stem.lower()).strip("-") or "plugin")
        wit = work / "wit"
        shutil.copytree(shipped.folder() / "wit", wit)
        exports = "".join(f"    export {name};\n" for name in interfaces)
        (wit / "sealed.wit").write_text(
            "package wasi-host:plugin@0.1.0;\n\n"
            f"world {world} {{\n    include imports;\n    import python-wire;\n{exports}}}\n",
            encoding="utf-8",
        )
        job = _Job(f"Sealing {source.name}", wit, world, "sealed_runtime")
        _componentize(job, [work, shipped.guest_sources()], output, workshop)


def _write_modules(work: Path, name: str, text: str, tree: ast.Module, libraries: Embedded) -> None:
    """Write the modules that sealed_runtime imports: the plugin's source, its libraries, and what is built in."""
    elsewhere = {module.partition(".")[0] for module in libraries.modules}
    elsewhere |= {path.stem for path in (shipped.guest_sources() / "modules").iterdir()}  # they are built in always
    imports = {module for module in _imported(tree) if module.partition(".")[0] not in elsewhere}
    if libraries.modules:
        imports.add("standard_library")  # libraries import in functions, too
    made = {
        "sealed_source": f"PATH = {name!r}\nSOURCE = {text!r}\n",
        "sealed_imports": "".join(f"import {module}\n" for module in sorted(imports)),
        "sealed_libraries": f"MODULES = {dict(libraries.modules)!r}\nFILES = {dict(libraries.files)!r}\n",
    }
    for module, content in made.items():
        (work / f"{module}.py").write_text(content, encoding="utf-8")


@dataclass(frozen=True, slots=True)
class _Job:
    task: str
    wit: Path
    world: str
    app: str


def _componentize(job: _Job, paths: list[Path], output: Path, workshop: Workshop) -> None:
    _require_builder(job.task)
    python_paths = [argument for path in paths for argument in ("--python-path", str(path))]
    with tempfile.TemporaryDirectory(prefix="wasi-host-") as folder:  # not beside `output`, where others may write
        built = Path(folder).absolute() / "built.wasm"
        command = [sys.executable, "-c", _COMPONENTIZE, "--wit-path", str(job.wit), "--world", job.world]
        command += ["componentize", *python_paths, "--output", str(built), job.app]
        workshop.run(job.task, command, Path(folder), build_seconds())
        if not built.is_file():
            raise BuildError(f"{job.task}: componentize-py wrote no component")
        try:
            write_whole(output, make_immortal(built.read_bytes()), mode=0o666)
        except OSError as error:
            raise BuildError(f"{output} cannot be written: {error.strerror}") from None


def _require_builder(task: str) -> None:
    """Raise BuildError if componentize-py is missing. It takes 49 MB, so a host that only runs drivers has none."""
    if find_spec("componentize_py") is None:
        from hostcore.extras import install_command  # noqa: PLC0415 - rarely needed, and takes 30 ms

        raise BuildError(f"{task} needs componentize-py, which is not installed: `{install_command('build')}`")


def _parsed(source: Path) -> tuple[str, ast.Module]:
    try:
        text = read_bounded(source, MAX_SOURCE).decode("utf-8-sig")
        return text, ast.parse(text, str(source))
    except OSError as error:
        raise PluginFileError(source.stem, f"{source}: {error.strerror}") from None
    except SyntaxError as error:
        place = f" line {error.lineno}" if error.lineno else ""
        raise PluginFileError(source.stem, f"{source}{place}: {error.msg}") from None
    except (ValueError, RecursionError, MemoryError) as error:
        raise PluginFileError(source.stem, f"{source} is not valid Python: {error}") from None


def _defined(tree: ast.Module) -> set[str]:
    functions = {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    return functions | names


def _imported(tree: ast.Module) -> set[str]:
    modules: set[str] = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            modules.add(node.module)
    return {name for name in modules if name.partition(".")[0] != "host"}
