"""Tools of the developers: find a browser, measure."""
