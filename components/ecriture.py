"""Write the answers of callbacks to JSON.

Dash walks an answer in Python before it writes it, value by value, twice as soon as it holds a component. Here the
encoder asks for the components as it meets them, and takes a figure already written as it is.
"""

from __future__ import annotations

from typing import Any, Final

import dash._callback
import orjson
from plotly.io.json import to_json_plotly

from components.figures.figure_legere import FigureLegere

_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


def write_reponse(reponse: Any) -> str:
    """The JSON text of an answer: the same content as Dash writes, figures as they were described.

    What only Dash knows how to write is left to it.
    """
    try:
        return orjson.dumps(reponse, option=_OPTIONS, default=_encode).decode()
    except TypeError:
        texte: str = to_json_plotly(reponse)
        return texte


def _encode(objet: Any) -> Any:
    """A component, a figure or a « no update » as plain values.

    Raises:
        TypeError: anything else.
    """
    if isinstance(objet, FigureLegere):
        return objet.write()
    if hasattr(objet, "to_plotly_json"):
        return objet.to_plotly_json()
    raise TypeError(type(objet).__name__)


def install_ecriture() -> None:
    """Have Dash write its answers with :func:`write_reponse`; it has no setting for it."""
    dash._callback.to_json = write_reponse
