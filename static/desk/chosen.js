/* The chosen cells of the table: one, or all between two of them; what they add up to. */
"use strict";

const range = { anchor: null, head: null };
let runFrom = null; // the cell where a run of tabulators began

/* Returns the cell below which Enter goes on, as in a spreadsheet: where a run began. */
function startOfRun(cell) {
  return runFrom?.isConnected && rowOf(runFrom) === rowOf(cell) ? runFrom : cell;
}

function followRun(event) {
  if (event.key === "Tab" && event.target.dataset.cell) {
    runFrom = startOfRun(event.target);
  } else if (event.key.startsWith("Arrow")) {
    runFrom = null;
  }
}

/* Returns the rows between the two ends, as their cells of the same columns. */
function chosenRows() {
  if (!range.anchor?.isConnected || !range.head?.isConnected) {
    return [];
  }
  const rows = rowsOf();
  const own = rowOf(range.anchor);
  const names = cellsOf(own).map((cell) => cell.dataset.cell);
  const between = (list, one, other) => {
    const ends = [list.indexOf(one), list.indexOf(other)].toSorted((a, b) => a - b);
    return list.slice(ends[0], ends[1] + 1);
  };
  const columns = between(names, range.anchor.dataset.cell, range.head.dataset.cell);
  return between(rows, own, rowOf(range.head))
    .filter((row) => alike(row, own))
    .map((row) => columns.map((name) => cellOf(row, name)));
}

function isSeveral() {
  return range.anchor !== range.head;
}

function showChosen() {
  grid.querySelectorAll(".desk-in-range").forEach((cell) => cell.classList.remove("desk-in-range"));
  if (isSeveral()) {
    chosenRows().flat().forEach((cell) => cell.closest("td").classList.add("desk-in-range"));
  }
  showWhole();
  showSums();
}

/* Chooses a cell, ready to be typed over. */
function choose(cell) {
  range.anchor = cell;
  range.head = cell;
  cell.focus();
  cell.select?.();
  cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  showChosen();
}

function extend(head) {
  range.head = head;
  showChosen();
  const rows = chosenRows();
  const numbers = [rows[0], rows.at(-1)].map((row) => labelOf(rowOf(row[0])));
  const words = said.dataset.cells.replace("0", rows.flat().length).replace("1", numbers[0]).replace(/2$/, numbers[1]);
  const sums = [...document.querySelectorAll("#chosen span")].map((sum) => sum.textContent);
  const chosen = document.getElementById("chosen");
  chosen.querySelector("b").textContent = words;
  say([words, ...sums].join(". "));
}

function showWhole() {
  const whole = document.getElementById("whole");
  const cell = range.anchor;
  whole.hidden = !cell;
  if (!cell) {
    return;
  }
  const [place, text, of] = ["strong", "span", "span"].map((tag) => document.createElement(tag));
  of.className = "desk-of";
  whole.replaceChildren(place, text, of);
  const label = cell.labels[0]?.textContent ?? "";
  place.textContent = `${said.dataset.row.replace("0", labelOf(rowOf(cell)))}, ${label}`;
  text.textContent = shownIn(cell);
  const hint = cell.parentElement.querySelector(".desk-hint");
  of.textContent = hint && cell.value === startOf(cell) ? hint.textContent : "";
}

/* Returns an amount in cents where it is written as the desk writes it, else null. */
function cents(text) {
  const plain = text.trim().replace(/^[−-]/, "-");
  if (!/^-?\$?(\d{1,3}(,\d{3})+|\d+)(\.\d{2})?$/.test(plain)) {
    return null;
  }
  const [dollars, rest = "00"] = plain.replace(/[$,]/g, "").split(".");
  return BigInt(dollars + rest);
}

/* Writes cents as the table has them: -1,250.00. */
function exact(amount) {
  const digits = String(amount < 0n ? -amount : amount).padStart(3, "0");
  const dollars = digits.slice(0, -2).replace(/\B(?=(\d{3})+$)/g, ",");
  return `${amount < 0n ? "-" : ""}${dollars}.${digits.slice(-2)}`;
}

/* Writes cents as sums are written: −1,250. */
function written(amount) {
  return exact(amount).replace("-", "−").replace(/\.00$/, "");
}

/* Returns the sums of rows by stage, and how many amounts were not read. */
function sumsOf(rows, start = new Map()) {
  const sums = new Map(start);
  let unread = 0;
  for (const row of rows) {
    const amount = cellOf(row, "amount");
    const stage = cellOf(row, "stage")?.value;
    if (!amount?.value.trim() || isRemoved(row)) {
      continue;
    }
    const read = cents(amount.value);
    if (read === null || !stage) {
      unread += 1;
    } else {
      sums.set(stage, (sums.get(stage) ?? 0n) + read);
    }
  }
  return { sums, unread };
}

function showSums() {
  const lines = rowsOf().filter((row) => cellOf(row, "amount"));
  const places = [...document.querySelectorAll("#all [data-stage]")];
  const elsewhere = places.filter((place) => place.dataset.elsewhere).map((place) => [place.dataset.stage, cents(place.dataset.elsewhere)]);
  const { sums } = sumsOf(lines, new Map(elsewhere));
  for (const place of places) {
    const sum = sums.get(place.dataset.stage);
    place.querySelector("b").textContent = sum === undefined ? "–" : written(sum);
  }
  const chosen = document.getElementById("chosen");
  const rows = isSeveral() ? chosenRows() : [];
  chosen.hidden = !rows.length;
  const withAmounts = rows.filter((row) => row.some((cell) => cell.dataset.cell === "amount")).map((row) => rowOf(row[0]));
  const ofChosen = sumsOf(withAmounts);
  const bold = chosen.querySelector("b") ?? document.createElement("b");
  chosen.replaceChildren(bold);
  for (const place of places) {
    if (ofChosen.sums.has(place.dataset.stage)) {
      const sum = place.cloneNode(true);
      sum.querySelector("b").textContent = written(ofChosen.sums.get(place.dataset.stage));
      chosen.append(" ", sum);
    }
  }
  if (ofChosen.unread) {
    const left = document.createElement("span");
    left.textContent = said.dataset.unread.replace("0", ofChosen.unread);
    chosen.append(" ", left);
  }
}

grid.addEventListener("keydown", followRun);
grid.addEventListener("mousedown", () => {
  runFrom = null;
});
