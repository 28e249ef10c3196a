"""The report of the control of one file: verdict, figures, findings by rule, every finding with its place."""

from __future__ import annotations

from typing import Any

from dash import html

from components.chiffres import Chiffre, list_cartes
from components.contenu import Colonne, Tableau
from components.donnees.chargements import format_source_chargement
from components.figures.formats import (
    INSECABLE,
    format_debut,
    format_liste,
    format_nombre,
    format_pluriel,
)
from components.tableau import render_grille, render_table
from components.textes.donnees import (
    VERDICTS,
    format_etendue,
    format_gravite,
    format_octets,
    format_regle,
)

_GRILLE_A_PARTIR_DE = 12
_ORDRE = ("erreur", "rejet", "avertissement")


def can_publish(rapport: dict[str, Any]) -> bool:
    """Whether the file may be published as it is."""
    return rapport["verdict"] in {"publiable", "publiable_avec_alertes"}


def can_accept(rapport: dict[str, Any]) -> bool:
    """Whether the guessed mapping is complete, so that the file may be published with it."""
    source = rapport.get("source")
    return (
        rapport["verdict"] == "sans_source"
        and source is not None
        and source["origine"] == "proposition"
        and source["code"] is not None
        and not source["a_completer"]
    )


def render_rapport(rapport: dict[str, Any], annote: str | None, original: str | None = None) -> html.Div:
    """The report of a file.

    Args:
        rapport: as ``check`` gives it (``docs/chargement.md``).
        annote: address of the file with its column of reasons, when there is one.
        original: address of the file as received, when it is kept.
    """
    return html.Div(
        [
            _render_verdict(rapport),
            _render_chiffres(rapport),
            _render_identite(rapport),
            _render_source(rapport),
            _render_regles(rapport),
            _render_telechargements(annote, original),
            _render_details(rapport),
            _render_corrections(rapport),
        ],
        className="px-rapport",
    )


def _render_verdict(rapport: dict[str, Any]) -> html.Div:
    symbole, mots, teinte = VERDICTS[rapport["verdict"]]
    lignes: list[Any] = [
        html.P(
            [
                html.Span(symbole, className="px-verdict-symbole", **{"aria-hidden": "true"}),
                html.Strong(f"{rapport['fichier']}{INSECABLE}: {mots[0].lower()}{mots[1:]}"),
            ]
        )
    ]
    if rapport.get("motif"):
        motif = str(rapport["motif"])
        lignes.append(html.P(format_debut(motif)))
    if rapport.get("deja_charge"):
        lignes.append(html.P("Ce fichier est déjà publié à l'identique\u00a0: le publier de nouveau ne changera rien."))
    return html.Div(lignes, className=f"px-verdict-fichier px-verdict-fichier-{teinte}")


def _render_chiffres(rapport: dict[str, Any]) -> html.Div | None:
    if "faits" not in rapport:
        return None
    if comparaison := rapport.get("referentiel"):
        return _render_comparaison(comparaison)
    lues, rejetees = rapport["lignes_lues"], rapport["lignes_rejetees"]
    anomalies = rapport["anomalies"]
    periodes = rapport["periodes"]
    cartes = [
        Chiffre(
            "Lignes gardées",
            f"{format_nombre(rapport['lignes_gardees'], 0)} sur {format_nombre(lues, 0)}",
            format_pluriel(rejetees, "rejetée"),
        ),
        _build_chiffre_ij(rapport) if "ij" in rapport else _build_chiffre_valeurs(rapport),
        Chiffre("Période", format_etendue(periodes["premiere"], periodes["derniere"]), _format_statuts(rapport)),
        Chiffre(
            "Constatations",
            format_nombre(sum(anomalies.values()), 0),
            ", ".join(format_pluriel(anomalies[g], g) for g in _ORDRE if anomalies[g]) or "rien à revoir",
        ),
    ]
    return html.Div(list_cartes(cartes), className="px-chiffres", role="group", **{"aria-label": "Résumé du contrôle"})


def _render_comparaison(comparaison: dict[str, Any]) -> html.Div:
    """How a list of organismes agrees with ours."""
    absents = len(comparaison["absents"])
    cartes = [
        Chiffre("Organismes comparés", format_nombre(comparaison["lignes"], 0), "code, type, département, région"),
        Chiffre("D'accord", format_nombre(comparaison["accords"], 0), ""),
        Chiffre("Différents", format_nombre(comparaison["differences"], 0), ""),
        Chiffre("Inconnus", format_nombre(comparaison["inconnus"], 0), f"absents de la liste\u00a0: {absents}"),
    ]
    return html.Div(list_cartes(cartes), className="px-chiffres", role="group", **{"aria-label": "Comparaison"})


def _build_chiffre_valeurs(rapport: dict[str, Any]) -> Chiffre:
    return Chiffre(
        "Valeurs",
        format_nombre(rapport["faits"], 0),
        f"{format_pluriel(rapport['organismes'], 'organisme ou territoire', 'organismes ou territoires')}, "
        f"{format_pluriel(len(rapport['indicateurs']), 'indicateur')}",
    )


def _build_chiffre_ij(rapport: dict[str, Any]) -> Chiffre:
    """What a file of events replaces: whole months of caisses."""
    return Chiffre(
        "Mois réels",
        format_nombre(rapport["ij"]["caisse_mois"], 0),
        f"mois de {format_pluriel(rapport['organismes'], 'caisse')}, qui remplacent toute leur simulation",
    )


def _format_statuts(rapport: dict[str, Any]) -> str:
    """« 3 publiées, 1 non disponible »: a value without figure keeps its statut."""
    if "ij" in rapport:
        return format_pluriel(rapport["ij"]["mois"], "mois différent", "mois différents")
    return ", ".join(
        f"{format_nombre(nombre, 0)}{INSECABLE}{'avec un chiffre' if statut == 'publie' else statut.replace('_', ' ')}"
        for statut, nombre in rapport["statuts"].items()
    )


def _render_identite(rapport: dict[str, Any]) -> html.P | None:
    if "sha256" not in rapport:
        return None
    morceaux = [str(rapport["format"]).upper(), format_octets(rapport["octets"])]
    if rapport["encodage"]:
        morceaux.append(f"{rapport['encodage'].upper()}, séparateur «{INSECABLE}{rapport['separateur']}{INSECABLE}»")
    feuilles = [f["nom"] for f in rapport["feuilles"] if f["nom"]]
    if feuilles:
        morceaux.append(f"{'feuille' if len(feuilles) == 1 else 'feuilles'} {format_liste(feuilles)}")
    if rapport["feuilles_ignorees"]:
        morceaux.append(f"non lues{INSECABLE}: {format_liste(rapport['feuilles_ignorees'])}")
    morceaux.append(f"SHA-256 {rapport['sha256']}")
    return html.P(" · ".join(morceaux), className="px-mention px-coupe")


def _render_source(rapport: dict[str, Any]) -> html.Div | None:
    source = rapport.get("source")
    if source is None:
        return None
    if source["origine"] != "proposition":
        titre = format_source_chargement(source["code"])
        return html.Div(html.P([f"Reconnu comme «{INSECABLE}{titre}{INSECABLE}»."]))
    confiance = format_nombre(100 * source["confiance"], 0)
    elements: list[Any] = [
        html.P(f"Correspondance proposée, reconnue à {confiance}{INSECABLE}%{INSECABLE}:"),
        html.Ul([html.Li(raison) for raison in source["raisons"]], className="px-liste"),
    ]
    if source["a_completer"]:
        elements += [
            html.P(f"À compléter avant de pouvoir publier{INSECABLE}:"),
            html.Ul([html.Li(manque) for manque in source["a_completer"]], className="px-liste"),
        ]
    if source["yaml"]:
        elements.append(
            html.Details(
                [
                    html.Summary("Voir la correspondance à garder dans les définitions"),
                    html.Pre(source["yaml"], tabIndex=0),
                ],
                className="px-jumeau",
            )
        )
    return html.Div(elements, className="px-proposition")


def _render_regles(rapport: dict[str, Any]) -> html.Div | None:
    regles = sorted(rapport.get("par_regle", []), key=lambda r: (_ORDRE.index(r["gravite"]), -r["nombre"]))
    if not regles:
        return None
    tableau = Tableau(
        (
            Colonne("gravite", "Gravité"),
            Colonne("regle", "Règle"),
            Colonne("nombre", "Nombre", "nombre", 0),
            Colonne("exemple", "Exemple"),
            Colonne("remede", "Que faire"),
        ),
        [
            {
                "gravite": format_gravite(r["gravite"]),
                "regle": format_regle(r["regle"]),
                "nombre": r["nombre"],
                "exemple": r["exemple"],
                "remede": r["remede"],
            }
            for r in regles
        ],
        "Une erreur bloque le fichier\u00a0; un rejet écarte la ligne ou la cellule\u00a0; "
        "un avertissement publie en le disant.",
    )
    return _render_cadre("Constatations par règle", render_table(tableau, cartes=True))


def _render_details(rapport: dict[str, Any]) -> html.Div | None:
    details = rapport.get("details", [])
    if not details:
        return None
    total = rapport["details_total"]
    legende = ""
    if total != len(details):
        legende = f"Les {format_nombre(len(details), 0)} premières sur {format_nombre(total, 0)}{INSECABLE}: "
        legende += _format_suite(rapport)
    tableau = Tableau(
        (
            Colonne("gravite", "Gravité"),
            Colonne("feuille", "Feuille"),
            Colonne("rang", "Ligne", "nombre", 0),
            Colonne("colonne", "Colonne"),
            Colonne("valeur", "Valeur lue"),
            Colonne("regle", "Règle"),
            Colonne("motif", "Raison"),
            Colonne("remede", "Que faire"),
        ),
        [
            {
                "gravite": format_gravite(d["gravite"]),
                "feuille": d["feuille"] or "",
                "rang": d["rang"] or "fichier entier",
                "colonne": d["colonne"] or "",
                "valeur": d["valeur"] or "",
                "regle": format_regle(d["regle"]),
                "motif": d["motif"],
                "remede": d["remede"],
            }
            for d in details
        ],
        legende,
    )
    longue = len(details) > _GRILLE_A_PARTIR_DE
    if not any(ligne["feuille"] for ligne in tableau.lignes):
        tableau = Tableau(tuple(c for c in tableau.colonnes if c.champ != "feuille"), tableau.lignes, legende)
    corps = render_grille("donnees-details", tableau) if longue else render_table(tableau, cartes=True)
    return _render_cadre("Ligne par ligne", corps)


def _format_suite(rapport: dict[str, Any]) -> str:
    """Where the findings that are not shown are: a file of events may have more of them than are listed."""
    if "ij" not in rapport or rapport["ij"]["fautives_listees"] == rapport["lignes_rejetees"]:
        return "toutes sont dans le fichier annoté."
    listees = format_nombre(rapport["ij"]["fautives_listees"], 0)
    return f"les {listees} premières lignes refusées sont dans le fichier annoté, toutes sont comptées par règle."


def _render_telechargements(annote: str | None, original: str | None) -> html.P | None:
    liens = []
    if annote is not None:
        liens.append(
            html.A("Télécharger le fichier avec la raison de chaque rejet", href=annote, className="px-bouton")
        )
    if original is not None:
        liens.append(html.A("Télécharger le fichier tel que reçu", href=original, className="px-bouton"))
    return html.P(liens, className="px-suites") if liens else None


def _render_corrections(rapport: dict[str, Any]) -> html.Div | None:
    corrections = rapport.get("corrections", [])
    if not corrections:
        return None
    tableau = Tableau(
        (
            Colonne("code", "Correction"),
            Colonne("avant", "Imprimé"),
            Colonne("apres", "Retenu"),
            Colonne("raison", "Raison"),
            Colonne("auteur", "Décidé par"),
        ),
        [c | {"apres": c["apres"] or "ignoré"} for c in corrections],
    )
    return _render_cadre("Corrections appliquées", render_table(tableau, cartes=True))


def _render_cadre(titre: str, corps: Any) -> html.Div:
    return html.Div(
        [
            html.H3(titre),
            html.Div(
                corps,
                className="px-table-cadre",
                tabIndex=0,
                role="group",
                **{"aria-label": f"Tableau{INSECABLE}: {titre}"},
            ),
        ]
    )
