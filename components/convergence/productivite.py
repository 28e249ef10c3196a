"""Productivity of the caisses: numerator and denominator apart, and the simulation « resserrement des écarts »."""

from __future__ import annotations

from typing import Any

import polars as pl

from components.contenu import Colonne, Contenu, Mention, Tableau
from components.figures.cascade import Etape, build_cascade_figure
from components.figures.dispersion import format_pourcentage
from components.figures.formats import INSECABLE, format_debut, format_nombre
from components.figures.productivite import Point, build_decomposition_figure
from components.provenance import format_donnees_du, format_source
from components.textes import convergence as textes
from data.calculs.convergence import Resserrement, simulate_resserrement
from data.calculs.evolution_ecarts import compute_evolution_productivite
from data.magasin import memorise
from data.modele import Sens
from data.requetes.comparaison import list_organismes
from data.requetes.convergence import PRODUCTIVITE, list_annuels, list_constats
from data.requetes.pairs import list_annees, load_productivite

_NOMMEES = 12  # caisses of the waterfall drawn one by one
_EXTREMES = 1  # caisses named at each end of the scatter


def _build_mention(statistique: str, unite: str, sens: Sens, periode: str, effectif: str, *notes: str) -> Mention:
    faits = list_annuels().filter(code_indicateur=PRODUCTIVITE)
    return Mention(
        statistique=statistique,
        unite=unite,
        sens=sens,
        periode=periode,
        source=format_source(*faits["source"].unique().sort()),
        donnees_du=format_donnees_du(),
        effectif=effectif,
        simulee="simulee" in faits["nature"].to_list(),
        notes=notes,
    )


@memorise
def build_contenu_decomposition(organisme: str | None) -> Contenu:
    """BCP up, ETPR across: where each caisse found its gain of productivity."""
    annees = list_annees(PRODUCTIVITE)
    premier, dernier = annees[0], annees[-1]
    avant, apres = load_productivite(premier), load_productivite(dernier)
    frame = compute_evolution_productivite(avant, apres).sort("evolution_productivite", descending=True)
    bcp = float(frame["bcp"].sum()) / float(frame["bcp_avant"].sum()) - 1
    etpr = float(frame["etpr"].sum()) / float(frame["etpr_avant"].sum()) - 1
    lignes = frame.to_dicts()
    nommes = {ligne["code_organisme"] for ligne in (*lignes[:_EXTREMES], *lignes[-_EXTREMES:])}

    def build_infobulle(nom: str, e_bcp: float, e_etpr: float, e_prod: float) -> str:
        return (
            f"<b>{nom}</b><br>productivité {format_pourcentage(100 * e_prod, 1)}<br>BCP "
            f"{format_pourcentage(100 * e_bcp, 1)}, ETPR {format_pourcentage(100 * e_etpr, 1)}"
        )

    points = [
        Point(
            ligne["nom_court"],
            100 * ligne["evolution_etpr"],
            100 * ligne["evolution_bcp"],
            build_infobulle(
                ligne["nom_court"], ligne["evolution_bcp"], ligne["evolution_etpr"], ligne["evolution_productivite"]
            ),
            nomme=ligne["code_organisme"] in nommes,
            mien=ligne["code_organisme"] == organisme,
        )
        for ligne in lignes
    ]
    productivite = (1 + bcp) / (1 + etpr) - 1
    moi = next((ligne for ligne in lignes if ligne["code_organisme"] == organisme), None)
    precision = (
        ""
        if moi is None
        else f"{INSECABLE}; {moi['nom_court']}{INSECABLE}: BCP {format_pourcentage(100 * moi['evolution_bcp'], 1)}, "
        "ETPR "
        f"{format_pourcentage(100 * moi['evolution_etpr'], 1)}"
    )
    return Contenu(
        titre=f"Productivité {premier}-{dernier}{INSECABLE}: plus d'activité ou moins d'effectifs{INSECABLE}?",
        phrase=textes.build_phrase_decomposition(
            (premier, dernier),
            bcp,
            etpr,
            productivite,
            sum(ligne["evolution_etpr"] < 0 for ligne in lignes),
            len(lignes),
            precision,
        ),
        figure=build_decomposition_figure(
            points,
            Point("Réseau", 100 * etpr, 100 * bcp, build_infobulle("Réseau", bcp, etpr, productivite), nomme=True),
        ),
        mention=_build_mention(
            "évolution des BCP (bénéficiaires consommants pondérés) et des ETPR de chaque caisse\u00a0; "
            "pointillés\u00a0: même "
            "évolution de la productivité",
            "%",
            Sens.NEUTRE,
            f"{premier}-{dernier}",
            f"{len(lignes)}{INSECABLE}CPAM et CCSS",
            textes.NOTE_PRODUCTIVITE,
        ),
        tableau=Tableau(
            (
                Colonne("organisme", "Organisme", epinglee=True),
                Colonne("productivite", "Productivité", "nombre", 1, "%"),
                Colonne("bcp", "BCP", "nombre", 1, "%"),
                Colonne("etpr", "ETPR", "nombre", 1, "%"),
                Colonne("bcp_avant", f"BCP {premier}", "nombre", 0),
                Colonne("bcp_apres", f"BCP {dernier}", "nombre", 0),
                Colonne("etpr_avant", f"ETPR {premier}", "nombre", 0),
                Colonne("etpr_apres", f"ETPR {dernier}", "nombre", 0),
                Colonne("ratio", f"BCP par ETPR {dernier}", "nombre", 0),
            ),
            [
                {
                    "organisme": ligne["nom_court"],
                    "productivite": 100 * ligne["evolution_productivite"],
                    "bcp": 100 * ligne["evolution_bcp"],
                    "etpr": 100 * ligne["evolution_etpr"],
                    "bcp_avant": ligne["bcp_avant"],
                    "bcp_apres": ligne["bcp"],
                    "etpr_avant": ligne["etpr_avant"],
                    "etpr_apres": ligne["etpr"],
                    "ratio": ligne["productivite"],
                }
                for ligne in lignes
            ],
            cle_surlignee=moi["nom_court"] if moi else None,
        ),
        fichier=f"parangon-productivite-{premier}-{dernier}",
    )


@memorise
def _load_resserrement(plafond: int) -> Resserrement:
    frame = load_productivite(list_annees(PRODUCTIVITE)[-1])
    return simulate_resserrement(frame.select("code_organisme", "bcp", "etpr"), plafond=plafond / 100)


@memorise
def build_contenu_resserrement(plafond: int, organisme: str | None) -> Contenu:
    """Posts released caisse by caisse, from none to the most there could be."""
    annee = list_annees(PRODUCTIVITE)[-1]
    noms = dict(load_productivite(annee).select("code_organisme", "nom_court").iter_rows())
    resserrement = _load_resserrement(plafond)
    mises = [ligne for ligne in resserrement.caisses.iter_rows(named=True) if ligne["effort"] > 0]
    moi = next(
        (ligne for ligne in resserrement.caisses.iter_rows(named=True) if ligne["code_organisme"] == organisme), None
    )
    phrase = textes.build_phrase_resserrement(resserrement, annee)
    if moi is not None:
        phrase += (
            f" {noms[moi['code_organisme']]}{INSECABLE}: {format_nombre(moi['postes'], 0)} postes "
            f"({format_nombre(100 * moi['effort'])}{INSECABLE}% de ses ETPR)."
            if moi["effort"] > 0
            else f" {noms[moi['code_organisme']]} est au-dessus de la moyenne{INSECABLE}: aucun effort."
        )
    return Contenu(
        titre=f"Resserrer les écarts de productivité{INSECABLE}: les postes dégagés, caisse par caisse",
        phrase=phrase,
        figure=build_cascade_figure(
            _list_etapes(mises, noms),
            ("Aucun effort", 0.0),
            ("Potentiel maximal", resserrement.postes),
            unite="postes dégagés (ETPR)",
            decimales=0,
        ),
        mention=_build_mention(
            "simulation\u00a0: effort = min(plafond, 1 − productivité / moyenne du réseau), appliqué aux ETPR des "
            "caisses sous la "
            f"moyenne ({format_nombre(resserrement.reference, 0)} BCP par ETPR)",
            "postes (ETPR)",
            Sens.NEUTRE,
            str(annee),
            f"{resserrement.caisses.height}{INSECABLE}CPAM et CCSS",
            textes.NOTE_MAXIMUM,
            "BCP et ETPR par caisse simulés\u00a0: le total est calé sur le résultat publié à 10\u00a0%, les caisses "
            "ne sont pas "
            "décrites.",
        ),
        tableau=Tableau(
            (
                Colonne("organisme", "Organisme", epinglee=True),
                Colonne("postes", "Postes dégagés", "nombre", 1),
                Colonne("effort", "Effort", "nombre", 1, "%"),
                Colonne("brut", "Effort sans plafond", "nombre", 1, "%"),
                Colonne("plafonnee", "Plafonnée"),
                Colonne("productivite", "Productivité", "nombre", 0, "BCP par ETPR"),
                Colonne("etpr", "ETPR", "nombre", 0),
                Colonne("bcp", "BCP", "nombre", 0),
            ),
            [
                {
                    "organisme": noms[ligne["code_organisme"]],
                    "postes": ligne["postes"],
                    "effort": 100 * ligne["effort"],
                    "brut": 100 * ligne["effort_brut"],
                    "plafonnee": "oui" if ligne["plafonnee"] else "non",
                    "productivite": ligne["productivite"],
                    "etpr": ligne["etpr"],
                    "bcp": ligne["bcp"],
                }
                for ligne in resserrement.caisses.iter_rows(named=True)
            ],
            cle_surlignee=noms.get(organisme) if organisme else None,
        ),
        fichier=f"parangon-resserrement-{plafond}",
    )


def _list_etapes(mises: list[dict[str, Any]], noms: dict[str, str]) -> list[Etape]:
    """The largest efforts one by one, the others together."""
    etapes: list[Etape] = []
    cumul = 0.0
    for ligne in mises[:_NOMMEES]:
        effort = format_nombre(100 * ligne["effort"], 0 if ligne["plafonnee"] else 1)
        detail = f"{effort}{INSECABLE}%, au plafond" if ligne["plafonnee"] else f"{effort}{INSECABLE}%"
        nom = noms[ligne["code_organisme"]]
        etapes.append(Etape(nom, detail, "gagne", ligne["postes"], cumul, cumul + ligne["postes"]))
        cumul += ligne["postes"]
    reste = mises[_NOMMEES:]
    if reste:
        postes = sum(ligne["postes"] for ligne in reste)
        etapes.append(Etape(f"{len(reste)} autres caisses", "", "gagne", postes, cumul, cumul + postes))
    return etapes


_PREFIXE = "resserrement : "


@memorise
def build_contenu_comparaison(plafond: int) -> Contenu:
    """What the Igas publishes beside the simulation at the cap chosen, line by line."""
    resserrement = _load_resserrement(plafond)
    annee = list_annees(PRODUCTIVITE)[-1]
    postes = dict(resserrement.caisses.select("code_organisme", "postes").iter_rows())
    codes = dict(list_organismes().select("nom", "code_organisme").iter_rows())
    simules: dict[str, float] = {
        "potentiel maximal": resserrement.postes,
        "caisses mises à contribution": resserrement.contributrices,
        "dont effort inférieur à 2 %": resserrement.faibles,
        "dont plafonnées à 10 %": resserrement.plafonnees,
        "plus de 30 ETP à rendre": resserrement.notables[0],
        "plus de 50 ETP à rendre": resserrement.notables[1],
    }
    lignes = []
    for constat in list_constats().filter(pl.col("fait").str.starts_with(_PREFIXE)).iter_rows(named=True):
        nom = constat["fait"].removeprefix(_PREFIXE)
        libelle = nom.replace("à 10 %", "au plafond") if "plafonnées" in nom else nom
        lignes.append(
            {
                "resultat": format_debut(libelle).replace(" %", f"{INSECABLE}%"),
                "publie": float(constat["valeur"]),
                "simule": simules[nom] if nom in simules else postes.get(codes.get(nom, "")),
                "unite": constat["unite"].replace("CPAM", "caisses"),
                "ligne": constat["ligne"],
            }
        )
    return Contenu(
        titre="Publié par l'Igas, et simulé ici",
        phrase=textes.build_phrase_comparaison(plafond),
        vide=None
        if lignes
        else "La publication servie ne contient pas le résultat de l'Igas. Reconstruisez-la (make etl).",
        mention=_build_mention(
            f"résultat publié au plafond de 10\u00a0%\u00a0; simulation au plafond de {plafond}\u00a0%",
            "postes ou caisses",
            Sens.NEUTRE,
            str(annee),
            f"{resserrement.caisses.height}{INSECABLE}CPAM et CCSS",
            "Publié\u00a0: rapport Igas 2022-027R, §\u00a0521\u00a0; le tableau par caisse est dans une annexe non "
            "fournie.",
        ),
        tableau=Tableau(
            (
                Colonne("resultat", "Résultat"),
                Colonne("publie", "Publié (10\u00a0%)", "nombre", 0),
                Colonne("simule", f"Simulé ({plafond}\u00a0%)", "nombre", 0),
                Colonne("unite", "Unité"),
                Colonne("ligne", "Ligne du rapport"),
            ),
            lignes,
        ),
        fichier=f"parangon-resserrement-publie-{plafond}",
    )
