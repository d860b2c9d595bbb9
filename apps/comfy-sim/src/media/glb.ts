// Two triangles for each side of a cube, as corners counted 0 to 7 in binary zyx.
const triangles = [
  0, 2, 1, 1, 2, 3, 4, 5, 6, 5, 7, 6, 0, 1, 4, 1, 5, 4, 2, 6, 3, 3, 6, 7, 0, 4, 2, 2, 4, 6, 1, 3, 5,
  3, 7, 5,
];
const unsignedShort = 5123;
const float = 5126;

/** A cube as a binary glTF 2.0 file; `size` is the length of its edges in metres. */
export function encodeCube(size: number): Buffer {
  const half = size / 2;
  const corners = Array.from({ length: 8 }, (_, at) =>
    [at & 1, at & 2, at & 4].map((bit) => (bit ? half : -half)),
  );
  const positions = Buffer.from(new Float32Array(corners.flat()).buffer);
  const indices = Buffer.from(new Uint16Array(triangles).buffer);
  const [min, max] = [
    [-half, -half, -half],
    [half, half, half],
  ];
  const document = {
    asset: { version: '2.0', generator: 'comfy-sim' },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0 }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [
      { bufferView: 0, componentType: float, count: corners.length, type: 'VEC3', min, max },
      { bufferView: 1, componentType: unsignedShort, count: triangles.length, type: 'SCALAR' },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: positions.length },
      { buffer: 0, byteOffset: positions.length, byteLength: indices.length },
    ],
    buffers: [{ byteLength: positions.length + indices.length }],
  };
  const json = chunk('JSON', Buffer.from(JSON.stringify(document)), ' ');
  const binary = chunk('BIN\0', Buffer.concat([positions, indices]), '\0');
  const head = Buffer.alloc(12);
  head.write('glTF', 'latin1');
  head.writeUInt32LE(2, 4);
  head.writeUInt32LE(head.length + json.length + binary.length, 8);
  return Buffer.concat([head, json, binary]);
}

function chunk(type: string, content: Buffer, filler: string): Buffer {
  const padding = Buffer.alloc(-content.length & 3, filler);
  const head = Buffer.alloc(8);
  head.writeUInt32LE(content.length + padding.length);
  head.write(type, 4, 'latin1');
  return Buffer.concat([head, content, padding]);
}
