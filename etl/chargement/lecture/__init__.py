"""Read a file of any accepted format as sheets of text cells; nothing is interpreted here."""
