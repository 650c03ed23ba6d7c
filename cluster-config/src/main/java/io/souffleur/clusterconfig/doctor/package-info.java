/**
 * What {@code souffleur doctor} finds out about a machine.
 *
 * <p>Every probe answers a line and none fails: a machine where something cannot be read is exactly
 * the one that a doctor is called for.
 */
package io.souffleur.clusterconfig.doctor;
