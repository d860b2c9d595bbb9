export { backoff, type BackoffOptions } from './backoff';
export { systemClock, type Clock } from './clock';
export { context, withContext, type Context } from './context';
export { DeadlineError, withDeadline } from './deadline';
export {
  ConfigError,
  defineConfig,
  describeConfig,
  type ConfigVariable,
  type Environment,
} from './defineConfig';
export { startInterval, type Interval, type IntervalOptions } from './interval';
export { createLogger, LOG_LEVELS, type Logger, type LoggerOptions, type LogLevel } from './logger';
export {
  createMetrics,
  type Counter,
  type Gauge,
  type GaugeOptions,
  type Histogram,
  type HistogramOptions,
  type MetricOptions,
  type Metrics,
} from './metrics';
export {
  createReleasers,
  withReleasers,
  type Release,
  type Releasers,
  type ReleasersOptions,
} from './releasers';
export { Secret } from './secret';
export { onShutdown } from './shutdown';
export { takeTurns } from './takeTurns';
export {
  bytes,
  flag,
  integer,
  milliseconds,
  port,
  secret,
  urlList,
  type Bounds,
} from './variables';
export { serviceVariables, toStorageConfig } from './serviceVariables';
