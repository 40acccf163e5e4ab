"""Keeps plugins alive: a thread for each plugin, its state, its restarts, and the evidence of its crashes."""
