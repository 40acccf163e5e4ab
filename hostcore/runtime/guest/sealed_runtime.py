"""A stand-alone component around one plugin, whose source was put beside this file when it was built."""

import heap
import sealed_imports  # noqa: F401 - the modules that the plugin imports, made part of the component
import sealed_source
from exports import PLUGIN, Display, Driver, Page
from plugin_code import use_host_log
from streams import use_whole_writes

__all__ = ["Display", "Driver", "Page"]

use_whole_writes()
use_host_log()
PLUGIN.seal(sealed_source.PATH, sealed_source.SOURCE)
heap.settle()
