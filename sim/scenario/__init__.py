"""Scenario files: the closed schema, the loader, variation and explanation."""
