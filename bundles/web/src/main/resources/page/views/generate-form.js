import { get } from '../api.js';
import { offer } from '../dom.js';
import { choice, given, group, lines, number, offerModels, row, words } from './fields.js';

/** What the pictures show and which backbone makes them. */
export function generateForm({ store, signal, changed }) {
  const model = choice('Pipeline', 'model');
  const checkpoint = choice('Backbone', 'restore-from', 'Full precision, or a quantized checkpoint of an earlier run.');
  const engine = choice('Runs on', 'engine', 'An engine is exported, built and kept where it is not there yet.');
  const prompts = lines('Prompts', 'prompt', { required: true, hint: 'One a line; the pictures are made together.',
    value: 'a large red circle on the left of a blue background' });
  const negative = words('Negative prompt', 'negative-prompt');
  const steps = number('Steps', 'num-inference-steps', { min: 1, hint: 'Empty: as usual' });
  const guidance = number('Guidance', 'guidance-scale', { step: 'any', hint: 'Empty: as usual' });
  const seed = number('Seed', 'seed', { value: 0 });
  const count = number('Pictures of each', 'num-images-per-prompt', { min: 1, value: 1 });

  async function look() {
    let checkpoints = [];
    try {
      checkpoints = (await get('runs', {}, signal)).flatMap((run) => run.files
        .filter((file) => file.name.endsWith('.safetensors')).map((file) => [`../${run.name}/${file.name}`, `${run.name}: ${file.name}`]));
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
    }
    offer(checkpoint.control, [['', 'full precision'], ...checkpoints]);
    changed();
  }

  store.addEventListener('runs', look, { signal });
  offer(checkpoint.control, [['', 'full precision']]);
  look();
  return {
    fields: [
      group('What', row(model.element, checkpoint.element, engine.element)),
      group('Pictures', prompts.element, negative.element, row(steps.element, guidance.element, seed.element, count.element)),
    ],
    aside: null,
    options: () => given({
      model: model.value(), 'restore-from': checkpoint.value(), engine: engine.value(), prompt: prompts.value(),
      'negative-prompt': negative.value(), 'num-inference-steps': steps.value(), 'guidance-scale': guidance.value(),
      seed: seed.value() === '0' ? '' : seed.value(), 'num-images-per-prompt': count.value() === '1' ? '' : count.value(),
    }),
    update(services) {
      offerModels(model.control, services);
      offer(engine.control, [['', 'libtorch'], ...services.engines.map((name) => [name, name])]);
    },
  };
}
