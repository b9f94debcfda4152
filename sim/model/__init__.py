"""The model: its clock, schedule, institutions and what is recorded of a run."""
