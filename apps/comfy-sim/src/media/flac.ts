import { createHash } from 'node:crypto';
import { BitWriter } from './bitWriter';

interface Silence {
  readonly sampleRate: number;
  /** From 1 to 8. */
  readonly channels: number;
  /** Samples per channel. */
  readonly length: number;
}

const blockSize = 4096;
const bitsPerSample = 16;

/** Silence as a FLAC file of 16 bits per sample (RFC 9639). */
export function encodeSilence(silence: Silence): Buffer {
  const blocks = Math.ceil(silence.length / blockSize);
  const frames = Array.from({ length: blocks }, (_, number) =>
    frame(silence, number, Math.min(blockSize, silence.length - number * blockSize)),
  );
  return Buffer.concat([Buffer.from('fLaC'), streamInfo(silence), ...frames]);
}

function streamInfo({ sampleRate, channels, length }: Silence): Buffer {
  const md5 = createHash('md5');
  const second = Buffer.alloc((sampleRate * channels * bitsPerSample) / 8);
  for (let done = 0; done < length; done += sampleRate) {
    const part = Math.min(1, (length - done) / sampleRate);
    md5.update(second.subarray(0, Math.round(second.length * part)));
  }
  const info = new BitWriter()
    .bits(0x80, 8)
    .bits(34, 24)
    .bits(blockSize, 16)
    .bits(blockSize, 16)
    .bits(0, 24)
    .bits(0, 24)
    .bits(sampleRate, 20)
    .bits(channels - 1, 3)
    .bits(bitsPerSample - 1, 5)
    .bits(Math.floor(length / 2 ** 32), 4)
    .bits(length % 2 ** 32, 32);
  return Buffer.concat([info.toBuffer(), md5.digest()]);
}

/** One block: every channel is the constant 0. */
function frame({ channels }: Silence, number: number, samples: number): Buffer {
  const head = Buffer.concat([
    Buffer.of(0xff, 0xf8, 0x70, ((channels - 1) << 4) | 0x08),
    codedNumber(number),
    Buffer.of((samples - 1) >> 8, (samples - 1) & 0xff),
  ]);
  const withHeadCheck = Buffer.concat([head, Buffer.of(crc(head, 8, 0x07))]);
  const body = Buffer.concat([withHeadCheck, Buffer.alloc(channels * 3)]);
  const check = crc(body, 16, 0x8005);
  return Buffer.concat([body, Buffer.of(check >> 8, check & 0xff)]);
}

// As UTF-8 would write a code point.
function codedNumber(number: number): Buffer {
  if (number < 0x80) return Buffer.of(number);
  const more: number[] = [];
  let rest = number;
  for (let room = 0x20; ; room >>= 1) {
    more.unshift(0x80 | (rest & 0x3f));
    rest >>= 6;
    if (rest < room) return Buffer.of((0xff & ~(room * 2 - 1)) | rest, ...more);
  }
}

function crc(bytes: Buffer, width: 8 | 16, polynomial: number): number {
  const top = 2 ** (width - 1);
  const mask = 2 ** width - 1;
  let value = 0;
  for (const byte of bytes) {
    value ^= byte << (width - 8);
    for (let bit = 0; bit < 8; bit += 1) {
      value = ((value & top) === 0 ? value << 1 : (value << 1) ^ polynomial) & mask;
    }
  }
  return value;
}
