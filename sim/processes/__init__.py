"""One file for each submodel of the ODD description, and the institutions that they act through."""
