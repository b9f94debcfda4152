"""The dashboard: levers, a model that is stepped while one looks, and the page around them."""
