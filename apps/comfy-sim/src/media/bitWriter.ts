/** Collects bits, the highest first, as audio and video streams have them. */
export class BitWriter {
  private readonly bytes: number[] = [];
  private current = 0;
  private free = 8;

  /** Writes the lowest `count` bits of a value; at most 32 at once. */
  bits(value: number, count: number): this {
    for (let bit = count - 1; bit >= 0; bit -= 1) {
      this.free -= 1;
      this.current |= (Math.floor(value / 2 ** bit) & 1) << this.free;
      if (this.free === 0) this.flush();
    }
    return this;
  }

  /** Writes a number as an Exp-Golomb code (ITU-T H.264, 9.1). */
  golomb(...values: number[]): this {
    for (const value of values) {
      const length = Math.floor(Math.log2(value + 1));
      this.bits(0, length).bits(value + 1, length + 1);
    }
    return this;
  }

  /** Fills the last byte with zeros and hands all bytes out. */
  toBuffer(): Buffer {
    if (this.free < 8) this.flush();
    return Buffer.from(this.bytes);
  }

  private flush(): void {
    this.bytes.push(this.current);
    this.current = 0;
    this.free = 8;
  }
}
