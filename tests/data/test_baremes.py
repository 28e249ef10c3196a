"""The barèmes: weights as printed, references, and what is refused, in French."""

from __future__ import annotations

import copy
import csv
import math
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.bareme import Bareme, FichierBaremes
from data.catalogue import (
    DEFINITIONS,
    BaremeInconnuError,
    DefinitionInvalideError,
    _load_baremes,
    _load_modele,
    load_catalogue,
    resolve_bareme,
)
from data.chemins import PUBLIE
from data.modele import Forme, Referentiel, Sens, TypeOrganisme

CATALOGUE = load_catalogue()
INTERESSEMENT = Referentiel.INTERESSEMENT


def _lire(nom: str) -> list[dict[str, str]]:
    with (PUBLIE / f"interessement_2023_{nom}.csv").open(encoding="utf-8") as fichier:
        return list(csv.DictReader(fichier))


@pytest.mark.parametrize("bareme", CATALOGUE.baremes, ids=lambda b: b.code)
def test_somme_des_poids(bareme: Bareme) -> None:
    assert math.fsum(i.poids for i in bareme.list_indicateurs()) == pytest.approx(100)
    for domaine in bareme.domaines:
        assert math.fsum(i.poids for i in domaine.indicateurs) == pytest.approx(domaine.poids)


@pytest.mark.parametrize("type_organisme", TypeOrganisme)
def test_un_bareme_par_type(type_organisme: TypeOrganisme) -> None:
    bareme = CATALOGUE.get_bareme(INTERESSEMENT, 2023, type_organisme)
    assert type_organisme in bareme.types_organisme


def test_les_ccss_suivent_les_cpam() -> None:
    assert CATALOGUE.get_bareme(INTERESSEMENT, 2023, TypeOrganisme.CCSS) is CATALOGUE.get_bareme(
        INTERESSEMENT, 2023, TypeOrganisme.CPAM
    )


def test_bareme_inconnu() -> None:
    with pytest.raises(BaremeInconnuError, match="2031"):
        CATALOGUE.get_bareme(INTERESSEMENT, 2031)
    with pytest.raises(BaremeInconnuError, match="2031"):
        CATALOGUE.get_regle_interessement(2031)


@pytest.mark.parametrize(
    "fichier", ["part_locale_indicateurs", "repartition_composantes", "cnam_indicateurs", "part_nationale"]
)
def test_poids_imprimes(fichier: str) -> None:
    # Every weight the note prints is that of the barème; 3,3 stands for 10/3.
    compares = 0
    for r in _lire(fichier):
        nom = r.get("type_organisme") or ("CNAM" if fichier.startswith("cnam") else None)
        if not r["poids_pct"] or r["indicateur"].startswith("(axe"):
            continue
        genre = None if nom is None else TypeOrganisme(nom)
        code = CATALOGUE.find_indicateur(r["indicateur"], INTERESSEMENT, genre).code
        bareme = CATALOGUE.get_bareme(INTERESSEMENT, 2023, genre)
        poids = {}
        for domaine in bareme.domaines:
            for i in domaine.indicateurs:
                poids[i.code] = (i.poids_imprime or i.poids, domaine.nom)
                poids |= {c.code: (i.poids * c.part, domaine.nom) for c in i.composantes}
        assert poids[code] == (pytest.approx(float(r["poids_pct"])), r["domaine"]), code
        compares += 1
    assert compares > 15


def test_trois_fois_3_3() -> None:
    tiers = [
        i for i in CATALOGUE.get_bareme(INTERESSEMENT, 2023, TypeOrganisme.CPAM).list_indicateurs() if i.poids_imprime
    ]
    assert [i.poids for i in tiers] == [10 / 3] * 3
    assert all("10/3" in i.notes[0] for i in tiers)


def test_seuils_nationaux_imprimes() -> None:
    cibles = dict(CATALOGUE.get_bareme(INTERESSEMENT, 2023).list_cibles())
    for r in _lire("part_nationale"):
        cible = cibles[CATALOGUE.find_indicateur(r["indicateur"], INTERESSEMENT).code]
        if r["unite"] == "date":
            assert (str(cible.date_socle), str(cible.date_objectif)) == (r["socle_2023"], r["objectif_2023"])
        else:
            assert cible.socle == float(r["socle_2023"])
            assert cible.objectif == float(r["objectif_2023"].split()[0])


def test_le_sens_vient_des_definitions() -> None:
    for bareme in CATALOGUE.baremes:
        for code, cible in bareme.list_cibles():
            declare = CATALOGUE.get_indicateur(code).sens
            if declare is not Sens.NEUTRE:
                assert cible.sens is declare, code
            elif cible.sens is not None:
                assert "Sens non imprimé" in (cible.hypothese or ""), code


def test_ce_qui_n_est_pas_publie_le_dit() -> None:
    cti = CATALOGUE.get_bareme(INTERESSEMENT, 2023, TypeOrganisme.CTI)
    for domaine in cti.domaines:
        if len(domaine.indicateurs) > 1:
            assert not domaine.parts_publiees
            assert "Parts non publiées" in domaine.notes[0]
            assert len({i.poids for i in domaine.indicateurs}) == 1
    for bareme in CATALOGUE.baremes:
        for domaine in bareme.domaines:
            if domaine.bonification is not None:
                assert "hypothèse" in domaine.bonification.hypothese
        for _, cible in bareme.list_cibles():
            if cible.decote_mensuelle is not None or cible.forme is Forme.AUCUNE:
                assert cible.hypothese


def test_bonification_la_ou_la_note_l_imprime() -> None:
    avec = {r["type_organisme"] for r in _lire("domaines") if r["avec_bonification"] == "oui"}
    declares = {b.types_organisme[0].value for b in CATALOGUE.baremes for d in b.domaines if d.bonification is not None}
    assert declares == avec == {"CPAM", "DRSM", "CGSS"}


BRUT: dict[str, Any] = {
    "code": "essai",
    "referentiel": "interessement",
    "annee": 2023,
    "portee": "locale",
    "types_organisme": ["CSS"],
    "titre": "Essai",
    "source": {"document": "000", "lignes": [1]},
    "domaines": [
        {
            "nom": "Qualité de service",
            "poids": 100,
            "indicateurs": [
                {"code": "loc_e_dat", "poids": 60, "socle": 10, "objectif": 20},
                {"code": "loc_delai_premiere_ij_maladie", "poids": 40, "socle": 32, "objectif": 29},
            ],
        }
    ],
}


def resoudre(brut: object) -> Bareme:
    """One barème read as those of the files are."""
    return resolve_bareme(_load_modele(Path("essai.yaml"), brut, Bareme), "essai.yaml", CATALOGUE.indicateur_par_code)


def _build(**changements: Any) -> Bareme:
    brut = copy.deepcopy(BRUT)
    for chemin, valeur in changements.items():
        if chemin in brut:
            brut[chemin] = valeur
        else:
            brut["domaines"][0]["indicateurs"][0][chemin] = valeur
    return resoudre(brut)


def test_bareme_valide() -> None:
    bareme = _build()
    assert [i.sens for i in bareme.list_indicateurs()] == [Sens.HAUT, Sens.BAS]
    assert hash(bareme) == hash(_build())


@pytest.mark.parametrize(
    ("changements", "message"),
    [
        ({"poids": 50}, "les poids de ses indicateurs font 90, et non 100"),
        ({"poids": -60}, "doit être plus grand que 0"),
        ({"poids": "beaucoup"}, "« 10/3 »"),
        ({"poids": "1/0"}, "« 10/3 »"),
        ({"poids": float("inf")}, "un nombre fini|au plus"),
        ({"socle": "dix"}, "un nombre est attendu"),
        ({"socle": 20}, "loc_e_dat : socle et objectif égaux"),
        ({"socle": 30}, "loc_e_dat : sens déclaré « haut » en contradiction"),
        ({"sens": "bas"}, "loc_e_dat : sens « bas » dans le barème, « haut » dans sa définition"),
        ({"forme": "exponentielle"}, "valeurs possibles"),
        ({"forme": "composite"}, "vont ensemble"),
        ({"seuil": 3}, "clé inconnue"),
        ({"types_organisme": []}, "nomme ses types"),
        ({"domaines": []}, "au moins 1"),
        ({"annee": "demain"}, "un nombre entier"),
    ],
)
def test_bareme_refuse(changements: dict[str, Any], message: str) -> None:
    with pytest.raises(DefinitionInvalideError, match=message):
        _build(**changements)


def test_indicateur_inconnu() -> None:
    brut = copy.deepcopy(BRUT)
    brut["domaines"][0]["indicateurs"][0]["code"] = "loc_inconnu"
    with pytest.raises(DefinitionInvalideError, match=r"essai\.yaml : indicateur inconnu « loc_inconnu »"):
        resoudre(brut)


def test_indicateur_en_double() -> None:
    brut = copy.deepcopy(BRUT)
    brut["domaines"][0]["indicateurs"][1]["code"] = "loc_e_dat"
    with pytest.raises(DefinitionInvalideError, match="déclaré deux fois"):
        resoudre(brut)


def test_toutes_les_erreurs_d_un_coup() -> None:
    brut = copy.deepcopy(BRUT)
    brut["domaines"][0]["indicateurs"][0]["poids"] = -1
    brut["domaines"][0]["indicateurs"][1]["socle"] = "x"
    with pytest.raises(DefinitionInvalideError, match=r"(?s)poids.*plus grand.*socle.*nombre"):
        resoudre(brut)


def _read_fichier() -> dict[str, Any]:
    lu = yaml.safe_load((DEFINITIONS / "baremes" / "interessement_2023.yaml").read_text(encoding="utf-8"))
    assert isinstance(lu, dict)
    return lu


def test_fichier_mal_nomme(tmp_path: Path) -> None:
    (tmp_path / "autre.yaml").write_text(yaml.safe_dump(_read_fichier(), allow_unicode=True), encoding="utf-8")
    with pytest.raises(
        DefinitionInvalideError, match=r"autre\.yaml : le fichier doit porter le nom « interessement_2023"
    ):
        _load_baremes(tmp_path, CATALOGUE.indicateur_par_code)


def test_deux_baremes_pour_un_type() -> None:
    brut = _read_fichier()
    brut["baremes"].append(brut["baremes"][1] | {"code": "doublon"})
    with pytest.raises(ValueError, match="deux barèmes pour CPAM"):
        FichierBaremes.model_validate(brut)


def test_regle_de_2023() -> None:
    regle = CATALOGUE.get_regle_interessement(2023)
    imprimees = {r["code"]: r["valeur"] for r in _lire("regles")}
    assert regle.masse_pct == float(imprimees["masse_globale"])
    assert regle.part_nationale_pct == float(imprimees["part_nationale"])
    assert regle.part_locale_pct == float(imprimees["part_locale"])
    assert regle.seuil == 50
