"""The read API through the served application: published figures, formats, pages, cache, mistakes."""

from __future__ import annotations

import csv
import datetime as dt
import io
import re
import shutil
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
from flask.testing import FlaskClient

from data.chemins import NOM_BASE
from data.magasin import Lecture, get_magasin

TAUX = "/api/v1/resultats?referentiel=interessement&indicateur=taux_reussite_local&annee=2023"


@pytest.fixture
def client(application: Any) -> FlaskClient:
    client: FlaskClient = application.server.test_client()
    return client


def lire(client: FlaskClient, adresse: str) -> dict[str, Any]:
    reponse = client.get(adresse)
    assert reponse.status_code == 200, reponse.text
    assert reponse.content_type == "application/json"
    corps: dict[str, Any] = reponse.get_json()
    return corps


def refuser(client: FlaskClient, adresse: str) -> dict[str, Any]:
    reponse = client.get(adresse)
    assert reponse.status_code == 400, reponse.text
    assert reponse.content_type == "application/problem+json"
    corps: dict[str, Any] = reponse.get_json()
    assert corps["status"] == 400
    assert corps["title"].startswith("Paramètre")
    return corps


def test_les_165_taux_publies(client: FlaskClient) -> None:
    page = lire(client, TAUX)
    assert page["total"] == len(page["donnees"]) == 165
    assert page["lignes_simulees"] == 0
    assert page["mention"] is None
    assert {ligne["referentiel"] for ligne in page["donnees"]} == {"interessement"}
    assert {(ligne["statut"], ligne["nature"], ligne["source"]) for ligne in page["donnees"]} == {
        ("publie", "publiee", "000")
    }
    par_code = {ligne["organisme"]: ligne for ligne in page["donnees"]}
    ain = par_code["011"]
    # Note intéressement 2023, l. 2180 : CPAM de l'Ain, 89,51 %.
    assert (ain["type"], ain["nom"], ain["valeur"], ain["unite"]) == ("CPAM", "CPAM de l'Ain", 89.51, "%")
    assert ain["source_ligne"] == "2180"
    valeurs = [ligne["valeur"] for ligne in page["donnees"]]
    assert (min(valeurs), max(valeurs)) == (68.28, 100.0)


def test_par_defaut_les_resultats_annuels_des_organismes(client: FlaskClient) -> None:
    page = lire(client, "/api/v1/resultats")
    assert page["filtres"] == {"granularite": ["annee"], "maille": ["organisme"]}
    assert page["par_page"] == len(page["donnees"]) == 1000
    tout = lire(client, "/api/v1/resultats?granularite=toutes&maille=toutes")
    assert tout["total"] > page["total"]
    assert tout["filtres"] == {}


def test_filtres_reunis(client: FlaskClient) -> None:
    page = lire(client, f"{TAUX}&type=CPAM&type=CCSS&region=84")
    assert 0 < page["total"] < 165
    for ligne in page["donnees"]:
        assert ligne["type"] in {"CPAM", "CCSS"}
        assert "84" in ligne["codes_region"]
    simulees = lire(client, "/api/v1/resultats?nature=simulee&maille=departement")
    assert simulees["mention"] == "Données simulées"
    assert {ligne["nature"] for ligne in simulees["donnees"]} == {"simulee"}
    assert simulees["lignes_simulees"] == simulees["total"]


def test_une_periode_de_plusieurs_annees_repond_a_chacune(client: FlaskClient) -> None:
    plages = lire(client, "/api/v1/resultats?maille=toutes&granularite=plage")
    plage = next(ligne for ligne in plages["donnees"] if ligne["annee"] is None)
    debut, fin = (dt.date.fromisoformat(plage[nom]).year for nom in ("periode_debut", "periode_fin"))
    assert fin > debut
    for annee, presente in ((debut - 1, False), (debut, True), (debut + 1, True), (fin, True), (fin + 1, False)):
        page = lire(
            client,
            f"/api/v1/resultats?maille=toutes&granularite=plage&annee={annee}&indicateur={plage['indicateur']}",
        )
        assert (plage in page["donnees"]) == presente, annee


def test_zero_absent_et_neutralise_restent_distincts(client: FlaskClient, publication: Lecture) -> None:
    comptes = publication.query("SELECT statut, count(*), count(valeur) FROM mart_valeur GROUP BY statut").rows()
    assert {statut for statut, total, remplies in comptes if remplies < total} - {"publie"}
    for statut, total, remplies in comptes:
        adresse = f"/api/v1/resultats?maille=toutes&granularite=toutes&statut={statut}&format=parquet"
        lignes = pl.read_parquet(io.BytesIO(client.get(adresse).data))
        assert lignes.height == min(total, 50_000)
        if total <= 50_000:
            assert lignes["valeur"].count() == remplies
    page = lire(client, "/api/v1/scores?niveau=indicateur")
    assert any(ligne["nb_nul"] == 0 for ligne in page["donnees"])
    assert any(ligne["nb_nul"] is None for ligne in page["donnees"])


def test_organisme_par_sa_graphie(client: FlaskClient) -> None:
    page = lire(client, "/api/v1/organismes?organisme=Lille Douai&organisme=011")
    assert [ligne["organisme"] for ligne in page["donnees"]] == ["011", "595"]
    assert page["filtres"] == {"organisme": ["595", "011"]}


@pytest.mark.parametrize(
    ("liste", "total"),
    [("organismes", 165), ("organismes?type=CTI", 9), ("organismes?departement=59", None), ("sources?source=000", 1)],
)
def test_autres_listes(client: FlaskClient, liste: str, total: int | None) -> None:
    page = lire(client, f"/api/v1/{liste}")
    assert page["total"] == (total if total is not None else len(page["donnees"]))
    assert page["total"] > 0


def test_indicateurs(client: FlaskClient, publication: Lecture) -> None:
    page = lire(client, "/api/v1/indicateurs")
    assert page["total"] == publication.query("SELECT count(*) FROM mart_indicateur").item()
    codes = {ligne["indicateur"]: ligne for ligne in page["donnees"]}
    assert codes["taux_reussite_local"]["referentiel"] == "interessement"
    assert codes["delai_ij_montant"]["referentiel"] == "suivi"
    assert (
        sum(ligne["resultats"] for ligne in page["donnees"])
        == lire(client, "/api/v1/resultats?maille=toutes&granularite=toutes")["total"]
    )


def test_scores(client: FlaskClient) -> None:
    organismes = lire(client, "/api/v1/scores?annee=2023&part=locale")
    assert organismes["total"] == 165
    assert {ligne["niveau"] for ligne in organismes["donnees"]} == {"organisme"}
    # Note intéressement 2023, l. 459-462 : 95 CPAM et CCSS à 100 %, 7 en dessous, aucune à zéro, poids 9.
    indicateurs = lire(client, "/api/v1/scores?niveau=indicateur&type=CPAM")
    mas = next(ligne for ligne in indicateurs["donnees"] if ligne["indicateur"] == "loc_accompagnements_mas")
    assert (mas["nb_100"], mas["nb_inferieur_100"], mas["nb_nul"], mas["nb_neutralise"]) == (95, 7, 0, 0)
    assert (mas["poids"], mas["taux_reussite"], mas["taux_reussite_precedent"]) == (9, 96.4, 97.9)
    types = lire(client, "/api/v1/scores?niveau=type&annee=2022&type=CTI")
    assert {(ligne["statistique"], ligne["taux_reussite"]) for ligne in types["donnees"]} >= {("moyenne", 98.6)}
    domaines = lire(client, "/api/v1/scores?niveau=domaine")
    assert {ligne["domaine"] for ligne in domaines["donnees"]} >= {"Qualité de service"}


def test_chargements_et_rejets(client: FlaskClient, publication: Lecture) -> None:
    page = lire(client, "/api/v1/chargements")
    assert all(re.fullmatch("[0-9a-f]{64}", ligne["sha256"]) for ligne in page["donnees"])
    assert (
        sum(ligne["rejets"] for ligne in page["donnees"])
        == publication.query(
            "SELECT count(*) FROM mart_rejet WHERE fichier IN (SELECT fichier FROM mart_fichier)"
        ).item()
    )
    fichier = next(ligne for ligne in page["donnees"] if ligne["rejets"])
    assert fichier["regles"]
    assert {ligne["publication"] for ligne in page["donnees"]} == {publication.version}


def test_toutes_les_pages_font_le_tout(client: FlaskClient) -> None:
    adresse: str | None = f"{TAUX}&par_page=40"
    codes: list[str] = []
    pages = 0
    while adresse:
        reponse = client.get(adresse)
        assert reponse.headers["X-Total-Count"] == "165"
        codes += [ligne["organisme"] for ligne in reponse.get_json()["donnees"]]
        liens = {relation: cible for cible, relation in re.findall(r'<([^>]*)>; rel="(\w+)"', reponse.headers["Link"])}
        assert liens["first"].endswith("page=1")
        assert liens["last"].endswith("page=5")
        assert ("prev" in liens) == (pages > 0)
        adresse = liens.get("next")
        pages += 1
    assert pages == 5
    assert len(codes) == len(set(codes)) == 165
    au_dela = lire(client, f"{TAUX}&par_page=40&page=6")
    assert (au_dela["total"], au_dela["donnees"]) == (165, [])


def test_csv_rfc_4180(client: FlaskClient) -> None:
    reponse = client.get(f"{TAUX}&format=csv")
    assert reponse.content_type == "text/csv; charset=utf-8"
    assert reponse.headers["Content-Disposition"].endswith('.csv"')
    assert not reponse.data.startswith(b"\xef\xbb\xbf")
    assert reponse.data.count(b"\r\n") == 166
    lignes = list(csv.DictReader(io.StringIO(reponse.text, newline="")))
    assert len(lignes) == 165
    assert (lignes[0]["organisme"], lignes[0]["valeur"], lignes[0]["numerateur"]) == ("011", "89.51", "")


def test_csv_francais(client: FlaskClient) -> None:
    reponse = client.get(f"{TAUX}&format=csv-fr")
    assert reponse.data.startswith(b"\xef\xbb\xbf")
    texte = reponse.data.decode("utf-8-sig")
    lignes = list(csv.DictReader(io.StringIO(texte, newline=""), delimiter=";"))
    assert len(lignes) == 165
    assert (lignes[0]["organisme"], lignes[0]["valeur"], lignes[0]["type"]) == ("011", "89,51", "CPAM")


def test_parquet(client: FlaskClient, publication: Lecture) -> None:
    reponse = client.get(f"{TAUX}&format=parquet")
    assert reponse.content_type == "application/vnd.apache.parquet"
    lignes = pl.read_parquet(io.BytesIO(reponse.data))
    assert lignes.height == 165
    assert lignes.schema["valeur"] == pl.Float64
    assert lignes.schema["periode_debut"] == pl.Date
    metadonnees = pl.read_parquet_metadata(io.BytesIO(reponse.data))
    assert metadonnees["version_donnees"] == publication.version
    assert metadonnees["total"] == "165"


def test_memes_lignes_dans_les_quatre_formats(client: FlaskClient) -> None:
    adresse = "/api/v1/resultats?nature=simulee&region=84&par_page=500"
    json = [(ligne["entite"], ligne["valeur"]) for ligne in lire(client, adresse)["donnees"]]
    parquet = pl.read_parquet(io.BytesIO(client.get(f"{adresse}&format=parquet").data))
    lignes = list(csv.DictReader(io.StringIO(client.get(f"{adresse}&format=csv").text, newline="")))
    assert json
    assert parquet.select("entite", "valeur").rows() == json
    assert [(ligne["entite"], float(ligne["valeur"])) for ligne in lignes] == json
    assert {ligne["nature"] for ligne in lignes} == {"simulee"}


def test_un_fichier_simule_le_dit_dans_son_nom(client: FlaskClient) -> None:
    simule = client.get("/api/v1/resultats?nature=simulee&format=csv").headers["Content-Disposition"]
    publie = client.get("/api/v1/resultats?nature=publiee&format=csv").headers["Content-Disposition"]
    assert simule.endswith('-donnees-simulees.csv"')
    assert "simul" not in publie


@pytest.mark.parametrize("encodage", ["identity", "gzip"])
def test_rien_n_est_renvoye_deux_fois(client: FlaskClient, encodage: str) -> None:
    entetes = {"Accept-Encoding": encodage}
    reponse = client.get(TAUX, headers=entetes)
    etag = reponse.headers["ETag"]
    assert reponse.headers["Cache-Control"] == "no-cache"
    deuxieme = client.get(TAUX, headers={**entetes, "If-None-Match": etag})
    assert (deuxieme.status_code, deuxieme.data) == (304, b"")
    assert deuxieme.headers["ETag"] == etag
    assert client.get(f"{TAUX}&format=csv", headers={"If-None-Match": etag}).status_code == 200
    assert client.get(f"{TAUX}&page=2", headers={"If-None-Match": etag}).status_code == 200
    assert client.get(TAUX, headers={"If-None-Match": 'W/"autre"'}).status_code == 200


def test_une_nouvelle_publication_change_l_etag(
    client: FlaskClient, publication: Lecture, monkeypatch: pytest.MonkeyPatch
) -> None:
    etag = client.get(TAUX).headers["ETag"]
    lecture = Lecture(publication.dossier)
    lecture.version = "une-autre"
    monkeypatch.setattr(lecture, "dossier", Path("une-autre"))
    monkeypatch.setattr(get_magasin(), "get_lecture", lambda: lecture)
    monkeypatch.setattr("components.api.routes.get_publication", lambda: lecture)
    reponse = client.get(TAUX, headers={"If-None-Match": etag})
    assert reponse.status_code == 200
    assert reponse.headers["ETag"] != etag
    assert reponse.get_json()["version_donnees"] == "une-autre"


def test_toutes_les_fautes_a_la_fois(client: FlaskClient) -> None:
    corps = refuser(
        client, "/api/v1/resultats?anee=2023&page=0&type=CPAN&granularite=moi&indicateur=taux_local&annee=deux"
    )
    erreurs = {erreur["parametre"]: erreur for erreur in corps["erreurs"]}
    assert set(erreurs) == {"anee", "page", "type", "granularite", "indicateur", "annee"}
    assert erreurs["anee"]["suggestions"][0] == "annee"
    assert "paramètre inconnu" in erreurs["anee"]["detail"]
    assert erreurs["type"]["valeurs_possibles"][:2] == ["CPAM", "CCSS"]
    assert erreurs["granularite"]["valeurs_possibles"][-1] == "toutes"
    assert erreurs["annee"] == {
        "parametre": "annee",
        "recu": "deux",
        "detail": "un nombre entier est attendu.",
        "valeurs_possibles": [],
        "suggestions": [],
    }
    assert "taux_reussite_local" in erreurs["indicateur"]["suggestions"]
    assert all(f"« {nom} »" in corps["detail"].replace("\xa0", " ") for nom in erreurs)


def test_organisme_inconnu_les_trois_plus_proches(client: FlaskClient) -> None:
    (erreur,) = refuser(client, "/api/v1/resultats?organisme=Lile")["erreurs"]
    assert len(erreur["suggestions"]) == 3
    assert erreur["suggestions"][0] == "595"
    assert "CPAM de Lille-Douai" in erreur["detail"]


@pytest.mark.parametrize(
    ("requete", "parametre", "mot"),
    [
        ("resultats?par_page=1001", "par_page", "au plus 1000 en JSON"),
        ("resultats?par_page=50001&format=csv", "par_page", "au plus 50000"),
        ("resultats?page=1&page=2", "page", "plusieurs fois"),
        ("resultats?format=xml", "format", "csv-fr"),
        ("organismes?region=99", "region", "Corse"),
        ("organismes?departement=1", "departement", "forme inattendue"),
        ("sources?source=999", "source", "Note intéressement 2023"),
        ("scores?niveau=caisse", "niveau", "organisme"),
        ("resultats?organisme=", "organisme", "trop court"),
    ],
)
def test_parametre_refuse(client: FlaskClient, requete: str, parametre: str, mot: str) -> None:
    (erreur,) = refuser(client, f"/api/v1/{requete}")["erreurs"]
    assert erreur["parametre"] == parametre
    assert mot in erreur["detail"]


def test_rien_ici_mais_ailleurs(client: FlaskClient) -> None:
    page = lire(client, "/api/v1/resultats?indicateur=delai_ij_montant&nature=publiee")
    assert page["total"] == 0
    assert "maille=organisme&granularite=semestre (14)" in page["conseil"]
    vide = lire(client, "/api/v1/resultats?indicateur=delai_ij_montant&annee=2001")
    assert "élargissez" in vide["conseil"]


@pytest.mark.parametrize("methode", ["post", "put", "patch", "delete"])
def test_lecture_seule(client: FlaskClient, methode: str) -> None:
    reponse = getattr(client, methode)("/api/v1/resultats")
    assert reponse.status_code == 405
    assert reponse.content_type == "application/problem+json"
    assert reponse.headers["Allow"] == "GET, HEAD, OPTIONS"
    assert "ne fait que lire" in reponse.get_json()["detail"]


def test_head(client: FlaskClient) -> None:
    reponse = client.head(f"{TAUX}&format=csv")
    assert (reponse.status_code, reponse.data) == (200, b"")
    assert reponse.headers["X-Total-Count"] == "165"


@pytest.mark.parametrize("adresse", ["/api", "/api/v1", "/api/v1/", "/api/v1/resultat", "/api/v2/resultats"])
def test_adresse_inconnue(client: FlaskClient, adresse: str) -> None:
    reponse = client.get(adresse)
    assert reponse.status_code == 404
    assert "/api/v1/resultats" in reponse.get_json()["detail"]


def test_sans_base_publiee(
    client: FlaskClient, publication: Lecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert publication.version
    monkeypatch.setattr(get_magasin(), "_lien", tmp_path / "courante")
    reponse = client.get(TAUX)
    assert reponse.status_code == 503
    assert reponse.content_type == "application/problem+json"
    assert reponse.headers["Retry-After"] == "60"
    assert "make etl" in reponse.get_json()["detail"]


def test_panne_imprevue_dite_en_francais(client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    def tomber(*_: object) -> None:
        raise RuntimeError("secret")

    monkeypatch.setattr("components.api.routes._compute_etag", tomber)
    reponse = client.get("/api/v1/sources")
    assert reponse.status_code == 500
    assert reponse.content_type == "application/problem+json"
    assert "n'a pas abouti" in reponse.get_json()["detail"]
    assert "secret" not in reponse.text


def test_fichier_charge_avec_ses_rejets(
    client: FlaskClient, publication: Lecture, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    copie = tmp_path / "publication"
    copie.mkdir()
    shutil.copy(publication.dossier / NOM_BASE, copie)
    with duckdb.connect(str(copie / NOM_BASE)) as base:
        base.execute("DELETE FROM mart_chargement")
        base.execute(
            """
            INSERT INTO mart_chargement BY NAME
            SELECT 'c1' AS chargement, 1 AS rang, 'delais.xlsx' AS fichier, repeat('a', 64) AS sha256, 10 AS octets,
                   'xlsx' AS format, 'igas_delais_ij' AS source, 'DDO' AS auteur, now() AS charge_le, 3 AS lignes_lues,
                   2 AS lignes_gardees, 1 AS lignes_rejetees, 2 AS faits, 1 AS rejets, 1 AS avertissements,
                   0 AS corrections, 0 AS remplaces
            """
        )
        for gravite, regle in (("rejet", "valeur_illisible"), ("avertissement", "hors_bornes")):
            base.execute(
                """
                INSERT INTO mart_rejet BY NAME
                SELECT 'c1' AS chargement, $gravite AS gravite, 'delais.xlsx' AS fichier, 2 AS rang, $regle AS regle,
                       'motif' AS motif, 'remede' AS remede
                """,
                {"gravite": gravite, "regle": regle},
            )
        base.execute(
            "UPDATE mart_valeur SET chargement = 'c1', alertes = 'hors_bornes' WHERE rowid IN "
            "(SELECT rowid FROM mart_valeur WHERE maille = 'organisme' AND granularite = 'annee' LIMIT 2)"
        )
    lien = tmp_path / "courante"
    lien.symlink_to(copie)
    monkeypatch.setattr(get_magasin(), "_lien", lien)
    (charge,) = lire(client, "/api/v1/chargements?origine=charge")["donnees"]
    assert (charge["chargement"], charge["auteur"], charge["format"]) == ("c1", "DDO", "xlsx")
    assert (charge["rejets"], charge["avertissements"], charge["remplaces"], charge["usage"]) == (1, 1, 0, None)
    assert charge["regles"] == ["hors_bornes", "valeur_illisible"]
    livres = lire(client, "/api/v1/chargements?origine=livre")
    assert all(ligne["chargement"] is None and ligne["faits"] is None for ligne in livres["donnees"])
    faits = lire(client, "/api/v1/resultats?chargement=c1")
    assert {ligne["alertes"] for ligne in faits["donnees"]} == {"hors_bornes"}
    assert faits["total"] == 2


def test_les_semaines_se_lisent_comme_les_mois(client: FlaskClient) -> None:
    adresse = "/api/v1/resultats?organisme=011&indicateur=loc_delai_instruction_c2s_d9&annee=2023&granularite="
    semaines = lire(client, f"{adresse}semaine")
    # ISO weeks that touch 2023: from the one of 26 December 2022 to the one of 25 December 2023.
    assert semaines["total"] == 53
    assert {ligne["granularite"] for ligne in semaines["donnees"]} == {"semaine"}
    assert semaines["lignes_simulees"] == 53
    assert lire(client, f"{adresse}mois")["total"] == 12
