from __future__ import annotations

import datetime as dt

import pytest

from components.figures.bande import Bande, Courbe, build_bande_figure
from components.theme import COULEURS
from data.modele import Evenement

MOIS = [dt.date(2019, 11, 1), dt.date(2019, 12, 1), dt.date(2020, 1, 1), dt.date(2020, 2, 1)]
BANDE = Bande("groupe", (1.0, 2.0, 3.0, 4.0), (5.0, 6.0, 7.0, 8.0))
RESEAU = Courbe("réseau", (3.0, 4.0, 5.0, 6.0), ("a", "b", "c", "d"))
MIENNE = Courbe("CPAM de l'Ain", (2.0, None, 9.0, 1.0), ("e", "f", "g", "h"))


def build_evenement(*, rupture: bool) -> Evenement:
    return Evenement.model_validate(
        {
            "code": "essai",
            "libelle": "Un fait",
            "libelle_court": "Fait",
            "du": "2020-01-01",
            "rupture": rupture,
            "description": "Pour l'essai.",
            "source": {"document": "003", "lignes": [1]},
        }
    )


def test_ordre_des_couches_et_couleurs() -> None:
    figure = build_bande_figure(MOIS, bande=BANDE, reseau=RESEAU, mienne=MIENNE, unite="jours")
    assert [t.name for t in figure.data] == ["groupe", "groupe", "réseau", "CPAM de l'Ain"]
    assert figure.data[1].fill == "tonexty"
    assert figure.data[3].line.color == COULEURS["mien"]
    assert figure.data[2].line.dash == "dash"
    assert [a.text for a in figure.layout.annotations] == ["CPAM de l'Ain", "- - réseau", "▆ groupe"]
    assert figure.layout.yaxis.range[0] == 0


def test_le_groupe_passe_entre_le_reseau_et_la_caisse() -> None:
    groupe = Courbe("sa région (12 caisses)", (3.0, 3.0, None, 3.0), ("i", "j", "k", "l"))
    figure = build_bande_figure(MOIS, bande=BANDE, reseau=RESEAU, mienne=MIENNE, groupe=groupe, unite="jours")
    assert [t.name for t in figure.data][2:] == ["réseau", "sa région (12 caisses)", "CPAM de l'Ain"]
    assert figure.data[3].line.color == COULEURS["pairs"]
    assert figure.data[3].line.dash is None  # told from the network without its colour
    assert [a.text for a in figure.layout.annotations][:2] == ["CPAM de l'Ain", "— sa région (12 caisses)"]


def test_aucune_ligne_ne_passe_sous_les_noms() -> None:
    figure = build_bande_figure(MOIS, bande=BANDE, reseau=RESEAU, mienne=MIENNE, unite="jours", hauteur=380)
    noms = [a for a in figure.layout.annotations if a.xref == "paper"]
    bas_des_noms = 340 + min(a.yshift for a in noms) - 16  # pixels above the axis; the axis takes the other 40
    assert 9.0 / figure.layout.yaxis.range[1] <= bas_des_noms / 340 + 0.02


def test_les_mois_reels_portent_un_point() -> None:
    mienne = Courbe("CPAM de l'Ain", (2.0, None, 9.0, 1.0), ("e", "f", "g", "h"), (True, True, True, False))
    figure = build_bande_figure(MOIS, bande=BANDE, reseau=RESEAU, mienne=mienne, unite="jours")
    assert figure.data[-1].name == "mois réels"
    assert list(figure.data[-1].y) == [2.0, 9.0]
    assert [a.text for a in figure.layout.annotations][:2] == ["CPAM de l'Ain", "● mois réels"]


def test_un_mois_absent_reste_un_trou() -> None:
    figure = build_bande_figure(MOIS, bande=BANDE, reseau=RESEAU, mienne=MIENNE, unite="jours")
    assert list(figure.data[3].y) == [2.0, None, 9.0, 1.0]
    assert figure.data[3].connectgaps is False


def test_la_rupture_coupe_toutes_les_lignes_meme_cachee() -> None:
    rupture = build_evenement(rupture=True)
    figure = build_bande_figure(MOIS, bande=BANDE, reseau=RESEAU, mienne=None, unite="jours", ruptures=[rupture])
    assert all(list(t.y)[2] is None for t in figure.data)
    assert list(figure.data[2].y) == [3.0, 4.0, None, 5.0, 6.0]
    assert not figure.layout.shapes


def test_un_evenement_sans_rupture_ne_coupe_rien() -> None:
    fait = build_evenement(rupture=False)
    figure = build_bande_figure(
        MOIS, bande=BANDE, reseau=RESEAU, mienne=None, unite="jours", evenements=[fait], ruptures=[fait]
    )
    assert list(figure.data[2].y) == [3.0, 4.0, 5.0, 6.0]
    assert figure.layout.shapes
    assert figure.layout.height > 380


def test_sans_mois() -> None:
    with pytest.raises(ValueError, match="aucun mois"):
        build_bande_figure([], bande=Bande("", (), ()), reseau=Courbe("", (), ()), mienne=None, unite="jours")
