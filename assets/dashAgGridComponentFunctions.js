/* Cells AG Grid draws by name: a text that leads to another page, without reloading. */
window.dashAgGridComponentFunctions = window.dashAgGridComponentFunctions || {};
(function (composants) {
  "use strict";
  /** The link of a cell: `props.lien` is the field of the row that holds its address. */
  composants.LienParangon = function (props) {
    const adresse = props.data && props.data[props.lien];
    if (!adresse) return props.value === undefined ? null : props.value;
    const suivre = (evenement) => {
      if (evenement.ctrlKey || evenement.metaKey || evenement.shiftKey || evenement.button) return;
      evenement.preventDefault();
      window.history.pushState({}, "", adresse);
      window.dispatchEvent(new CustomEvent("_dashprivate_pushstate"));
      window.scrollTo(0, 0);
    };
    return window.React.createElement("a", { href: adresse, onClick: suivre }, props.value);
  };
  /** A cell of the heat table: symbol, value, and for screen readers the words of its state. `etat` is a field. */
  composants.CelluleTartan = function (props) {
    const element = window.React.createElement;
    const etat = props.context.etats[props.data[props.etat]];
    const nombre = typeof props.value === "number";
    const texte = nombre ? window.dashAgGridFunctions.nombreFr(props.value, props.decimales) : props.value;
    if (!etat) return element("span", null, texte);
    return element(
      "span", { title: etat.libelle },
      element("span", { className: "px-t-symbole", "aria-hidden": "true" }, etat.symbole),
      element("span", null, texte),
      nombre ? element("span", { className: "px-lecteur" }, ", " + etat.libelle) : null
    );
  };
})(window.dashAgGridComponentFunctions);
