import { address, get } from './api.js';

/** The record of a run is written behind the end of its job. */
const RECORD_MILLISECONDS = 1000;
const RETRY_MILLISECONDS = 2000;

/**
 * What the server said last, kept up to date by its events. Dispatches "jobs", "preview", "services", "runs", "connection", and
 * "ended" with the job as detail when one ends that was seen running.
 */
export class Store extends EventTarget {
  /** Jobs by id, in the order in which they were started. */
  jobs = new Map();

  /** The last preview of each job. */
  previews = new Map();

  /** Null until it is known. */
  services = null;

  connected = false;

  /** Whether nobody can start or cancel jobs. */
  readOnly = false;

  #source = null;

  #heard = new Set();

  #timer = 0;

  #resting = false;

  /** Listens from now on; connects again whenever the connection is lost. */
  start() {
    clearTimeout(this.#timer);
    this.#source?.close();
    const source = new EventSource(address('events'));
    this.#source = source;
    source.addEventListener('open', () => this.#opened());
    source.addEventListener('error', () => this.#lost(source));
    source.addEventListener('job', (event) => [JSON.parse(event.data)].flat().forEach((job) => this.#take(job)));
    source.addEventListener('preview', (event) => this.#preview(JSON.parse(event.data)));
    source.addEventListener('plugins', (event) => this.#provide(JSON.parse(event.data)));
  }

  stop() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
    this.#resting = false;
  }

  /** Lets the connection go until {@link wake}, if there is one. */
  rest() {
    if (this.#source) {
      this.stop();
      this.#resting = true;
    }
  }

  /** Connects again what rests; events begin with all there is. */
  wake() {
    if (this.#resting) {
      this.#resting = false;
      this.start();
    }
  }

  /** Takes note of a job that was started here, before its first event comes. */
  async note(id) {
    this.#take(await get(`jobs/${encodeURIComponent(id)}`));
  }

  /** The jobs that run. */
  running() {
    return [...this.jobs.values()].filter((job) => job.state === 'running');
  }

  #tell(type, detail = null) {
    this.dispatchEvent(new CustomEvent(type, { detail }));
  }

  async #opened() {
    this.connected = true;
    this.#tell('connection');
    this.#heard = new Set();
    try {
      const [jobs, services] = await Promise.all([get('jobs'), get('services')]);
      const known = new Set(jobs.map((job) => job.id));
      for (const id of this.jobs.keys()) {
        if (!known.has(id) && !this.#heard.has(id)) {
          this.jobs.delete(id);   // of a server that was started anew
          this.previews.delete(id);
        }
      }
      jobs.filter((job) => !this.#heard.has(job.id)).forEach((job) => this.#take(job));
      if (!this.#heard.has('services')) {
        this.#provide(services);
      }
      this.#tell('jobs');
      this.#tell('runs');
    } catch {
      // the connection's own end is told where it is noticed
    }
  }

  #lost(source) {
    if (this.connected) {
      this.connected = false;
      this.#tell('connection');
    }
    if (source === this.#source && source.readyState === EventSource.CLOSED) {
      this.#timer = setTimeout(() => this.#again(), RETRY_MILLISECONDS);
    }
  }

  async #again() {
    try {
      await get('services');   // where the token counts no more, it is asked for, and events begin with it
    } catch (error) {
      if (error.status === 401) {
        return;
      }
    }
    if (this.#source) {
      this.start();
    }
  }

  #take(job) {
    const before = this.jobs.get(job.id);
    this.#heard.add(job.id);
    this.jobs.set(job.id, { ...job, heard: performance.now() });
    this.#tell('jobs', job);
    if (before && before.state === 'running' && job.state !== 'running') {
      this.#tell('ended', job);
      this.#tell('runs');
      setTimeout(() => this.#tell('runs'), RECORD_MILLISECONDS);
    }
  }

  #preview(preview) {
    this.previews.set(preview.id, preview);
    this.#tell('preview', preview);
  }

  #provide(services) {
    const before = this.services;
    this.#heard.add('services');
    this.services = services;
    this.#tell('services', before ? changes(before.plugins, services.plugins) : { came: [], went: [] });
  }
}

function key(plugin) {
  return `${plugin.kind} ${plugin.names.join(' ')} ${plugin.bundle} ${plugin.version}`;
}

/** The plugins that came and that went between two lists. */
export function changes(before, after) {
  const had = new Set(before.map(key));
  const has = new Set(after.map(key));
  return { came: after.filter((plugin) => !had.has(key(plugin))), went: before.filter((plugin) => !has.has(key(plugin))) };
}
