"use strict";
// Puts what the server says in place, by text and attributes alone: every word of it may come from a stranger.
(() => {
  const query = document.body.dataset.query;
  const live = document.getElementById("live");
  const liveWord = document.getElementById("live-word");
  const verdict = document.querySelector(".verdict");
  const spoken = document.getElementById("spoken");
  const pollEvery = 2000;
  const streamAgain = 15; // polls after which a stream is tried again
  const silence = 5000;   // without a message for so long, the page is not live
  const blink = 1500;     // and without a connection for so long
  const endedAgain = 5000;   // after the end of a client, until one in its place is looked for
  const spokenEvery = 20000; // between two times that mere numbers are spoken

  // at finds a.b.0 in an object.
  const at = (data, path) => path.split(".").reduce((value, key) => (value == null ? value : value[key]), data);

  // setText leaves alone what is the same: a screen reader speaks of changes, and a selection stays.
  function setText(element, value) {
    const text = value == null ? "" : String(value);
    if (element.textContent !== text) element.textContent = text;
  }

  function setAttribute(element, name, value) {
    const text = value == null ? "" : String(value);
    if (element.getAttribute(name) !== text) element.setAttribute(name, text);
  }

  // fill gives an element and all below it their values: data-t a text, data-a attributes, data-icon a shape, data-list rows.
  function fill(element, data) {
    const { t, a, icon, list } = element.dataset;
    if (t) setText(element, at(data, t));
    if (icon) setAttribute(element, "href", "#icon-" + at(data, icon));
    if (a) {
      for (const pair of a.split(" ")) {
        const [name, path] = pair.split(":");
        setAttribute(element, name, at(data, path));
      }
    }
    if (list) fillRows(element, at(data, list) || []);
    else for (const child of element.children) fill(child, data);
  }

  // fillRows makes as many copies of the template, which is the first child, as there are items.
  function fillRows(list, items) {
    const template = list.firstElementChild;
    while (list.children.length - 1 > items.length) list.lastElementChild.remove();
    while (list.children.length - 1 < items.length) list.append(template.content.firstElementChild.cloneNode(true));
    items.forEach((item, i) => fill(list.children[i + 1], item));
  }

  let source = null;   // the stream
  let polling = 0;     // the timer of what comes next, where there is no stream
  let turn = 0;        // which poll counts: one that was overtaken shows nothing
  let watchdog = 0;    // of a stream that is silent
  let gone = 0;        // of one that is cut off
  let ended = false;   // the client was closed: nothing changes any more, unless another takes its place
  let spokenAt = 0;

  function setLive(state, word) {
    live.dataset.live = state;
    setText(liveWord, word);
  }

  // speak has a screen reader tell the sentence: at once when its words change, and now and then when its numbers do.
  function speak(text) {
    const words = (of) => of.replace(/[\d.,]+/g, "");
    const now = performance.now();
    if (words(text) === words(spoken.textContent) && now - spokenAt < spokenEvery) return;
    setText(spoken, text);
    spokenAt = now;
  }

  function show(view) {
    fill(document.body, view);
    speak(view.summary);
    ended = view.closed;
    if (ended) {
      stop();
      setLive("ended", "closed, as of");
      polling = setTimeout(start, endedAgain);
      return;
    }
    setLive("on", "live");
    disarm();
    if (source) watchdog = setTimeout(giveUp, silence);
  }

  function disarm() {
    clearTimeout(watchdog);
    clearTimeout(gone);
    gone = 0;
  }

  // lost has the sentence say that it is of then: the process may be gone, and what it said with it.
  function lost() {
    if (ended || live.dataset.live === "lost") return;
    setLive("lost", "not live since");
    setAttribute(verdict, "data-tone", "idle");
    setAttribute(verdict.querySelector("use"), "href", "#icon-idle");
    const sentence = verdict.querySelector(".summary");
    setText(sentence, "No word since " + live.querySelector(".clock").textContent + ". The last was: " + sentence.textContent);
    speak(sentence.textContent);
  }

  // giveUp polls instead of a stream that is silent: a proxy gathers it, or its connection died while the computer slept.
  function giveUp() {
    lost();
    stop();
    poll(streamAgain);
  }

  function start() {
    if (source) return;
    stop();
    source = new EventSource("./events" + query + "&as=page");
    watchdog = setTimeout(giveUp, silence);
    source.addEventListener("page", (event) => show(JSON.parse(event.data)));
    source.addEventListener("error", () => {
      gone ||= setTimeout(lost, blink);
      if (source && source.readyState === EventSource.CLOSED) { // refused: there are too many
        stop();
        poll(streamAgain);
      }
    });
  }

  async function poll(left) {
    const mine = ++turn;
    try {
      const answer = await fetch("./stats" + query + "&as=page", { cache: "no-store", signal: AbortSignal.timeout(silence) });
      if (!answer.ok) throw new Error(answer.status);
      const view = await answer.json();
      if (mine === turn) show(view);
    } catch {
      if (mine === turn) lost();
    }
    if (mine === turn) polling = setTimeout(() => (left > 1 ? poll(left - 1) : start()), pollEvery);
  }

  // stop gives the connection back: a browser has six for a server.
  function stop() {
    if (source) source.close();
    source = null;
    turn++;
    clearTimeout(polling);
    disarm();
  }

  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) return start();
    stop();
    lost();
  });
  if (!document.hidden) start();
})();
