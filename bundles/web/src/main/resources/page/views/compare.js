import { get } from '../api.js';
import { field, fill, h, text, title } from '../dom.js';
import { difference } from '../difference.js';
import { partner, pictures } from './runs.js';

const MODES = [['slider', 'slider'], ['flip', 'flip'], ['beside', 'side by side'], ['difference', 'difference']];
const ZOOMS = [['fit', 'fit'], ['1', '1x'], ['2', '2x'], ['4', '4x'], ['8', '8x']];

/** Two pictures of past runs over each other, with a slider, by flipping, side by side, or as a map of their difference. */
export async function show(main, { signal, query }) {
  const runs = (await get('runs', {}, signal)).filter((run) => pictures(run).length > 0);
  if (runs.length === 0) {
    fill(main, title('Compare'), h('p', { class: 'notes' }, 'No run has pictures yet. ', h('a', { href: '#/start/generate' }, 'Make some'), '.'));
    return;
  }
  const view = stage();
  const sides = ['a', 'b'].map((side) => {
    const select = h('select', { id: `side-${side}` }, runs.map((run) => h('optgroup', { label: run.name },
      pictures(run).map((file) => new Option(file.name, file.href)))));
    select.value = query.get(side);
    if (select.selectedIndex < 0) {
      const all = pictures(runs[0]);
      select.value = (side === 'a' ? all[0] : partner(all, all[0])).href;
    }
    return select;
  });
  const name = (select) => `${select.selectedOptions[0].parentNode.label}, ${select.selectedOptions[0].text}`;
  const change = () => {
    history.replaceState(null, '', `#/compare?${new URLSearchParams({ a: sides[0].value, b: sides[1].value })}`);
    view.show({ href: sides[0].value, name: name(sides[0]) }, { href: sides[1].value, name: name(sides[1]) });
  };
  const swap = h('button', { type: 'button', id: 'swap', click: () => {
    [sides[0].value, sides[1].value] = [sides[1].value, sides[0].value];
    change();
  } }, 'Swap');
  sides.forEach((select) => select.addEventListener('change', change));
  fill(main, title('Compare', 'Two pictures'), h('div', { class: 'fields sides' }, field('A', sides[0]), field('B', sides[1]), swap), view.elements);
  addEventListener('resize', view.resize, { signal });
  change();
}

function stage() {
  const a = h('img', { id: 'image-a', alt: '' });
  const b = h('img', { id: 'image-b', alt: '' });
  const map = h('canvas', { id: 'map', role: 'img', 'aria-label': 'Map of the difference', hidden: true });
  const split = h('input', { type: 'range', id: 'split', min: 0, max: 100, value: 50, 'aria-label': 'How much of A is seen, from the left' });
  const frame = h('div', { class: 'frame slider', id: 'frame' }, a, b, map, split, h('div', { class: 'divider', 'aria-hidden': 'true' }));
  const box = h('div', { class: 'stage', tabindex: '0', role: 'region', 'aria-label': 'The two pictures' }, frame);
  const zoom = h('select', { id: 'zoom' }, ZOOMS.map(([value, words]) => new Option(words, value)));
  const flip = h('button', { type: 'button', id: 'flip', 'aria-pressed': 'false', hidden: true }, 'Flip');
  const figures = h('p', { id: 'figures', role: 'status' });
  const views = h('fieldset', { class: 'modes' }, h('legend', { class: 'hidden' }, 'View'), MODES.map(([value, words]) => h('span', {},
    h('input', { type: 'radio', name: 'mode', id: `mode-${value}`, value, checked: value === 'slider' }), h('label', { for: `mode-${value}` }, words))));
  let names = ['', ''];
  let measured = '';

  const mode = () => views.querySelector('input:checked').value;
  const natural = () => ({ width: Math.max(1, b.naturalWidth), height: Math.max(1, b.naturalHeight) });

  function resize() {
    const { width, height } = natural();
    const room = mode() === 'beside' ? 2 : 1;
    const scale = zoom.value === 'fit' ? Math.max(0.05, Math.min((box.clientWidth - 20) / room / width, (box.clientHeight - 20) / height)) : Number(zoom.value);
    frame.style.setProperty('--w', `${Math.round(width * scale)}px`);
    frame.style.setProperty('--h', `${Math.round(height * scale)}px`);
    frame.classList.toggle('crisp', scale >= 2);
  }

  function draw() {
    const turned = flip.getAttribute('aria-pressed') === 'true';
    frame.className = `frame ${mode()}${turned ? ' turned' : ''}`;
    frame.style.setProperty('--split', `${split.value}%`);
    flip.hidden = mode() !== 'flip';
    map.hidden = mode() !== 'difference';
    const seen = mode() === 'flip' ? ` Seen: ${turned ? 'A' : 'B'}.` : '';
    text(figures, `A: ${names[0]}. B: ${names[1]}. ${measured}${seen}`);
    resize();
  }

  async function measure() {
    measured = '';
    await Promise.all([a.decode(), b.decode()]).catch(() => {
      measured = 'A picture cannot be read.';
    });
    measured = measured || difference(a, b, map);
    draw();
  }

  flip.addEventListener('click', () => {
    flip.setAttribute('aria-pressed', String(flip.getAttribute('aria-pressed') !== 'true'));
    draw();
  });
  split.addEventListener('input', () => frame.style.setProperty('--split', `${split.value}%`));
  views.addEventListener('change', draw);
  zoom.addEventListener('change', draw);
  return {
    elements: [h('div', { class: 'controls' }, views, h('label', {}, 'Size ', zoom), flip), figures, box],
    resize,
    show(first, second) {
      names = [first.name, second.name];
      a.src = first.href;
      a.alt = `A: ${first.name}`;
      b.src = second.href;
      b.alt = `B: ${second.name}`;
      draw();
      measure();
    },
  };
}
