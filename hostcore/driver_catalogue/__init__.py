"""The drivers of PyPI for known chips, as a trial in the sandbox found them: version, class, and what works."""
