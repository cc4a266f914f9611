import { ApiError, get } from '../api.js';
import { failure, fill, h, title } from '../dom.js';
import { many } from '../format.js';

/** What the machine has, and what keeps it from working: problems first. */
export async function show(main, { signal }) {
  const summary = h('p', { class: 'lead', role: 'status' });
  const list = h('div', { class: 'findings' });
  const again = h('button', { type: 'button', click: () => look() }, 'Look again');
  fill(main, title('Doctor'), summary, h('div', { class: 'actions' }, again), list);

  async function look() {
    again.disabled = true;
    fill(summary, 'Looking: this takes a second or two.');
    try {
      const { findings } = await get('doctor', {}, signal);
      const of = (level) => findings.filter((finding) => finding.level === level);
      const problems = of('problem');
      fill(summary, problems.length > 0 ? `${many(problems.length, 'problem')}.` : `All is well${of('note').length > 0 ? `, with ${many(of('note').length, 'note')}` : ''}.`);
      fill(list, h('dl', {}, [...problems, ...of('note'), ...of('ok')].map((finding) => h('div', { class: finding.level },
        h('dt', {}, h('span', { class: `state ${finding.level}` }, finding.level), finding.subject),
        h('dd', {}, h('p', {}, finding.found), finding.expected ? h('p', { class: 'soft' }, `Expected: ${finding.expected}`) : null,
          finding.remedy ? h('p', {}, h('b', {}, 'To do: '), finding.remedy) : null)))));
    } catch (error) {
      if (error.name === 'AbortError') {
        return;
      }
      if (!(error instanceof ApiError)) {
        throw error;
      }
      fill(summary, '');
      fill(list, failure(error.message));
    } finally {
      again.disabled = false;
    }
  }

  look();
}
