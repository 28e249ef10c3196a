"""Join the loads to the base and publish: what ``run`` and ``load`` end with."""

from __future__ import annotations

import datetime as dt
import time
from hashlib import sha256
from pathlib import Path

from data.chemins import get_ij, get_publications, get_reseau
from data.schemas import DELAI_IJ_ORIGINE, PUBLICATION, build_frame
from data.version import VERSION
from etl.chargement import journal
from etl.chargement.analyse import Etape
from etl.chargement.fusion import merge_chargements
from etl.commandes.evenements import list_envois
from etl.etapes import Base, prune_etapes
from etl.mart.delais_reels import merge_evenements
from etl.mart.depot import prune_tables
from etl.mart.services import drop_semaines
from etl.publish import Manifeste, get_courante, publish, read_manifeste
from etl.rapport import build_rapport


def list_actifs(var: Path) -> list[str]:
    """Ids of the loads that are published, in order; when nothing is published, those of the journal."""
    courante = get_courante(var)
    manifeste = read_manifeste(courante) if courante is not None else None
    if manifeste is not None:
        return manifeste.chargements
    return [c.id for c in journal.list_chargements(var) if c.etat == journal.ACCEPTE] if courante is None else []


def publish_base(
    var: Path, base: Base, identifiants: list[str], debut: float, *, forcer: bool = False, etape: Etape = lambda _: None
) -> dict[str, object]:
    """Join the loads to the base and publish, unless the current publication is already that."""
    empreinte = sha256("\n".join([base.empreinte, *identifiants]).encode()).hexdigest()
    courante = get_courante(var)
    actuel = read_manifeste(courante) if courante is not None else None
    if actuel is not None and actuel.empreinte == empreinte and not forcer:
        return actuel.rapport | {"inchangee": True, "secondes": round(time.monotonic() - debut, 1)}
    etape("publication")
    chargements = [journal.read_chargement(var, i) for i in identifiants]
    ij = merge_evenements(get_ij(var), base.tables, base.empreinte, list_envois(var, identifiants))
    tables = merge_chargements(
        base.tables,
        chargements,
        journal.read_faits(var, identifiants),
        journal.read_rejets(var, identifiants),
        dict(ij[DELAI_IJ_ORIGINE.nom].group_by("chargement").len().iter_rows()),
    )
    tables |= ij
    tables["mart_valeur"] = drop_semaines(tables)
    version, maintenant = _name_version(var, empreinte)
    valeurs = tables["mart_valeur"]
    natures = dict(valeurs.group_by("nature").len().iter_rows())
    tables["mart_publication"] = build_frame(
        PUBLICATION,
        [
            {
                "version": version,
                "publie_le": maintenant,
                "version_application": VERSION,
                "empreinte_entrees": empreinte,
                "empreinte_geo": base.empreinte_geo,
                "organismes": tables["mart_organisme"].height,
                "valeurs_publiees": natures.get("publiee", 0),
                "valeurs_simulees": natures.get("simulee", 0),
                "periode_min": valeurs["periode_debut"].min(),
                "periode_max": valeurs["periode_fin"].max(),
            }
        ],
    )
    dossier = get_publications(var) / version
    rapport = build_rapport(version, str(dossier), tables, time.monotonic() - debut)
    rapport["inchangee"] = False
    publish(var, version, tables, base.brut, Manifeste(version, empreinte, identifiants, rapport))
    prune_etapes(var)
    for depot in (get_ij(var), get_reseau(var)):
        prune_tables(depot)
    return rapport


def _name_version(var: Path, empreinte: str) -> tuple[str, dt.datetime]:
    """A name no publication bears yet: publishing again within a second waits for the next one."""
    while True:
        maintenant = dt.datetime.now(dt.UTC)
        version = f"{maintenant:%Y%m%d-%H%M%S}-{empreinte[:8]}"
        if not (get_publications(var) / version).exists():
            return version, maintenant
        time.sleep(0.1)
