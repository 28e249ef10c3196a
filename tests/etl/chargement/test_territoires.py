"""Files of communes: a zonage, points to count, a list of organismes, layers of outlines; one trap per test."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from dataclasses import replace
from pathlib import Path

import geopandas as gpd
import polars as pl
import pyogrio
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

import etl.__main__ as commande
from data.chemins import get_lien_courant
from data.modele import Maille
from data.schemas import VALEUR
from data.source import SourceFichier
from etl.chargement.analyse import Analyse, Contexte
from etl.chargement.controles import CLE
from etl.chargement.entites import Annuaire, EntiteInconnueError
from etl.chargement.examen import Examen, examine
from etl.commandes import chargement, construction
from etl.commandes.publication import list_actifs
from etl.etapes import Base
from tests.etl.chargement.conftest import build_source, list_regles
from tests.etl.chargement.test_commandes import query

COM = Maille.COMMUNE
DEUX_MILLE_VINGT_DEUX = {"periode": "2022"}
ZONES = {1: "1_ZIP", 2: "2_ZAC", 3: "3_HZ", 4: "4_ZAR"}
BELFORT = "90"  # 101 communes, one caisse (901), all with a population


@pytest.fixture(scope="session")
def annuaire(contexte: Contexte) -> Annuaire:
    return contexte.annuaire


@pytest.fixture(scope="session")
def communes(contexte: Contexte) -> pl.DataFrame:
    return contexte.annuaire.communes


def write_zonage(dossier: Path, *lignes: str, nom: str = "zonage_essai.csv") -> Path:
    chemin = dossier / nom
    chemin.write_text("\n".join(["code_commune,nom,zonage", *lignes]) + "\n", encoding="utf-8")
    return chemin


def list_communes(communes: pl.DataFrame, departement: str) -> list[tuple[str, str, int]]:
    """(code, name, inhabitants) of the communes of a département."""
    return communes.filter(type="COM", code_departement=departement).select("code_commune", "nom", "population").rows()


def write_departement(communes: pl.DataFrame, departement: str) -> list[str]:
    """Rows of a zonage of a whole département, the four zones in turn."""
    return [
        f'{code},"{nom}",{ZONES[1 + i % 4]}' for i, (code, nom, _) in enumerate(list_communes(communes, departement))
    ]


def get_analyse(examen: Examen) -> Analyse:
    assert examen.analyse is not None
    return examen.analyse


def list_motifs(examen: Examen, regle: str) -> list[str]:
    return [d["motif"] for d in examen.rapport["details"] if d["regle"] == regle]


# --- names and codes of communes


@pytest.mark.parametrize(
    ("texte", "departement", "code"),
    [
        ("01004", None, "01004"),
        ("2a004", None, "2A004"),
        ("97411", None, "97411"),
        ("75101", None, "75101"),  # an arrondissement has its own code
        ("49069", None, "49126"),  # Champtoceaux, now in Orée d'Anjou
        ("Ambérieu-en-Bugey", None, "01004"),
        ("AMBERIEU EN BUGEY", "01", "01004"),
        ("Saint-Denis", "93", "93066"),
        ("St Denis (974)", None, "97411"),
        ("Paris", None, "75056"),
    ],
)
def test_une_commune_par_code_ou_par_nom(annuaire: Annuaire, texte: str, departement: str | None, code: str) -> None:
    entite = annuaire.find(texte, [COM], departement=departement)
    assert (entite.maille, entite.code) == (COM, code)


@pytest.mark.parametrize(
    ("texte", "regle", "extrait"),
    [
        ("1004", "zero_initial_perdu", "« 01004 »"),
        ("20004", "territoire_inconnu", "« 2A004 » (Ajaccio)"),
        ("Saint-Denis", "territoire_inconnu", "donnez le code INSEE"),
        ("99999", "territoire_inconnu", "les plus proches"),
        ("Amberrieu en Bugey", "territoire_inconnu", "« 01004 Ambérieu-en-Bugey »"),
        ("01", "maille_inattendue", "département"),
        ("Bretagne-Occitanie", "territoire_inconnu", "les plus proches"),
        ("Total", "maille_inattendue", "France entière"),
    ],
)
def test_une_commune_inconnue_est_refusee(annuaire: Annuaire, texte: str, regle: str, extrait: str) -> None:
    with pytest.raises(EntiteInconnueError) as erreur:
        annuaire.find(texte, [COM])
    assert erreur.value.regle == regle
    assert extrait in erreur.value.motif


def test_une_commune_d_un_code_inconnu_est_suggeree_par_son_nom(annuaire: Annuaire) -> None:
    with pytest.raises(EntiteInconnueError, match="« 01004 Ambérieu-en-Bugey »"):
        annuaire.find("01999", [COM], nom="Amberieu en Bugey")


def test_tous_les_codes_se_resolvent(annuaire: Annuaire, communes: pl.DataFrame) -> None:
    """34 875 communes, 45 arrondissements (INSEE), and former communes, each to a code that exists today."""
    assert dict(communes.group_by("type").len().iter_rows()) | {"COMD": 0, "COMA": 0} == {
        "COM": 34_875, "ARM": 45, "COMD": 0, "COMA": 0,
    }  # fmt: skip
    types = dict(communes.select("code_commune", "type").iter_rows())
    for code in communes["code_commune"]:
        assert types[annuaire.find(code, [COM]).code] in {"COM", "ARM"}
    assert communes["code_caisse"].null_count() == 0
    assert communes.filter(code_commune="59350")["code_caisse"].item() == "595"  # Lille


# --- a zonage


def test_le_zonage_d_un_departement(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame) -> None:
    examen = examine(
        write_zonage(tmp_path, *write_departement(communes, BELFORT)), contexte, precisions=DEUX_MILLE_VINGT_DEUX
    )
    assert examen.rapport["source"]["code"] == "zonage_medecins"
    assert list_regles(examen) == ["couverture_partielle"]  # neither its région nor France
    faits = get_analyse(examen).faits
    zones = faits.filter(maille="commune")
    assert (examen.rapport["lignes_gardees"], zones.height) == (101, 101)
    assert zones.row(0, named=True) | {"code_entite": "90001", "valeur": 1.0, "valeur_imprimee": "1_ZIP"} == zones.row(
        0, named=True
    )
    assert zones["source_rang"].to_list() == list(range(2, 103))
    for maille, code in (("departement", "90"), ("organisme", "901")):
        parts = faits.filter(maille=maille, code_entite=code)
        assert parts.height == 4
        assert parts["valeur"].sum() == pytest.approx(100)
        for numero, indicateur in ((1, "zip"), (2, "zac"), (3, "hors_zonage"), (4, "zar")):
            part = parts.row(by_predicate=pl.col("code_indicateur") == f"part_population_{indicateur}", named=True)
            habitants = [h for i, (_, _, h) in enumerate(list_communes(communes, BELFORT)) if 1 + i % 4 == numero]
            assert part["numerateur"] == sum(habitants)
            assert part["denominateur"] == sum(h for _, _, h in list_communes(communes, BELFORT))
            assert part["valeur"] == pytest.approx(100 * part["numerateur"] / part["denominateur"])
            assert (part["statut"], part["nature"], part["source"]) == ("publie", "publiee", "zonage_medecins")
            assert "101 communes de catégorie connue, populations municipales de 2017" in part["note"]
    assert set(faits["maille"]) == {"commune", "departement", "organisme"}
    assert set(faits["periode_debut"]) == {dt.date(2022, 1, 1)}


def test_sans_la_periode_le_zonage_est_bloque(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame) -> None:
    chemin = write_zonage(tmp_path, *write_departement(communes, BELFORT), "1001,X,1_ZIP")
    examen = examine(chemin, contexte)
    assert examen.verdict == "bloque"
    assert list_regles(examen) == ["periode_absente", "zero_initial_perdu", "couverture_partielle"]  # all said at once
    assert "--periode 2022" in examen.rapport["par_regle"][0]["remede"]
    assert examen.rapport["periodes"] == {"premiere": None, "derniere": None}
    assert examen.source is not None
    assert "periode" not in examen.source.constantes


@pytest.mark.parametrize("periode", ["hier", "fin 2021", "2022-13", ""])
def test_une_periode_mal_donnee_est_refusee(tmp_path: Path, contexte: Contexte, periode: str) -> None:
    examen = examine(write_zonage(tmp_path, "90001,Andelnans,1_ZIP"), contexte, precisions={"periode": periode})
    assert examen.verdict == "illisible"
    assert "ne se date pas" in examen.rapport["motif"]


def test_une_periode_de_trop_est_refusee(tmp_path: Path, contexte: Contexte) -> None:
    chemin = tmp_path / "resultats_mensuels.csv"
    chemin.write_text("Organisme;Indicateur;Période;Résultat;Numérateur;Dénominateur\n011;x;2023;1;;\n")
    examen = examine(chemin, contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    assert "dit déjà periode" in examen.rapport["motif"]


def test_non_disponible_n_est_ni_une_zone_ni_zero(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame) -> None:
    """La Réunion is « N/A » in the real file, Mayotte has no population in the source: neither reads as zero."""
    na = [f'{code},"{nom}",N/A - résultat non disponible' for code, nom, _ in list_communes(communes, "974")]
    mayotte = [f'{code},"{nom}",1_ZIP' for code, nom, _ in list_communes(communes, "976")]
    examen = examine(write_zonage(tmp_path, *na, *mayotte), contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    faits = get_analyse(examen).faits
    assert faits.filter(maille="commune", code_entite="97411").select("statut", "valeur").row(0) == (
        "non_disponible", None,
    )  # fmt: skip
    assert faits.filter(maille="commune", code_entite="97608")["valeur"].item() == 1  # the zone is known all the same
    parts = faits.filter(pl.col("maille") != "commune")
    assert parts.select("valeur", "numerateur", "denominateur").null_count().row(0) == (parts.height,) * 3
    assert set(parts["statut"]) == {"non_disponible"}
    assert sorted(parts.filter(maille="organisme")["code_entite"].unique()) == ["974", "976"]
    assert "24 sans catégorie" in parts.filter(code_entite="974", maille="departement")["note"][0]
    assert "17 sans population connue" in parts.filter(code_entite="976", maille="departement")["note"][0]


def test_un_departement_incomplet_n_a_pas_de_part(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame) -> None:
    examen = examine(
        write_zonage(tmp_path, *write_departement(communes, BELFORT)[:50]), contexte, precisions=DEUX_MILLE_VINGT_DEUX
    )
    assert set(get_analyse(examen).faits["maille"]) == {"commune"}
    assert list_motifs(examen, "communes_absentes")[0].startswith("51 commune(s)")
    assert any("1 département" in motif and ": 90" in motif for motif in list_motifs(examen, "couverture_partielle"))


def test_une_zone_a_demi_connue_ne_fait_pas_une_part(
    tmp_path: Path, contexte: Contexte, communes: pl.DataFrame
) -> None:
    lignes = write_departement(communes, BELFORT)
    moitie = [ligne.rsplit(",", 1)[0] + ",N/A" for ligne in lignes[:60]] + lignes[60:]
    examen = examine(write_zonage(tmp_path, *moitie), contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    part = get_analyse(examen).faits.filter(maille="departement").row(0, named=True)
    assert (part["statut"], part["valeur"]) == ("non_disponible", None)
    assert "60 sans catégorie, catégorie connue pour " in part["note"]


@pytest.mark.parametrize(
    ("ligne", "regle", "extrait"),
    [
        ("1004,Ambérieu-en-Bugey,1_ZIP", "zero_initial_perdu", "« 01004 »"),
        ("99001,Nulle part,1_ZIP", "territoire_inconnu", "les plus proches"),
        ("01004,Ambérieu-en-Bugey,5_ZZZ", "categorie_inconnue", "« 1_ZIP »"),
        (",Ambérieu-en-Bugey,1_ZIP", "organisme_inconnu", "non renseigné"),
        ("01004,Bourg-en-Bresse,1_ZIP", "nom_different", "celui de Ambérieu-en-Bugey"),
        ("49069,Orée d'Anjou,2_ZAC", "commune_ancienne", "commune déléguée de Orée d'Anjou (49126)"),
    ],
)
def test_un_piege_par_ligne(tmp_path: Path, contexte: Contexte, ligne: str, regle: str, extrait: str) -> None:
    examen = examine(write_zonage(tmp_path, "90001,Andelnans,1_ZIP", ligne), contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    assert regle in list_regles(examen)
    assert extrait in list_motifs(examen, regle)[0]
    assert next(d["rang"] for d in examen.rapport["details"] if d["regle"] == regle) == 3
    zones = get_analyse(examen).faits.filter(maille="commune")
    assert zones["code_entite"].to_list()[:1] == ["90001"]
    assert zones.height == (2 if regle in {"nom_different", "commune_ancienne"} else 1)


@pytest.mark.parametrize(
    ("lignes", "regle", "gardees"),
    [
        # two former communes of Orée d'Anjou in two zones, then with their commune nouvelle, then of one mind
        (["49069,Champtoceaux,1_ZIP", "49177,Landemont,2_ZAC"], "commune_fusionnee", []),
        (["49069,Champtoceaux,1_ZIP", "49126,Orée d'Anjou,2_ZAC"], "commune_fusionnee", ["49126"]),
        (["49069,Champtoceaux,1_ZIP", "49177,Landemont,1_ZIP"], "doublon_identique", ["49126"]),
    ],
)
def test_les_communes_fusionnees(
    tmp_path: Path, contexte: Contexte, lignes: list[str], regle: str, gardees: list[str]
) -> None:
    examen = examine(
        write_zonage(tmp_path, "90001,Andelnans,1_ZIP", *lignes), contexte, precisions=DEUX_MILLE_VINGT_DEUX
    )
    assert regle in list_regles(examen)
    assert get_analyse(examen).faits.filter(maille="commune")["code_entite"].to_list() == ["90001", *gardees]


@pytest.mark.parametrize(
    "lignes",
    [
        ["75056,Paris,3_HZ", "75101,Paris 1er Arrondissement,3_HZ"],
        ["90001,Andelnans,1_ZIP", "90,Territoire de Belfort,1_ZIP"],
        ["90001,Andelnans,1_ZIP", "France,France,1_ZIP"],
        ["90001,Andelnans,1_ZIP", "Bourgogne-Franche-Comté,x,1_ZIP"],
    ],
)
def test_un_niveau_mele_a_son_agregat_bloque(tmp_path: Path, contexte: Contexte, lignes: list[str]) -> None:
    examen = examine(write_zonage(tmp_path, *lignes), contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    assert examen.verdict == "bloque"
    assert list_regles(examen, "erreur") == ["niveau_melange"]


def test_deux_zones_pour_une_commune_bloquent(tmp_path: Path, contexte: Contexte) -> None:
    chemin = write_zonage(tmp_path, "90001,Andelnans,1_ZIP", "90001,Andelnans,2_ZAC")
    assert list_regles(examine(chemin, contexte, precisions=DEUX_MILLE_VINGT_DEUX), "erreur") == ["doublon_different"]


def test_toute_la_france(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame) -> None:
    """Every level agrees with the communes, arrondissements instead of the three cities, La Réunion left out."""
    tirees = communes.filter(
        (pl.col("type") == "ARM")
        | ((pl.col("type") == "COM") & ~pl.col("code_commune").is_in(["75056", "69123", "13055"]))
    ).with_row_index()
    zone = pl.when(pl.col("code_departement") == "974").then(pl.lit("N/A - résultat non disponible"))
    chemin = tmp_path / "zonage.csv"
    tirees.select(
        "code_commune",
        "nom",
        zonage=zone.otherwise((pl.col("index") % 4 + 1).replace_strict(ZONES)),
    ).write_csv(chemin)
    examen = examine(chemin, contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    assert (examen.rapport["lignes_gardees"], list_regles(examen)) == (34_917, [])
    faits = get_analyse(examen).faits
    connues = tirees.filter(pl.col("code_departement") != "974")
    zip_ = connues.filter(pl.col("index") % 4 == 0)["population"].sum()
    france = faits.filter(maille="reseau", code_indicateur="part_population_zip").row(0, named=True)
    assert (france["numerateur"], france["denominateur"]) == (zip_, connues["population"].sum())
    assert "24 sans catégorie, 18 sans population connue" in france["note"]
    for maille, nombre in (("region", 18), ("departement", 101), ("organisme", 107)):
        parts = faits.filter(maille=maille, code_indicateur="part_population_zip")
        assert parts.height == nombre
        assert parts["numerateur"].sum() == zip_
    caisses = faits.filter(maille="organisme", code_indicateur="part_population_zip")
    assert caisses.filter(pl.col("note").str.contains("contour approché")).height == 10
    paris = faits.filter(code_entite="751", code_indicateur="part_population_zip").row(0, named=True)
    assert paris["denominateur"] == communes.filter(code_commune="75056")["population"].item()  # 20 arrondissements


@settings(max_examples=15)
@given(zones=st.lists(st.sampled_from([*ZONES.values()] * 10 + ["N/A"]), min_size=101, max_size=101))
def test_les_parts_font_toujours_cent(
    zones: list[str], contexte: Contexte, communes: pl.DataFrame, tmp_path_factory: pytest.TempPathFactory
) -> None:
    belfort = list_communes(communes, BELFORT)
    lignes = [f'{code},"{nom}",{zone}' for (code, nom, _), zone in zip(belfort, zones, strict=True)]
    examen = examine(
        write_zonage(tmp_path_factory.mktemp("zonage"), *lignes), contexte, precisions=DEUX_MILLE_VINGT_DEUX
    )
    parts = get_analyse(examen).faits.filter(maille="departement")
    connue = sum(h for (_, _, h), zone in zip(belfort, zones, strict=True) if zone != "N/A")
    if connue >= 0.95 * sum(h for _, _, h in belfort):
        assert parts["valeur"].sum() == pytest.approx(100)
        assert set(parts["denominateur"]) == {float(connue)}
    else:
        assert parts["valeur"].null_count() == 4


# --- what it replaces, and what it never replaces


def build_fait(**changements: object) -> pl.DataFrame:
    fait = {
        "referentiel": "territoire",
        "code_indicateur": "part_population_zip",
        "mesure": "resultat",
        "maille": "departement",
        "code_entite": BELFORT,
        "periode_debut": dt.date(2022, 1, 1),
        "periode_fin": dt.date(2022, 12, 31),
        "granularite": "annee",
        "segment": "ensemble",
        "statistique": "taux",
        "valeur": 18.0,
        "statut": "publie",
        "source": "003",
        "source_fichier": "essai",
        "source_rang": 1,
        "nature": "publiee",
    } | changements
    return pl.DataFrame({c: [fait.get(c)] for c in VALEUR.colonnes}, schema=dict(VALEUR.colonnes))


def test_un_document_publie_garde_la_main(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame) -> None:
    """The document's figure stays served, the file's is kept among the rejects with its value."""
    publies = build_fait().select(*CLE, "valeur", "statut")
    contexte = replace(contexte, publies=publies)
    chemin = write_zonage(tmp_path, *write_departement(communes, BELFORT))
    examen = examine(chemin, contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    (refuse,) = [d for d in examen.rapport["details"] if d["regle"] == "deja_publie"]
    assert "un document publié donne déjà ce chiffre (18)" in refuse["motif"]
    assert float(refuse["valeur"].replace(",", ".")) > 0
    assert refuse["colonne"] == "zonage : département 90"
    parts = get_analyse(examen).faits.filter(maille="departement")
    assert "part_population_zip" not in set(parts["code_indicateur"])
    assert parts.height == 3
    assert examen.rapport["lignes_rejetees"] == 0


def test_charger_remplace_le_simule_et_garde_la_periode(
    atelier: Path,
    petite_base: Base,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    communes: pl.DataFrame,
    capsys: pytest.CaptureFixture[str],
) -> None:
    simulee = build_fait(valeur=50.0, nature="simulee", source="simulation")
    base = replace(petite_base, tables=dict(petite_base.tables) | {"mart_valeur": simulee})
    monkeypatch.setattr(construction, "build_base", lambda _var: base)
    chemin = write_zonage(tmp_path, *write_departement(communes, BELFORT))
    assert commande.main(["load", str(chemin), "--json"]) == 1
    assert not get_lien_courant(atelier).exists()
    for periode in ("2022", "2021"):  # one file, two years: two loads
        assert commande.main(["load", str(chemin), "--periode", periode, "--json"]) == 0
    assert commande.main(["load", str(chemin), "--periode=2021", "--json"]) == 0
    capsys.readouterr()
    assert len(list_actifs(atelier)) == 2
    assert query(
        atelier,
        "SELECT year(periode_debut), nature, count(*) FROM mart_valeur "
        "WHERE code_indicateur = 'part_population_zip' AND maille = 'departement' GROUP BY ALL ORDER BY ALL",
    ) == [(2021, "publiee", 1), (2022, "publiee", 1)]
    assert query(atelier, "SELECT count(*) FROM mart_valeur WHERE nature = 'simulee'") == [(0,)]
    monkeypatch.setattr(chargement, "compute_regles", lambda _base: "autres règles")  # every original is read again
    assert commande.main(["run"]) == 0
    assert query(atelier, "SELECT DISTINCT year(periode_debut) FROM mart_valeur ORDER BY ALL") == [(2021,), (2022,)]


# --- points


ENTETE_POINTS = "finess_et,finess_ej,nom,raison_sociale_longue,code_commune,code_departement,latitude,longitude"
FOIX = "090000001,1,CPTS A,,09122,09,42.9669,1.6047"


def write_points(dossier: Path, *lignes: str) -> Path:
    chemin = dossier / "cpts_essai.csv"
    chemin.write_text("\n".join([ENTETE_POINTS, *lignes]) + "\n", encoding="utf-8")
    return chemin


def test_compter_les_points(tmp_path: Path, contexte: Contexte) -> None:
    """A file of two départements: their counts, nothing of their région nor of the others; no row is lost."""
    chemin = write_points(
        tmp_path, FOIX, "090000002,1,CPTS B,,09261,09,42.983,1.1487", "650000001,1,CPTS C,,65440,65,43.2333,0.0667"
    )
    examen = examine(chemin, contexte, precisions={"periode": "2023-12"})
    faits = get_analyse(examen).faits
    assert faits.select("maille", "code_entite", "valeur", "statut").rows() == [
        ("departement", "09", 2.0, "publie"),
        ("departement", "65", 1.0, "publie"),
    ]
    assert set(faits["code_indicateur"]) == {"nombre_cpts"}
    assert (examen.rapport["lignes_gardees"], examen.rapport["lignes_rejetees"]) == (3, 0)
    assert list_regles(examen) == ["couverture_partielle"]
    assert [m.split(" : ")[0] for m in list_motifs(examen, "couverture_partielle")] == [
        "aucun total pour 1 région (nombre_cpts)",
        "aucun total pour la France (nombre_cpts)",
    ]


def test_une_source_qui_dit_tout_tenir_compte_des_zeros(tmp_path: Path, contexte: Contexte) -> None:
    """Corsica (94) declared whole: its département without a row is zero, and the région has its total."""
    source = contexte.catalogue.source_par_code["points_cpts"].model_copy(update={"couverture": ["94"]})
    chemin = write_points(tmp_path, "200000001,1,CPTS A,,2A004,2A,41.92,8.73")
    faits = get_analyse(examine(chemin, contexte, source=source, precisions={"periode": "2023"})).faits
    assert faits.select("maille", "code_entite", "valeur").rows() == [
        ("departement", "2A", 1.0),
        ("departement", "2B", 0.0),
        ("region", "94", 1.0),
    ]


@pytest.mark.parametrize(
    ("ligne", "regle", "extrait", "comptees"),
    [
        ("090000001,1,CPTS A bis,,09122,09,42.9669,1.6047", "identifiant_double", "que la ligne 2", 1),
        ("090000002,1,CPTS B,,09122,31,42.9669,1.6047", "departement_contradictoire", "département 09, pas « 31 »", 1),
        ("090000002,1,CPTS B,,09122,9,42.9669,1.6047", "departement_contradictoire", "zéro initial perdu", 1),
        ("090000002,1,CPTS B,,09122,09,48.85,2.35", "coordonnees_hors_departement", "n'est pas dans le dépar", 2),
        ("090000002,1,CPTS B,,09122,09,1.6047,42.9669", "coordonnees_hors_departement", "inversées ?", 2),
        ('090000002,1,CPTS B,,09122,09,"42,9669",nord', "coordonnees_hors_departement", "illisibles", 2),
        ("090000002,1,CPTS B,,9122,09,42.9669,1.6047", "zero_initial_perdu", "« 09122 »", 1),
        ("090000002,1,CPTS B,,,09,42.9669,1.6047", "organisme_inconnu", "non renseigné", 1),
    ],
)
def test_un_piege_par_point(
    tmp_path: Path, contexte: Contexte, ligne: str, regle: str, extrait: str, comptees: int
) -> None:
    examen = examine(write_points(tmp_path, FOIX, ligne), contexte, precisions={"periode": "2023"})
    assert sorted({regle, "couverture_partielle"}) == sorted(list_regles(examen))
    assert extrait in list_motifs(examen, regle)[0]
    assert get_analyse(examen).faits["valeur"].to_list() == [comptees]
    assert examen.rapport["lignes_rejetees"] == 2 - comptees


# --- a list of organismes


def test_une_liste_d_organismes_se_compare(
    tmp_path: Path, contexte: Contexte, atelier: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Shape of a list of the régime général; the Hautes-Alpes are a CCSS since 2018, the list says CPAM."""
    chemin = tmp_path / "liste.csv"  # recognised by its columns
    chemin.write_text(
        "code_organisme,libelle_snds,type_organisme,code_departement,nom_departement,code_region\n"
        "011,CPAM Bourg-en-Bresse,CPAM,01,Ain,84\n"
        "051,CPAM Gap,CPAM,05,Hautes-Alpes,93\n"
        "131,CPAM Marseille,CPAM,84,Vaucluse,93\n"
        "999,CPAM Atlantide,CPAM,01,Ain,84\n",
        encoding="utf-8",
    )
    examen = examine(chemin, contexte)
    assert (examen.verdict, examen.publiable, examen.rapport["faits"]) == ("referentiel", False, 0)
    comparaison = examen.rapport["referentiel"]
    assert {c: comparaison[c] for c in ("lignes", "accords", "differences", "inconnus")} == {
        "lignes": 4, "accords": 1, "differences": 2, "inconnus": 1,
    }  # fmt: skip
    assert "021" in comparaison["absents"]
    assert list_motifs(examen, "referentiel_different") == [
        "CCSS des Hautes-Alpes (051) : le fichier dit « CPAM », nous « CCSS »",
        "CPAM des Bouches-du-Rhône (131) : le fichier dit « 84 », nous « 13 »",
    ]
    assert "les plus proches" in list_motifs(examen, "referentiel_inconnu")[0]
    assert commande.main(["check", str(chemin), "--json"]) == 0
    assert commande.main(["load", str(chemin), "--json"]) == 1
    reponse = json.loads(capsys.readouterr().out.split("\n}\n")[-2] + "\n}")
    assert reponse["publication"] is None
    assert not get_lien_courant(atelier).exists()


# --- layers


def write_couche(dossier: Path, forme: str, colonnes: dict[str, list[object]], nom: str) -> Path:
    """A layer of squares with these attributes; a Shapefile cuts its headers to ten letters, as they all do."""
    table = gpd.GeoDataFrame(
        {c[:10] if forme == "shp" else c: valeurs for c, valeurs in colonnes.items()},
        geometry=[shapely.box(i, 0, i + 1, 1) for i in range(len(next(iter(colonnes.values()))))],
        crs="EPSG:4326",
    )
    pyogrio.write_dataframe(table, dossier / f"{nom}.{forme}")
    if forme != "shp":
        return dossier / f"{nom}.{forme}"
    with zipfile.ZipFile(dossier / f"{nom}.zip", "w") as archive:
        for fichier in sorted(dossier.glob(f"{nom}.*")):
            if fichier.suffix != ".zip":
                archive.write(fichier, fichier.name)
    return dossier / f"{nom}.zip"


@pytest.mark.parametrize("forme", ["geojson", "gpkg", "shp"])
def test_une_couche_de_communes(tmp_path: Path, contexte: Contexte, communes: pl.DataFrame, forme: str) -> None:
    belfort = list_communes(communes, BELFORT)
    colonnes: dict[str, list[object]] = {
        "code_commune": [code for code, _, _ in belfort],
        "nom": [nom for _, nom, _ in belfort],
        "zonage": ["1_ZIP"] * len(belfort),
    }
    examen = examine(write_couche(tmp_path, forme, colonnes, "zonage_90"), contexte, precisions=DEUX_MILLE_VINGT_DEUX)
    assert (examen.rapport["format"], examen.rapport["source"]["code"]) == (forme, "zonage_medecins")
    assert list_regles(examen) == ["couverture_partielle"]
    faits = get_analyse(examen).faits
    assert faits.filter(maille="commune").height == 101
    part = faits.filter(maille="departement", code_indicateur="part_population_zip")
    assert part.select("code_entite", "valeur").row(0) == ("90", 100.0)


@pytest.mark.parametrize("forme", ["geojson", "gpkg", "shp"])
def test_une_couche_de_valeurs(tmp_path: Path, contexte: Contexte, forme: str) -> None:
    """One value per département or commune; a missing one keeps its statut."""
    colonnes: dict[str, list[object]] = {
        "code": ["01", "2A", "01004"],
        "annee": [2022, 2022, 2022],
        "couverture": [45.5, None, 100.0],
    }
    examen = examine(write_couche(tmp_path, forme, colonnes, "couverture_cpts"), contexte)
    assert examen.rapport["source"]["code"] == "couverture_cpts"
    faits = get_analyse(examen).faits.sort("source_rang")
    assert faits.select("maille", "code_entite", "valeur", "statut").rows() == [
        ("departement", "01", 45.5, "publie"),
        ("departement", "2A", None, "non_fourni"),
        ("commune", "01004", 100.0, "publie"),
    ]


# --- mappings that make no sense


@pytest.mark.parametrize(
    ("changements", "extrait"),
    [
        ({"mailles": ["departement"], "categories": {"valeurs": {"a": 1, "b": 2}}}, "se lisent par commune"),
        ({"disposition": "comptage", "mailles": ["commune"]}, "dit ses « agregats »"),
        ({"agregats": ["departement"]}, "demande des catégories ou un comptage"),
        ({"couverture": ["76"]}, "ne vaut que pour un comptage"),
        ({"a_preciser": ["periode"]}, "à la fois dans colonnes et dans a_preciser"),
        ({"mailles": ["commune"], "categories": {"valeurs": {"a": 1, "b": 2}}, "agregats": ["groupe"]}, "inconnus"),
    ],
)
def test_une_source_incoherente_est_refusee(changements: dict[str, object], extrait: str) -> None:
    with pytest.raises(ValueError, match=extrait):
        build_source(**changements)


def test_une_precision_ne_vaut_que_pour_ce_qui_est_demande() -> None:
    source = build_source()
    assert source.precise({"periode": "2022"}) is source
    attendue = SourceFichier.model_validate(
        source.model_dump() | {"colonnes": {"organisme": "c", "valeur": "v"}, "constantes": {"indicateur": "x"}}
        | {"a_preciser": ["periode"]}
    )  # fmt: skip
    precisee = attendue.precise({"periode": "2022"})
    assert (attendue.list_a_preciser(), precisee.list_a_preciser()) == (["periode"], [])
    assert attendue.precise_comme(precisee.model_dump(mode="json")) == precisee
