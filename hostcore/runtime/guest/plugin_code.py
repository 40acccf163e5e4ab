"""Loads and calls one plugin's Python code inside the sandbox, and sorts its exceptions into errors and crashes."""

import atexit
import json
import linecache
import logging
import marshal
import sys
import traceback
from collections.abc import Callable
from types import CodeType, ModuleType
from typing import Any, NoReturn

import background
import faults
import lives
import tracing
from componentize_py_types import Err
from host import _wire
from host.log import LogHandler
from kinds import FUNCTIONS, is_script, provided
from wit_world.imports import python_wire

RESERVE = 256 * 1024
"""Bytes reserved for reporting a `MemoryError`. No instance writes to them, so all instances share them."""

LONG_INTEGER = "integer string conversion"
"""Part of the message of the `ValueError` for an integer with too many digits (sys.set_int_max_str_digits)."""

AT_IMPORT = "this happened while the file was loaded: use the sensor in setup(), which runs again after an error"
"""Advice for a plugin that uses its sensor at its top level."""

_to_json = json.JSONEncoder(allow_nan=False).encode  # json.dumps would create an encoder for every reading


class PluginCode:
    """A plugin's module. Runs its `setup` before the first call, and before the first call after an error."""

    def __init__(self) -> None:
        self._code: CodeType | None = None
        self._module: ModuleType | None = None
        self._path = ""
        self._advice = ""
        self._is_set_up = False
        self._sealed_source: str | None = None
        self._reserve = bytearray(RESERVE)

    def load(self, path: str, source: str, code: str = "") -> list[str]:
        """Run `source` as the plugin. A script is compiled, but not run.

        Args:
            path: the file name that tracebacks show.
            source: Python.
            code: what `compiled` made of it; "" to compile it here.

        Returns:
            The names of the interfaces that it provides, or ``script``.

        Raises:
            Err: it does not compile, or defines none of the functions of a plugin and does nothing either.
        """
        self._path = path
        _wire.plugin_file = path
        linecache.cache[path] = (lambda: source,)  # which is split into lines when a traceback needs them
        try:
            self._code = _unpacked(code) if code else compile(source, path, "exec", dont_inherit=True)
        except SyntaxError as error:
            place = path if error.lineno is None else f"{path} line {error.lineno}"
            raise Err(f"{place}: {error.msg}") from None
        except ValueError as error:
            raise Err(f"{path}: {error}") from None
        if self._guarded(is_script, source):
            return ["script"]
        try:
            module = self._guarded(self._execute)
        except Err:
            interfaces = provided(source)  # the first call runs the source again, and reports the error if it persists
        else:
            interfaces = [kind for name, kind in FUNCTIONS.items() if callable(getattr(module, name, None))]
        if not interfaces:
            raise Err(f"{path} defines none of read(), update(readings), render(readings), and is no script either")
        return interfaces

    def run(self) -> None:
        """Run a script as `__main__`, from its first line to its end.

        Raises:
            Err: it ended itself with a text or a number that is not 0.
        """
        self._guarded(self._run_main)

    def seal(self, path: str, source: str) -> None:
        """Load `source` at the first call, because there is no hardware at build time."""
        self._path, self._sealed_source = path, source

    def read(self) -> str:
        """Return the driver's reading as JSON."""
        return self._guarded(_as_json, self._call("read"))

    def update(self, readings: str) -> None:
        """Show `readings`, a JSON object as text."""
        self._call("update", json.loads(readings))

    def render(self, readings: str) -> str:
        """Return the page's HTML."""
        return self._guarded(_as_page, self._call("render", json.loads(readings)))

    def _call(self, name: str, *arguments: Any) -> Any:
        if self._code is None and self._sealed_source is not None:
            interfaces = self.load(self._path, self._sealed_source)
            if interfaces == ["script"]:
                raise Err(f"{self._path} is a script: it cannot be sealed; copy it into the plugins folder as it is")
        try:
            return self._guarded(self._run_function, name, arguments)
        except Err:
            self._is_set_up = False
            lives.begin()
            raise

    def _run_function(self, name: str, arguments: tuple[Any, ...]) -> Any:
        module = self._module or self._execute()
        function = getattr(module, name, None)
        if function is None:
            raise Err(f"{self._path} defines no {name}()")
        if not self._is_set_up:
            setup = getattr(module, "setup", None)
            if setup is not None:
                setup()
            self._is_set_up = True
        return function(*arguments)

    def _run_main(self) -> None:
        main = ModuleType("__main__")
        main.__file__ = self._path
        sys.modules["__main__"] = main
        sys.argv = [self._path]
        lives.begin()
        atexit._clear()  # the functions that Python's own modules registered
        try:
            exec(self._code, main.__dict__)
        except SystemExit as end:
            if isinstance(end.code, int) and end.code:
                raise Err(f"it ended itself with exit status {end.code}") from None
            if end.code:
                raise Err(_text(f"it ended itself: {end.code}")) from None
        finally:
            atexit._run_exitfuncs()
            background.stop_all()  # as the threads of a program end with it

    def _execute(self) -> ModuleType:
        """Run the plugin's source as a new module, and raise what it raises."""
        module = ModuleType("plugin")
        module.__file__ = self._path
        sys.modules["plugin"] = module
        self._advice = f"; {AT_IMPORT}"
        exec(self._code, module.__dict__)
        self._advice = ""
        self._module = module
        return module

    def _guarded(self, function: Callable[..., Any], *arguments: Any) -> Any:
        try:
            return function(*arguments)
        except Err:
            raise
        except BaseException as error:  # noqa: BLE001 - SystemExit is a crash as well
            raise Err(self._judged(error)) from None

    def _judged(self, error: BaseException) -> str:
        """Return the text of an error that is reported. If it is a crash, end this instance."""
        reported = faults.reported(error, self._path)
        if reported is None:
            self._die(error)
        return _text(reported + self._advice)

    def _die(self, error: BaseException) -> NoReturn:
        """Report the exception to the host and end this instance, because its state cannot be trusted."""
        tracing.stop()  # reporting each of the following steps would take longer than a call may
        self._reserve.clear()
        lines = traceback.format_exception_only(error)  # the place of a SyntaxError is indented; notes come last
        summary = next((line.strip() for line in lines if line[:1].strip()), type(error).__name__)
        frames = error.__traceback__
        while frames is not None and frames.tb_frame.f_code.co_filename != self._path:
            frames = frames.tb_next
        if frames is not None:  # else the plugin's result caused it, and the frames of this file help more
            error = error.with_traceback(frames)
        python_wire.raised(_text(summary), _text(faults.traceback_of(error)))
        raise AssertionError("the host let a crashed plugin continue")


def _as_json(reading: object) -> str:
    if not isinstance(reading, dict):
        raise Err(f"read() returned {_shown(reading)}; a reading is a dict")
    try:
        return _to_json(reading)
    except (TypeError, ValueError) as error:
        raise Err(f"read() returned a value that is not JSON: {_reason(error)}: {_shown(reading)}") from None


def _as_page(page: object) -> str:
    if not isinstance(page, str):
        raise Err(f"render() returned {_shown(page)}; a page is a str")
    return page


def _text(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()  # a lone surrogate cannot leave the sandbox


def _reason(error: Exception) -> str:
    """The error's text, without Python's advice for an integer that is too long: it does not help a plugin."""
    text = str(error)
    if LONG_INTEGER in text:
        return f"an integer has more than {sys.get_int_max_str_digits()} digits"
    return text


def _shown(value: object) -> str:
    try:
        text = repr(value)
    except ValueError as error:
        if LONG_INTEGER not in str(error):
            raise
        text = f"a {type(value).__name__}"
    return text if len(text) <= 80 else text[:77] + "..."


def _unpacked(code: str) -> CodeType:
    unpacked: CodeType = marshal.loads(code.encode("latin-1"))
    return unpacked


def compiled(path: str, source: str) -> str:
    """Compile a module or a plugin to bytecode, one character for each byte.

    Raises:
        Err: it is not Python.
    """
    try:
        return marshal.dumps(compile(source, path, "exec", dont_inherit=True)).decode("latin-1")
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        raise Err(f"{path} is not Python: {error}") from None


def use_host_log() -> None:
    """Send records of the standard `logging` module to the host, from level debug up."""
    logging.basicConfig(level=logging.DEBUG, handlers=[LogHandler()], format="%(message)s")
