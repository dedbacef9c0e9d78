// What one can see of the checks of accessibility for residents (tests/browser/fit.py) by looking at one page.
// Each fault is told as "number: what, where".
(elder) => {
  const faults = []
  const fault = (number, what, one) => faults.push(`${number}: ${what} ${one ? one.outerHTML.slice(0, 90) : ''}`)
  const seen = [...document.querySelectorAll('body *')].filter((one) => one.checkVisibility()
    && !one.matches('script, style, noscript, option, optgroup, .first, .skip'))
  const style = (one) => getComputedStyle(one)
  const size = (one) => parseFloat(style(one).fontSize)
  const words = (one) => (one.innerText ?? '').trim()
  const own = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim())
  const written = seen.filter(own)
  const native = '[type=radio], [type=checkbox], [type=hidden]'

  // 1 and 2: large enough to read, lines and paragraphs far enough apart.
  for (const one of written) {
    if (size(one) < (elder ? 20 : 16)) fault(1, `${size(one)} px`, one)
    const line = parseFloat(style(one).lineHeight)
    if (line < 1.299 * size(one)) fault(2, `a line of ${line} for letters of ${size(one)} px`, one)
  }
  for (const one of document.querySelectorAll('main p + p')) {
    const before = one.previousElementSibling
    if (!words(one) || !words(before) || !one.checkVisibility() || !before.checkVisibility()) continue
    const lines = parseFloat(style(one).lineHeight) - size(one)
    const gap = one.getBoundingClientRect().top - before.getBoundingClientRect().bottom + lines
    if (gap < 1.3 * lines && !one.matches('.step + *, .choice')) fault(2, `paragraphs ${gap} px apart`, one)
  }

  // 3: the edge of what is tapped or typed into stands out; the words' contrast is axe's part.
  const rgb = (text) => (text.match(/[\d.]+/g) ?? []).map(Number)
  const light = (colour) => {
    const [r, g, b] = colour.map((part) => part / 255).map(
      (part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one, other) => {
    const [a, b] = [light(one), light(other)].sort((x, y) => y - x)
    return (a + 0.05) / (b + 0.05)
  }
  const ground = (one) => {
    for (let at = one; at; at = at.parentElement) {
      const colour = rgb(style(at).backgroundColor)
      if (colour.length === 3 || colour[3] === 1) return colour.slice(0, 3)
    }
    return [255, 255, 255]
  }
  const edged = (one) => {
    const edge = style(one)
    return parseFloat(edge.borderTopWidth) > 0 && contrast(rgb(edge.borderTopColor).slice(0, 3), ground(one.parentElement)) >= 3
  }
  for (const one of seen.filter((each) => each.matches(
    `input:not(${native}), select, textarea, button:not(.link), a.button, .option > label`))) {
    if (!edged(one) && contrast(ground(one), ground(one.parentElement)) < 3) fault(3, 'no edge', one)
  }

  // 4: large enough to tap; a link amid a sentence is exempt (WCAG 2.5.8) but for its lowest bound.
  const within = (one) => one.matches('a') && style(one).display === 'inline' && own(one.parentElement)
  for (const one of seen.filter((each) => each.matches(
    `a, button, input:not(${native}), select, textarea, summary, audio, .option > label`))) {
    const box = one.getBoundingClientRect()
    const least = within(one) ? 24 : elder ? 59.5 : 43.5
    if (box.height < least || box.width < least) fault(4, `${Math.round(box.width)} x ${Math.round(box.height)}`, one)
  }

  // 5: nothing that comes up by itself, lies over the page, or comes from somebody else.
  for (const one of seen) {
    if (one.matches('dialog, [role=dialog], [role=alertdialog], iframe, embed, object, marquee')) fault(5, 'comes up', one)
    const box = one.getBoundingClientRect()
    if (style(one).position === 'fixed' && box.width * box.height > 0.2 * innerWidth * innerHeight) fault(5, 'lies over', one)
  }

  // 6: a mistake is told by words and a sign; a choice has a name.
  for (const one of document.querySelectorAll('.problem, .fail')) if (one.checkVisibility() && !words(one)) fault(6, 'only coloured', one)
  for (const one of document.querySelectorAll('.problem')) {
    if (['none', '""'].includes(getComputedStyle(one, '::before').content)) fault(6, 'no sign', one)
  }
  for (const one of document.querySelectorAll('.wrong')) if (!one.querySelector('.problem')) fault(6, 'does not say what is wrong', one)
  for (const one of seen.filter((each) => each.matches('.option > label, button, summary'))) {
    if (!/[\p{L}\d]/u.test(words(one)) && !one.ariaLabel) fault(6, 'no words', one)
  }

  // 7 and 8: no riddles; nothing that must be dragged.
  for (const one of document.querySelectorAll('canvas, [class*=captcha], [id*=captcha], [src*=captcha]')) fault(7, 'a riddle', one)
  for (const one of document.querySelectorAll('[type=range], [draggable=true], [ondrag], [ontouchmove]')) fault(8, 'dragged', one)

  // 10: language, title, one heading of the page.
  if (!['zh-CN', 'en'].includes(document.documentElement.lang)) fault(10, `lang ${document.documentElement.lang}`)
  if (!document.title.includes('邻声') && !document.title.includes('LinSheng')) fault(10, `title ${document.title}`)
  if (document.querySelectorAll('h1').length !== 1) fault(10, 'not one h1')

  // 11: nothing to scroll sideways, no words cut off.
  if (document.documentElement.scrollWidth > innerWidth) fault(11, `${document.documentElement.scrollWidth} px wide`)
  for (const one of written) {
    const box = style(one)
    if (one.clientWidth <= 1) continue // only for those who listen
    if (box.overflow !== 'visible' && (one.scrollHeight > one.clientHeight + 1 || one.scrollWidth > one.clientWidth + 1)
      && !one.matches('textarea, select, input')) fault(11, 'cut off', one)
  }

  // 13: every field is named, every group of choices too, and a mistake is tied to its field.
  const named = (one) => one.labels?.length || one.ariaLabel || one.getAttribute('aria-labelledby')
  for (const one of seen.filter((each) => each.matches('input:not([type=hidden]), select, textarea'))) {
    if (!named(one)) fault(13, 'no name', one)
    if (one.type === 'radio' && !one.closest('fieldset')?.querySelector('legend')) fault(13, 'no legend', one)
  }
  for (const one of document.querySelectorAll('.problem')) {
    if (!one.id || !document.querySelector(`[aria-describedby~="${one.id}"]`)) fault(13, 'tied to nothing', one)
  }

  // 14: what was typed may be pasted and is not asked for by a test of memory.
  for (const one of document.querySelectorAll('[onpaste], [oncopy]')) fault(14, 'no pasting', one)
  for (const one of seen.filter((each) => each.matches(`input:not(${native})`))) {
    if (!one.hasAttribute('autocomplete')) fault(14, 'autocomplete is not said', one)
  }

  // 16: no page goes on by itself.
  if (document.querySelector('head > meta[http-equiv=refresh]')) fault(16, 'goes on by itself')
  return faults
}
