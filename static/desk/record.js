/* What is left of a commitment, with the amount and day that are typed. */
"use strict";

const recorded = document.querySelector("form[data-left]");
const recordLeft = document.getElementById("record-left");
let askedLeft = 0;

async function showLeft() {
  const typed = new FormData();
  for (const name of ["csrfmiddlewaretoken", "stage", "amount", "effective_date"]) {
    typed.set(name, recorded.elements[name].value);
  }
  typed.set("_try", "table");
  const turn = ++askedLeft;
  const response = await fetch(recorded.dataset.left, { method: "POST", body: typed });
  if (response.ok && !response.redirected && turn === askedLeft) {
    recordLeft.innerHTML = await response.text();
  }
}

if (recorded) {
  const showLeftSoon = after(400, showLeft);
  for (const name of ["stage", "amount", "effective_date"]) {
    recorded.elements[name].addEventListener("input", showLeftSoon);
  }
  recorded.querySelector("[name=_try]").hidden = true;
}
