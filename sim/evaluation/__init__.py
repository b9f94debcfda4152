"""How far the model may be believed: fitted to early counts, scored on later ones, against simple rivals."""
