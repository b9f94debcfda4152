"""What a run gives back: the labelled result, its tables, and writing both to a folder."""
