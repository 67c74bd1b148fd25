/* The ticket page: who is here, drafts, macros, mentions, keys of menu items. The server decides and words everything;
   without this file the same is done by plain forms. Needs wb.js. */
(function () {
  "use strict";
  var wb = window.wb, KEEP = 2000, BEAT = 20000, RETRY = 10000;

  function $(selector, root) { return (root || document).querySelector(selector); }
  function $$(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function on(type, listener, options) { document.addEventListener(type, listener, options); }
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }
  function composer() { return $("form[data-composer]"); }
  function area() { var form = composer(); return form && $("textarea[name=body]", form); }
  function mode() { var form = composer(); return form ? form.dataset.mode : ""; }
  function token() { return $('meta[name="csrf-token"]').content; }
  function post(url, values, options) {
    var body = new FormData();
    Object.keys(values).forEach(function (name) { body.set(name, values[name]); });
    return fetch(url, Object.assign({ method: "POST", body: body, credentials: "same-origin", headers: { "HX-Request": "true", "X-CSRFToken": token() } }, options || {}));
  }

  /* Presence: a hint, so that whatever goes wrong is passed over in silence */

  var here = $("[data-beat]"), shown = "", lastMode = "", beatAt = 0;
  function doing() { var box = area(); return box && box.value.trim() && mode() !== "note" ? "replying" : "viewing"; }
  function beat() {
    if (!here || document.hidden) return;
    beatAt = Date.now();
    lastMode = doing();
    post(here.dataset.beat, { mode: lastMode }).then(function (answer) {
      return answer.status === 200 ? answer.text() : answer.status === 204 ? "" : shown;
    }).then(function (markup) { shown = markup; draw(true); }, function () {});
  }
  function draw(all) {
    var parts = new DOMParser().parseFromString(shown, "text/html");
    $$("[data-presence]").forEach(function (place) {
      var part = $('[data-here="' + place.dataset.presence + '"]', parts), markup = part ? part.innerHTML.trim() : "";
      if ((all || markup) && place.innerHTML.trim() !== markup) place.innerHTML = markup;
    });
  }
  function pulse() { if (Date.now() - beatAt > BEAT - 500 || (doing() !== lastMode && Date.now() - beatAt > 1000)) beat(); }
  if (here) {
    beat();
    setInterval(pulse, 1000);
    on("visibilitychange", function () { if (!document.hidden) beat(); });
    window.addEventListener("pagehide", function () { post(here.dataset.beat, { mode: "gone" }, { keepalive: true }).catch(function () {}); });
  }

  /* Drafts: kept two seconds after the last key, in this window while there is no connection */

  var kept = "", keptAt = 0, timer = 0, busy = false, halted = false, retries = 0;
  function line() { return $("#draft"); }
  function store() { return "draft:" + line().dataset.draft; }
  function state() { var form = composer(); return { mode: mode(), body: area().value, macro: form.elements.macro ? form.elements.macro.value : "" }; }
  function word(now) { return JSON.stringify([now.mode, now.body.trim(), now.macro]); }
  function stamp() { var node = $("[data-stamp]", line()); return node ? node.dataset.stamp : ""; }
  function tell(text) { var known = stamp(), node = document.createElement("span"); node.textContent = text; node.dataset.stamp = known; line().replaceChildren(node); }
  function later() { clearTimeout(timer); timer = setTimeout(keep, KEEP); }
  function keep(force) {
    var now = line() && area() ? state() : null;
    if (!now || busy || (halted && force !== true) || (force !== true && word(now) === kept)) return Promise.resolve();
    var values = { mode: now.mode, body: now.body, macro: now.macro, known: stamp() }, of = line();
    if (force === true) values.force = "1";
    busy = true;
    return post(of.dataset.draft, values).then(function (answer) {
      busy = false;
      if (answer.status === 401) { put(now); wb.askLogin(of); return; }
      if (answer.status >= 500) throw new Error(answer.status);
      return answer.text().then(function (markup) {
        if (line() !== of || [200, 409, 422].indexOf(answer.status) < 0) return;
        of.innerHTML = markup;
        halted = answer.status === 409;
        kept = word(now);
        if (answer.status === 200) { keptAt = Date.now(); drop(); }
      });
    }).catch(function () { busy = false; put(now); if (line()) tell(line().dataset.offline); clearTimeout(timer); timer = setTimeout(keep, RETRY); });
  }
  function put(now) { try { sessionStorage.setItem(store(), JSON.stringify(now)); } catch (e) { /* no room: the text still stands in the page */ } }
  function drop() { try { sessionStorage.removeItem(store()); } catch (e) { /* nothing kept */ } }
  function fillFrom(now) {
    setMode(now.mode);
    area().value = now.body;
    if (now.macro !== undefined && composer().elements.macro) composer().elements.macro.value = now.macro;
  }
  function begin() {
    if (!line() || !area()) return;
    var saved = null, end = area().value.length;
    area().setSelectionRange(end, end);
    try { saved = JSON.parse(sessionStorage.getItem(store()) || "null"); } catch (e) { saved = null; }
    kept = word(state());
    if (saved && saved.body && word(saved) !== kept) { fillFrom(saved); later(); }
  }
  on("input", function (event) { if (event.target === area()) { retries = 0; later(); } });
  on("change", function (event) { if (composer() && composer().contains(event.target) && (event.target.name === "mode")) later(); });
  on("click", function (event) {
    if (closest(event.target, "[data-draft-save]")) { event.preventDefault(); clearTimeout(timer); keep(true); }
    if (closest(event.target, "[data-draft-keep]")) { halted = false; keep(true).then(function () { area().focus(); }); }
    if (closest(event.target, "[data-draft-take]")) {
      var newer = $("[data-theirs]", line());
      fillFrom({ mode: newer.dataset.mode, body: newer.value, macro: "" });
      halted = false;
      kept = "";
      keep(true).then(function () { area().focus(); });
    }
  });
  window.addEventListener("online", function () { if (area()) keep(); });
  window.addEventListener("pagehide", function () {
    if (!area() || !line() || halted) return;
    var now = state();
    /* The page that follows may have been drawn just before the draft was kept: hand it over in this window too. */
    if (word(now) === kept && (!now.body.trim() || Date.now() - keptAt > KEEP)) return;
    put(now);
    if (word(now) === kept) return;
    post(line().dataset.draft, { mode: now.mode, body: now.body, macro: now.macro, known: stamp() }, { keepalive: true }).catch(function () {});
  });

  /* Sending: what did not arrive stays, is kept as a draft and tried again with the same key */

  on("htmx:beforeRequest", function (event) { if (event.detail.elt === composer()) clearTimeout(timer); });
  function failed(event) {
    var form = composer(), status = (event.detail.xhr || {}).status || 0;
    if (event.detail.elt !== form || (status && status < 500)) return;
    put(state());
    if (line()) tell(line().dataset.retry);
    if (retries++ < 5) setTimeout(function () { if (composer() === form && !form.dataset.busy && area().value.trim()) form.requestSubmit($("[data-send]", form)); }, RETRY);
  }
  ["htmx:sendError", "htmx:timeout", "htmx:responseError"].forEach(function (type) { on(type, failed); });
  on("htmx:afterRequest", function (event) { if (closest(event.detail.elt, "form[data-composer]") && event.detail.successful) { drop(); retries = 0; halted = false; } });
  on("htmx:afterSettle", function () { draw(false); if (area() && area() !== seen) { seen = area(); begin(); pulse(); } });
  var seen = area();

  /* Macros: the text at the cursor, and what goes with its sending */

  var slash = -1, back = false;
  function setMode(name) {
    var radio = composer() && $('input[name=mode][value="' + name + '"]', composer());
    if (!radio) return false;
    radio.checked = true;
    composer().dataset.mode = name;
    return true;
  }
  function insert(text, from) {
    var box = area(), start = from >= 0 ? from : box.selectionStart, end = box.selectionEnd;
    box.value = box.value.slice(0, start) + text + box.value.slice(Math.max(start, end));
    box.selectionStart = box.selectionEnd = start + text.length;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }
  function take(offer) {
    var form = composer(), box = area(), at = slash, said = $("[data-macro-line]");
    slash = -1;
    var left = box.value.trim() === "" || (at >= 0 && box.value.trim() === "/");
    if (left || offer.dataset.mode === "note") setMode(offer.dataset.mode);
    form.elements.macro.value = offer.dataset.effects ? offer.dataset.macro : "";
    if (form.elements.next_state) form.elements.next_state.value = offer.dataset.state || "";
    said.hidden = !offer.dataset.effects;
    $("[data-macro-words]", said).textContent = offer.dataset.name + (offer.dataset.effects ? " · " + offer.dataset.effects : "");
    back = true;
    $("#wb-dialog").close();
    insert($("[data-text]", offer).textContent, at);
  }
  on("click", function (event) {
    var offer = closest(event.target, "#wb-dialog [data-macro]");
    if (offer && area()) { event.preventDefault(); take(offer); }
    if (closest(event.target, "[data-macro-drop]")) {
      composer().elements.macro.value = "";
      $("[data-macro-line]").hidden = true;
      later();
      area().focus();
    }
  });
  on("submit", function (event) { if (event.target.querySelector("#macro-search")) event.preventDefault(); }, true);
  function offers() { return $$("#wb-dialog .macro-offer"); }
  function first(by) {
    var all = offers(), at = all.findIndex(function (one) { return one.classList.contains("is-first"); });
    all.forEach(function (one) { one.classList.remove("is-first"); });
    var next = all[Math.min(Math.max((at < 0 ? (by > 0 ? -1 : 0) : at) + by, 0), all.length - 1)];
    if (next) { next.classList.add("is-first"); next.scrollIntoView({ block: "nearest" }); wb.say(next.dataset.name); }
  }
  on("keydown", function (event) {
    if (event.target.id !== "macro-search" || event.isComposing || event.keyCode === 229) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); first(event.key === "ArrowDown" ? 1 : -1); }
    if (event.key !== "Enter") return;
    event.preventDefault();
    var chosen = $("#wb-dialog .macro-offer.is-first") || offers()[0];
    if (chosen && area()) take(chosen);
  });
  on("input", function (event) {
    var box = event.target, opener = $("#act-macros");
    if (box !== area() || !opener || event.inputType !== "insertText" || event.data !== "/") return;
    var at = box.selectionStart - 1, before = box.value.slice(0, at);
    if (before && !/[\n\s]$/.test(before)) return;
    slash = at;
    opener.click();
  });
  on("close", function (event) {
    if (event.target.id !== "wb-dialog" || (slash < 0 && !back)) return;
    var box = area(), caret = box && (back ? box.selectionEnd : slash + 1);
    slash = -1;
    back = false;
    /* What the dialog held inert takes neither focus nor keys before the next frame. */
    if (box) requestAnimationFrame(function () { box.blur(); box.focus(); box.setSelectionRange(caret, caret); });
  }, true);

  /* Mentions: colleagues after an @ in a note */

  var asked = "";
  function people() { return $("#colleagues"); }
  function at() {
    var box = area();
    if (!box || mode() !== "note") return null;
    var found = /[@＠]([^\s@＠]{0,20})$/.exec(box.value.slice(0, box.selectionStart));
    return found && { from: box.selectionStart - found[1].length, name: found[1] };
  }
  function hide() { asked = ""; var list = people(); if (list) list.hidden = true; var box = area(); if (box) box.removeAttribute("aria-activedescendant"); }
  function suggest() {
    var found = at(), list = people();
    if (!found || !list) return hide();
    asked = found.name + "@" + found.from;
    var mine = asked;
    fetch(list.dataset.url + "?q=" + encodeURIComponent(found.name), { credentials: "same-origin", headers: { "HX-Request": "true" } }).then(function (answer) {
      return answer.ok ? answer.text() : "";
    }).then(function (markup) {
      if (mine !== asked) return;
      list.innerHTML = markup;
      $$("[role=option]", list).forEach(function (one, i) { one.id = "colleague-" + i; });
      list.hidden = !$("[role=option]", list);
      if (!list.hidden) choose(0);
    }, hide);
  }
  function choose(by) {
    var all = $$("[role=option]", people()), now = all.findIndex(function (one) { return one.getAttribute("aria-selected") === "true"; });
    var next = all[(Math.max(now, 0) + by + all.length) % all.length];
    all.forEach(function (one) { one.setAttribute("aria-selected", String(one === next)); });
    area().setAttribute("aria-activedescendant", next.id);
    wb.say(next.dataset.label);
  }
  function name(option) {
    var found = at();
    if (!found || !option) return;
    insert(option.dataset.label + " ", found.from);
    hide();
  }
  on("input", function (event) { if (event.target === area()) suggest(); });
  on("keydown", function (event) {
    var list = people();
    if (event.target !== area() || !list || list.hidden || event.isComposing || event.keyCode === 229 || event.ctrlKey) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); choose(event.key === "ArrowDown" ? 1 : -1); }
    else if (event.key === "Enter" || event.key === "Tab") { event.preventDefault(); event.stopPropagation(); name($('[aria-selected="true"]', list)); }
    else if (event.key === "Escape") { event.preventDefault(); event.stopPropagation(); hide(); }
  }, true);
  on("mousedown", function (event) { var option = closest(event.target, "#colleagues [role=option]"); if (option) { event.preventDefault(); name(option); } });
  on("focusout", function (event) { if (event.target === area()) setTimeout(hide, 150); });

  /* Keys of acts that stand in the closed menu */

  on("keydown", function (event) {
    if (event.defaultPrevented || event.isComposing || event.keyCode === 229 || event.ctrlKey || event.altKey || event.metaKey || event.shiftKey) return;
    if (document.documentElement.dataset.shortcuts === "off" || $("dialog[open]") || closest(event.target, "input:not([type=radio]):not([type=checkbox]), textarea, select")) return;
    var act = event.key.length === 1 && $('[data-menu-key="' + CSS.escape(event.key.toLowerCase()) + '"]');
    if (act) { event.preventDefault(); act.click(); }
  });

  begin();
})();
