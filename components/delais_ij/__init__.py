"""The page « Délais IJ »: its state, its controls, what is published, what is known caisse by caisse."""
