"""Finds plugins, detects changes on disk, and writes granted permissions into host.toml."""
