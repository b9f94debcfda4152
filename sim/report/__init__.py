"""One self-contained page of a run or a comparison, for planners."""
