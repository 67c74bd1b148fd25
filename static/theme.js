/* Blocking and tiny: sets the colour scheme before the first paint when the profile says "follow system". */
(function () {
  "use strict";
  var html = document.documentElement;
  var dark = window.matchMedia ? matchMedia("(prefers-color-scheme: dark)") : { matches: false };
  function apply() {
    if (html.dataset.theme === "system") html.dataset.bsTheme = dark.matches ? "dark" : "light";
  }
  html.classList.add("js");
  apply();
  if (dark.addEventListener) dark.addEventListener("change", apply);
})();
