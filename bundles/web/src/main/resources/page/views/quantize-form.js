import { get } from '../api.js';
import { failure, fill, h, offer, text } from '../dom.js';
import { percent } from '../format.js';
import { choice, few, given, group, lines, number, offerAdvised, offerModels, row, tick, words } from './fields.js';

const PAUSE_MILLISECONDS = 150;
const KINDS = ['conv', 'linear', 'attention'];

/** What to quantize, how to calibrate, what to write; beside it what these settings quantize, or why they cannot. */
export function quantizeForm({ store, signal, changed }) {
  const model = choice('Pipeline', 'model');
  const format = choice('Format', 'format');
  const level = few('Level', 'quant-level');
  const policy = choice('Level policy', 'policy', 'Which layers a level means.');
  const algorithm = choice('Algorithm', 'quant-algo');
  const collector = choice('Collector', 'collect-method', 'How ranges are taken from calibration.');
  const size = number('Prompts', 'calib-size', { min: 1 });
  const steps = number('Steps', 'n-steps', { min: 1 });
  const batch = number('Batch', 'batch-size', { min: 1 });
  const seed = number('Seed', 'seed', { value: 0 });
  const prompts = lines('Calibration prompts', 'prompts', { hint: 'One a line. Empty: the pipeline’s own list, or a built-in one.' });
  const alpha = number('Alpha', 'alpha', { min: 0, max: 1, step: 'any', hint: 'SmoothQuant' });
  const rank = number('Rank', 'lowrank', { min: 1, hint: 'SVDQuant' });
  const percentile = number('First part of steps', 'percentile', { min: 0, max: 1, step: 'any', hint: 'Over 0 to 1' });
  const guidance = number('Guidance', 'guidance-scale', { step: 'any', hint: 'Empty: as usual' });
  const onnx = tick('Export to ONNX', 'onnx', { hint: 'backbone.onnx with Q/DQ pairs, in the run’s folder onnx' });
  const hub = tick('Write a Hugging Face folder', 'hub', { hint: 'with quantization_config, in the run’s folder hub' });
  const checkpoint = words('Checkpoint', 'checkpoint', { value: 'checkpoint.safetensors', required: true, pattern: '[^\\/].*\\.safetensors', hint: 'A file in the run’s folder' });
  const psnr = number('Least PSNR, dB', 'min-psnr', { step: 'any', hint: 'Of pictures of four other prompts' });
  const ssim = number('Least SSIM', 'min-ssim', { step: 'any', min: -1, max: 1, hint: 'Of the same' });
  const plan = planPanel();
  let advised = '';
  let planned = '';
  let asked = new AbortController();
  let timer = 0;

  /** What decides which layers are quantized. */
  const settings = () => given({
    model: model.value(), format: format.value(), 'quant-level': level.value(), policy: policy.value(), 'quant-algo': algorithm.value(),
    'collect-method': collector.value(),
  });

  async function advise() {
    const key = `${model.value()} ${format.value()}`;
    if (key === advised || !model.value() || !format.value()) {
      return;
    }
    advised = key;
    try {
      const advice = await get('advice', { model: model.value(), format: format.value() }, signal);
      offerAdvised(algorithm.control, store.services.algorithms, advice['quant-algo']);
      offerAdvised(collector.control, store.services.collectors, advice['collect-method']);
      const usual = { ...advice.options };
      for (const [each, value] of [[size, advice['calib-size']], [steps, advice['n-steps']], [batch, advice['batch-size']], [alpha, usual.alpha],
        [rank, usual.lowrank], [percentile, advice.percentile]]) {
        each.control.placeholder = value === undefined ? '' : `${value}`;
      }
    } catch (error) {
      advised = '';
      if (error.name !== 'AbortError') {
        plan.refuse(error.message);
      }
    }
  }

  async function foresee() {
    const wanted = JSON.stringify(settings());
    if (wanted === planned || !model.value() || !format.value()) {
      return;
    }
    planned = wanted;
    asked.abort();
    asked = new AbortController();
    const mine = asked.signal;
    try {
      const result = await get('plan', settings(), mine);
      if (result.refusal) {
        plan.refuse(result.refusal);
      } else {
        plan.show(result);
      }
    } catch (error) {
      if (error.name !== 'AbortError') {
        planned = error.status === 0 ? '' : wanted;
        plan.refuse(error.message);
      }
    }
  }

  function look() {
    advise();
    clearTimeout(timer);
    timer = setTimeout(foresee, PAUSE_MILLISECONDS);
  }

  signal.addEventListener('abort', () => {
    clearTimeout(timer);
    asked.abort();
  });
  const fields = h('div', { change: look },
    group('What', row(model.element, format.element), level.element),
    group('How', row(algorithm.element, collector.element, policy.element)),
    group('Calibration', row(size.element, steps.element, batch.element, seed.element), prompts.element),
    group('Outputs', checkpoint.element, onnx.element, hub.element),
    h('details', {}, h('summary', {}, 'More settings'), row(alpha.element, rank.element, percentile.element, guidance.element),
      group('Quality gate', h('p', { class: 'notes' }, 'The job fails, its files written, if a picture is worse.'), row(psnr.element, ssim.element))));
  return {
    fields,
    aside: plan.element,
    options: () => given({
      ...settings(), alpha: alpha.value(), lowrank: rank.value(), percentile: percentile.value(), 'calib-size': size.value(),
      'n-steps': steps.value(), 'batch-size': batch.value(), 'guidance-scale': guidance.value(),
      seed: seed.value() === '0' ? '' : seed.value(), prompts: prompts.value(), 'min-psnr': psnr.value(), 'min-ssim': ssim.value(),
      'quantized-torch-ckpt-save-path': checkpoint.value(), 'onnx-dir': onnx.value() ? 'onnx' : '', 'hf-ckpt-dir': hub.value() ? 'hub' : '',
    }),
    update(services) {
      const first = format.control.options.length === 0;
      offerModels(model.control, services);
      offer(format.control, services.formats);
      offer(policy.control, services.policies);
      if (first) {
        format.control.value = services.defaults.format;
        policy.control.value = services.defaults.policy;
      }
      level.offer(services.levels, services.defaults['quant-level']);
      advised = '';
      planned = '';
      look();
      changed();
    },
  };
}

/** What settings quantize, as bars, and in words once for those who do not see them. */
function planPanel() {
  const summary = h('p', { class: 'strong', id: 'plan-summary', role: 'status' }, 'Choose a pipeline.');
  const counts = h('div', { class: 'counts', id: 'plan-counts' });
  const more = h('p', { class: 'notes' });
  const element = h('section', { class: 'panel', id: 'plan' }, h('h2', {}, 'What it quantizes'), summary, counts, more);
  return {
    element,
    show(plan) {
      element.classList.remove('refused');
      text(summary, `${KINDS.map((kind) => `${plan[kind]} ${kind}`).join(', ')}: ${percent(plan.share)} of the weights`);
      fill(counts, KINDS.filter((kind) => plan.total[kind] > 0).map((kind) => {
        const bar = h('div', { class: 'share', 'aria-hidden': 'true' }, h('i'));
        bar.firstChild.style.width = `${(100 * plan[kind]) / plan.total[kind]}%`;
        return h('div', { class: 'count-row' }, h('span', {}, kind), bar, h('span', { class: 'number' }, `${plan[kind]} of ${plan.total[kind]}`));
      }));
      const names = (values) => Object.keys(values || {}).join(', ');
      text(more, `${plan.architecture}, ${names(plan.formats) || plan.format}; algorithm ${names(plan.algorithms) || 'none'}, collector ${names(plan.collectors) || 'none'}.`);
    },
    refuse(reason) {
      element.classList.add('refused');
      text(summary, 'This cannot be quantized so.');
      fill(counts, failure(reason));
      text(more, '');
    },
  };
}
