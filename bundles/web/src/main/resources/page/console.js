import { ApiError, get, post } from './api.js';
import { failure, field, fill, h, text, title } from './dom.js';
import { Store } from './store.js';
import * as compare from './views/compare.js';
import * as doctor from './views/doctor.js';
import * as jobs from './views/jobs.js';
import * as plugins from './views/plugins.js';
import * as runs from './views/runs.js';
import * as start from './views/start.js';

/** How long a page that nobody sees keeps its connection: a browser has six for a server, and previews are made for those who watch. */
const UNSEEN_MILLISECONDS = 10_000;
const VIEWS = { start, jobs, runs, compare, plugins, doctor };
const main = document.getElementById('main');
const store = new Store();
let leaving = new AbortController();
let opened = '';
let unseen = 0;

/** Says something once, for those who do not see the page. */
function say(words) {
  const news = document.getElementById('news');
  text(news, '');
  setTimeout(() => text(news, words), 50);
}

function route() {
  const [path, query] = location.hash.replace(/^#\/?/, '').split('?');
  const [name, ...rest] = path.split('/').map(decodeURIComponent);
  return { name: VIEWS[name] ? name : 'start', rest: VIEWS[name] ? rest : [], query: new URLSearchParams(query || '') };
}

async function show() {
  leaving.abort();
  leaving = new AbortController();
  const { signal } = leaving;
  const { name, rest, query } = route();
  const section = { compare: 'runs' }[name] || name;
  for (const link of document.querySelectorAll('header nav a')) {
    if (link.getAttribute('href') === `#/${section}`) {
      link.setAttribute('aria-current', 'page');
    } else {
      link.removeAttribute('aria-current');
    }
  }
  const moved = opened !== '' && opened !== location.hash;
  opened = location.hash || '#/';
  try {
    await VIEWS[name].show(main, { store, signal, rest, query, say });
  } catch (error) {
    if (signal.aborted) {
      return;
    }
    if (!(error instanceof ApiError)) {
      throw error;
    }
    if (error.status !== 401) {
      fill(main, title('Nothing to show'), failure(error.message));
    }
  }
  const heading = main.querySelector('h1');
  document.title = heading ? `${heading.textContent} · Halftone` : 'Halftone';
  if (moved && heading) {
    scrollTo(0, 0);
    heading.focus({ preventScroll: true });
  }
}

function login() {
  if (document.getElementById('token')) {
    return;
  }
  store.stop();
  leaving.abort();
  const token = h('input', { type: 'password', id: 'token', name: 'token', required: true, autocomplete: 'current-password', spellcheck: 'false' });
  const refused = h('div');
  const form = h('form', {
    class: 'login',
    submit: async (event) => {
      event.preventDefault();
      try {
        await post('login', { token: token.value });
        begin();
      } catch (error) {
        fill(refused, failure(error.message));
        token.focus();
      }
    },
  }, field('Token', token, 'The one that the console was configured with.'), refused, h('button', { class: 'primary' }, 'Go on'));
  fill(main, title('Who is there?', null, 'This console asks for a token.'), form);
  token.focus();
}

async function begin() {
  try {
    const session = await get('session');
    text(document.getElementById('version'), `Halftone ${session.version}`);
    store.readOnly = session.readOnly;
    if (session.tokenNeeded) {
      await get('services');   // asks for the token where it was not shown yet
    }
  } catch (error) {
    if (error.status === 401) {
      return;
    }
  }
  store.start();
  show();
}

store.addEventListener('jobs', () => {
  const running = store.running().length;
  const count = document.getElementById('running');
  count.hidden = running === 0;
  fill(count, String(running), h('span', { class: 'hidden' }, ' running'));
});
store.addEventListener('ended', ({ detail: job }) => say(`${job.kind} of ${job.subject}: ${job.state}${job.failure ? `, ${job.failure}` : ''}`));
store.addEventListener('services', ({ detail: { came, went } }) => {
  const names = (list) => list.map((plugin) => `${plugin.kind} ${plugin.names.join(', ')}`).join('; ');
  if (came.length + went.length > 0) {
    plugins.remember(came, went);
    say([came.length ? `There now: ${names(came)}.` : '', went.length ? `Gone: ${names(went)}.` : ''].join(' ').trim());
  }
});
store.addEventListener('connection', () => {
  const banner = document.getElementById('connection');
  banner.hidden = store.connected;
  text(banner, store.connected ? '' : 'The connection is lost. What is shown may be old; it is tried again.');
});
document.addEventListener('visibilitychange', () => {
  clearTimeout(unseen);
  if (document.hidden) {
    unseen = setTimeout(() => store.rest(), UNSEEN_MILLISECONDS);
  } else {
    store.wake();
  }
});
window.addEventListener('unauthorized', login);
window.addEventListener('hashchange', show);
document.getElementById('skip').addEventListener('click', (event) => {
  event.preventDefault();   // the part of the address behind # names the view
  main.focus();
});
begin();
