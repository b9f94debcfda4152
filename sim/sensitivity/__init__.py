"""Which assumptions results hang on: screening, swings, variance shares, and regions of an outcome."""
