// The service, as the page asks it. The key lives in this object only: neither in storage nor in an address.

/** A failure with the sentence that the service gave. Status 0: nothing answered. */
export class ServiceError extends Error {
  constructor(status, sentence) {
    super(sentence);
    this.status = status;
  }
}

export class Service {
  #key = "";

  /** True once the service has asked for a key. */
  asks = false;

  /** @param root the address of the service; its paths are below */
  constructor(root) {
    this.root = root;
  }

  /** The address without a slash at its end. */
  get address() {
    return this.root.href.replace(/\/$/, "");
  }

  get hasKey() {
    return this.#key !== "";
  }

  useKey(key) {
    this.#key = key.trim();
  }

  /** Sends a request; throws a ServiceError unless it succeeds. */
  async send(path, { body = null, accept = "application/json", signal = null } = {}) {
    const headers = { Accept: accept };
    if (this.#key) {
      headers.Authorization = `Bearer ${this.#key}`;
    }
    if (body !== null) {
      headers["Content-Type"] = "application/json";
    }
    const request = { method: body === null ? "GET" : "POST", headers, signal, cache: "no-store", credentials: "omit" };
    if (body !== null) {
      request.body = JSON.stringify(body);
    }
    const response = await this.#fetch(path, request);
    if (!response.ok) {
      throw new ServiceError(response.status, sentence(await response.text(), response));
    }
    return response;
  }

  async #fetch(path, request) {
    try {
      return await fetch(new URL(path.replace(/^\//, ""), this.root), request);
    } catch (failure) {
      if (failure.name === "AbortError" || failure.name === "TimeoutError") {
        throw failure.name === "AbortError" ? failure : new ServiceError(0, "The service did not answer in time.");
      }
      if (failure instanceof TypeError && /header|ByteString/i.test(failure.message)) {
        throw new ServiceError(401, "The key has characters that no header can carry; type it again.");
      }
      throw new ServiceError(0, "The service did not answer. It may be starting, or be gone.");
    }
  }

  async json(path) {
    return (await this.send(path, { signal: AbortSignal.timeout(10000) })).json();
  }

  async text(path, accept = "text/plain") {
    return (await this.send(path, { accept, signal: AbortSignal.timeout(10000) })).text();
  }
}

/** The sentence of a failure, in whatever form its door writes it. */
export function sentence(text, response) {
  try {
    const body = JSON.parse(text);
    const said = body.detail ?? body.error?.message ?? body.error ?? body.message;
    if (typeof said === "string" && said) {
      return said;
    }
  } catch {
    // not JSON: the header, or else the status, has to do
  }
  return response.headers.get("Headroom-Error") ?? `The service answered ${response.status} ${response.statusText}`.trim();
}
