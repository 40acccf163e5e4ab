"""Detects changes of host.toml and of plugins' files, reports their effect, and edits host.toml to grant."""
