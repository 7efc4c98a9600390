/* Saves reloads on the allocation form; everything works without it. */
"use strict";

for (const link of document.querySelectorAll(".desk-add")) {
  const address = new URL(link.href);
  address.searchParams.set("_popup", "1");
  address.searchParams.set("_to_field", "id");
  link.href = address;
}

const left = document.getElementById("left");
const day = document.getElementById("id_effective_date");
const appropriation = document.getElementById("id_appropriation");

async function showWhatIsLeft() {
  const address = new URL(left.dataset.address, document.baseURI);
  address.searchParams.set("effective_date", day.value);
  address.searchParams.set("appropriation", appropriation.value);
  const response = await fetch(address);
  if (response.ok && !response.redirected) {
    left.innerHTML = await response.text();
  }
}

if (left && day && appropriation) {
  day.addEventListener("change", showWhatIsLeft);
  appropriation.addEventListener("change", showWhatIsLeft);
}
