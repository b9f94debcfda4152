"""Which assumptions results hang on: screening, variance shares, swings, and the regions where an outcome comes about."""
