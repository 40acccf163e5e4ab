"""Reads the TOML files that people write: host.toml and chip files. Each error names file, line and key."""
