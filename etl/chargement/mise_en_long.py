"""From the sheets of a file to one row per printed cell, whatever the layout: the mapping of the source says how."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from data.catalogue import Catalogue, IndicateurInconnuError
from data.source import ColonneLarge, SourceFichier
from etl.chargement.anomalies import Anomalies
from etl.chargement.cellules import format_repli
from etl.chargement.lecture.feuille import MOTIF, RANG, Feuille, format_entete
from etl.chargement.periodes import is_periode

# Columns of the long frame: all text but rang, as printed.
TEXTES = (
    "organisme",
    "type_organisme",
    "indicateur",
    "periode",
    "periode_debut",
    "periode_fin",
    "segment",
    "unite_imprimee",
    "note",
    "valeur_imprimee",
    "numerateur_imprime",
    "denominateur_imprime",
)
COLONNES = ("feuille", "rang", "colonne", *TEXTES)
# Columns only the files of territories have: they are carried when the source declares them.
TERRITORIALES = ("nom", "departement", "region", "identifiant", "latitude", "longitude")
LARGEUR_DBF = 10  # letters of a header that the table of a Shapefile keeps
_ROLES_SIMPLES = {
    "organisme": "organisme",
    "type_organisme": "type_organisme",
    "indicateur": "indicateur",
    "periode": "periode",
    "periode_debut": "periode_debut",
    "periode_fin": "periode_fin",
    "segment": "segment",
    "unite": "unite_imprimee",
    "note": "note",
    "valeur": "valeur_imprimee",
    "numerateur": "numerateur_imprime",
    "denominateur": "denominateur_imprime",
}
LARGES = frozenset({"periodes", "indicateurs"})  # layouts whose headers hold a period or an indicateur
_PREFIXE = "colonne du fichier : "  # a header may be called like one of our own columns
_ROLES_DE_MESURE = {
    "resultat": "valeur",
    "valeur": "valeur",
    "taux": "valeur",
    "numerateur": "numerateur",
    "num": "numerateur",
    "denominateur": "denominateur",
    "den": "denominateur",
}


@dataclass(frozen=True)
class MiseEnLong:
    """The long frame, and the rows of data seen (feuille, rang)."""

    frame: pl.DataFrame
    lignes_lues: int


def build_long(
    feuilles: tuple[Feuille, ...], source: SourceFichier, catalogue: Catalogue, anomalies: Anomalies
) -> MiseEnLong:
    """Put every sheet in long form; what cannot be (missing column, badly cut row) goes to ``anomalies``."""
    longues: list[pl.DataFrame] = []
    for feuille in feuilles:
        _report_lecture(feuille, anomalies)
        frame = _check_colonnes(feuille, source, anomalies)
        if frame is not None:
            longues.append(_build_feuille(feuille, frame, source, catalogue, anomalies))
    textes = dict.fromkeys([*TEXTES, *_list_territoriales(source)], pl.String)
    schema = {"feuille": pl.String, "rang": pl.Int64, "colonne": pl.String} | textes
    frame = pl.concat([pl.DataFrame(schema=schema), *longues]) if longues else pl.DataFrame(schema=schema)
    return MiseEnLong(frame, sum(f.lignes_lues for f in feuilles))


def _list_territoriales(source: SourceFichier) -> list[str]:
    return [role for role in TERRITORIALES if role in source.colonnes]


def _report_lecture(feuille: Feuille, anomalies: Anomalies) -> None:
    """What the reader saw: rows of another width, hidden rows, unnamed columns, uncomputed formulas."""
    for rang, motif, texte in feuille.invalides:
        anomalies.add("nombre_de_cellules", motif, feuille=feuille.nom, rang=rang, valeur=texte)
    for rang in feuille.lignes_masquees:
        anomalies.add("lignes_masquees", "ligne masquée, chargée comme les autres", feuille=feuille.nom, rang=rang)
    for colonne in feuille.colonnes_masquees:
        anomalies.add("colonnes_masquees", "colonne masquée", feuille=feuille.nom, colonne=colonne)
    for colonne in feuille.sans_nom:
        anomalies.add("colonne_sans_nom", "colonne remplie mais sans en-tête", feuille=feuille.nom, colonne=colonne)
    for rang, colonne in feuille.formules:
        anomalies.add(
            "formule_sans_valeur",
            "formule dont le résultat n'est pas enregistré",
            feuille=feuille.nom,
            rang=rang,
            colonne=colonne,
        )
    for regle, motif in feuille.avertissements:
        anomalies.add(regle, motif, feuille=feuille.nom)


def match_entete(declaree: str, colonnes: list[str]) -> str | None:
    """The header a mapping names: exactly, else ignoring case and spaces, else as the table of a Shapefile cuts it."""
    if declaree in colonnes:
        return declaree
    cle = format_entete(declaree).casefold()
    entier = next((c for c in colonnes if c.casefold() == cle), None)
    return entier or next((c for c in colonnes if len(c) == LARGEUR_DBF and c.casefold() == cle[:LARGEUR_DBF]), None)


def _check_colonnes(feuille: Feuille, source: SourceFichier, anomalies: Anomalies) -> pl.DataFrame | None:
    """The sheet with the declared headers found, or None when one is missing."""
    complete = True
    renommages: dict[str, str] = {}
    for role, declaree in source.colonnes.items():
        trouvee = match_entete(declaree, feuille.colonnes)
        if trouvee is None:
            complete = False
            anomalies.add(
                "colonne_absente",
                f"la colonne « {declaree} » ({role}) manque ; présentes : {', '.join(feuille.colonnes[:12])}",
                feuille=feuille.nom,
                rang=feuille.rang_entete,
                colonne=declaree,
            )
        elif trouvee != declaree:
            renommages[trouvee] = declaree
    return feuille.frame.rename(renommages) if complete else None


def _build_feuille(
    feuille: Feuille, frame: pl.DataFrame, source: SourceFichier, catalogue: Catalogue, anomalies: Anomalies
) -> pl.DataFrame:
    roles: dict[str, pl.Expr] = {role: pl.col(colonne) for role, colonne in source.colonnes.items()}
    roles |= {role: pl.lit(texte) for role, texte in source.constantes.items()}
    annee, mois = roles.pop("annee", None), roles.pop("mois", None)
    if annee is not None:
        texte = annee.str.strip_chars().str.strip_suffix(",0")
        roles["periode"] = texte if mois is None else texte + "-" + mois.str.strip_chars().str.zfill(2)
    prises = {*source.colonnes.values(), *source.ignorees, MOTIF}
    autres = [c for c in frame.columns if c != RANG and c not in prises and c not in feuille.sans_nom]
    fixes = [roles.get(role, pl.lit(None, pl.String)).alias(nom) for role, nom in _ROLES_SIMPLES.items()]
    territoriales = _list_territoriales(source)
    fixes += [roles[role].alias(role) for role in territoriales]
    colonnes = [*COLONNES, *territoriales]
    base = frame.select(
        pl.lit(feuille.nom, pl.String).alias("feuille"),
        pl.col(RANG).alias("rang"),
        *fixes,
        *(pl.col(c).alias(_PREFIXE + c) for c in autres),
    )
    if source.disposition not in LARGES:
        porteuse = next(
            (source.colonnes[r] for r in ("valeur", "numerateur", "identifiant", "organisme") if r in source.colonnes),
            None,
        )
        longue = base.with_columns(
            pl.lit(porteuse).alias("colonne"),
            pl.col("unite_imprimee").fill_null(pl.lit(feuille.unites.get(porteuse or ""), pl.String)),
        ).select(colonnes)
        report_inconnues(feuille, autres, anomalies)
        return longue
    larges, inconnues = describe_larges(autres, source, catalogue)
    report_inconnues(feuille, inconnues, anomalies)
    morceaux: dict[tuple[str | None, str | None, str | None], dict[str, str]] = {}
    for colonne, description in larges.items():
        cle = (description.indicateur, description.periode, description.segment)
        morceaux.setdefault(cle, {})[description.role] = colonne
    longues = []
    for (indicateur, periode, segment), par_role in morceaux.items():
        colonne = par_role.get("valeur") or next(iter(par_role.values()))
        remplacees: list[pl.Expr] = [pl.lit(colonne).alias("colonne")]
        remplacees += [
            pl.lit(texte).alias(nom)
            for nom, texte in (("indicateur", indicateur), ("periode", periode), ("segment", segment))
            if texte is not None
        ]
        for role, cible in (
            ("valeur", "valeur_imprimee"),
            ("numerateur", "numerateur_imprime"),
            ("denominateur", "denominateur_imprime"),
        ):
            if role in par_role:
                remplacees.append(pl.col(_PREFIXE + par_role[role]).alias(cible))
        if colonne in feuille.unites:
            remplacees.append(pl.lit(feuille.unites[colonne]).alias("unite_imprimee"))
        longues.append(base.with_columns(remplacees).select(colonnes))
    return pl.concat(longues) if longues else base.clear().with_columns(colonne=pl.lit("")).select(colonnes)


def report_inconnues(feuille: Feuille, colonnes: list[str], anomalies: Anomalies) -> None:
    """Columns the mapping does not speak of are said, not dropped in silence."""
    for colonne in colonnes:
        motif = "colonne que la source ne décrit pas : non lue"
        anomalies.add("colonne_inconnue", motif, feuille=feuille.nom, colonne=colonne)


def describe_larges(
    colonnes: list[str], source: SourceFichier, catalogue: Catalogue
) -> tuple[dict[str, ColonneLarge], list[str]]:
    """What each column of a wide file holds, and the columns nothing says."""
    larges: dict[str, ColonneLarge] = {}
    inconnues: list[str] = []
    for colonne in colonnes:
        declaree = next(
            (d for nom, d in source.colonnes_larges.items() if match_entete(nom, [colonne]) is not None), None
        )
        description = declaree or describe_entete(colonne, source, catalogue)
        if description is None:
            inconnues.append(colonne)
        else:
            larges[colonne] = description
    return larges, inconnues


def describe_entete(entete: str, source: SourceFichier, catalogue: Catalogue) -> ColonneLarge | None:
    """Read a header of a wide file: its parts (« 2022 / Numérateur ») name a period, an indicateur or a role."""
    indicateur = periode = None
    role = "valeur"
    for partie in (p.strip() for p in entete.split(" / ")):
        if (connu := _ROLES_DE_MESURE.get(format_repli(partie))) is not None:
            role = connu
        elif source.disposition == "periodes" and is_periode(partie):
            periode = partie
        elif is_indicateur(partie, source, catalogue):
            indicateur = partie
        elif is_periode(partie):
            periode = partie
        else:
            return None
    attendu = periode if source.disposition == "periodes" else indicateur
    if attendu is None:
        return None
    return ColonneLarge(indicateur=indicateur, periode=periode, role=role)  # type: ignore[arg-type]


def is_indicateur(texte: str, source: SourceFichier, catalogue: Catalogue) -> bool:
    """Whether a text names an indicateur of the source."""
    try:
        get_code_indicateur(texte, source, catalogue)
    except IndicateurInconnuError:
        return False
    return True


def get_code_indicateur(texte: str, source: SourceFichier, catalogue: Catalogue) -> str:
    """Code of an indicateur given by the source's own label, a code, or a printed label of the referentiel.

    Raises:
        IndicateurInconnuError: none answers.
    """
    net = format_entete(texte)
    if net in source.indicateurs:
        return source.indicateurs[net]
    if net in catalogue.indicateur_par_code:
        return net
    return catalogue.find_indicateur(net, source.referentiel, source.type_organisme).code
