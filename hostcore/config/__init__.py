"""host.toml: its sections and keys, and the code that reads and edits it."""
