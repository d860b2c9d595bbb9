import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import sharp from 'sharp';
import { isFolderType, isInside, parseAnnotated, type Folders } from '../files/folders';
import { queryValue, sendEmpty } from './exchange';

/**
 * `GET /view`: a file of one of the three folders, whole, in part, or converted. Guarded means that
 * browsers are told not to show what could run in them.
 */
export function viewRoute(folders: Folders, isGuarded: boolean): RequestHandler {
  return async (request, response) => {
    const found = locate(request, folders);
    if (typeof found === 'number') sendEmpty(response, found);
    else await answer(request, response, { path: found, isGuarded });
  };
}

/** The file's path, or the status that refuses it. */
function locate(request: Request, folders: Folders): string | number {
  const given = queryValue(request, 'filename');
  if (given === undefined) return 404;
  const { name, type } = parseAnnotated(given);
  if (name === '' || name.startsWith('/') || name.includes('..')) return 400;
  const folderType = type ?? queryValue(request, 'type') ?? 'output';
  if (!isFolderType(folderType)) return 400;
  const root = folders.of(folderType);
  const folder = resolve(root, queryValue(request, 'subfolder') ?? '');
  if (!isInside(root, folder)) return 403;
  const path = join(folder, basename(name));
  return existsSync(path) && statSync(path).isFile() ? path : 404;
}

async function answer(
  request: Request,
  response: Response,
  { path, isGuarded }: { path: string; isGuarded: boolean },
): Promise<void> {
  const preview = queryValue(request, 'preview');
  const channel = queryValue(request, 'channel') ?? '';
  if (preview !== undefined)
    await sendConverted(response, path, convertPreview(path, preview, channel));
  else if (channel === 'rgb') await sendConverted(response, path, sharp(path).removeAlpha().png());
  else if (channel === 'a') await sendConverted(response, path, await alphaOf(path));
  else await sendWhole(request, response, { path, isGuarded });
}

function convertPreview(path: string, preview: string, channel: string): sharp.Sharp {
  const [format, ...rest] = preview.split(';');
  const last = rest.at(-1) ?? '';
  const quality = /^\d+$/.test(last) ? Math.min(100, Math.max(1, Number(last))) : 90;
  const picture = sharp(path);
  if (format === 'jpeg' && !channel.includes('a')) return picture.removeAlpha().jpeg({ quality });
  return (channel === 'rgb' ? picture.removeAlpha() : picture).webp({ quality });
}

async function alphaOf(path: string): Promise<sharp.Sharp> {
  const alpha = await sharp(path).ensureAlpha().extractChannel('alpha').toBuffer();
  const { width, height } = await sharp(alpha).metadata();
  const black = sharp({ create: { width, height, channels: 3, background: '#000000' } });
  return black.joinChannel(alpha).png();
}

async function sendConverted(
  response: Response,
  path: string,
  picture: sharp.Sharp,
): Promise<void> {
  const { data, info } = await picture.toBuffer({ resolveWithObject: true });
  response.set('Content-Disposition', `filename="${quoted(path)}"`);
  response.type(`image/${info.format}`).send(data);
}

const activeTypes = /\.(html?|xhtml|svg|xml|js|mjs|css|mht|mhtml)$/i;
const formerActiveTypes = /\.(html?|xhtml|js|mjs|css)$/i;

function sendWhole(
  request: Request,
  response: Response,
  { path, isGuarded }: { path: string; isGuarded: boolean },
): Promise<void> {
  const isActive = (isGuarded ? activeTypes : formerActiveTypes).test(path);
  const isAttached = isActive && isGuarded;
  const disposition = `${isAttached ? 'attachment; ' : ''}filename="${quoted(path)}"`;
  response.set('Content-Disposition', disposition);
  if (isGuarded) response.set('X-Content-Type-Options', 'nosniff');
  if (isAttached) response.set('Vary', 'Sec-Fetch-Dest').set('Cache-Control', 'no-store');
  if (isActive) response.type('application/octet-stream');
  // aiohttp answers 304 whatever Cache-Control the client sends.
  delete request.headers['cache-control'];
  return new Promise((resolve, reject) => {
    response.sendFile(path, { dotfiles: 'allow', cacheControl: false }, (error?: Error) => {
      const isBadRange = error !== undefined && 'status' in error && error.status === 416;
      if (isBadRange) sendEmpty(response.type('application/octet-stream'), 416);
      // Once the head is out, an error means that the client has gone.
      else if (error && !response.headersSent) reject(error);
      resolve();
    });
  });
}

function quoted(path: string): string {
  return basename(path).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
