"""A figure kept as the plain description it was built from, and sent as it is.

``go.Figure`` validates every property, copies it twice and is walked again when it is written: 20 to 60 ms for a page
of charts, at every request. Here the description is written to JSON once; the plotly object is only made when someone
reads or changes a part of it (``data``, ``layout``, ``update_layout``…), and is validated then as any other.
"""

from __future__ import annotations

from typing import Any, Final

import orjson
import plotly.graph_objects as go

# The only properties plotly names with an underscore; in all others it parts a property from one of its own.
_NOMS_COMPOSES: Final = frozenset({"error_x", "error_y", "paper_bgcolor", "plot_bgcolor"})
_LIBRES: Final = frozenset({"customdata", "meta"})  # theirs is free content, not properties
_OPTIONS: Final = orjson.OPT_NON_STR_KEYS | orjson.OPT_SERIALIZE_NUMPY


class FigureLegere(go.Figure):
    """A figure made of plain dicts (``data``, ``layout``), validated only when it is read or changed.

    What it is made of is written out once: never change these dicts.
    """

    def __init__(self, donnees: list[dict[str, Any]], mise: dict[str, Any]) -> None:
        # Not the parent's constructor, which validates: see ``__getattr__``.
        self._brut: tuple[list[dict[str, Any]], dict[str, Any]] | None = (donnees, mise)
        self._ecrit: bytes | None = None

    def __getattr__(self, nom: str) -> Any:
        """Make the plotly object, whose private parts are being asked for, the first time they are."""
        brut = self.__dict__.get("_brut")
        if brut is None or not nom.startswith("_") or nom.startswith("__"):
            raise AttributeError(nom)
        self._brut = None
        super().__init__({"data": brut[0], "layout": brut[1]})
        return getattr(self, nom)

    @property
    def hauteur(self) -> int:
        """Height in pixels, read without validating anything."""
        return int(self._brut[1]["height"] if self._brut is not None else self.layout.height)

    def to_plotly_json(self) -> Any:
        """The figure as plain dicts."""
        return super().to_plotly_json() if self._brut is None else orjson.loads(self._write())

    def write(self) -> Any:
        """What the encoder of answers puts as it is; written once, while nobody reads or changes the parts."""
        return super().to_plotly_json() if self._brut is None else orjson.Fragment(self._write())

    def _write(self) -> bytes:
        if self._ecrit is None:
            donnees, mise = self.__dict__["_brut"]
            corps = {"data": [clean_proprietes(trace) for trace in donnees], "layout": clean_proprietes(mise)}
            self._ecrit = orjson.dumps(corps, option=_OPTIONS, default=_encode)
        return self._ecrit


def clean_proprietes(proprietes: dict[str, Any]) -> dict[str, Any]:
    """Properties as plotly.js reads them, from what plotly.py accepts.

    ``line_width=1`` becomes ``{"line": {"width": 1}}``, the text of a title ``{"text": …}``; properties without value
    are left out.
    """
    propres: dict[str, Any] = {}
    for nom, valeur in proprietes.items():
        if valeur is None:
            continue
        propre = valeur
        if isinstance(valeur, str):
            propre = {"text": valeur} if nom == "title" else valeur
        elif nom not in _LIBRES:
            if isinstance(valeur, dict):
                propre = clean_proprietes(valeur)
            elif isinstance(valeur, list | tuple) and valeur and isinstance(valeur[0], dict):
                propre = [clean_proprietes(v) for v in valeur]
        if "_" in nom and nom not in _NOMS_COMPOSES:
            tete, _, suite = nom.partition("_")
            _place(propres, tete, clean_proprietes({suite: propre}))
        else:
            _place(propres, nom, propre)
    return propres


def _place(propres: dict[str, Any], nom: str, valeur: Any) -> None:
    """Give a property its value; two that speak of the same one (``line``, ``line_width``) are put together."""
    if nom in propres and isinstance(propres[nom], dict) and isinstance(valeur, dict):
        for cle, v in valeur.items():
            _place(propres[nom], cle, v)
        return
    propres[nom] = valeur


def _encode(objet: Any) -> Any:
    """What the encoder does not know: the template, the columns of a frame."""
    if isinstance(objet, go.layout.Template):
        return objet.to_plotly_json()
    return objet.tolist() if hasattr(objet, "tolist") else objet.to_list()
