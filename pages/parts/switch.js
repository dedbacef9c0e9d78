/* Taking a sheet to the plain door: the form that carries its code goes by itself; its button stands there for
   whoever runs no script. */
(function () {
  'use strict';
  var form = document.querySelector('form[data-switch]');
  if (!form || form.getAttribute('data-gone')) return;
  form.setAttribute('data-gone', 'yes');
  form.submit();
})();
