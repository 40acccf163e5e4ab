"""Recordings: all that crossed the boundary between one plugin instance and the host, in a compact, checked form.

An instance writes a `Tape`. `Recorder` keeps its newest part in memory, bounded, and `file` writes it to disk and reads
it. What a recording holds is in `model`. This package knows no runtime and no bus: `hostcore.replay` runs recordings.
"""
