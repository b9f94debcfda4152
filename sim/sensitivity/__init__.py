"""Which assumptions results hang on, and in which region of the assumptions an outcome comes about."""
