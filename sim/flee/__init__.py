"""Instances in FLEE's format: read, turned into scenarios, and scored by FLEE's own measure."""
