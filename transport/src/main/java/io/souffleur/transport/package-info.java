/**
 * How bytes move between the processes of one node: run directory, media driver, step channels.
 *
 * <p>Plans go down and results come up as fixed layouts over Aeron IPC, on exclusive publications whose
 * stream ids are never used twice. Nobody outside this package sees Aeron. Anomalies are counted in
 * {@link io.souffleur.transport.TransportCounters}, not logged.
 */
package io.souffleur.transport;
