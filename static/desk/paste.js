/* A paste that asks: once an answer is changed, checking again is what comes next. */
"use strict";

const answers = document.getElementById("put-right");

answers?.addEventListener("change", () => {
  answers.querySelector(".desk-bar [name=_check]").classList.remove("desk-button--plain");
  answers.querySelector(".desk-bar [name=_add]").classList.add("desk-button--plain");
});
