/* The box in the head of a list chooses all of the page. */
"use strict";

const all = document.getElementById("action-toggle");
all?.addEventListener("change", () => {
  for (const box of document.querySelectorAll(".action-select")) {
    box.checked = all.checked;
  }
});
