/* Keys, mouse and clipboard in the table of lines, as in a spreadsheet. */
"use strict";

/* Returns the cell of another row that stands nearest below or above a cell. */
function beside(cell, row) {
  if (alike(rowOf(cell), row)) {
    return cellOf(row, cell.dataset.cell);
  }
  const left = (each) => Math.abs(each.getBoundingClientRect().left - cell.getBoundingClientRect().left);
  return cellsOf(row).filter((each) => each.offsetParent).toSorted((a, b) => left(a) - left(b))[0];
}

/* Goes by rows; behind the last, a row is added. */
function down(cell, by, several) {
  const rows = rowsOf();
  const index = rows.indexOf(rowOf(cell));
  if (several) {
    const next = rows.slice(by > 0 ? index + 1 : 0, by > 0 ? undefined : index);
    const row = by > 0 ? next.find((each) => alike(each, rowOf(cell))) : next.findLast((each) => alike(each, rowOf(cell)));
    return row && extend(cellOf(row, cell.dataset.cell));
  }
  const row = rows[index + by];
  return row && choose(beside(cell, row));
}

function along(cell, by, several) {
  const cells = cellsOf(rowOf(cell)).filter((each) => each.offsetParent);
  const next = cells[cells.indexOf(cell) + by];
  return next && (several ? extend(next) : choose(next));
}

function isWhole(cell) {
  return cell.tagName === "SELECT" || (cell.selectionStart === 0 && cell.selectionEnd === cell.value.length);
}

function isAtEnd(cell, by) {
  const end = by < 0 ? 0 : cell.value.length;
  return cell.selectionStart === end && cell.selectionEnd === end;
}

function isTyped(cell) {
  return entered.has(cell) && entered.get(cell) !== cell.value;
}

/* Each does something and says so, or leaves the key to the browser. */
const keys = {
  ArrowUp: (cell, event) => vertical(cell, -1, event),
  ArrowDown: (cell, event) => vertical(cell, 1, event),
  ArrowLeft: (cell, event) => horizontal(cell, -1, event),
  ArrowRight: (cell, event) => horizontal(cell, 1, event),
  Enter: (cell, event) => {
    keep(cell);
    const from = event.shiftKey ? cell : startOfRun(cell);
    if (rowsOf().at(-1) === rowOf(cell) && !event.shiftKey) {
      insert(rowOf(cell));
      cellOf(rowsOf().at(-1), from.dataset.cell)?.focus();
    } else {
      down(from, event.shiftKey ? -1 : 1, false);
    }
    return true;
  },
  Escape: (cell) => {
    if (isTyped(cell)) {
      put(cell, entered.get(cell));
      choose(cell);
    } else if (isSeveral()) {
      choose(cell);
    } else {
      document.querySelector("[data-act]").focus();
    }
    return true;
  },
  F2: (cell) => {
    if (cell.tagName === "SELECT") {
      cell.showPicker();
    } else {
      cell.setSelectionRange(cell.value.length, cell.value.length);
    }
    return true;
  },
  Delete: empty,
  Backspace: empty,
};

const withControl = {
  d: fillDown,
  z: (event) => (event.shiftKey ? redo() : undo()),
  y: redo,
};

function vertical(cell, by, event) {
  if (event.altKey || (cell.list && isTyped(cell))) {
    return false;
  }
  keep(cell);
  down(event.shiftKey ? range.head : cell, by, event.shiftKey);
  return true;
}

function horizontal(cell, by, event) {
  const leaves = isWhole(cell) || (!event.shiftKey && isAtEnd(cell, by));
  if (event.altKey || !leaves) {
    return false;
  }
  keep(cell);
  along(event.shiftKey ? range.head : cell, by, event.shiftKey);
  return true;
}

function empty() {
  if (!isSeveral()) {
    return false;
  }
  write(chosenRows().flat().map((cell) => [cell, meantBy(cell, "") ?? cell.value]));
  return true;
}

function typed(event) {
  const cell = event.target;
  if (!cell.dataset.cell || event.isComposing) {
    return;
  }
  const control = (event.ctrlKey || event.metaKey) && !event.altKey;
  const act = control ? withControl[event.key.toLowerCase()] : keys[event.key];
  if (!act || (control && event.key.startsWith("Arrow"))) {
    return;
  }
  if (control) {
    keep(cell);
    act(event);
    event.preventDefault();
  } else if (act(cell, event)) {
    event.preventDefault();
  }
}

function entering(event) {
  const cell = event.target;
  if (cell.dataset.cell) {
    entered.set(cell, cell.value);
    range.anchor = cell;
    range.head = cell;
    if (!pressedCell) {
      cell.select?.();
    }
    showChosen();
  }
}

/* Amounts are written alike, and a row that begins takes what it lacks from the one above. */
function leaving(event) {
  const cell = event.target;
  if (!cell.dataset.cell) {
    return;
  }
  keep(cell);
  if (kept === cell && cell.dataset.cell === "amount") {
    const read = cents(cell.value);
    if (read !== null) {
      put(cell, exact(read));
    }
    takeFromAbove(rowOf(cell));
  }
  kept = null;
}

/* Something else of a list was chosen. */
function picked(event) {
  const cell = event.target;
  if (cell.dataset.cell && cell.tagName === "SELECT") {
    entered.set(cell, entered.get(cell) ?? startOf(cell));
    keep(cell);
  }
}

/* The mouse: a press chooses a cell, another edits it; dragging chooses several. */
let pressedCell = null;

function pressing(event) {
  const cell = event.target.closest?.("[data-cell]");
  if (!cell || event.button) {
    return;
  }
  if (event.shiftKey && range.anchor && alike(rowOf(cell), rowOf(range.anchor))) {
    event.preventDefault();
    extend(cell);
    return;
  }
  pressedCell = document.activeElement === cell ? null : cell;
}

function dragging(event) {
  const cell = event.target.closest?.("td")?.querySelector("[data-cell]");
  if (event.buttons !== 1 || !cell || !range.anchor || cell === range.head || !alike(rowOf(cell), rowOf(range.anchor))) {
    return;
  }
  if (pressedCell || isSeveral()) {
    getSelection().removeAllRanges();
    extend(cell);
  }
}

function released(event) {
  if (pressedCell && event.target === pressedCell && !isSeveral()) {
    pressedCell.select?.();
  }
  pressedCell = null;
}

function copied(event) {
  if (!event.target.dataset?.cell || !isSeveral()) {
    return;
  }
  const text = chosenRows().map((row) => row.map(shownIn).join("\t")).join("\n");
  event.clipboardData.setData("text/plain", text);
  event.preventDefault();
}

/* A rectangle that fits goes into the cells; other rows go to the page that reads them. */
function pasted(event) {
  const text = event.clipboardData.getData("text/plain").replace(/\r\n?/g, "\n").replace(/\n$/, "");
  const cell = event.target;
  if (!cell.dataset.cell || !/[\t\n]/.test(text.trim())) {
    return;
  }
  event.preventDefault();
  if (!pasteInto(cell, text.split("\n").map((line) => line.split("\t")))) {
    handOver(text);
  }
}

function pasteInto(cell, lines) {
  const row = rowOf(cell);
  const names = cellsOf(row).map((each) => each.dataset.cell);
  const from = names.indexOf(cell.dataset.cell);
  const width = lines[0].length;
  if (/"/.test(lines.flat().join("")) || lines.some((line) => line.length !== width) || from + width > names.length) {
    return false;
  }
  const rows = rowsOf().slice(rowsOf().indexOf(row)).filter((each) => alike(each, row));
  const more = lines.length - rows.length;
  if (more > 0 && (rowsOf().length + more > mostRows || !cellOf(row, "amount"))) {
    return false;
  }
  const values = (into) => lines.flatMap((line, index) => line.map((text, offset) => {
    const target = into[index] && cellOf(into[index], names[from + offset]);
    return target && [target, meantBy(target, text.trim())];
  })).filter(Boolean);
  const fits = values(rows);
  const unknown = lines.some((line) => line.some((text, offset) => meantBy(cellOf(row, names[from + offset]), text.trim()) === null));
  if (unknown) {
    return false;
  }
  const added = [];
  for (let turn = 0; turn < more; turn += 1) {
    const next = fresh("line-row");
    goneRows.push(next);
    added.push(next);
  }
  const behind = last(rowsOf().at(-1));
  const step = writing(fits.concat(values([...Array(rows.length), ...added]).filter(([target]) => !fits.some(([known]) => known === target))));
  const forth = () => {
    behind.after(...added);
    step.forth();
  };
  forth();
  record({ at: cell, forth, back: () => { step.back(); added.forEach((each) => each.remove()); told(); } });
  choose(cell);
  const lastRow = [...rows, ...added][lines.length - 1];
  extend(cellOf(lastRow, names[from + width - 1]));
  return true;
}

function handOver(text) {
  const rows = document.getElementById("id_pasted");
  rows.value = text;
  if (touched) {
    rows.closest("details").open = true;
    rows.focus();
  } else {
    rows.form.requestSubmit();
  }
}

if (table) {
  grid.addEventListener("keydown", typed);
  grid.addEventListener("focusin", entering);
  grid.addEventListener("focusout", leaving);
  grid.addEventListener("change", picked);
  grid.addEventListener("mousedown", pressing);
  grid.addEventListener("mouseover", dragging);
  grid.addEventListener("mouseup", released);
  grid.addEventListener("copy", copied);
  grid.addEventListener("paste", pasted);
  document.querySelector(".desk-sheet-tools").addEventListener("keydown", (event) => {
    if (event.key === "Escape" && range.anchor?.isConnected) {
      choose(range.anchor);
    }
  });
}
