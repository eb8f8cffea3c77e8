/**
 * Traces by OpenTelemetry, for whoever names a collector. Nothing of OpenTelemetry is loaded otherwise: only SpanTrace, HttpSpan,
 * Tracing and SpanQueue know its classes, and only Traces reaches these.
 *
 * <p>Begin with Traces, then SpanTrace.
 */
package dev.headroom.function.trace;
