"""Arrays the simulator works on."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Vecteur = NDArray[np.float64]
Matrice = NDArray[np.float64]
Masque = NDArray[np.bool_]
