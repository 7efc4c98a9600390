/* Suggestions while a commitment, an appropriation or a document is typed. */
"use strict";

async function suggest(field) {
  const column = field.getAttribute("list").replace("-options", "");
  const address = new URL(field.form.dataset.suggest, document.baseURI);
  address.searchParams.set("column", column);
  address.searchParams.set("text", field.value);
  const response = await fetch(address);
  if (response.ok && !response.redirected) {
    field.list.innerHTML = await response.text();
  }
}

const suggestSoon = after(200, suggest);
for (const form of document.querySelectorAll("form[data-suggest]")) {
  const asked = (event) => event.target.list && suggestSoon(event.target);
  form.addEventListener("input", asked);
  form.addEventListener("focusin", asked);
}
