/** Which heavy models are in the simulated card's memory, the most recently used last. */
export class ModelMemory {
  private loaded: string[] = [];
  private loads = 0;

  constructor(
    private readonly capacity: number,
    private readonly loadMsOf: (model: string) => number,
  ) {}

  /** Brings a checkpoint or diffusion model into memory; takes time only when it is not there. */
  async use(model: string, wait: (ms: number) => Promise<void>): Promise<void> {
    const isLoaded = this.loaded.includes(model);
    if (!isLoaded) {
      this.loads += 1;
      await wait(this.loadMsOf(model));
    }
    const others = this.loaded.filter((name) => name !== model);
    this.loaded = [...others, model].slice(-Math.max(1, this.capacity));
  }

  unloadAll(): void {
    this.loaded = [];
  }

  /** Loads since the last call. */
  takeLoads(): number {
    const loads = this.loads;
    this.loads = 0;
    return loads;
  }
}
