"""The page of data and its routes, without a browser. The ETL is replaced by its answers: see the end-to-end test."""

from __future__ import annotations

import inspect
import io
import sys
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any
from urllib.parse import quote

import dash
import pytest
from flask.testing import FlaskClient

from components.donnees import depot, envoi, retour
from components.donnees.routes import ENTETE_NOM
from components.travaux import Reponse, TravailImpossibleError
from data import journal
from data.chemins import get_depots, get_publications

LOAD = "a" * 12 + "-" + "0" * 8
RAPPORT: dict[str, Any] = {
    "fichier": "resultats.csv", "verdict": "publiable_avec_alertes", "sha256": "c" * 64, "octets": 415, "format": "csv",
    "encodage": "utf-8", "separateur": ";", "feuilles": [{"nom": None}], "feuilles_ignorees": [],
    "source": {"code": "resultats_mensuels", "titre": "T", "origine": "définition", "confiance": 1.0, "a_completer": [],
               "raisons": [], "yaml": None},
    "lignes_lues": 6, "lignes_gardees": 4, "lignes_rejetees": 2, "faits": 4,
    "statuts": {"non_disponible": 1, "publie": 3}, "organismes": 4, "indicateurs": ["loc_aat_dematerialises"],
    "periodes": {"premiere": "2024-01-01", "derniere": "2024-02-29"},
    "anomalies": {"erreur": 0, "rejet": 1, "avertissement": 0},
    "par_regle": [{"gravite": "rejet", "regle": "valeur_indecidable", "nombre": 1, "exemple": "61.879",
                    "remede": "Écrivez"}],
    "details": [{"gravite": "rejet", "regle": "valeur_indecidable", "feuille": None, "rang": 6, "colonne": "Résultat",
                 "valeur": "61.879", "motif": "point décimal ou de milliers", "remede": "Écrivez"}],
    "details_total": 1, "corrections": [], "chargement": LOAD, "deja_charge": False,
}  # fmt: skip

RAPPORT_IJ = RAPPORT | {
    "fichier": "isere.parquet", "format": "parquet", "encodage": None, "separateur": None, "feuilles": [],
    "source": RAPPORT["source"] | {"code": "evenements_ij", "origine": "colonnes"}, "indicateurs": [], "faits": 24,
    "statuts": {"publie": 24}, "organismes": 2,
    "ij": {"lot": "a" * 12, "caisse_mois": 24, "mois": 12, "fautives_listees": 10_000},
    "lignes_rejetees": 24_741, "details_total": 24_741,
}  # fmt: skip


@pytest.fixture
def page(application: object) -> ModuleType:
    assert application is not None
    return sys.modules["pages.donnees"]


@pytest.fixture
def client(application: Any) -> FlaskClient:
    client: FlaskClient = application.server.test_client()
    return client


@pytest.fixture
def depose(var: Path) -> Any:
    """A file that waits, forgotten at the end."""
    garde = depot.store_depot(var, "resultats.csv", io.BytesIO(b"a;b\n"), 4)
    yield garde
    depot.remove_depot(var, garde.jeton)


@pytest.fixture
def repondre(monkeypatch: pytest.MonkeyPatch) -> Callable[..., list[list[str]]]:
    """Replace the ETL by an answer (or an error); the commands asked for are returned as they come."""

    def remplacer(code: int = 0, erreur: str | None = None, **contenu: Any) -> list[list[str]]:
        demandes: list[list[str]] = []

        def run(arguments: list[str], **_: Any) -> Reponse:
            demandes.append(list(arguments))
            if erreur is not None:
                raise TravailImpossibleError(erreur)
            return Reponse(code, contenu)

        monkeypatch.setattr(envoi, "run_etl", run)
        monkeypatch.setattr(retour, "run_etl", run)
        return demandes

    return remplacer


@pytest.mark.parametrize(
    ("vue", "extraits"),
    [
        ("fraicheur", ("Fraîcheur par indicateur, CPAM et CCSS", "réel, dernière période connue", "Données simulées")),
        ("depot", ("Déposer un fichier", "100 Mo au plus", ".parquet")),
        ("chargements", ("Qui a envoyé quoi", "Rejets et lignes écartées", "Publications gardées")),
        ("sources", ("Fichiers attendus", "resultats_mensuels*", "SHA-256", "Réel et simulé")),
        ("controles", ("contrôles réussis sur", "Contradictions entre documents", "Ce que fait Parangon")),
    ],
)
def test_chaque_vue(page: ModuleType, lire_texte: Callable[[object], str], vue: str, extraits: tuple[str, ...]) -> None:
    texte = lire_texte(page.layout(vue=vue))
    for extrait in extraits:
        assert extrait in texte
    assert inspect.unwrap(page.show_vue)(vue)[1] == ("" if vue == "fraicheur" else f"?vue={vue}")


def test_un_organisme_a_suivre(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout(organisme="061"))
    assert "ce qui est connu" in texte
    assert '"code_organisme"' not in texte
    assert "Fraîcheur par indicateur, CPAM et CCSS" in texte


def test_parametres_faux(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    texte = lire_texte(page.layout(vue="ailleurs", type="MAIRIE", organisme="zzz", chargement="../x", couleur="rouge"))
    for extrait in (
        "« ailleurs »",
        "les types sont CPAM",
        "zzz",
        "identifiant de chargement",
        "« couleur » n'existe pas",
    ):
        assert extrait in texte


def test_un_chargement_inconnu(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    assert "Aucun chargement ne porte" in lire_texte(page.layout(vue="chargements", chargement=LOAD))


def test_le_controle_montre_son_rapport(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    demandes = repondre(fichiers=[RAPPORT])
    rapport, _ = inspect.unwrap(page.show_controle)({"jeton": depose.jeton})
    texte = lire_texte(rapport)
    for extrait in (
        "▲ Rejet",
        "valeur indécidable",
        "61.879",
        "4 sur 6",
        "Publier ces données",
        "janvier 2024 à février",
    ):
        assert extrait in texte
    assert demandes == [["check", str(depose.chemin), "--annote", str(depose.annotes)]]


def test_un_fichier_d_ij_dit_les_mois_qu_il_remplace(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    repondre(fichiers=[RAPPORT_IJ])
    texte = lire_texte(inspect.unwrap(page.show_controle)({"jeton": depose.jeton})[0])
    for extrait in (
        "IJ individuelles transmises",
        "Mois réels",
        "mois de 2 caisses",
        "12 mois différents",
        "les 10 000 premières lignes",
    ):
        assert extrait in texte
    assert "0 indicateur" not in texte


def test_un_fichier_bloque_ne_se_publie_pas(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    repondre(code=1, fichiers=[RAPPORT | {"verdict": "bloque"}])
    texte = lire_texte(inspect.unwrap(page.show_controle)({"jeton": depose.jeton})[0])
    assert "Rien ne peut être publié tel quel" in texte
    assert "bloqué : une erreur" in texte


def test_la_periode_qui_manque_se_donne_puis_se_publie(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    attendue = RAPPORT | {"verdict": "bloque", "source": RAPPORT["source"] | {"a_preciser": ["periode"]}}
    repondre(code=1, fichiers=[attendue])
    texte = lire_texte(inspect.unwrap(page.show_controle)({"jeton": depose.jeton})[0])
    assert "Donnez la période ci-dessus" in texte
    assert "Contrôler avec cette période" in texte
    donnee = RAPPORT | {"source": RAPPORT["source"] | {"a_preciser": [], "precisions": {"periode": "2022"}}}
    demandes = repondre(fichiers=[donnee])
    rapport, _ = inspect.unwrap(page.show_controle_precise)(1, {"jeton": depose.jeton}, " 2022 ")
    assert demandes[0][-1] == "--periode=2022"
    assert '"data": "2022"' in lire_texte(rapport)  # what publishing will say
    assert "Publier ces données" in lire_texte(rapport)
    demandes = repondre(publication={"version": "20260101-000000-aaaaaaaa", "inchangee": False})
    inspect.unwrap(page.publish)(1, {"jeton": depose.jeton}, "Gestionnaire de données", False, "2022")
    assert demandes == [["load", str(depose.chemin), "--auteur", "Gestionnaire de données", "--periode=2022"]]


def test_une_periode_refusee_garde_le_rapport(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    repondre(code=2, fichiers=[RAPPORT | {"verdict": "illisible", "motif": "La période donnée ne se date pas."}])
    rapport, resultat = inspect.unwrap(page.show_controle_precise)(1, {"jeton": depose.jeton}, "hier")
    assert rapport is dash.no_update
    assert "ne se date pas" in lire_texte(resultat)


def test_la_periode_ne_se_demande_pas_sans_raison(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    repondre(fichiers=[RAPPORT])
    rapport, _ = inspect.unwrap(page.show_controle)({"jeton": depose.jeton})
    (bloc,) = [c for c in rapport.children if "donnees-periode" in lire_texte(c)]
    assert bloc.hidden is True


def test_une_liste_d_organismes_n_a_rien_a_publier(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    comparaison = {"lignes": 107, "accords": 106, "differences": 1, "inconnus": 0, "absents": ["481"]}
    repondre(fichiers=[RAPPORT | {"verdict": "referentiel", "faits": 0, "referentiel": comparaison}])
    texte = lire_texte(inspect.unwrap(page.show_controle)({"jeton": depose.jeton})[0])
    for extrait in ("Organismes comparés", "106", "absents de la liste : 1", "Il n'y a rien à publier"):
        assert extrait in texte
    assert "Lignes gardées" not in texte


@pytest.mark.parametrize(("manque", "publiable"), [([], True), (["periode : aucune colonne"], False)])
def test_une_correspondance_proposee(
    page: ModuleType,
    depose: depot.Depot,
    repondre: Callable[..., list[list[str]]],
    lire_texte: Callable[[object], str],
    manque: list[str],
    publiable: bool,
) -> None:
    source = RAPPORT["source"] | {"origine": "proposition", "a_completer": manque, "yaml": "code: x", "confiance": 0.8}
    repondre(code=2, fichiers=[RAPPORT | {"verdict": "sans_source", "motif": "aucune source", "source": source}])
    texte = lire_texte(inspect.unwrap(page.show_controle)({"jeton": depose.jeton})[0])
    assert ("Publier avec cette correspondance" in texte) is publiable
    assert ("À compléter" in texte) is not publiable


def test_publier_demande_un_role(
    page: ModuleType, depose: depot.Depot, repondre: Callable[..., list[list[str]]], lire_texte: Callable[[object], str]
) -> None:
    demandes = repondre()
    sorties = inspect.unwrap(page.publish)(1, {"jeton": depose.jeton}, "Napoléon", False)
    assert "à quel titre" in lire_texte(sorties[1])
    assert demandes == []


def test_publier(
    page: ModuleType, var: Path, depose: depot.Depot, repondre: Callable[..., list[list[str]]],
    lire_texte: Callable[[object], str],
) -> None:  # fmt: skip
    demandes = repondre(publication={"version": "20260101-000000-aaaaaaaa", "inchangee": False})
    rapport, resultat, chiffres, pied, version = inspect.unwrap(page.publish)(
        1, {"jeton": depose.jeton}, "Gestionnaire de données", True
    )
    assert rapport is None
    assert "20260101-000000-aaaaaaaa" in lire_texte(resultat)
    assert len(chiffres) == 4
    assert version in pied
    assert demandes == [["load", str(depose.chemin), "--auteur", "Gestionnaire de données", "--accepter-proposition"]]
    assert depot.find_depot(var, depose.jeton) is None


@pytest.mark.parametrize(
    "reponse", [{"erreur": "Un autre contrôle est en cours"}, {"code": 1, "publication": None, "fichiers": []}]
)
def test_un_refus_garde_le_rapport(
    page: ModuleType, var: Path, depose: depot.Depot, repondre: Callable[..., list[list[str]]], reponse: dict[str, Any]
) -> None:
    repondre(**reponse)
    sorties = inspect.unwrap(page.publish)(1, {"jeton": depose.jeton}, "Siège", False)
    assert "moins" in sorties[1].className
    assert sorties[0] is sorties[2] is sorties[3]  # nothing else moves
    assert depot.find_depot(var, depose.jeton) is not None


def test_abandonner(page: ModuleType, var: Path, depose: depot.Depot) -> None:
    assert inspect.unwrap(page.cancel)(1, {"jeton": depose.jeton}) == (None, None, None)
    assert depot.find_depot(var, depose.jeton) is None


def test_un_fichier_qui_n_attend_plus(page: ModuleType, lire_texte: Callable[[object], str]) -> None:
    assert "déposez-le de nouveau" in lire_texte(inspect.unwrap(page.show_controle)({"jeton": "0" * 32})[0])


def test_revenir_demande_tout(
    page: ModuleType, var: Path, monkeypatch: pytest.MonkeyPatch, repondre: Callable[..., list[list[str]]],
    lire_texte: Callable[[object], str],
) -> None:  # fmt: skip
    demandes = repondre(version="x")
    revenir = inspect.unwrap(page.go_back)
    assert "Choisissez l'une des publications" in lire_texte(revenir(1, None, "Siège", "une raison")[0])
    ancienne = get_publications(var) / "20200101-000000-aaaaaaaa"
    ancienne.mkdir()
    try:
        (ancienne / "parangon.duckdb").write_bytes(b"rien")
        assert "à quel titre" in lire_texte(revenir(1, ancienne.name, None, "une raison")[0])
        assert "pourquoi" in lire_texte(revenir(1, ancienne.name, "Siège", " ")[0])
        assert "ne peut plus être affichée" in lire_texte(revenir(1, ancienne.name, "Siège", "une raison")[0])
    finally:
        (ancienne / "parangon.duckdb").unlink()
        ancienne.rmdir()
    assert demandes == []
    assert journal.list_retours(var) == []


def test_la_route_garde_un_fichier(client: FlaskClient, var: Path) -> None:
    reponse = client.post("/donnees/depot", data=b"a;b\n1;2\n", headers={ENTETE_NOM: quote("Résultats.csv")})
    assert reponse.status_code == 201
    garde = depot.find_depot(var, reponse.json["jeton"])
    assert garde is not None
    assert (garde.chemin.name, garde.octets) == ("Résultats.csv", 8)
    depot.remove_depot(var, garde.jeton)


@pytest.mark.parametrize(
    ("entetes", "corps", "code"),
    [
        ({}, b"x", 403),
        ({ENTETE_NOM: "page.html"}, b"x", 415),
        ({ENTETE_NOM: "r.csv"}, b"", 411),
        ({ENTETE_NOM: "r.csv"}, b"x" * 50, 413),
    ],
)
def test_la_route_refuse(
    client: FlaskClient,
    var: Path,
    monkeypatch: pytest.MonkeyPatch,
    entetes: dict[str, str],
    corps: bytes,
    code: int,
) -> None:
    monkeypatch.setattr(depot, "TAILLE_MAX", 20)
    reponse = client.post("/donnees/depot", data=corps, headers=entetes)
    assert reponse.status_code == code
    assert reponse.json["erreur"]
    assert list(get_depots(var).glob("*")) == []


@pytest.mark.parametrize(
    "chemin",
    [
        f"/donnees/chargements/{LOAD}/original",
        "/donnees/chargements/..%2f..%2fcourante/original",
        f"/donnees/depot/{'0' * 32}/annote",
        "/donnees/depot/../annote",
    ],
)
def test_un_fichier_inconnu_n_est_jamais_servi(client: FlaskClient, chemin: str) -> None:
    reponse = client.get(chemin)
    assert reponse.status_code == 404 or reponse.mimetype == "text/html"
    assert "attachment" not in reponse.headers.get("Content-Disposition", "")


def test_le_fichier_annote_se_telecharge(client: FlaskClient, depose: depot.Depot) -> None:
    depose.annotes.mkdir()
    (depose.annotes / "resultats_annote.csv").write_text("<script>", encoding="utf-8")
    reponse = client.get(f"/donnees/depot/{depose.jeton}/annote")
    assert reponse.status_code == 200
    assert reponse.headers["Content-Disposition"].startswith("attachment")
    assert reponse.headers["X-Content-Type-Options"] == "nosniff"
    assert reponse.mimetype == "application/octet-stream"
    reponse.close()
