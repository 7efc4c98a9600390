/* Buttons that copy a citation; where nothing can be copied they stay hidden. */
"use strict";

for (const button of navigator.clipboard ? document.querySelectorAll(".copy") : []) {
  const said = button.nextElementSibling;
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    await navigator.clipboard.writeText(document.getElementById(button.dataset.copies).textContent);
    said.textContent = said.dataset.copied;
  });
}
