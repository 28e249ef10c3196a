"""In which role data are published or brought back. No name is ever asked for."""

from __future__ import annotations

from typing import Final

from data.commentaires import LIBELLES_ROLE

ROLES: Final = ("Gestionnaire de données", *LIBELLES_ROLE.values())
