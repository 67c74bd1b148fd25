/* The customers' pages: what was typed into a form marked data-draft survives a reload of this tab until it is sent. */
(function () {
  "use strict";
  var PREFIX = "wb-draft:", SENT = "wb-sent", KEPT = "textarea, input[type=text], input[type=tel], input[type=radio], input[type=checkbox], select";
  function store() { try { return window.sessionStorage; } catch (refused) { return null; } }
  var kept = store();
  if (!kept) return;

  function fields(form) {
    return Array.prototype.filter.call(form.querySelectorAll(KEPT), function (field) { return field.name && field.type !== "hidden"; });
  }
  function read(form) {
    var values = {};
    fields(form).forEach(function (field) {
      if (field.type === "radio") { if (field.checked) values[field.name] = field.value; }
      else values[field.name] = field.type === "checkbox" ? field.checked : field.value;
    });
    return values;
  }
  function write(form, values) {
    fields(form).forEach(function (field) {
      if (!Object.prototype.hasOwnProperty.call(values, field.name)) return;
      if (field.type === "radio") field.checked = field.value === values[field.name];
      else if (field.type === "checkbox") field.checked = values[field.name] === true;
      else if (values[field.name]) field.value = values[field.name];
    });
    form.dispatchEvent(new Event("change", { bubbles: true }));
  }
  function keep(form) {
    try { kept.setItem(PREFIX + form.dataset.draft, JSON.stringify(read(form))); } catch (full) { /* the form works without */ }
  }
  function restore(form) {
    var text = kept.getItem(PREFIX + form.dataset.draft), values;
    if (!text || location.search || form.querySelector(".wb-error-summary")) return;
    try { values = JSON.parse(text); } catch (broken) { return; }
    write(form, values);
  }

  /* A draft is done with when the page after sending is another one than the form. */
  document.querySelectorAll("[data-draft-done]").forEach(function (node) {
    if (kept.getItem(SENT) === node.dataset.draftDone) kept.removeItem(PREFIX + node.dataset.draftDone);
  });
  kept.removeItem(SENT);
  document.querySelectorAll("form[data-draft]").forEach(function (form) {
    restore(form);
    ["input", "change"].forEach(function (kind) { form.addEventListener(kind, function () { keep(form); }); });
    form.addEventListener("submit", function () { kept.setItem(SENT, form.dataset.draft); });
  });
})();
