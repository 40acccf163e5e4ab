"""The proof of replay: a thousand calls of every kind of plugin, played again in another process on another day."""
