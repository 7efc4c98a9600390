/* After a page has come: the focus is at what is wrong, or in the amount that is next, or at what was done, or in the one field that matters. */
"use strict";

const FIRST = "form[data-first] :is(input, select, textarea):not([type=hidden])";

(
  document.getElementById("faults") ??
  document.querySelector("form[data-next] [name=amount]") ??
  document.querySelector(".desk-messages") ??
  document.querySelector(FIRST)
)?.focus();
