/* Comfort for a kiosk and for a worker's desk. A button with data-after="180" is pressed when nobody has touched
   the page for so many seconds; one with data-print opens the print dialog. */
(function () {
  'use strict';
  Array.prototype.forEach.call(document.querySelectorAll('[data-print]'), function (button) {
    button.hidden = false;
    button.addEventListener('click', function () { window.print(); });
  });
  var button = document.querySelector('[data-after]');
  if (!button) return;
  var seconds = Number(button.getAttribute('data-after')), left = seconds;
  function again() { left = seconds; }
  ['pointerdown', 'pointermove', 'touchstart', 'keydown', 'input', 'scroll', 'wheel'].forEach(function (name) {
    window.addEventListener(name, again, { passive: true, capture: true });
  });
  var clock = window.setInterval(function () {
    left -= 1;
    if (left > 0) return;
    window.clearInterval(clock);
    button.click();
  }, 1000);
  /* A page that the browser had put by is another person's: ask for it anew. */
  window.addEventListener('pageshow', function (event) { if (event.persisted) window.location.reload(); });
})();
