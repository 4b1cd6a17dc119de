// Beside Gradio's page: chips open the reader, answers are copied and rated, screen readers are told.
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const reader = byId("reader");
  const frame = byId("reader-frame");
  const narrow = window.matchMedia("(max-width: 63.99rem)");
  let opener = null;

  // The reader ---------------------------------------------------------------------------------
  function openReader(link) {
    const address = new URL(link.href, window.location.href);
    address.searchParams.set("panel", "true");
    document.querySelectorAll("a.chip[aria-current]").forEach((chip) => chip.removeAttribute("aria-current"));
    link.setAttribute("aria-current", "true");
    opener = link;
    reader.hidden = false;
    document.body.classList.add("reading");
    if (narrow.matches) behind(true); // it covers the page: what is behind it cannot be reached
    frame.onload = () => {
      byId("reader-title").textContent = frame.contentDocument?.querySelector("h1")?.textContent ?? "Reader";
      frame.focus();
      const target = frame.contentDocument?.querySelector(".target");
      (target ?? frame.contentDocument?.body)?.focus();
    };
    frame.contentWindow.location.replace(address.href); // no step in the browser's history
  }

  function closeReader() {
    if (reader.hidden) return;
    reader.hidden = true;
    document.body.classList.remove("reading");
    behind(false);
    frame.onload = null;
    frame.contentWindow.location.replace("about:blank");
    opener?.removeAttribute("aria-current");
    if (opener?.isConnected) opener.focus();
    else byId("question")?.querySelector("textarea")?.focus();
    opener = null;
  }

  function behind(inert) {
    for (const element of document.body.children) {
      if (element !== reader && element.tagName !== "SCRIPT") element.inert = inert;
    }
  }

  byId("reader-close").addEventListener("click", closeReader);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && !byId("rating").open) closeReader();
  });
  window.addEventListener("message", (event) => {
    if (event.origin !== window.location.origin || event.source !== frame.contentWindow) return;
    if (event.data?.reader === "close") closeReader();
  });

  // What can be done with an answer --------------------------------------------------------------
  document.addEventListener("click", (event) => {
    const chip = event.target.closest?.('#conversation a[href*="/clause/"]');
    if (chip && !event.ctrlKey && !event.metaKey && !event.shiftKey && event.button === 0) {
      event.preventDefault();
      openReader(chip);
      return;
    }
    if (event.target.closest?.("a.skip")) {
      event.preventDefault();
      byId("question")?.querySelector("textarea")?.focus();
      return;
    }
    const tool = event.target.closest?.("button.tool");
    if (!tool) return;
    const [kind, ...rest] = tool.id.split("-");
    const answer = rest.join("-");
    if (kind === "copy") copyAnswer(tool, answer);
    else if (kind === "up" || kind === "down") rate(tool, answer, kind);
  });

  async function copyAnswer(tool, answer) {
    const response = await fetch(`/answers/${encodeURIComponent(answer)}.txt`);
    const text = await response.text();
    const done = response.ok && (await copyText(text));
    say(done ? "Answer copied with its references." : response.ok ? "The browser does not allow copying." : text);
    tool.textContent = done ? "Copied" : "Not copied";
    setTimeout(() => { tool.textContent = "Copy answer"; }, 2500);
  }

  async function send(answer, thumb, reason) {
    const response = await fetch("/api/v1/feedback", {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer_id: answer, thumb, reason }),
    });
    return response.ok ? "" : (await response.json()).detail;
  }

  async function rate(tool, answer, thumb) {
    const problem = await send(answer, thumb, "");
    if (problem) {
      say(problem);
      tool.textContent = "Not stored";
      return;
    }
    for (const other of tool.parentElement.querySelectorAll(".thumb")) {
      other.setAttribute("aria-pressed", String(other === tool));
    }
    const dialog = byId("rating");
    byId("rating-reason").value = "";
    byId("rating-problem").textContent = "";
    dialog.querySelector("form").onsubmit = async (event) => {
      const reason = byId("rating-reason").value.trim();
      if (event.submitter?.value !== "send" || !reason) return;
      event.preventDefault();
      const refused = await send(answer, thumb, reason);
      byId("rating-problem").textContent = refused;
      if (!refused) dialog.close();
    };
    dialog.onclose = () => { say("Your rating is stored."); tool.focus(); };
    dialog.showModal();
  }

  // What a screen reader is told, and where the page stands ----------------------------------------
  function say(text, alarm = false) {
    const region = byId(alarm ? "alarm" : "announcer");
    region.textContent = "";
    setTimeout(() => { region.textContent = text; }, 60);
  }

  let announced = "";
  let asked = 0;
  let following = false;
  for (const moved of ["wheel", "touchmove"]) {
    window.addEventListener(moved, () => { following = false; }, { passive: true });
  }
  function look() {
    const log = document.querySelector("#conversation [role=log]");
    if (!log) return;
    log.setAttribute("aria-live", "off"); // it grows in parts; the announcer tells of the whole once
    log.setAttribute("aria-label", "Conversation");
    for (const named of log.querySelectorAll("[data-testid][aria-label]")) named.removeAttribute("aria-label");
    for (const link of log.querySelectorAll('a.chip[target], a.tool[download][target]')) link.removeAttribute("target");
    const questions = log.querySelectorAll(".asked");
    if (questions.length > asked) following = true;
    asked = questions.length;
    const answers = log.querySelectorAll(".answer.done");
    const last = answers[answers.length - 1];
    const key = last ? `${answers.length} ${last.id}` : "";
    if (last && key !== announced) {
      say(last.querySelector(".spoken")?.textContent ?? "", last.classList.contains("escalated"));
    }
    if (following) { // the question to the top, or what to do now, as long as the page grows below it
      const urgent = [...log.querySelectorAll(".answer .act")].pop();
      const newest = questions[questions.length - 1];
      const below = urgent && newest && newest.compareDocumentPosition(urgent) & Node.DOCUMENT_POSITION_FOLLOWING;
      (below ? urgent : newest)?.scrollIntoView({ block: "start" });
      following = !(last && key !== announced);
    }
    announced = key;
  }
  let due = false;
  new MutationObserver(() => {
    if (due) return;
    due = true;
    requestAnimationFrame(() => { due = false; look(); });
  }).observe(document.body, { childList: true, subtree: true });
})();
