/**
 * Makes an element. An attribute whose value is a function listens to the event of that name; true stands for an empty
 * attribute; false, null and undefined for none. Children are nodes or text, nested lists of them, or nothing.
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') {
      element.addEventListener(name, value);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? '' : value);
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Sets the text of an element where it differs, so that nothing is read out or drawn anew for no reason. */
export function text(element, value) {
  if (element.textContent !== value) {
    element.textContent = value;
  }
}

/** Shows an element's only child list, unless it is there already. */
export function fill(element, ...children) {
  element.replaceChildren(...children.flat(Infinity).filter((child) => child !== null && child !== undefined && child !== false));
}

/** A heading that takes the focus when a view is opened. */
export function title(words, kicker, lead) {
  return [kicker ? h('p', { class: 'kicker' }, kicker) : null, h('h1', { tabindex: '-1' }, words), lead ? h('p', { class: 'lead' }, lead) : null];
}

/** A reason why something is not so, for people. */
export function failure(words) {
  return h('p', { class: 'failure', role: 'alert' }, words);
}

const GONE = ' (gone)';

let made = 0;

/** An id that nothing else on the page has. */
export function id(prefix) {
  made += 1;
  return `${prefix}-${made}`;
}

/** A control under its label, with a hint that assistive technology reads with it. */
export function field(label, control, hint) {
  control.id = control.id || id('field');
  const small = h('small', { id: `${control.id}-hint` }, hint || '');
  control.setAttribute('aria-describedby', small.id);
  return h('div', { class: 'field' }, h('label', { for: control.id }, label), control, small);
}

/**
 * Gives a select other options, each [value, words] or a string. What is chosen stays so: where it is gone, it is said to be, and not
 * exchanged for something that nobody chose.
 */
export function offer(select, options) {
  const chosen = select.value;
  const wanted = options.map((option) => (Array.isArray(option) ? option : [option, option]));
  if (chosen !== '' && !wanted.some(([value]) => value === chosen)) {
    wanted.push([chosen, `${select.selectedOptions[0].text.replace(GONE, '')}${GONE}`]);
  }
  const same = wanted.length === select.options.length
    && wanted.every(([value, words], index) => select.options[index].value === value && select.options[index].text === words);
  if (same) {
    return;
  }
  select.replaceChildren(...wanted.map(([value, words]) => new Option(words, value)));
  if (wanted.some(([value]) => value === chosen)) {
    select.value = chosen;
  }
}
