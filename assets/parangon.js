/* Small clientside pieces: address bar, navigation mark, offline image export. */
(function () {
  "use strict";
  const parangon = (window.parangon = window.parangon || {});

  /** Mirror a page's state in the address bar without navigation. */
  parangon.ecrire_requete = function (requete) {
    const cible = window.location.pathname + (requete || "");
    if (cible !== window.location.pathname + window.location.search) {
      window.history.replaceState(window.history.state, "", cible);
    }
    return window.dash_clientside.no_update;
  };

  /** Mark the link of the current page for readers of the screen and of the page alike. */
  parangon.marquer_navigation = function (chemin) {
    document.querySelectorAll(".px-nav-lien").forEach((lien) => {
      const cible = lien.getAttribute("href");
      const actif = cible === "/" ? chemin === "/" : chemin === cible || chemin.startsWith(cible + "/");
      if (actif) {
        lien.setAttribute("aria-current", "page");
        lien.scrollIntoView({ block: "nearest", inline: "nearest" });
      } else {
        lien.removeAttribute("aria-current");
      }
    });
    return window.dash_clientside.no_update;
  };

  const SVG = "http://www.w3.org/2000/svg";
  /** The slide, in pixels; a small figure is drawn larger, up to this factor, so that it reads from afar. */
  const IMAGE = { largeur: 1280, hauteur: 720, marge: 40, agrandissement: 1.3 };
  const TITRE = { taille: 26, interligne: 33, gras: true };
  const PHRASE = { taille: 17, interligne: 24 };
  const PIED = { taille: 13, interligne: 18 };
  const MARQUE = { taille: 14, interligne: 30, gras: true, cadre: 12 };

  /** Text measured and written in the font of the theme. */
  function ouvrir_encre(police) {
    const toile = document.createElement("canvas").getContext("2d");
    const mesurer = (texte, style) => {
      toile.font = (style.gras ? "700 " : "400 ") + style.taille + "px " + police;
      return toile.measureText(texte).width;
    };
    /** Lines no wider than `largeur`; a non-breaking space never ends a line. */
    const couper = (texte, style, largeur) => {
      const lignes = [];
      for (const mot of texte.split(" ")) {
        const suite = lignes.length ? lignes[lignes.length - 1] + " " + mot : mot;
        if (lignes.length && mesurer(suite, style) <= largeur) lignes[lignes.length - 1] = suite;
        else lignes.push(mot);
      }
      return lignes;
    };
    /** The same number of lines, evenly filled: no lonely word at the end. */
    const equilibrer = (texte, style, largeur) => {
      const nombre = couper(texte, style, largeur).length;
      let etroite = largeur;
      while (etroite > 0 && couper(texte, style, etroite - 10).length === nombre) etroite -= 10;
      return couper(texte, style, etroite);
    };
    return { mesurer: mesurer, couper: couper, equilibrer: equilibrer };
  }

  function creer(parent, nom, attributs, texte) {
    const element = parent.ownerDocument.createElementNS(SVG, nom);
    for (const [cle, valeur] of Object.entries(attributs)) element.setAttribute(cle, valeur);
    if (texte) element.textContent = texte;
    return parent.appendChild(element);
  }

  /** Write lines from `haut` down; `role` says which part of the slide they are. Returns the y below them. */
  function ecrire(parent, role, lignes, style, couleur, haut) {
    const groupe = creer(parent, "g", {
      class: "parangon-" + role, fill: couleur, "font-size": style.taille, "font-weight": style.gras ? 700 : 400,
    });
    lignes.forEach((ligne, rang) => {
      const y = haut + rang * style.interligne + (style.interligne + 0.7 * style.taille) / 2;
      creer(groupe, "text", { x: IMAGE.marge, y: y }, ligne);
    });
    return haut + lignes.length * style.interligne;
  }

  /** The title on one line, somewhat smaller if need be; else on two. */
  function composer_titre(texte, encre, largeur) {
    let essai;
    for (const [lignes, plancher] of [[1, 22], [2, PHRASE.taille]]) {
      for (let taille = TITRE.taille; taille >= plancher; taille -= 1) {
        const style = Object.assign({}, TITRE, { taille: taille });
        essai = { style: style, lignes: encre.equilibrer(texte, style, largeur) };
        if (essai.lignes.length <= lignes) return essai;
      }
    }
    return essai;
  }

  /** The mark « Données simulées » (or « en partie ») in its box, at the top right. Returns the width it takes. */
  function ecrire_marque(image, encre, lire, simulee) {
    const texte = simulee === "partie" ? "DONNÉES EN PARTIE SIMULÉES" : "DONNÉES SIMULÉES";
    const cote = encre.mesurer(texte, MARQUE) + 2 * MARQUE.cadre;
    const gauche = IMAGE.largeur - IMAGE.marge - cote;
    const groupe = creer(image, "g", { class: "parangon-simulee" });
    creer(groupe, "rect", {
      x: gauche, y: IMAGE.marge, width: cote, height: MARQUE.interligne, rx: 4,
      fill: lire("simulee-pale"), stroke: lire("simulee"), "stroke-width": 1.5,
    });
    creer(groupe, "text", {
      x: gauche + cote / 2, y: IMAGE.marge + (MARQUE.interligne + 0.7 * MARQUE.taille) / 2, "text-anchor": "middle",
      fill: lire("simulee"), "font-size": MARQUE.taille, "font-weight": 700,
    }, texte);
    return cote;
  }

  /** The bare figure from `y` down, at least `libre` pixels high. Returns its height. */
  async function tracer(image, figure, y, large, libre) {
    const propre = figure.layout.height;
    const echelle = Math.min(Math.max(libre / propre, 1), IMAGE.agrandissement);
    const haut = Math.max(propre, libre / echelle);
    const nu = await window.Plotly.toImage(structuredClone(figure), {
      format: "svg", imageDataOnly: true, width: large / echelle, height: haut,
    });
    const trace = new DOMParser().parseFromString(nu, "image/svg+xml").documentElement;
    creer(image, "g", {
      class: "parangon-figure", transform: `translate(${IMAGE.marge} ${y}) scale(${echelle})`,
    }).append(...trace.childNodes);
    return haut * echelle;
  }

  /**
   * The figure as a slide, a standalone SVG document: title and sentence above, reading, source and date below,
   * the mark « Données simulées » in a box. The texts are laid out here, by measure, around the bare figure.
   */
  parangon.habiller_figure = async function (figure, contexte) {
    const theme = getComputedStyle(document.documentElement);
    const lire = (nom) => theme.getPropertyValue("--px-" + nom).trim();
    const encre = ouvrir_encre(lire("police"));
    const large = IMAGE.largeur - 2 * IMAGE.marge;
    const image = document.implementation.createDocument(SVG, "svg").documentElement;
    creer(image, "title", { id: "parangon-titre" }, contexte.titre);
    creer(image, "desc", { id: "parangon-description" }, [contexte.phrase, ...contexte.mentions].join(" "));
    const fond = creer(image, "rect", { width: IMAGE.largeur, fill: lire("carte") });

    const titre_large = large - (contexte.simulee ? ecrire_marque(image, encre, lire, contexte.simulee) + 24 : 0);
    const titre = composer_titre(contexte.titre, encre, titre_large);
    let y = ecrire(image, "titre", titre.lignes, titre.style, lire("marque-fonce"), IMAGE.marge) + 8;
    creer(image, "rect", { x: IMAGE.marge, y: y, width: large, height: 2, fill: lire("marque") });
    const phrase = encre.equilibrer(contexte.phrase, PHRASE, large);
    y = ecrire(image, "phrase", phrase, PHRASE, lire("texte"), y + 14) + 16;

    const pied = contexte.mentions.flatMap((mention) => encre.couper(mention, PIED, large));
    const sous = 28 + pied.length * PIED.interligne + IMAGE.marge;
    const libre = IMAGE.hauteur - y - sous;
    y += (await tracer(image, figure, y, large, libre)) + 16;

    creer(image, "rect", { x: IMAGE.marge, y: y, width: large, height: 1, fill: lire("trait-fort") });
    const hauteur = Math.round(ecrire(image, "pied", pied, PIED, lire("texte-doux"), y + 12) + IMAGE.marge);
    fond.setAttribute("height", hauteur);
    for (const [cle, valeur] of Object.entries({
      width: IMAGE.largeur, height: hauteur, viewBox: `0 0 ${IMAGE.largeur} ${hauteur}`, "font-family": lire("police"),
      role: "img", "aria-labelledby": "parangon-titre", "aria-describedby": "parangon-description",
    })) image.setAttribute(cle, valeur);
    return new XMLSerializer().serializeToString(image);
  };

  parangon.telecharger = function (url, nom) {
    const lien = document.createElement("a");
    lien.href = url;
    lien.download = nom;
    document.body.appendChild(lien);
    lien.click();
    lien.remove();
  };

  /** PNG or SVG of a bloc's figure, drawn in the browser: no request leaves the host. */
  parangon.exporter_figure = async function (_png, _svg, figure, contexte) {
    const declencheur = window.dash_clientside.callback_context.triggered_id;
    if (!declencheur || !figure) return window.dash_clientside.no_update;
    const format = declencheur.role === "bloc-svg" ? "svg" : "png";
    const svg = await parangon.habiller_figure(figure, contexte);
    if (format === "png") {
      await parangon.enregistrer_png({ svg: svg, fichier: contexte.fichier });
    } else {
      const url = URL.createObjectURL(new Blob([svg], { type: "image/svg+xml" }));
      parangon.telecharger(url, contexte.fichier + ".svg");
      URL.revokeObjectURL(url);
    }
    return { format: format, fichier: contexte.fichier };
  };
})();
