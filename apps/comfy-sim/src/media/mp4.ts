import type { Picture } from '../pictures/picture';
import { encodeH264Frame, h264Parameters } from './h264';

const timescalePerFps = 1000;

/** A batch as an MP4 file with H.264 video (ISO/IEC 14496-12 and -15). */
export async function encodeMp4(picture: Picture, framesPerSecond: number): Promise<Buffer> {
  const samples: Buffer[] = [];
  for (const [index, frame] of picture.frames.entries()) {
    const unit = await encodeH264Frame(frame, picture, index);
    samples.push(Buffer.concat([uint32(unit.length), unit]));
  }
  const type = box('ftyp', text('isom'), uint32(0x200), text('isomavc1mp41'));
  const content = box('mdat', ...samples);
  const times = {
    frames: samples.length,
    timescale: Math.round(framesPerSecond * timescalePerFps),
  };
  const sizes = samples.map((sample) => sample.length);
  const head = movie(picture, { ...times, sizes, offset: type.length + 8 });
  return Buffer.concat([type, content, head]);
}

interface Track {
  readonly frames: number;
  readonly timescale: number;
  readonly sizes: readonly number[];
  /** Where the first frame is in the file. */
  readonly offset: number;
}

const matrix = uint32(0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000);

function movie(picture: Picture, track: Track): Buffer {
  const duration = track.frames * timescalePerFps;
  const head = fullBox(
    'mvhd',
    0,
    uint32(0, 0, track.timescale, duration, 0x10000),
    uint16(0x100, 0, 0, 0, 0, 0),
    matrix,
    uint32(0, 0, 0, 0, 0, 0, 2),
  );
  const trackHead = fullBox(
    'tkhd',
    3,
    uint32(0, 0, 1, 0, duration, 0, 0, 0, 0),
    matrix,
    uint32(picture.width * 0x10000, picture.height * 0x10000),
  );
  const media = box(
    'mdia',
    fullBox('mdhd', 0, uint32(0, 0, track.timescale, duration), uint16(0x55c4, 0)),
    fullBox('hdlr', 0, uint32(0), text('vide'), uint32(0, 0, 0), text('comfy-sim\0')),
    box(
      'minf',
      fullBox('vmhd', 1, uint16(0, 0, 0, 0)),
      box('dinf', fullBox('dref', 0, uint32(1), fullBox('url ', 1))),
      sampleTable(picture, track),
    ),
  );
  return box('moov', head, box('trak', trackHead, media));
}

function sampleTable(picture: Picture, { frames, sizes, offset }: Track): Buffer {
  return box(
    'stbl',
    fullBox('stsd', 0, uint32(1), sampleEntry(picture)),
    fullBox('stts', 0, uint32(1, frames, timescalePerFps)),
    fullBox('stsc', 0, uint32(1, 1, frames, 1)),
    fullBox('stsz', 0, uint32(0, frames, ...sizes)),
    fullBox('stco', 0, uint32(1, offset)),
  );
}

function sampleEntry(picture: Picture): Buffer {
  const { sequence, picture: parameters } = h264Parameters(picture);
  const profile = sequence.subarray(1, 4);
  const configuration = box(
    'avcC',
    Buffer.concat([Buffer.of(1), profile, Buffer.of(0xff, 0xe1)]),
    uint16(sequence.length),
    sequence,
    Buffer.of(1),
    uint16(parameters.length),
    parameters,
  );
  return box(
    'avc1',
    uint16(0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, picture.width, picture.height),
    uint32(0x480000, 0x480000, 0),
    uint16(1),
    Buffer.alloc(32),
    uint16(24, 0xffff),
    configuration,
  );
}

function box(type: string, ...content: Buffer[]): Buffer {
  const body = Buffer.concat(content);
  return Buffer.concat([uint32(body.length + 8), text(type), body]);
}

/** A box with a version, always 0, and flags. */
function fullBox(type: string, flags: number, ...content: Buffer[]): Buffer {
  return box(type, uint32(flags), ...content);
}

function text(value: string): Buffer {
  return Buffer.from(value, 'latin1');
}

function uint32(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [index, value] of values.entries()) bytes.writeUInt32BE(value, index * 4);
  return bytes;
}

function uint16(...values: number[]): Buffer {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [index, value] of values.entries()) bytes.writeUInt16BE(value, index * 2);
  return bytes;
}
