/* Weibao in the browser. The server decides every state; this file counts down, listens to keys and keeps the page calm.
   Plain script, no modules. Parts: texts and clock, countdown, polling, announcements, errors, dialogs, toasts, forms,
   keys, lists, composer, files, shell. */
(function () {
  "use strict";
  var html = document.documentElement;
  var texts = JSON.parse(content("wb-texts") || "{}");
  var units = texts.units || {};
  var offset = Number(html.dataset.now || Date.now() / 1000) - Date.now() / 1000;
  window.wb = { texts: texts, now: now, tick: tick, announce: announce, say: say, toast: toast, strip: strip, clearStrip: clearStrip, askLogin: askLogin, listens: listens, typing: typing };

  function $(selector, root) { return (root || document).querySelector(selector); }
  function $$(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function on(type, listener, options) { document.addEventListener(type, listener, options); }
  function content(name) { var meta = $('meta[name="' + name + '"]'); return meta ? meta.content : ""; }
  function closest(node, selector) { return node && node.closest ? node.closest(selector) : null; }
  function fill(text, values) { return text.replace(/\{(\w+)\}/g, function (_, name) { return values[name]; }); }
  function element(tag, cls, text) {
    var made = document.createElement(tag);
    if (cls) made.className = cls;
    if (text) made.textContent = text;
    return made;
  }
  function submit(form) { form.requestSubmit ? form.requestSubmit() : form.submit(); }
  function visible(node) { return !!(node.offsetParent || node.getClientRects().length); }

  /* Time */

  function now() { return Date.now() / 1000 + offset; }

  function write(both, one, a, b) {
    return (b ? units[both] : units[one]).replace("{a}", a).replace("{b!}", String(b).padStart(2, "0")).replace("{b}", b);
  }
  function countdown(seconds) {
    var s = Math.max(Math.floor(seconds), 0);
    if (s >= 86400) return write("days_hours", "days", Math.floor(s / 86400), Math.floor(s % 86400 / 3600));
    if (s >= 3600) return write("hours_minutes", "hours", Math.floor(s / 3600), Math.floor(s % 3600 / 60));
    if (s >= 600) return write("", "minutes", Math.floor(s / 60), 0);
    if (s >= 60) return write("minutes_seconds", "minutes", Math.floor(s / 60), s % 60);
    return write("", "seconds", s, 0);
  }

  /* The server may record a change some seconds after its instant: the same row asks again after 5 s at the earliest. */
  var timer = 0, firedAt = {};
  function paint() {
    var soonest = Infinity, at = now();
    $$("[data-due]").forEach(function (node) {
      var over = node.dataset.mode === "over";
      var span = (over ? 1 : -1) * (at - Number(node.dataset.due));
      var text = countdown(span);
      if (node.textContent !== text) node.textContent = text;
      soonest = Math.min(soonest, Math.max(span, 0));
    });
    $$("[data-next]").forEach(function (node) {
      if (Number(node.dataset.next) > at) { soonest = Math.min(soonest, Number(node.dataset.next) - at); return; }
      var key = (closest(node, "[id]") || {}).id || "", wait = 5 - (at - (firedAt[key] || 0));
      if (wait > 0) { soonest = Math.min(soonest, wait); return; }
      firedAt[key] = at;
      node.removeAttribute("data-next");
      var named = closest(node, "[data-announce]");
      if (named) announce(fill(texts.threshold, { what: named.dataset.announce }));
      node.dispatchEvent(new CustomEvent("wb:threshold", { bubbles: true }));
    });
    clearTimeout(timer);
    if (!document.hidden && soonest < Infinity) timer = setTimeout(paint, soonest < 3600 ? 1000 - (now() * 1000) % 1000 + 5 : 30000);
  }

  /* Polling */

  var POLL = 30, FAST = 15;
  function tick(force) {
    if (document.hidden) return;
    var normal = $('[data-level="critical"]') ? FAST : POLL;
    $$("[data-poll]").forEach(function (node) {
      var every = Number(node.dataset.poll) || normal;
      node.wbLast = node.wbLast || Date.now();
      if (force !== true && Date.now() - node.wbLast < every * 1000 - 500) return;
      node.wbLast = Date.now();
      node.dispatchEvent(new CustomEvent("wb:tick", { bubbles: false }));
    });
  }
  setInterval(tick, 1000);
  on("visibilitychange", function () { if (!document.hidden) { paint(); tick(true); } else clearTimeout(timer); });

  /* Announcements: one polite sentence a minute at most */

  var spokenAt = -Infinity, speaking = 0;
  function say(text) { var live = $("#wb-live"); if (live) live.textContent = text; }
  function announce(text) {
    clearTimeout(speaking);
    speaking = setTimeout(function () { spokenAt = Date.now(); say(text); }, Math.max(0, spokenAt + 60000 - Date.now()));
  }

  /* Errors: shown beside their cause, nothing typed is lost */

  function region(node) { return closest(node, "[data-region], dialog form, form, dialog") || $("main"); }
  function clearStrip(node) { var old = region(node) && $(":scope > .wb-error-strip[data-own]", region(node)); if (old) old.remove(); }
  function strip(node, text, retry) {
    var host = region(node), box = element("div", "wb-error-strip");
    clearStrip(node);
    box.setAttribute("role", "alert");
    box.setAttribute("data-own", "");
    box.appendChild(element("p", "", text));
    if (retry) {
      var button = element("button", "btn btn-sm btn-outline-secondary", texts.retry);
      button.type = "button";
      button.addEventListener("click", function () { box.remove(); again(node); });
      box.appendChild(button);
    }
    host.insertBefore(box, host.firstChild);
  }
  function again(node) {
    var form = node.matches("form") ? node : null;
    if (form) submit(form);
    else if (node.hasAttribute("data-poll")) node.dispatchEvent(new CustomEvent("wb:tick"));
    else if (node.hasAttribute("data-combobox")) $("input", node).dispatchEvent(new Event("input", { bubbles: true }));
    else if (/wb:threshold/.test(node.getAttribute("hx-trigger") || "")) node.dispatchEvent(new CustomEvent("wb:threshold"));
    else node.click();
  }
  function message(xhr) {
    var body = xhr.responseText || "";
    try { return JSON.parse(body).message || ""; } catch (e) { /* not JSON */ }
    var found = $("[data-message]", new DOMParser().parseFromString(body, "text/html"));
    return found ? found.textContent.trim() : body.length < 300 && body.indexOf("<") < 0 ? body.trim() : "";
  }
  function failed(event) {
    var xhr = event.detail.xhr || {}, node = event.detail.elt, status = xhr.status || 0;
    var header = function (name) { return xhr.getResponseHeader ? xhr.getResponseHeader(name) : null; };
    if (status === 401 || header("WB-Reason") === "csrf") return askLogin(node);
    if (status === 409 && $("#wb-dialog-body") && /id="wb-dialog-title"/.test(xhr.responseText)) return showDialog(xhr.responseText);
    if (status === 409) return strip(node, message(xhr) || texts.conflict);
    if (status === 429) return strip(node, fill(texts.throttled, { seconds: header("Retry-After") || 60 }), true);
    if (status === 403) return strip(node, message(xhr) || texts.denied);
    if (status === 404) return strip(node, message(xhr) || texts.missing);
    if (status >= 400 && status < 500) return strip(node, message(xhr) || texts.invalid);
    if (node.hasAttribute("data-poll")) return strip(node, fill(texts.stale, { time: shortTime(good[node.id] || loadedAt) }), true);
    strip(node, status ? texts.server : texts.network, true);
  }
  var good = {}, loadedAt = Date.now();
  function shortTime(ms) {
    return new Date(ms + offset * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: html.dataset.zone || undefined });
  }
  ["htmx:responseError", "htmx:sendError", "htmx:timeout", "htmx:swapError"].forEach(function (type) { on(type, failed); });

  /* Session and CSRF */

  on("htmx:configRequest", function (event) {
    if (event.detail.verb !== "get") event.detail.headers["X-CSRFToken"] = content("csrf-token");
  });
  var loginFor = null;
  function askLogin(node) {
    var dialog = $("#wb-login");
    if (!dialog) { location.reload(); return; }
    loginFor = node;
    if (!dialog.open) dialog.showModal();
  }
  on("click", function (event) {
    if (!closest(event.target, "[data-login-done]")) return;
    var said = $("[data-login-message]");
    fetch(location.href, { credentials: "same-origin" }).then(function (answer) { return answer.text(); }).then(function (page) {
      var fresh = new DOMParser().parseFromString(page, "text/html");
      var meta = $('meta[name="csrf-token"]', fresh);
      if (!meta || !$("#wb-login", fresh)) { said.textContent = texts.still_out; return; }
      $('meta[name="csrf-token"]').content = meta.content;
      $$('input[name="csrfmiddlewaretoken"]').forEach(function (input) { input.value = meta.content; });
      said.textContent = "";
      $("#wb-login").close();
      if (loginFor && loginFor.isConnected && !loginFor.matches("form")) again(loginFor);
    }, function () { said.textContent = texts.network; });
  });

  /* Dialogs: one native dialog filled by the server */

  var opener = null;
  function showDialog(markup) {
    var body = $("#wb-dialog-body");
    if (markup !== undefined) { body.innerHTML = markup; window.htmx && htmx.process(body); }
    var dialog = $("#wb-dialog");
    if (!dialog.open) { opener = closeMenus() || document.activeElement; dialog.showModal(); }
    var first = $(".wb-error-summary, [autofocus]", body) || $(".wb-dialog-body input:not([type=hidden]), .wb-dialog-body select, .wb-dialog-body textarea, .wb-dialog-body a, .wb-dialog-body button", body);
    if (first) first.focus();
  }
  /* The menu that a dialog opens from closes, and gets the focus back in place of its hidden item. */
  function closeMenus() {
    var inside = closest(document.activeElement, "details.wb-menu[open]");
    $$("details.wb-menu[open]").forEach(function (menu) { menu.open = false; });
    return inside && $("summary", inside);
  }
  function closeDialog() { var dialog = $("#wb-dialog"); if (dialog && dialog.open) dialog.close(); }
  on("close", function (event) {
    if (event.target.id !== "wb-dialog") return;
    $("#wb-dialog-body").textContent = "";
    var back = opener && (opener.isConnected ? opener : opener.id && document.getElementById(opener.id));
    if (back) back.focus();
    opener = null;
  }, true);
  on("wb:close-dialog", closeDialog);
  on("click", function (event) {
    var open = closest(event.target, "[data-dialog-open]"), dialog = closest(event.target, "dialog");
    if (open) { var menu = closeMenus(); if (menu) menu.focus(); document.getElementById(open.dataset.dialogOpen).showModal(); }
    if (dialog && (closest(event.target, "[data-dialog-close]") || (event.target === dialog && !$("form", dialog)))) dialog.close();
  });

  /* Swaps: focus stays, dialogs open and close, errors come first */

  var held = null, heldBeside = null;
  function grip(target) {
    var active = document.activeElement;
    return active && target && target.contains(active) && active !== document.body
      ? { id: active.id, name: active.name, href: active.getAttribute("href"), key: active.dataset.key, row: (closest(active, "[data-row]") || {}).id, target: target.id } : null;
  }
  on("htmx:beforeSwap", function (event) { held = grip(event.detail.target); });
  on("htmx:oobBeforeSwap", function (event) { heldBeside = grip(event.detail.target) || heldBeside; });
  on("htmx:oobAfterSwap", function () {
    if (heldBeside && lost()) refocus($("[data-rows]") || $("main"), heldBeside);
    heldBeside = null;
  });
  function lost() { return !document.activeElement || document.activeElement === document.body; }
  function refocus(root, held) {
    var same = held.id && document.getElementById(held.id);
    if (!same && held.row && document.getElementById(held.row)) same = $("[data-row-link], a, button", document.getElementById(held.row));
    if (!same && held.name) same = $('[name="' + CSS.escape(held.name) + '"]', root);
    if (!same && held.href) same = $('a[href="' + CSS.escape(held.href) + '"]', root);
    if (!same && held.key) same = $('[data-key="' + CSS.escape(held.key) + '"]', root);
    if (!same) { same = $("h1, h2, h3", root) || root; same.tabIndex = -1; }
    same.focus({ preventScroll: true });
  }
  on("htmx:afterSettle", function (event) {
    var target = event.detail.target, body = $("#wb-dialog-body");
    if (body && target === body) body.textContent.trim() ? showDialog() : closeDialog();
    var root = target && target.isConnected ? target : (held && held.target && document.getElementById(held.target)) || event.target;
    var summary = root.matches(".wb-error-summary") ? root : $(".wb-error-summary", root);
    if (summary) summary.focus();
    else if (held && lost()) refocus(root, held);
    held = null;
    restoreRow();
    limitToasts();
    paint();
  });

  /* Toasts */

  function toast(text) {
    var box = element("div", "wb-toast");
    box.dataset.toast = "6";
    box.appendChild(element("p", "", text));
    $("#wb-toasts").appendChild(box);
    limitToasts();
  }
  function limitToasts() {
    var all = $$("#wb-toasts [data-toast]");
    all.slice(0, Math.max(0, all.length - 3)).forEach(function (box) { box.remove(); });
    all.forEach(function (box) { if (!box.wbEnds) { box.wbLeft = Number(box.dataset.toast) * 1000; spend(box); } });
  }
  function spend(box) {
    box.wbEnds = Date.now() + box.wbLeft;
    box.wbTimer = setTimeout(function () { box.remove(); }, box.wbLeft);
  }
  function hold(event) {
    var box = closest(event.target, "[data-toast]"), leaving = /out$/.test(event.type);
    if (!box || !box.wbEnds) return;
    if (leaving && !box.wbTimer) spend(box);
    if (leaving || !box.wbTimer) return;
    clearTimeout(box.wbTimer);
    box.wbTimer = 0;
    box.wbLeft = Math.max(box.wbEnds - Date.now(), 1000);
  }
  ["mouseover", "mouseout", "focusin", "focusout"].forEach(function (type) { on(type, hold); });
  on("click", function (event) { if (closest(event.target, "[data-toast-close]")) closest(event.target, "[data-toast]").remove(); });
  on("htmx:afterRequest", function (event) {
    var box = closest(event.detail.elt, "[data-toast]");
    if (box && event.detail.successful) box.remove();
  });

  /* Forms: one submit at a time, one effect per key */

  function uuid() {
    var bytes = crypto.getRandomValues(new Uint8Array(16));
    bytes[6] = (bytes[6] & 15) | 64; bytes[8] = (bytes[8] & 63) | 128;
    var hex = Array.prototype.map.call(bytes, function (b) { return b.toString(16).padStart(2, "0"); }).join("");
    return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  }
  function release(form) {
    delete form.dataset.busy;
    $$("[aria-disabled]", form).forEach(function (button) { button.removeAttribute("aria-disabled"); });
  }
  on("submit", function (event) {
    var form = event.target, button = event.submitter || $("button:not([type=button])", form);
    if (form.hasAttribute("data-no-guard") || form.method === "dialog") return;
    if (form.dataset.busy) { event.preventDefault(); event.stopImmediatePropagation(); return; }
    form.dataset.busy = "1";
    if (button) button.setAttribute("aria-disabled", "true");
    setTimeout(function () { if (!form.matches("[hx-post],[hx-get]") && event.defaultPrevented) release(form); }, 0);
    setTimeout(release, 15000, form);
  }, true);
  on("htmx:validation:halted", function (event) { release(event.target); });
  on("htmx:beforeRequest", function (event) {
    var box = closest(event.detail.elt, "[data-region]");
    if (box && !event.detail.elt.hasAttribute("data-poll")) box.setAttribute("aria-busy", "true");
  });
  on("htmx:afterRequest", function (event) {
    var node = event.detail.elt, xhr = event.detail.xhr, box = closest(node, "[data-region]");
    var form = node.matches("form") ? node : null;
    var told = xhr && xhr.getResponseHeader && xhr.getResponseHeader("WB-Now");
    if (told) offset = Number(told) - Date.now() / 1000;
    if (box) box.removeAttribute("aria-busy");
    if (xhr && xhr.getResponseHeader && /^HX-Re(direct|fresh)|^HX-Location/im.test(xhr.getAllResponseHeaders())) return;
    if (form) release(form);
    if (!event.detail.successful) return;
    good[node.id] = Date.now();
    clearStrip(node);
    var key = form && form.isConnected && $('[name="idempotency_key"]', form);
    if (key) key.value = uuid();
  });
  window.addEventListener("pageshow", function () { $$("form[data-busy]").forEach(release); });
  on("change", function (event) {
    var form = closest(event.target, "form[data-autosubmit]");
    if (form && event.target.matches("select, input[type=checkbox], input[type=radio], input[type=date]")) submit(form);
  });

  /* Input methods: nothing is sent, submitted or taken as a shortcut while composing */

  window.addEventListener("input", function (event) { if (event.isComposing) event.stopImmediatePropagation(); }, true);
  window.addEventListener("compositionend", function (event) { event.target.dispatchEvent(new Event("input", { bubbles: true })); }, true);
  window.addEventListener("keydown", function (event) {
    if (event.key === "Enter" && (event.isComposing || event.keyCode === 229)) { event.preventDefault(); event.stopImmediatePropagation(); }
  }, true);

  /* Keys */

  function typing(node) { return closest(node, "input:not([type=checkbox]):not([type=radio]):not([type=button]), textarea, select, [contenteditable]"); }
  function press(node) {
    if (node.matches("input[type=radio]")) { node.checked = true; node.dispatchEvent(new Event("change", { bubbles: true })); }
    else if (node.matches("input, textarea, select")) { node.focus(); if (node.select) node.select(); }
    else { node.focus(); node.click(); }
  }
  function keyed(key) {
    var selector = '[data-key="' + CSS.escape(key) + '"]', row = $("[data-row].is-current");
    return (row && $$(selector, row).filter(visible)[0]) || $$(selector).filter(visible)[0];
  }
  on("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) return;
    if (event.key === "Escape") return escape(event);
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) return send(event);
    if (listens(event) && handle(event)) event.preventDefault();
  });
  /* Whether a plain key is a shortcut now: not while typing or composing, not with modifiers, not in dialogs, not when switched off. */
  function listens(event) {
    return !(event.isComposing || event.keyCode === 229 || event.defaultPrevented || event.ctrlKey || event.altKey || event.metaKey || typing(event.target) || html.dataset.shortcuts === "off" || $("dialog[open]"));
  }
  function handle(event) {
    var key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "?") { var help = $("#wb-shortcuts"); if (help) help.showModal(); return !!help; }
    if (key === "j" || key === "ArrowDown") return step(1, key);
    if (key === "k" || key === "ArrowUp") return step(-1, key);
    if (key === "x") return toggleRow();
    if (/^[1-9]$/.test(key)) { var view = $$("[data-view]")[Number(key) - 1]; if (view) view.click(); return !!view; }
    if (event.shiftKey && key !== "/") return false;
    var node = key.length === 1 && keyed(key);
    if (node) press(node);
    return !!node;
  }
  function escape(event) {
    var menu = $("details.wb-menu[open]");
    if (menu) { menu.open = false; $("summary", menu).focus(); return; }
    if (html.dataset.nav === "open") return toggleNav(false);
    if (typing(event.target) && !closest(event.target, "dialog") && !event.target.wbOpen) event.target.blur();
  }
  function send(event) {
    var form = closest(event.target, "form[data-composer]");
    if (form) { event.preventDefault(); submit(form); }
  }

  /* Lists: a current row */

  var currentRow = "";
  function mark(row) {
    $$("[data-row].is-current").forEach(function (other) { other.classList.remove("is-current"); });
    if (!row) return;
    row.classList.add("is-current");
    currentRow = row.id;
  }
  function step(by, key) {
    var rows = $$("[data-rows] [data-row]").filter(visible), at = rows.findIndex(function (row) { return row.classList.contains("is-current"); });
    if (!rows.length || (key.indexOf("Arrow") === 0 && at < 0 && !closest(document.activeElement, "[data-rows]"))) return false;
    var row = rows[Math.min(Math.max(at + by, 0), rows.length - 1)];
    mark(row);
    var link = $("[data-row-link]", row) || $("a", row);
    if (link) link.focus();
    return true;
  }
  function toggleRow() { var box = $("[data-row].is-current input[type=checkbox]"); if (box) box.click(); return !!box; }
  function restoreRow() { var row = currentRow && document.getElementById(currentRow); if (row && !row.classList.contains("is-current") && row.contains(document.activeElement)) mark(row); }
  on("focusin", function (event) { var row = closest(event.target, "[data-rows] [data-row]"); if (row) mark(row); });

  /* Composer */

  on("change", function (event) {
    var form = closest(event.target, "form[data-composer]");
    if (!form || event.target.name !== "mode") return;
    form.dataset.mode = event.target.value;
    $("textarea", form).focus();
  });

  /* Files */

  function dropZone(event) { return closest(event.target, "[data-drop], [data-composer]"); }
  on("dragover", function (event) { var zone = dropZone(event); if (zone) { event.preventDefault(); zone.classList.add("is-over"); } });
  on("dragleave", function (event) { var zone = dropZone(event); if (zone) zone.classList.remove("is-over"); });
  on("drop", function (event) {
    var zone = dropZone(event), input = zone && $("input[type=file]", zone);
    if (!input || !event.dataTransfer.files.length) return;
    event.preventDefault();
    zone.classList.remove("is-over");
    input.files = event.dataTransfer.files;
    input.dispatchEvent(new Event("change", { bubbles: true }));
  });

  /* Shell: navigation, menus, preferences */

  function toggleNav(open) {
    var nav = $("#wb-nav"), button = $("[data-nav-toggle]");
    html.dataset.nav = open ? "open" : "";
    button.setAttribute("aria-expanded", String(open));
    $("[data-nav-close]").hidden = !open;
    $("main").inert = open;
    (open ? $("a", nav) : button).focus();
  }
  on("click", function (event) {
    if (closest(event.target, "[data-nav-toggle]")) toggleNav(html.dataset.nav !== "open");
    else if (closest(event.target, "[data-nav-close]")) toggleNav(false);
    $$("details.wb-menu[open]").forEach(function (menu) { if (!menu.contains(event.target)) menu.open = false; });
  });
  function show(name, value) {
    if (name === "theme") {
      html.dataset.theme = value;
      html.dataset.bsTheme = value === "system" ? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light") : value;
    } else html.dataset[name] = value;
    $$('form[data-prefs] button[name="' + name + '"]').forEach(function (button) { button.setAttribute("aria-pressed", String(button.value === value)); });
  }
  on("submit", function (event) {
    var form = event.target, button = event.submitter;
    if (!form.matches("form[data-prefs]") || !button || !button.name) return;
    event.preventDefault();
    var before = html.dataset[button.name], body = new FormData(form);
    body.set(button.name, button.value);
    show(button.name, button.value);
    fetch(form.action, { method: "POST", body: body, credentials: "same-origin", headers: { "HX-Request": "true", "X-CSRFToken": content("csrf-token") } }).then(function (answer) {
      if (answer.status === 401) askLogin(form);
      if (!answer.ok) throw new Error(answer.status);
      clearStrip(form);
    }).catch(function () { show(button.name, before); strip(form, texts.network); });
  });

  /* Start */

  var summary = $(".wb-error-summary");
  if (summary && !closest(summary, "[data-sample]")) summary.focus();
  limitToasts();
  paint();
})();
