import express, { type Request, type RequestHandler, type Response } from 'express';
import { asciiJson, isObject, type Json, type JsonObject } from '../json';

/** Answers JSON the way the server writes it. */
export function sendJson(response: Response, body: unknown, status = 200): void {
  // Not `send`: that would add an ETag, which only files have here.
  const text = asciiJson(body);
  response.status(status).type('application/json; charset=utf-8');
  response.set('Content-Length', String(text.length)).end(text);
}

/** Answers without a body and without a content type. */
export function sendEmpty(response: Response, status = 200): void {
  response.status(status).set('Content-Length', '0').end();
}

/** Answers a client's mistake in the short form of the jobs routes. */
export function sendError(response: Response, error: string, more: JsonObject = {}): void {
  sendJson(response, { error, ...more }, 400);
}

/** The first value of a query parameter. */
export function queryValue(request: Request, name: string): string | undefined {
  const value = request.query[name];
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : undefined;
}

/** A query parameter as whole number. Throws when it is something else, which becomes a 500. */
export function queryInt(request: Request, name: string): number | undefined {
  const text = queryValue(request, name);
  if (text === undefined) return undefined;
  if (!/^[+-]?\d+$/.test(text.trim())) throw new TypeError(`${name} is no integer`);
  return Number(text);
}

export function pathValue(request: Request, name: string): string {
  const value = request.params[name];
  return typeof value === 'string' ? value : '';
}

/** Reads a body of any type up to a limit, in bytes. */
export function bodyReader(limit: number): RequestHandler {
  return express.raw({ type: () => true, limit });
}

/** The body as JSON. Throws SyntaxError when it is none. */
export function readJson(request: Request): Json {
  const body: unknown = request.body;
  return JSON.parse(Buffer.isBuffer(body) ? body.toString('utf8') : '') as Json;
}

/**
 * The body as JSON object; a list passes as one without any of the fields, as it does in Python.
 * Throws when it is anything else, which becomes a 500.
 */
export function readObject(request: Request): JsonObject {
  const body = readJson(request);
  if (Array.isArray(body)) return {};
  if (!isObject(body)) throw new TypeError('the body is no object');
  return body;
}

/** A list of ids out of a body; anything that cannot be iterated throws. */
export function readIds(value: Json | undefined): string[] {
  if (value === undefined || typeof value === 'string' || isObject(value)) return [];
  if (!Array.isArray(value)) throw new TypeError('the ids are no list');
  return value.filter((id) => typeof id === 'string');
}
