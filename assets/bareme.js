/* The file input of dcc.Upload has no label of its own: name it, and leave the keyboard to the button beside it. */
window.parangon = window.parangon || {};
window.parangon.nommer_depot = function nommer(identifiant, titre, essais = 100) {
  const champ = document.querySelector(`#${identifiant} input[type=file]`);
  if (champ) {
    champ.setAttribute("aria-label", titre);
    champ.tabIndex = -1;
  } else if (essais) {
    // The component arrives after the page: look again until it is there, ten seconds at most.
    setTimeout(() => nommer(identifiant, titre, essais - 1), 100);
  }
  return window.dash_clientside.no_update;
};
