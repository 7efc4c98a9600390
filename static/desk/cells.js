/* The table of a batch's lines, as rows and cells. */
"use strict";

const table = document.getElementById("table");
const grid = document.getElementById("lines");
const said = document.getElementById("said");

function rowsOf() {
  return [...grid.tBodies[0].rows].filter((row) => row.querySelector("[name=row]"));
}

function keyOf(row) {
  return row.querySelector("[name=row]").value;
}

function cellsOf(row) {
  return [...row.querySelectorAll("[data-cell]")];
}

function cellOf(row, name) {
  return row.querySelector(`[data-cell="${name}"]`);
}

function rowOf(cell) {
  return cell.closest("tr");
}

/* Rows of commitments have other cells than rows of lines. */
function alike(row, other) {
  return cellsOf(row)[0].dataset.cell === cellsOf(other)[0].dataset.cell;
}

function isRemoved(row) {
  return row.querySelector("[name$=-delete]").checked;
}

function labelOf(row) {
  return row.querySelector("[data-label], .desk-open").textContent.trim();
}

function shownIn(cell) {
  return cell.tagName === "SELECT" ? (cell.selectedOptions[0]?.textContent.trim() ?? "") : cell.value;
}

/* Returns what a cell has to hold so that it says a text: of a list, by its value or its name. */
function meantBy(cell, text) {
  if (cell.tagName !== "SELECT") {
    return text;
  }
  const plain = text.trim().toLowerCase();
  const option = [...cell.options].find((each) => [each.value, each.textContent.trim()].some((name) => name.toLowerCase() === plain));
  return option ? option.value : null;
}

function startOf(cell) {
  if (cell.tagName === "SELECT") {
    return [...cell.options].find((option) => option.defaultSelected)?.value ?? cell.options[0].value;
  }
  return cell.defaultValue;
}

function isTouched(row) {
  return cellsOf(row).some((cell) => cell.value !== startOf(cell));
}

/* Shows before a row whether it is new, changed, removed, or has a problem. */
function sign(row) {
  const legend = (name) => document.querySelector(`.desk-sign--${name}`);
  const mark = row.querySelector(".desk-sign");
  mark.dataset.first ??= mark.textContent.trim();
  const isNew = /^(new|introduced)-/.test(keyOf(row));
  let name = "";
  if (isRemoved(row)) {
    name = "removed";
  } else if (isTouched(row)) {
    name = isNew ? "new" : "changed";
  }
  const text = name ? legend(name).querySelector("b").textContent : mark.dataset.first;
  mark.textContent = text;
  mark.title = name ? legend(name).querySelector("span").textContent : mark.title;
  row.classList.toggle("desk-removed", name === "removed");
}

function say(words) {
  said.textContent = words;
}
