import { field, h, id, offer } from '../dom.js';

/** A select that has no options yet. */
export function choice(label, name, hint) {
  const control = h('select', { name });
  return { element: field(label, control, hint), control, value: () => control.value };
}

/** A field for a number that may be left empty. */
export function number(label, name, { hint, min, max, step, value } = {}) {
  const control = h('input', { type: 'number', name, min, max, step: step || '1', value, inputmode: step ? 'decimal' : 'numeric' });
  return { element: field(label, control, hint), control, value: () => control.value };
}

/** A field for words that may be left empty. */
export function words(label, name, { hint, value, required, pattern } = {}) {
  const control = h('input', { type: 'text', name, value, required, pattern, spellcheck: 'false', autocomplete: 'off' });
  return { element: field(label, control, hint), control, value: () => control.value.trim() };
}

/** A field of one thing a line. */
export function lines(label, name, { hint, required, rows, value } = {}) {
  const control = h('textarea', { name, rows: rows || 3, required, spellcheck: 'true' });
  control.value = value || '';
  return {
    element: field(label, control, hint), control,
    value: () => control.value.split('\n').map((line) => line.trim()).filter((line) => line !== ''),
  };
}

/** A box to tick, with words beside it. */
export function tick(label, name, { checked, hint } = {}) {
  const control = h('input', { type: 'checkbox', name, id: id('tick'), checked });
  const small = hint ? h('small', { id: `${control.id}-hint` }, hint) : null;
  if (small) {
    control.setAttribute('aria-describedby', small.id);
  }
  return { element: h('div', { class: 'tick' }, control, h('label', { for: control.id }, label), small), control, value: () => control.checked };
}

/** A group of fields under a heading. */
export function group(legend, ...children) {
  return h('fieldset', { class: 'group' }, h('legend', {}, legend), children);
}

/** Several fields side by side, as far as there is room. */
export function row(...children) {
  return h('div', { class: 'fields' }, children);
}

/** One of few, all seen at once. */
export function few(legend, name) {
  const box = h('div', { class: 'few' });
  const element = h('fieldset', { class: 'field' }, h('legend', {}, legend), box);
  const value = () => element.querySelector('input:checked')?.value ?? '';
  return {
    element, value,
    offer(options, usual) {
      const chosen = value() || usual;
      if ([...box.querySelectorAll('input')].map((each) => each.value).join() === options.join()) {
        return;
      }
      box.replaceChildren(...options.map((option) => {
        const input = h('input', { type: 'radio', name, value: option, id: `${name}-${option}`, checked: option === chosen });
        return h('span', {}, input, h('label', { for: input.id }, option));
      }));
    },
  };
}

/** The pipelines that are at hand, in a select. What has no plugins stays visible. */
export function offerModels(select, services) {
  const first = select.options.length === 0;
  offer(select, services.models.map((model) => [model.name, model.supported ? model.name : `${model.name} (no plugin for ${model.pipeline})`]));
  for (const option of select.options) {
    option.disabled = !services.models.find((model) => model.name === option.value)?.supported;
  }
  if (first || !select.value) {
    select.value = services.models.find((model) => model.supported)?.name ?? '';
  }
}

/** A select of plugins, with what counts where nothing is chosen first. */
export function offerAdvised(select, names, advised) {
  offer(select, [['', advised ? `advised: ${advised}` : 'as advised'], ...names.map((name) => [name, name])]);
}

/** The entries that have a value. */
export function given(entries) {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) =>
    value !== '' && value !== false && value !== null && value !== undefined && !(Array.isArray(value) && value.length === 0)));
}
