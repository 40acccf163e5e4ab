"""The host's own words for the cause of a plugin's state."""

SEARCHING = "looking for the line: "
"""Begins the cause while the place of a crash is searched for. It comes first because a narrow row cuts the end."""
NO_PLACE = "the place of the crash is not known"
FAILED_STEP = "a step of its thread failed"
"""Begins the cause after an error that no step handled."""
CHANGED = "its file or settings changed"
OLD_RUNS_ON = "the new version is not taken, the old one runs on"
