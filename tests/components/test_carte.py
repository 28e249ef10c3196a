"""What the browser receives: a compact message aligned on the features, patterns, URLs, a legend in words."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import unquote

from plotly.utils import PlotlyJSONEncoder

from components.carte import Peinture, build_fond, build_message, build_motif_image, render_legende
from components.figures.classes import MOTIFS, build_classement

VALEURS: list[float | None] = [10.0, None, 30.0, None]
STATUTS = ["publie", "non_fourni", "publie", "sans_objet"]
CLASSEMENT = build_classement(VALEURS, STATUTS, unite="%", decimales=1, territoires="régions")
PEINTURE = Peinture("region", "x|region|2023", CLASSEMENT, VALEURS, STATUTS, "%", 1, {2: "moyenne simple de 2 caisses"})


def _lire(composant: Any) -> str:
    return json.dumps(composant, cls=PlotlyJSONEncoder, ensure_ascii=False)


def test_message_aligne_et_compact() -> None:
    message = build_message(PEINTURE)
    styles = message["styles"]
    assert [styles[rang].get("motif") for rang in message["rangs"]] == [None, "hachures", None, "croix"]
    assert styles[message["rangs"][0]]["couleur"] == CLASSEMENT.classes[0].couleur
    assert styles[message["rangs"][2]]["couleur"] == CLASSEMENT.classes[1].couleur
    assert message["valeurs"] == VALEURS
    assert message["notes"] == {"2": "moyenne simple de 2 caisses"}
    assert message["jeton"] == "x|region|2023"
    assert json.loads(json.dumps(message)) == message


def test_message_de_35_000_communes_reste_leger() -> None:
    valeurs: list[float | None] = [round(i % 997 / 10, 1) for i in range(35_000)]
    statuts = ["publie"] * len(valeurs)
    classement = build_classement(valeurs, statuts, unite="%", decimales=1, territoires="communes")
    message = build_message(Peinture("commune", "j", classement, valeurs, statuts, "%", 1, {}))
    assert len(json.dumps(message, separators=(",", ":"))) < 300_000


def test_fond() -> None:
    fond = build_fond("abcdef12", (-6.0, 41.0, 9.0, 51.0), {"region": "regions", "caisse": "caisses"})
    assert fond["cadres"] == "/geo/abcdef12/cadres.json"
    assert fond["couches"]["caisse"]["source"]["data"] == "/geo/abcdef12/caisses.json"
    assert fond["couches"]["caisse"]["source"]["tolerance"] == 0
    assert set(fond["motifs"]) == set(MOTIFS)
    assert fond["script"].startswith("/bibliotheque/maplibre/")
    assert "http" not in fond["script"] + fond["style"]


def test_motif_en_image_autonome() -> None:
    image = build_motif_image("points")
    assert image.startswith("data:image/svg+xml,")
    assert "#" not in image  # an unescaped « # » would cut the URI
    assert "<circle" in unquote(image)


def test_legende_en_mots() -> None:
    texte = _lire(render_legende(CLASSEMENT, "Part (%)", "plus foncé = plus haut", ("région", "régions"), simulee=True))
    assert "Données simulées" in texte
    assert "plus foncé = plus haut" in texte
    assert "sans valeur" in texte
    assert "sans objet" in texte
    assert texte.index(CLASSEMENT.classes[1].libelle) < texte.index(CLASSEMENT.classes[0].libelle)
    assert "simulées" not in _lire(render_legende(CLASSEMENT, "Part", "x", ("région", "régions"), simulee=False))
