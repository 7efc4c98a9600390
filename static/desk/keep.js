/* Keeps in this browser what is typed into a form and not saved yet, by person, form and tab. */
"use strict";

{
  const words = document.getElementById("kept-words");
  const KEPT = "desk-kept:";
  const DAYS_KEPT = 14;

  const now = () => new Date().toISOString();
  const withoutLanguage = (address) => new URL(address, document.baseURI).pathname.replace(/^\/es\//, "/");

  /* A storage of this browser, or one that holds nothing where it lets nobody keep anything. */
  function storageOf(name) {
    const nothing = { getItem: () => null, setItem() {}, removeItem() {} };
    try {
      return window[name] ?? nothing;
    } catch {
      return nothing;
    }
  }

  const lasting = storageOf("localStorage");
  const ofTab = storageOf("sessionStorage");

  function write(storage, key, text) {
    try {
      storage.setItem(key, text);
    } catch {
      /* full: leaving is warned about all the same */
    }
  }

  const store = {
    read(key) {
      try {
        return JSON.parse(lasting.getItem(key));
      } catch {
        return null;
      }
    },
    write(key, entry) {
      write(lasting, key, JSON.stringify(entry));
    },
    drop(key) {
      lasting.removeItem(key);
    },
    keys(start) {
      return Object.keys(lasting).filter((key) => key.startsWith(start));
    },
  };

  class Keeper {
    constructor(form, person, tab) {
      const part = form.elements.namedItem("page")?.value ?? "";
      this.form = form;
      this.place = `${KEPT}${person}:${withoutLanguage(form.action)}:${part}:`;
      this.start = `${this.place}${form.id}:`;
      this.tab = tab;
      this.key = this.start + tab;
      this.wasSent = words.dataset.sent === "yes";
      this.isLeaving = false;
      this.entry = store.read(this.key);
    }

    /* Reads the form; what the server showed again as it was sent is still not saved. */
    keep() {
      const base = this.entry?.typed ?? {};
      const controls = controlsOf(this.form);
      const typed = Object.fromEntries(Object.entries(base).filter(([name]) => !controls.has(name)));
      for (const [name, control] of controls) {
        const value = heldBy(control);
        if (!isSame(value, givenTo(control)) || (this.wasSent && name in base)) {
          typed[name] = value;
        }
      }
      if (!Object.keys(typed).length) {
        this.forget();
        return;
      }
      const carried = { ...carriedBy(this.form, typed), ...(this.wasSent ? {} : this.entry?.carried) };
      this.entry = { when: now(), typed, carried };
      store.write(this.key, this.entry);
    }

    forget() {
      this.entry = null;
      store.drop(this.key);
    }

    /* Puts what was kept into the form; returns what has no place there any more. */
    restore(entry, isOfAnotherTab) {
      this.makeRoom(Object.keys(entry.typed));
      const controls = controlsOf(this.form);
      for (const [name, value] of Object.entries(entry.carried)) {
        const hidden = this.form.elements.namedItem(name);
        if (hidden?.type === "hidden" && (name !== "token" || !isOfAnotherTab || entry.isSent)) {
          hidden.value = value;
        }
      }
      const homeless = [];
      for (const [name, value] of Object.entries(entry.typed)) {
        const control = controls.get(name);
        const isNewer = control && typedEarly.has(this.form) && !isSame(heldBy(control), givenTo(control));
        if (control && !isNewer) {
          putInto(control, value);
        } else if (!control && typeof value === "string" && value.trim()) {
          homeless.push(value);
        }
      }
      return homeless;
    }

    /* Adds to a table of lines the rows that were typed. */
    makeRoom(names) {
      const templates = { new: "line-row", introduced: "commitment-row" };
      const ofNewRows = names.map((name) => name.match(/^(new|introduced)-(\d+)-/)).filter(Boolean);
      for (const { input: name, 1: stem, 2: number } of this.form.id === "table" ? ofNewRows : []) {
        let added = -1;
        while (added < Number(number) && !this.form.elements.namedItem(name) && rowsOf().length < mostRows) {
          const row = fresh(templates[stem]);
          last(rowsOf().at(-1)).after(row);
          added = Number(keyOf(row).split("-")[1]);
        }
      }
    }

    notice(kind, entry, homeless = []) {
      const shown = words.content.querySelector(`[data-kept=${kind}]`).cloneNode(true);
      const day = { dateStyle: "medium", timeStyle: "short" };
      const time = shown.querySelector("time");
      time.dateTime = entry.when;
      time.textContent = new Date(entry.when).toLocaleString(document.documentElement.lang, day);
      const list = shown.querySelector("ul");
      list.hidden = !homeless.length;
      list.append(...homeless.map((text) => Object.assign(document.createElement("li"), { textContent: text })));
      this.form.before(shown);
      return shown;
    }

    begin() {
      if (this.wasSent) {
        if (this.entry) {
          this.keep();
        }
      } else if (this.entry) {
        const { entry } = this;
        const homeless = this.restore(entry, false);
        const shown = this.notice("restored", entry, homeless);
        shown.querySelector("[data-drop]").addEventListener("click", () => {
          this.isLeaving = true;
          this.forget();
          location.reload();
        });
      } else {
        this.offer();
      }
      if (typedEarly.has(this.form)) {
        this.keep();
      }
      this.form.addEventListener("input", () => this.keep());
      this.form.addEventListener("change", () => this.keep());
      this.form.addEventListener("submit", () => this.send());
    }

    /* What was typed in another tab is put here only if that is asked for. */
    offer() {
      const kept = store.keys(this.start).filter((key) => key !== this.key);
      const [newest] = kept.toSorted((one, other) => store.read(other).when.localeCompare(store.read(one).when));
      if (!newest) {
        return;
      }
      const entry = store.read(newest);
      const shown = this.notice("offered", entry);
      shown.querySelector("[data-drop]").addEventListener("click", () => {
        store.drop(newest);
        shown.remove();
      });
      shown.querySelector("[data-put]").addEventListener("click", () => {
        shown.remove();
        store.drop(newest);
        const homeless = this.restore(entry, true);
        this.keep();
        if (homeless.length) {
          this.notice("restored", entry, homeless);
        }
      });
    }

    send() {
      this.isLeaving = true;
      if (this.entry) {
        this.keep();
        store.write(this.key, { ...this.entry, isSent: true });
      }
      write(ofTab, "desk-sent", JSON.stringify([this.place, this.tab]));
    }
  }

  /* Lets forms say to whom they were shown: nobody else who signs in then gets what was typed. */
  function sayToWhom(forms, person) {
    for (const form of forms) {
      const named = { type: "hidden", name: "_person", value: person };
      form.append(Object.assign(document.createElement("input"), named));
    }
  }

  /* The server says that what was sent is saved. */
  function clearWhatWasSaved() {
    const [place, tab] = JSON.parse(ofTab.getItem("desk-sent") ?? "[]");
    ofTab.removeItem("desk-sent");
    if (place && words.dataset.sent !== "yes" && document.querySelector(".messagelist .success, .messagelist .info")) {
      store.keys(place).filter((key) => key.endsWith(`:${tab}`)).forEach(store.drop);
    }
  }

  function clearWhatIsOld() {
    const oldest = new Date(Date.now() - DAYS_KEPT * 86_400_000).toISOString();
    for (const key of store.keys(KEPT)) {
      if (!(store.read(key)?.when > oldest)) {
        store.drop(key);
      }
    }
  }

  /* Names this tab; one that was duplicated gets a name of its own. */
  async function nameOfTab() {
    const named = ofTab.getItem("desk-tab") ?? crypto.getRandomValues(new Uint32Array(2)).join("-");
    const isOurs = await new Promise((answer) => {
      const held = (lock) => {
        answer(Boolean(lock));
        return lock && new Promise(() => {});
      };
      if (navigator.locks) {
        navigator.locks.request(`desk-tab-${named}`, { ifAvailable: true }, held).catch(() => answer(true));
      } else {
        answer(true);
      }
    });
    if (isOurs) {
      write(ofTab, "desk-tab", named);
      return named;
    }
    ofTab.removeItem("desk-tab");
    return nameOfTab();
  }

  function isKept(form) {
    return (
      form.method === "post" &&
      !form.matches("#logout-form, #changelist-form, [data-unkept]") &&
      !form.querySelector("[type=password], [autocomplete=one-time-code], [autocomplete=username]") &&
      controlsOf(form).size > 0
    );
  }

  /* What leads to this page again, where what was typed stands there again. */
  function leadsHere(event) {
    const isElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    return !isElsewhere && event.target.closest('[data-stays] a[href^="?"], [data-stays] form[method=get]');
  }

  const typedEarly = new Set();

  async function begin() {
    const { person } = words.dataset;
    const early = (event) => typedEarly.add(event.target.form);
    document.addEventListener("input", early);
    for (const form of document.querySelectorAll('form[action$="/logout/"]')) {
      form.addEventListener("submit", () => store.keys(`${KEPT}${person}:`).forEach(store.drop));
    }
    sayToWhom([...document.forms].filter((form) => form.method === "post"), person);
    clearWhatIsOld();
    clearWhatWasSaved();
    const tab = await nameOfTab();
    const keepers = [...document.forms].filter(isKept).map((form) => new Keeper(form, person, tab));
    document.removeEventListener("input", early);
    keepers.forEach((keeper) => keeper.begin());
    window.addEventListener("pageshow", () => keepers.forEach((keeper) => (keeper.isLeaving = false)));
    const stay = (event) => keepers.forEach((keeper) => (keeper.isLeaving ||= Boolean(leadsHere(event))));
    document.addEventListener("submit", stay);
    document.addEventListener("click", (event) => event.target.closest("a") && stay(event));
    window.addEventListener("beforeunload", (event) => {
      if (keepers.some((keeper) => keeper.entry) && !keepers.some((keeper) => keeper.isLeaving)) {
        event.preventDefault();
      }
    });
  }

  if (words) {
    document.addEventListener("DOMContentLoaded", begin);
  }
}
