"""Building a figure at once gives the same figure as adding one by one."""

import json

from components.figures.gabarit import Dessin, build_figure


def test_dessin_equivaut_a_la_figure() -> None:
    dessin, figure = Dessin(hauteur=300), build_figure(hauteur=300)
    for cible in (dessin, figure):
        cible.add_scatter(x=[1, 2], y=[3, None], mode="lines", line={"color": "#0c419a"})
        cible.add_bar(x=[1], y=[2], name="barre")
        cible.add_annotation(x=1, y=2, text="a", showarrow=False)
        cible.add_annotation(x=2, y=2, text="b", showarrow=False)
        cible.add_shape(type="line", x0=0, x1=1, y0=0, y1=1, line_width=0)
        cible.update_layout(barmode="stack")
    assert json.loads(dessin.build().to_json()) == json.loads(figure.to_json())
