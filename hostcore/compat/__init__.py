"""Contracts other than our own, each behind one adapter."""
