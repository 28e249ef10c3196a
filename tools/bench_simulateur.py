"""The simulator of the page « Intéressement » in a browser: from a move of a slider to the new score on screen.

Timed by the page itself (Playwright's own waits left out): the event, the request, the whole score recomputed by the
server, the answer painted. Each move asks for a value never asked before.
"""

from __future__ import annotations

import statistics

from playwright.sync_api import Browser

MOUVEMENTS = 25
_CHRONOMETRE = """
    async (mouvements) => {
        const bande = document.getElementById('interessement-bande');
        const curseur = document.querySelectorAll('.px-sim-curseur')[4];
        const [bas, haut] = [Number(curseur.min), Number(curseur.max)];
        const durees = [];
        for (let tour = 0; tour < mouvements; tour += 1) {
            const debut = performance.now();
            const change = new Promise((suite) => {
                const guet = new MutationObserver(() => { guet.disconnect(); suite(); });
                guet.observe(bande, { childList: true, subtree: true, characterData: true });
            });
            curseur.value = bas + (haut - bas) * (0.2 + 0.5 * tour / mouvements);
            curseur.dispatchEvent(new Event('input', { bubbles: true }));
            await change;
            durees.push(performance.now() - debut);
            await new Promise((suite) => setTimeout(suite, 100));
        }
        return durees;
    }
"""


def measure_simulateur(navigateur: Browser, adresse: str) -> dict[str, float]:
    """Median and 90th percentile of a move, in milliseconds."""
    contexte = navigateur.new_context(viewport={"width": 1440, "height": 900}, locale="fr-FR")
    page = contexte.new_page()
    page.goto(f"{adresse}/interessement?organisme=011")
    page.wait_for_selector(".px-sim-curseur")
    page.wait_for_load_state("networkidle")
    durees: list[float] = page.evaluate(_CHRONOMETRE, MOUVEMENTS)
    contexte.close()
    return {
        "simulateur, un mouvement": statistics.median(durees),
        "simulateur, un mouvement, 9e décile": statistics.quantiles(durees, n=10)[-1],
    }
