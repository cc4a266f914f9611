import { ApiError, get } from '../api.js';
import { failure, fill, h, text, title } from '../dom.js';
import { bytes, many, moment } from '../format.js';

const THUMBNAILS = 6;

/** The folders of past jobs, newest first; one of them whole where the address names it. */
export async function show(main, context) {
  const { signal, rest, store } = context;
  const list = h('div', { class: 'cards' });
  const name = rest[0];
  fill(main, name ? title(name, 'Run') : title('Runs', null, 'What past jobs left in the folder of runs.'), list);

  async function load() {
    try {
      const runs = await get('runs', {}, signal);
      if (name) {
        const run = runs.find((each) => each.name === name);
        fill(list, run ? whole(run, store) : h('p', { class: 'notes' }, 'There is no such run. ', h('a', { href: '#/runs' }, 'All runs'), '.'));
      } else {
        fill(list, runs.length ? runs.map(card) : h('p', { class: 'notes' }, 'None yet. ', h('a', { href: '#/start' }, 'Start a job'), '.'));
      }
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      if (!(error instanceof ApiError)) {
        throw error;
      }
      fill(list, failure(error.message));
    }
  }

  store.addEventListener('runs', load, { signal });
  load();
}

/** The pictures of a run, without what an evaluation keeps for going on. */
export function pictures(run) {
  return run.files.filter((file) => file.name.endsWith('.png') && !/(^|\/)work\//.test(file.name));
}

/** The address of the view that compares two pictures. */
export function comparison(a, b) {
  return `#/compare?${new URLSearchParams({ a: a.href, b: b.href })}`;
}

/** Of the pictures of a run, the one to compare with another: of the same name in another folder, or else the next one. */
export function partner(all, file) {
  const name = (each) => each.name.split('/').pop();
  return all.find((each) => each !== file && name(each) === name(file)) ?? all[(all.indexOf(file) + 1) % all.length];
}

function report(run) {
  const file = run.files.find((each) => /(^|\/)report\.html$/.test(each.name));
  return file ? h('a', { class: 'button primary', href: file.href, target: '_blank', rel: 'noopener', 'aria-label': `Open the report of ${run.name}` },
    'Open the report') : null;
}

function facts(run) {
  return h('p', { class: 'notes' }, [run.kind, run.subject, run.started ? moment(run.started) : '', many(run.files.length, 'file'),
    bytes(run.files.reduce((sum, file) => sum + file.bytes, 0))].filter((each) => each).join(' · '));
}

function state(run) {
  return run.state ? h('span', { class: `state ${run.state}` }, run.state) : null;
}

function thumbnails(run) {
  const all = pictures(run);
  return all.length === 0 ? null : h('ul', { class: 'thumbs' }, all.slice(0, THUMBNAILS).map((file) => h('li', {},
    h('img', { src: file.href, alt: file.name, loading: 'lazy', width: 128, height: 128 }))),
  all.length > THUMBNAILS ? h('li', { class: 'soft' }, `and ${all.length - THUMBNAILS} more`) : null);
}

function card(run) {
  const all = pictures(run);
  return h('article', { class: 'run' },
    h('div', { class: 'bar' }, h('h2', {}, h('a', { href: `#/runs/${encodeURIComponent(run.name)}` }, run.name)), state(run)),
    facts(run), thumbnails(run), h('div', { class: 'actions' }, report(run),
      all.length > 1 ? h('a', { class: 'button', href: comparison(all[0], partner(all, all[0])), 'aria-label': `Compare pictures of ${run.name}` },
        'Compare pictures') : null));
}

function whole(run, store) {
  const all = pictures(run);
  const button = h('button', { type: 'button', class: 'primary', disabled: true, click: () => {
    const [a, b] = chosen.map((href) => all.find((file) => file.href === href));
    location.hash = comparison(a, b);
  } }, 'Compare the two');
  const hint = h('p', { class: 'notes', role: 'status' }, all.length > 1 ? 'Choose two pictures to compare them.' : '');
  const chosen = [];
  const choose = (href, ticked) => {
    if (ticked) {
      chosen.push(href);
    } else {
      chosen.splice(chosen.indexOf(href), 1);
    }
    while (chosen.length > 2) {
      const dropped = chosen.shift();
      gallery.querySelector(`input[value="${CSS.escape(dropped)}"]`).checked = false;
    }
    button.disabled = chosen.length !== 2;
    text(hint, chosen.length === 2 ? `${chosen.map((each) => all.find((file) => file.href === each).name).join(' and ')}` : 'Choose two pictures to compare them.');
  };
  const gallery = h('ul', { class: 'gallery' }, all.map((file) => h('li', {}, h('label', {},
    h('img', { src: file.href, alt: '', loading: 'lazy', width: 172, height: 172 }),
    h('span', {}, h('input', { type: 'checkbox', value: file.href, change: (event) => choose(file.href, event.target.checked) }), file.name)))));
  return [
    h('div', { class: 'bar' }, facts(run), state(run)),
    h('div', { class: 'actions' }, report(run), run.id && store.jobs.has(run.id) ? h('a', { class: 'button', href: `#/jobs/${encodeURIComponent(run.id)}` }, 'Its job') : null,
      h('a', { class: 'button', href: '#/runs' }, 'All runs')),
    all.length ? h('section', {}, h('h2', {}, 'Pictures'), hint, gallery, all.length > 1 ? h('div', { class: 'actions sticky' }, button) : null) : null,
    h('section', {}, h('h2', {}, 'Files'), run.files.length === 0 ? h('p', { class: 'notes' }, 'None.')
      : h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Files' }, h('table', { class: 'listing' },
        h('caption', { class: 'hidden' }, 'Files of the run'),
        h('thead', {}, h('tr', {}, h('th', { scope: 'col' }, 'Name'), h('th', { scope: 'col', class: 'number' }, 'Size'))),
        h('tbody', {}, run.files.map((file) => h('tr', {}, h('td', {}, h('a', { href: file.href }, file.name)), h('td', { class: 'number' }, bytes(file.bytes)))))))),
  ];
}
