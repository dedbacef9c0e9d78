/* A new step of a questionnaire begins at its top, also for a screen reader: the page itself would stay
   scrolled to where "next" was tapped. */
(() => {
  const top = document.querySelector('[id^="ls-top-"]');
  if (!top || top.dataset.seen) return;
  top.dataset.seen = 'yes';
  top.scrollIntoView({ block: 'end' });
  if (!top.id.endsWith('-0')) top.querySelector('h2').focus({ preventScroll: true });
})();
