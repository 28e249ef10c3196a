"""The page « Cartes »: its state, its controls, the sheet of a territory."""
