import { fill, h, title } from '../dom.js';
import { many, moment } from '../format.js';

const REMEMBERED = 50;

/** What came and went since this page was opened, newest first. */
const history = [];

/** The plugins that are there now, by kind, and what came and went meanwhile. */
export async function show(main, { store, signal }) {
  const tables = h('div', { class: 'kinds' });
  const absent = h('section');
  const changes = h('section');
  fill(main, title('Plugins', null, 'A plugin is a bundle: put its file into the folder deploy, and it is here; delete the file, and it is gone.'), changes, tables, absent);
  const update = () => {
    if (!store.services) {
      return;
    }
    fill(changes, history.length === 0 ? null : [h('h2', {}, 'Since this page was opened'), h('ul', { class: 'changes' }, history.map(({ at, came, plugin }) =>
      h('li', {}, h('span', { class: `state ${came ? 'done' : 'cancelled'}` }, came ? 'came' : 'gone'), ` ${plugin.kind} `, h('b', {}, plugin.names.join(', ')),
        h('span', { class: 'soft' }, ` ${plugin.bundle} ${plugin.version} · ${moment(at)}`))))]);
    fill(tables, kinds(store.services.plugins));
    fill(absent, store.services.absent.length === 0 ? null : [h('h2', {}, 'Not to be had here'),
      h('ul', { class: 'absent' }, store.services.absent.map((each) => h('li', {}, `${each.kind} `, h('b', {}, each.name), `: ${each.reason}`)))]);
  };
  store.addEventListener('services', update, { signal });
  update();
}

/** Takes note of what comes and goes, wherever the reader is. */
export function remember(came, went) {
  const at = new Date();
  history.unshift(...came.map((plugin) => ({ at, came: true, plugin })), ...went.map((plugin) => ({ at, came: false, plugin })));
  history.length = Math.min(history.length, REMEMBERED);
}

function kinds(plugins) {
  const groups = new Map();
  plugins.forEach((plugin) => groups.set(plugin.kind, [...(groups.get(plugin.kind) || []), plugin]));
  const fresh = new Set(history.filter((each) => each.came).map((each) => each.plugin.names.join()));
  return [...groups].map(([kind, all]) => h('section', { class: 'kind', 'data-kind': kind },
    h('h2', {}, kind, ' ', h('small', {}, many(all.length, 'plugin'))),
    h('ul', {}, all.map((plugin) => h('li', { 'data-plugin': plugin.names.join(' '), class: fresh.has(plugin.names.join()) ? 'fresh' : null },
      h('b', {}, plugin.names.join(', ')), h('span', { class: 'soft' }, `${plugin.bundle} ${plugin.version}`))))));
}
