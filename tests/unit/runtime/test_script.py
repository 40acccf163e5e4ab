"""A script runs in the sandbox as ``python FILE.py`` would run it."""

from __future__ import annotations

import pytest

from hostcore.clock import NS_PER_S
from hostcore.errors import PluginCrashedError, PluginReportedError
from hostcore.events import Level
from tests.sandbox import Sandbox
from tests.script_run import run_script


def test_it_is_main_and_has_its_name_as_the_only_argument(sandbox: Sandbox) -> None:
    run = run_script(
        sandbox,
        """
        import sys
        def main():
            print(__name__, sys.argv, __file__)
        if __name__ == "__main__":
            main()
        """,
    )
    assert run.has_ended
    assert sandbox.lines() == ["__main__ ['probe.py'] probe.py"]


def test_arguments_have_their_defaults(sandbox: Sandbox) -> None:
    source = """
        import argparse
        parser = argparse.ArgumentParser()
        parser.add_argument("--rate", type=int, default=3)
        print("rate:", parser.parse_args().rate)
        """
    assert run_script(sandbox, source).readings == [{"rate": 3}]


def test_a_loop_prints_a_reading_at_each_sleep(sandbox: Sandbox) -> None:
    run = run_script(
        sandbox,
        """
        import time
        n = 0
        while True:
            print("n:", n, end="  ")
            print("square:", n * n)
            time.sleep(3600)
            n += 1
        """,
        sleeps=2,
    )
    assert run.readings == [{"n": n, "square": n * n} for n in range(3)]
    assert not run.has_ended
    assert sandbox.lines() == ["n: 0  square: 0", "n: 1  square: 1", "n: 2  square: 4"]


def test_warnings_and_log_lines_are_no_reading(sandbox: Sandbox) -> None:
    run = run_script(
        sandbox,
        """
        import logging, sys
        print("a: 1", file=sys.stderr)
        logging.info("b: 2")
        print("c: 3")
        """,
    )
    assert run.readings == [{"c": 3}]
    assert sandbox.logged == [(Level.WARNING, "a: 1"), (Level.INFO, "b: 2"), (Level.INFO, "c: 3")]


@pytest.mark.parametrize("end", ["", "sys.exit()", "raise SystemExit"])
def test_its_functions_for_the_end_are_called_once_at_each_end(sandbox: Sandbox, end: str) -> None:
    """Many scripts switch their LEDs off in such a function."""
    source = f"""
        import atexit, logging, sys
        atexit.register(print, "last: 3")
        atexit.register(print, "next: 2")
        print("first: 1")
        {end}
        """
    run_script(sandbox, source, times=2)
    assert sandbox.lines() == ["first: 1", "next: 2", "last: 3"] * 2


def test_they_are_called_after_an_exception_too(sandbox: Sandbox) -> None:
    with pytest.raises(PluginCrashedError, match="KeyError"):
        run_script(sandbox, "import atexit\natexit.register(print, 'off: 1')\n{}['x']\n")
    assert sandbox.lines() == ["off: 1"]


@pytest.mark.parametrize("way", ["sys.exit()", "sys.exit(0)", "exit()", "quit()", "raise SystemExit"])
def test_it_may_end_itself(sandbox: Sandbox, way: str) -> None:
    run = run_script(sandbox, f"import sys\nprint('a: 1')\n{way}\nprint('b: 2')\n")
    assert (run.has_ended, run.readings) == (True, [{"a": 1}])


@pytest.mark.parametrize(
    ("way", "problem"),
    [
        ("sys.exit(3)", "it ended itself with exit status 3"),
        ("sys.exit('no sensor on 0x76')", "it ended itself: no sensor on 0x76"),
    ],
)
def test_it_may_end_itself_with_an_error(sandbox: Sandbox, way: str, problem: str) -> None:
    with pytest.raises(PluginReportedError) as error:
        run_script(sandbox, f"import sys\nif True:\n    {way}\n")
    assert error.value.problem == problem


def test_input_is_refused_with_its_line(sandbox: Sandbox) -> None:
    with pytest.raises(PluginCrashedError, match=r"EOFError: probe\.py line 2 asks for input, and nobody can answer"):
        run_script(sandbox, "print('which pin?')\npin = int(input('> '))\n")


def test_it_may_clear_the_terminal_but_start_no_other_command(sandbox: Sandbox) -> None:
    run_script(sandbox, "import os\nos.system('clear')\nprint('a: 1')\n")
    with pytest.raises(PluginCrashedError, match=r"probe\.py line 2 starts a process"):
        run_script(sandbox, "import os\nos.system('reboot')\n")


def test_an_interrupt_never_comes_and_its_handler_is_accepted(sandbox: Sandbox) -> None:
    source = """
        import signal, time
        signal.signal(signal.SIGINT, lambda *_: print("interrupted"))
        try:
            while True:
                time.sleep(1)
        except KeyboardInterrupt:
            print("interrupted")
        finally:
            print("cleaned up")
        """
    run_script(sandbox, source, sleeps=2)
    assert sandbox.lines() == []


def test_a_plugin_with_functions_is_no_script(sandbox: Sandbox) -> None:
    assert sandbox.load("print('loaded')\ndef read(): return {}").provides == {"driver"}


def test_a_wait_for_a_serial_port_is_a_sign_of_life(sandbox: Sandbox) -> None:
    source = """
        from host import uart
        for _ in range(10):
            uart.read(1, timeout=3)
        print("waits: 10")
        """
    began = sandbox.clock.monotonic_ns()
    assert run_script(sandbox, source, "uart:serial0").readings == [{"waits": 10}]
    assert sandbox.clock.monotonic_ns() - began >= 30 * NS_PER_S


def test_a_wait_for_edges_is_a_sign_of_life(sandbox: Sandbox) -> None:
    source = """
        from host import gpio
        for _ in range(10):
            gpio.capture(22, [], timeout=1)
        print("waits: 10")
        """
    assert run_script(sandbox, source, "gpio:22:pulses").readings == [{"waits": 10}]
