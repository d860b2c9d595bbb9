import {
  operations,
  Problem,
  PROBLEMS,
  type Operation,
  type OperationName,
  type OperationOutput,
  type Operations,
  type ProblemCode,
} from '@avatarforge/contracts';

/** What is sent to an operation. */
export interface Asked {
  params?: Record<string, string>;
  query?: Record<string, string | number | boolean>;
  /** Sent as JSON. */
  body?: unknown;
  /** Sent as a form. */
  picture?: { bytes: Buffer; filename?: string };
  headers?: Record<string, string>;
  /** HEAD instead of GET. */
  isHead?: boolean;
  /** The status that is expected, where it is not the usual one. */
  status?: number;
}

/** An answer that kept the contract. */
export interface Answered<K extends OperationName> {
  headers: Headers;
  /** Undefined for operations that answer with bytes or nothing. */
  body: OperationOutput<Operations[K]>;
  /** All that was sent. */
  bytes: Buffer;
}

/** The API as its clients see it, by the names of its operations. */
export interface Api {
  /** The operations that have answered with success. */
  answered: ReadonlySet<OperationName>;
  /** Asks, expects success, and holds the answer against the schema of the operation: each field of it, and no other. */
  ask<K extends OperationName>(name: K, asked?: Asked): Promise<Answered<K>>;
  /** Asks, and expects to be refused for this reason. */
  refused(name: OperationName, code: ProblemCode, asked?: Asked): Promise<Problem>;
  /** A page that is no operation. */
  page(path: string): Promise<Response>;
}

/** The API at the address that `url` gives when it is asked. */
export function apiAt(url: () => string): Api {
  const answered = new Set<OperationName>();
  const send = (name: OperationName, asked: Asked) => {
    const address = new URL(pathOf(name, asked), url());
    return fetch(address, requestOf(operations[name], asked));
  };
  return {
    answered,
    page: (path) => fetch(new URL(path, url())),
    async ask(name, asked = {}) {
      const answer = await send(name, asked);
      const bytes = Buffer.from(await answer.arrayBuffer());
      const operation: Operation = operations[name];
      const { status = operation.status } = asked;
      expect(told(answer.status, bytes)).toBe(told(status, bytes));
      expect(answer.headers.get('x-request-id')).toBeTruthy();
      const body =
        operation.response && !asked.isHead ? parsed(operation, answer, bytes) : undefined;
      if (operation.contentType && status !== 304) expectType(answer, operation.contentType);
      if (status === 204) expect(bytes).toHaveLength(0);
      if (answer.ok) answered.add(name);
      // What it is was found by the schema of this very operation.
      return { headers: answer.headers, body: body as never, bytes };
    },
    async refused(name, code, asked = {}) {
      const answer = await send(name, asked);
      const problem = Problem.parse(await answer.json());
      expect(problem).toMatchObject({ code, status: PROBLEMS[code].status });
      expect(answer.status).toBe(problem.status);
      expectType(answer, 'application/problem+json');
      return problem;
    },
  };
}

/** So that what was said instead is in the report of a test that fails. */
function told(status: number, bytes: Buffer): string {
  return status < 400 ? String(status) : `${status}: ${bytes.toString('utf8', 0, 500)}`;
}

function parsed({ response }: Operation, answer: Response, bytes: Buffer): unknown {
  expectType(answer, 'application/json');
  const body: unknown = JSON.parse(bytes.toString());
  // What the schema does not know, it leaves out.
  expect(response?.parse(body)).toEqual(body);
  return body;
}

function expectType(answer: Response, type: string): void {
  expect(answer.headers.get('content-type')).toMatch(type.replace('*', ''));
}

function pathOf(name: OperationName, { params = {}, query = {} }: Asked): string {
  const path = operations[name].path.replaceAll(/\{(\w+)\}/g, (_all, key: string) => {
    return encodeURIComponent(params[key] ?? `${key} is missing`);
  });
  const said = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) said.set(key, String(value));
  return said.size === 0 ? path : `${path}?${said.toString()}`;
}

function requestOf({ method }: Operation, asked: Asked): RequestInit {
  const { body, picture, headers = {}, isHead } = asked;
  const request = { method: isHead ? 'HEAD' : method.toUpperCase(), headers };
  if (picture) return { ...request, body: formOf(picture) };
  if (body === undefined) return request;
  const json = { 'content-type': 'application/json' };
  return { ...request, headers: { ...json, ...headers }, body: JSON.stringify(body) };
}

function formOf({ bytes, filename = 'picture' }: { bytes: Buffer; filename?: string }): FormData {
  const form = new FormData();
  form.append('file', new Blob([new Uint8Array(bytes)]), filename);
  return form;
}
