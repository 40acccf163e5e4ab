"""The libraries of a plugin: its metadata, the lock of what was fetched, and the wheels, which are only read.

A plugin names its libraries in metadata (`metadata`). ``wasi-host fetch`` resolves them with pip, adds their wheels to
a folder (`store`) and writes a lock beside the plugin (`lock`). A start reads only the lock and the wheels
(`libraries`). A wheel is read in memory (`wheel`, `archive`): it is never unpacked onto the disk, and never imported by
the host.
"""

LOCK_SUFFIX = ".lock"
"""The end of the name of a lock, which lies beside the plugin's file."""
