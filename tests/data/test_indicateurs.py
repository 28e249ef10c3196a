"""The indicateur definitions: counts, labels, units, directions, silences, and what a wrong file answers."""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from data.catalogue import Catalogue, DefinitionInvalideError, build_catalogue, format_cle, load_catalogue
from data.chemins import RACINE
from data.modele import Indicateur, Maille, Origine, Portee, Referentiel, Sens, Statistique, TypeOrganisme

PUBLIE = RACINE / "data" / "publie"
LIBELLES = Path(__file__).with_name("libelles_note_2023.csv")
INTERESSEMENT, COG = Referentiel.INTERESSEMENT, Referentiel.COG_2023_2027

# Number of indicateurs the 2023 note announces per type (document 000, l. 386, 517, 765, 1022, 1161, 1303, 1585,
# 1774 and 1938); the CCSS are counted with the CPAM.
NOMBRES_LOCAUX = {
    "CPAM": 16,
    "CCSS": 16,
    "DRSM": 8,
    "CNAM": 15,
    "CARSAT": 10,
    "CGSS": 16,
    "CTI": 9,
    "CEIR": 17,
    "UGECAM": 9,
    "CSS": 10,
}

# Yearly targets of the COG 2023-2027 (document 002, annexe 5). Absent: 55 (an interval) and 60 (a sentence).
CIBLES: dict[int, tuple[float, ...]] = {
    1: (23, 22, 20, 19, 18),
    2: (28, 26, 24, 22, 20),
    3: (38, 35, 32, 29, 25),
    4: (82.5, 84, 85, 89, 93),
    5: (82.5, 84, 85, 87, 90),
    6: (82.5, 84, 84, 84.5, 85),
    7: (70, 75, 80, 80, 80),
    8: (25, 23, 21, 20),
    9: (81, 82, 83, 84, 85),
    10: (75, 75, 85, 90, 90),
    11: (97, 97, 97, 97, 97),
    12: (75, 75, 75, 75, 75),
    13: (30, 60, 70, 80, 90),
    14: (500_000, 5_000_000, 10_000_000, 20_000_000, 25_000_000),
    15: (83, 83, 84, 85, 86),
    16: (82, 83, 84, 85, 86),
    17: (35, 45, 50, 55, 60),
    18: (65, 70, 75, 80, 85),
    19: (55, 60, 65, 70, 75),
    20: (100, 100, 100, 100, 100),
    21: (6000, 10_000, 10_000, 10_000, 10_000),
    22: (100, 100, 100, 100, 100),
    23: (7_272_952, 7_312_952, 7_352_952, 7_392_952, 7_432_952),
    24: (-3, -5, -7, -8, -8),
    25: (100_000, 200_000, 300_000, 350_000, 400_000),
    26: (157_000, 164_850, 173_093, 181_747, 190_834),
    27: (5, 6, 6, 6, 6),
    28: (380_000, 530_000, 530_000, 530_000),
    29: (51, 52, 53, 54, 55),
    30: (58.8, 61.6, 64.4, 67.2, 70),
    31: (58.4, 63.8, 69.2, 74.6, 80),
    32: (37.8, 44.6, 51.4, 58.2, 65),
    33: (100, 100, 100, 100, 100),
    34: (90, 90, 90, 90, 90),
    35: (100, 100, 100, 100, 100),
    36: (-2, -2, -2, -2, -2),
    37: (5, 10, 15, 20, 25),
    38: (75, 85, 100, 100, 100),
    39: (30, 32, 34, 36, 38),
    40: (100_000, 160_000, 240_000, 300_000, 400_000),
    41: (35, 45, 55, 65, 75),
    42: (20, 30, 40, 50, 60),
    43: (10.27, 9.73, 9.19, 8.11, 7.03),
    44: (9.52, 9.02, 8.52, 8.02, 7.52),
    45: (3.14, 2.97, 2.81, 2.48, 2.15),
    46: (1.94, 1.84, 1.74, 1.64, 1.53),
    47: (55, 57, 60, 62, 65),
    48: (96, 96, 97, 97, 98),
    49: (266_000_000, 337_500_000, 357_500_000, 375_000_000, 390_000_000),
    50: (114_000_000, 162_500_000, 192_500_000, 225_000_000, 260_000_000),
    51: (99.35, 99.39, 99.43, 99.46, 99.49),
    52: (99.12, 99.17, 99.22, 99.27, 99.42),
    53: (62, 64, 66, 68, 70),
    54: (1.16, 1.12, 1.08, 1.04, 1),
    56: (-5, -10, -15, -20, -25),
    57: (53, 54, 55, 56, 57),
    58: (819_967, 844_566.51, 869_903.51, 896_000.61, 922_880.63),
    59: (13_606, 14_000, 14_570, 15_150, 15_750),
    61: (14, 14, 14, 14, 14),
}

# (objectif, socle) of the part nationale 2023 (document 000, l. 191-243); dates as ISO text, which sorts as they do.
SEUILS_NATIONAUX: dict[str, tuple[float, float] | tuple[str, str]] = {
    "nat_carte_vitale_dematerialisee": (83, 75),
    "nat_c2s_dematerialisee": (35, 15),
    "nat_beneficiaires_c2s": (7_272_952, 6_182_009),
    "nat_decroche_assures": (75, 50),
    "nat_courriels_48h": (80, 70),
    "nat_satisfaction_assures": (82.5, 70),
    "nat_satisfaction_ps": (82.5, 70),
    "nat_satisfaction_employeurs": (82.5, 70),
    "nat_dmp_alimentes": (35, 21.9),
    "nat_population_cpts": (90, 40),
    "nat_acces_aux_soins_listes_ald": ("2023-09-30", "2023-12-31"),
    "nat_acces_aux_soins_ald_mt": (96, 95),
    "nat_assistants_medicaux": (6021, 3934),
    "nat_rct_montant_moyen": (15.25, 8.46),
    "nat_prejudices_subis": (266_000_000, 66_500_000),
    "nat_acces_formation": (62, 55),
    "nat_index_egalite": (93, 85),
    "nat_sdrh": ("2023-09-30", "2024-01-30"),
    "nat_consommation_energie": (-5, 0),
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


@pytest.fixture(scope="module")
def indicateurs(catalogue: Catalogue) -> Sequence[Indicateur]:
    return catalogue.list_indicateurs()


@pytest.fixture(scope="module")
def composantes(indicateurs: Sequence[Indicateur]) -> set[str]:
    return {code for i in indicateurs for code in i.composantes}


def list_codes(indicateurs: Iterable[Indicateur], condition: Callable[[Indicateur], bool]) -> list[str]:
    return [i.code for i in indicateurs if condition(i)]


def read_lignes(fichier: Path) -> list[dict[str, str]]:
    with fichier.open(encoding="utf-8", newline="") as flux:
        return list(csv.DictReader(flux))


# --- Counts


def test_part_nationale_has_18_indicateurs(indicateurs: Sequence[Indicateur], composantes: set[str]) -> None:
    nationaux = [i for i in indicateurs if i.portee is Portee.NATIONALE]
    assert len([i for i in nationaux if i.code not in composantes]) == 18
    assert [i.code for i in nationaux if i.code in composantes] == [
        "nat_acces_aux_soins_ald_mt",
        "nat_acces_aux_soins_listes_ald",
    ]
    assert all(i.maille is Maille.RESEAU and not i.types_organisme for i in nationaux)


@pytest.mark.parametrize(("type_organisme", "nombre"), NOMBRES_LOCAUX.items())
def test_part_locale_has_the_announced_number(
    indicateurs: Sequence[Indicateur], composantes: set[str], type_organisme: str, nombre: int
) -> None:
    locaux = list_codes(
        indicateurs,
        lambda i: i.portee is Portee.LOCALE and type_organisme in i.types_organisme and i.code not in composantes,
    )
    assert len(locaux) == nombre, locaux


def test_every_type_is_counted() -> None:
    assert set(NOMBRES_LOCAUX) == {t.value for t in TypeOrganisme}


def test_cog_2023_2027_is_numbered_1_to_61(catalogue: Catalogue) -> None:
    cog = catalogue.list_indicateurs(COG)
    assert sorted(i.numero or 0 for i in cog) == list(range(1, 62))
    assert all(i.code.startswith(f"cog_{i.numero:02d}_") for i in cog)
    assert all(i.periodes == [2023, 2024, 2025, 2026, 2027] for i in cog)


def test_prefix_says_the_portee(indicateurs: Sequence[Indicateur]) -> None:
    prefixes = {Portee.NATIONALE: "nat_", Portee.LOCALE: "loc_"}
    assert not list_codes(indicateurs, lambda i: i.portee is not None and not i.code.startswith(prefixes[i.portee]))


# --- Labels


def test_every_label_of_the_note_resolves(catalogue: Catalogue) -> None:
    lignes = read_lignes(LIBELLES)
    assert {ligne["type"] for ligne in lignes} == {"", *NOMBRES_LOCAUX}
    assert len(lignes) > 200
    for ligne in lignes:
        type_organisme = TypeOrganisme(ligne["type"]) if ligne["type"] else None
        trouve = catalogue.find_indicateur(ligne["libelle"], INTERESSEMENT, type_organisme)
        assert trouve.code == ligne["code"], ligne


def test_the_labels_of_the_note_cover_all_its_indicateurs(catalogue: Catalogue) -> None:
    interessement = catalogue.list_indicateurs(INTERESSEMENT)
    attendus = {(str(t), i.code) for i in interessement for t in i.types_organisme}
    attendus |= {("", i.code) for i in interessement if not i.types_organisme}
    assert {(ligne["type"], ligne["code"]) for ligne in read_lignes(LIBELLES)} == attendus


def test_published_labels_resolve_to_their_domaine(catalogue: Catalogue) -> None:
    for fichier, type_fixe in (
        ("interessement_2023_part_locale_indicateurs.csv", None),
        ("interessement_2023_repartition_composantes.csv", None),
        ("interessement_2023_cnam_indicateurs.csv", TypeOrganisme.CNAM),
    ):
        for ligne in read_lignes(PUBLIE / fichier):
            if ligne["indicateur"].startswith("(axe"):
                continue
            trouve = catalogue.find_indicateur(
                ligne["indicateur"], INTERESSEMENT, type_fixe or TypeOrganisme(ligne["type_organisme"])
            )
            assert (trouve.portee, trouve.domaine) == (Portee.LOCALE, ligne["domaine"]), ligne
    for ligne in read_lignes(PUBLIE / "interessement_2023_part_nationale.csv"):
        trouve = catalogue.find_indicateur(ligne["indicateur"], INTERESSEMENT)
        assert (trouve.portee, trouve.domaine) == (Portee.NATIONALE, ligne["domaine"]), ligne


def test_published_components_belong_to_their_parent(catalogue: Catalogue) -> None:
    lignes = read_lignes(PUBLIE / "interessement_2023_repartition_composantes.csv")
    enfants = [ligne for ligne in lignes if ligne["composante_de"]]
    assert len(enfants) == 11
    for ligne in enfants:
        type_organisme = TypeOrganisme(ligne["type_organisme"])
        parent = catalogue.find_indicateur(ligne["composante_de"], INTERESSEMENT, type_organisme)
        assert catalogue.find_indicateur(ligne["indicateur"], INTERESSEMENT, type_organisme).code in parent.composantes


def test_published_cog_titles_resolve_to_their_number(catalogue: Catalogue) -> None:
    lignes = read_lignes(PUBLIE / "cog_2023_2027_indicateurs.csv")
    assert len(lignes) == 61
    for ligne in lignes:
        assert catalogue.find_indicateur(ligne["titre_exact"], COG).numero == int(ligne["n"])


def test_no_label_is_shadowed(indicateurs: Sequence[Indicateur]) -> None:
    codes: dict[tuple[Referentiel, TypeOrganisme | None, str], set[str]] = defaultdict(set)
    for i in indicateurs:
        for libelle in (i.titre, *i.libelles):
            for type_organisme in (*i.types_organisme, None):
                codes[i.referentiel, type_organisme, format_cle(libelle)].add(i.code)
    assert not {cle: trouves for cle, trouves in codes.items() if len(trouves) > 1}


def test_one_definition_serves_several_types(catalogue: Catalogue) -> None:
    types = {
        "loc_validation_comptes": {"CPAM", "CCSS", "DRSM", "CARSAT", "CGSS", "CSS"},
        "loc_dossiers_implicites_mp": {"CPAM", "CCSS", "DRSM", "CGSS"},
        "loc_delai_premiere_ij_maladie": {"CPAM", "CCSS", "CGSS", "CSS"},
        "loc_service_social_sans_entretien_4_mois": {"CARSAT", "CGSS", "CSS"},
        "loc_e_dat": {"CPAM", "CCSS", "CGSS"},
    }
    for code, attendus in types.items():
        assert set(catalogue.get_indicateur(code).types_organisme) == attendus


# --- Directions


@pytest.mark.parametrize(("numero", "cibles"), CIBLES.items())
def test_cog_direction_agrees_with_the_targets(
    indicateurs: Sequence[Indicateur], numero: int, cibles: tuple[float, ...]
) -> None:
    (indicateur,) = (i for i in indicateurs if i.numero == numero)
    ecarts = {(b > a) - (b < a) for a, b in pairwise(cibles)} - {0}
    if not ecarts:
        # Constant targets give no direction by themselves: none is claimed without a word of why.
        assert indicateur.sens is Sens.NEUTRE or indicateur.sens_justification
        return
    assert len(ecarts) == 1, "targets move both ways"
    assert indicateur.sens is (Sens.HAUT if ecarts == {1} else Sens.BAS)
    assert indicateur.sens_origine is Origine.SEUILS


def test_every_cog_number_has_known_targets() -> None:
    assert set(range(1, 62)) - set(CIBLES) == {55, 60}


@pytest.mark.parametrize(("code", "seuils"), SEUILS_NATIONAUX.items())
def test_national_direction_is_the_sign_of_objectif_minus_socle(
    catalogue: Catalogue, code: str, seuils: tuple[Any, Any]
) -> None:
    indicateur = catalogue.get_indicateur(code)
    objectif, socle = seuils
    assert indicateur.sens is (Sens.HAUT if objectif > socle else Sens.BAS)
    assert indicateur.sens_origine is Origine.SEUILS


def test_an_interval_has_no_direction(indicateurs: Sequence[Indicateur]) -> None:
    (mixite,) = (i for i in indicateurs if i.numero == 55)
    assert mixite.sens is Sens.NEUTRE
    assert any("intervalle" in note for note in mixite.notes)


def test_a_borrowed_direction_names_its_lender(indicateurs: Sequence[Indicateur]) -> None:
    """A local indicateur has no printed thresholds, but the CNAM's: « seuils » must say whose they are."""
    fautifs = list_codes(
        indicateurs,
        lambda i: (
            i.portee is Portee.LOCALE
            and TypeOrganisme.CNAM not in i.types_organisme
            and i.sens_origine is Origine.SEUILS
            and ("COG" not in (i.sens_justification or "") or not i.indicateurs_lies)
        ),
    )
    assert not fautifs


def test_a_borrowed_direction_is_the_lender_s(catalogue: Catalogue) -> None:
    empruntes = [
        i
        for i in catalogue.list_indicateurs(INTERESSEMENT)
        if i.sens_origine is Origine.SEUILS and i.sens_justification
    ]
    assert len(empruntes) > 10
    for indicateur in empruntes:
        preteurs = [catalogue.get_indicateur(c) for c in indicateur.indicateurs_lies if c.startswith("cog_")]
        assert any(f"n°\xa0{p.numero} " in (indicateur.sens_justification or "") for p in preteurs), indicateur.code
        assert {p.sens for p in preteurs} == {indicateur.sens}, indicateur.code


def test_delays_are_better_when_short(indicateurs: Sequence[Indicateur]) -> None:
    delais = [i for i in indicateurs if i.unite == "jours"]
    assert len(delais) > 15
    for delai in delais:
        assert delai.sens is Sens.BAS, delai.code
        assert delai.statistique in {
            Statistique.MOYENNE,
            Statistique.D9,
            Statistique.QUANTILE,
            Statistique.NON_PRECISEE,
        }, delai.code
        assert (delai.bornes.min, delai.bornes.max) == (0, 365), delai.code


def test_dates_are_better_when_early(indicateurs: Sequence[Indicateur]) -> None:
    dates = [i for i in indicateurs if i.unite == "date" or i.statistique is Statistique.DATE]
    assert len(dates) > 10
    assert all((i.unite, i.statistique, i.sens) == ("date", Statistique.DATE, Sens.BAS) for i in dates)


# --- Units and statistics


def test_the_title_does_not_decide_the_unit(indicateurs: Sequence[Indicateur]) -> None:
    par_numero = {i.numero: i for i in indicateurs if i.referentiel is COG}
    psy, mes = par_numero[40], par_numero[42]
    assert psy.libelles[0].startswith("Taux")
    assert (psy.unite, psy.unite_origine, psy.statistique) == ("nombre", Origine.CELLULE, Statistique.NOMBRE)
    assert mes.libelles[0].startswith("Nombre")
    assert (mes.unite, mes.unite_origine, mes.statistique) == ("%", Origine.CELLULE, Statistique.TAUX)
    assert all(any("cellules" in note for note in i.notes) for i in (psy, mes))


def test_the_label_gives_the_decile(indicateurs: Sequence[Indicateur]) -> None:
    for i in indicateurs:
        cles = [format_cle(libelle) for libelle in i.libelles]
        if any("9eme decile" in cle or "9e decile" in cle for cle in cles):
            assert i.statistique is Statistique.D9, i.code
        elif i.unite == "jours" and any("delai moyen" in cle for cle in cles):
            assert i.statistique is Statistique.MOYENNE, i.code


def test_percentages_never_have_an_impossible_bound(indicateurs: Sequence[Indicateur]) -> None:
    assert not list_codes(indicateurs, lambda i: i.unite == "%" and i.bornes.max is not None and i.bornes.max != 100)
    assert not list_codes(indicateurs, lambda i: i.statistique is Statistique.EVOLUTION and i.bornes.max is not None)


def test_a_unit_read_off_the_label_is_said(indicateurs: Sequence[Indicateur]) -> None:
    muettes = {Origine.LIBELLE, Origine.NON_PRECISEE}
    assert not list_codes(indicateurs, lambda i: i.unite_origine in muettes and "unité" not in i.silences)


# --- Silences


def test_a_silent_document_is_said_to_be_silent(indicateurs: Sequence[Indicateur]) -> None:
    assert not list_codes(indicateurs, lambda i: (i.definition is None) != ("définition" in i.silences))
    assert not list_codes(indicateurs, lambda i: (i.formule is None) != ("formule" in i.silences))


def test_a_missing_direction_is_explained(indicateurs: Sequence[Indicateur]) -> None:
    assert not list_codes(indicateurs, lambda i: i.sens is Sens.NEUTRE and "sens" not in i.silences and not i.notes)


def test_local_targets_are_said_to_be_unprinted(indicateurs: Sequence[Indicateur]) -> None:
    for i in indicateurs:
        if i.portee is Portee.LOCALE:
            imprimes = i.types_organisme == [TypeOrganisme.CNAM]
            assert ("socle, objectif et résultat" in i.silences) is not imprimes, i.code


# --- Links


def test_composites_and_their_components_agree(catalogue: Catalogue, indicateurs: Sequence[Indicateur]) -> None:
    composites = [i for i in indicateurs if i.statistique is Statistique.COMPOSITE]
    sans_composante = [i.code for i in composites if not i.composantes]
    assert sans_composante == ["loc_composite_prevention_rp"], "the note prints nothing of its four parts"
    assert {i.code for i in indicateurs if i.composantes} <= {i.code for i in composites}
    for parent in composites:
        for code in parent.composantes:
            enfant = catalogue.get_indicateur(code)
            assert not enfant.composantes
            assert (enfant.referentiel, enfant.portee, enfant.domaine, enfant.types_organisme) == (
                parent.referentiel,
                parent.portee,
                parent.domaine,
                parent.types_organisme,
            ), code


def test_a_component_has_one_parent(indicateurs: Sequence[Indicateur], composantes: set[str]) -> None:
    assert sum(len(i.composantes) for i in indicateurs) == len(composantes)


def test_links_go_both_ways(catalogue: Catalogue, indicateurs: Sequence[Indicateur]) -> None:
    for i in indicateurs:
        assert i.code not in i.indicateurs_lies
        assert len(set(i.indicateurs_lies)) == len(i.indicateurs_lies)
        for lien in i.indicateurs_lies:
            assert i.code in catalogue.get_indicateur(lien).indicateurs_lies, (i.code, lien)


# --- What is read on screen


def test_short_titles_tell_the_indicateurs_of_a_list_apart(indicateurs: Sequence[Indicateur]) -> None:
    vus: dict[tuple[object, ...], str] = {}
    for i in indicateurs:
        types: Sequence[TypeOrganisme | None] = i.types_organisme or (None,)
        for type_organisme in types:
            cle = (i.referentiel, i.portee, type_organisme, format_cle(i.titre_court))
            assert vus.setdefault(cle, i.code) == i.code


def test_texts_follow_french_typography(indicateurs: Sequence[Indicateur]) -> None:
    for i in indicateurs:
        textes = [i.titre, i.titre_court, i.domaine, i.processus, i.definition, i.formule, i.sens_justification]
        for texte in filter(None, [*textes, *i.silences, *i.notes]):
            assert not {"'", " :", " ;", "« ", " »", " %", " €"} & {
                texte[k : k + n] for n in (1, 2) for k in range(len(texte))
            }, (
                i.code,
                texte,
            )


def test_cited_lines_are_in_order(indicateurs: Sequence[Indicateur]) -> None:
    for i in indicateurs:
        assert list(i.source.lignes) == sorted(set(i.source.lignes)), i.code
        assert i.source.lignes[0] > 0


# --- Wrong definitions


def build_valide() -> dict[str, Any]:
    """A minimal valid definition, to be spoilt."""
    return {
        "code": "delai_essai",
        "referentiel": "suivi",
        "titre": "Délai d'essai",
        "titre_court": "Délai d'essai",
        "domaine": "Qualité de service",
        "unite": "jours",
        "unite_origine": "ecrite",
        "statistique": "moyenne",
        "sens": "bas",
        "sens_origine": "seuils",
        "maille": "reseau",
        "periodes": [2023],
        "source": {"document": "000", "lignes": [1]},
        "libelles": ["Délai d'essai"],
    }


def write_definitions(racine: Path, **fichiers: object) -> Path:
    """Write a tiny definition tree; ``fichiers`` maps a path under ``indicateurs`` (« / » as « __ ») to a content."""
    (racine / "organismes").mkdir(parents=True)
    for type_organisme in TypeOrganisme:
        (racine / "organismes" / f"{type_organisme.value.lower()}.yaml").write_text("[]", encoding="utf-8")
    document = {"code": "000", "titre": "T", "titre_court": "T", "producteur": "P", "date": "2024", "description": "D"}
    listes: dict[str, list[dict[str, str]]] = {
        "regions": [],
        "documents": [document],
        "evenements": [],
        "contradictions": [],
        "formules": [],
    }
    for nom, liste in listes.items():
        (racine / f"{nom}.yaml").write_text(yaml.safe_dump(liste), encoding="utf-8")
    for nom, contenu in fichiers.items():
        chemin = racine / "indicateurs" / f"{nom.replace('__', '/')}.yaml"
        chemin.parent.mkdir(parents=True, exist_ok=True)
        chemin.write_text(contenu if isinstance(contenu, str) else yaml.safe_dump(contenu), encoding="utf-8")
    return racine


def test_the_definition_spoilt_below_is_valid(tmp_path: Path) -> None:
    catalogue = build_catalogue(write_definitions(tmp_path, suivi__delai_essai=build_valide()))
    assert [i.code for i in catalogue.indicateurs] == ["delai_essai"]


@pytest.mark.parametrize(
    ("changement", "attendu"),
    [
        ({"couleur": "bleu"}, "couleur"),
        ({"bornes": {"mini": 0}}, "bornes.mini"),
        ({"sens": "droite"}, "sens"),
        ({"statistique": "médiane"}, "statistique"),
        ({"types_organisme": ["MSA"]}, "types_organisme.0"),
        ({"unite_origine": "non_precisee"}, "unite_origine doit dire d'où elle vient"),
        ({"unite": None}, "unite_origine doit être « non_precisee »"),
        ({"sens_origine": "non_precisee"}, "sens_origine doit dire d'où il vient"),
        ({"sens": "neutre"}, "sens neutre"),
        ({"sens_origine": "libelle"}, "demande sens_justification"),
        ({"titre_court": "x" * 61}, "titre_court"),
        ({"titre": " "}, "titre"),
        ({"libelles": []}, "libelles"),
        ({"periodes": []}, "periodes"),
        ({"decimales": 4}, "decimales"),
        ({"code": "Délai"}, "code"),
        ({"source": {"document": "000"}}, "source.lignes"),
        ({"referentiel": "cog_2023_2027"}, "un indicateur de la COG a un numéro"),
        ({"referentiel": "interessement"}, "un indicateur de l'intéressement a une portée"),
    ],
)
def test_a_spoilt_definition_names_its_file_and_its_fault(
    tmp_path: Path, changement: dict[str, object], attendu: str
) -> None:
    racine = write_definitions(tmp_path, suivi__delai_essai=build_valide() | changement)
    with pytest.raises(DefinitionInvalideError) as erreur:
        build_catalogue(racine)
    assert "delai_essai.yaml : définition invalide" in str(erreur.value)
    assert attendu in str(erreur.value)


@pytest.mark.parametrize("absent", ["titre", "unite", "unite_origine", "sens_origine", "source", "libelles", "maille"])
def test_a_missing_key_is_refused(tmp_path: Path, absent: str) -> None:
    definition = build_valide()
    del definition[absent]
    with pytest.raises(DefinitionInvalideError, match=rf"delai_essai\.yaml : définition invalide\n  - {absent} : "):
        build_catalogue(write_definitions(tmp_path, suivi__delai_essai=definition))


@pytest.mark.parametrize("contenu", ["", "- code: delai_essai\n", "délai"])
def test_a_file_that_is_not_a_mapping_is_refused(tmp_path: Path, contenu: str) -> None:
    with pytest.raises(DefinitionInvalideError, match=r"delai_essai\.yaml : définition invalide"):
        build_catalogue(write_definitions(tmp_path, suivi__delai_essai=contenu))


def test_unreadable_yaml_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionInvalideError, match=r"delai_essai\.yaml : YAML illisible"):
        build_catalogue(write_definitions(tmp_path, suivi__delai_essai="code: [non fermé"))


def test_a_file_bears_the_name_of_its_code(tmp_path: Path) -> None:
    with pytest.raises(DefinitionInvalideError, match=r"autre\.yaml : le fichier doit porter le nom de son code"):
        build_catalogue(write_definitions(tmp_path, suivi__autre=build_valide()))


def test_a_file_lies_in_the_folder_of_its_referentiel(tmp_path: Path) -> None:
    with pytest.raises(DefinitionInvalideError, match=r"delai_essai\.yaml : doit être rangé dans le dossier « suivi »"):
        build_catalogue(write_definitions(tmp_path, territoire__delai_essai=build_valide()))


def test_a_code_is_defined_once(tmp_path: Path) -> None:
    racine = write_definitions(tmp_path, suivi__delai_essai=build_valide(), copie__suivi__delai_essai=build_valide())
    with pytest.raises(DefinitionInvalideError, match="le code « delai_essai » est défini deux fois"):
        build_catalogue(racine)


@pytest.mark.parametrize("cle", ["composantes", "indicateurs_lies"])
def test_a_link_leads_somewhere(tmp_path: Path, cle: str) -> None:
    racine = write_definitions(tmp_path, suivi__delai_essai=build_valide() | {cle: ["nulle_part"]})
    with pytest.raises(DefinitionInvalideError, match="indicateur delai_essai : lien inconnu « nulle_part »"):
        build_catalogue(racine)


def test_a_source_is_a_known_document(tmp_path: Path) -> None:
    racine = write_definitions(
        tmp_path, suivi__delai_essai=build_valide() | {"source": {"document": "999", "lignes": [1]}}
    )
    with pytest.raises(DefinitionInvalideError, match="indicateur delai_essai : document « 999 » inconnu"):
        build_catalogue(racine)


def test_a_list_file_holds_a_list(tmp_path: Path) -> None:
    racine = write_definitions(tmp_path)
    (racine / "documents.yaml").write_text("code: '000'\n", encoding="utf-8")
    with pytest.raises(DefinitionInvalideError, match=r"documents\.yaml : une liste est attendue, pas dict"):
        build_catalogue(racine)
