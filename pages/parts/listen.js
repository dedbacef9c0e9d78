/* 听题 by the browser's own voice, for questions nobody has recorded. The button stands there only where the
   browser can speak the page's language; nothing is loaded and nothing leaves the browser. */
(function () {
  'use strict';
  var voices = window.speechSynthesis, script = document.currentScript;
  if (!voices || !window.SpeechSynthesisUtterance || !script) return;
  var hear = script.getAttribute('data-hear'), stop = script.getAttribute('data-stop');
  var wanted = document.documentElement.lang.split('-')[0].toLowerCase();
  var started = false, playing = null;

  function voice() {
    var fit = voices.getVoices().filter(function (one) {
      var language = one.lang.replace('_', '-').toLowerCase();
      return language.split('-')[0] === wanted || (wanted === 'zh' && language.slice(0, 3) === 'cmn');
    });
    var mainland = fit.filter(function (one) { return /^(zh.cn|zh.hans|cmn)/i.test(one.lang); });
    return mainland[0] || fit[0];
  }

  /* The question, its hint, then each choice: as pieces, for a long one breaks off in some browsers. */
  function pieces(question) {
    var found = [];
    function take(selector, most) {
      Array.prototype.slice.call(question.querySelectorAll(selector), 0, most).forEach(function (one) {
        var text = one.textContent.replace(/\s+/g, ' ').trim();
        if (text && found.indexOf(text) < 0) found.push(text);
      });
    }
    take('legend, h2', 1);
    take('[id$="-hint"]', 1);
    take('.option > label', 40);
    /* A ranking offers the same choices at each place; a list of streets is not read out. */
    if (!question.querySelector('optgroup')) take('select:first-of-type option[value]:not([value=""])', 40);
    return found;
  }

  function quiet() {
    if (playing) {
      playing.textContent = hear;
      playing.setAttribute('aria-pressed', 'false');
      playing = null;
    }
    voices.cancel();
  }

  function play(button, question) {
    var same = playing === button;
    quiet();
    if (same) return;
    playing = button;
    button.textContent = stop;
    button.setAttribute('aria-pressed', 'true');
    var texts = pieces(question);
    texts.forEach(function (text, place) {
      var said = new SpeechSynthesisUtterance(text);
      said.voice = voice();
      said.lang = said.voice.lang;
      said.rate = 0.9;
      if (place === texts.length - 1) {
        said.onend = function () { if (playing === button) quiet(); };
      }
      voices.speak(said);
    });
  }

  function start() {
    if (started || !voice()) return;
    started = true;
    Array.prototype.forEach.call(document.querySelectorAll('.q'), function (question) {
      var head = question.querySelector('legend, h2');
      if (!head || question.querySelector('audio')) return;
      var button = document.createElement('button');
      button.type = 'button';
      button.className = 'hear';
      button.textContent = hear;
      button.setAttribute('aria-pressed', 'false');
      head.id = head.id || question.id + '-name';
      button.setAttribute('aria-describedby', head.id);
      button.addEventListener('click', function () { play(button, question); });
      head.parentNode.insertBefore(button, head.nextSibling);
    });
  }

  start();
  voices.addEventListener && voices.addEventListener('voiceschanged', start);
  window.addEventListener('pagehide', quiet);
})();
