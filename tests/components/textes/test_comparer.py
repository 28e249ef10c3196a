from __future__ import annotations

from typing import Any

import polars as pl
import pytest

from components.comparer.vue import Comparaison
from components.figures.petits_multiples import Bande
from components.pairs import GroupePairs
from components.textes import comparer as textes
from data.calculs.comparaison import add_intervalles, add_rangs_incertains, build_entonnoir_groupe
from data.calculs.correlation import compute_correlation
from data.calculs.position import compute_classement, compute_position, compute_quartiles
from data.calculs.verdict import Jugement, Verdict
from data.catalogue import load_catalogue
from data.modele import Comparateur, Sens, Statistique

AIN = {
    "code_organisme": "011",
    "nom": "CPAM de l'Ain",
    "type_note": "CPAM",
    "codes_departement": ["01"],
    "noms_departement": ["Ain"],
    "noms_region": ["Auvergne-Rhône-Alpes"],
}
CNAM = AIN | {"code_organisme": "cnam", "nom": "Cnam", "type_note": "CNAM", "noms_region": [], "codes_departement": []}


def build(valeurs: list[float], organisme: dict[str, Any] | None = None, **champs: Any) -> Comparaison:
    """A group of CPAM, the first one being the Ain; ``champs`` replace what the defaults say."""
    types = str(champs.pop("types", "CPAM")).split()
    codes = ["011", *(f"{900 + n}" for n in range(len(valeurs) - 1))]
    frame = pl.DataFrame(
        {
            "code_organisme": codes,
            "nom": ["CPAM de l'Ain", *(f"CPAM {c}" for c in codes[1:])],
            "nom_court": ["Ain", *codes[1:]],
            "type_note": [types[n % len(types)] for n in range(len(valeurs))],
            "type_organisme": ["CPAM"] * len(valeurs),
            "nature": ["publiee"] * len(valeurs),
            "valeur": valeurs,
            "numerateur": valeurs,
            "denominateur": [100.0] * len(valeurs),
        }
    )
    classement = add_rangs_incertains(
        add_intervalles(compute_classement(frame, Sens.HAUT), Statistique.TAUX, Comparateur.ENTONNOIR), Sens.HAUT
    )
    if champs.pop("sans_intervalle", False):
        vides = {nom: pl.lit(None) for nom in ("bas", "haut", "rang_bas", "rang_haut", "indistincts")}
        classement = classement.with_columns(**vides)
    defauts: dict[str, Any] = {
        "groupe": GroupePairs("type", "011" if organisme is AIN else None, tuple(codes), type_note="CPAM"),
        "indicateur": {"unite": "%", "titre_court": "Taux de réussite local"},
        "statistique": Statistique.TAUX,
        "comparateur": Comparateur.ENTONNOIR,
        "decimales": 2,
        "sens": Sens.HAUT,
        "organisme": organisme,
        "membres": classement,
        "valeurs": classement,
        "ensemble": classement,
        "quartiles": compute_quartiles(valeurs),
        "position": compute_position(valeurs, valeurs[0], Sens.HAUT) if organisme is AIN else None,
        "reference": 90.0,
        "proportions": True,
        "hors": False,
        "jugement": None,
        "vide": None,
    }
    return Comparaison(**(defauts | champs))


def build_phrase(comparaison: Comparaison) -> str:
    assert comparaison.quartiles is not None
    return lisible(textes.build_phrase_classement(comparaison, comparaison.quartiles))


def lisible(texte: str | None) -> str:
    return str(texte).replace("\u00a0", " ").replace("\u202f", " ")


def test_phrase_situe_l_organisme() -> None:
    assert build_phrase(build([90.0, 95.0, 80.0], AIN, sans_intervalle=True)) == (
        "CPAM de l'Ain : 90,00 %, 2e sur 3 CPAM et CCSS, à la médiane (90,00 %) ; deuxième quart. "
        "Premier : CPAM 900 (95,00 %) ; dernier : CPAM 901 (80,00 %)."
    )


def test_phrase_dit_l_incertitude_du_rang() -> None:
    phrase = build_phrase(build([90.0, 95.0, 20.0], AIN))
    assert "Rang entre 1er et 2e : ne se distingue pas de 1 autre." in phrase
    assert "ne se distingue pas des autres" in build_phrase(build([90.0, 91.0, 92.0], AIN))
    assert "Rang sûr à 95 %." in build_phrase(build([50.0, 95.0, 5.0], AIN))


def test_phrase_ecart_signe_et_ex_aequo() -> None:
    phrase = build_phrase(build([80.0, 80.0, 95.0, 96.5], AIN))
    assert "3e ex æquo sur 4 CPAM et CCSS, 7,50 points au-dessous de la médiane (87,50 %) ; troisième quart" in phrase
    assert "derniers ex æquo : 2 organismes (80,00 %)" in phrase


def test_phrase_sans_organisme_invite() -> None:
    assert build_phrase(build([90.0, 95.0])).endswith("Choisissez un organisme pour le situer dans ce groupe.")


def test_phrase_organisme_sans_valeur() -> None:
    assert build_phrase(build([90.0, 95.0], CNAM)).startswith("Cnam n'a pas de valeur ici.")


def test_phrase_identique() -> None:
    comparaison = build([95.4, 95.4])
    assert comparaison.identique
    assert "Identique pour tous : 95,40 %" in lisible(textes.build_phrase_identique(comparaison))
    assert not build([95.4, 95.5]).identique


def test_avertissement_seulement_entre_types() -> None:
    assert build([90.0, 95.0], types="CPAM DRSM").list_notes() == [textes.AVERTISSEMENT_TYPES]
    assert build([90.0, 95.0]).list_notes() == []
    assert textes.build_avis_types(1, "CPAM").startswith(
        "1\u00a0organisme d'un autre type n'est pas classé avec les CPAM"
    )


@pytest.mark.parametrize(
    ("verdict", "attendu"),
    [(Verdict.MIEUX, "▲ mieux"), (Verdict.COMPARABLE, "● comparable"), (Verdict.MOINS_BIEN, "▼ moins bien")],
)
def test_verdict_symbole_et_mot(verdict: Verdict, attendu: str) -> None:
    assert textes.format_verdict(Jugement(verdict, Comparateur.ENTONNOIR, "")) == attendu


def test_sens_neutre_sans_couleur_de_jugement() -> None:
    teintes = {textes.STYLES_VERDICT[v][1] for v in (Verdict.PLUS_HAUT, Verdict.PLUS_BAS)}
    assert teintes.isdisjoint({"mieux", "moins"})


@pytest.mark.parametrize(
    ("choix", "organisme", "types", "nombre", "attendu"),
    [
        ("type", AIN, ["CPAM"], 102, None),
        ("tous", None, ["CPAM"], 165, None),
        ("type", CNAM, ["CPAM", "CNAM"], 1, "« Classer tous les types ensemble »"),
        ("type", CNAM, ["CPAM", "CSS"], 0, "que pour les CPAM et CCSS et CSS"),
        ("region", AIN, ["CPAM"], 1, "« Mon type d'organisme »"),
    ],
)
def test_vide(choix: str, organisme: dict[str, Any] | None, types: list[str], nombre: int, attendu: str | None) -> None:
    type_note = organisme["type_note"] if organisme else "CPAM"
    groupe = GroupePairs(choix, None, ("011",), type_note=type_note)
    vide = textes.build_vide(groupe, organisme, "Taux", types, nombre)
    assert (vide is None) == (attendu is None)
    assert attendu is None or attendu in lisible(vide)


def test_phrase_des_points_compte_l_objectif() -> None:
    comparaison = build([90.0, 95.0, 80.0], AIN)
    assert comparaison.quartiles is not None
    phrase = lisible(textes.build_phrase_points(comparaison, comparaison.quartiles, 90.0))
    assert "2 sur 3 atteignent l'objectif (90,00 %)" in phrase
    assert "objectif" not in textes.build_phrase_points(comparaison, comparaison.quartiles, None)
    neutre = build([90.0, 95.0], sens=Sens.NEUTRE)
    assert "objectif" not in textes.build_phrase_points(neutre, comparaison.quartiles, 90.0)


def test_phrase_de_l_entonnoir() -> None:
    comparaison = build([50.0 + rang % 3 for rang in range(20)] + [99.0], AIN)
    parts = comparaison.valeurs
    entonnoir = build_entonnoir_groupe(parts)
    phrase = lisible(textes.build_phrase_entonnoir(comparaison, entonnoir, parts, ajuste=True))
    assert phrase.startswith("CPAM de l'Ain : 50,00 %, dans les limites. 1 des 21 organismes est hors des limites")
    assert "φ = " in textes.build_note_entonnoir(entonnoir, ajuste=True)
    assert "ignorent cette surdispersion" in textes.build_note_entonnoir(entonnoir, ajuste=False)


def test_fausses_alertes_de_l_exemple() -> None:
    """48 indicators × 102 caisses at 95 %: 48 × 102 × 5 % = 244.8 signals by chance."""
    note = lisible(textes.build_note_fausses_alertes(48, 102, 244.8, 9.792))
    assert "sur 48 indicateurs × 102 organismes, environ 245 signaux par hasard à 95 %, 10 à 99,8 %" in note


def test_phrase_du_nuage_dit_la_force_sans_la_cause() -> None:
    forte = compute_correlation([1, 2, 3, 4, 5, 6, 7], [10, 9, 2.5, 6, 4, 3, 2])
    phrase = lisible(textes.build_phrase_nuage("Délai", "Effectif", forte, log=True))
    assert phrase.startswith("Lien fort : Délai diminue quand Effectif augmente (r = −0,83")
    assert "abscisse en logarithme" in phrase
    assert "cause" in phrase
    faible = compute_correlation([1, 2, 3, 4, 5], [2, 1, 3, 1, 2])
    assert "Pas de lien démontré" in textes.build_phrase_nuage("Délai", "Effectif", faible, log=False)
    assert "ne varie pas" in textes.build_phrase_nuage("Délai", "Effectif", None, log=False)


def test_phrase_face_a_face() -> None:
    lignes = [{"indicateur": "Dépistage", "ecart": -2.5}, {"indicateur": "e-DAT", "ecart": 1.0}]
    phrase = lisible(textes.build_phrase_face_a_face("Ain", "Isère", lignes))
    assert phrase == (
        "Ain est derrière Isère de 1,50 point au total. Plus gros retard : Dépistage (−2,50 points) ; plus grosse "
        "avance : e-DAT (+1,00 point)."
    )
    assert "À égalité" in textes.build_phrase_face_a_face("Ain", "Isère", [{"indicateur": "x", "ecart": 0.0}])


def test_phrase_du_temps_compte_les_sorties_de_bande() -> None:
    bande = Bande((80.0, 80.0, None), (85.0, 85.0, None), (90.0, 90.0, None))
    phrase = lisible(textes.build_phrase_temps(build([90.0, 95.0], AIN), (85.0, 95.0, None), bande, ["a", "b", "c"]))
    assert phrase == "CPAM de l'Ain : 95,00 % (b), +10,00 points depuis a ; dans la bande du groupe 1 fois sur 2."
    assert "Choisissez un organisme" in textes.build_phrase_temps(build([90.0, 95.0]), (), bande, ["a", "b", "c"])


def test_phrase_de_qui_fait_mieux() -> None:
    phrase = lisible(textes.build_phrase_mieux(1, 12, "taille", "CPAM X", "3 jours"))
    assert phrase == "1 des 12 pairs (ressemblance par la taille) fait mieux ; en tête, la CPAM X, 3 jours de mieux."
    assert "sens déclaré" in str(textes.build_vide_mieux(AIN, Sens.NEUTRE, 12, 0, a_valeur=True))
    assert "Aucun des 12 pairs" in str(textes.build_vide_mieux(AIN, Sens.HAUT, 12, 0, a_valeur=True))
    assert textes.build_vide_mieux(AIN, Sens.HAUT, 12, 3, a_valeur=True) is None


@pytest.mark.parametrize(
    ("organisme", "attendu"),
    [
        (AIN, "CPAM de l'Ain · 01 · 011"),
        (
            AIN
            | {
                "nom": "CPAM de Bayonne",
                "code_organisme": "641",
                "codes_departement": ["64"],
                "noms_departement": ["Pyrénées-Atlantiques"],
            },
            "CPAM de Bayonne · 64 Pyrénées-Atlantiques · 641",
        ),
        (CNAM, "Cnam"),
        (
            AIN
            | {
                "nom": "CGSS de La Réunion",
                "code_organisme": "974",
                "codes_departement": ["974"],
                "noms_departement": ["La Réunion"],
            },
            "CGSS de La Réunion · 974",
        ),
    ],
)
def test_option(organisme: dict[str, Any], attendu: str) -> None:
    assert textes.format_option(organisme) == attendu


def test_recherche_par_ville_et_non_par_numero_sans_zero() -> None:
    recherche = textes.format_recherche(load_catalogue().organisme_par_code["031"]).split()
    assert "Moulins" in recherche
    assert "31" not in recherche
