"""A barème as rows of text, then as files, and back."""

from __future__ import annotations

import base64
import io
import zipfile
from collections.abc import Callable
from typing import Any

import openpyxl
import pytest

from components.bareme.lecture import Essai, check_lignes, read_fichier
from components.bareme.lignes import CHAMPS, compute_total, list_changements, list_lignes, read_lignes
from components.bareme.vue import build_fichier
from data.bareme import Bareme
from data.catalogue import load_catalogue
from data.controle_bareme import check_bareme
from data.fichier_bareme import build_donnees
from data.modele import Forme, TypeOrganisme
from data.propositions import get_publie
from tests.variantes import update_cible

LOCAUX = [b for b in load_catalogue().baremes if b.types_organisme]
CPAM = get_publie(TypeOrganisme.CPAM, 2023)


def _send(octets: bytes) -> str:
    return "data:application/octet-stream;base64," + base64.b64encode(octets).decode()


def _list(essai: Essai) -> dict[str, str]:
    return {s.lieu.replace("\xa0", " "): s.message.replace("\xa0", " ") for s in essai.signalements}


def _write(modifier: Callable[[Any], object], bareme: Bareme = CPAM) -> str:
    """The downloaded workbook, changed as a person would, and sent back."""
    classeur = openpyxl.load_workbook(io.BytesIO(build_fichier(bareme, "xlsx")[0]))
    modifier(classeur)
    tampon = io.BytesIO()
    classeur.save(tampon)
    return _send(tampon.getvalue())


@pytest.mark.parametrize("bareme", LOCAUX, ids=lambda b: b.types_organisme[0])
def test_lignes_et_fichiers_reviennent_identiques(bareme: Bareme) -> None:
    lignes = list_lignes(bareme)
    assert check_lignes(lignes, bareme, bareme).bareme == bareme
    assert compute_total(lignes) == pytest.approx(100)
    for extension in ("xlsx", "yaml"):
        octets, nom = build_fichier(bareme, extension)
        assert read_fichier(nom, _send(octets), bareme).bareme == bareme


@pytest.mark.parametrize(
    "champs",
    [
        {"forme": Forme.PALIERS, "paliers": [{"seuil": 60, "taux": 0.5}, {"seuil": 90, "taux": 1}]},
        {"forme": Forme.INTERVALLE, "borne_basse": 10.0, "borne_haute": 20.5, "tolerance": 2.0},
        {"forme": Forme.DATE, "date_socle": "2023-12-31", "date_objectif": "2023-06-30",
         "decote_mensuelle": 0.1},
        {"forme": Forme.RELATIF_PASSE, "reference": 40.0, "ecart": "pourcent", "socle": 0.0, "objectif": 5.0},
        {"forme": Forme.NIVEAU, "objectif": -3.25, "hypothese": "Palier unique."},
        {"socle": 80.0, "objectif": 80.0, "regle_egalite": "seuil"},
    ],
    ids=lambda c: str(c.get("forme", "egalite")),
)  # fmt: skip
def test_chaque_forme_revient_identique(champs: dict[str, Any]) -> None:
    # A date reads « sooner is better »: only an indicateur that does can take that shape.
    code = "loc_delai_premiere_ij_atmp" if champs.get("forme") is Forme.DATE else "loc_aat_dematerialises"
    bareme = update_cible(CPAM, code, **champs)
    assert check_bareme(build_donnees(bareme), load_catalogue(), CPAM).problemes == ()
    essai = check_lignes(list_lignes(bareme), bareme, CPAM)
    assert essai.signalements == ()
    assert list_changements(CPAM, essai.bareme or CPAM) == list_changements(CPAM, bareme)
    assert read_fichier("b.xlsx", _send(build_fichier(bareme, "xlsx")[0]), CPAM).bareme == essai.bareme


def test_ce_qui_change_se_lit_champ_par_champ() -> None:
    lignes = list_lignes(CPAM)
    lignes[0]["poids"], lignes[15]["poids"] = "12", "12,0"
    del lignes[3]
    lignes[3]["poids"] = "9 + 1/3"
    assert "Ligne 4 (AAT dématérialisés), colonne « Poids »" in _list(check_lignes(lignes, CPAM, CPAM))
    lignes[3]["poids"] = "28/3"
    essai = check_lignes(lignes, CPAM, CPAM)
    assert essai.bareme is not None
    changements = [(c["champ"], c["avant"], c["apres"]) for c in list_changements(CPAM, essai.bareme)]
    assert changements == [("Poids", "9", "12"), ("retiré", "6", ""), ("Poids", "10/3", "28/3"), ("Poids", "15", "12")]


def test_un_poids_vide_retire_l_indicateur_et_ses_composantes() -> None:
    cti = get_publie(TypeOrganisme.CTI, 2023)
    lignes = list_lignes(cti)
    rang = next(n for n, ligne in enumerate(lignes) if ligne["forme"] == "composite")
    lignes[rang]["poids"] = ""
    lecture = read_lignes(lignes, cti)
    assert lecture.problemes == ()
    assert len(lecture.retires) == 1 + sum(ligne["composite"] == lignes[rang]["code"] for ligne in lignes)
    assert "ajoutez" in _list(check_lignes(lignes, cti, cti))["Barème entier"]


def test_chaque_faute_d_un_classeur_a_sa_case() -> None:
    def salir(classeur: Any) -> None:
        feuille = classeur["Barème"]
        feuille["E3"], feuille["E4"], feuille["C5"], feuille["A6"] = "beaucoup", -3, "loc_inconnu", "Qualité"
        feuille["I7"], feuille["J7"], feuille["C9"] = 80, 40, "loc_e_dat"
        feuille["E10"], feuille["G10"], feuille["K11"] = 1e308, "courbe", "le 3 mai"

    fautes = _list(read_fichier("b.xlsx", _write(salir), CPAM))
    assert {lieu.removeprefix("Feuille « Barème », "): m[:14] for lieu, m in fautes.items()} == {
        "cellule E3": "un nombre ou u",
        "cellule E4": "doit être plus",
        "cellule C5": "indicateur inc",
        "cellule A6": "domaine inconn",
        "ligne 7": "sens déclaré «",
        "cellule C9": "l'indicateur «",
        "cellule E10": "doit être au p",
        "cellule G10": "valeurs possib",
        "cellule K11": "une date AAAA-",
    }


@pytest.mark.parametrize(
    ("modifier", "raison"),
    [
        (lambda c: c.remove(c["Identité"]), "« Identité » est absente"),
        (lambda c: c["Identité"].__setitem__("B1", "interessement_2023_part_locale_drsm"), "Choisissez d'abord"),
        (lambda c: c["Barème"].delete_cols(5), "colonnes absentes : Poids"),
        (lambda c: c["Barème"].__setitem__("B1", "Remarque"), "colonne inconnue « Remarque »"),
    ],
)
def test_un_classeur_d_une_autre_forme_est_refuse(modifier: Callable[[Any], object], raison: str) -> None:
    essai = read_fichier("b.xlsx", _write(modifier), CPAM)
    assert essai.bareme is None
    assert raison in " ".join(_list(essai).values())


def _build_archive(**membres: bytes) -> bytes:
    tampon = io.BytesIO()
    with zipfile.ZipFile(tampon, "w", zipfile.ZIP_DEFLATED) as archive:
        for nom, contenu in membres.items():
            archive.writestr(nom, contenu)
    return tampon.getvalue()


@pytest.mark.parametrize(
    ("nom", "contenu", "raison"),
    [
        ("b.xlsm", _send(b"x"), "sans macro"),
        ("b.xlsx", _send(b"x"), "pas un classeur"),
        ("b.xlsx", _send(_build_archive(vbaProject=b"x")), "macros"),
        ("b.xlsx", _send(_build_archive(bombe=b"0" * 9_000_000)), "décompressé"),
        ("b.xlsx", _send(_build_archive(vide=b"")), "abîmé"),
        ("b.yaml", "data:,;base64,###", "incomplet"),
        ("b.yaml", _send(b""), "vide"),
        ("b.yaml", _send(b"x" * 600_000), "trop gros"),
        ("b.yaml", _send(b"- 1"), "barème est attendu"),
    ],
)
def test_un_fichier_douteux_est_refuse(nom: str, contenu: str, raison: str) -> None:
    essai = read_fichier(nom, contenu, CPAM)
    assert essai.bareme is None
    assert raison in " ".join(_list(essai).values())


def test_un_yaml_faux_dit_la_ligne() -> None:
    texte = build_fichier(CPAM, "yaml")[0].replace(b"poids: 9\n", b"poids: neuf\n", 1)
    (lieu,) = [lieu for lieu in _list(read_fichier("b.yaml", _send(texte), CPAM)) if "poids" in lieu]
    numero = texte[: texte.index(b"neuf")].count(b"\n") + 1
    assert lieu == f"Ligne {numero}, domaines › 1 › indicateurs › 1 › poids"


def test_tous_les_champs_d_une_cible_ont_leur_colonne() -> None:
    (ligne, *_) = list_lignes(CPAM)
    assert list(ligne) == list(CHAMPS)
