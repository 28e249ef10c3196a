"""The registry of the 165 organismes of 2023: counts, spellings, areas."""

from __future__ import annotations

import csv
import random
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from data.catalogue import Catalogue, OrganismeInconnuError, format_cle, load_catalogue
from data.modele import Organisme, TypeOrganisme

CPAM, CCSS, CGSS, CSS = TypeOrganisme.CPAM, TypeOrganisme.CCSS, TypeOrganisme.CGSS, TypeOrganisme.CSS
DRSM, CARSAT, UGECAM = TypeOrganisme.DRSM, TypeOrganisme.CARSAT, TypeOrganisme.UGECAM
CTI, CEIR, CNAM = TypeOrganisme.CTI, TypeOrganisme.CEIR, TypeOrganisme.CNAM
CAISSES = (CPAM, CCSS, CGSS, CSS)

NOMBRES = {CPAM: 100, CCSS: 2, CGSS: 4, CSS: 1, DRSM: 16, CARSAT: 16, UGECAM: 13, CTI: 9, CEIR: 3, CNAM: 1}

# The 2023 note prints the two CCSS with the CPAM.
TYPES_DE_LA_NOTE = {t: (CPAM, CCSS) if t is CPAM else (t,) for t in TypeOrganisme}

METROPOLE = {f"{n:02d}" for n in range(1, 96) if n != 20} | {"2A", "2B"}
DROM = {"971", "972", "973", "974", "976"}

INFRA_DEPARTEMENTALES = {
    "59": {"594", "595", "597", "599"},
    "62": {"623", "624"},
    "64": {"641", "642"},
    "76": {"763", "764"},
}

# (type, spelling, code), with the document and line it is printed at.
GRAPHIES_DES_DOCUMENTS = [
    (CPAM, "CPAM 77", "771"),  # 001:2282
    (CPAM, "CPAM de Melun", "771"),  # 001:5312
    (CPAM, "CPAM de Digne", "041"),  # 001:2303
    (CPAM, "CPAM d'Amiens", "801"),  # 001:2337
    (CPAM, "CPAM de la Somme", "801"),  # 001:5578
    (CPAM, "CPAM de l’Aisne", "021"),  # 001:5574
    (CPAM, "CPAM de l’Oise", "601"),  # 001:5578
    (CPAM, "CPAM de l’Aude", "111"),  # 001:5316
    (CPAM, "CPAM de Vannes", "561"),  # 001:5310
    (CPAM, "CPAM de Guéret", "231"),  # 001:5311
    (CPAM, "CPAM de Blois", "411"),  # 001:6041
    (CPAM, "CPAM d’Epinal", "881"),  # 001:6134
    (CPAM, "CPAM de l’Essonne", "911"),  # 001:6134
    (CPAM, "CPAM de la Haute-Garonne", "311"),  # 001:6038
    (CPAM, "CPAM de Haute Garonne", "311"),  # 001:6076
    (CPAM, "Haute-Garonne", "311"),  # 003:3205
    (CPAM, "CPAM de la Moselle", "571"),  # 001:5825
    (CPAM, "CPAM de Moselle", "571"),  # 001:2331-2332
    (CPAM, "CPAM Lille Douai", "595"),  # 001:1743
    (CPAM, "CPAM de Lille-Douai", "595"),  # 001:5581
    (CPAM, "Lille", "595"),  # 001:4728
    (CPAM, "CPAM de Lille", "595"),  # 001:4728
    (CPAM, "Tourcoing", "597"),  # 001:4728
    (CPAM, "CPAM de Tourcoing", "597"),  # 001:4728
    (CPAM, "CPAM de Roubaix-Tourcoing", "597"),  # 001:5564
    (CPAM, "CPAM des Flandres", "594"),  # 001:4728-4729
    (CPAM, "CPAM du Hainaut", "599"),  # 001:4729
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) du Hainaut", "599"),  # 003:4093
    (CPAM, "CPAM de l’Artois", "624"),  # 001:4737
    (CPAM, "CPAM de la Côte d’Opale", "623"),  # 001:4737-4738
    (CPAM, "CPAM du Béarn et de la Soule", "642"),  # 001:4740
    (CPAM, "CPAM du Pays Basque", "641"),  # 001:4741
    (CPAM, "CPAM de Rouen- Elboeuf- Dieppe", "764"),  # 001:4743
    (CPAM, "CPAM Rouen – Elbeuf - Dieppe", "764"),  # 001:6525-6526
    (CPAM, "CPAM du Havre", "763"),  # 001:4744
    (CPAM, "CPAM de Paris", "751"),  # 003:2499
    (CPAM, "CPAM Paris", "751"),  # igas_2018_2022_valeurs_indicateurs.csv
    (CPAM, "CPAM de la Marne", "511"),  # 003:1167
    (CPAM, "Haute-Marne", "521"),  # 003:3205
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) de Haute-Marne", "521"),  # 003:4235
    (CPAM, "Isère", "381"),  # 003:412
    (CPAM, "CPAM ISERE", "381"),  # 003:2441
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) de l'Isère", "381"),  # 003:4307
    (CPAM, "Loire-Atlantique", "441"),  # 003:3223
    (CPAM, "CPAM Loire-Atlantique", "441"),  # igas_2018_2022_valeurs_indicateurs.csv
    (CPAM, "CPAM de Loire-Atlantique", "441"),  # 003:2501
    (CPAM, "Ille-et-Vilaine", "351"),  # igas_productivite_caisses.csv
    (CPAM, "CPAM d'Ille-et-Vilaine", "351"),  # 003:3224
    (CPAM, "Seine-St-Denis", "931"),  # 003:3224
    (CPAM, "Seine St Denis", "931"),  # 003:3205
    (CPAM, "Hauts-de-Seine", "921"),  # 003:3223
    (CPAM, "Hauts de Seine", "921"),  # 003:1216
    (CPAM, "Var", "831"),  # 003:3223
    (CPAM, "Lot", "461"),  # 003:3205
    (CPAM, "Creuse", "231"),  # 003:2034
    (CPAM, "Cantal", "151"),  # 003:2034
    (CPAM, "Côtes-d'Armor", "221"),  # 003:412
    (CPAM, "Val-d'Oise", "951"),  # 003:412
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) du Val d'Oise", "951"),  # 003:4119
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) du Loiret", "451"),  # 003:4185
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) du Bas-Rhin", "673"),  # 003:4257
    (CPAM, "Caisse primaire d'assurance maladie (CPAM) des Pyrénées Orientales", "661"),  # 003:4083
    (CCSS, "CCSS Mende:", "481"),  # 000:2554
    (CCSS, "CSS Mende", "481"),  # 000:2648
    (CCSS, "CSS de la Lozère", "481"),  # 003:3117
    (CCSS, "Caisse commune de sécurité sociale de Lozère", "481"),  # 001:4746
    (CCSS, "caisse commune de sécurité sociale de la Lozère", "481"),  # 001:4692
    (CCSS, "Hautes Alpes", "051"),  # 003:2034
    (CGSS, "la Réunion", "974"),  # 001:4753
    (CSS, "caisse de sécurité sociale à Mayotte", "976"),  # 003:402
    (CSS, "Caisse de sécurité sociale de Mayotte", "976"),  # 002:8136
    (DRSM, "Direction régionale du service médical (DRSM) d'Ile de France", "drsm-ile-de-france"),  # 003:4151
    (
        DRSM,
        "Direction régionale du service médical (DRSM) de Centre Val de Loire",
        "drsm-centre-val-de-loire",
    ),  # 003:4209
    (DRSM, "Direction régionale du service médical (DRSM) de Grand Est", "drsm-grand-est"),  # 003:4261
    (
        DRSM,
        "Direction Régionale du Service Médical (DRSM) d'Auvergne-Rhône-Alpes",
        "drsm-auvergne-rhone-alpes",
    ),  # 003:4325
    (CARSAT, "CRAMIF", "carsat-ile-de-france"),  # 001:5165
    (CARSAT, "caisse régionale d'assurance maladie d'Ile de France", "carsat-ile-de-france"),  # 003:393
    (UGECAM, "IDF", "ugecam-ile-de-france"),  # 001:3168
    (UGECAM, "PACAC", "ugecam-paca-corse"),  # 001:3169
    (UGECAM, "BRPL", "ugecam-brpl"),  # 001:3169
    (UGECAM, "NPCP", "ugecam-hauts-de-france"),  # 001:3170
    (UGECAM, "UGECAM LRMP", "ugecam-occitanie"),  # 001:3250
    (CTI, "CTI Rhône Alpes Auvergne", "cti-raa"),  # 001:6134
    (CTI, "CTI SUD", "cti-sud"),  # 001:5275
    (CTI, "CTI Strasbourg", "cti-strasbourg"),  # 001:5275
    (CNAM, "CNAMTS", "cnam"),  # 001:16
    (CNAM, "CNAM-EP", "cnam"),  # 001:4691
    (CNAM, "Caisse nationale d'assurance maladie (CNAM)", "cnam"),  # 003:3975
]

REGIONS_DES_DOCUMENTS = [
    ("ARA", "84"),  # 003:1262
    ("Auvergne Rhône Alpes", "84"),  # 003:412
    ("PACA", "93"),  # 003:1262
    ("Provence-Alpes-Cote d'Azur", "93"),  # igas_2018_2022_valeurs_indicateurs.csv
    ("Ile de France", "11"),  # 003:1262
    ("IDF", "11"),  # 001:3168
    ("Centre Val de Loire", "24"),  # 003:1312
    ("Centre", "24"),  # 000:2502
    ("Nouvelle Aquitaine", "75"),  # 003:1312
    ("Grand-Est", "44"),  # 001:5247
    ("Hauts-de-France", "32"),  # 001:5560
    ("Hauts de France", "32"),  # 000:2508
    ("Bourgogne Franche Comte", "27"),  # 000:2498
    ("Réunion", "04"),  # 000:2522
]


def _read_note() -> list[dict[str, str]]:
    chemin = Path(__file__).with_name("graphies_note_2023.csv")
    with chemin.open(encoding="utf-8", newline="") as fichier:
        return list(csv.DictReader(fichier))


def _find_dans_la_note(catalogue: Catalogue, type_note: TypeOrganisme, graphie: str) -> Organisme:
    """Resolve a spelling of the note, where « CPAM » means CPAM or CCSS; it must answer within one type only."""
    trouves = []
    for type_organisme in TYPES_DE_LA_NOTE[type_note]:
        try:
            trouves.append(catalogue.find_organisme(graphie, type_organisme))
        except OrganismeInconnuError:
            continue
    assert len({o.code for o in trouves}) == 1, f"{type_note} « {graphie} » : {[o.code for o in trouves]}"
    return trouves[0]


def _list_graphies_connues() -> list[tuple[TypeOrganisme, str, str]]:
    return [(o.type, g, o.code) for o in load_catalogue().organismes for g in (o.nom, o.nom_court, *o.alias)]


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_catalogue()


def test_counts_by_type(catalogue: Catalogue) -> None:
    assert Counter(o.type for o in catalogue.organismes) == NOMBRES
    assert len(catalogue.organismes) == 165


def test_spellings_of_the_note_resolve_to_all_organismes(catalogue: Catalogue) -> None:
    lignes = _read_note()
    codes = [_find_dans_la_note(catalogue, TypeOrganisme(x["type_organisme"]), x["nom_note"]).code for x in lignes]
    assert len(lignes) == 165
    assert sorted(codes) == sorted(catalogue.organisme_par_code)


def test_definitions_follow_the_order_of_the_note(catalogue: Catalogue) -> None:
    ordre = [
        _find_dans_la_note(catalogue, TypeOrganisme(x["type_organisme"]), x["nom_note"]).code for x in _read_note()
    ]
    for type_organisme in TypeOrganisme:
        codes = [o.code for o in catalogue.list_organismes(type_organisme)]
        assert codes == [c for c in ordre if c in set(codes)]


def test_numbers_of_the_note_resolve_and_are_the_code(catalogue: Catalogue) -> None:
    numerotees = [x for x in _read_note() if x["code_note"]]
    assert len(numerotees) == 51
    for x in numerotees:
        par_numero = _find_dans_la_note(catalogue, CPAM, x["code_note"])
        assert par_numero.code == x["code_note"].zfill(3)
        assert par_numero is _find_dans_la_note(catalogue, CPAM, x["nom_note"])


@pytest.mark.parametrize(("type_organisme", "graphie", "code"), GRAPHIES_DES_DOCUMENTS)
def test_spelling_of_a_document_resolves(
    catalogue: Catalogue, type_organisme: TypeOrganisme, graphie: str, code: str
) -> None:
    assert catalogue.find_organisme(graphie, type_organisme).code == code


@pytest.mark.parametrize(("graphie", "code"), REGIONS_DES_DOCUMENTS)
def test_region_spelling_of_a_document_resolves(catalogue: Catalogue, graphie: str, code: str) -> None:
    cle = format_cle(graphie)
    assert [r.code for r in catalogue.regions if cle in map(format_cle, (r.nom, *r.alias))] == [code]


def test_regions(catalogue: Catalogue) -> None:
    assert len(catalogue.regions) == 18
    graphies = [format_cle(g) for r in catalogue.regions for g in (r.nom, *r.alias)]
    assert max(Counter(graphies).values()) == 1
    caisses = catalogue.list_organismes(*CAISSES)
    assert {r for o in caisses for r in o.regions or []} == set(catalogue.region_par_code)


def test_infra_departementales(catalogue: Catalogue) -> None:
    infra = [o for o in catalogue.organismes if o.infra_departementale]
    par_departement = {d: {o.code for o in infra if o.departements == [d]} for d in INFRA_DEPARTEMENTALES}
    assert par_departement == INFRA_DEPARTEMENTALES
    assert len(infra) == 10


def test_each_departement_has_its_caisses(catalogue: Catalogue) -> None:
    couverture = Counter(d for o in catalogue.list_organismes(*CAISSES) for d in o.departements)
    attendu = dict.fromkeys(METROPOLE | DROM, 1) | {d: len(c) for d, c in INFRA_DEPARTEMENTALES.items()}
    assert couverture == attendu
    assert len(attendu) == 101


@pytest.mark.parametrize(("type_organisme", "territoire"), [(CARSAT, METROPOLE), (DRSM, METROPOLE | (DROM - {"976"}))])
def test_regional_bodies_cover_each_departement_once(
    catalogue: Catalogue, type_organisme: TypeOrganisme, territoire: set[str]
) -> None:
    couverture = Counter(d for o in catalogue.list_organismes(type_organisme) for d in o.departements)
    assert couverture == dict.fromkeys(territoire, 1)


def test_regions_of_regional_bodies_are_those_of_their_departements(catalogue: Catalogue) -> None:
    region = {d: o.regions for o in catalogue.list_organismes(*CAISSES) for d in o.departements}
    for o in catalogue.list_organismes(CARSAT, DRSM):
        assert sorted(o.regions or []) == sorted({r for d in o.departements for r in region[d] or []}), o.code


def test_caisse_codes_start_with_their_departement(catalogue: Catalogue) -> None:
    for o in catalogue.list_organismes(*CAISSES):
        assert len(o.code) == 3
        assert o.code.isdigit()
        (departement,) = o.departements
        attendu = {"2A": "201", "2B": "202"}.get(departement, departement)
        assert o.code.startswith(attendu), o.code


def test_other_bodies_have_a_readable_key(catalogue: Catalogue) -> None:
    for o in catalogue.organismes:
        if o.type not in CAISSES and o.type is not CNAM:
            assert o.code.startswith(f"{o.type.value.lower()}-")


def test_nom_court_is_short_and_unique_within_type(catalogue: Catalogue) -> None:
    noms = Counter((o.type, o.nom_court) for o in catalogue.organismes)
    assert [n for n, nombre in noms.items() if nombre > 1] == []
    assert [o.nom_court for o in catalogue.organismes if len(o.nom_court) > 32] == []


def test_texts_use_one_apostrophe_and_no_redundant_alias(catalogue: Catalogue) -> None:
    for o in catalogue.organismes:
        graphies = (o.nom, o.nom_court, *o.alias)
        assert not any("’" in g for g in graphies), o.code
        alias = [format_cle(g) for g in o.alias]
        assert len(set(alias)) == len(alias), o.code
        assert not {format_cle(o.nom), format_cle(o.nom_court)} & set(alias), o.code


def test_common_caisses_are_dated_by_the_documents(catalogue: Catalogue) -> None:
    dates = {o.code: str(o.valide_du) for o in catalogue.list_organismes(CCSS)}
    assert dates == {"051": "2022-04-01", "481": "2009-01-01"}
    assert all(o.notes for o in catalogue.organismes if o.valide_du)


def test_body_without_known_area_says_so(catalogue: Catalogue) -> None:
    for o in catalogue.organismes:
        if not o.departements:
            assert o.notes, o.code


@pytest.mark.parametrize(
    ("graphie", "type_organisme"),
    [
        ("", CPAM),
        ("Atlantide", CPAM),
        ("Nord", CPAM),  # four caisses share the département
        ("Seine-Maritime", CPAM),  # two caisses
        ("Gap", CPAM),  # a CCSS
        ("Mende", CPAM),  # a CCSS
        ("Guadeloupe", CPAM),
        ("PACAC", None),  # an UGECAM, a CTI and a CEIR
        ("Normandie", None),  # four types
        ("99", CPAM),
        ("012", CPAM),
    ],
)
def test_unknown_or_ambiguous_spelling_is_refused(
    catalogue: Catalogue, graphie: str, type_organisme: TypeOrganisme | None
) -> None:
    with pytest.raises(OrganismeInconnuError):
        catalogue.find_organisme(graphie, type_organisme)


def test_unambiguous_spelling_needs_no_type(catalogue: Catalogue) -> None:
    assert catalogue.find_organisme("loire atlantique").code == "441"
    assert catalogue.find_organisme("CRAMIF").code == "carsat-ile-de-france"


@given(st.sampled_from(_list_graphies_connues()), st.randoms(use_true_random=False))
def test_case_accents_and_punctuation_never_change_the_answer(
    graphie: tuple[TypeOrganisme, str, str], alea: random.Random
) -> None:
    type_organisme, texte, code = graphie
    accents = str.maketrans("àâäçéèêëîïôöùûüÿÀÂÇÉÈÊËÎÏÔÙÛÜ", "aaaceeeeiioouuuyAACEEEEIIOUUU")
    separateurs = {" ": [" ", "-", "  "], "-": ["-", " ", " – "], "'": ["'", "’", " "]}
    varie = "".join(
        alea.choice(separateurs.get(lettre, [lettre, lettre.upper(), lettre.lower(), lettre.translate(accents)]))
        for lettre in texte
    )
    assert load_catalogue().find_organisme(f" {varie} ", type_organisme).code == code
