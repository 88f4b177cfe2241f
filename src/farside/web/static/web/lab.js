// What script adds to pages that work without it: balances that close as one types, drafts that survive a lost connection,
// forms that are sent once, a key for the scan box, parts that are read afresh.
"use strict";

const UNITS = { ug: 1n, mg: 1000n, g: 1000000n, kg: 1000000000n };

// Whole micrograms of "12.5 mg", or null for what is none.
function micrograms(text) {
  const found = /^\s*(\d*)(?:\.(\d*))?\s*(ug|µg|μg|mg|g|kg)?\s*$/.exec(text.normalize("NFKC").replace("μ", "µ"));
  if (!found || (!found[1] && !found[2])) return null;
  const unit = UNITS[(found[3] || "ug").replace(/[µμ]/, "u")];
  const decimals = found[2] || "";
  const scale = 10n ** BigInt(decimals.length);
  const product = BigInt((found[1] || "0") + decimals) * unit;
  return product % scale === 0n ? product / scale : null;
}

function grouped(number) {
  return number.toString().replace(/\B(?=(\d{3})+(?!\d))/g, " ");
}

// What the chosen balance is allowed to be wrong by.
function tolerance(box, form) {
  const chosen = form.querySelector("[name=balance], [name$='-balance']");
  return BigInt(JSON.parse(box.dataset.tolerances || "{}")[chosen ? chosen.value : ""] || 0);
}

// A box with data-balance="WHOLE" tells how the masses of its form add up to the whole; gross counts less tare.
function balance(box) {
  const form = box.closest("form");
  const whole = BigInt(box.dataset.balance);
  const gross = form.querySelector("[name=gross], [name$='-gross']");
  const measured = gross && (gross.name === "gross" || gross.value.trim());
  let sum = 0n, wrong = false;
  for (const input of form.querySelectorAll("[data-mass]")) {
    if (!input.value.trim() || input.name === "taken") continue;  // what was taken is the sum of what is made and lost
    const mass = micrograms(input.value);
    if (mass === null) { wrong = true; continue; }
    sum += /(^|-)tare$/.test(input.name) ? -mass : mass;
  }
  const left = whole - sum;
  const words = wrong ? box.dataset.unreadable : left === 0n ? box.dataset.closed : measured
    ? `${box.dataset.difference} ${left > 0n ? "−" : "+"}${grouped(left < 0n ? -left : left)} µg`
    : `${left > 0n ? box.dataset.left : box.dataset.over} ${grouped(left < 0n ? -left : left)} µg`;
  box.textContent = `${grouped(sum)} / ${grouped(whole)} µg: ${words}`;
  const within = !wrong && (measured ? (left < 0n ? -left : left) <= tolerance(box, form) : box.dataset.partial && left >= 0n);
  box.classList.toggle("closed", !wrong && (left === 0n || Boolean(within)));
  box.classList.toggle("open", wrong || (left !== 0n && !within));
}

// Drafts: what a person typed is kept on this machine until the form has been taken, or they leave.
const draftOf = (form) => `draft:${location.pathname}:${form.dataset.draft}`;

// The page after a form that was sent says so: then its draft is no longer needed.
function forgetSent() {
  const sent = sessionStorage.getItem("sent");
  if (sent && document.querySelector("[data-done]")) { localStorage.removeItem(sent); sessionStorage.removeItem("sent"); }
}

function forgetAll() {
  for (const key of Object.keys(localStorage)) if (key.startsWith("draft:")) localStorage.removeItem(key);
}

function keep(form) {
  const typed = {};
  for (const input of form.elements) {
    if (!input.name || ["hidden", "password", "file", "submit"].includes(input.type)) continue;
    typed[input.name] = input.type === "checkbox" ? input.checked : input.value;
  }
  localStorage.setItem(draftOf(form), JSON.stringify(typed));
}

function bringBack(form) {
  const kept = localStorage.getItem(draftOf(form));
  if (!kept || form.dataset.answered) return;
  for (const [name, value] of Object.entries(JSON.parse(kept))) {
    const input = form.elements.namedItem(name);
    if (!input || input instanceof RadioNodeList) continue;
    if (input.type === "checkbox") input.checked = value; else if (!input.value) input.value = value;
  }
  const note = form.querySelector("[data-draft-note]");
  if (note) note.hidden = false;
}

function start(root) {
  forgetSent();
  for (const box of root.querySelectorAll("[data-balance]")) {
    box.closest("form").addEventListener("input", () => balance(box));
  }
  for (const form of root.querySelectorAll("form[data-draft]")) {
    bringBack(form);
    form.addEventListener("input", () => keep(form));
  }
  for (const box of root.querySelectorAll("[data-balance]")) balance(box);
}

document.addEventListener("DOMContentLoaded", () => start(document));
document.addEventListener("htmx:load", (event) => { if (event.target !== document.body) start(event.target); });

// One sending at a time; when the connection is lost the form stays as it is and says so.
document.addEventListener("submit", (event) => {
  const button = event.target.querySelector("button[type=submit], button:not([type])");
  if (button && button.getAttribute("aria-busy")) { event.preventDefault(); event.stopPropagation(); return; }
  if (event.target.dataset.draft) sessionStorage.setItem("sent", draftOf(event.target));
  if ("leave" in event.target.dataset) forgetAll();
  if (button) { button.setAttribute("aria-busy", "true"); setTimeout(() => button.removeAttribute("aria-busy"), 8000); }
}, true);
for (const lost of ["htmx:sendError", "htmx:timeout"]) {
  document.addEventListener(lost, (event) => {
    const form = event.target.closest("form");
    const words = form && form.querySelector("[data-lost]");
    if (words) { words.hidden = false; words.focus(); }
    for (const busy of document.querySelectorAll("[aria-busy=true]")) busy.removeAttribute("aria-busy");
  });
}

// Parts of pages that are read afresh every minute: not under the hands of whoever is in one; when nobody is signed in any more, the whole.
document.addEventListener("htmx:beforeRequest", (event) => {
  if (event.target.hasAttribute("hx-select") && event.target.contains(document.activeElement)) event.preventDefault();
});
document.addEventListener("htmx:beforeSwap", (event) => {
  const part = event.target.getAttribute("hx-select");
  if (!part || event.detail.xhr.responseText.includes(`id="${part.slice(1)}"`)) return;
  event.detail.shouldSwap = false;
  location.reload();
});

// A scanner types a code and Enter: wherever nobody is writing, that opens the code's page.
let scanned = "", scannedAt = 0;
document.addEventListener("keydown", (event) => {
  if (/^(INPUT|TEXTAREA|SELECT|BUTTON|A|SUMMARY)$/.test(event.target.tagName) || event.ctrlKey || event.metaKey || event.altKey) { scanned = ""; return; }
  if (event.timeStamp - scannedAt > 500) scanned = "";
  scannedAt = event.timeStamp;
  if (event.key === "Enter" && scanned.length > 1) location.assign(`/go?code=${encodeURIComponent(scanned)}`);
  else if (event.key.length === 1 && (scanned || event.key !== "/")) scanned += event.key;
});

// "/" goes to the scan box from anywhere but a field; a scanner that types a code and Enter lands there as well.
document.addEventListener("keydown", (event) => {
  if (event.key !== "/" || /^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const box = document.getElementById("scan");
  if (box) { event.preventDefault(); box.focus(); box.select(); }
});
document.addEventListener("click", (event) => {
  if (event.target.closest("[data-print]")) window.print();
});
