/* Keeps a wallboard fresh: asks again every 15 s, says when the figures are older than 60 s, turns its two pages every 20 s
   (not under reduced motion) and shifts the picture by 2 px a minute against burning in. */
(function () {
  "use strict";
  var REFRESH = 15000, STALE = 60000, TURN = 20000, SHIFT = 60000;
  var html = document.documentElement, stale = document.getElementById("stale");
  var still = matchMedia("(prefers-reduced-motion: reduce)");
  var offset = Number(html.dataset.now) * 1000 - Date.now(), good = Date.now();

  function clock(ms) {
    return new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: html.dataset.zone });
  }
  function tick() {
    var old = Date.now() - good > STALE, text = stale.dataset.text.replace("{time}", clock(good + offset));
    document.getElementById("clock").textContent = clock(Date.now() + offset);
    if (old && stale.textContent !== text) stale.textContent = text;
    stale.hidden = !old;
  }
  function take(markup) {
    var fresh = new DOMParser().parseFromString(markup, "text/html"), live = fresh.getElementById("live");
    if (!live) return;
    document.getElementById("live").replaceWith(document.adoptNode(live));
    offset = Number(fresh.documentElement.dataset.now) * 1000 - Date.now();
    good = Date.now();
    tick();
  }
  function ask() {
    var stop = new AbortController(), timer = setTimeout(function () { stop.abort(); }, 10000);
    fetch(location.href, { cache: "no-store", signal: stop.signal }).then(function (answer) {
      if (answer.status === 404) { location.reload(); return ""; }
      return answer.ok ? answer.text() : "";
    }).then(take, function () { /* the banner says it */ }).then(function () { clearTimeout(timer); });
  }
  function turn() { html.dataset.shown = html.dataset.shown === "1" ? "2" : "1"; }
  function arrange() { html.classList.toggle("turns", !still.matches); }

  html.dataset.shown = "1";
  arrange();
  still.addEventListener("change", arrange);
  tick();
  setInterval(tick, 1000);
  setInterval(ask, REFRESH);
  setInterval(function () { if (!still.matches) turn(); }, TURN);
  setInterval(function () { html.dataset.shift = (Number(html.dataset.shift || 0) + 1) % 4; }, SHIFT);
})();
