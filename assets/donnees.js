/* Sending a file from the page of data, and the quiet notice that new data have been published. */
(function () {
  "use strict";
  const parangon = (window.parangon = window.parangon || {});
  const PERIODE = 60000; // milliseconds between two looks at the publication

  function poser(identifiant, proprietes) {
    window.dash_clientside.set_props(identifiant, proprietes);
  }

  /** Why a file cannot be sent, or null. The server checks again. */
  function refuser(zone, fichiers) {
    if (fichiers.length !== 1) return "Un seul fichier à la fois\u00a0: déposez-les l'un après l'autre.";
    const fichier = fichiers[0];
    const admises = zone.dataset.extensions.split(",");
    const nom = fichier.name.toLowerCase();
    if (!admises.some((extension) => nom.endsWith(extension))) {
      return `«\u00a0${fichier.name}\u00a0»\u00a0: ce type de fichier n'est pas admis. Envoyez un fichier ${admises.join(", ")}.`;
    }
    if (!fichier.size) return `«\u00a0${fichier.name}\u00a0» est vide. Vérifiez l'export, puis renvoyez-le.`;
    if (fichier.size > Number(zone.dataset.mo) * 1e6) {
      return `«\u00a0${fichier.name}\u00a0» pèse ${Math.ceil(fichier.size / 1e6)}\u00a0Mo\u00a0: la limite de l'envoi est de ` +
        `${zone.dataset.mo}\u00a0Mo. Découpez-le, ou chargez-le en ligne de commande (python -m etl load).`;
    }
    return null;
  }

  /** Send a file as it is; the page then controls it. */
  parangon.deposer = async function (zone, fichiers) {
    const refus = refuser(zone, fichiers);
    poser("donnees-depot-message", { children: refus });
    if (refus || zone.hasAttribute("aria-busy")) return;
    zone.setAttribute("aria-busy", "true");
    poser("donnees-rapport", { children: null });
    poser("donnees-resultat", { children: null });
    poser("donnees-attente", { children: `Envoi de ${fichiers[0].name}…` });
    try {
      const reponse = await fetch("/donnees/depot", {
        method: "POST",
        headers: { "X-Parangon-Fichier": encodeURIComponent(fichiers[0].name), "Content-Type": "application/octet-stream" },
        body: fichiers[0],
      });
      const corps = await reponse.json();
      poser("donnees-attente", { children: null });
      if (reponse.ok) poser("donnees-depot", { data: corps });
      else poser("donnees-depot-message", { children: corps.erreur });
    } catch {
      poser("donnees-attente", { children: null });
      poser("donnees-depot-message", { children: "L'envoi n'a pas abouti\u00a0: vérifiez la connexion, puis recommencez." });
    } finally {
      zone.removeAttribute("aria-busy");
    }
  };

  const trouver = (evenement) => evenement.target.closest && evenement.target.closest("#donnees-zone");

  document.addEventListener("click", (evenement) => {
    if (!evenement.target.closest || !evenement.target.closest("#donnees-choisir")) return;
    const zone = trouver(evenement);
    const choix = document.createElement("input");
    choix.type = "file";
    choix.accept = zone.dataset.extensions;
    choix.addEventListener("change", () => choix.files.length && parangon.deposer(zone, choix.files));
    choix.click();
  });
  for (const nom of ["dragover", "dragleave", "drop"]) {
    document.addEventListener(nom, (evenement) => {
      const zone = trouver(evenement);
      if (!zone) return;
      evenement.preventDefault(); // else the browser opens the file
      zone.classList.toggle("px-depot-survol", nom === "dragover");
      if (nom === "drop" && evenement.dataTransfer.files.length) parangon.deposer(zone, evenement.dataTransfer.files);
    });
  }

  /** Say that other data are published than those on screen. Silent while the page is hidden or the server away. */
  parangon.verifier_publication = async function () {
    const pied = document.getElementById("pied-publication");
    if (!pied || !pied.dataset.version || document.hidden) return;
    try {
      const reponse = await fetch("/sante", { cache: "no-store" });
      const sante = await reponse.json();
      const perimee = reponse.ok && sante.version_donnees !== pied.dataset.version;
      montrer(perimee);
    } catch {
      /* the next look will tell */
    }
  };

  function montrer(perimee) {
    const avis = document.getElementById("avis-publication");
    if (!avis || Boolean(avis.firstChild) === perimee) return;
    avis.replaceChildren();
    if (!perimee) return;
    const bouton = document.createElement("button");
    bouton.type = "button";
    bouton.className = "px-lien";
    bouton.textContent = "recharger";
    bouton.addEventListener("click", () => window.location.reload());
    avis.append("De nouvelles données sont publiées\u00a0: ", bouton);
  }

  window.setInterval(parangon.verifier_publication, PERIODE);
  document.addEventListener("visibilitychange", parangon.verifier_publication);
})();
