"""The plugins: their states, a report on each, and their requests."""
