"""Plots of runs, comparisons and hindcasts, drawn onto the caller's Axes."""
