/* What the controls of a form hold, and what the server wrote into them. */
"use strict";

const NOT_TYPED = new Set(["hidden", "submit", "button", "reset", "image", "file", "password"]);
const NEVER_CARRIED = new Set(["csrfmiddlewaretoken", "digest", "page", "row"]);

function controlsOf(form) {
  const named = [...form.elements].filter(
    (control) =>
      control.name &&
      !control.name.startsWith("_") &&
      !NOT_TYPED.has(control.type) &&
      !control.matches("[data-unkept]"),
  );
  return new Map(named.map((control) => [nameOf(control), control]));
}

function isBox(control) {
  return control.type === "checkbox" || control.type === "radio";
}

function nameOf(control) {
  return isBox(control) ? `${control.name}=${control.value}` : control.name;
}

function heldBy(control) {
  if (isBox(control)) {
    return control.checked;
  }
  return control.multiple ? [...control.selectedOptions].map((option) => option.value) : control.value;
}

/* What the server wrote into a control. */
function givenTo(control) {
  if (isBox(control)) {
    return control.defaultChecked;
  }
  if (!control.options) {
    return control.defaultValue;
  }
  const given = [...control.options].filter((option) => option.defaultSelected).map((option) => option.value);
  return control.multiple ? given : (given.at(-1) ?? control.options[0]?.value ?? "");
}

function putInto(control, value) {
  if (isBox(control)) {
    control.checked = value;
  } else if (control.multiple) {
    for (const option of control.options) {
      option.selected = value.includes(option.value);
    }
  } else {
    control.value = value;
  }
  control.closest("details")?.setAttribute("open", "");
  control.dispatchEvent(new Event("input", { bubbles: true }));
}

const isSame = (one, other) => JSON.stringify(one) === JSON.stringify(other);

/* What a form carries of what its reader saw, so that something newer is never overwritten unseen. */
function carriedBy(form, typed) {
  const carried = {};
  for (const { name, type, value } of form.elements) {
    const row = name?.endsWith("-seen") ? name.slice(0, -4) : "";
    const belongs = !row || Object.keys(typed).some((other) => other.startsWith(row));
    if (type === "hidden" && name && !name.startsWith("_") && !NEVER_CARRIED.has(name) && belongs) {
      carried[name] = value;
    }
  }
  return carried;
}
