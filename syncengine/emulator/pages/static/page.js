// Watching the calls: the table is fetched anew every other second, while the rest of the page stays as it is.
"use strict";
const watched = document.querySelector("[data-watch]");
if (watched) {
  const seconds = Number(watched.dataset.watch);
  const look = async () => {
    if (!document.hidden && !watched.contains(document.activeElement)) {
      try {
        const answer = await fetch(location.href, { cache: "no-store" });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const found = page.querySelector("[data-watch]");
        if (answer.ok && found) watched.replaceChildren(...found.childNodes);
        watched.classList.remove("stale");
      } catch {
        watched.classList.add("stale");
      }
    }
    setTimeout(look, seconds * 1000);
  };
  setTimeout(look, seconds * 1000);
}
