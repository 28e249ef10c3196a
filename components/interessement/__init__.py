"""The page « Intéressement »: the computation unfolded, the levers, the simulator."""
