"""A stand-alone component with one plugin. The build puts the plugin's source beside this file."""

import driver_modules
import heap
import sealed_imports  # noqa: F401 - the modules that the plugin imports, made part of the component
import sealed_libraries
import sealed_source
from background import use_background
from embedded_libraries import use_embedded_libraries
from exports import PLUGIN, Display, Driver, Page
from i2c_files import use_i2c_files
from linux_names import use_linux_names
from plugin_code import use_host_log
from streams import use_whole_writes

__all__ = ["Display", "Driver", "Page"]

use_linux_names()  # first: the modules may look at the names when they are imported
driver_modules.import_all()
use_background()
use_whole_writes()
use_host_log()
use_embedded_libraries(sealed_libraries.MODULES, sealed_libraries.FILES)
use_i2c_files()
PLUGIN.seal(sealed_source.PATH, sealed_source.SOURCE)
heap.settle()
