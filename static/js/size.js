// The size switch (字号). Runs in the head, before the first paint, so that nothing jumps.
(function () {
  'use strict';
  var KEY = 'biwu-size', SIZES = ['standard', 'large', 'xlarge'];
  function kept() {
    try { return localStorage.getItem(KEY); } catch (e) { return null; }
  }
  function apply(size) {
    if (SIZES.indexOf(size) < 0) size = 'standard';
    document.documentElement.setAttribute('data-size', size);
    var buttons = document.querySelectorAll('[data-size-is]');
    for (var i = 0; i < buttons.length; i++) {
      buttons[i].setAttribute('aria-pressed', String(buttons[i].getAttribute('data-size-is') === size));
    }
  }
  apply(kept());
  document.addEventListener('DOMContentLoaded', function () { apply(kept()); });
  document.addEventListener('click', function (event) {
    var size = event.target.getAttribute && event.target.getAttribute('data-size-is');
    if (!size) return;
    try { localStorage.setItem(KEY, size); } catch (e) { /* the page still changes */ }
    apply(size);
  });
})();
