/* The editor of the simulator: one row per indicateur, drawn once, then only its values change.

   parangon.ouvrir_simulateur(modele)    draw the rows (see build_modele in components/interessement/simulateur.py)
   parangon.repondre_simulateur(reponse) the answer of the server: the accepted state, the rate and points of each row
   What is typed goes to the server as it is; a refused entry comes back to its previous value. At most one request is
   under way: a slider that moves on waits for the answer, then sends only its last position. */
(function () {
  "use strict";
  const parangon = (window.parangon = window.parangon || {});
  const DELAI = 5000; // ms; beyond, an answer that never came no longer holds the next move back
  const MOTS = { v: "Résultat", t: "Taux", s: "Socle", o: "Objectif", p: "Poids" };
  let sim = null;

  const copier = (objet) => JSON.parse(JSON.stringify(objet));
  const francais = (texte) => (texte === null || texte === undefined ? "" : String(texte).replace(".", ","));

  function creer(balise, attributs, parent, texte) {
    const element = document.createElement(balise);
    for (const [nom, valeur] of Object.entries(attributs || {})) {
      if (valeur !== null && valeur !== false) element.setAttribute(nom, valeur === true ? "" : valeur);
    }
    if (texte !== undefined) element.textContent = texte;
    if (parent) parent.appendChild(element);
    return element;
  }

  const scenario = () => sim.etat.scenarios[sim.etat.actif - 1];
  const saisi = (code, champ) => (scenario()[code] || {})[champ];

  /** What a field is worth at the start, as the server writes it. */
  function depart(ligne, champ) {
    if (champ === "n") return ligne.neutralise ? "1" : "0";
    const valeur = { v: ligne.valeur, t: ligne.valeur, s: ligne.socle, o: ligne.objectif, p: ligne.poids }[champ];
    return valeur === null || valeur === undefined ? "" : String(valeur);
  }

  const actuel = (ligne, champ) => saisi(ligne.code, champ) ?? depart(ligne, champ);

  function envoyer() {
    if (sim.en_vol && Date.now() - sim.parti < DELAI) {
      sim.attente = true;
      return;
    }
    sim.attente = false;
    sim.en_vol = true;
    sim.parti = Date.now();
    sim.numero += 1;
    window.dash_clientside.set_props("interessement-essai", {
      data: Object.assign({ numero: sim.numero, organisme: sim.modele.organisme, accepte: sim.accepte }, copier(sim.etat)),
    });
  }

  function changer(ligne, champ, texte) {
    const champs = (scenario()[ligne.code] = scenario()[ligne.code] || {});
    const propre = texte.trim();
    if (propre === "" || propre.replace(",", ".") === depart(ligne, champ)) delete champs[champ];
    else champs[champ] = propre;
    if (!Object.keys(champs).length) delete scenario()[ligne.code];
    peindre_ligne(ligne.code);
    envoyer();
  }

  function ecrire(entree, texte) {
    if (entree === document.activeElement && entree.value !== entree.dataset.peint) return; // being typed
    entree.value = entree.dataset.peint = texte;
  }

  function placer(repere, curseur, texte) {
    const valeur = parseFloat(String(texte).replace(",", "."));
    const part = (valeur - curseur.min) / (curseur.max - curseur.min);
    repere.hidden = !(part >= 0 && part <= 1);
    if (!repere.hidden) repere.style.left = `calc(8px + (100% - 16px) * ${part})`;
  }

  function peindre_ligne(code) {
    const { ligne, rang, entrees, curseur, reperes, neutre, retour } = sim.lignes.get(code);
    const hors = neutre && actuel(ligne, "n") === "1";
    for (const [champ, entree] of Object.entries(entrees)) {
      ecrire(entree, francais(actuel(ligne, champ)));
      entree.classList.toggle("px-change", saisi(code, champ) !== undefined);
      entree.disabled = Boolean(hors) && champ !== "p";
    }
    if (curseur) {
      const texte = actuel(ligne, ligne.champ);
      const nombre = parseFloat(String(texte).replace(",", "."));
      curseur.value = Number.isFinite(nombre) ? nombre : curseur.min;
      curseur.disabled = Boolean(hors);
      curseur.setAttribute("aria-valuetext", texte === "" ? "sans valeur" : `${francais(texte)} ${ligne.unite}`);
      for (const [champ, repere] of Object.entries(reperes)) placer(repere, curseur, actuel(ligne, champ));
    }
    if (neutre) neutre.checked = Boolean(hors);
    const change = Boolean(scenario()[code]);
    rang.classList.toggle("px-sim-changee", change);
    retour.hidden = !change;
  }

  function peindre(lignes) {
    for (const [code, { cellules }] of sim.lignes) {
      peindre_ligne(code);
      const mots = lignes && lignes[code];
      if (!mots) continue;
      cellules.taux.textContent = mots.taux;
      cellules.points.textContent = mots.points;
      cellules.ecart.textContent = mots.ecart;
      cellules.ecart.className = "px-bande-ecart px-bande-" + { 1: "plus", 0: "egal", "-1": "moins" }[mots.sens];
    }
    ecrire(sim.etp, francais(sim.etat.etp));
    const vide = sim.etat.scenarios.findIndex((s, rang) => rang !== sim.etat.actif - 1 && !Object.keys(s).length);
    const touche = Object.keys(scenario()).length > 0;
    sim.defaire.disabled = !touche;
    sim.defaire.textContent = `Scénario ${sim.etat.actif} : revenir au départ`;
    sim.copie.disabled = !touche || vide < 0;
    sim.copie.dataset.vers = vide + 1;
    sim.copie.textContent = vide < 0 ? "Copier (aucun scénario libre)" : `Copier dans le scénario ${vide + 1}`;
  }

  /** A threshold that is shown and not changed: a date, or the number behind a rate printed alone. */
  function seuil_montre(ligne, champ) {
    return ligne.dates[champ] || francais(depart(ligne, champ)) || "non publié";
  }

  function dessiner_champ(ligne, champ, cellule, unite) {
    const nom = `${MOTS[champ]}, ${ligne.titre}` + (unite ? ` (${unite})` : "");
    const entree = creer("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", class: "px-sim-champ", "aria-label": nom, maxlength: 40,
      id: `sim-${champ}-${ligne.code}`,
    }, cellule);
    entree.addEventListener("change", () => {
      entree.dataset.peint = entree.value; // done typing: the answer may write here again
      changer(ligne, champ, entree.value);
    });
    return entree;
  }

  function dessiner_resultat(ligne, cellule, entrees) {
    const cadre = creer("div", { class: "px-sim-mesure" }, cellule);
    const rail = creer("div", { class: "px-sim-rail" }, cadre);
    const reperes = {};
    if (ligne.champ === "v") {
      for (const champ of ["s", "o"]) {
        reperes[champ] = creer("i", { class: "px-sim-repere px-sim-repere-" + champ, title: MOTS[champ] }, rail);
      }
    }
    const curseur = creer("input", {
      type: "range", min: ligne.min, max: ligne.max, step: ligne.pas, class: "px-sim-curseur",
      "aria-label": `${MOTS[ligne.champ]}, ${ligne.titre}`,
    }, rail);
    curseur.addEventListener("input", () => changer(ligne, ligne.champ, String(Math.round(curseur.value * 100) / 100)));
    const saisie = creer("span", { class: "px-sim-saisie" }, cadre);
    entrees[ligne.champ] = dessiner_champ(ligne, ligne.champ, saisie, ligne.unite);
    creer("span", { class: "px-sim-unite" }, saisie, ligne.unite);
    return { curseur: curseur, reperes: reperes };
  }

  function dessiner_ligne(ligne, corps) {
    const rang = creer("tr", { class: "px-sim-ligne" + (ligne.champ ? "" : " px-sim-composite") }, corps);
    const titre = creer("th", { scope: "row" }, rang);
    creer("span", { title: ligne.titre_long || null }, titre, ligne.titre);
    if (ligne.composite) creer("div", { class: "px-detail" }, titre, `part de « ${ligne.composite} »`);
    const cellule = (nom, classe) => creer("td", { "data-titre": nom, class: classe || null }, rang);
    const entrees = {};
    let dessin = { curseur: null, reperes: {} };
    let neutre = null;
    const resultat = cellule("Résultat", "px-sim-resultat");
    if (ligne.champ) dessin = dessiner_resultat(ligne, resultat, entrees);
    for (const [champ, nom] of [["s", "Socle"], ["o", "Objectif"]]) {
      const case_ = cellule(nom, "px-num");
      if (ligne.champ === "v") entrees[champ] = dessiner_champ(ligne, champ, case_, ligne.unite);
      else if (ligne.champ) creer("span", { class: "px-detail" }, case_, seuil_montre(ligne, champ));
    }
    const poids = cellule("Poids", "px-num");
    if (ligne.poids !== null) entrees.p = dessiner_champ(ligne, "p", poids, "points");
    const hors = cellule("Neutralisé", "px-sim-neutre");
    if (ligne.champ) {
      neutre = creer("input", { type: "checkbox", "aria-label": `Neutraliser, ${ligne.titre}` }, hors);
      neutre.addEventListener("change", () => changer(ligne, "n", neutre.checked ? "1" : "0"));
    }
    const cellules = { taux: creer("span", {}, cellule("Taux", "px-num")) };
    const points = cellule("Points", "px-num");
    cellules.points = creer("span", {}, points);
    cellules.ecart = creer("div", {}, points);
    const retour = creer("button", {
      type: "button", class: "px-lien", "aria-label": `Revenir au départ, ${ligne.titre}`, title: "Revenir au départ",
    }, cellule("", "px-sim-retour"), "↺");
    retour.addEventListener("click", () => {
      delete scenario()[ligne.code];
      peindre_ligne(ligne.code);
      (entrees[ligne.champ] || entrees.p).focus();
      envoyer();
    });
    sim.lignes.set(ligne.code, Object.assign(dessin, { ligne, rang, entrees, neutre, cellules, retour }));
  }

  function dessiner_outils(cadre) {
    const outils = creer("div", { class: "px-sim-outils" }, cadre);
    const etiquette = creer("label", { class: "px-sim-etp" }, outils, "ETP de l'organisme ");
    sim.etp = creer("input", {
      type: "text", inputmode: "decimal", autocomplete: "off", class: "px-sim-champ", maxlength: 20, id: "sim-etp",
      placeholder: sim.modele.etp === null ? "inconnus" : francais(sim.modele.etp),
    }, etiquette);
    sim.etp.addEventListener("change", () => {
      sim.etp.dataset.peint = sim.etp.value;
      sim.etat.etp = sim.etp.value.trim();
      envoyer();
    });
    sim.defaire = creer("button", { type: "button", class: "px-sim-bouton" }, outils);
    sim.defaire.addEventListener("click", () => {
      sim.etat.scenarios[sim.etat.actif - 1] = {};
      peindre();
      envoyer();
    });
    sim.copie = creer("button", { type: "button", class: "px-sim-bouton" }, outils);
    sim.copie.addEventListener("click", () => {
      const vers = Number(sim.copie.dataset.vers);
      sim.etat.scenarios[vers - 1] = copier(scenario());
      sim.etat.actif = vers;
      peindre();
      envoyer();
    });
  }

  /** The figures of the scenario stay in sight under the header, whose height depends on how its links wrap. */
  function mesurer_entete() {
    const entete = document.querySelector(".px-entete-fond");
    if (entete) document.documentElement.style.setProperty("--px-entete", `${entete.offsetHeight}px`);
  }
  window.addEventListener("resize", mesurer_entete);

  parangon.ouvrir_simulateur = function (modele) {
    const cadre = document.getElementById("interessement-editeur");
    if (!modele || !cadre) return window.dash_clientside.no_update;
    mesurer_entete();
    sim = {
      modele: modele, accepte: modele.reponse.accepte, etat: copier(modele.reponse.accepte), lignes: new Map(),
      en_vol: false, attente: false, numero: 0, parti: 0,
    };
    cadre.replaceChildren();
    dessiner_outils(cadre);
    const table = creer("table", { class: "px-table px-sim" }, creer("div", { class: "px-table-cadre" }, cadre));
    creer("caption", {}, table, "Curseur ou valeur tapée. Traits sur le curseur : socle (tirets) et objectif (plein).");
    const tete = creer("tr", {}, creer("thead", {}, table));
    for (const [nom, classe] of [
      ["Indicateur", ""], ["Résultat", ""], ["Socle", "px-num"], ["Objectif", "px-num"], ["Poids", "px-num"],
      ["Neutralisé", ""], ["Taux", "px-num"], ["Points", "px-num"],
    ]) creer("th", { scope: "col", class: classe || null }, tete, nom);
    creer("td", {}, tete);
    for (const domaine of modele.domaines) {
      const corps = creer("tbody", {}, table);
      creer("th", { colspan: 9, scope: "rowgroup" }, creer("tr", { class: "px-lignes-domaine" }, corps),
        `${domaine.nom} · ${domaine.poids} points`);
      for (const ligne of domaine.lignes) dessiner_ligne(ligne, corps);
    }
    peindre(modele.reponse.lignes);
    return modele.organisme;
  };

  parangon.repondre_simulateur = function (reponse) {
    if (!reponse || !sim) return window.dash_clientside.no_update;
    sim.en_vol = false;
    sim.accepte = reponse.accepte;
    if (sim.attente) {
      envoyer();
    } else {
      sim.etat = copier(reponse.accepte);
      peindre(reponse.lignes);
    }
    return String(reponse.numero);
  };

  // The headings of the scenarios are drawn by the server, again at each answer.
  document.addEventListener("click", (clic) => {
    const bouton = clic.target instanceof Element && clic.target.closest("[data-scenario]");
    if (!bouton || !sim) return;
    sim.etat.actif = Number(bouton.dataset.scenario);
    peindre();
    envoyer();
  });
})();
