/** Hours, minutes and seconds, as the shell writes them. */
export function clock(seconds) {
  const whole = Math.max(0, Math.round(seconds));
  const two = (value) => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60 ? `${minutes}:${two(whole % 60)}` : `${Math.floor(minutes / 60)}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** A size in decimal units. */
export function bytes(count) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let value = count;
  let unit = 0;
  while (value >= 1000 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  return unit === 0 ? `${value} ${value === 1 ? 'byte' : 'bytes'}` : `${value.toFixed(value < 10 ? 1 : 0)} ${units[unit]}`;
}

/** Units a second, or seconds a unit below one in two seconds; empty where it is not known. */
export function rate(done, seconds, unit) {
  const each = done > 0 && seconds > 0 ? done / seconds : 0;
  if (!each) {
    return '';
  }
  return each < 0.5 ? `${(1 / each).toFixed(1)} s/${unit}` : `${each.toFixed(1)} ${unit}/s`;
}

/** A part of 1 in percent; "over 99 %" is never rounded up to all. */
export function percent(part) {
  const value = 100 * part;
  const shown = value > 99 && value < 100 ? Math.floor(value * 10) / 10 : Math.round(value * 10) / 10;
  return `${Number.isInteger(shown) ? shown : shown.toFixed(1)} %`;
}

/** A moment as the reader's clock has it; the day only where it is not today. */
export function moment(instant, now = new Date()) {
  const date = new Date(instant);
  const time = date.toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', second: '2-digit' });
  return date.toDateString() === now.toDateString() ? time
    : `${date.toLocaleDateString([], { year: 'numeric', month: 'short', day: 'numeric' })}, ${time}`;
}

/** A number of things in words. */
export function many(count, one, more = `${one}s`) {
  return `${count} ${count === 1 ? one : more}`;
}

/** Where a job is, in a line: stage, units, rate and the time left. */
export function pace(job) {
  const { stage, done, total, unit } = job.progress;
  const parts = [];
  if (stage) {
    parts.push(stage);
  }
  if (total > 0) {
    parts.push(`${done} of ${total} ${unit}`);
  } else if (done > 0) {
    parts.push(`${done} ${unit}`);
  }
  if (job.state === 'running') {
    const speed = rate(done, job.stageSeconds ?? 0, unit);
    if (speed) {
      parts.push(speed);
    }
    if (job.remainingSeconds !== null && job.remainingSeconds !== undefined) {
      parts.push(`${clock(job.remainingSeconds)} left in this stage`);
    }
  }
  return parts.join(' · ');
}

/** The part of a stage that is done, 0 to 1; null where nobody knows. */
export function part(progress) {
  return progress.total > 0 ? Math.min(1, progress.done / progress.total) : null;
}

function quoted(word) {
  return /^[A-Za-z0-9_./:,@=+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}

/** The command of bin/halftone that does what a form does: itself, and each option with its value. */
export function command(kind, options) {
  const words = [`halftone ${kind}`];
  for (const [name, value] of Object.entries(options)) {
    if (name === 'prompts') {
      words.push('--prompts-file prompts.txt');
    } else if (value === true) {
      words.push(`--${name}`);
    } else if (Array.isArray(value)) {
      value.forEach((each) => words.push(`--${name} ${quoted(String(each))}`));
    } else if (value !== false) {
      words.push(`--${name} ${quoted(String(value))}`);
    }
  }
  return words;
}

/** The path of an address of the API's files, part by part encoded. */
export function encoded(...parts) {
  return parts.flatMap((each) => each.split('/')).map(encodeURIComponent).join('/');
}
