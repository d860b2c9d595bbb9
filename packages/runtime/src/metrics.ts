import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface MetricOptions<Label extends string> {
  /** Without the prefix; ends in its unit (`_seconds`, `_bytes`) or, for a counter, in `_total`. */
  name: string;
  help: string;
  labels?: readonly Label[];
}

export interface HistogramOptions<Label extends string> extends MetricOptions<Label> {
  /** Upper bounds of the buckets, ascending. */
  buckets?: number[];
}

export interface GaugeOptions<Label extends string> extends MetricOptions<Label> {
  /** Sets the gauge when the metrics are read. */
  collect?: (gauge: Gauge<Label>) => void | Promise<void>;
}

export type { Counter, Gauge, Histogram } from 'prom-client';

/** The metrics of one process. */
export interface Metrics {
  counter<Label extends string = never>(options: MetricOptions<Label>): Counter<Label>;
  histogram<Label extends string = never>(options: HistogramOptions<Label>): Histogram<Label>;
  gauge<Label extends string = never>(options: GaugeOptions<Label>): Gauge<Label>;
  /** Everything measured, in the Prometheus text format. */
  text(): Promise<string>;
  /** The media type of `text()`. */
  readonly contentType: string;
}

/** A registry of its own, holding Node's default metrics; every name begins with `<prefix>_`. */
export function createMetrics(prefix: string): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry, prefix: `${prefix}_` });

  const declare = <Label extends string>({ name, help, labels = [] }: MetricOptions<Label>) => ({
    name: `${prefix}_${name}`,
    help,
    labelNames: labels,
    registers: [registry],
  });

  return {
    counter: (options) => new Counter(declare(options)),
    histogram: ({ buckets, ...options }) =>
      new Histogram({ ...declare(options), ...(buckets && { buckets }) }),
    gauge<Label extends string>({ collect, ...options }: GaugeOptions<Label>) {
      const gauge: Gauge<Label> = new Gauge({
        ...declare(options),
        ...(collect && { collect: () => collect(gauge) }),
      });
      return gauge;
    },
    text: () => registry.metrics(),
    contentType: registry.contentType,
  };
}
