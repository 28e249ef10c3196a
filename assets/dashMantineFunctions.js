/* Functions Mantine components may call by name: search without accents nor case, every typed word must begin a word
   of the option's label or of its « recherche » (other names, not shown). */
window.dashMantineFunctions = window.dashMantineFunctions || {};
(function (fonctions) {
  "use strict";
  function replier(texte) {
    return texte.normalize("NFD").replace(/[\u0300-\u036f]/g, "").toLowerCase().replace(/[^a-z0-9]+/g, " ").trim();
  }
  fonctions.filtrerSansAccent = function ({ options, search, limit }) {
    const mots = replier(search).split(" ");
    let reste = limit === undefined ? Infinity : limit;
    function garder(option) {
      if (reste <= 0) return false;
      const texte = " " + replier(option.label + " " + (option.recherche || ""));
      const retenu = mots.every((mot) => texte.includes(" " + mot));
      if (retenu) reste -= 1;
      return retenu;
    }
    return options
      .map((o) => ("group" in o ? Object.assign({}, o, { items: o.items.filter(garder) }) : o))
      .filter((o) => ("group" in o ? o.items.length > 0 : garder(o)));
  };
})(window.dashMantineFunctions);
