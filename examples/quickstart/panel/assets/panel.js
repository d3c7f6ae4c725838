// The panel works without this: each switch is a button of a form. With it the page stays where it is, and tells each second what is on.
"use strict";

const summary = document.getElementById("summary");
const failure = document.getElementById("failure");

// say puts a text where it is read out, if it is another one.
function say(where, text) {
  where.hidden = text === "";
  if (where.textContent !== text) where.textContent = text;
}

// press shows a switch as on or off.
function press(button, on) {
  button.setAttribute("aria-pressed", String(on));
  const target = new URL(button.formAction);
  target.searchParams.set("on", String(!on));
  button.formAction = target;
}

function show(state) {
  say(summary, state.summary);
  for (const row of state.replicas) {
    const form = document.querySelector(`form[data-replica="${row.name}"]`);
    form.querySelector(".state").textContent = row.state;
    const buttons = [...form.querySelectorAll("button")];
    for (const b of buttons) press(b, row.on.includes(b.dataset.fault));
    const taken = buttons.find((b) => "process" in b.dataset && b.ariaPressed === "true");
    for (const b of buttons) b.disabled = "process" in b.dataset && taken !== undefined && taken !== b;
  }
  press(document.querySelector('button[data-fault="consul"]'), state.consul.away);
}

// ask returns what is on, after a change if there is one.
async function ask(path, body) {
  const response = await fetch(path, {method: body ? "POST" : "GET", body, headers: {Accept: "application/json"}});
  const answer = await response.json();
  if (!response.ok) throw new Error(answer.detail ?? response.statusText);
  return answer;
}

let latest = 0; // the request whose answer counts: an older one must not undo a newer

async function refresh(path = "/faults", body) {
  const mine = ++latest;
  try {
    const state = await ask(path, body);
    if (mine === latest) show(state);
    return "";
  } catch (error) {
    return error instanceof TypeError ? "The quickstart does not answer: it has ended, or is about to." : error.message;
  }
}

let changing = 0; // changes under way

document.addEventListener("submit", async (event) => {
  event.preventDefault();
  const {submitter: button, target: form} = event;
  if (button.ariaBusy === "true") return;
  const path = button.getAttribute("formaction") ?? form.getAttribute("action");
  button.ariaBusy = "true";
  changing++;
  try {
    say(failure, await refresh(path, new URLSearchParams(new FormData(form))));
  } finally {
    changing--;
    button.ariaBusy = "false";
  }
});

let silent = false;

setInterval(async () => {
  if (changing > 0 || document.hidden) return;
  const error = await refresh();
  if (error !== "" || silent) say(failure, error);
  silent = error !== "";
}, 1000);
