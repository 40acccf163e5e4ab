"""Decides who may touch what, and keeps the access requests that a person can grant."""
