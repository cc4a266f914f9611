const BASE = new URL('api/v1/', document.baseURI);

/** A request that was refused or not answered; the message is one line for people, the status 0 where nothing answered. */
export class ApiError extends Error {
  constructor(status, message) {
    super(message);
    this.status = status;
  }
}

/** The address of something of the API. */
export function address(path) {
  return new URL(path, BASE).href;
}

async function send(path, options) {
  let response;
  try {
    response = await fetch(address(path), { credentials: 'same-origin', cache: 'no-store', ...options });
  } catch (error) {
    if (error.name === 'AbortError') {
      throw error;
    }
    throw new ApiError(0, 'The server does not answer.');
  }
  const body = (response.headers.get('content-type') || '').includes('json') ? await response.json() : null;
  if (response.ok) {
    return body;
  }
  if (response.status === 401) {
    window.dispatchEvent(new CustomEvent('unauthorized'));
  }
  throw new ApiError(response.status, body && body.error ? body.error : `The server answered with ${response.status}.`);
}

/** What is at a path of the API. Parameters that are empty are left out. */
export function get(path, parameters = {}, signal = undefined) {
  const query = new URLSearchParams(Object.entries(parameters).filter(([, value]) => value !== '' && value !== null && value !== undefined));
  return send(query.size > 0 ? `${path}?${query}` : path, { signal });
}

/** Asks for something to be done. */
export function post(path, body = {}) {
  return send(path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', 'X-Halftone': '1' },
    body: JSON.stringify(body),
  });
}
