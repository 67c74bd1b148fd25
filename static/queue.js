/* The work queue: choosing rows, acts on the chosen ones, the preview beside the list. Needs wb.js. */
(function () {
  "use strict";
  var wb = window.wb, picked = {}, last = null, texts = {}, waiting = 0;

  function $(selector, root) { return (root || document).querySelector(selector); }
  function $$(selector, root) { return Array.prototype.slice.call((root || document).querySelectorAll(selector)); }
  function on(type, listener, options) { document.addEventListener(type, listener, options); }
  function rowOf(node) { return node && node.closest ? node.closest("[data-rows] [data-row]") : null; }
  function boxes() { return $$("#rows .wb-pick input"); }
  function numberOf(box) { return box.value.split(":")[0]; }
  function current() { return $("[data-row].is-current"); }

  /* Choosing: by number, so that a row drawn anew stays chosen */

  function count() { return Object.keys(picked).length; }
  function show() {
    var bar = $("#bulk"), all = boxes(), on = 0, page = $("#pick-page"), every = $("#pick-all");
    all.forEach(function (box) {
      box.checked = !!picked[numberOf(box)];
      rowOf(box).classList.toggle("is-picked", box.checked);
      on += box.checked;
    });
    if (page) { page.checked = on > 0 && on === all.length; page.indeterminate = on > 0 && on < all.length; }
    if (!bar) return;
    if (every && on < all.length) every.checked = false;
    bar.classList.toggle("is-on", count() > 0);
    bar.classList.toggle("is-page", on > 0 && on === all.length);
    var told = $(".wb-bulk-count", bar), text = every && every.checked ? "" : told.dataset.one.replace("{n}", count());
    if (!count()) text = "";
    if (told.textContent !== text) told.textContent = text;
  }
  function choose(box, chosen) {
    if (chosen) picked[numberOf(box)] = true; else delete picked[numberOf(box)];
  }
  function none() { picked = {}; last = null; show(); }
  on("click", function (event) {
    var box = event.target.closest && event.target.closest("#rows .wb-pick input");
    if (event.target.closest && event.target.closest("[data-pick-none]")) {
      none();
      var back = current() || $("#rows [data-row]");
      if (back) $("[data-row-link]", back).focus();
    }
    if (!box) return;
    var all = boxes(), from = all.indexOf(last), to = all.indexOf(box);
    if (event.shiftKey && from >= 0) all.slice(Math.min(from, to), Math.max(from, to) + 1).forEach(function (one) { choose(one, box.checked); });
    choose(box, box.checked);
    last = box;
    show();
  });
  on("change", function (event) {
    if (event.target.id === "pick-page") boxes().forEach(function (box) { choose(box, event.target.checked); });
    if (event.target.id === "pick-page" || event.target.id === "pick-all") show();
  });

  /* After an act: the rows, the tabs and the preview as they are now */

  on("queue:changed", function () {
    var closed = !$("#wb-dialog-body .wb-refused");
    if (closed && count()) none();
    wb.tick(true);
    var tabs = $("#views");
    if (tabs) tabs.dispatchEvent(new CustomEvent("queue:tabs"));
    var open = $("#preview");
    if (open && open.dataset.url) load(open.dataset.url);
  });
  on("htmx:afterSettle", show);
  on("htmx:oobAfterSwap", show);
  window.addEventListener("pageshow", show);

  /* Preview */

  function load(url, mode) {
    var panel = $("#preview");
    panel.dataset.url = url;
    keepText();
    return htmx.ajax("GET", url + (mode ? "?mode=" + mode : ""), { target: "#preview", swap: "innerHTML" }).then(function () {
      var text = $("#preview-body");
      if (text && texts[url]) text.value = texts[url];
    });
  }
  function keepText() {
    var text = $("#preview-body"), shown = $("#preview-title a");
    if (text && shown) texts[shown.getAttribute("href") + "preview/"] = text.value;
  }
  function preview(row, mode) {
    var link = row && $("[data-preview]", row), panel = $("#preview");
    if (!link || !panel) return false;
    panel.dataset.row = row.id;
    panel.hidden = false;
    $("#queue-columns").classList.add("has-preview");
    load(link.getAttribute("href"), mode).then(function () {
      var text = $("#preview-body");
      if (mode && text) text.focus(); else if ($("#preview-title")) $("#preview-title").focus({ preventScroll: true });
    });
    return true;
  }
  function closePreview() {
    var panel = $("#preview"), row = document.getElementById(panel.dataset.row || "");
    keepText();
    panel.hidden = true;
    panel.textContent = "";
    panel.dataset.url = "";
    $("#queue-columns").classList.remove("has-preview");
    if (row) $("[data-row-link]", row).focus();
  }
  function follow() {
    var panel = $("#preview"), row = current();
    if (!panel || panel.hidden || !row || row.id === panel.dataset.row || !row.contains(document.activeElement)) return;
    panel.dataset.row = row.id;
    load($("[data-preview]", row).getAttribute("href"));
  }
  on("focusin", function (event) { if (rowOf(event.target)) { clearTimeout(waiting); waiting = setTimeout(follow, 250); } });
  on("click", function (event) {
    var link = event.target.closest && event.target.closest("[data-preview]");
    if (event.target.closest && event.target.closest("[data-preview-close]")) return closePreview();
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    preview(rowOf(link));
  });
  on("htmx:afterRequest", function (event) {
    var form = event.detail.elt;
    if (!form.matches || !form.matches("#preview form") || !event.detail.successful || !$("#preview-body")) return;
    var dialog = $("#wb-dialog-body");
    if (dialog && !dialog.textContent.trim()) { $("#preview-body").value = ""; keepText(); }
  });

  /* Keys: before those of wb.js, under the same conditions */

  function onChosen(key) {
    var button = $('#bulk [data-bulk="' + key + '"]'), row = current();
    if (!button) return false;
    if (!count() && key === "a") return false;
    if (!count() && row) { choose($(".wb-pick input", row), true); show(); }
    if (!count()) return false;
    button.focus();
    button.click();
    return true;
  }
  function handle(event) {
    var key = event.key === " " ? " " : event.key.length === 1 ? event.key.toLowerCase() : "";
    if (event.shiftKey) return false;
    if (key === " ") return !event.target.closest("button, summary, input, label") && preview(current());
    if (key === "a" || key === "s" || key === "p") return onChosen(key);
    if (key === "i" && count() && $("#bulk-me")) { $("#bulk-me").requestSubmit(); return true; }
    if (key === "r" || key === "n") return preview(current(), key === "r" ? "reply" : "note");
    return false;
  }
  on("keydown", function (event) {
    if (event.key === "Escape" && !event.isComposing && event.keyCode !== 229) return escape(event);
    if (wb.listens(event) && handle(event)) event.preventDefault();
  }, true);
  function escape(event) {
    var panel = $("#preview"), text = $("#preview-body");
    if (event.defaultPrevented || $("dialog[open]") || $("details.wb-menu[open]")) return;
    if (panel && !panel.hidden) {
      event.preventDefault();
      if (document.activeElement === text && text.value.trim()) $("#preview-title").focus();
      else closePreview();
    } else if (count() && !wb.typing(event.target)) { event.preventDefault(); none(); }
  }

  show();
})();
