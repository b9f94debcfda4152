"""The model: its clock, its schedule and what is recorded of a run."""
