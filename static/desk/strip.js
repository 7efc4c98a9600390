/* The strip of balances, with what is typed counted in. */
"use strict";

const strip = document.getElementById("strip");
const tried = document.querySelector("form[data-try]");
let asked = 0;

function saidInShort() {
  return strip.querySelector("summary").textContent.trim().replace(/\s+/g, " ");
}

/* Asks what the form would do if it were saved. Files stay here, and a late answer is dropped. */
async function tryOut() {
  const typed = new FormData(tried);
  for (const [name, value] of Array.from(typed)) {
    if (value instanceof File) {
      typed.delete(name);
    }
  }
  typed.set("_try", "strip");
  const turn = ++asked;
  const response = await fetch(tried.dataset.try, { method: "POST", body: typed });
  const text = await response.text();
  if (!response.ok || !text.trimStart().startsWith("<summary") || turn !== asked) {
    return;
  }
  const before = saidInShort();
  const open = [".desk-strip-more", ".desk-strip-left"].filter((part) => strip.querySelector(part)?.open);
  strip.innerHTML = text;
  open.forEach((part) => strip.querySelector(part)?.setAttribute("open", ""));
  if (saidInShort() !== before) {
    document.getElementById("strip-said").textContent = saidInShort();
  }
  nameChoices();
}

/* Choices say what is left on the day that is typed. */
function nameChoices() {
  for (const row of strip.querySelectorAll("[data-choice]")) {
    const choice = tried.querySelector(`select[name=appropriation] option[value="${row.dataset.choice}"]`);
    if (choice) {
      choice.textContent = row.dataset.label;
    }
  }
}

const tryOutSoon = after(600, tryOut);
if (strip && tried) {
  tried.addEventListener("input", tryOutSoon);
  tried.addEventListener("change", tryOutSoon);
}
if (strip && matchMedia("(max-width: 47.99rem)").matches) {
  strip.open = false;
}
