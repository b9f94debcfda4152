"""One file for each submodel of the ODD description, under the same name: pure functions and one thin step."""
