/* The rows of a batch's table: inserted, duplicated, removed, filled, tried out. */
"use strict";

const mostRows = 80;

/* Returns an empty row of a template, under the next free number. */
function fresh(template) {
  const row = document.getElementById(template).content.querySelector("tr").cloneNode(true);
  const old = keyOf(row);
  const stem = old.slice(0, old.indexOf("-") + 1);
  const taken = rowsOf().concat(goneRows).map(keyOf).filter((key) => key.startsWith(stem));
  const number = Math.max(-1, ...taken.map((key) => Number(key.slice(stem.length)))) + 1;
  for (const element of row.querySelectorAll("*")) {
    for (const { name, value } of Array.from(element.attributes)) {
      if (["id", "name", "for", "value"].includes(name) && (value === old || value.startsWith(`${old}-`))) {
        element.setAttribute(name, value.replace(old, stem + number));
      }
    }
  }
  for (const text of row.querySelectorAll("[data-label]")) {
    text.textContent = text.dataset.label.replace("0", number + 1);
  }
  return row;
}

const goneRows = []; // rows that undoing took out: their numbers are not given again

/* Puts rows behind another, or before all, as one step. */
function add(rows, behind) {
  const forth = () => (behind ? behind.after(...rows) : grid.tBodies[0].prepend(...rows));
  const back = () => {
    rows.forEach((row) => row.remove());
    goneRows.push(...rows);
    told();
  };
  if (rowsOf().length + rows.length > mostRows) {
    return false;
  }
  forth();
  record({ at: cellsOf(rows[0])[0], forth: () => { forth(); told(); }, back });
  return true;
}

function last(row) {
  const next = row.nextElementSibling;
  return next?.classList.contains("desk-faults") ? next : row;
}

function insert(behind) {
  const row = fresh("line-row");
  if (add([row], last(behind))) {
    choose(cellsOf(row)[0]);
  }
}

function duplicate(row) {
  const copy = fresh(cellOf(row, "amount") ? "line-row" : "commitment-row");
  cellsOf(copy).forEach((cell) => {
    cell.value = cell.dataset.cell === "reference" ? "" : cellOf(row, cell.dataset.cell).value;
  });
  if (add([copy], last(row))) {
    told();
    sign(copy);
    choose(cellsOf(copy)[0]);
  }
}

/* Puts a new commitment, with rows for two of its amounts, before the rows that are empty. */
function addCommitment() {
  const rows = rowsOf();
  let index = rows.length;
  while (index && /^(new|introduced)-/.test(keyOf(rows[index - 1])) && !isTouched(rows[index - 1])) {
    index -= 1;
  }
  const added = ["commitment-row", "line-row", "line-row"].map((template) => {
    const row = fresh(template);
    goneRows.push(row);
    return row;
  });
  const before = rows.findLast((row) => cellOf(row, "reference"));
  for (const name of before ? ["appropriation", "area", "country", "agency"] : []) {
    cellOf(added[0], name).value = cellOf(before, name).value;
  }
  ["committed", "obligated"].forEach((stage, number) => {
    cellOf(added[number + 1], "stage").value = stage;
  });
  if (add(added, index ? last(rows[index - 1]) : null)) {
    choose(cellOf(added[0], "title"));
  }
}

/* Marks rows as removed, or keeps them again: they stay, struck through, until they are saved. */
function remove(rows) {
  const removes = !isRemoved(rows[0]);
  const mark = (value) => () => {
    for (const row of rows) {
      row.querySelector("[name$=-delete]").checked = value;
      sign(row);
    }
    told();
  };
  mark(removes)();
  record({ at: range.anchor, forth: mark(removes), back: mark(!removes) });
  const words = removes ? said.dataset.removed : said.dataset.kept;
  say(words.replace("0", rows.map(labelOf).join(", ")));
}

function fillDown() {
  const rows = chosenRows();
  const single = rows.length === 1;
  const names = rows[0].map((cell) => cell.dataset.cell);
  const above = single ? rowsOf().slice(0, rowsOf().indexOf(rowOf(rows[0][0]))).findLast((row) => alike(row, rowOf(rows[0][0]))) : rowOf(rows[0][0]);
  if (above) {
    const filled = single ? rows : rows.slice(1);
    write(filled.flatMap((row) => row.map((cell, index) => [cell, cellOf(above, names[index]).value])));
  }
  choose(range.anchor);
}

/* Gives a new row that has its amount the day and document of the row above. */
function takeFromAbove(row) {
  if (!keyOf(row).startsWith("new-") || !cellOf(row, "amount").value.trim()) {
    return;
  }
  const above = rowsOf().slice(0, rowsOf().indexOf(row)).findLast((other) => cellOf(other, "amount"));
  const open = ["effective_date", "document"].map((name) => cellOf(row, name)).filter((cell) => !cell.value);
  if (above && write(open.map((cell) => [cell, cellOf(above, cell.dataset.cell).value]))) {
    say(said.dataset.above);
  }
}

let touched = false;

/* Tells who listens to the form that something of it changed. */
function told() {
  grid.dispatchEvent(new Event("input", { bubbles: true }));
}

function changed() {
  touched = true;
  showSums();
  showWhole();
}

const acts = {
  insert: (row) => insert(row),
  duplicate: (row) => duplicate(row),
  remove: () => {
    remove(chosenRows().map((row) => rowOf(row[0])));
    range.anchor.focus();
  },
  fill: () => fillDown(),
  undo: () => undo(),
  redo: () => redo(),
};

function pressed(event) {
  const button = event.target.closest("[data-act]");
  if (!button) {
    return;
  }
  if (!range.anchor?.isConnected) {
    range.anchor = cellsOf(rowsOf().at(-1))[0];
    range.head = range.anchor;
  }
  acts[button.dataset.act](rowOf(range.anchor));
}

function pressedCommitment(event) {
  if (event.target.closest("button[name=_commitment]") && rowsOf().length + 3 <= mostRows) {
    event.preventDefault();
    addCommitment();
  }
}

function pressedInRow(event) {
  const button = event.target.closest("button[name=_duplicate]");
  if (button && rowsOf().length < mostRows) {
    event.preventDefault();
    duplicate(rowOf(button));
  }
  if (event.target.matches("[name$=-delete]")) {
    event.target.checked = !event.target.checked;
    queueMicrotask(() => remove([rowOf(event.target)]));
    event.preventDefault();
  }
}

if (table) {
  table.classList.add("desk-live");
  document.getElementById("tools").hidden = false;
  document.getElementById("keys").hidden = false;
  document.querySelectorAll(".desk-open").forEach((link) => {
    link.tabIndex = -1;
  });
  document.addEventListener("click", pressed);
  document.addEventListener("click", pressedCommitment);
  grid.addEventListener("click", pressedInRow);
  table.addEventListener("input", changed);
  rowsOf().forEach(sign);
  showSums();
}
