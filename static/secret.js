// Access data on the page: copied by a button, taken away again after a minute, also where the page is gone back to.
"use strict";
(() => {
  const card = document.querySelector("[data-secret]");
  if (!card) return;
  const SECONDS = 60;
  const left = card.querySelector("[data-secret-left]");
  const ends = Date.now() + SECONDS * 1000;
  const hide = () => {
    clearInterval(timer);
    const gone = document.createElement("p");
    gone.className = "wb-sub";
    gone.textContent = left.dataset.gone;
    card.replaceChildren(gone);
  };
  const look = () => {
    const seconds = Math.ceil((ends - Date.now()) / 1000);
    if (seconds <= 0) hide();
    else left.textContent = left.dataset.left.replace("{seconds}", seconds);
  };
  const timer = setInterval(look, 1000);
  look();
  window.addEventListener("pagehide", hide);
  if (!navigator.clipboard) return;
  for (const button of card.querySelectorAll("[data-secret-copy]")) {
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(document.getElementById(button.dataset.secretCopy).textContent);
      wb.announce(button.dataset.done);
      wb.toast(button.dataset.done);
    });
  }
})();
