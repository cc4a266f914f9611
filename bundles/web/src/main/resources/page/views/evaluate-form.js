import { h, offer } from '../dom.js';
import { choice, given, group, lines, number, offerModels, row, words } from './fields.js';

/** Which variants are compared with full precision, and over which pictures. */
export function evaluateForm() {
  const model = choice('Pipeline', 'model');
  const head = h('tr');
  const body = h('tbody');
  const table = h('table', { class: 'variants' }, h('caption', { class: 'hidden' }, 'Formats and levels to compare'), h('thead', {}, head), body);
  const engine = choice('Runs on', 'engine', 'Simulated on libtorch, or exported, built and run on an engine.');
  const prompts = lines('Prompts', 'prompts', { required: true, hint: 'One a line.',
    value: 'a large red circle on the left of a blue background\na small green ring on the right of a black background' });
  const seeds = words('Seeds', 'seeds', { value: '0', required: true, pattern: ' *-?\\d+( *, *-?\\d+)* *', hint: 'With commas between' });
  const steps = number('Steps', 'num-inference-steps', { min: 1, hint: 'Empty: as usual' });
  const size = number('Calibration prompts', 'calib-size', { min: 1 });
  const calibrated = number('Calibration steps', 'n-steps', { min: 1 });
  const psnr = number('Least PSNR, dB', 'min-psnr', { step: 'any', hint: 'The job fails, its report written, if a picture is worse.' });
  let chosen = new Set(['int8:3']);
  size.control.placeholder = '16';
  calibrated.control.placeholder = '20';

  const variants = () => [...body.querySelectorAll('input:checked')].map((each) => each.value + (engine.value() ? `@${engine.value()}` : '')).join(',');
  return {
    fields: [
      group('What', row(model.element, engine.element)),
      group('Variants', h('div', { class: 'scroll', tabindex: '0', role: 'region', 'aria-label': 'Variants' }, table)),
      group('Pictures', prompts.element, row(seeds.element, steps.element)),
      group('Calibration and gate', row(size.element, calibrated.element, psnr.element)),
    ],
    aside: null,
    options: () => given({
      model: model.value(), variants: variants(), prompts: prompts.value(), seeds: seeds.value(), 'num-inference-steps': steps.value(),
      'calib-size': size.value(), 'n-steps': calibrated.value(), 'min-psnr': psnr.value(), out: 'evaluation',
    }),
    update(services) {
      offerModels(model.control, services);
      offer(engine.control, [['', 'libtorch, simulated'], ...services.engines.map((name) => [name, name])]);
      const ticked = [...body.querySelectorAll('input')];
      if (ticked.length > 0) {
        chosen = new Set(ticked.filter((each) => each.checked).map((each) => each.value));
      }
      head.replaceChildren(h('th', { scope: 'col' }, 'Format'), ...services.levels.map((level) => h('th', { scope: 'col' }, `level ${level}`)));
      body.replaceChildren(...services.formats.map((format) => h('tr', {}, h('th', { scope: 'row' }, format),
        services.levels.map((level) => h('td', {}, h('input', {
          type: 'checkbox', value: `${format}:${level}`, 'aria-label': `${format} level ${level}`, checked: chosen.has(`${format}:${level}`),
        }))))));
    },
  };
}
