/* What was done in the table, to be undone and done again. */
"use strict";

const done = [];
const undone = [];
const entered = new Map(); // what stood in a cell when it was entered
let kept = null; // the cell whose text was taken last

function put(cell, value) {
  cell.value = value;
  entered.set(cell, value);
  cell.dispatchEvent(new Event("input", { bubbles: true }));
  sign(rowOf(cell));
}

function record(step) {
  done.push(step);
  undone.length = 0;
  showSteps();
}

/* Returns a step that puts values into cells; it has no effect yet. */
function writing(values) {
  const changes = values.filter(([cell, after]) => after !== null && cell.value !== after);
  const before = changes.map(([cell]) => [cell, cell.value]);
  const all = (pairs) => pairs.forEach(([cell, value]) => put(cell, value));
  return { changes, at: changes[0]?.[0], forth: () => all(changes), back: () => all(before) };
}

function write(values) {
  const step = writing(values);
  if (step.changes.length) {
    step.forth();
    record(step);
  }
  return step.changes.length;
}

/* Takes what was typed into a cell as a step of its own. */
function keep(cell) {
  const before = entered.get(cell);
  const after = cell.value;
  if (before !== undefined && before !== after) {
    record({ at: cell, forth: () => put(cell, after), back: () => put(cell, before) });
    entered.set(cell, after);
    kept = cell;
    sign(rowOf(cell));
  }
}

function again(from, to, way) {
  if (document.activeElement.dataset?.cell) {
    keep(document.activeElement);
  }
  const step = from.pop();
  if (!step) {
    return;
  }
  to.push(step);
  step[way]();
  if (step.at?.isConnected) {
    choose(step.at);
  }
  showSteps();
}

function undo() {
  again(done, undone, "back");
}

function redo() {
  again(undone, done, "forth");
}

function showSteps() {
  document.querySelector("[data-act=undo]").disabled = !done.length;
  document.querySelector("[data-act=redo]").disabled = !undone.length;
}
