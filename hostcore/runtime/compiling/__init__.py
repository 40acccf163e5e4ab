"""Compiles components within limits of memory and time, and keeps watch over the compiled files."""
