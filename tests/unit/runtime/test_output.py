"""What a plugin prints shows that it is alive."""

from __future__ import annotations

import pytest

from hostcore.buses.call_limit import NoWait
from hostcore.events import Level
from hostcore.log.plugin_log import PluginLog
from hostcore.runtime.output import Output
from hostcore.runtime.printed_reading import PrintedReading
from hostcore.wasi.stdio import STDERR, STDOUT


class Limit(NoWait):
    """Counts the signs of life."""

    signs = 0

    def alive(self) -> None:
        self.signs += 1

    def check(self) -> None:
        pass


class Script:
    def printed(self) -> None:
        pass

    def waits(self) -> int:
        return 0

    def goes_on(self) -> None:
        pass


@pytest.mark.parametrize("stream", [STDOUT, STDERR])
def test_a_line_on_either_stream_is_a_sign_of_life_when_it_ends(stream: int) -> None:
    limit = Limit()
    output = Output(PluginLog(lambda _level, _line: None), limit)
    output.collect(PrintedReading(1000), Script())
    output.write(stream, b"Light:")
    assert limit.signs == 0
    output.write(stream, b" 1\n")
    assert limit.signs == 1
    output.log(Level.INFO, "from the module logging")
    assert limit.signs == 2
