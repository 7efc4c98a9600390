/* What is left of each appropriation, for the day and the appropriation that are chosen. */
"use strict";

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
