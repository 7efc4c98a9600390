/* Saves reloads on the desk; everything works without it. */
"use strict";

for (const link of document.querySelectorAll(".desk-add")) {
  const address = new URL(link.href);
  address.searchParams.set("_popup", "1");
  address.searchParams.set("_to_field", "id");
  link.href = address;
}

/* Returns a function that acts once nothing has called it for some milliseconds. */
function after(milliseconds, act) {
  let waiting;
  return (...words) => {
    clearTimeout(waiting);
    waiting = setTimeout(act, milliseconds, ...words);
  };
}
