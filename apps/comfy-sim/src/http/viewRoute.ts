import { existsSync, statSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import type { Request, RequestHandler, Response } from 'express';
import sharp from 'sharp';
import { isFolderType, isInside, parseAnnotated, type Folders } from '../files/folders';
import { queryValue, sendEmpty } from './exchange';

/** `GET /view`: a file of one of the three folders, whole, in part, or converted. */
export function viewRoute(folders: Folders): RequestHandler {
  return async (request, response) => {
    const found = locate(request, folders);
    if (typeof found === 'number') sendEmpty(response, found);
    else await answer(request, response, found);
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

async function answer(request: Request, response: Response, path: string): Promise<void> {
  const preview = queryValue(request, 'preview');
  const channel = queryValue(request, 'channel') ?? '';
  if (preview !== undefined)
    await sendConverted(response, path, convertPreview(path, preview, channel));
  else if (channel === 'rgb') await sendConverted(response, path, sharp(path).removeAlpha().png());
  else if (channel === 'a') await sendConverted(response, path, await alphaOf(path));
  else sendWhole(request, response, path);
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

function sendWhole(request: Request, response: Response, path: string): void {
  const isActive = activeTypes.test(path);
  const disposition = `${isActive ? 'attachment; ' : ''}filename="${quoted(path)}"`;
  response.set('Content-Disposition', disposition).set('X-Content-Type-Options', 'nosniff');
  if (isActive) {
    response.set('Vary', 'Sec-Fetch-Dest').set('Cache-Control', 'no-store');
    response.type('application/octet-stream');
  }
  // aiohttp answers 304 whatever Cache-Control the client sends.
  delete request.headers['cache-control'];
  response.sendFile(path, { dotfiles: 'allow', cacheControl: false });
}

function quoted(path: string): string {
  return basename(path).replaceAll('\\', '\\\\').replaceAll('"', '\\"');
}
