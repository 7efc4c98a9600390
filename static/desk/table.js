/* The table of a batch's lines. */
"use strict";

const table = document.getElementById("table");
const mostRows = 80;

function rowsOf() {
  return [...table.querySelectorAll("tbody tr")];
}

function isNew(row) {
  return row.querySelector("[name=row]").value.startsWith("new-");
}

/* Returns a copy of a row, to be added, under the next free number. */
function copyOf(row) {
  const key = row.querySelector("[name=row]").value;
  const taken = rowsOf()
    .filter(isNew)
    .map((other) => Number(other.querySelector("[name=row]").value.slice(4)));
  const number = Math.max(-1, ...taken) + 1;
  const copy = rowsOf().findLast(isNew).cloneNode(true);
  const old = copy.querySelector("[name=row]").value;
  for (const element of copy.querySelectorAll("*")) {
    for (const { name, value } of element.attributes) {
      if (["id", "name", "for", "value"].includes(name) && (value === old || value.startsWith(`${old}-`))) {
        element.setAttribute(name, value.replace(old, `new-${number}`));
      }
    }
    element.removeAttribute("aria-invalid");
    element.removeAttribute("aria-describedby");
  }
  copy.classList.remove("desk-broken");
  copy.querySelectorAll(".desk-fault, .desk-hint").forEach((words) => words.remove());
  for (const text of copy.querySelectorAll("[data-label]")) {
    text.textContent = text.dataset.label.replace("0", number + 1);
  }
  copyCells(row, key, copy, `new-${number}`);
  return copy;
}

function copyCells(from, fromKey, to, toKey) {
  for (const cell of to.querySelectorAll("input[type=text], select")) {
    const name = cell.name.replace(toKey, fromKey);
    cell.value = from.querySelector(`[name="${name}"]`).value;
  }
}

function emptied(row) {
  row.querySelectorAll("input[type=text]").forEach((cell) => {
    cell.value = "";
  });
  return row;
}

let touched = false;

function changed() {
  touched = true;
}

function pressed(event) {
  const button = event.target.closest("button");
  const room = rowsOf().length < mostRows;
  if (!button || !room || !rowsOf().some(isNew)) {
    return;
  }
  if (button.name === "_duplicate") {
    event.preventDefault();
    const row = button.closest("tr");
    const copy = copyOf(row);
    row.after(copy);
    copy.querySelector("input[type=text]").focus();
    table.dispatchEvent(new Event("input"));
  } else if (button.name === "_more") {
    event.preventDefault();
    const row = emptied(copyOf(rowsOf().at(-1)));
    rowsOf().at(-1).after(row);
    row.querySelector("input[type=text]").focus();
  }
}

/* Rows pasted into a cell go to the page that reads them. */
function pasted(event) {
  const text = event.clipboardData.getData("text/plain");
  const rows = document.getElementById("id_pasted");
  if (!rows || !/[\t\n]/.test(text.trim())) {
    return;
  }
  event.preventDefault();
  rows.value = text;
  if (touched) {
    rows.closest("details").open = true;
    rows.focus();
  } else {
    rows.form.requestSubmit();
  }
}

if (table) {
  table.addEventListener("input", changed);
  table.addEventListener("click", pressed);
  table.addEventListener("paste", pasted);
  table.addEventListener("submit", () => {
    touched = false;
  });
  window.addEventListener("beforeunload", (event) => touched && event.preventDefault());
}
