/* The map: MapLibre loaded on first use, geometry fetched once, values painted through feature-state.

   parangon.carte(montage) gives the map of a div, with four methods:
     fond(definition)      once: library, bounds, insets, patterns
     couches(definitions)  {niveau: {source: <MapLibre source>, couche_source: <layer of vector tiles, if any>}}
     valeurs(message)      paint: see build_message in components/carte.py; resolves once painted
     selection({niveau, id} | null)
   Features are known by their integer id, the rank in `message.rangs`: a source of vector tiles serves as well.
   While a painting is under way the div has no `data-carte-prete`; then it holds the `jeton` of what is painted. */
(function () {
  "use strict";
  const parangon = (window.parangon = window.parangon || {});
  const cartes = new Map();
  const TEXTES = {
    "Map.Title": "Carte : flèches pour se déplacer, + et − pour zoomer",
    "CooperativeGesturesHandler.WindowsHelpText": "Ctrl + molette pour zoomer sur la carte",
    "CooperativeGesturesHandler.MacHelpText": "⌘ + molette pour zoomer sur la carte",
    "CooperativeGesturesHandler.MobileHelpText": "Deux doigts pour déplacer la carte",
  };
  let bibliotheque = null;

  const couleur = (nom) => getComputedStyle(document.documentElement).getPropertyValue("--px-" + nom).trim();

  function creer(balise, classe, parent, proprietes) {
    const element = Object.assign(document.createElement(balise), { className: classe }, proprietes);
    parent.appendChild(element);
    return element;
  }

  function charger_bibliotheque(script, style) {
    bibliotheque = bibliotheque || new Promise((reussir, echouer) => {
      // The index page may have asked for them already.
      if (!document.querySelector('link[href="' + style + '"]')) creer("link", "", document.head, { rel: "stylesheet", href: style });
      if (window.maplibregl) return reussir(window.maplibregl);
      const balise = document.querySelector('script[src="' + script + '"]') || creer("script", "", document.head, { src: script });
      balise.addEventListener("load", () => reussir(window.maplibregl));
      balise.addEventListener("error", echouer);
    });
    return bibliotheque;
  }

  function charger_image(url) {
    return new Promise((reussir, echouer) => {
      const image = new Image();
      image.onload = () => reussir(image);
      image.onerror = echouer;
      image.src = url;
    });
  }

  function webgl_disponible() {
    const toile = document.createElement("canvas");
    return Boolean(toile.getContext("webgl2") || toile.getContext("webgl"));
  }

  function construire(montage) {
    const toile = creer("div", "px-carte-toile", montage);
    const bulle = creer("div", "px-carte-bulle", montage, { hidden: true });
    const bruit = creer("p", "px-carte-attente", montage, { textContent: "Chargement de la carte…" });
    const etat = { definition: null, couches: {}, pret: null, map: null, tour: 0, message: null, choisi: null, survol: null, libre: false };
    const carte = { au_clic: () => {} };

    function renoncer(raison) {
      bruit.textContent = raison + " Le tableau ci-dessous donne les mêmes valeurs, et la liste des territoires ouvre leur fiche.";
      bruit.hidden = false;
      montage.classList.add("px-carte-absente");
      montage.dataset.carteAbsente = "";
      const details = montage.closest(".px-bloc") && montage.closest(".px-bloc").querySelector("details");
      if (details && !details.open) details.querySelector("summary").click(); // the table comes when it is asked for
    }

    async function ouvrir() {
      const d = etat.definition;
      if (!webgl_disponible()) throw new Error("webgl");
      // The layer to come is fetched while the library loads: the worker then finds it in the cache.
      if (etat.message) fetch(etat.couches[etat.message.niveau].source.data).catch(() => {});
      const [maplibregl, cadres] = await Promise.all([
        charger_bibliotheque(d.script, d.style), fetch(d.cadres).then((reponse) => reponse.json()),
      ]);
      const [ouest, sud, est, nord] = d.emprise;
      const map = (etat.map = new maplibregl.Map({
        container: toile, style: { version: 8, sources: {}, layers: [] }, bounds: [[ouest, sud], [est, nord]],
        fitBoundsOptions: { padding: 6 }, fadeDuration: 0, renderWorldCopies: false, attributionControl: false,
        cooperativeGestures: true, dragRotate: false, pitchWithRotate: false, touchPitch: false, maxPitch: 0,
        maxZoom: 11, clickTolerance: 6, locale: TEXTES,
      }));
      map.touchZoomRotate.disableRotation();
      map.keyboard.disableRotation();
      map.on("movestart", (e) => { if (e.originalEvent) etat.libre = true; });
      map.on("resize", () => { if (!etat.libre) cadrer(false); });
      map.getCanvas().addEventListener("mouseleave", () => survoler(null));
      await new Promise((suite) => map.once("style.load", suite));
      poser_cadres(cadres);
      poser_boutons();
      await Promise.all(Object.entries(d.motifs).map(async ([nom, url]) => {
        map.addImage(nom, await charger_image(url), { pixelRatio: 2 });
      }));
      cadrer(false);
      bruit.hidden = true;
    }

    function cadrer(anime) {
      if (!toile.clientWidth) return; // the page has been left
      const [ouest, sud, est, nord] = etat.definition.emprise;
      const vue = etat.map.cameraForBounds([[ouest, sud], [est, nord]], { padding: 6 });
      etat.map.setMinZoom(vue.zoom - 0.5);
      if (anime) etat.map.easeTo(vue);
      else etat.map.jumpTo(vue);
    }

    function poser_boutons() {
      const groupe = creer("div", "px-carte-boutons", montage);
      const bouton = (texte, nom, action) => {
        const b = creer("button", "", groupe, { type: "button", textContent: texte, title: nom, onclick: action });
        b.setAttribute("aria-label", nom);
      };
      bouton("+", "Zoomer", () => { etat.libre = true; etat.map.zoomIn(); });
      bouton("−", "Dézoomer", () => { etat.libre = true; etat.map.zoomOut(); });
      bouton("⤢", "Revenir à la vue d'ensemble", () => { etat.libre = false; cadrer(true); });
    }

    /** Frames of the insets as a layer, their names as HTML: no glyph is ever asked for. */
    function poser_cadres(cadres) {
      const map = etat.map;
      map.addSource("cadres", { type: "geojson", data: cadres });
      map.addLayer({ id: "cadres", type: "line", source: "cadres", paint: { "line-color": couleur("trait-fort"), "line-width": 0.8 } });
      const noms = cadres.features.map((cadre) => {
        const p = cadre.properties;
        const points = cadre.geometry.coordinates[0];
        const x = points.map((point) => point[0]);
        return {
          element: creer("span", "px-carte-nom", montage, { ariaHidden: "true" }), ancre: p.ancre, loupe: p.loupe, long: p.libelle,
          court: etat.definition.abreges[p.code] || p.libelle, ouest: Math.min(...x), est: Math.max(...x),
        };
      });
      etat.placer = function () {
        const loupes = !etat.message || etat.message.niveau !== etat.definition.contexte;
        for (const nom of noms) {
          const point = map.project(nom.ancre);
          const place = map.project([nom.est, nom.ancre[1]]).x - map.project([nom.ouest, nom.ancre[1]]).x;
          nom.element.textContent = place < 7 * nom.long.length ? nom.court : nom.long;
          nom.element.hidden = nom.loupe && !loupes;
          nom.element.style.transform = "translate(-50%,-50%) translate(" + point.x + "px," + point.y + "px)";
        }
        map.setFilter("cadres", loupes ? null : ["!", ["boolean", ["get", "loupe"], false]]);
      };
      map.on("move", etat.placer);
      etat.placer();
    }

    const source = (niveau) => {
      const definition = etat.couches[niveau];
      return definition.couche_source ? { source: niveau, sourceLayer: definition.couche_source } : { source: niveau };
    };

    function poser_source(niveau) {
      if (!etat.map.getSource(niveau)) etat.map.addSource(niveau, etat.couches[niveau].source);
    }

    /** A layer of a level, once; `avant` is the layer it goes under. */
    function poser(niveau, role, type, paint, avant) {
      const id = niveau + "-" + role;
      if (etat.map.getLayer(id)) return;
      const s = source(niveau);
      const couche = { id: id, type: type, source: s.source, paint: paint };
      if (s.sourceLayer) couche["source-layer"] = s.sourceLayer;
      etat.map.addLayer(couche, avant);
    }

    /** What a level needs to be painted: colours, patterns in use, borders. The rest waits (see finir). */
    function poser_couche(message) {
      const { map } = etat;
      const niveau = message.niveau;
      poser_source(niveau);
      const neuve = !map.getLayer(niveau + "-fond");
      poser(niveau, "fond", "fill", {
        "fill-color": ["to-color", ["feature-state", "couleur"], couleur("carte")], "fill-antialias": false,
        "fill-opacity": ["case", ["boolean", ["feature-state", "survol"], false], 0.7, 1],
      }, "cadres");
      poser(niveau, "trait", "line", {
        "line-color": couleur("trait-fort"), "line-width": ["interpolate", ["linear"], ["zoom"], 4, 0.5, 8, 1.2],
      }, "cadres");
      for (const style of message.styles.filter((s) => s.motif)) {
        poser(niveau, style.motif, "fill", {
          "fill-pattern": style.motif, "fill-opacity": ["case", ["==", ["feature-state", "motif"], style.motif], 1, 0],
        }, niveau + "-trait");
      }
      if (neuve) {
        map.on("mousemove", niveau + "-fond", (e) => survoler(e.features[0], e.point));
        map.on("mouseleave", niveau + "-fond", () => survoler(null));
        map.on("click", niveau + "-fond", (e) => {
          survoler(e.features[0], e.point);
          carte.au_clic(e.features[0].properties.code);
        });
      }
      for (const couche of map.getStyle().layers) {
        if (couche.source in etat.couches) {
          map.setLayoutProperty(couche.id, "visibility", couche.source === niveau ? "visible" : "none");
        }
      }
    }

    /** After the painting: the chosen territory, then the borders of the régions over finer levels. */
    function finir() {
      const { map, message } = etat;
      const { contexte } = etat.definition;
      if (!map || !message) return;
      if (etat.choisi && etat.choisi.niveau === message.niveau) {
        const opacite = ["case", ["boolean", ["feature-state", "choisi"], false], 1, 0];
        poser(message.niveau, "halo", "line", { "line-color": couleur("carte"), "line-width": 6, "line-opacity": opacite }, "cadres");
        poser(message.niveau, "choisi", "line", { "line-color": couleur("texte"), "line-width": 3, "line-opacity": opacite }, "cadres");
        map.setFeatureState(Object.assign({ id: etat.choisi.id }, source(message.niveau)), { choisi: true });
      }
      if (message.niveau !== contexte) {
        const dessus = map.getLayer(message.niveau + "-halo") ? message.niveau + "-halo" : "cadres";
        poser_source(contexte);
        poser(contexte, "contexte", "line", { "line-color": couleur("texte-doux"), "line-width": 1.1 }, dessus);
        map.setLayoutProperty(contexte + "-contexte", "visibility", "visible");
        map.moveLayer(contexte + "-contexte", dessus);
      }
    }

    /** Resolves at the first frame drawn with all the tiles of a level. */
    function attendre_peinture(niveau) {
      return new Promise((suite) => {
        const voir = () => {
          if (!etat.map.isSourceLoaded(niveau)) return;
          etat.map.off("render", voir);
          suite();
        };
        etat.map.on("render", voir);
        etat.map.triggerRepaint();
      });
    }

    function peindre(message) {
      const cible = source(message.niveau);
      message.rangs.forEach((rang, id) => {
        const style = message.styles[rang];
        etat.map.setFeatureState(Object.assign({ id: id }, cible), { couleur: style.couleur || null, motif: style.motif || null });
      });
    }

    function format_valeur(id) {
      const m = etat.message;
      const valeur = m.valeurs[id];
      if (valeur === null) return m.styles[m.rangs[id]].libelle;
      const texte = new Intl.NumberFormat("fr-FR", { minimumFractionDigits: m.decimales, maximumFractionDigits: m.decimales }).format(valeur);
      return m.unite ? texte + "\u00a0" + m.unite : texte;
    }

    function survoler(entite, point) {
      const { map, message } = etat;
      if (etat.survol) map.setFeatureState(etat.survol, { survol: false });
      etat.survol = null;
      bulle.hidden = true;
      map.getCanvas().style.cursor = entite ? "pointer" : "";
      if (!entite || !message) return;
      etat.survol = Object.assign({ id: entite.id }, source(message.niveau));
      map.setFeatureState(etat.survol, { survol: true });
      bulle.replaceChildren();
      creer("strong", "", bulle, { textContent: entite.properties.nom });
      creer("span", "px-carte-bulle-valeur", bulle, { textContent: format_valeur(entite.id) });
      if (message.notes[entite.id]) creer("span", "", bulle, { textContent: message.notes[entite.id] });
      if (entite.properties.approche) creer("span", "", bulle, { textContent: "contour approché" });
      bulle.hidden = false;
      const gauche = Math.min(Math.max(point.x, bulle.offsetWidth / 2 + 4), montage.clientWidth - bulle.offsetWidth / 2 - 4);
      const dessus = point.y > bulle.offsetHeight + 20;
      bulle.style.transform = "translate(-50%," + (dessus ? "-100%" : "0") + ") translate(" + gauche + "px," + (point.y + (dessus ? -12 : 18)) + "px)";
    }

    carte.fond = function (definition) { etat.definition = etat.definition || definition; };
    carte.couches = function (definitions) { Object.assign(etat.couches, definitions); };
    carte.valeurs = async function (message) {
      const tour = ++etat.tour;
      const debut = performance.now();
      delete montage.dataset.cartePrete;
      etat.message = message;
      etat.pret = etat.pret || ouvrir();
      try {
        await etat.pret;
      } catch (erreur) {
        renoncer(erreur.message === "webgl" ? "Ce navigateur n'affiche pas les cartes (WebGL indisponible)." : "La carte n'a pas pu être chargée.");
        return;
      }
      if (tour !== etat.tour) return;
      survoler(null);
      poser_couche(message);
      peindre(message);
      etat.placer();
      await attendre_peinture(message.niveau);
      if (tour !== etat.tour) return;
      parangon.carte.mesures.push({ jeton: message.jeton, duree: performance.now() - debut, fin: performance.now() });
      montage.dataset.cartePrete = message.jeton;
      finir();
    };
    carte.selection = function (choisi) {
      const avant = etat.choisi;
      if (avant && etat.map) etat.map.removeFeatureState(Object.assign({ id: avant.id }, source(avant.niveau)), "choisi");
      etat.choisi = choisi;
      if (montage.dataset.cartePrete) finir();
    };
    carte.detruire = function () { if (etat.map) etat.map.remove(); };
    return carte;
  }

  parangon.carte = function (montage) {
    for (const [autre, carte] of cartes) {
      if (!autre.isConnected) {
        carte.detruire();
        cartes.delete(autre);
      }
    }
    if (!cartes.has(montage)) cartes.set(montage, construire(montage));
    return cartes.get(montage);
  };
  /** Durations (ms) of the paintings, in order: from the message to the painted map. */
  parangon.carte.mesures = [];

  parangon.afficher_carte = function (identifiant, selecteur, fond, valeurs) {
    const montage = document.getElementById(identifiant);
    if (montage && valeurs) {
      const carte = parangon.carte(montage);
      carte.fond(fond);
      carte.couches(fond.couches);
      carte.au_clic = (code) => window.dash_clientside.set_props(selecteur, { value: code });
      carte.valeurs(valeurs);
    }
    return window.dash_clientside.no_update;
  };

  parangon.choisir_territoire = function (identifiant, selection) {
    const montage = document.getElementById(identifiant);
    if (montage) parangon.carte(montage).selection(selection);
    return window.dash_clientside.no_update;
  };

  /** An SVG made by the server, drawn on a canvas and saved as PNG at twice its size. */
  parangon.enregistrer_png = async function (image) {
    if (!image) return window.dash_clientside.no_update;
    const dessin = await charger_image(URL.createObjectURL(new Blob([image.svg], { type: "image/svg+xml" })));
    const toile = document.createElement("canvas");
    toile.width = 2 * dessin.naturalWidth;
    toile.height = 2 * dessin.naturalHeight;
    toile.getContext("2d").drawImage(dessin, 0, 0, toile.width, toile.height);
    URL.revokeObjectURL(dessin.src);
    const blob = await new Promise((suite) => toile.toBlob(suite, "image/png"));
    const url = URL.createObjectURL(blob);
    parangon.telecharger(url, image.fichier + ".png");
    URL.revokeObjectURL(url);
    return window.dash_clientside.no_update;
  };
})();
