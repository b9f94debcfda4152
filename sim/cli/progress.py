"""The progress bar of verbs."""

from sim.progress import progress_bar

__all__ = ["progress_bar"]
