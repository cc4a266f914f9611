import { ApiError, post } from '../api.js';
import { failure, fill, h, text, title } from '../dom.js';
import { command } from '../format.js';
import { evaluateForm } from './evaluate-form.js';
import { generateForm } from './generate-form.js';
import { quantizeForm } from './quantize-form.js';

/** What can be started, with the form that asks for it. */
const FORMS = {
  quantize: { label: 'Quantize', lead: 'Calibrates a pipeline, quantizes its backbone, and writes the checkpoint.', form: quantizeForm },
  generate: { label: 'Generate', lead: 'Makes pictures in full precision, with a quantized checkpoint, or on an engine.', form: generateForm },
  evaluate: { label: 'Evaluate', lead: 'Compares formats and levels with full precision, picture by picture, and writes a report.', form: evaluateForm },
};

/**
 * The form of a job. Choices come from the services that are there now, and follow them while the form is filled. A form is
 * {fields, aside, options(), update(services)}: nodes, nodes beside them or null, what is given by the shell's names, and what to do
 * when plugins come and go.
 */
export async function show(main, { store, signal, rest, say }) {
  const kind = FORMS[rest[0]] ? rest[0] : 'quantize';
  const { label, lead, form: make } = FORMS[kind];
  const shell = h('code', { tabindex: '0', role: 'region', 'aria-label': 'The same from a shell', id: 'command' });
  const refused = h('div', { id: 'refused' });
  const button = h('button', { class: 'primary', id: 'submit', disabled: store.readOnly }, label);
  let form = null;
  const changed = () => {
    const words = command(kind, form.options());
    if (words.join(' ') !== shell.textContent.trim()) {
      fill(shell, words.map((word) => [h('span', { class: 'word' }, word), ' ']));
    }
  };
  form = make({ store, signal, changed });
  const copy = h('button', { type: 'button', class: 'quiet', click: async () => {
    await navigator.clipboard.writeText(shell.textContent.trim());
    say('Copied.');
    text(copy, 'Copied');
    setTimeout(() => text(copy, 'Copy'), 1500);
  } }, 'Copy');
  const shown = h('section', { class: 'panel' }, h('div', { class: 'bar' }, h('h2', {}, 'The same from a shell'), window.isSecureContext ? copy : null),
    h('pre', {}, shell));
  const element = h('form', {
    id: 'start',
    class: 'halves',
    input: changed,
    change: changed,
    submit: async (event) => {
      event.preventDefault();
      button.disabled = true;
      fill(refused);
      try {
        const { prompts, ...options } = form.options();   // prompts are no option of the shell's: the server writes them to a file
        const { id } = await post(`jobs/${kind}`, prompts ? { options, prompts } : { options });
        await store.note(id);
        location.hash = `#/jobs/${encodeURIComponent(id)}`;
      } catch (error) {
        if (!(error instanceof ApiError)) {
          throw error;
        }
        fill(refused, failure(error.message));
      } finally {
        button.disabled = false;
      }
    },
  }, h('div', { class: 'asked' }, form.fields), h('aside', { 'aria-label': 'What it will do' }, form.aside, shown),
  h('div', { class: 'ready' }, refused,
    store.readOnly ? h('p', { class: 'notes' }, 'Nothing can be started here: this console is configured for reading only.') : null, h('div', { class: 'actions' }, button)));
  const kinds = Object.entries(FORMS).map(([name, each]) => h('li', {},
    h('a', { href: `#/start/${name}`, 'aria-current': name === kind ? 'page' : null }, each.label)));
  fill(main, title(label, 'Start a job', lead), h('nav', { class: 'tabs', 'aria-label': 'What to start' }, h('ul', {}, kinds)),
    element);
  const update = () => {
    if (store.services) {
      form.update(store.services);
      changed();
    }
  };
  store.addEventListener('services', update, { signal });
  update();
}
