"""Version of the application, the one of ``pyproject.toml`` (a test keeps them equal)."""

from typing import Final

VERSION: Final = "0.1.0"
