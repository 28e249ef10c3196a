"""The pages of comparison in process: each callback on what no reader has just asked for, at 165 and 1 650 organismes.

A request goes through the whole server (reading, callback, JSON, gzip), as the browser sends it. Facts and contexts are
warm, contents are not: every request is for an organisme, an indicateur or a choice never asked for before. Times are
of the processor, all threads together, so that other work on the machine counts little.

Ten times as many organismes: a publication where each one is copied under new codes (:mod:`tools.reseau_elargi`), read
by the same requests and the same callbacks.
"""

from __future__ import annotations

import gc
import gzip
import importlib
import json
import os
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from flask.testing import FlaskClient

from data.calculs.entonnoir import build_entonnoir
from data.calculs.rangs import distribution_rangs
from data.chemins import NOM_BASE, get_lien_courant, get_var
from data.magasin import get_magasin
from tools.chronometre import measure
from tools.reseau_elargi import write_reseau_elargi

ORGANISMES = 165
FACTEUR = 10
TYPE = "CPAM"
INDICATEURS = ("taux_reussite_local", "loc_rdv_telephone", "loc_aat_dematerialises")
MESURES = 9  # organismes each callback is asked for

Etat = Mapping[str, Any]  # « composant.propriete » -> value


@dataclass(frozen=True)
class Rappel:
    """A callback: its name, a part of its output that no other has, what the reader touches, and the states asked for.

    ``avant`` are asked for first: they load the facts any reader has already loaded.
    """

    nom: str
    sortie: str
    declencheur: str
    avant: Sequence[Etat]
    etats: Sequence[Etat]


def build_demande(identifiant: str, rappel: Mapping[str, Any], valeurs: Etat, declencheur: str) -> dict[str, Any]:
    """What the browser sends to run a callback.

    Args:
        identifiant: key of the callback in ``app.callback_map``, its outputs between « .. » and « ... ».
        rappel: its ``inputs`` and ``state``.
        valeurs: values of its inputs and states; a pattern of components matches none.
        declencheur: the input that changed.
    """

    def read_valeurs(liens: Sequence[Mapping[str, str]]) -> list[Any]:
        return [
            [] if lien["id"].startswith("{") else {**lien, "value": valeurs.get(f"{lien['id']}.{lien['property']}")}
            for lien in liens
        ]

    sorties = []
    for sortie in identifiant.strip(".").split("..."):
        nom, _, propriete = sortie.rpartition(".")
        sorties.append({"id": json.loads(nom) if nom.startswith("{") else nom, "property": propriete})
    return {
        "output": identifiant,
        "outputs": sorties if identifiant.startswith("..") else sorties[0],
        "inputs": read_valeurs(rappel["inputs"]),
        "state": read_valeurs(rappel["state"]),
        "changedPropIds": [declencheur],
    }


def _list_comparer(codes: Sequence[str]) -> list[Rappel]:
    """The seven views of « Comparer »: each group of organismes serves one view."""
    vues = importlib.import_module("components.comparer.vues").CHOIX_VUES

    def build(code: str, indicateur: str, vue: str) -> Etat:
        return {
            "comparer-organisme.value": code,
            "comparer-groupe.value": "type",
            "comparer-membres.value": [],
            "comparer-indicateur.value": indicateur,
            "comparer-vue.value": vue,
            "comparer-limites.checked": True,
            "comparer-abscisse.value": "ctx_etp",
            "comparer-logarithme.checked": True,
        }

    return [
        Rappel(
            f"comparer, {libelle.lower()}",
            "comparer-contenu.children",
            "comparer-organisme.value",
            [build(codes[0], indicateur, vue) for indicateur in INDICATEURS],
            [
                build(code, indicateur, vue)
                for code in codes[1 + rang * MESURES : 1 + (rang + 1) * MESURES]
                for indicateur in INDICATEURS
            ],
        )
        for rang, (vue, libelle) in enumerate(vues.items())
    ]


def _list_profil(codes: Sequence[str]) -> list[Rappel]:
    def build(code: str, groupe: str = "type", region: str = "") -> Etat:
        return {
            "profil-organisme.value": code,
            "profil-groupe.value": groupe,
            "profil-membres.value": [],
            "profil-domaine.value": "",
            "profil-processus.value": "",
            "profil-region.value": region,
        }

    cas = {
        "organisme": ("organisme", "type", codes[1:]),
        "ses voisins": ("groupe", "voisins-taille", codes[1 + MESURES :]),
        "sa région": ("groupe", "region", codes[1 + 2 * MESURES :]),
    }
    rappels = [
        Rappel(
            f"profil, {nom}",
            "profil-chiffres.children",
            f"profil-{champ}.value",
            [build(codes[0]), build(codes[0], groupe)],
            [build(code, groupe) for code in suite[:MESURES]],
        )
        for nom, (champ, groupe, suite) in cas.items()
    ]
    regions = ("Bretagne", "Normandie", "Occitanie", "Grand Est", "Corse", "Hauts-de-France")
    filtres = [build(codes[0], region=region) for region in regions]
    return [
        *rappels,
        Rappel("profil, région du tartan", "profil-chiffres.children", "profil-region.value", filtres[:1], filtres[1:]),
    ]


def _list_convergence(codes: Sequence[str]) -> list[Rappel]:
    def build(indicateur: str, code: str | None = None, plafond: int = 10) -> Etat:
        return {
            "convergence-type.value": TYPE,
            "convergence-indicateur.value": indicateur,
            "convergence-organisme.value": code,
            "convergence-plafond.value": plafond,
        }

    suivis = importlib.import_module("components.convergence.etat").list_indicateurs(TYPE)
    autres = [option["value"] for option in suivis][1 : 1 + MESURES]
    detaille = INDICATEURS[1]
    cas: dict[str, tuple[list[Etat], list[Etat]]] = {
        "indicateur": ([build(INDICATEURS[0])], [build(i) for i in autres]),
        "organisme": ([build(detaille, codes[0])], [build(detaille, c) for c in codes[1 : 1 + MESURES]]),
        "plafond": ([build(detaille, codes[0])], [build(detaille, codes[0], p) for p in (3, 7, 12, 15, 20)]),
    }
    return [
        Rappel(f"convergence, {nom}", "convergence-contenu.children", f"convergence-{nom}.value", avant, etats)
        for nom, (avant, etats) in cas.items()
    ]


def _list_indicateur(codes: Sequence[str]) -> list[Rappel]:
    """The callbacks of the page of an indicateur; a new organisme is a new view (« jeton »)."""
    load_vue = importlib.import_module("components.indicateur.vue").load_vue

    def build(indicateur: str, code: str, pas: str = "annee") -> Etat:
        vue = load_vue(indicateur, TYPE, 2023, code)
        return {
            "indicateur-jeton.data": vue.jeton,
            "indicateur-pas.value": pas,
            "indicateur-par.value": "type",
            "indicateur-type.value": vue.type_note,
            "indicateur-annee.value": str(vue.annee),
            "indicateur-organisme.value": code,
        }

    cas = {
        "choix": ("indicateur-type.value...indicateur-annee.data", "organisme.value", "annee"),
        "réponse": ("indicateur-chiffres.children", "jeton.data", "annee"),
        "évolution par an": ("indicateur-evolution-titre", "jeton.data", "annee"),
        "évolution par mois": ("indicateur-evolution-titre", "jeton.data", "mois"),
        "atteinte": ("indicateur-atteinte-titre", "jeton.data", "annee"),
        "mouvements et pairs": ("indicateur-pairs-cadre.className", "jeton.data", "annee"),
        "carte": ("indicateur-fond-carte-valeurs.data...", "jeton.data", "annee"),
    }
    return [
        Rappel(
            f"indicateur, {nom}",
            sortie,
            f"indicateur-{champ}",
            [build(indicateur, codes[0], pas) for indicateur in INDICATEURS[1:]],
            [build(indicateur, code, pas) for code in codes[1 : 1 + MESURES] for indicateur in INDICATEURS[1:]],
        )
        for nom, (sortie, champ, pas) in cas.items()
    ]


def _list_bareme() -> list[Rappel]:
    """An edit of the grid: half a point of weight from one indicateur to another."""
    vue = importlib.import_module("components.bareme.vue")
    bareme, lignes = vue.list_depart(TYPE, None)
    entiers = [rang for rang, ligne in enumerate(lignes) if ligne["poids"].replace(",", "").isdigit()]
    etats: list[Etat] = []
    for donneur, receveur in zip(entiers, entiers[1:] + entiers[:1], strict=True):
        copie = [dict(ligne) for ligne in lignes]
        for rang, ecart in ((donneur, -0.5), (receveur, 0.5)):
            poids = float(copie[rang]["poids"].replace(",", ".")) + ecart
            copie[rang]["poids"] = f"{poids:g}".replace(".", ",")
        etats.append(
            {
                "bareme-base.data": vue.build_base(bareme),
                "bareme-grille.cellValueChanged": [{}],
                "bareme-grille.rowData": copie,
                "bareme-type.value": TYPE,
            }
        )
    declencheur = "bareme-grille.cellValueChanged"
    return [Rappel("barème, une case", "bareme-fautes.children...bareme-total", declencheur, etats[:1], etats[1:])]


def _post(client: FlaskClient, demande: Mapping[str, Any]) -> float:
    """Processor time of one request, in milliseconds.

    Raises:
        RuntimeError: the callback failed; it must never be counted as fast.
    """
    corps = json.dumps(demande)
    debut = time.process_time()
    reponse = client.post(
        "/_dash-update-component",
        data=corps,
        content_type="application/json",
        headers={"Accept-Encoding": "gzip"},
    )
    duree = 1000 * (time.process_time() - debut)
    recu = gzip.decompress(reponse.data) if reponse.content_encoding == "gzip" else reponse.data
    if reponse.status_code != 200 or b"alerte-globale" in recu:
        raise RuntimeError(f"{demande['changedPropIds'][0]} : réponse {reponse.status_code}")
    return duree


def measure_rappels(suffixe: str) -> dict[str, float]:
    """Median processor time of each callback, in milliseconds; ``suffixe`` ends the names."""
    app = importlib.import_module("app").app
    client = app.server.test_client()
    client.get("/_dash-layout")  # Dash fills its table of callbacks at the first request
    organismes = importlib.import_module("data.requetes.comparaison").list_organismes()
    # The first ones are those of the definitions: a page opens on them.
    codes = organismes.filter(type_note=TYPE)["code_organisme"].to_list()[:100]
    listes = (_list_comparer(codes), _list_profil(codes), _list_convergence(codes), _list_indicateur(codes))
    resultats: dict[str, float] = {}
    for rappel in [r for liste in listes for r in liste] + _list_bareme():
        cle = next(c for c in app.callback_map if rappel.sortie in c and "@" not in c)
        demandes = [
            [build_demande(cle, app.callback_map[cle], etat, rappel.declencheur) for etat in etats]
            for etats in (rappel.avant, rappel.etats)
        ]
        for demande in demandes[0]:
            _post(client, demande)
        gc.collect()
        resultats[f"{rappel.nom}{suffixe}"] = statistics.median(_post(client, demande) for demande in demandes[1])
    return resultats


def measure_elargi() -> dict[str, float]:
    """The same callbacks on a network ten times as large."""
    ancien = os.environ.get("PARANGON_VAR")
    source = get_lien_courant(get_var()).resolve() / NOM_BASE
    with tempfile.TemporaryDirectory() as dossier:
        write_reseau_elargi(source, Path(dossier), FACTEUR)
        os.environ["PARANGON_VAR"] = dossier
        get_magasin.cache_clear()
        try:
            return measure_rappels(f", {ORGANISMES * FACTEUR} organismes")
        finally:
            os.environ.pop("PARANGON_VAR")
            if ancien is not None:
                os.environ["PARANGON_VAR"] = ancien
            get_magasin.cache_clear()


def measure_statistiques() -> dict[str, float]:
    """Ranks with their uncertainty and funnel, on drawn values."""
    rng = np.random.default_rng(0)
    resultats = {}
    for effectif in (ORGANISMES, FACTEUR * ORGANISMES):
        valeurs, erreurs = rng.normal(90, 4, effectif).tolist(), rng.uniform(0.2, 2, effectif).tolist()
        tirees = rng.integers(100, 10_000, effectif)
        cas, tailles = rng.binomial(tirees, 0.6).tolist(), tirees.tolist()
        resultats[f"rangs, 2 000 tirages, {effectif} organismes"] = measure(
            lambda v=valeurs, e=erreurs: distribution_rangs(v, e), horloge=time.process_time
        )
        resultats[f"entonnoir, {effectif} organismes"] = measure(
            lambda c=cas, t=tailles: build_entonnoir(c, t), horloge=time.process_time
        )
    return resultats


def measure_comparer() -> dict[str, float]:
    """Callbacks at 165 then at 1 650 organismes, and the statistics behind them, in milliseconds of processor."""
    return measure_rappels("") | measure_elargi() | measure_statistiques()


if __name__ == "__main__":
    for nom, valeur in measure_comparer().items():
        print(f"{nom:<55} {valeur:>9.1f} ms")
