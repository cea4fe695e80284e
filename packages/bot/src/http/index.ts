export type { HealthReport } from './health.ts';
export { isLinkable, LinkSigner, type LinkTarget, openLinkSigner } from './link-signer.ts';
export { type LiveFigures, registerLiveGauges } from './live-gauges.ts';
export { createMetrics, type Metrics, type PacketTotals } from './metrics.ts';
export { HttpError, type HttpOptions, type HttpServer, startHttp } from './start-http.ts';
