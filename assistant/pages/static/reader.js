// The reader: come to the clause, copy its reference, and, inside the chat, close on Escape.
"use strict";
(() => {
  const inPanel = window.parent !== window && document.body.classList.contains("in-panel");
  const target = document.querySelector(".target");
  if (target) {
    const come = () => {
      target.scrollIntoView({ block: "start" });
      target.focus({ preventScroll: true });
    };
    if (document.readyState === "complete") come();
    else window.addEventListener("load", come);
  }
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("button[data-copy]");
    if (button) {
      const said = document.getElementById("copied");
      const done = await copyText(button.dataset.copy);
      said.textContent = done ? "Reference copied." : "Copying is not allowed here: select the reference and copy it.";
    }
    if (event.target.closest("button.print")) window.print();
  });
  if (inPanel) {
    document.addEventListener("keydown", (event) => {
      if (event.key === "Escape") window.parent.postMessage({ reader: "close" }, window.location.origin);
    });
    window.parent.postMessage({ reader: "title", title: document.title }, window.location.origin);
  }
})();
