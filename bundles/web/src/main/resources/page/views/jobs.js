import { ApiError, post } from '../api.js';
import { failure, fill, h, text, title } from '../dom.js';
import { bytes, clock, moment, pace, part } from '../format.js';

const TICK_MILLISECONDS = 1000;

/** The jobs that run and those that have ended, each in a card of its own that follows it; one alone where the address names it. */
export async function show(main, { store, signal, rest }) {
  const only = rest[0];
  const cards = new Map();
  const running = h('div', { class: 'cards' });
  const ended = h('div', { class: 'cards' });
  const none = h('p', { class: 'notes' });
  const head = only ? title(`Job ${only}`, 'Jobs') : title('Jobs', null, 'Of all who use this process: the console, the shell, scripts.');
  fill(main, head, only ? h('p', {}, h('a', { href: '#/jobs' }, 'All jobs')) : null, none, running, ended);

  function update() {
    const jobs = [...store.jobs.values()].filter((job) => !only || job.id === only).reverse();
    for (const [id, card] of cards) {
      if (!jobs.some((job) => job.id === id)) {
        card.element.remove();
        cards.delete(id);
      }
    }
    for (const job of jobs) {
      if (!cards.has(job.id)) {
        cards.set(job.id, jobCard(store, !only));
      }
      const card = cards.get(job.id);
      card.update(job, store.previews.get(job.id));
      place(card.element, job.state === 'running' ? running : ended, jobs, cards);
    }
    none.hidden = jobs.length > 0;
    if (!store.connected) {
      text(none, 'Not connected yet.');
    } else if (!none.hidden) {
      fill(none, only ? ['This process knows no such job. What jobs of others left is among the ', h('a', { href: '#/runs' }, 'runs'), '.']
        : ['None yet. ', h('a', { href: '#/start' }, 'Start one'), '.']);
    }
  }

  const timer = setInterval(() => cards.forEach((card) => card.tick()), TICK_MILLISECONDS);
  signal.addEventListener('abort', () => clearInterval(timer));
  store.addEventListener('jobs', update, { signal });
  store.addEventListener('connection', update, { signal });
  store.addEventListener('preview', ({ detail: preview }) => cards.get(preview.id)?.preview(preview), { signal });
  update();
}

/** Puts a card where its list has it, newest first, and leaves it alone where it is there already. */
function place(element, list, jobs, cards) {
  const after = jobs.map((job) => cards.get(job.id)?.element).filter((each) => each && each.parentNode === list && each !== element);
  const order = jobs.map((job) => cards.get(job.id)?.element);
  const next = after.find((each) => order.indexOf(each) > order.indexOf(element)) || null;
  if (element.parentNode !== list || element.nextSibling !== next) {
    list.insertBefore(element, next);
  }
}

function jobCard(store, linked) {
  const name = h('h2', {}, '');
  const kind = h('p', { class: 'kicker' });
  const state = h('span', { class: 'state' });
  const picture = h('img', { class: 'preview', alt: '', hidden: true });
  const bar = h('progress', { max: 1 });
  const line = h('p', { class: 'pace' });
  const times = h('p', { class: 'notes' });
  const refused = h('div');
  const outputs = h('div');
  const cancel = h('button', {
    type: 'button', class: 'danger',
    click: async () => {
      cancel.disabled = true;
      fill(refused);
      try {
        await post(`jobs/${encodeURIComponent(job.id)}/cancel`);
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error;
        }
        cancel.disabled = false;
        fill(refused, failure(error.message));
      }
    },
  }, 'Cancel');
  const element = h('article', { class: 'job' }, picture, h('div', { class: 'about' }, kind,
    h('div', { class: 'bar' }, name, state), bar, line, times, refused, outputs, h('div', { class: 'actions' }, cancel)));
  let job = null;
  let shown = '';

  function tick() {
    const since = job.state === 'running' ? (performance.now() - job.heard) / 1000 : 0;
    text(times, `started ${moment(job.started)} · ${job.state === 'running' ? 'for' : 'took'} ${clock(job.elapsedSeconds + since)}`);
  }

  return {
    element,
    tick,
    preview(preview) {
      picture.hidden = false;
      picture.src = preview.href;
      picture.alt = `Latents of the picture after step ${preview.step} of ${preview.steps}`;
    },
    update(now, preview) {
      const first = job === null;
      job = now;
      if (first) {
        element.dataset.job = job.id;
        text(kind, job.kind);
        const words = job.subject || job.id;
        fill(name, linked ? h('a', { href: `#/jobs/${encodeURIComponent(job.id)}` }, words) : words);
        bar.setAttribute('aria-label', `Progress of ${job.kind} ${words}`);
        cancel.setAttribute('aria-label', `Cancel ${job.kind} ${words}`);
        if (preview) {
          this.preview(preview);
        }
      }
      const running = job.state === 'running';
      element.dataset.state = job.state;
      text(state, job.cancelling && running ? 'cancelling' : job.state);
      state.className = `state ${job.state}`;
      bar.hidden = !running;
      const done = part(job.progress);
      if (done === null) {
        bar.removeAttribute('value');
      } else {
        bar.value = done;
      }
      text(line, running ? pace(job) || 'begins' : '');
      line.hidden = !running;
      cancel.hidden = !running || store.readOnly;
      cancel.disabled = Boolean(job.cancelling);
      if (!running) {
        picture.hidden = true;
        store.previews.delete(job.id);
      }
      const rest = JSON.stringify([running, job.failure, job.outputs, job.run]);
      if (rest !== shown) {
        shown = rest;
        fill(outputs, results(job));
      }
      tick();
    },
  };
}

/** What came of a job: why it failed, its report and pictures, its files. */
function results(job) {
  const files = job.outputs || [];
  const pictures = files.filter((file) => file.name.endsWith('.png') && !/(^|\/)work\//.test(file.name));
  const report = files.find((file) => /(^|\/)report\.html$/.test(file.name));
  const run = job.run ? h('a', { class: 'button', href: `#/runs/${encodeURIComponent(job.run)}` }, 'Open the run') : null;
  return [
    job.failure ? failure(job.failure) : null,
    pictures.length ? h('ul', { class: 'thumbs' }, pictures.slice(0, 12).map((file) => h('li', {},
      h('img', { src: file.href, alt: file.name, loading: 'lazy', width: 128, height: 128 })))) : null,
    files.length && !pictures.length && !report ? h('ul', { class: 'files' }, files.slice(0, 12).map((file) => h('li', {},
      h('a', { href: file.href }, file.name), ' ', h('span', { class: 'soft' }, bytes(file.bytes))))) : null,
    job.state !== 'running' && (report || run) ? h('div', { class: 'actions' },
      report ? h('a', { class: 'button primary', href: report.href, target: '_blank', rel: 'noopener' }, 'Open the report') : null, run) : null,
  ];
}
