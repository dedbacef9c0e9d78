/* 保存图片: a chart with its finding, how to read it and its source as a PNG. Drawn in the browser; nothing is
   sent anywhere. Also opens the print dialog (data-print). The button carries data-picture (the chart's key), data-title, data-file and data-failed. */
(() => {
  if (window.linshengPicture) return;
  window.linshengPicture = true;

  const SCALE = 2, MARGIN = 20, LEAST = 640;
  const FONT = '"PingFang SC", "Noto Sans CJK SC", "Microsoft YaHei", sans-serif';
  const INK = '#1F2A37', MUTED = '#5B6675';

  document.addEventListener('click', (event) => {
    const button = event.target.closest && event.target.closest('button[data-picture]');
    if (button) save(button).catch(() => tell(button));
    if (event.target.closest && event.target.closest('button[data-print]')) window.print();
  });

  function tell(button) {
    const before = button.textContent;
    button.textContent = button.dataset.failed;
    setTimeout(() => { button.textContent = before; }, 4000);
  }

  async function save(button) {
    const chart = document.querySelector(`.st-key-${CSS.escape(button.dataset.picture)}`);
    const svg = chart.querySelector('svg.marks');
    const box = svg.getBoundingClientRect();
    const image = await drawn(svg, box);
    const how = document.querySelector('.st-top .st-how');
    const canvas = sheet(image, box, button.dataset.title, how ? how.textContent : '');
    const blob = await new Promise((done) => canvas.toBlob(done, 'image/png'));
    const link = document.createElement('a');
    link.href = URL.createObjectURL(blob);
    link.download = `${button.dataset.file}.png`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 60000);
  }

  function drawn(svg, box) {
    const copy = svg.cloneNode(true);
    copy.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
    copy.setAttribute('width', box.width);
    copy.setAttribute('height', box.height);
    // Vega names its gradients with the page's address; in a picture of its own they stand at home.
    const text = new XMLSerializer().serializeToString(copy).replace(/url\([^)#]*#/g, 'url(#');
    return new Promise((done, failed) => {
      const image = new Image();
      image.onload = () => done(image);
      image.onerror = failed;
      image.src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(text)}`;
    });
  }

  function sheet(image, box, title, how) {
    const canvas = document.createElement('canvas');
    const pen = canvas.getContext('2d');
    const width = Math.max(box.width, LEAST);
    const blocks = [
      { font: `700 22px ${FONT}`, step: 31, colour: INK, text: title },
      { font: `14px ${FONT}`, step: 22, colour: MUTED, text: how },
    ].map((block) => ({ ...block, lines: wrapped(pen, block, width) }));
    const words = blocks.reduce((sum, block) => sum + block.lines.length * block.step, 0);
    canvas.width = (width + 2 * MARGIN) * SCALE;
    canvas.height = (words + box.height + 3 * MARGIN) * SCALE;
    pen.scale(SCALE, SCALE);
    pen.fillStyle = '#FFFFFF';
    pen.fillRect(0, 0, canvas.width, canvas.height);
    pen.textBaseline = 'top';
    let y = MARGIN;
    for (const block of blocks) {
      pen.font = block.font;
      pen.fillStyle = block.colour;
      for (const line of block.lines) { pen.fillText(line, MARGIN, y); y += block.step; }
    }
    pen.drawImage(image, MARGIN, y + MARGIN, box.width, box.height);
    return canvas;
  }

  /* Chinese breaks anywhere, numbers and Latin words nowhere. */
  function wrapped(pen, block, width) {
    pen.font = block.font;
    const lines = [];
    let line = '';
    for (const piece of block.text.match(/[\w.,%–-]+|[^]/gu) || []) {
      if (line && pen.measureText(line + piece).width > width) { lines.push(line); line = ''; }
      line += line ? piece : piece.trimStart();
    }
    return line ? [...lines, line] : lines;
  }
})();
