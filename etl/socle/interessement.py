"""The note on the intéressement 2023: results and primes of the 165 organismes, indicators, weights, classes."""

from __future__ import annotations

import re

from data.catalogue import Catalogue, IndicateurInconnuError, OrganismeInconnuError
from data.modele import Forme, Indicateur, Maille, Organisme, Referentiel, Statut, TypeOrganisme
from data.schemas import CIBLE, DOMAINE, GRANDEUR, REPARTITION, TRANCHE, VALEUR
from etl.socle.socle import FRANCE, MESURE_RESULTAT, MESURE_TAUX, Socle, build_annee, build_valeur
from etl.socle.valeurs import ValeurIndecidableError, load_entier, load_nombre, load_valeur
from etl.sources.publie import Fichier, Ligne

ANNEE = 2023
RESEAU = "reseau"
# The note prints the two CCSS with the CPAM (seed 003, lines 394 and 2034).
TYPES_NOTE: dict[str, tuple[TypeOrganisme, ...]] = {
    t.value: (TypeOrganisme.CPAM, TypeOrganisme.CCSS) if t is TypeOrganisme.CPAM else (t,) for t in TypeOrganisme
}
MOYENNE, MINIMUM, MAXIMUM = "moyenne", "minimum", "maximum"
SEGMENT_LISTE = "liste"  # the mean printed under the list of organismes (section V), to two decimals


def find_organisme_note(catalogue: Catalogue, type_note: str, nom: str, code_note: str | None) -> Organisme:
    """Resolve an organisme as the note prints it: by printed number, else by printed name.

    Raises:
        OrganismeInconnuError: no body of that printed type answers to the name.
    """
    for texte in (nom, code_note):
        for type_organisme in TYPES_NOTE[type_note]:
            if texte:
                try:
                    return catalogue.find_organisme(texte, type_organisme)
                except OrganismeInconnuError:
                    continue
    raise OrganismeInconnuError(nom)


def _find_indicateur(socle: Socle, catalogue: Catalogue, ligne: Ligne, type_note: str) -> Indicateur | None:
    try:
        return catalogue.find_indicateur(
            ligne["indicateur"], Referentiel.INTERESSEMENT, TypeOrganisme(type_note) if type_note else None
        )
    except IndicateurInconnuError:
        socle.reject(
            ligne,
            "indicateur_inconnu",
            f"Le libellé n'est celui d'aucun indicateur de l'intéressement ({type_note or 'part nationale'}).",
            "Ajoutez ce libellé à « libelles » dans la définition de l'indicateur.",
            colonne="indicateur",
            valeur=ligne["indicateur"],
        )
        return None


def load_organismes(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """Section V of the note: taux and primes of each organisme."""
    colonnes = {
        "taux_reussite_local": "taux_reussite_local_pct",
        "taux_reussite_national": "taux_reussite_national_pct",
        "prime_locale": "prime_locale_eur",
        "prime_nationale": "prime_nationale_eur",
        "prime_totale": "prime_totale_eur",
    }
    for ligne in fichier.lignes:
        try:
            organisme = find_organisme_note(
                catalogue, ligne["type_organisme"], ligne["nom_note"], ligne.get("code_note")
            )
        except OrganismeInconnuError:
            socle.reject(
                ligne,
                "organisme_inconnu",
                f"Aucun organisme de type {ligne['type_organisme']} ne répond à ce nom.",
                "Ajoutez cette graphie aux alias de l'organisme dans data/definitions/organismes.",
                colonne="nom_note",
                valeur=ligne["nom_note"],
            )
            continue
        for code, colonne in colonnes.items():
            indicateur = catalogue.get_indicateur(code)
            socle.add(
                VALEUR,
                ligne,
                build_valeur(
                    indicateur=indicateur,
                    maille=Maille.ORGANISME,
                    code_entite=organisme.code,
                    periode=build_annee(ANNEE),
                    statistique=indicateur.statistique.value,
                    valeur=load_nombre(ligne[colonne]),
                    valeur_imprimee=ligne[colonne],
                ),
            )


def load_syntheses(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """Mean, minimum and maximum per type, 2023 and 2022; mean prime; global rate."""
    local = catalogue.get_indicateur("taux_reussite_local")
    plan = [
        (local.code, MOYENNE, 2023, "score_moyen_2023"),
        (local.code, MINIMUM, 2023, "min_2023"),
        (local.code, MAXIMUM, 2023, "max_2023"),
        (local.code, MOYENNE, 2022, "score_moyen_2022"),
        (local.code, MINIMUM, 2022, "min_2022"),
        (local.code, MAXIMUM, 2022, "max_2022"),
        ("prime_locale", MOYENNE, 2023, "prime_locale_moyenne_2023"),
        ("taux_reussite_global", MOYENNE, 2023, "taux_global_2023"),
    ]
    for ligne in fichier.lignes:
        type_note = ligne["type_organisme"]
        tous = type_note == "TOUS"
        for code, statistique, annee, colonne in plan:
            valeur = load_nombre(ligne[colonne])
            if valeur is None:  # a body alone in its type has no minimum nor maximum
                continue
            socle.add(
                VALEUR,
                ligne,
                build_valeur(
                    indicateur=catalogue.get_indicateur(code),
                    maille=Maille.RESEAU if tous else Maille.TYPE_ORGANISME,
                    code_entite=FRANCE if tous else type_note,
                    periode=build_annee(annee),
                    statistique=statistique,
                    valeur=valeur,
                    valeur_imprimee=ligne[colonne],
                ),
            )


def _load_seuil(texte: str | None) -> float | str | None:
    """A threshold as printed: a number, a number followed by words (« 93 au 15/02/2024 »), or an ISO date."""
    if texte is None:
        return None
    if suivi := re.fullmatch(r"(-?\d+(?:\.\d+)?) (?:au|par rapport) .+", texte):
        return float(suivi[1])
    if re.fullmatch(r"\d{4}-\d{2}-\d{2}", texte):
        return texte
    return load_nombre(texte)


def load_part_nationale(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """The national indicators: socle, objectif, weight, result and success rate."""
    for ligne in fichier.lignes:
        indicateur = _find_indicateur(socle, catalogue, ligne, "")
        if indicateur is None:
            continue
        resultat = load_valeur(ligne["resultat_2023"])
        neutralise = "neutralisé" in (ligne.get("note") or "").lower()
        statut = Statut.NEUTRALISE if neutralise else resultat.statut
        taux = load_nombre(ligne["taux_reussite_pct"])
        for mesure, statistique, valeur, date, imprimee in (
            (MESURE_RESULTAT, indicateur.statistique.value, resultat.valeur, resultat.date, ligne["resultat_2023"]),
            (MESURE_TAUX, "taux", taux, None, ligne["taux_reussite_pct"]),
        ):
            socle.add(
                VALEUR,
                ligne,
                build_valeur(
                    indicateur=indicateur,
                    mesure=mesure,
                    maille=Maille.RESEAU,
                    code_entite=FRANCE,
                    periode=build_annee(ANNEE),
                    statistique=statistique,
                    valeur=valeur,
                    valeur_date=date,
                    statut=statut,
                    valeur_imprimee=imprimee or None,
                ),
            )
        objectif, socle_2023 = _load_seuil(ligne.get("objectif_2023")), _load_seuil(ligne.get("socle_2023"))
        en_dates = isinstance(objectif, str)
        socle.add(
            CIBLE,
            ligne,
            {
                "referentiel": indicateur.referentiel.value,
                "code_indicateur": indicateur.code,
                "type_organisme": RESEAU,
                "annee": ANNEE,
                "forme": (Forme.DATE if en_dates else Forme.LINEAIRE).value,
                "objectif": None if en_dates else objectif,
                "socle": None if isinstance(socle_2023, str) else socle_2023,
                "date_objectif": load_valeur(str(objectif)).date if en_dates else None,
                "date_socle": load_valeur(socle_2023).date if isinstance(socle_2023, str) else None,
                "poids": load_nombre(ligne["poids_pct"]),
                "texte": f"socle {ligne['socle_2023']}, objectif {ligne['objectif_2023']}",
            },
        )


def _add_repartition(
    socle: Socle, catalogue: Catalogue, ligne: Ligne, indicateur: Indicateur, ordre: int, *, taux: bool
) -> None:
    type_note = ligne["type_organisme"]
    valeurs = {
        "type_organisme": type_note,
        "code_indicateur": indicateur.code,
        "annee": ANNEE,
        "domaine": ligne["domaine"],
        "libelle": ligne["indicateur"],
        "ordre": ordre,
        "nb_100": load_entier(ligne["nb_100"]),
        "nb_inferieur_100": load_entier(ligne["nb_inferieur_100"]),
        "nb_nul": load_entier(ligne["nb_nul"]),
        "nb_neutralise": load_entier(ligne["nb_neutralise"]),
        "poids": load_nombre(ligne["poids_pct"]),
        "taux_moyen": load_nombre(ligne["taux_moyen_2023_pct"]) if taux else None,
        "taux_moyen_precedent": load_nombre(ligne["taux_moyen_2022_pct"]) if taux else None,
    }
    socle.add(REPARTITION, ligne, valeurs)
    if valeurs["poids"] is not None:
        socle.add(
            CIBLE,
            ligne,
            {
                "referentiel": indicateur.referentiel.value,
                "code_indicateur": indicateur.code,
                "type_organisme": type_note,
                "annee": ANNEE,
                "forme": Forme.AUCUNE.value,
                "poids": valeurs["poids"],
                "texte": "socle et objectif non publiés par la note",
            },
        )
    if not taux:
        return
    for annee, colonne in ((2023, "taux_moyen_2023_pct"), (2022, "taux_moyen_2022_pct")):
        valeur = load_nombre(ligne[colonne])
        if valeur is None:
            continue
        socle.add(
            VALEUR,
            ligne,
            build_valeur(
                indicateur=indicateur,
                mesure=MESURE_TAUX,
                maille=Maille.TYPE_ORGANISME,
                code_entite=type_note,
                periode=build_annee(annee),
                statistique=MOYENNE,
                valeur=valeur,
                valeur_imprimee=ligne[colonne],
            ),
        )


def load_part_locale(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """Local indicators per type: weight, mean rates, and how many organismes reach 100 %."""
    for ordre, ligne in enumerate(fichier.lignes):
        if ligne["indicateur"].startswith("(axe"):
            socle.reject(
                ligne,
                "total_de_domaine",
                "Ligne de total d'un domaine : la note ne détaille pas les taux de ce type par indicateur.",
                "Rien à faire : le total est lu dans interessement_2023_domaines.csv.",
                colonne="indicateur",
                valeur=ligne["indicateur"],
            )
            continue
        indicateur = _find_indicateur(socle, catalogue, ligne, ligne["type_organisme"])
        if indicateur is not None:
            _add_repartition(socle, catalogue, ligne, indicateur, ordre, taux=True)


def load_repartition_composantes(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """CTI and CEIR: the counts per indicator (their rates are not printed)."""
    for ordre, ligne in enumerate(fichier.lignes):
        indicateur = _find_indicateur(socle, catalogue, ligne, ligne["type_organisme"])
        if indicateur is not None:
            _add_repartition(socle, catalogue, ligne, indicateur, ordre, taux=False)


def load_cnam(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """The Cnam's own indicators: success rate and weight (socle and objectif are texts, kept as printed)."""
    for ligne in fichier.lignes:
        indicateur = _find_indicateur(socle, catalogue, ligne, TypeOrganisme.CNAM.value)
        if indicateur is None:
            continue
        socle.add(
            VALEUR,
            ligne,
            build_valeur(
                indicateur=indicateur,
                mesure=MESURE_TAUX,
                maille=Maille.ORGANISME,
                code_entite="cnam",
                periode=build_annee(ANNEE),
                statistique="taux",
                valeur=load_nombre(ligne["taux_reussite_pct"]),
                valeur_imprimee=ligne["resultat"] or None,
                statut=Statut.PUBLIE if ligne["taux_reussite_pct"] else Statut.SANS_OBJET,
            ),
        )
        socle.add(
            CIBLE,
            ligne,
            {
                "referentiel": indicateur.referentiel.value,
                "code_indicateur": indicateur.code,
                "type_organisme": TypeOrganisme.CNAM.value,
                "annee": ANNEE,
                "forme": (Forme.COMPOSITE if indicateur.composantes else Forme.TEXTE).value,
                "poids": load_nombre(ligne["poids_pct"]),
                "texte": f"socle : {ligne['socle'] or 'non imprimé'} ; objectif : {ligne['objectif'] or 'non imprimé'}",
            },
        )


def load_domaines(socle: Socle, fichier: Fichier) -> None:
    """Printed rate and weight of each domaine, per type and for the part nationale, 2023 and 2022."""
    for ordre, ligne in enumerate(fichier.lignes):
        for annee, suffixe in ((2023, "2023"), (2022, "2022")):
            taux = load_nombre(ligne.get(f"taux_moyen_{suffixe}_pct"))
            contribution = load_nombre(ligne.get(f"contribution_{suffixe}_pct"))
            if taux is None and contribution is None:
                continue
            socle.add(
                DOMAINE,
                ligne,
                {
                    "type_organisme": ligne.get("type_organisme") or RESEAU,
                    "domaine": ligne["domaine"],
                    "annee": annee,
                    "ordre": ordre,
                    "poids": load_nombre(ligne.get("poids_pct")) if annee == ANNEE else None,
                    "taux_moyen": taux,
                    "contribution": contribution,
                    "bonification": ligne["avec_bonification"] == "oui",
                },
            )


def load_domaines_cnam(socle: Socle, fichier: Fichier) -> None:
    """The Cnam's own domaines: weight and printed contribution."""
    for ordre, ligne in enumerate(fichier.lignes):
        socle.add(
            DOMAINE,
            ligne,
            {
                "type_organisme": TypeOrganisme.CNAM.value,
                "domaine": ligne["domaine"],
                "annee": ANNEE,
                "ordre": ordre,
                "poids": load_nombre(ligne["poids_pct"]),
                "contribution": load_nombre(ligne["contribution_pct"]),
                "bonification": False,
            },
        )


def load_tranches(socle: Socle, fichier: Fichier) -> None:
    """Number of organismes per class of local score and type, as printed."""
    types = [c for c in fichier.colonnes if c not in {"tranche", "document", "ligne", "note"}]
    for ordre, ligne in enumerate(fichier.lignes):
        for type_note in types:
            nombre = load_entier(ligne[type_note])
            if nombre is None:
                raise ValeurIndecidableError(f"{ligne.fichier} : effectif absent ({type_note}, {ligne['tranche']})")
            socle.add(
                TRANCHE,
                ligne,
                {
                    "type_organisme": type_note,
                    "annee": ANNEE,
                    "tranche": ligne["tranche"],
                    "ordre": ordre,
                    "nombre": nombre,
                },
            )


def load_masse(socle: Socle, fichier: Fichier) -> None:
    """Masse salariale, masse d'intéressement, amounts per ETP, 2023 and 2022."""
    for ligne in fichier.lignes:
        for annee in (2023, 2022):
            valeur = load_nombre(ligne.get(f"v{annee}"))
            if valeur is None:
                continue
            socle.add(
                GRANDEUR,
                ligne,
                {
                    "code": ligne["grandeur"],
                    "annee": annee,
                    "segment": "ensemble",
                    "unite": ligne["unite"],
                    "valeur": valeur,
                },
            )


def load_etp(socle: Socle, fichier: Fichier) -> None:
    """Eligible full-time equivalents per type."""
    for ligne in fichier.lignes:
        socle.add(
            GRANDEUR,
            ligne,
            {
                "code": "etp_eligibles_par_type",
                "annee": ANNEE,
                "segment": ligne["type_organisme"],
                "unite": "ETP",
                "valeur": load_nombre(ligne["etp"]),
            },
        )


def load_moyennes(socle: Socle, catalogue: Catalogue, fichier: Fichier) -> None:
    """The means printed under the lists of section V (two decimals), kept apart from those of the syntheses."""
    colonnes = {"taux_reussite_local": "taux_reussite_local_pct", "prime_locale": "prime_locale_eur"}
    for ligne in fichier.lignes:
        for code, colonne in colonnes.items():
            valeur = load_nombre(ligne.get(colonne))
            if valeur is None:
                continue
            socle.add(
                VALEUR,
                ligne,
                build_valeur(
                    indicateur=catalogue.get_indicateur(code),
                    maille=Maille.TYPE_ORGANISME,
                    code_entite=ligne["type_organisme"],
                    periode=build_annee(ANNEE),
                    segment=SEGMENT_LISTE,
                    statistique=MOYENNE,
                    valeur=valeur,
                    valeur_imprimee=ligne[colonne],
                ),
            )
