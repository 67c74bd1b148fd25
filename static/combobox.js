/* Combobox of the ARIA pattern with its list from the server: <div data-combobox="url"> holds input[role=combobox], [role=listbox] and the
   hidden input that is posted and fires "change". GET url?q= answers <li role=option data-value data-label>. Needs wb.js. */
(function () {
  "use strict";
  var wb = window.wb, texts = wb.texts;

  function on(type, listener, capture) { document.addEventListener(type, listener, capture); }
  function isBox(node) { return node.getAttribute && node.getAttribute("role") === "combobox"; }
  function optionOf(node) { return node.closest ? node.closest("[data-combobox] [role=option]") : null; }
  function options(c) { return Array.prototype.slice.call(c.list.querySelectorAll("[role=option][data-value]")); }
  function combo(node) {
    var box = node.closest("[data-combobox]");
    return { box: box, input: box.querySelector("input[role=combobox]"), list: box.querySelector("[role=listbox]"), value: box.querySelector("input[type=hidden]") };
  }
  function openList(c, open) {
    c.list.hidden = !open;
    c.input.wbOpen = open;
    c.input.setAttribute("aria-expanded", String(open));
    if (!open) c.input.removeAttribute("aria-activedescendant");
  }

  /* A box with data-combobox-go leads to what is chosen; its Enter takes the first option. */
  function goes(c) { return c.box.hasAttribute("data-combobox-go"); }
  function search(c) {
    clearTimeout(c.box.wbTimer);
    if (goes(c) && c.input.value.trim().length < 2) { openList(c, false); return; }
    c.box.wbTimer = setTimeout(ask, 250, c);
  }
  function ask(c) {
    var url = c.box.dataset.combobox, asked = c.input.value;
    fetch(url + (url.indexOf("?") < 0 ? "?" : "&") + "q=" + encodeURIComponent(asked), { credentials: "same-origin", headers: { "HX-Request": "true" } }).then(function (answer) {
      if (answer.status === 401) { wb.askLogin(c.box); return null; }
      if (!answer.ok) throw new Error(answer.status);
      return answer.text();
    }).then(function (markup) {
      if (markup === null || asked !== c.input.value) return;
      wb.clearStrip(c.box);
      list(c, markup);
    }).catch(function () { wb.strip(c.box, texts.network, true); });
  }
  function list(c, markup) {
    c.list.innerHTML = markup;
    var found = options(c);
    found.forEach(function (option, i) { option.id = c.list.id + "-" + i; });
    if (!found.length) c.list.innerHTML = '<li role="option" aria-disabled="true" aria-selected="false" class="wb-sub"></li>';
    if (!found.length) c.list.firstChild.textContent = texts.no_results;
    openList(c, document.activeElement === c.input);
    wb.say(found.length ? texts.results.replace("{n}", found.length) : texts.no_results);
  }

  function setValue(c, value, label) {
    if (label !== null) c.input.value = label;
    if (c.value.value === value) return;
    c.value.value = value;
    c.value.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function choose(c, option) {
    if (!option || option.dataset.value === undefined) return;
    if (goes(c)) { openList(c, false); location.assign(option.dataset.value); return; }
    setValue(c, option.dataset.value, option.dataset.label);
    openList(c, false);
  }
  function move(c, by) {
    var all = options(c), at = all.findIndex(function (option) { return option.getAttribute("aria-selected") === "true"; });
    if (!all.length) return;
    var next = all[at < 0 ? (by > 0 ? 0 : all.length - 1) : (at + by + all.length) % all.length];
    all.forEach(function (option) { option.setAttribute("aria-selected", String(option === next)); });
    c.input.setAttribute("aria-activedescendant", next.id);
    next.scrollIntoView({ block: "nearest" });
  }

  on("input", function (event) {
    if (!isBox(event.target)) return;
    var c = combo(event.target);
    setValue(c, "", null);
    search(c);
  });
  on("click", function (event) {
    var option = optionOf(event.target);
    if (option) choose(combo(option), option);
    else if (isBox(event.target) && combo(event.target).list.hidden) search(combo(event.target));
  });
  on("mousedown", function (event) { if (optionOf(event.target)) event.preventDefault(); });
  on("focusout", function (event) { if (isBox(event.target)) openList(combo(event.target), false); });
  on("keydown", function (event) {
    if (event.isComposing || !isBox(event.target)) return;
    var c = combo(event.target), open = !c.list.hidden;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") { event.preventDefault(); open ? move(c, event.key === "ArrowDown" ? 1 : -1) : search(c); }
    else if (event.key === "Enter" && open) { event.preventDefault(); choose(c, c.list.querySelector('[aria-selected="true"]') || (goes(c) ? options(c)[0] : null)); }
    else if (event.key === "Escape" && open) { event.preventDefault(); event.stopPropagation(); openList(c, false); }
  }, true);
})();
